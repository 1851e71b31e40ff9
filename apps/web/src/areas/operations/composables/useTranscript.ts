import { useQuery } from '@tanstack/vue-query';
import { Transcript, type Operation, type OperationSnapshot, type TranscriptLine } from '@waybill/contract';
import { computed, ref, type Ref } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

/** How many lines are drawn; a download holds all of them. */
const drawnLines = 500;

/** What the engine said: the live lines, or all that was kept once one asks for them. */
export function useTranscript(operation: Ref<Operation>, live: Ref<OperationSnapshot['lines'] | null>) {
  const whole = ref(false);
  const read = () => api.get(`/operations/${operation.value.id}/transcript`, Transcript);

  const asked = useQuery({
    queryKey: computed(() => queryKeys.transcript(operation.value.id)),
    queryFn: read,
    enabled: computed(() => whole.value || live.value === null),
  });

  const total = computed(() =>
    live.value ? live.value.from + live.value.lines.length : (asked.data.value?.total ?? 0),
  );
  const lines = computed<readonly TranscriptLine[]>(() =>
    whole.value && asked.data.value
      ? asked.data.value.lines
      : (live.value?.lines ?? asked.data.value?.lines ?? []).slice(-drawnLines),
  );
  const earlier = computed(() => !whole.value && total.value > lines.value.length);
  const truncated = computed(() => whole.value && (asked.data.value?.truncated ?? false));

  /** All kept lines as a file, each with its time. */
  async function download(): Promise<void> {
    const { lines: kept } = await read();
    const text = kept.map(({ at, text }) => `${at} ${text}\n`).join('');
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `waybill-${operation.value.id}.txt`;
    link.click();
    URL.revokeObjectURL(url);
  }
  return { lines, total, earlier, truncated, whole, error: asked.error, download };
}

import { useQuery } from '@tanstack/vue-query';
import { AuditCheckpointList, AuditVerifyLine, type AuditVerdict } from '@waybill/contract';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { streamLines } from '../../../shared/api/stream-lines.js';

/** The newest checkpoint of the record, and the verification of the whole, followed while it goes on. */
export function useSeal() {
  const checkpoints = useQuery({
    queryKey: queryKeys.auditCheckpoints,
    queryFn: ({ signal }) => api.get('/audit/checkpoints', AuditCheckpointList, { query: { limit: 1 }, signal }),
  });
  const checkpoint = computed(() => checkpoints.data.value?.items[0] ?? null);
  const progress = ref<{ checked: number; total: number } | null>(null);
  const verdict = shallowRef<AuditVerdict | null>(null);
  const error = shallowRef<unknown>(null);
  let running: AbortController | null = null;

  async function verify(): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    [progress.value, verdict.value, error.value] = [{ checked: 0, total: 0 }, null, null];
    try {
      for await (const line of streamLines('/audit/verify', AuditVerifyLine, mine.signal)) {
        if (line.type === 'progress') progress.value = { checked: line.checked, total: line.total };
        else verdict.value = line.verdict;
      }
      if (!verdict.value) throw new Error('The verification ended without a verdict.');
    } catch (caught) {
      if (!mine.signal.aborted) error.value = caught;
    } finally {
      if (running === mine) progress.value = null;
    }
  }
  onScopeDispose(() => running?.abort());

  return { checkpoint, progress, verdict, error, verify };
}

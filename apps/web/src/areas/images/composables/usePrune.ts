import { useToast } from '@nuxt/ui/composables';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { ImagePrunePreview, ImagePruneRequest, ImagePruneResult, dockerCommand } from '@waybill/contract';
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { useI18n } from 'vue-i18n';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useFormat } from '../../../shared/format/useFormat.js';
import { useDeed } from './useDeed.js';

/** What a prune knows: what is asked for, what it would take, and the deed. */
export function usePrune(engine: MaybeRefOrGetter<string>) {
  const { t } = useI18n();
  const { bytes } = useFormat();
  const toast = useToast();
  const { busy, error, run } = useDeed();
  const scope = ref<'dangling' | 'unused'>('dangling');
  const olderThan = ref('');
  const labels = ref<string[]>([]);

  const body = computed<ImagePruneRequest>(() => ({
    ...(scope.value === 'unused' ? { unused: true } : {}),
    ...(olderThan.value.trim() ? { olderThan: olderThan.value.trim() } : {}),
    ...(labels.value.length ? { labels: [...labels.value] } : {}),
  }));
  const valid = computed(() => ImagePruneRequest.safeParse(body.value).success);
  const path = computed(() => `/engines/${toValue(engine)}/images/prune`);
  const preview = useQuery({
    queryKey: computed(() => [...queryKeys.imagesAll, toValue(engine), 'prune', body.value]),
    queryFn: ({ signal }) => api.post(`${path.value}/preview`, ImagePrunePreview, body.value, { signal }),
    enabled: computed(() => valid.value && !busy.value),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  const commands = computed(() => [dockerCommand.imagePrune(valid.value ? body.value : {})]);

  async function submit(): Promise<boolean> {
    return run(async () => {
      const done = await api.post(path.value, ImagePruneResult, body.value, { idempotencyKey: true });
      // The engine's own list also names the nameless images below.
      const gone = new Set(done.deleted);
      const n = preview.data.value?.items.filter(({ id }) => gone.has(id)).length ?? 0;
      toast.add({
        title: t('images.prune.done', { size: bytes(done.spaceReclaimed) }),
        description: t('images.prune.doneText', { n }, n),
        icon: 'i-lucide-brush-cleaning',
        color: 'success',
      });
    });
  }

  return { scope, olderThan, labels, valid, preview, commands, submit, busy, error };
}

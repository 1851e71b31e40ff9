import { useToast } from '@nuxt/ui/composables';
import { useQuery } from '@tanstack/vue-query';
import {
  ImageRemovePreview,
  ImageRemoveResult,
  dockerCommand,
  type ImageRemoval,
  type ImageRemoveRequest,
} from '@waybill/contract';
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { useI18n } from 'vue-i18n';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { shortDigest } from '../../../shared/format/short-digest.js';
import { useDeed } from './useDeed.js';

/** A name as it is; an id as its 12 characters, which docker takes too. */
export function shortReference(reference: string): string {
  return reference.startsWith('sha256:') ? shortDigest(reference) : reference;
}

/** The server takes so many names in one removal. */
export const mostAtOnce = 200;

/** What the removal of names, ids or a whole repository knows: what would go, the deed, and what became of each. */
export function useRemoval(
  engine: MaybeRefOrGetter<string>,
  references: MaybeRefOrGetter<readonly string[]>,
  repository: boolean,
) {
  const { t } = useI18n();
  const toast = useToast();
  const { busy, error, run } = useDeed();
  const force = ref(false);
  const noPrune = ref(false);
  const results = ref<ImageRemoval[] | null>(null);

  const body = computed<ImageRemoveRequest>(() => ({
    references: [...toValue(references)],
    ...(repository ? { repository } : {}),
    ...(force.value ? { force: true } : {}),
    ...(noPrune.value ? { noPrune: true } : {}),
  }));
  const path = computed(() => `/engines/${toValue(engine)}/images/remove`);
  const preview = useQuery({
    queryKey: computed(() => [...queryKeys.imagesAll, toValue(engine), 'removal', body.value]),
    queryFn: ({ signal }) => api.post(`${path.value}/preview`, ImageRemovePreview, body.value, { signal }),
    enabled: computed(() => results.value === null && !busy.value),
    gcTime: 0,
    retry: false,
  });
  const forecasts = computed(() => preview.data.value?.items ?? []);
  const going = computed(() => forecasts.value.filter(({ obstacle }) => obstacle === null));
  /** The images that go whole, each once. */
  const deleted = computed(() => forecasts.value.filter(({ effect }) => effect === 'delete'));
  const size = computed(() => deleted.value.reduce((sum, one) => sum + (one.size ?? 0), 0));
  const blocked = computed(() => forecasts.value.length - going.value.length);
  /** What stands in the way is not even tried, as long as the others fit one request. */
  const sent = computed<ImageRemoveRequest>(() => {
    const names = going.value.map(({ reference }) => reference);
    if (!blocked.value || names.length === 0 || names.length > mostAtOnce) return body.value;
    const { repository: _, ...rest } = body.value;
    return { ...rest, references: names };
  });
  const commands = computed(() => {
    const listed = going.value.length ? going.value : forecasts.value;
    const names = listed.length ? listed.map(({ reference }) => reference) : body.value.references;
    return [dockerCommand.rmi(names.map(shortReference), { force: force.value, noPrune: noPrune.value })];
  });
  const failed = computed(() => results.value?.filter(({ outcome }) => outcome === 'failed') ?? []);

  /** True where all is gone; else `results` or `error` say what was left. */
  async function submit(): Promise<boolean> {
    let items: ImageRemoval[] = [];
    const done = await run(async () => {
      items = (await api.post(path.value, ImageRemoveResult, sent.value, { idempotencyKey: true })).items;
    });
    if (!done) return false;
    if (items.some(({ outcome }) => outcome === 'failed')) {
      results.value = items;
      return false;
    }
    const count = items.filter((one) => one.deleted.length > 0).length;
    toast.add({
      title: t('images.remove.done'),
      description: count ? t('images.remove.doneText', { n: count }, count) : t('images.remove.untagged'),
      icon: 'i-lucide-trash-2',
      color: 'success',
    });
    return true;
  }

  return {
    force,
    noPrune,
    preview,
    forecasts,
    going,
    blocked,
    deleted,
    size,
    commands,
    results,
    failed,
    submit,
    busy,
    error,
  };
}

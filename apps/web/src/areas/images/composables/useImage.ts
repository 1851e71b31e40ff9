import { useQuery } from '@tanstack/vue-query';
import { ImageDetail } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

/** One image by name, id or digest. The reference is one percent-encoded part of the path. */
export function useImage(engine: MaybeRefOrGetter<string>, reference: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => queryKeys.image(toValue(engine), toValue(reference))),
    queryFn: ({ signal }) =>
      api.get(`/engines/${toValue(engine)}/images/${encodeURIComponent(toValue(reference))}`, ImageDetail, { signal }),
  });
}

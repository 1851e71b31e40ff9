import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { ImageList, type Image } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api, type Query } from '../api/api.js';
import { queryKeys } from '../api/query-keys.js';

/** All images that the filters let through; the API hands out a thousand at a time. */
async function allImages(engine: string, filters: Query, signal: AbortSignal): Promise<Image[]> {
  const images: Image[] = [];
  let cursor: string | null = null;
  do {
    const page: ImageList = await api.get(`/engines/${engine}/images`, ImageList, {
      query: { ...filters, limit: 1000, cursor },
      signal,
    });
    images.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return images;
}
type ImageList = { items: Image[]; nextCursor: string | null };

/** The engine's images. The live line marks them stale when the engine says that something changed. */
export function useImages(
  engine: MaybeRefOrGetter<string>,
  filters: MaybeRefOrGetter<Query> = {},
  enabled: MaybeRefOrGetter<boolean> = true,
) {
  return useQuery({
    queryKey: computed(() => queryKeys.images(toValue(engine), toValue(filters))),
    queryFn: ({ signal }) => allImages(toValue(engine), toValue(filters), signal),
    enabled,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
}

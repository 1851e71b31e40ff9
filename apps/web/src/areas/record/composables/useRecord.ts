import { useInfiniteQuery, useQuery, keepPreviousData } from '@tanstack/vue-query';
import { AuditEventList, AuditHistogram } from '@waybill/contract';
import { computed, ref, watch, type Ref } from 'vue';
import { api, apiUrl } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useBoard } from '../../../shared/live/useBoard.js';
import { listQuery, spanQuery, type RecordFilter } from './record-filter.js';

const pageSize = 100;
const bucketCount = 84;

/**
 * The record as filtered: pages of events, the histogram of the span, the exact number of what is listed. It stands still
 * until it is told to look again; how far the record has grown meanwhile is said beside it.
 */
export function useRecord(filter: Ref<RecordFilter>) {
  const board = useBoard();
  const lookedAt = ref(Date.now());
  const listed = computed(() => listQuery(filter.value, lookedAt.value));
  const span = computed(() => ({ ...spanQuery(filter.value, lookedAt.value), buckets: bucketCount }));

  const events = useInfiniteQuery({
    queryKey: computed(() => queryKeys.recordEvents(listed.value)),
    queryFn: ({ pageParam, signal }) =>
      api.get('/audit/events', AuditEventList, {
        query: { ...listed.value, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const histogram = useQuery({
    queryKey: computed(() => queryKeys.recordHistogram(span.value)),
    queryFn: ({ signal }) => api.get('/audit/histogram', AuditHistogram, { query: span.value, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const counted = computed(() => ({ ...listed.value, buckets: 1 }));
  const total = useQuery({
    queryKey: computed(() => queryKeys.recordHistogram(counted.value)),
    queryFn: ({ signal }) => api.get('/audit/histogram', AuditHistogram, { query: counted.value, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

  const head = computed(() => board.snapshot?.recordSeq ?? null);
  const seenHead = ref<number | null>(null);
  watch(head, (now) => (seenHead.value ??= now), { immediate: true });
  const grown = computed(() => (head.value !== null && seenHead.value !== null ? head.value - seenHead.value : 0));

  function lookAgain(): void {
    seenHead.value = head.value;
    lookedAt.value = Date.now();
    if (filter.value.span === 'all' || filter.value.from) {
      void events.refetch();
      void histogram.refetch();
      void total.refetch();
    }
  }

  return {
    events,
    items: computed(() => events.data.value?.pages.flatMap((page) => page.items) ?? []),
    histogram,
    count: computed(() => total.data.value?.total ?? null),
    grown,
    lookAgain,
    exportUrl: (format: 'csv' | 'ndjson') => apiUrl('/audit/export', { ...listed.value, format }),
  };
}

import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { readFilter, writeFilter, type RecordFilter } from './record-filter.js';

/** The filter lives in the address, so that what was found can be sent to somebody. */
export function useRecordFilter() {
  const route = useRoute();
  const router = useRouter();
  const filter = computed(() => readFilter(route.query));

  function change(part: Partial<RecordFilter>): void {
    void router.replace({ params: route.params, query: writeFilter({ ...filter.value, ...part }) });
  }
  function clear(): void {
    void router.replace({ params: route.params, query: {} });
  }
  return { filter, change, clear };
}

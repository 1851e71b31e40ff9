import { useQuery } from '@tanstack/vue-query';
import { PeopleList } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

/** Everybody's name, to pick from. */
export function usePeople() {
  const { data } = useQuery({
    queryKey: queryKeys.people,
    queryFn: ({ signal }) => api.get('/people', PeopleList, { query: { limit: 200 }, signal }),
  });
  return { people: computed(() => data.value?.items ?? []) };
}

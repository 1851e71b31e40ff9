import { useQuery } from '@tanstack/vue-query';
import { SessionList } from '@waybill/contract';
import { api } from '../../../shared/api/api.js';
import { queryClient } from '../../../shared/api/query-client.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useAttempt } from './useAttempt.js';

/** Where I am logged in. */
export function useSessions() {
  const query = useQuery({
    queryKey: queryKeys.sessions,
    queryFn: ({ signal }) => api.get('/sessions', SessionList, { query: { limit: 200 }, signal }),
  });
  const ending = useAttempt();
  const end = (id: string): Promise<boolean> =>
    ending.attempt(async () => {
      await api.del(`/sessions/${id}`, null);
      await queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    });
  return { query, ending, end };
}

import { useQuery } from '@tanstack/vue-query';
import { SessionState, type Permission } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../api/api.js';
import { queryClient } from '../api/query-client.js';
import { queryKeys } from '../api/query-keys.js';

const sessionQuery = {
  queryKey: queryKeys.session,
  queryFn: () => api.get('/session', SessionState),
  staleTime: 60_000,
  retry: false,
};

/** Who I am and what I may. The page uses it to show or hide; the server decides again each time. */
export function useSession() {
  const { data } = useQuery(sessionQuery, queryClient);
  const user = computed(() => data.value?.user ?? null);
  const permissions = computed(() => new Set(data.value?.permissions ?? []));
  const may = (permission: Permission): boolean => permissions.value.has(permission);
  return { session: data, user, permissions, may };
}

/** The session as the cache has it, else as the server says. @throws ApiProblem `auth.required` */
export function loadSession(): Promise<SessionState> {
  return queryClient.ensureQueryData(sessionQuery);
}

/** Asks the server anew, because rights may have changed. */
export function reloadSession(): Promise<SessionState> {
  return queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
}

/** Puts what a login or a set-up answered in place. */
export function enterSession(state: SessionState): void {
  queryClient.clear();
  queryClient.setQueryData(queryKeys.session, state);
}

/** Ends the session at the server, and forgets all that was read with it. */
export async function leaveSession(): Promise<void> {
  await api.del('/session', null);
  queryClient.clear();
}

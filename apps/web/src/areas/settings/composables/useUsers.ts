import { useQuery } from '@tanstack/vue-query';
import { CreatedUser, PersonalLink, UserList, type CreateUserRequest, type UpdateUserRequest } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryClient } from '../../../shared/api/query-client.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useReconfirm } from '../../../shared/dialogs/useReconfirm.js';

/** Everybody who may come in. Each change asks for the password again, where it was not given lately. */
export function useUsers() {
  const reconfirm = useReconfirm();
  const query = useQuery({
    queryKey: queryKeys.users,
    queryFn: ({ signal }) => api.get('/users', UserList, { query: { limit: 200 }, signal }),
  });
  const users = computed(() => query.data.value?.items ?? []);

  async function write<T>(call: () => Promise<T>): Promise<T> {
    const answer = await reconfirm(call);
    await queryClient.invalidateQueries({ queryKey: queryKeys.users });
    await queryClient.invalidateQueries({ queryKey: queryKeys.people });
    return answer;
  }
  return {
    query,
    users,
    create: (body: CreateUserRequest) => write(() => api.post('/users', CreatedUser, body)),
    update: (id: string, body: UpdateUserRequest) => write(() => api.patch(`/users/${id}`, null, body)),
    reset: (id: string) => write(() => api.post(`/users/${id}/reset`, PersonalLink)),
  };
}

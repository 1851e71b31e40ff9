import { useQuery } from '@tanstack/vue-query';
import {
  CreatedUser,
  PersonalLink,
  type List,
  UserList,
  type CreateUserRequest,
  type UpdateUserRequest,
  type User,
} from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryClient } from '../../../shared/api/query-client.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useReconfirm } from '../../../shared/dialogs/useReconfirm.js';

/** More than any team has; the list must not grow without bound. */
const mostUsers = 5000;

/** All pages of the list, because the search over it is the page's own. */
async function readUsers(signal: AbortSignal): Promise<User[]> {
  const users: User[] = [];
  let cursor: string | null = null;
  do {
    const page: List<User> = await api.get('/users', UserList, { query: { limit: 200, cursor }, signal });
    users.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && users.length < mostUsers);
  return users;
}

/** Everybody who may come in. Each change asks for the password again, where it was not given lately. */
export function useUsers() {
  const reconfirm = useReconfirm();
  const query = useQuery({
    queryKey: queryKeys.usersAll,
    queryFn: ({ signal }) => readUsers(signal),
  });
  const users = computed(() => query.data.value ?? []);

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

import { useQuery } from '@tanstack/vue-query';
import { CreatedToken, TokenList, type CreateTokenRequest } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryClient } from '../../../shared/api/query-client.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useReconfirm } from '../../../shared/dialogs/useReconfirm.js';

/** My tokens, or those of a service account (`owner`). */
export function useTokens(owner: MaybeRefOrGetter<string | null> = null) {
  const reconfirm = useReconfirm();
  const path = computed(() => {
    const id = toValue(owner);
    return id ? `/users/${id}/tokens` : '/tokens';
  });
  const key = computed(() => {
    const id = toValue(owner);
    return id ? queryKeys.tokensOf(id) : queryKeys.tokensOf('me');
  });
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get(path.value, TokenList, { query: { limit: 200 }, signal }),
  });
  const stale = (): Promise<void> => queryClient.invalidateQueries({ queryKey: queryKeys.tokens });

  async function create(body: CreateTokenRequest): Promise<CreatedToken> {
    const created = await reconfirm(() => api.post(path.value, CreatedToken, body));
    await stale();
    return created;
  }
  async function revoke(id: string): Promise<void> {
    await reconfirm(() => api.del(`${path.value}/${id}`, null));
    await stale();
  }
  return { query, create, revoke };
}

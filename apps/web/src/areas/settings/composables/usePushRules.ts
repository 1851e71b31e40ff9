import { useQuery } from '@tanstack/vue-query';
import { PushRule, PushRuleList, type CreatePushRuleRequest } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryClient } from '../../../shared/api/query-client.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useReconfirm } from '../../../shared/dialogs/useReconfirm.js';

/** The push rules in the order in which they decide. Each change asks for the password again, where it was not given lately. */
export function usePushRules() {
  const reconfirm = useReconfirm();
  const query = useQuery({
    queryKey: queryKeys.pushRuleList,
    queryFn: ({ signal }) => api.get('/push-rules', PushRuleList, { signal }),
  });
  const rules = computed(() => query.data.value?.items ?? []);

  async function write<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await reconfirm(call);
    } finally {
      await queryClient.invalidateQueries({ queryKey: queryKeys.pushRules });
    }
  }
  return {
    query,
    /** Those that allow or deny. */
    deciding: computed(() => rules.value.filter(({ effect }) => effect !== 'protect')),
    protecting: computed(() => rules.value.filter(({ effect }) => effect === 'protect')),
    rules,
    create: (body: CreatePushRuleRequest) => write(() => api.post('/push-rules', PushRule, body)),
    update: (id: string, body: CreatePushRuleRequest) => write(() => api.patch(`/push-rules/${id}`, PushRule, body)),
    remove: (id: string) => write(() => api.del(`/push-rules/${id}`, null)),
  };
}

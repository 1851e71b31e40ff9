import { refDebounced } from '@vueuse/core';
import { useQuery } from '@tanstack/vue-query';
import { PushDecision, type ExplainPushRequest } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '../api/api.js';
import { queryKeys } from '../api/query-keys.js';
import { useSession } from '../session/useSession.js';

/** How long one must have stopped typing before the server is asked: milliseconds. */
const pause = 250;

/**
 * Which push rule decides about a reference, asked while it is typed; for me, or for another account. `decision` is null while it is not
 * known: then nothing is shown, and the server decides when it comes to it.
 */
export function useExplainPush(
  reference: MaybeRefOrGetter<string | null>,
  userId: MaybeRefOrGetter<string | null> = null,
) {
  const { may } = useSession();
  const wanted = computed(() => ({ reference: toValue(reference), userId: toValue(userId) }));
  const asked = refDebounced(wanted, pause);
  const query = useQuery({
    queryKey: computed(() => queryKeys.pushDecision(asked.value.reference ?? '', asked.value.userId)),
    queryFn: ({ signal }) => {
      const body: ExplainPushRequest = {
        reference: asked.value.reference ?? '',
        ...(asked.value.userId ? { userId: asked.value.userId } : {}),
      };
      return api.post('/push-rules/explain', PushDecision, body, { signal });
    },
    enabled: computed(() => asked.value.reference !== null && may('image.push')),
    staleTime: 5_000,
  });
  const isSettled = computed(
    () => asked.value.reference === wanted.value.reference && asked.value.userId === wanted.value.userId,
  );
  const decision = computed(() =>
    isSettled.value && wanted.value.reference !== null ? (query.data.value ?? null) : null,
  );
  return { decision, error: query.error };
}

import { useQuery } from '@tanstack/vue-query';
import { hasEnded, OperationAnswer, OperationList, ShortEventList, type OperationSummary } from '@waybill/contract';
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useBoard } from '../../../shared/live/useBoard.js';
import { useOperation } from '../../../shared/live/useOperation.js';
import { useSession } from '../../../shared/session/useSession.js';
import { useRates } from './useRates.js';

/** One operation with all that stands around it: its rate over time, its tags, what the record holds, what I may do. */
export function useOperationPage(id: MaybeRefOrGetter<string>) {
  const { operation, watchers, lines, error } = useOperation(id);
  const { user, may } = useSession();
  const board = useBoard();
  const rates = useRates(operation);

  const ended = computed(() => operation.value !== null && hasEnded(operation.value.state));
  const mine = computed(() => operation.value?.participants.some(({ actor }) => actor.id === user.value?.id) ?? false);
  const shared = computed(() => (operation.value?.participants.length ?? 0) > 1);
  const mayCancel = computed(() => !ended.value && (mine.value || may('operation.cancel')));
  const mayRetry = computed(() => {
    const state = operation.value?.state;
    const failed = state === 'failed' || state === 'cancelled' || state === 'interrupted';
    return failed && operation.value !== null && may(operation.value.kind);
  });

  const events = useQuery({
    queryKey: computed(() => queryKeys.operationEvents(toValue(id))),
    queryFn: () => api.get(`/operations/${toValue(id)}/events`, ShortEventList),
    enabled: computed(() => operation.value !== null),
  });
  // The outcome is written after the state has changed: the record's own message may be under way still.
  watch(ended, () => void events.refetch());

  const asked = useQuery({
    queryKey: computed(() => queryKeys.operations({ parent: toValue(id) })),
    queryFn: () => api.get('/operations', OperationList, { query: { parent: toValue(id), limit: 200 } }),
    enabled: computed(() => (operation.value?.childIds.length ?? 0) > 0),
  });
  const children = computed<OperationSummary[]>(() => {
    const live = new Map(board.operations.map((one) => [one.id, one]));
    return (asked.data.value?.items ?? []).map((one) => live.get(one.id) ?? one).toReversed();
  });

  const cancel = (): Promise<void> => api.post(`/operations/${toValue(id)}/cancel`, null);
  const retry = (): Promise<OperationAnswer> =>
    api.post(`/operations/${toValue(id)}/retry`, OperationAnswer, undefined, { idempotencyKey: true });

  return {
    operation,
    watchers,
    lines,
    error,
    rates,
    events,
    children,
    ended,
    mine,
    shared,
    mayCancel,
    mayRetry,
    cancel,
    retry,
  };
}

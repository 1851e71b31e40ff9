import { useQuery } from '@tanstack/vue-query';
import {
  Operation,
  reduceOperation,
  type OperationEvent,
  type OperationSnapshot,
  type Problem,
} from '@waybill/contract';
import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue';
import { ApiProblem } from '../api/api-problem.js';
import { api } from '../api/api.js';
import { queryKeys } from '../api/query-keys.js';
import { LiveRoom } from './LiveRoom.js';
import { useLive } from './useLive.js';

/** One operation, live, for as long as the caller's scope lasts. Without a line it is asked for once over REST. */
export function useOperation(id: MaybeRefOrGetter<string>) {
  const live = useLive();
  const snapshot = shallowRef<OperationSnapshot | null>(null);
  const refused = shallowRef<ApiProblem | null>(null);
  let leave: () => void = () => undefined;

  function enter(operationId: string): void {
    snapshot.value = null;
    refused.value = null;
    const socket = live.line();
    const room = new LiveRoom<OperationSnapshot, OperationEvent>({
      join: (ack) => socket.emit('operation:join', operationId, ack),
      reduce: reduceOperation,
      onState: (state) => {
        snapshot.value = state;
        refused.value = null;
      },
      onRefused: (problem: Problem) => (refused.value = new ApiProblem(problem)),
    });
    const hear: Parameters<typeof socket.on<'operation'>>[1] = (message) => {
      if (message.room === `operation:${operationId}`) room.receive(message);
    };
    socket.on('operation', hear);
    const release = live.hold(() => room.join());
    leave = () => {
      release();
      room.leave();
      socket.off('operation', hear);
      socket.emit('operation:leave', operationId);
    };
  }

  watch(
    () => toValue(id),
    (next) => {
      leave();
      enter(next);
    },
    { immediate: true },
  );
  onScopeDispose(() => leave());

  const asked = useQuery({
    queryKey: computed(() => queryKeys.operation(toValue(id))),
    queryFn: () => api.get(`/operations/${encodeURIComponent(toValue(id))}`, Operation),
    enabled: computed(() => snapshot.value === null && live.lostSince !== null),
  });

  const operation = computed(() => snapshot.value?.operation ?? asked.data.value ?? null);
  const watchers = computed(() => snapshot.value?.watchers ?? []);
  const lines = computed(() => snapshot.value?.lines ?? null);
  const error = computed(() => (operation.value ? null : (refused.value ?? asked.error.value)));
  return { operation, watchers, lines, error };
}

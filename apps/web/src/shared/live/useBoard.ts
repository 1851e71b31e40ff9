import { hasEnded, reduceBoard, type BoardEvent, type BoardSnapshot, type LiveMessage } from '@waybill/contract';
import { useThrottleFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { queryClient } from '../api/query-client.js';
import { queryKeys } from '../api/query-keys.js';
import { LiveRoom } from './LiveRoom.js';
import { useLive } from './useLive.js';

/** At most one new question a second for each list that became stale. */
function staler(queryKey: readonly unknown[]): () => void {
  const tell = useThrottleFn(() => void queryClient.invalidateQueries({ queryKey }), 1000, true, true);
  return () => void tell();
}

/** The whole board, live: operations, engines, who is here. It also tells the query cache what became stale. */
export const useBoard = defineStore('board', () => {
  const live = useLive();
  const snapshot = shallowRef<BoardSnapshot | null>(null);
  const stale = {
    registries: staler(queryKeys.registries),
    record: staler(queryKeys.audit),
    operations: staler(queryKeys.operationsAll),
    images: staler(queryKeys.imagesAll),
    engines: staler(queryKeys.engines),
  };
  let release: (() => void) | null = null;

  const room = new LiveRoom<BoardSnapshot, BoardEvent>({
    join: (ack) => live.line().emit('board:join', ack),
    reduce: reduceBoard,
    onState: (state, fresh) => {
      const again = fresh && snapshot.value !== null;
      snapshot.value = state;
      // Between two snapshots anything may have become stale unheard.
      if (again) Object.values(stale).forEach((tell) => tell());
    },
    onRefused: () => undefined,
  });

  function hear(message: LiveMessage<BoardEvent>): void {
    room.receive(message);
    const { event } = message;
    if (event.type === 'images') stale.images();
    if (event.type === 'engine') stale.engines();
    if (event.type === 'registries') stale.registries();
    if (event.type === 'record') stale.record();
    if (event.type === 'operation') stale.operations();
  }

  /** Joins for as long as the session lasts. */
  function open(): void {
    if (release) return;
    live.line().on('board', hear);
    release = live.hold(() => room.join());
  }

  function close(): void {
    release?.();
    release = null;
    room.leave();
    snapshot.value = null;
  }

  const operations = computed(() => snapshot.value?.operations ?? []);
  /** What has not ended: running first, then waiting, the oldest first; the tags of a push stand under their parent. */
  const moving = computed(() => {
    const open = operations.value.filter(({ state }) => !hasEnded(state));
    const ids = new Set(open.map(({ id }) => id));
    const rank = (state: string): number => (state === 'running' ? 0 : 1);
    return open
      .filter(({ parentId }) => !parentId || !ids.has(parentId))
      .toSorted((a, b) => rank(a.state) - rank(b.state) || a.createdAt.localeCompare(b.createdAt));
  });
  const running = computed(() => moving.value.filter(({ state }) => state === 'running'));
  const here = computed(() => snapshot.value?.here ?? []);

  return { snapshot, operations, moving, running, here, open, close };
});

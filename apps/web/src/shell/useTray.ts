import { hasEnded, type OperationSummary } from '@waybill/contract';
import { useLocalStorage, useMediaQuery, useTimeoutFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch, type WatchStopHandle } from 'vue';
import { useBoard } from '../shared/live/useBoard.js';
import { useSession } from '../shared/session/useSession.js';

const lingerMs = 8000;

/**
 * What the tray shows: all that has not ended, and what ended while one looked. A success says so for some seconds;
 * a failure of one's own stays until it is looked at or put away, one of somebody else goes as a success does.
 */
export const useTray = defineStore('tray', () => {
  const board = useBoard();
  const { user } = useSession();
  // Where it would cover half of the page it starts folded each time.
  const roomy = useMediaQuery('(min-width: 64rem)');
  const kept = useLocalStorage('waybill.tray', true);
  const unfolded = ref(false);
  const open = computed({
    get: () => (roomy.value ? kept.value : unfolded.value),
    set: (value) => (roomy.value ? (kept.value = value) : (unfolded.value = value)),
  });
  /** Whether it lies over the page, so that a page leaves room at its end. */
  const visible = ref(false);
  /** Ids of ended operations that are still shown, with when they go (milliseconds; Infinity stays). */
  const ended = ref(new Map<string, number>());
  const known = shallowRef(new Set<string>());
  let stop: WatchStopHandle | null = null;

  const { start } = useTimeoutFn(sweep, 1000, { immediate: false });

  function sweep(): void {
    const now = Date.now();
    for (const [id, until] of ended.value) if (until <= now) ended.value.delete(id);
    if ([...ended.value.values()].some((until) => until !== Infinity)) start();
  }

  function isMine(operation: OperationSummary): boolean {
    const mine = user.value?.id;
    return operation.participants.some(({ actor }) => actor.id === mine) || operation.actor.id === mine;
  }

  function notice(operations: readonly OperationSummary[]): void {
    const running = new Set<string>();
    for (const operation of operations) {
      const { id, state } = operation;
      if (!hasEnded(state)) running.add(id);
      else if (known.value.has(id) && !operation.parentId) {
        const stays = (state === 'failed' || state === 'interrupted') && isMine(operation);
        ended.value.set(id, stays ? Infinity : Date.now() + lingerMs);
        start();
      }
    }
    known.value = running;
  }

  function follow(): void {
    stop ??= watch(() => board.operations, notice, { immediate: true });
  }
  function clear(): void {
    stop?.();
    stop = null;
    ended.value.clear();
    known.value = new Set();
  }
  /** It was looked at, or put away. */
  const dismiss = (id: string): void => void ended.value.delete(id);

  const finished = computed(() => board.operations.filter(({ id }) => ended.value.has(id)));
  const shown = computed(() => [...finished.value, ...board.moving]);

  return { open, visible, shown, finished, follow, clear, dismiss };
});

import { useQuery } from '@tanstack/vue-query';
import { StampList, type OperationSummary, type Stamp } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useBoard } from '../../../shared/live/useBoard.js';
import { canonicalText } from '../../../shared/reference/useReferenceText.js';

/** What is shown of an image's last move: one that runs now, or the last that is known. */
export type ShownStamp = { moving: OperationSummary } | { done: Stamp };

/** The last stamp of each reference on an engine; what moves now comes from the live board. */
export function useStamps(engine: MaybeRefOrGetter<string>) {
  const board = useBoard();
  const { data } = useQuery({
    queryKey: computed(() => queryKeys.stamps(toValue(engine))),
    queryFn: ({ signal }) => api.get(`/engines/${toValue(engine)}/stamps`, StampList, { signal }),
  });
  const done = computed(
    () => new Map((data.value?.items ?? []).map((stamp) => [canonicalText(stamp.reference), stamp])),
  );
  const moving = computed(() => {
    const mine = board.moving.filter((one) => one.engine === toValue(engine) && one.state === 'running');
    return new Map(mine.map((operation) => [operation.reference, operation]));
  });

  function stampOf(references: readonly string[]): ShownStamp | null {
    const names = references.map(canonicalText);
    const running = names.map((name) => moving.value.get(name)).find((one) => one !== undefined);
    if (running) return { moving: running };
    const last = names
      .flatMap((name) => done.value.get(name) ?? [])
      .sort((a, b) => b.at.localeCompare(a.at))
      .at(0);
    return last ? { done: last } : null;
  }
  return { stampOf };
}

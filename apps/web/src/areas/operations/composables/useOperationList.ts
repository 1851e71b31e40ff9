import { useInfiniteQuery } from '@tanstack/vue-query';
import { OperationList, OperationState, type OperationKind, type OperationSummary } from '@waybill/contract';
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { api, type Query } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useBoard } from '../../../shared/live/useBoard.js';
import { useSession } from '../../../shared/session/useSession.js';

/** States that one looks for together. */
export const stateFilters = {
  all: [],
  moving: ['running', 'queued', 'waiting_for_approval'],
  succeeded: ['succeeded'],
  failed: ['failed'],
  cancelled: ['cancelled'],
  interrupted: ['interrupted'],
} satisfies Record<string, OperationState[]>;
export type StateFilter = keyof typeof stateFilters;

export const kindFilters = ['all', 'image.push', 'image.pull'] as const satisfies readonly ('all' | OperationKind)[];
export type KindFilter = (typeof kindFilters)[number];

/** The operations, newest first, page by page. The filters stand in the address; what moves is kept fresh by the board. */
export function useOperationList() {
  const route = useRoute();
  const router = useRouter();
  const board = useBoard();
  const { user } = useSession();

  const put = (name: string, value: string | undefined): void =>
    void router.replace({ query: { ...route.query, [name]: value } });
  const state = computed<StateFilter>({
    get: () => (Object.keys(stateFilters) as StateFilter[]).find((one) => one === route.query['state']) ?? 'all',
    set: (value) => put('state', value === 'all' ? undefined : value),
  });
  const kind = computed<KindFilter>({
    get: () => kindFilters.find((one) => one === route.query['kind']) ?? 'all',
    set: (value) => put('kind', value === 'all' ? undefined : value),
  });
  const mine = computed<boolean>({
    get: () => route.query['mine'] === '1',
    set: (value) => put('mine', value ? '1' : undefined),
  });

  const filters = computed<Query>(() => ({
    state: stateFilters[state.value],
    kind: kind.value === 'all' ? undefined : kind.value,
    actor: mine.value ? user.value?.id : undefined,
  }));
  const filtered = computed(() => state.value !== 'all' || kind.value !== 'all' || mine.value);

  const query = useInfiniteQuery({
    queryKey: computed(() => queryKeys.operations(filters.value)),
    queryFn: ({ pageParam, signal }) =>
      api.get('/operations', OperationList, { query: { ...filters.value, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

  const operations = computed<OperationSummary[]>(() => {
    const live = new Map(board.operations.map((one) => [one.id, one]));
    return (query.data.value?.pages ?? []).flatMap(({ items }) => items.map((one) => live.get(one.id) ?? one));
  });
  const clear = (): void => void router.replace({ query: {} });
  return { state, kind, mine, filtered, query, operations, clear };
}

import { useQuery } from '@tanstack/vue-query';
import { EngineList, type EngineSummary } from '@waybill/contract';
import { createSharedComposable, useLocalStorage } from '@vueuse/core';
import { computed } from 'vue';
import { api } from '../api/api.js';
import { queryClient } from '../api/query-client.js';
import { queryKeys } from '../api/query-keys.js';
import { useBoard } from '../live/useBoard.js';

/** The engines, live where the line is up, and the one that the page speaks of (kept in this browser). */
export const useEngine = createSharedComposable(() => {
  const board = useBoard();
  const chosen = useLocalStorage('waybill.engine', '');
  const asked = useQuery({ queryKey: queryKeys.engines, queryFn: () => api.get('/engines', EngineList) }, queryClient);

  const engines = computed<readonly EngineSummary[]>(() => board.snapshot?.engines ?? asked.data.value?.items ?? []);
  const summary = computed(() => engines.value.find(({ slug }) => slug === chosen.value) ?? engines.value[0] ?? null);
  /** The slug, for paths: the first engine is `local`, also before the list has come. */
  const engine = computed(() => summary.value?.slug ?? (chosen.value || 'local'));

  function choose(slug: string): void {
    chosen.value = slug;
  }
  return { engine, summary, engines, choose };
});

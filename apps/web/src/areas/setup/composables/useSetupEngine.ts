import { useQuery } from '@tanstack/vue-query';
import { EngineInfo, EngineList } from '@waybill/contract';
import { computed, type Ref } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

const lookEveryMs = 2000;

/** The second step: the engine, asked again every two seconds until it answers. There is no live line here yet. */
export function useSetupEngine(enabled: Ref<boolean>) {
  const list = useQuery({
    queryKey: queryKeys.engines,
    queryFn: ({ signal }) => api.get('/engines', EngineList, { signal }),
    enabled,
    refetchInterval: ({ state }) => (state.data?.items[0]?.state === 'connected' ? false : lookEveryMs),
  });
  const engine = computed(() => list.data.value?.items[0] ?? null);
  const connected = computed(() => engine.value?.state === 'connected');
  const info = useQuery({
    queryKey: computed(() => queryKeys.engineInfo(engine.value?.slug ?? 'local')),
    queryFn: ({ signal }) => api.get(`/engines/${engine.value?.slug}/info`, EngineInfo, { signal }),
    enabled: connected,
  });
  return { engine, connected, info: info.data, error: list.error, look: list.refetch, looking: list.isFetching };
}

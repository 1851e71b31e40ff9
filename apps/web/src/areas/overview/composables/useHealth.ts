import { useQuery } from '@tanstack/vue-query';
import { RegistryHealthList, type Failure, type Registry } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import { useEngine } from '../../../shared/engine/useEngine.js';
import { useRegistries } from '../../../shared/registries/useRegistries.js';
import { useSession } from '../../../shared/session/useSession.js';

/** Above this an answer is slow: milliseconds. */
const slowMs = 1500;
const everyMs = 30_000;

export interface HealthRow {
  registry: Registry;
  state: 'up' | 'slow' | 'down' | 'unknown';
  at: string | null;
  latencyMs: number | null;
  error: Failure | null;
}

/** How the engine and each registry are, and when that was seen last. */
export function useHealth() {
  const { may } = useSession();
  const { summary, engines } = useEngine();
  const { query, registries } = useRegistries();

  const health = useQuery({
    queryKey: queryKeys.registryHealth,
    queryFn: () => api.get('/registries/health', RegistryHealthList),
    enabled: computed(() => may('registry.read')),
    refetchInterval: everyMs,
  });

  const rows = computed<HealthRow[]>(() => {
    const seen = new Map((health.data.value?.items ?? []).map((one) => [one.registryId, one]));
    return registries.value.map((registry) => {
      const { ok = null, at = null, latencyMs = null, error = null } = seen.get(registry.id) ?? {};
      const state = ok === null ? 'unknown' : !ok ? 'down' : (latencyMs ?? 0) > slowMs ? 'slow' : 'up';
      return { registry, state, at, latencyMs, error };
    });
  });
  return { engines, engine: summary, rows, pending: query.isPending, error: query.error };
}

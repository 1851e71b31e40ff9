import { useQuery } from '@tanstack/vue-query';
import { RegistryList, type Credential, type Registry } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../api/api.js';
import { queryKeys } from '../api/query-keys.js';

/** The registries that this Waybill speaks to; the Hub stands first. */
export function useRegistries() {
  const query = useQuery({
    queryKey: queryKeys.registries,
    queryFn: ({ signal }) => api.get('/registries', RegistryList, { query: { limit: 200 }, signal }),
  });
  const registries = computed<Registry[]>(() => {
    const items = query.data.value?.items ?? [];
    return [...items.filter(({ kind }) => kind === 'hub'), ...items.filter(({ kind }) => kind !== 'hub')];
  });
  const byAddress = computed(
    () => new Map(registries.value.map((registry) => [registry.address.toLowerCase(), registry])),
  );
  const registryOf = (address: string): Registry | null => byAddress.value.get(address.toLowerCase()) ?? null;
  /** What to call a registry: its name here, else its address. */
  const nameOf = (address: string): string => registryOf(address)?.name ?? address;
  return { query, registries, registryOf, nameOf };
}

export function defaultCredential(registry: Registry): Credential | null {
  return registry.credentials.find(({ isDefault }) => isDefault) ?? registry.credentials[0] ?? null;
}

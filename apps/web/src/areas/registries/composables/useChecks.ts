import type { CheckResult, Registry } from '@waybill/contract';
import { ref, shallowRef } from 'vue';
import { useRegistryWrites } from '../../../shared/registries/useRegistryWrites.js';

/** The button that asks both sides: what runs, what went wrong with the asking, and a login server that waits for its yes. */
export function useChecks() {
  const { check } = useRegistryWrites();
  const checking = ref(new Set<string>());
  const errors = shallowRef(new Map<string, unknown>());

  async function run(
    registry: Registry,
    options: { credentialId?: string; confirmRealm?: string } = {},
  ): Promise<CheckResult | null> {
    if (checking.value.has(registry.id)) return null;
    checking.value = new Set(checking.value).add(registry.id);
    const rest = new Map(errors.value);
    rest.delete(registry.id);
    try {
      return await check(registry.id, options);
    } catch (error) {
      rest.set(registry.id, error);
      return null;
    } finally {
      errors.value = rest;
      const left = new Set(checking.value);
      left.delete(registry.id);
      checking.value = left;
    }
  }
  return { checking, errors, run };
}

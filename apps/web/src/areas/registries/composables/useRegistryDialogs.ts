import { RegistryKind } from '@waybill/contract';
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export type RegistryDialog = 'add' | 'edit' | 'login' | 'import';
const dialogs: readonly RegistryDialog[] = ['add', 'edit', 'login', 'import'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Dialogs stand in the address: `?dialog=add&kind=hub`, `?dialog=add&address=…`, `?dialog=login&registry=…&login=…`. */
export function useRegistryDialogs() {
  const route = useRoute();
  const router = useRouter();
  const gone = { dialog: undefined, kind: undefined, address: undefined, registry: undefined, login: undefined };

  const dialog = computed(() => dialogs.find((one) => one === route.query['dialog']) ?? null);
  const given = computed(() => {
    const address = text(route.query['address']);
    const kind = RegistryKind.safeParse(route.query['kind']);
    return {
      address,
      kind: kind.success ? kind.data : address ? ('registry' as const) : null,
      registry: text(route.query['registry']),
      login: text(route.query['login']),
    };
  });
  const open = computed({
    get: () => dialog.value !== null,
    set: (value: boolean) => void (value || router.replace({ query: { ...route.query, ...gone } })),
  });
  function show(next: RegistryDialog, about: { kind?: RegistryKind; registry?: string; login?: string } = {}): void {
    void router.push({ query: { ...route.query, ...gone, dialog: next, ...about } });
  }
  return { dialog, given, open, show };
}

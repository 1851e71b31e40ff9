import { defaultTokenScopes, type CreateTokenRequest, type CreatedToken, type Permission } from '@waybill/contract';
import { computed, ref, shallowRef, toValue, type MaybeRefOrGetter } from 'vue';
import { tokenScopes } from './permissions-in-use.js';
import { useAttempt } from './useAttempt.js';

export const lifetimes = ['30', '90', '365', 'never'] as const;
export type Lifetime = (typeof lifetimes)[number];

interface Options {
  rights: MaybeRefOrGetter<readonly Permission[]>;
  create: (body: CreateTokenRequest) => Promise<CreatedToken>;
}

/** The form of a new token; once it is made, `created` holds the secret for as long as the dialog is open. */
export function useNewToken({ rights, create }: Options) {
  const name = ref('');
  const lifetime = ref<Lifetime>('90');
  const groups = computed(() => tokenScopes(toValue(rights)));
  const offered = computed(() => groups.value.flatMap(({ permissions }) => permissions));
  const chosen = ref<Permission[]>(defaultTokenScopes.filter((one) => offered.value.includes(one)));
  const created = shallowRef<CreatedToken | null>(null);
  const { busy, error, attempt } = useAttempt();
  const ready = computed(() => name.value.trim() !== '' && chosen.value.length > 0);

  function toggle(permission: Permission, on: boolean): void {
    chosen.value = offered.value.filter((one) => (one === permission ? on : chosen.value.includes(one)));
  }
  const chooseAll = (): void => void (chosen.value = [...offered.value]);
  const chooseReading = (): void =>
    void (chosen.value = defaultTokenScopes.filter((one) => offered.value.includes(one)));

  async function submit(): Promise<void> {
    if (!ready.value) return;
    const days = lifetime.value === 'never' ? null : Number(lifetime.value);
    const body: CreateTokenRequest = {
      name: name.value.trim(),
      scopes: chosen.value,
      ...(days ? { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() } : {}),
    };
    await attempt(async () => {
      created.value = await create(body);
    });
  }
  return { name, lifetime, groups, chosen, toggle, chooseAll, chooseReading, created, busy, error, ready, submit };
}

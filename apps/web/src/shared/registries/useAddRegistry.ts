import type { CheckResult, RegistryKind } from '@waybill/contract';
import { computed, reactive, ref, shallowRef } from 'vue';
import { addressOf, emptyForm, suggestedName, troublesOf } from './registry-form.js';
import { useRegistries } from './useRegistries.js';
import { useRegistryWrites } from './useRegistryWrites.js';

/** `realm`: the login server is to be confirmed, no secret has been sent yet. */
export type AddStep = 'form' | 'realm' | 'result';

/**
 * Adds a registry with its first login, or a login to one that is there, and checks it: enter, confirm the login server,
 * see both answers. What was entered wrong can be corrected and checked again without a second registry coming of it.
 */
export function useAddRegistry() {
  const form = reactive(emptyForm('registry'));
  const step = ref<AddStep>('form');
  const busy = ref<'saving' | 'checking' | null>(null);
  const error = shallowRef<unknown>(null);
  const result = shallowRef<CheckResult | null>(null);
  /** The registry that was made or found, once it is saved. */
  const savedId = ref<string | null>(null);
  const { registries, registryOf } = useRegistries();
  const writes = useRegistryWrites();

  const address = computed(() => addressOf(form));
  const troubles = computed(() => troublesOf(form));
  const existing = computed(() => registryOf(address.value));
  const saved = computed(() => registries.value.find(({ id }) => id === savedId.value) ?? null);

  function start(kind: RegistryKind, given = ''): void {
    Object.assign(form, emptyForm(kind, given));
    step.value = 'form';
    error.value = null;
    result.value = null;
    savedId.value = null;
  }

  /** Makes the registry, or gives the one that is there (or was just made) what the form says. */
  async function save(): Promise<string> {
    const { username, secret, insecure } = form;
    const login = username && secret ? { username, secret } : {};
    const here = existing.value;
    if (!here && savedId.value) {
      await writes.update(savedId.value, { address: address.value, insecure, ...login });
      return savedId.value;
    }
    if (!here) {
      return (
        await writes.create({
          name: form.name.trim() || suggestedName(form),
          address: address.value,
          insecure,
          ...login,
        })
      ).id;
    }
    if (savedId.value === here.id && here.insecure !== insecure) {
      await writes.update(here.id, { insecure, ...login });
      return here.id;
    }
    const known = here.credentials.find((one) => one.username === username);
    if (known) await writes.changeLogin(here.id, known.id, { secret });
    else if (username && secret) await writes.addLogin(here.id, { username, secret, isDefault: true });
    return here.id;
  }

  async function attempt(what: 'saving' | 'checking', deed: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = what;
    error.value = null;
    try {
      await deed();
    } catch (cause) {
      error.value = cause;
    } finally {
      busy.value = null;
    }
  }

  async function look(confirmRealm?: string): Promise<void> {
    const id = savedId.value;
    if (!id) return;
    busy.value = 'checking';
    const credential = registries.value
      .find((one) => one.id === id)
      ?.credentials.find((one) => one.username === form.username);
    result.value = await writes.check(id, {
      ...(credential ? { credentialId: credential.id } : {}),
      ...(confirmRealm ? { confirmRealm } : {}),
    });
    step.value = result.value.realm && !result.value.realmConfirmed ? 'realm' : 'result';
  }

  const submit = (): Promise<void> =>
    attempt('saving', async () => {
      savedId.value = await save();
      await look();
    });
  const confirmRealm = (): Promise<void> => attempt('checking', () => look(result.value?.realm?.url));
  const checkAgain = (): Promise<void> => attempt('checking', () => look());
  function correct(): void {
    step.value = 'form';
    error.value = null;
    form.secret = '';
  }

  return {
    form,
    step,
    busy,
    error,
    result,
    saved,
    address,
    troubles,
    existing,
    start,
    submit,
    confirmRealm,
    checkAgain,
    correct,
  };
}

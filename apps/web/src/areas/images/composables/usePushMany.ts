import { dockerCommand, hubAddress, tryReference, type Operation, type PushRequest } from '@waybill/contract';
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { defaultCredential, useRegistries } from '../../../shared/registries/useRegistries.js';
import { useDeed } from './useDeed.js';

export interface PushLine {
  reference: string;
  registryName: string;
  username: string | null;
  state: 'ready' | 'unregistered' | 'login_missing' | 'sent';
}

/** Several references at once, each to its own registry with its default login; what can't be sent stays behind, told. */
export function usePushMany(engine: MaybeRefOrGetter<string>, references: MaybeRefOrGetter<readonly string[]>) {
  const { registryOf } = useRegistries();
  const deed = useDeed();
  const sent = ref(new Map<string, Operation>());

  const lines = computed<PushLine[]>(() =>
    toValue(references).map((reference) => {
      const read = tryReference(reference);
      const address = read.ok ? read.reference.registry : '';
      const registry = registryOf(address);
      const username = registry ? (defaultCredential(registry)?.username ?? null) : null;
      const state = !registry ? 'unregistered' : address === hubAddress && !username ? 'login_missing' : 'ready';
      return {
        reference,
        registryName: registry?.name ?? address,
        username,
        state: sent.value.has(reference) ? 'sent' : state,
      };
    }),
  );
  const sendable = computed(() => lines.value.filter(({ state }) => state === 'ready'));
  const commands = computed(() => sendable.value.map(({ reference }) => dockerCommand.push(reference)));

  /** One after the other: a refusal stops it, and a second try goes on where it stopped. */
  async function submit(): Promise<Operation[] | null> {
    const done = await deed.run(async () => {
      for (const { reference } of sendable.value) {
        const body: PushRequest = { reference };
        const operation = await deed.begin(`/engines/${toValue(engine)}/images/push`, body);
        sent.value = new Map(sent.value).set(reference, operation);
      }
    });
    return done ? [...sent.value.values()] : null;
  }

  return { lines, sendable, commands, submit, deed };
}

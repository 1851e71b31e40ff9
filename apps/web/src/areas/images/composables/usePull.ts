import { Platform, dockerCommand, type Operation, type PullRequest } from '@waybill/contract';
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { useDeed } from './useDeed.js';
import { useTarget } from './useTarget.js';

/** What the pull dialog knows: the reference as it is typed, the platform, the login, and the deed itself. */
export function usePull(engine: MaybeRefOrGetter<string>) {
  const text = ref('');
  const platform = ref('');
  const target = useTarget(text, 'pull');
  const deed = useDeed();

  const platformValid = computed(() => !platform.value || Platform.safeParse(platform.value).success);
  const commands = computed(() => [dockerCommand.pull(target.familiar.value ?? 'NAME', platform.value || null)]);
  const ready = computed(() => target.ready.value && platformValid.value);

  /** What has begun; null where it was refused, with `deed.error` saying why. */
  async function submit(): Promise<Operation[] | null> {
    const reference = target.familiar.value;
    if (!reference || !ready.value) return null;
    const body: PullRequest = {
      reference,
      ...(platform.value ? { platform: platform.value } : {}),
      ...(target.credential.value ? { credentialId: target.credential.value.id } : {}),
    };
    const begun: Operation[] = [];
    const done = await deed.run(async () => {
      begun.push(await deed.begin(`/engines/${toValue(engine)}/images/pull`, body));
    });
    return done ? begun : null;
  }

  return { text, platform, platformValid, target, commands, ready, submit, deed };
}

import {
  TagResult,
  dockerCommand,
  familiarName,
  type Operation,
  type PushRequest,
  type TagRequest,
} from '@waybill/contract';
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { api } from '../../../shared/api/api.js';
import { canonicalText } from '../../../shared/reference/useReferenceText.js';
import { useExplainPush } from '../../../shared/rules/useExplainPush.js';
import { useRuleWords } from '../../../shared/rules/useRuleWords.js';
import { useDeed } from './useDeed.js';
import { useTarget } from './useTarget.js';

/**
 * Tag, push, or both in one step. `source` is the image's name (or id) on the engine, `text` what it shall be called;
 * where both are the same nothing has to be tagged.
 */
export function usePush(engine: MaybeRefOrGetter<string>, source: MaybeRefOrGetter<string>) {
  const text = ref('');
  const push = ref(true);
  const allTags = ref(false);
  const target = useTarget(text, 'push');
  const deed = useDeed();

  const renamed = computed(
    () => target.canonical.value !== null && target.canonical.value !== canonicalText(toValue(source)),
  );
  const all = computed(() => push.value && allTags.value && !renamed.value);
  /** What the push names: the repository alone where all of its tags are meant. */
  const pushed = computed(() => {
    const reference = target.reference.value;
    if (!reference) return null;
    return all.value ? familiarName(reference) : target.familiar.value;
  });
  const commands = computed(() => {
    const name = target.familiar.value ?? 'NAME';
    const lines = renamed.value || !push.value ? [dockerCommand.tag(toValue(source), name)] : [];
    return push.value ? [...lines, dockerCommand.push(pushed.value ?? name, all.value)] : lines;
  });
  /** Of a push of all tags each is judged by itself when its turn comes. */
  const { decision } = useExplainPush(() => (push.value && !all.value ? target.canonical.value : null));
  const { decisionLines } = useRuleWords();
  const checks = computed(() => [...target.checks.value, ...(decision.value ? decisionLines(decision.value) : [])]);
  /** A tag alone needs no registry; naming an image what it is called already is nothing to do. */
  const ready = computed(() =>
    push.value
      ? target.ready.value && decision.value?.allowed !== false
      : target.reference.value !== null && renamed.value,
  );

  /** What has begun (nothing where it was only tagged); null where it was refused, with `deed.error` saying why. */
  async function submit(): Promise<Operation[] | null> {
    const name = target.familiar.value;
    if (!name || !pushed.value || !ready.value) return null;
    const begun: Operation[] = [];
    const done = await deed.run(async () => {
      const images = `/engines/${toValue(engine)}/images`;
      if (renamed.value) {
        const body: TagRequest = { source: toValue(source), target: name };
        await api.post(`${images}/tag`, TagResult, body);
      }
      if (!push.value) return;
      const body: PushRequest = {
        reference: pushed.value ?? name,
        ...(all.value ? { allTags: true } : {}),
        ...(target.credential.value ? { credentialId: target.credential.value.id } : {}),
      };
      begun.push(await deed.begin(`${images}/push`, body));
    });
    if (done && !push.value) deed.sayTagged(name);
    return done ? begun : null;
  }

  return { text, push, allTags, all, renamed, target, checks, commands, ready, submit, deed };
}

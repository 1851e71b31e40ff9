import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ShownActor } from './actor.js';

/** What to call an actor: a name, or the word for Waybill itself, for somebody outside, for an erased name. */
export function useActorName(actor: MaybeRefOrGetter<ShownActor>): ComputedRef<string> {
  const { t } = useI18n();
  return computed(() => {
    const { type, name } = toValue(actor);
    if (type === 'system') return t('actor.system');
    if (type === 'external') return t('actor.external');
    return name ?? t('actor.erased');
  });
}

import type { PushDecision, PushRule, PushRuleSubject } from '@waybill/contract';
import { useI18n } from 'vue-i18n';
import { useSession } from '../session/useSession.js';

/** How rules and what they decide are said. `nameOf` knows accounts by their id, where the reader may. */
export function useRuleWords(nameOf: (userId: string) => string | null = () => null) {
  const { t } = useI18n();
  const { user } = useSession();

  function whom(subject: PushRuleSubject): string {
    if (subject === 'everybody') return t('pushRule.everybody');
    if ('role' in subject) return t('pushRule.role', { role: t(`role.${subject.role}`) });
    const name = nameOf(subject.userId);
    if (name) return name;
    return t(subject.userId === user.value?.id ? 'pushRule.me' : 'pushRule.account');
  }
  const ruleText = ({ effect, pattern, subject }: PushRule): string =>
    t('pushRule.rule', { effect: t(`pushRule.effect.${effect}`), pattern, whom: whom(subject) });

  /** What was decided, and by which rule, as lines to look at. */
  function decisionLines({ allowed, why, rule, protectedBy }: PushDecision) {
    return [
      {
        key: 'rule',
        state: allowed ? ('ok' as const) : ('no' as const),
        text: t(`pushRule.why.${why}`),
        ...(rule ? { detail: ruleText(rule) } : {}),
      },
      ...(allowed && protectedBy
        ? [{ key: 'protected', state: 'note' as const, text: t('pushRule.protected'), detail: ruleText(protectedBy) }]
        : []),
    ];
  }
  return { whom, ruleText, decisionLines };
}

import type { AuditChange, AuditDraft, PushRule } from '@waybill/contract';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { changesOf } from '../registries/registry-drafts.js';

type Said = Pick<PushRule, 'pattern' | 'effect' | 'subject' | 'note'>;

/** What a rule says, as the record shows it before and after. */
function saidBy({ pattern, effect, subject, note }: Said): { [field: string]: string | null } {
  const whom =
    subject === 'everybody' ? subject : 'userId' in subject ? `user ${subject.userId}` : `role ${subject.role}`;
  return { pattern, effect, subject: whom, note };
}

const nothing = { pattern: null, effect: null, subject: null, note: null };

/** What really differs between two forms of a rule; null stands for a rule that is not. */
export function ruleChanges(before: Said | null, after: Said | null): AuditChange[] {
  return changesOf(before ? saidBy(before) : nothing, after ? saidBy(after) : nothing);
}

export function aboutRule(
  who: ActorContext,
  action: 'rule.create' | 'rule.update' | 'rule.remove',
  { id, pattern }: Pick<PushRule, 'id' | 'pattern'>,
  changes: AuditChange[],
): AuditDraft {
  return draftOf(who, {
    action,
    phase: 'outcome',
    outcome: 'succeeded',
    subject: { type: 'rule', id },
    details: { name: pattern, changes },
  });
}

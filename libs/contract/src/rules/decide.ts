import { canonical, parseReference, withDefaultTag, type Reference } from '../images/reference.js';
import type { Role } from '../permissions/permissions.js';
import { matchesPattern, readPattern, specificityOf } from './pattern.js';
import type { PushDecision, PushRule, PushRuleSubject } from './schemas.js';

/** Who wants to push what. `mayPush` is whether the account holds `image.push` at all. */
export interface PushQuestion {
  userId: string | null;
  role: Role | null;
  mayPush: boolean;
  reference: string;
}

/**
 * Decides by the rules: the longest literal prefix wins, then a person's rule over a role's over everybody's, then deny over
 * allow; where none fits the role decides. An allow makes an exception of a wider deny: it never gives the right to push.
 * Protection is apart from that: any rule that protects the tag holds, and a narrower allow does not lift it.
 * @throws WaybillError reference.invalid
 */
export function decidePush(
  rules: readonly PushRule[],
  { userId, role, mayPush, reference: text }: PushQuestion,
): PushDecision {
  const reference = withDefaultTag(parseReference(text));
  const fitting = rules
    .filter((rule) => concerns(rule.subject, userId, role) && fits(rule, reference))
    .toSorted(compareRules);
  const rule = fitting.find(({ effect }) => effect !== 'protect') ?? null;
  const protectedBy = fitting.find(({ effect }) => effect === 'protect') ?? null;
  const asked = { reference: canonical(reference), protectedBy };
  if (!mayPush) return { ...asked, allowed: false, why: 'role_denies', rule: null };
  if (!rule) return { ...asked, allowed: true, why: 'role_allows', rule };
  const allowed = rule.effect === 'allow';
  return { ...asked, allowed, why: allowed ? 'rule_allows' : 'rule_denies', rule };
}

/** The order in which rules decide; of those that fit, the first one does. */
export function compareRules(one: PushRule, other: PushRule): number {
  return (
    specificityOf(other.pattern) - specificityOf(one.pattern) ||
    rankOf(one.subject) - rankOf(other.subject) ||
    Number(one.effect === 'allow') - Number(other.effect === 'allow') ||
    (one.id < other.id ? -1 : 1)
  );
}

function rankOf(subject: PushRuleSubject): number {
  if (subject === 'everybody') return 2;
  return 'userId' in subject ? 0 : 1;
}

function concerns(subject: PushRuleSubject, userId: string | null, role: Role | null): boolean {
  if (subject === 'everybody') return true;
  return 'userId' in subject ? subject.userId === userId : subject.role === role;
}

/** A pattern that can't be read fits nothing: an allow of it gives nothing, and the form takes no such rule. */
function fits({ pattern }: PushRule, reference: Reference): boolean {
  const read = readPattern(pattern);
  return read !== null && matchesPattern(read, reference);
}

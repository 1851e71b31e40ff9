import {
  Role,
  canonicalPattern,
  decidePush,
  permissionsOf,
  readPattern,
  tryReference,
  type CreatePushRuleRequest,
  type PushDecision,
  type PushRule,
  type PushRuleEffect,
  type PushRuleSubject,
} from '@waybill/contract';

/** A rule while it is written. `whom` is one text, for a list of choices: `everybody`, `role:…` or `user:…`. */
export interface RuleDraft {
  pattern: string;
  effect: PushRuleEffect;
  whom: string;
  note: string;
}

export function whomOf(subject: PushRuleSubject): string {
  if (subject === 'everybody') return subject;
  return 'role' in subject ? `role:${subject.role}` : `user:${subject.userId}`;
}

function subjectOf(whom: string): PushRuleSubject {
  const [kind, id = ''] = whom.split(':');
  if (kind === 'user') return { userId: id };
  const role = Role.safeParse(id);
  return kind === 'role' && role.success ? { role: role.data } : 'everybody';
}

export function draftOf(rule: PushRule | null): RuleDraft {
  return rule
    ? { pattern: rule.pattern, effect: rule.effect, whom: whomOf(rule.subject), note: rule.note ?? '' }
    : { pattern: '', effect: 'deny', whom: 'everybody', note: '' };
}

/** What is sent; null while the pattern is none. */
export function requestOf({ pattern, effect, whom, note }: RuleDraft): CreatePushRuleRequest | null {
  const read = readPattern(pattern);
  if (!read) return null;
  return { pattern: canonicalPattern(read), effect, subject: subjectOf(whom), note: note.trim() || null };
}

/** The account that a trial is about, as far as rules look at it. */
export interface TrialUser {
  id: string;
  role: Role;
}

/**
 * What the rules would decide about a reference with the draft among them, for the one it is about: its account, somebody of
 * its role, or of everybody a publisher. Null while draft or reference are not whole.
 */
export function tryDraft(
  draft: RuleDraft,
  rules: readonly PushRule[],
  { id, text, userOf }: { id: string | null; text: string; userOf: (id: string) => TrialUser | null },
): { decision: PushDecision; isDraft: boolean } | null {
  const request = requestOf(draft);
  const read = tryReference(text);
  if (!request || !text.trim() || !read.ok || read.reference.digest) return null;
  const own = id ?? 'draft';
  const rule: PushRule = { ...request, id: own, createdAt: '' };
  const { subject } = request;
  const named = subject !== 'everybody' && 'userId' in subject ? userOf(subject.userId) : null;
  const role = named?.role ?? (subject !== 'everybody' && 'role' in subject ? subject.role : 'publisher');
  const decision = decidePush([...rules.filter((one) => one.id !== id), rule], {
    userId: named?.id ?? null,
    role,
    mayPush: permissionsOf(role).includes('image.push'),
    reference: text,
  });
  return { decision, isDraft: decision.rule?.id === own || decision.protectedBy?.id === own };
}

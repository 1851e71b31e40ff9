import { describe, expect, it } from '@jest/globals';
import type { PushRule } from '@waybill/contract';
import { draftOf, requestOf, tryDraft, whomOf, type RuleDraft } from './rule-draft.js';

const anna = '01990000-0000-7000-8000-000000000001';
const wide: PushRule = {
  id: '01990000-0000-7000-8000-0000000000aa',
  pattern: 'docker.io/team/*:*',
  effect: 'deny',
  subject: 'everybody',
  note: null,
  createdAt: '2026-11-24T12:00:00.000Z',
};
const draft = (parts: Partial<RuleDraft>): RuleDraft => ({ ...draftOf(null), ...parts });
const trial = (text: string, id: string | null = null) => ({
  id,
  text,
  userOf: () => ({ id: anna, role: 'developer' as const }),
});

describe('a push rule while it is written', () => {
  it.each<PushRule['subject']>(['everybody', { role: 'publisher' }, { userId: anna }])(
    'keeps whom it is about: %j',
    (subject) => {
      expect(requestOf(draftOf({ ...wide, subject }))).toEqual({
        pattern: wide.pattern,
        effect: 'deny',
        subject,
        note: null,
      });
      expect(draftOf({ ...wide, subject }).whom).toBe(whomOf(subject));
    },
  );

  it('is nothing to send while its pattern is none', () => {
    expect(requestOf(draft({ pattern: 'a b' }))).toBeNull();
    expect(requestOf(draft({ pattern: 'nginx', note: '  ' }))).toMatchObject({
      pattern: 'docker.io/library/nginx:*',
      note: null,
    });
  });

  it('shows whether it would decide', () => {
    const narrow = draft({ pattern: 'team/app', effect: 'allow', whom: 'role:publisher' });
    expect(tryDraft(narrow, [wide], trial('team/app:1'))).toMatchObject({ isDraft: true, decision: { allowed: true } });
    expect(tryDraft(narrow, [wide], trial('team/other:1'))).toMatchObject({
      isDraft: false,
      decision: { allowed: false, rule: wide },
    });
    expect(tryDraft(narrow, [wide], trial('Not One'))).toBeNull();
    expect(tryDraft(narrow, [wide], trial(''))).toBeNull();
  });

  it('takes the place of the rule that it changes', () => {
    const changed = draft({ pattern: wide.pattern, effect: 'allow' });
    expect(tryDraft(changed, [wide], trial('team/app:1', wide.id))).toMatchObject({ decision: { allowed: true } });
  });

  it('gives no account a right that its role has not', () => {
    const given = draft({ pattern: 'team/app', effect: 'allow', whom: `user:${anna}` });
    expect(tryDraft(given, [], trial('team/app:1'))?.decision).toMatchObject({ allowed: false, why: 'role_denies' });
  });
});

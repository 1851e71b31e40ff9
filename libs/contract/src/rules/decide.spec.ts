import { describe, expect, it } from '@jest/globals';
import type { Role } from '../permissions/permissions.js';
import { compareRules, decidePush } from './decide.js';
import { canonicalPattern, readPattern } from './pattern.js';
import type { PushRule, PushRuleEffect, PushRuleSubject } from './schemas.js';

const anna = '01990000-0000-7000-8000-000000000001';
const bea = '01990000-0000-7000-8000-000000000002';
let made = 0;

function rule(effect: PushRuleEffect, text: string, subject: PushRuleSubject = 'everybody'): PushRule {
  const read = readPattern(text);
  if (!read) throw new Error(`“${text}” is no pattern`);
  const id = `01990000-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`;
  return { id, pattern: canonicalPattern(read), effect, subject, note: null, createdAt: '2026-11-24T12:00:00.000Z' };
}
const ask = (rules: PushRule[], reference: string, userId = anna, role: Role = 'publisher', mayPush = true) =>
  decidePush(rules, { userId, role, mayPush, reference });

const acr = 'registry.cn-hangzhou.aliyuncs.com/laosu666';
const [publisher, admin]: PushRuleSubject[] = [{ role: 'publisher' }, { role: 'admin' }];

describe('who may push what', () => {
  it.each<[string, PushRule[], string, string, number | null]>([
    ['no rule: the role decides', [], `${acr}/app:prod-1`, 'role_allows', null],
    [
      'no rule that fits: the role decides',
      [rule('deny', `${acr}/app:prod-*`)],
      `${acr}/app:dev-1`,
      'role_allows',
      null,
    ],
    ['a deny that fits denies', [rule('deny', `${acr}/*:prod-*`)], `${acr}/app:prod-1`, 'rule_denies', 0],
    [
      'the longer literal prefix wins: an exception of a deny',
      [rule('deny', `${acr}/*`), rule('allow', `${acr}/app:*`)],
      `${acr}/app:1`,
      'rule_allows',
      1,
    ],
    [
      'the longer literal prefix wins: an exception of an allow',
      [rule('allow', `${acr}/*`), rule('deny', `${acr}/app:*`)],
      `${acr}/app:1`,
      'rule_denies',
      1,
    ],
    [
      'the longer prefix wins over the person',
      [rule('allow', `${acr}/*`, { userId: anna }), rule('deny', `${acr}/app:*`)],
      `${acr}/app:1`,
      'rule_denies',
      1,
    ],
    [
      'a whole reference wins over one that goes on',
      [rule('deny', `${acr}/app:prod*`), rule('allow', `${acr}/app:prod`)],
      `${acr}/app:prod`,
      'rule_allows',
      1,
    ],
    [
      'the person wins over the role',
      [rule('deny', `${acr}/*`, publisher), rule('allow', `${acr}/*`, { userId: anna })],
      `${acr}/app:1`,
      'rule_allows',
      1,
    ],
    [
      'the role wins over everybody',
      [rule('deny', `${acr}/*`), rule('allow', `${acr}/*`, publisher)],
      `${acr}/app:1`,
      'rule_allows',
      1,
    ],
    ['deny wins a tie', [rule('allow', `${acr}/*`), rule('deny', `${acr}/*`)], `${acr}/app:1`, 'rule_denies', 1],
    [
      'another person’s rule is not mine',
      [rule('deny', `${acr}/*`, { userId: bea })],
      `${acr}/app:1`,
      'role_allows',
      null,
    ],
    ['another role’s rule is not mine', [rule('deny', `${acr}/*`, admin)], `${acr}/app:1`, 'role_allows', null],
    ['a star stays in its part', [rule('deny', '*.aliyuncs.com/app:*')], `${acr}/app:1`, 'role_allows', null],
    [
      'a star in the repository goes over slashes',
      [rule('deny', '*/laosu666/*')],
      `${acr}/deep/app:1`,
      'rule_denies',
      0,
    ],
    ['a star alone is everything', [rule('deny', '*')], 'localhost:5000/app:1', 'rule_denies', 0],
    [
      'the Hub’s short name is its long one',
      [rule('deny', 'nginx:*')],
      'index.docker.io/library/nginx:1',
      'rule_denies',
      0,
    ],
    ['the Hub’s long name is its short one', [rule('deny', 'docker.io/team/app:*')], 'team/app:1', 'rule_denies', 0],
    ['no tag is latest', [rule('deny', 'team/app:latest')], 'team/app', 'rule_denies', 0],
    [
      'a registry’s name has no case',
      [rule('deny', 'Registry.Example/app:*')],
      'registry.EXAMPLE/app:1',
      'rule_denies',
      0,
    ],
    ['a tag’s name has', [rule('deny', 'team/app:Prod')], 'team/app:prod', 'role_allows', null],
  ])('%s', (_, rules, reference, why, at) => {
    for (const order of [rules, rules.toReversed()]) {
      const decision = ask(order, reference);
      expect(decision).toMatchObject({ why, allowed: why.endsWith('allows') });
      expect(decision.rule).toEqual(at === null ? null : rules[at]);
    }
  });

  it('gives nobody a right that the role does not give', () => {
    expect(ask([rule('allow', '*', { userId: anna })], 'team/app:1', anna, 'developer', false)).toMatchObject({
      allowed: false,
      why: 'role_denies',
      rule: null,
    });
  });

  it('says which tag is protected beside whether it may be pushed, and no narrower allow lifts that', () => {
    const protect = rule('protect', `${acr}/*:prod-*`);
    const allow = rule('allow', `${acr}/app:prod-1`);
    expect(ask([protect, allow], `${acr}/app:prod-1`)).toMatchObject({
      allowed: true,
      rule: allow,
      protectedBy: protect,
    });
    expect(ask([protect, allow], `${acr}/app:dev`)).toMatchObject({ protectedBy: null });
    expect(ask([rule('protect', '*', admin)], `${acr}/app:1`)).toMatchObject({ protectedBy: null });
  });

  it('is sorted as it decides', () => {
    const wide = rule('allow', '*');
    const role = rule('allow', `${acr}/*`, publisher);
    const person = rule('allow', `${acr}/*`, { userId: anna });
    const deny = rule('deny', '*');
    expect([wide, role, person, deny].toSorted(compareRules)).toEqual([person, role, deny, wide]);
  });
});

describe('a pattern', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:*'],
    ['team/app:1', 'docker.io/team/app:1'],
    ['docker.io/*', 'docker.io/*:*'],
    ['*', '*/*:*'],
    ['*:latest', '*/*:latest'],
    ['*/team/*:prod-*', '*/team/*:prod-*'],
    ['127.0.0.1:5000/app', '127.0.0.1:5000/app:*'],
    [`${acr}/*:prod-*`, `${acr}/*:prod-*`],
  ])('%s is %s', (text, canonical) => {
    const read = readPattern(text);
    expect(read && canonicalPattern(read)).toBe(canonical);
  });

  it.each([
    '',
    '   ',
    'Team/App',
    'a//b',
    'app:',
    ':tag',
    'app@sha256:00',
    'a b',
    'app:(x+)+',
    '/app',
    'app/',
    'x'.repeat(301),
  ])('“%s” is none', (text) => expect(readPattern(text)).toBeNull());

  it('made to be slow is not', () => {
    const evil = `registry.example/${'*a'.repeat(120)}*b:*`;
    const started = performance.now();
    for (let at = 0; at < 200; at += 1) ask([rule('deny', evil)], `registry.example/${'a'.repeat(230)}:1`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

import { describe, expect, it } from '@jest/globals';
import { isGoodPassword, passwordRules } from './password-rules.js';

const unmet = (password: string, username: string) =>
  passwordRules(password, username).flatMap(({ rule, met }) => (met ? [] : [rule]));

describe('passwordRules', () => {
  it('holds nothing to be met before something is typed', () => {
    expect(unmet('', 'anna')).toEqual(['long', 'other', 'varied']);
  });

  it.each([
    ['short 7', 'anna', ['long']],
    ['AnnaAnna12', 'anna', ['other']],
    ['abababababab', 'anna', ['varied']],
    ['anna and the freight paper', ' anna ', []],
  ])('judges %s of %s as the server does', (password, username, rules) => {
    expect(unmet(password, username)).toEqual(rules);
    expect(isGoodPassword(password, username)).toBe(rules.length === 0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseChallenges } from './www-authenticate.js';

describe('parseChallenges', () => {
  it('reads the Hub’s challenge', () => {
    const header = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"';
    expect(parseChallenges(header)).toEqual([
      { scheme: 'bearer', params: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' } },
    ]);
  });

  it('keeps commas and escaped quotes inside quoted strings', () => {
    const header = 'Bearer realm="https://a/t?x=1,2" , scope="repository:a/b:pull,push", error="say \\"no\\""';
    expect(parseChallenges(header)[0]?.params).toEqual({
      realm: 'https://a/t?x=1,2',
      scope: 'repository:a/b:pull,push',
      error: 'say "no"',
    });
  });

  it('tells several challenges apart, in one header or in many', () => {
    const schemes = ['Basic realm="x", Bearer realm="y",service="z"', 'Negotiate', 'NTLM TlRMTVNTUAAB=='];
    expect(parseChallenges(schemes)).toEqual([
      { scheme: 'basic', params: { realm: 'x' } },
      { scheme: 'bearer', params: { realm: 'y', service: 'z' } },
      { scheme: 'negotiate', params: {} },
      { scheme: 'ntlm', params: {} },
    ]);
    expect(parseChallenges('Negotiate, Basic realm="x"').map((one) => one.scheme)).toEqual(['negotiate', 'basic']);
    expect(parseChallenges('Negotiate YWJj=, Basic realm="x"').map((one) => one.scheme)).toEqual([
      'negotiate',
      'basic',
    ]);
  });

  it('takes values without quotes, blanks around the equals sign, and any case', () => {
    expect(parseChallenges('BEARER Realm = https://a/t , SERVICE=b')).toEqual([
      { scheme: 'bearer', params: { realm: 'https://a/t', service: 'b' } },
    ]);
  });

  it('leaves a challenge out that names its realm twice', () => {
    expect(parseChallenges('Bearer realm="https://good/",realm="https://evil/", Basic realm="x"')).toEqual([
      { scheme: 'basic', params: { realm: 'x' } },
    ]);
  });

  it('stops at what it cannot read, and takes parameters named like object members', () => {
    expect(parseChallenges('Basic realm="open')).toEqual([{ scheme: 'basic', params: {} }]);
    expect(parseChallenges('Bearer __proto__="x",constructor="y"')[0]?.params).toHaveProperty('constructor', 'y');
    expect(parseChallenges(undefined)).toEqual([]);
    expect(parseChallenges(`Bearer ${'a="\\\\'.repeat(4_000)}`)).toHaveLength(1);
  });
});

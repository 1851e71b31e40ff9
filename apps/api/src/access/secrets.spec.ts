import { describe, expect, it } from '@jest/globals';
import { hashSecret, isSameCode, newSecret, newSetupCode, newTokenSecret } from './secrets.js';

describe('secrets', () => {
  it('have at least 256 bits and are never the same twice', () => {
    expect(newTokenSecret()).toMatch(/^wbt_[0-9A-Za-z]{43}$/);
    expect(newSecret()).toMatch(/^[\w-]{43}$/);
    expect(new Set(Array.from({ length: 100 }, newTokenSecret)).size).toBe(100);
  });

  it('are stored as SHA-256', () => {
    expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('the setup code', () => {
  it('is read off without doubt and typed as one likes', () => {
    const code = newSetupCode();
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$/);
    expect(isSameCode(` ${code.toLowerCase().replaceAll('-', ' ')} `, code)).toBe(true);
    expect(isSameCode(code.slice(1), code)).toBe(false);
    expect(isSameCode('', code)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { formatVaultKeys, newVaultKey, parseVaultKeys } from './keys.js';
import { Vault } from './vault.js';

const binding = { credentialId: 'c1', registryId: 'r1' };
const unopened = expect.objectContaining({ code: 'vault.key_missing' });

describe('Vault', () => {
  it('gives back what it sealed, and seals the same secret differently each time', () => {
    const vault = new Vault([newVaultKey()]);
    const sealed = vault.seal('密码 ☃', binding);
    expect(vault.open(sealed, binding)).toBe('密码 ☃');
    expect(vault.seal('密码 ☃', binding).ciphertext).not.toBe(sealed.ciphertext);
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from('密码 ☃').toString('base64'));
  });

  it('opens a ciphertext only for its credential, its registry and its key', () => {
    const [a, b] = [newVaultKey(), newVaultKey()];
    const vault = new Vault([a, b]);
    const sealed = vault.seal('s', binding);
    expect(() => vault.open(sealed, { ...binding, credentialId: 'c2' })).toThrow(unopened);
    expect(() => vault.open(sealed, { ...binding, registryId: 'r2' })).toThrow(unopened);
    expect(() => vault.open({ ...sealed, keyId: b.id }, binding)).toThrow(unopened);
    expect(() => new Vault([{ ...a, id: 'other' }]).open({ ...sealed, keyId: 'other' }, binding)).toThrow(unopened);
    expect(() => new Vault([b]).open(sealed, binding)).toThrow(/is missing/);
    expect(() => new Vault([{ ...b, id: a.id }]).open(sealed, binding)).toThrow(/another key/);
  });

  it('sees every changed, cut and emptied byte', () => {
    const vault = new Vault([newVaultKey()]);
    const sealed = vault.seal('s', binding);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => vault.open({ ...sealed, ciphertext: changed.toString('base64') }, binding)).toThrow(unopened);
    }
    expect(() => vault.open({ ...sealed, ciphertext: bytes.subarray(0, 8).toString('base64') }, binding)).toThrow(
      unopened,
    );
    expect(() => vault.open({ ...sealed, ciphertext: '', nonce: '' }, binding)).toThrow(unopened);
  });

  it('seals with its first key and still opens with the others', () => {
    const [old, fresh] = [newVaultKey(), newVaultKey()];
    const sealed = new Vault([old]).seal('s', binding);
    const vault = new Vault([fresh, old]);
    expect(vault.open(sealed, binding)).toBe('s');
    expect(vault.seal('s', binding).keyId).toBe(fresh.id);
  });
});

describe('vault keys as text', () => {
  it('come back as they were written', () => {
    const keys = [newVaultKey(), newVaultKey()];
    expect(parseVaultKeys(formatVaultKeys(keys))).toEqual(keys);
  });

  it('take a bare key, whose id then follows from it, and several with commas', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const [bare] = parseVaultKeys(key);
    expect(parseVaultKeys(` old:${key} , ${key}\n`)).toEqual([{ id: 'old', key: bare?.key }, bare]);
    expect(parseVaultKeys(key)[0]?.id).toBe(bare?.id);
  });

  it.each([
    ['', /no key/],
    ['c2hvcnQ=', /32 bytes/],
    ['id:geheimgeheimgeheim', /32 bytes/],
    [`a b:${Buffer.alloc(32).toString('base64')}`, /id of key 1/],
    [`x:${Buffer.alloc(32).toString('base64')},x:${Buffer.alloc(32, 1).toString('base64')}`, /same id/],
  ])('refuse %s without repeating it', (text, why) => {
    expect(() => parseVaultKeys(text)).toThrow(why);
    expect(() => parseVaultKeys(text)).not.toThrow(/geheim/);
  });
});

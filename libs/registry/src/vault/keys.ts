import { createHash, randomBytes } from 'node:crypto';
import type { VaultKey } from './vault.js';

const keyBytes = 32;
const idPattern = /^[A-Za-z0-9._-]{1,64}$/;

export function newVaultKey(now: Date = new Date()): VaultKey {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return { id: `k${stamp}-${randomBytes(3).toString('hex')}`, key: randomBytes(keyBytes) };
}

/**
 * Keys as text: `id:base64`, or the base64 alone (its id is then made from the key), comma- or line-separated, the
 * first being the current one. Lines that begin with # are remarks.
 * @throws Error that says what is wrong and never repeats what stands there
 */
export function parseVaultKeys(text: string): VaultKey[] {
  const entries = text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter(Boolean);
  if (entries.length === 0) throw new Error('it holds no key');
  const keys = entries.map((entry, index) => {
    const colon = entry.indexOf(':');
    const id = colon < 0 ? null : entry.slice(0, colon);
    const encoded = entry.slice(colon + 1);
    const key = Buffer.from(encoded, 'base64');
    if (id !== null && !idPattern.test(id))
      throw new Error(`the id of key ${index + 1} is not made of 1 to 64 letters, digits, dots, dashes or underscores`);
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded) || key.length !== keyBytes)
      throw new Error(`key ${index + 1} is not 32 bytes in base64`);
    return { id: id ?? fingerprint(key), key };
  });
  if (new Set(keys.map((one) => one.id)).size !== keys.length) throw new Error('two keys have the same id');
  return keys;
}

export function formatVaultKeys(keys: readonly VaultKey[]): string {
  const lines = keys.map(({ id, key }) => `${id}:${key.toString('base64')}`);
  return [
    '# The vault’s keys, the current one first. Without them no stored registry password can be read: keep a copy apart.',
    ...lines,
    '',
  ].join('\n');
}

function fingerprint(key: Buffer): string {
  return `e${createHash('sha256').update('waybill vault key id').update(key).digest('hex').slice(0, 16)}`;
}

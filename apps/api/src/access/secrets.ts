import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** 256 random bits for a cookie or a link, in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret: SHA-256 in lower-case hex. A slow hash is for what people choose; these are random. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret, 'utf8').digest('hex');

/** Compares two secrets in constant time. */
export const isSameSecret = (given: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(given), 'hex'), Buffer.from(hashSecret(secret), 'hex'));

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const tokenStart = 'wbt_';

/** A fresh API token: `wbt_` and 43 characters of base62 (256 bits). */
export const newTokenSecret = (): string => tokenStart + pick(base62, 43);

/** No letter or digit that could be taken for another. */
const readable = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A code that is read off a terminal and typed: `XXXX-XXXX-XXXX`, 60 bits. */
export const newSetupCode = (): string => [4, 4, 4].map((length) => pick(readable, length)).join('-');

/** Compares what was typed with a code in constant time; case, dashes and blanks do not count. */
export function isSameCode(typed: string, code: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text.replace(/[\s-]/g, '').toUpperCase()).digest();
  return timingSafeEqual(digest(typed), digest(code));
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

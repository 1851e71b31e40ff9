import { createHash, randomBytes } from 'node:crypto';
import type { AuditDraft, AuditEvent, AuditPersonal } from '@waybill/contract';
import { canonicalJson } from './canonical.js';

/** The `prevHash` of the first event: 64 zeros. */
export const genesisHash = '0'.repeat(64);

/** What is hashed: the event without `hash` and `personal`. */
export type AuditBody = Omit<AuditEvent, 'hash' | 'personal'>;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** SHA-256 over the canonical JSON of what may be erased; its salt keeps a short name from being guessed. */
export function commitmentOf(personal: AuditPersonal): string {
  return sha256(canonicalJson(personal));
}

/** The text that is hashed, as it is stored. */
export function bodyText(event: AuditEvent | AuditBody): string {
  const { hash: _, personal: __, ...body } = event as AuditEvent;
  return canonicalJson(body);
}

/** SHA-256 over the canonical JSON of the event without `hash` and `personal`. */
export function hashOf(event: AuditEvent | AuditBody): string {
  return sha256(bodyText(event));
}

/** A fresh salt of 128 bits. */
export const newSalt = (): string => randomBytes(16).toString('hex');

/** Gives a draft its place in the chain. @throws NotCanonicalError */
export function sealEvent(
  draft: AuditDraft,
  place: { seq: number; id: string; at: string; prevHash: string; salt: string },
): AuditEvent {
  const { personal: open, ...deed } = draft;
  const { salt, ...rest } = place;
  const personal: AuditPersonal = { salt, ...open };
  const body: AuditBody = { v: 1, ...rest, ...deed, commitment: commitmentOf(personal) };
  return { ...body, personal, hash: hashOf(body) };
}

import type { AuditAction, AuditChange, AuditDraft } from '@waybill/contract';
import { draftOf, type ActorContext } from '../common/actor-context.js';

interface About {
  id: string;
  address: string;
}

type More = Partial<Pick<AuditDraft, 'phase' | 'outcome' | 'error' | 'intentSeq' | 'durationMs' | 'details'>>;

/** An event about a registry, found by its id and by its address. One outcome, unless said otherwise. */
export function aboutRegistry(
  who: ActorContext,
  action: AuditAction,
  { id, address }: About,
  more: More = {},
): AuditDraft {
  return draftOf(who, {
    action,
    phase: 'outcome',
    outcome: 'succeeded',
    subject: { type: 'registry', id },
    target: {
      reference: null,
      registry: address,
      repository: null,
      tag: null,
      digest: null,
      imageId: null,
      size: null,
    },
    ...more,
  });
}

type Values = { [field: string]: AuditChange['before'] };

/** What of the fields really changed, before and after. */
export function changesOf(before: Values, after: { [field: string]: AuditChange['after'] | undefined }): AuditChange[] {
  return Object.keys(before)
    .filter((field) => after[field] !== undefined && after[field] !== before[field])
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

/** A secret stands on record as changed, and in no other way. */
export const secretChange: AuditChange = { field: 'secret', before: null, after: 'changed' };

export function addedLogin(username: string): AuditChange[] {
  return [{ field: 'username', before: null, after: username }, secretChange];
}

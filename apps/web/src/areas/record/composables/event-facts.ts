import type { AuditChange, AuditEvent } from '@waybill/contract';

function isChange(value: unknown): value is AuditChange {
  return typeof value === 'object' && value !== null && 'field' in value && 'before' in value && 'after' in value;
}

/** What was changed, of people (which can be erased) and of things. */
export function changesOf({ personal, details }: AuditEvent): AuditChange[] {
  const listed = details['changes'];
  return [...(personal?.changes ?? []), ...(Array.isArray(listed) ? listed.filter(isChange) : [])];
}

/** What else an event tells, without what is said elsewhere on its page. */
export function otherDetails({ details }: AuditEvent): [string, string][] {
  return Object.entries(details)
    .filter(([key, value]) => key !== 'changes' && value !== null)
    .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
}

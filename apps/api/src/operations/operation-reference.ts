import { parseReference, type AuditTarget } from '@waybill/contract';

/** A push of all tags names the repository alone. */
export function isParentReference(reference: string): boolean {
  const { tag, digest } = parseReference(reference);
  return !tag && !digest;
}

/** The target of an event, out of a canonical reference. */
export function targetOf(reference: string, known: Partial<AuditTarget> = {}): AuditTarget {
  const { registry, repository, tag, digest } = parseReference(reference);
  return { reference, registry, repository, tag, digest, imageId: null, size: null, ...dropNull(known) };
}

function dropNull<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined)) as Partial<T>;
}

import serialize from 'canonicalize';

/** A value that has no canonical form, so that nothing may be hashed of it. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/**
 * The canonical JSON of a value. Source: RFC 8785.
 * @throws NotCanonicalError for numbers that JSON readers disagree on (not finite, integers beyond 2^53 − 1), lone
 * surrogates, and what JSON does not know
 */
export function canonicalJson(value: unknown): string {
  refuse(value, '$');
  const text = serialize(value);
  if (text === undefined) throw new NotCanonicalError('Nothing to write at $.');
  return text;
}

function refuse(value: unknown, path: string): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotCanonicalError(`A lone surrogate at ${path}.`);
      return;
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        throw new NotCanonicalError(`A number that JSON readers disagree on at ${path}.`);
      }
      return;
    case 'boolean':
      return;
    case 'object':
      if (value === null) return;
      for (const [name, one] of Object.entries(value)) {
        if (!name.isWellFormed()) throw new NotCanonicalError(`A lone surrogate in a name at ${path}.`);
        // As in all JSON: a member that is undefined is not there.
        if (one === undefined && !Array.isArray(value)) continue;
        refuse(one, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
      }
      return;
    default:
      throw new NotCanonicalError(`A ${typeof value} at ${path}.`);
  }
}

/** One line of a pull or push, as the engine says it. Source: Engine API, jsonmessage. */
export interface EngineLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number; readonly units?: string };
  /** The engine's own words for what went wrong; the transfer has failed. */
  readonly error?: string;
  readonly aux?: { readonly tag?: string; readonly digest?: string; readonly size?: number };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A count as progress may use it: finite, not negative, whole, below 2^53. */
function count(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined;
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER);
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function without<T extends object>(shape: T): T {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as T;
}

/** The words of a failure in a line: `errorDetail.message` (or `error`), in either form that engines use. */
function failure(raw: Record<string, unknown>): string | undefined {
  const detail = record(raw['errorDetail']);
  const words = text(detail?.['message']) ?? text(raw['error']);
  if (words !== undefined) return words;
  return detail !== undefined || raw['error'] ? 'The engine reported an error without a word.' : undefined;
}

/** Reads what is known of a line and drops what has not the expected form. */
export function toEngineLine(raw: Record<string, unknown>): EngineLine {
  const detail = record(raw['progressDetail']);
  const aux = record(raw['aux']);
  return without({
    id: text(raw['id']),
    status: text(raw['status']),
    progressDetail:
      detail &&
      without({ current: count(detail['current']), total: count(detail['total']), units: text(detail['units']) }),
    error: failure(raw),
    aux: aux && without({ tag: text(aux['Tag']), digest: text(aux['Digest']), size: count(aux['Size']) }),
  });
}

import { WaybillError } from '@waybill/contract';

/** How deep arrays and objects may lie in each other. */
export const deepestJson = 128;

/** What may change the objects that it is read into. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor']);
const utf8 = new TextDecoder('utf-8', { fatal: true });
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/**
 * JSON as it can be read in one way only (RFC 8259, RFC 7493): UTF-8, no name twice in one object, no half of a character,
 * no NUL, not deeper than `deepestJson`, and no names that change objects themselves.
 * @returns undefined for an empty body
 * @throws WaybillError request.malformed that says why, never with a value
 */
export function parseStrictJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = read(() => utf8.decode(bytes), 'The body is not UTF-8.');
  const value: unknown = read(() => JSON.parse(text), 'The body is not well-formed JSON.');
  inspect(text);
  return value;
}

/** Walks over the marks and strings of what is known to be JSON. */
function inspect(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > deepestJson) refuse(`The body is deeper than ${deepestJson} levels.`);
    } else if (token === '}' || token === ']') open.pop();
    else inspectString(token, isName(text, index + token.length) ? (open.at(-1) ?? null) : null);
  }
}

function inspectString(token: string, names: Set<string> | null): void {
  const isEscaped = token.includes('\\');
  if (!isEscaped && !names) return;
  const value: unknown = isEscaped ? JSON.parse(token) : token.slice(1, -1);
  if (typeof value !== 'string') return;
  if (!value.isWellFormed() || value.includes('\0')) refuse('The body holds half a character or a NUL.');
  if (!names) return;
  if (forbidden.has(value) || names.has(value)) refuse('The body names a field twice, or one that no object may have.');
  names.add(value);
}

/** A string before a colon is a name. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ':';
}

function read<T>(parse: () => T, otherwise: string): T {
  try {
    return parse();
  } catch {
    return refuse(otherwise);
  }
}

function refuse(why: string): never {
  throw new WaybillError('request.malformed', `${why} Send well-formed JSON in UTF-8.`);
}

import { WaybillError } from '@waybill/contract';

function bad(pattern: string): WaybillError {
  return new WaybillError(
    'request.invalid',
    `“${pattern}” is not a pattern. Use *, ? and [a-z] as in busy*:1.?; a star stops at a slash.`,
  );
}

const quoted = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * A pattern of Go's path.Match as a regular expression: `*` and `?` stop at a slash, `[…]` and `[^…]` are sets, `\` takes the next
 * character as it is. Source: Go, path.Match.
 * @throws WaybillError `request.invalid` where Go has ErrBadPattern
 */
export function pathPattern(pattern: string): RegExp {
  const chars = [...pattern];
  let out = '';
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '*') {
      // Neighbouring stars say no more than one, and would only make the match slow.
      if (chars[at - 1] !== '*' || out === '' || !out.endsWith('[^/]*')) out += '[^/]*';
    } else if (char === '?') out += '[^/]';
    else if (char === '\\') {
      at += 1;
      const next = chars[at];
      if (next === undefined) throw bad(pattern);
      out += quoted(next);
    } else if (char === '[') {
      const set = readSet(chars, at + 1, pattern);
      out += set.source;
      at = set.end;
    } else out += quoted(char);
  }
  return new RegExp(`^${out}$`, 'su');
}

function readSet(chars: readonly string[], from: number, pattern: string): { source: string; end: number } {
  let at = from;
  const negated = chars[at] === '^';
  if (negated) at += 1;
  let body = '';
  const member = (): string => {
    const char = chars[at];
    if (char === undefined || char === '-' || char === ']') throw bad(pattern);
    if (char === '\\') at += 1;
    const taken = chars[at];
    if (taken === undefined) throw bad(pattern);
    at += 1;
    return taken;
  };
  for (let count = 0; count === 0 || chars[at] !== ']'; count += 1) {
    const low = member();
    let high = low;
    if (chars[at] === '-') {
      at += 1;
      high = member();
    }
    if (chars[at] === undefined) throw bad(pattern);
    // A range that runs backwards matches nothing in Go and is refused by a regular expression.
    if (low <= high) body += `${quoted(low)}-${quoted(high)}`;
  }
  return { source: negated ? `(?!/)[^${body}]` : body === '' ? '(?!)' : `(?!/)[${body}]`, end: at };
}

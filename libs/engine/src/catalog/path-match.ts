import { WaybillError } from '@waybill/contract';

/** One character's worth of a pattern: whether it takes a character. */
type Taker = (char: string) => boolean;
/** What stands between stars. */
interface Chunk {
  readonly star: boolean;
  readonly takers: readonly Taker[];
}

function bad(pattern: string): WaybillError {
  return new WaybillError(
    'request.invalid',
    `“${pattern}” is not a pattern. Use *, ? and [a-z] as in busy*:1.?; a star stops at a slash.`,
  );
}

/**
 * Reads a pattern of Go's path.Match: `*` and `?` stop at a slash, `[…]` and `[^…]` are sets, `\` takes the next character as it is.
 * A port of Go's own algorithm and not a regular expression, which a few stars make run for minutes. Source: Go, path/match.go.
 * @returns whether a name matches @throws WaybillError `request.invalid` where Go has ErrBadPattern
 */
export function pathMatcher(pattern: string): (name: string) => boolean {
  const chunks = readChunks(pattern);
  return (name) => matches(chunks, [...name]);
}

function readChunks(pattern: string): Chunk[] {
  const chars = [...pattern];
  const chunks: { star: boolean; takers: Taker[] }[] = [{ star: false, takers: [] }];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    const last = chunks.at(-1);
    if (char === '*') {
      if (last?.star && last.takers.length === 0) continue;
      chunks.push({ star: true, takers: [] });
    } else if (char === '[') {
      const set = readSet(chars, at + 1, pattern);
      last?.takers.push(set.taker);
      at = set.end;
    } else if (char === '?') last?.takers.push((one) => one !== '/');
    else {
      if (char === '\\') at += 1;
      const wanted = chars[at];
      if (wanted === undefined) throw bad(pattern);
      last?.takers.push((one) => one === wanted);
    }
  }
  return chunks;
}

function readSet(chars: readonly string[], from: number, pattern: string): { taker: Taker; end: number } {
  let at = from;
  const negated = chars[at] === '^';
  if (negated) at += 1;
  const ranges: [low: number, high: number][] = [];
  const member = (): number => {
    const char = chars[at];
    if (char === undefined || char === '-' || char === ']') throw bad(pattern);
    if (char === '\\') at += 1;
    const taken = chars[at]?.codePointAt(0);
    at += 1;
    if (taken === undefined || chars[at] === undefined) throw bad(pattern);
    return taken;
  };
  while (ranges.length === 0 || chars[at] !== ']') {
    const low = member();
    if (chars[at] !== '-') ranges.push([low, low]);
    else {
      at += 1;
      ranges.push([low, member()]);
    }
  }
  const taker: Taker = (char) => {
    const code = char.codePointAt(0) ?? -1;
    return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
  return { taker, end: at };
}

function takesAt({ takers }: Chunk, name: readonly string[], from: number): boolean {
  return from + takers.length <= name.length && takers.every((takes, index) => takes(name[from + index] ?? ''));
}

/** As Go does, the first place where a chunk fits is taken for good; only the last chunk looks for the name's end. */
function matches(chunks: readonly Chunk[], name: readonly string[]): boolean {
  let at = 0;
  for (const [index, chunk] of chunks.entries()) {
    const isLast = index === chunks.length - 1;
    if (chunk.star && chunk.takers.length === 0) return !name.includes('/', at);
    let found = -1;
    for (let from = at; from <= name.length; from += 1) {
      if (takesAt(chunk, name, from) && (!isLast || from + chunk.takers.length === name.length)) {
        found = from;
        break;
      }
      if (!chunk.star || name[from] === '/') break;
    }
    if (found < 0) return false;
    at = found + chunk.takers.length;
  }
  return at === name.length;
}

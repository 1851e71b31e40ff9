import { WaybillError } from '@waybill/contract';

/** The longest line that is read: no engine has a reason for a longer one. */
const maxLineBytes = 1024 * 1024;

const newline = 0x0a;

/**
 * Decodes a stream of JSON objects, one a line, cut anywhere (inside a character, too). Reads no faster than it is asked.
 * @throws WaybillError `engine.error` for a line that is longer than the bound or is no JSON object
 */
export async function* decodeJsonLines(
  source: AsyncIterable<Uint8Array>,
  bound: number = maxLineBytes,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = chunk.subarray(start, end);
      if (held + line.length > bound) throw tooLong(bound);
      const value = parse(held === 0 ? line : Buffer.concat([...parts, line]));
      parts = [];
      held = 0;
      start = end + 1;
      if (value) yield value;
    }
    if (start < chunk.length) {
      held += chunk.length - start;
      if (held > bound) throw tooLong(bound);
      parts.push(chunk.subarray(start));
    }
  }
  const last = parse(Buffer.concat(parts));
  if (last) yield last;
}

function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').trim();
  if (line === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new WaybillError('engine.error', 'The engine sent a line that cannot be read.', {
      original: line.slice(0, 200),
      cause,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new WaybillError('engine.error', 'The engine sent a line that cannot be read.', {
    original: line.slice(0, 200),
  });
}

function tooLong(bound: number): WaybillError {
  return new WaybillError('engine.error', `The engine sent a line of more than ${bound} bytes, which is refused.`);
}

import { describe, expect, it } from '@jest/globals';
import { decodeJsonLines } from './json-lines.js';
import { toEngineLine } from './engine-line.js';

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function all(source: AsyncIterable<Uint8Array>, bound?: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const one of decodeJsonLines(source, bound)) found.push(one);
  return found;
}

describe('decodeJsonLines', () => {
  it('gives the same lines wherever the stream is cut, inside a character too', async () => {
    const text = Buffer.from('{"status":"拉取 乐乐"}\r\n\n{"id":"a","status":"Pushed 🐳"}\n{"last":1}');
    const whole = await all(chunks(text));
    expect(whole).toEqual([{ status: '拉取 乐乐' }, { id: 'a', status: 'Pushed 🐳' }, { last: 1 }]);
    for (let at = 1; at < text.length; at += 1)
      expect(await all(chunks(text.subarray(0, at), text.subarray(at)))).toEqual(whole);
    expect(await all(chunks(...Array.from(text, (byte) => Uint8Array.of(byte))))).toEqual(whole);
  });

  it('refuses a line beyond the bound, whether its end has come or not', async () => {
    await expect(all(chunks(`{"a":"${'x'.repeat(100)}"}\n`), 50)).rejects.toMatchObject({ code: 'engine.error' });
    await expect(all(chunks('{"a":"', 'x'.repeat(30), 'x'.repeat(30)), 50)).rejects.toMatchObject({
      code: 'engine.error',
    });
    await expect(all(chunks(`{"a":"${'x'.repeat(1024 * 1024)}"}\n`))).rejects.toMatchObject({ code: 'engine.error' });
  });

  it.each(['{"a":', 'nonsense', '[1]', '"text"', 'null', '<html>'])('refuses %s and keeps the words', async (line) => {
    await expect(all(chunks(`${line}\n`))).rejects.toMatchObject({ code: 'engine.error', original: line });
  });

  it('gives the lines before a bad one', async () => {
    const lines = decodeJsonLines(chunks('{"a":1}\n{"b"\n'));
    expect((await lines.next()).value).toEqual({ a: 1 });
    await expect(lines.next()).rejects.toMatchObject({ code: 'engine.error' });
  });

  it('reads no more of the source than is asked for, and lets go of it', async () => {
    let read = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          read += 1;
          yield Buffer.from('{"a":1}\n');
        }
      } finally {
        closed = true;
      }
    }
    for await (const line of decodeJsonLines(endless())) {
      expect(line).toEqual({ a: 1 });
      if (read === 3) break;
    }
    expect(read).toBe(3);
    expect(closed).toBe(true);
  });
});

describe('toEngineLine', () => {
  it('finds a failure in any of its forms', () => {
    expect(toEngineLine({ errorDetail: { message: 'no' }, error: 'no' }).error).toBe('no');
    expect(toEngineLine({ error: 'no' }).error).toBe('no');
    expect(toEngineLine({ errorDetail: { code: 401, message: 'no' } }).error).toBe('no');
    expect(toEngineLine({ errorDetail: {} }).error).toMatch(/without a word/);
    expect(toEngineLine({ status: 'error', id: 'x' }).error).toBeUndefined();
  });

  it('drops what has not the expected form', () => {
    expect(toEngineLine({ id: 7, status: null, progressDetail: { current: -1, total: 'x' }, aux: [] })).toEqual({
      progressDetail: {},
    });
    expect(toEngineLine({ id: 'a', status: 'Pushing', progressDetail: { current: 1.5, total: 1e300 } })).toEqual({
      id: 'a',
      status: 'Pushing',
      progressDetail: { current: 1, total: Number.MAX_SAFE_INTEGER },
    });
  });
});

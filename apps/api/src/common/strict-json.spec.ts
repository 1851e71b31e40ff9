import { describe, expect, it } from '@jest/globals';
import { deepestJson, parseStrictJson } from './strict-json.js';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

describe('strict JSON', () => {
  it.each([
    '{"a":{"name":1},"b":[{"name":1},{"name":2}],"name":"name:","\\"name\\"":1}',
    '{ "a" : "a" , "b" : [ "a" , "a" ] , "{[": "}]" }',
    '"镜像 🐳 \\ud83d\\udc33 \\\\u0000"',
    '9007199254740993',
    'null',
    `${'['.repeat(deepestJson)}${']'.repeat(deepestJson)}`,
  ])('reads %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('passes over a byte order mark, and takes nothing for nothing', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
    expect(parse('')).toBeUndefined();
  });

  it.each([
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice in other letters', '{"a":1,"\\u0061":2}'],
    ['a name twice before a space', '{"x":[{"a":1}],"a":1,"a" :2}'],
    ['a name that changes the object', '{"__proto__":{"isAdmin":true}}'],
    ['another such name', '{"constructor":{"prototype":{}}}'],
    ['the same, hidden', '{"\\u005f_proto__":{}}'],
    ['half a character', '{"a":"\\ud800"}'],
    ['the other half', '["\\udc00x"]'],
    ['half a character as a name', '{"\\ud800":1}'],
    ['a NUL', '{"a":"x\\u0000"}'],
    ['more than one value', '{"a":1}{"a":1}'],
    ['a comment', '{"a":1/**/}'],
    ['NaN', '{"a":NaN}'],
    ['no end', '{"a":1'],
    ['levels beyond the deepest', `${'['.repeat(deepestJson + 1)}${']'.repeat(deepestJson + 1)}`],
    ['a hundred thousand levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'request.malformed' }));
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
    expect(() => parseStrictJson(Buffer.from('{"a":1}', 'utf16le'))).toThrow(/well-formed/);
  });

  it('tells nothing of what was sent', () => {
    expect(() => parse('{"password":"hunter2" x}')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('reads a mebibyte of the worst in well under a second', () => {
    const text = `[${'{"a":"\\u0061"},'.repeat(65_000)}1]`;
    const start = performance.now();
    parse(text);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

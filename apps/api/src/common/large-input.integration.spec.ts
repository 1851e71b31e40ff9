import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { sendRaw } from '../testing/raw-http.js';

const mebibyte = 1 << 20;
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

async function send(body: string | Buffer, type = 'application/json', path = '/api/v1/tokens') {
  const headers = { origin: app.url, cookie: app.asAdmin.cookie, 'content-type': type };
  const bytes = new Uint8Array(Buffer.from(body));
  const response = await fetch(`${app.url}${path}`, { method: 'POST', body: bytes, headers });
  const text = await response.text();
  return { status: response.status, code: JSON.parse(text).code, length: text.length };
}

/** Streams so many bytes out of one buffer; answers with the status, and by how much memory grew meanwhile. */
function stream(
  bytes: number,
  headers: Record<string, string>,
): Promise<{ status: number; code: string; grown: number }> {
  const chunk = Buffer.alloc(65_536, 0x20);
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
    })(),
  );
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const asked = request({ hostname, port, path: '/api/v1/tokens', method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => {
        clearInterval(watch);
        body.destroy();
        asked.destroy();
        resolve({ status: answer.statusCode ?? 0, code: JSON.parse(text).code, grown: most - before });
      });
    });
    asked.on('error', reject);
    body.on('error', () => undefined).pipe(asked);
  });
}

describe('a body', () => {
  it.each([
    ['with its length', { 'content-length': String(100 * mebibyte) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('of 100 MB, sent %s, is refused without being held', async (_how, headers) => {
    const json = { origin: app.url, cookie: app.asAdmin.cookie, 'content-type': 'application/json' };
    const { grown, ...answer } = await stream(100 * mebibyte, { ...json, ...headers });
    expect(answer).toEqual({ status: 413, code: 'request.too_large' });
    expect(grown).toBeLessThan(60 * mebibyte);
  });

  it('by one byte over 1 MiB is refused, and 1 MiB is read', async () => {
    const filled = (size: number) => `{"name":"${'x'.repeat(size - '{"name":""}'.length)}"}`;
    expect(await send(filled(mebibyte + 1))).toMatchObject({ status: 413, code: 'request.too_large' });
    const just = await send(filled(mebibyte));
    expect(just).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(just.length).toBeLessThan(2000);
  });

  const bodies: [string, string | Buffer][] = [
    ['text/plain', '{"name":"x"}'],
    ['application/x-www-form-urlencoded', 'name=x'],
    ['multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n'],
    ['application/xml', '<name>x</name>'],
    ['application/octet-stream', randomBytes(100)],
    ['application/json-patch+json', '{"name":"x"}'],
    ['application/jsonp', '{"name":"x"}'],
    ['application/json; charset=utf-16', '{"name":"x"}'],
    ['garbage', '{"name":"x"}'],
  ];
  it.each(bodies)('that says to be %s is refused, whoever asks', async (type, body) => {
    for (const path of ['tokens', 'session', 'setup', 'engines/local/images/pull']) {
      const answer = await send(body, type, `/api/v1/${path}`);
      expect({ path, ...answer }).toMatchObject({ path, status: 415, code: 'request.unsupported_type' });
    }
  });

  it('that does not say what it is is refused', async () => {
    const head = `Host: ${new URL(app.url).host}\r\nOrigin: ${app.url}\r\nCookie: ${app.asAdmin.cookie}\r\n`;
    const bytes = `POST /api/v1/tokens HTTP/1.1\r\n${head}Content-Length: 12\r\nConnection: close\r\n\r\n{"name":"x"}`;
    const answer = await sendRaw(app.url, [bytes]);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([415, 'request.unsupported_type']);
  });
});

describe('JSON that deceives', () => {
  it.each<[string, string | Buffer]>([
    ['a field twice', '{"name":"x","scopes":["image.read"],"scopes":["image.push"]}'],
    ['__proto__', '{"name":"x","__proto__":{"scopes":["image.push"]}}'],
    ['__proto__ behind an escape', '{"name":"x","\\u005f_proto__":{"polluted":true}}'],
    ['constructor', '{"name":"x","constructor":{"prototype":{"polluted":true}}}'],
    ['half a character', '{"name":"\\ud800"}'],
    ['a NUL', '{"name":"a\\u0000b"}'],
    ['a hundred thousand arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['twenty thousand objects', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
    ['twenty thousand arrays in a field', `{"name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['more behind the end', '{"name":"x"}{"name":"y"}'],
    ['no end', '{"name":"x"'],
    ['NaN', '{"name":NaN}'],
    ['a comment', '{"name":"x"/*y*/}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0x61, 0x6d, 0x65, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
  ])('by %s is refused', async (_what, body) => {
    expect(await send(body)).toMatchObject({ status: 400, code: 'request.malformed' });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    '{"name":"x","userId":"1"}',
    '{"Name":"x"}',
    '{"name":"x","ſcopes":["user.manage"]}',
    '[{"name":"x"}]',
    'null',
    '1',
    '',
  ])('of another form, %s, is refused', async (body) => {
    expect(await send(body)).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it.each(['a\u001b[31mb', 'two\nlines', 'left\u202etfel'])(
    'by a name that would not show as it is, %j, is refused',
    async (name) => {
      expect(await send(JSON.stringify({ name }))).toMatchObject({ status: 400, code: 'request.invalid' });
      const profile = await app.asAdmin.patch('/api/v1/session/profile', { displayName: name });
      expect([profile.status, profile.body.code]).toEqual([400, 'request.invalid']);
    },
  );

  it('has made nothing, and changed no object', async () => {
    for (const query of ['__proto__[polluted]=1', '__proto__=1', 'constructor[prototype][polluted]=1'])
      expect((await app.asAdmin.get(`/api/v1/users?${query}`)).status).toBeLessThan(500);
    expect((await app.asAdmin.get('/api/v1/tokens')).body.items).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

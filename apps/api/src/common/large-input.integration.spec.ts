import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErrorCode } from '@waybill/contract';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { sendRaw } from '../testing/raw-http.js';

let app: TestApp;
let port: number;

beforeAll(async () => {
  app = await createTestApp();
  port = Number(new URL(app.url).port);
}, 120_000);
afterAll(() => app.stop());

const raw = (bytes: string) => sendRaw(app.url, [bytes]);

const head = (method: string, target: string, more = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${app.url}\r\nCookie: ${app.asAdmin.cookie}\r\n${more}`;
const json = 'Content-Type: application/json\r\n';

/** What no answer may ever hold: a line of a stack, a file of the machine, an engine's answer. */
function expectNothingInside(text: string): void {
  expect(text).not.toMatch(/\n\s+at \S+|node_modules|\.ts:\d|\.js:\d|root:x:0|"private"|"ApiVersion"|PrismaClient/);
}

function expectProblem(text: string): void {
  const problem: unknown = JSON.parse(text);
  expect(ErrorCode.options).toContain(Reflect.get(problem as object, 'code'));
  expect(String(Reflect.get(problem as object, 'type'))).toBe(
    `urn:waybill:problem:${String(Reflect.get(problem as object, 'code'))}`,
  );
}

async function expectAlive(): Promise<void> {
  expect((await app.asAdmin.get('/api/v1/session')).body.user.username).toBe(app.admin.username);
}

describe('what is too large', () => {
  const memory = () => process.memoryUsage().rss / 1e6;

  it('as 100 MB of JSON is refused at once, without being held', async () => {
    await app.asAdmin.post('/api/v1/session', {});
    const before = memory();
    const started = Date.now();
    let sent = 0;
    const megabyte = Buffer.alloc(1 << 20, 'a');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(head('POST', '/api/v1/session', `${json}Content-Length: 104857600\r\n\r\n`));
        pour(socket);
      });
      const pour = (to: Socket) => {
        while (sent < 100 && !text && !to.destroyed) {
          sent += 1;
          if (!to.write(megabyte)) {
            to.once('drain', () => pour(to));
            return;
          }
        }
      };
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('request.too_large')) socket.destroy();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('request.too_large');
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(memory() - before).toBeLessThan(60);
    await expectAlive();
  });

  it('as 100 MB in chunks, whose length nobody said, is refused too', async () => {
    const before = memory();
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20, 'a'), Buffer.from('\r\n')]);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      let sent = 0;
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(head('POST', '/api/v1/session', `${json}Transfer-Encoding: chunked\r\n\r\n`));
        pour();
      });
      const pour = (): void => {
        while (sent < 100 && !text && !socket.destroyed) {
          sent += 1;
          if (!socket.write(chunk)) {
            socket.once('drain', pour);
            return;
          }
        }
      };
      socket.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('request.too_large')) socket.destroy();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(memory() - before).toBeLessThan(60);
    await expectAlive();
  });

  it('by one byte over 1 MiB is refused, and 1 MiB is read', async () => {
    const filled = (size: number) => {
      const rest = size - JSON.stringify({ username: 'x', password: '' }).length;
      return { username: 'x', password: 'p'.repeat(rest) };
    };
    const over = await app.asAdmin.post('/api/v1/session', filled((1 << 20) + 1));
    expect([over.status, over.body.code]).toEqual([413, 'request.too_large']);
    const just = await app.asAdmin.post('/api/v1/session', filled(1 << 20));
    expect([just.status, just.body.code]).toEqual([400, 'request.invalid']);
    expect(just.text.length).toBeLessThan(2_000);
  });

  it('in its headers is 431, also at 20 MB', async () => {
    expect((await raw(`${head('GET', '/api/v1/health', `X-A: ${'a'.repeat(17_000)}`)}\r\n\r\n`)).status).toBe(431);
    const before = memory();
    const answer = await raw(`${head('GET', '/api/v1/health', `X-A: ${'a'.repeat(20_000_000)}`)}\r\n\r\n`);
    expect(answer.closed).toBe(true);
    expect([null, 431]).toContain(answer.status);
    expect(memory() - before).toBeLessThan(100);
    const many = Array.from({ length: 5_000 }, (_, index) => `X-${index}: 1\r\n`).join('');
    expect([null, 431]).toContain((await raw(`${head('GET', '/api/v1/health', many)}\r\n`)).status);
    await expectAlive();
  });
});

describe('JSON that deceives', () => {
  const send = (body: string | Buffer, path = '/api/v1/tokens', type = 'application/json') =>
    fetch(`${app.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { origin: app.url, cookie: app.asAdmin.cookie, 'content-type': type },
    });

  it.each<[string, string]>([
    ['20,000 arrays in each other', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['20,000 objects in each other', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
    ['20,000 arrays in a field', `{"name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['__proto__', '{"name":"x","__proto__":{"polluted":true}}'],
    ['__proto__ behind an escape', '{"name":"x","\\u005f_proto__":{"polluted":true}}'],
    ['a field of another spelling', '{"name":"x","ſcopes":["user.manage"]}'],
    ['a field in capitals', '{"name":"x","Scopes":["user.manage"]}'],
    ['more behind the end', '{"name":"x"}{"name":"y"}'],
    ['an array for an object', '[{"name":"x"}]'],
    ['null', 'null'],
    ['a number', '1'],
    ['half an object', '{"name":"x"'],
    ['nothing', ''],
    ['NaN', '{"name":NaN}'],
    ['a comment', '{"name":"x"/*y*/}'],
  ])('%s is refused', async (_name, body) => {
    const answer = await send(body);
    const text = await answer.text();
    expect([400, 422]).toContain(answer.status);
    expectProblem(text);
    expectNothingInside(text);
    expect(text.length).toBeLessThan(20_000);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('what is passed over pollutes nothing', async () => {
    await send('{"name":"x","constructor":{"prototype":{"polluted":true}}}');
    for (const query of ['__proto__[polluted]=1', '__proto__=1', 'constructor[prototype][polluted]=1']) {
      expect((await app.asAdmin.get(`/api/v1/users?${query}`)).status).toBeLessThan(500);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    }
  });

  const bodies: [string, string | Buffer][] = [
    ['text/plain', '{"name":"x"}'],
    ['application/xml', '<name>x</name>'],
    ['application/x-www-form-urlencoded', 'name=x'],
    ['multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n'],
    ['application/octet-stream', randomBytes(100)],
    ['application/jsonp', '{"name":"x"}'],
  ];
  it.each(bodies)('%s is no body of a POST', async (type, body) => {
    for (const path of ['/api/v1/tokens', '/api/v1/session', '/api/v1/setup', '/api/v1/engines/local/images/pull']) {
      const answer = await send(body, path, type);
      const text = await answer.text();
      expect([path, answer.status, JSON.parse(text).code]).toEqual([path, 415, 'request.unsupported_type']);
    }
  });

  it('a body without a type is refused', async () => {
    const answer = await raw(
      `${head('POST', '/api/v1/tokens', 'Content-Length: 12\r\nConnection: close\r\n')}\r\n{"name":"x"}`,
    );
    expect(answer.status).toBe(415);
    expectProblem(answer.body);
  });
});

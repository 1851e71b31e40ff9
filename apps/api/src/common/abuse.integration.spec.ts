import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorCodes } from '@waybill/contract';
import { z } from 'zod';
import { TestClient, createTestApp, type TestApp } from '../testing/create-test-app.js';
import { sendRaw } from '../testing/raw-http.js';

let app: TestApp;
let anybody: TestClient;
let routes: { method: string; path: string; open: boolean }[];

const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ 'x-access': z.unknown().optional() }))),
});

beforeAll(async () => {
  app = await createTestApp();
  anybody = new TestClient(app.url);
  const { paths } = Document.parse((await anybody.get('/api/v1/openapi.json')).body);
  routes = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, route]) => ({
      method: method.toUpperCase(),
      path: path.replace('{engine}', 'local').replaceAll(/\{\w+\}/g, '01990000-0000-7000-8000-000000000001'),
      open: route['x-access'] === 'public',
    })),
  );
});
afterAll(() => app?.stop());

/** What every error must be: a problem with a code of the table, and nothing of the server's inside. */
function expectProblem(what: string, answer: { status: number | null; headers?: Headers; text: string }): string {
  const problem = JSON.parse(answer.text);
  expect({ what, status: problem.status, known: Object.hasOwn(errorCodes, problem.code) }).toEqual({
    what,
    status: answer.status,
    known: true,
  });
  expect(Object.keys(problem)).toEqual(expect.arrayContaining(['type', 'title', 'detail', 'requestId']));
  expect(answer.text).not.toMatch(/node_modules|\.js:\d|at \w+ \(|ZodError|Prisma|SQLITE|\/src\/|Error:/);
  if (answer.headers) expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  return problem.code;
}

describe('an address', () => {
  const targets = [
    ['/api/v1/users/', 404],
    ['//api/v1/users', 404],
    ['/api/v1//users', 404],
    ['/api/v1/./users', 404],
    ['/api/v1/x/../users', 404],
    ['/api/v1/%2e%2e/v1/users', 404],
    ['/api/v1%2fusers', 404],
    ['/api%2Fv1%2Fusers', 404],
    ['/api/v1/users;x=1', 404],
    ['/api/v1/users\\', 404],
    ['/API/v1/users', 404],
    ['/api/docs/../v1/users', 404],
    ['/api/docs/..%2fv1%2fusers', 404],
    ['/assets/..%2f..%2f..%2fpackage.json', 404],
    ['/%2e%2e/%2e%2e/package.json', 404],
    ['/..%5c..%5cpackage.json', 404],
    [`/api/v1/operations/${'a'.repeat(2000)}`, 404],
    ['/api/v1/users%00', 400],
    ['/api/v1/users?cursor=%00', 400],
    ['/assets/%00', 400],
    ['/api/v1/users%zz', 400],
    ['/api/v1/users%', 400],
    ['/api/v1/%ff%fe', 400],
    ['/api/v1/operations/%2e%2e', 400],
    ['/api/v1/engines/%2e%2e%2f%2e%2e/info', 400],
    ['/api/v1/engines/local/images/..%2f..%2finfo?x=1', 404],
    ['api/v1/users', 400],
    ['/\u00e9', 400],
    ['*', 404],
  ] as const;

  it.each(targets)('%s leads an admin nowhere else', async (target, status) => {
    const answer = await sendRaw(app.url, [request('GET', target)]);
    expect(expectProblem(target, { status: answer.status, text: answer.body })).toMatch(/^(request|route|engine)\./);
    expect(answer.contentType).toBe('application/problem+json');
    if (!target.includes('images')) expect(answer.status).toBe(status);
  });

  it.each(['/api/v1/%75sers', 'http://evil.example/api/v1/users', 'https://evil.example:443/api/v1/users'])(
    '%s, which is another spelling of a route, asks who one is as the route does',
    async (target) => {
      const answer = await sendRaw(app.url, [`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]);
      expect(expectProblem(target, { status: answer.status, text: answer.body })).toBe('auth.required');
    },
  );

  it.each([
    ['PUT', '/api/v1/users', 'HEAD, GET, POST'],
    ['GET', '/api/v1/operations/01990000-0000-7000-8000-000000000001/cancel', 'POST'],
    ['DELETE', '/api/v1/health', 'HEAD, GET'],
  ])('is not asked by %s %s: it says what it takes', async (method, path, allow) => {
    const answer = await app.asAdmin.call(method, path);
    expect([expectProblem(path, answer), answer.headers.get('allow')]).toEqual(['method.not_allowed', allow]);
  });

  it('of an image called as a deed is read all the same', async () => {
    expect(expectProblem('pull', await app.asAdmin.get('/api/v1/engines/local/images/pull'))).toBe(
      'engine.unreachable',
    );
  });
});

function request(method: string, target: string, headers = '', body = ''): string {
  return (
    `${method} ${target} HTTP/1.1\r\nHost: ${new URL(app.url).host}\r\nOrigin: ${app.url}\r\n` +
    `Cookie: ${app.asAdmin.cookie}\r\nConnection: close\r\n${headers}\r\n${body}`
  );
}

describe('bytes that two servers could read in two ways', () => {
  const json = 'Content-Type: application/json\r\n';
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const body = '{"name":"smuggled"}';
  const length = `Content-Length: ${body.length}\r\n`;
  const second = 'DELETE /api/v1/session HTTP/1.1\r\nHost: x\r\n\r\n';
  const post = (headers: string, sent: string) => () => request('POST', '/api/v1/tokens', json + headers, sent);
  const get = (headers: string) => () => request('GET', '/api/v1/users', headers);
  const cases: [string, () => string][] = [
    ['a length and chunks', post(length + chunked, `0\r\n\r\n${second}`)],
    ['chunks and a length', post(`${chunked}Content-Length: 4\r\n`, `0\r\n\r\n${second}`)],
    ['length 0 with a chunked body', post(`Content-Length: 0\r\n${chunked}`, `13\r\n${body}\r\n0\r\n\r\n`)],
    ['two lengths', post(`${length}Content-Length: 0\r\n`, body)],
    ['a length twice', post(length + length, body)],
    ['a signed length', post('Content-Length: +19\r\n', body)],
    ['an unknown encoding', post('Transfer-Encoding: xchunked\r\n', body)],
    ['a space before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n')],
    ['chunked that is not the last encoding', post(`${chunked}Transfer-Encoding: identity\r\n`, '0\r\n\r\n')],
    ['chunks ended by bare LF', post(chunked, `13\n${body}\n0\n\n`)],
    ['a chunk without bounds', post(chunked, `ffffffffffffffffff\r\n${body}\r\n0\r\n\r\n`)],
    ['lines ended by bare LF', () => get('X: y\r\n')().replaceAll('\r\n', '\n')],
    ['one bare LF', get('X: y\nZ: w\r\n')],
    ['one bare CR', get('X: y\rZ: w\r\n')],
    ['a folded header', get('X: y\r\n z\r\n')],
    ['a NUL in a header', get('X: a\0b\r\n')],
    ['two hosts', get('Host: evil.example\r\n')],
    ['HTTP/2 without TLS', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', () => request('HACK', '/api/v1/users')],
  ];

  it.each(cases)('%s: refused, once, and the connection closed', async (what, bytes) => {
    const answer = await sendRaw(app.url, [bytes()]);
    expect(expectProblem(what, { status: answer.status, text: answer.body })).toBe('request.malformed');
    expect({ status: answer.status, answers: answer.answers, closed: answer.closed }).toEqual({
      status: 400,
      answers: 1,
      closed: true,
    });
  });

  it('have made nothing and ended nothing', async () => {
    expect((await app.asAdmin.get('/api/v1/tokens')).body.items).toEqual([]);
  });

  it('are not an offer to change to HTTP/2, which Java’s own client makes each time: it is passed over', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n';
    expect((await sendRaw(app.url, [request('GET', '/api/v1/users', offer)])).status).toBe(200);
    const websocket =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    expect((await sendRaw(app.url, [request('GET', '/api/v1/nothing', websocket)])).status).toBe(404);
  });
});

describe('every route', () => {
  it('answers a stranger with a problem of a known code', async () => {
    const codes = new Set<string>();
    for (const { method, path, open } of routes) {
      if (open && method === 'GET') continue;
      const answer = await anybody.call(method, path, method === 'GET' || method === 'DELETE' ? undefined : {});
      const code = expectProblem(`${method} ${path}`, answer);
      if (!open) codes.add(code);
    }
    expect([...codes]).toEqual(['auth.required']);
  });

  it('answers an admin’s nonsense with a problem that is no failure of the server', async () => {
    const nonsense = ['[]', '"x"', '1e400', '{"":{"":[]}}', '{"reference":9007199254740993}', '{"references":[null]}'];
    const codes = new Set<string>();
    for (const { method, path } of routes.filter((route) => !['GET', 'DELETE'].includes(route.method))) {
      for (const body of nonsense) {
        const answer = await send(method, path, body);
        if (answer.status >= 300) codes.add(expectProblem(`${method} ${path} ${body}`, answer));
      }
    }
    expect(codes).toContain('request.invalid');
    expect(codes).not.toContain('server.error');
  });
});

/** A body as it is, by the admin. */
async function send(method: string, path: string, body: string, type = 'application/json') {
  const headers = { origin: app.url, cookie: app.asAdmin.cookie, 'content-type': type };
  const response = await fetch(`${app.url}${path}`, { method, body, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
const get = (target: string, accept = '*/*') =>
  raw(`${head('GET', target, `Accept: ${accept}\r\nConnection: close`)}\r\n\r\n`);

/** What no answer may ever hold: a line of a stack, a file of the machine, an engine's answer. */
function expectNothingInside(text: string): void {
  expect(text).not.toMatch(/\n\s+at \S+|node_modules|\.ts:\d|\.js:\d|root:x:0|"private"|"ApiVersion"|PrismaClient/);
}

async function expectAlive(): Promise<void> {
  expect((await app.asAdmin.get('/api/v1/session')).body.user.username).toBe(app.admin.username);
}

const tricks = [
  '/api/v1%2fusers',
  '/api%2Fv1%2Fusers',
  '/api/v1/%2e%2e/v1/users%2f',
  '/api/v1/users/%2e%2e/session',
  '/api/v1/users/../session',
  '/api/v1/./users',
  '/api/v1//users',
  '//api/v1/users',
  '/api/v1/users/',
  '/api/v1/users%00',
  '/api/v1/users%0d%0aX-Injected:%201',
  '/api/v1/users/%zz',
  '/api/v1/%c0%ae%c0%ae/users',
  '/api/v1/users\\..\\session',
  '/api/v1/users;a=b',
  '/api/v1/users/%252e%252e%252fsession',
  '/v1.41/containers/json',
  '/v1.41%2Fversion',
  '/containers/json',
  '/_ping',
  '/../../etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/assets/../../../package.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..%5c..%5cpackage.json',
  '/assets//etc/passwd',
  '/assets/',
  '/.git/config',
  '/package.json',
  '/waybill.db',
];

describe('a path that deceives', () => {
  it.each(tricks)('%s is the page at the most for a browser that wants one', async (target) => {
    const answer = await get(target, 'text/html,*/*');
    expectNothingInside(answer.body);
    if (answer.status === 200) {
      expect(answer.contentType).toBe('text/html');
      expect(answer.body).toContain('<div id="app"');
      expect(target).not.toMatch(/^\/api\//);
    } else expect([400, 403, 404]).toContain(answer.status);
  });

  it('gives nobody who is not logged in more than those who are', async () => {
    for (const target of tricks) {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expectNothingInside(answer.body);
      expect([400, 401, 403, 404]).toContain(answer.status);
    }
  });
});

describe('a query', () => {
  const lists = [
    '/api/v1/audit/events',
    '/api/v1/users',
    '/api/v1/people',
    '/api/v1/tokens',
    '/api/v1/registries',
    '/api/v1/operations',
    '/api/v1/engines/local/images/local',
  ];
  /** Where the list of images stands. */
  const paths = lists.map((path) => path.replace(/\/local$/, ''));

  it.each(paths)('%s takes a cursor that is none as a refusal or an empty page', async (path) => {
    for (const cursor of ["'; DROP TABLE User; --", '%00', '-1', '9007199254740993', 'x'.repeat(600), '%F0%9F%92%A9']) {
      const answer = await app.asAdmin.get(`${path}?cursor=${cursor}`);
      expectNothingInside(answer.text);
      expect([path, cursor, answer.status < 500 || answer.body.code === 'engine.unreachable']).toEqual([
        path,
        cursor,
        true,
      ]);
    }
  });

  it.each(['9007199254740993', '-1', '0', '1.5', '1e400', '99999999999999999999', 'Infinity', '0x10'])(
    'an event number %s is refused or there is none',
    async (seq) => {
      for (const path of [`/api/v1/audit/events/${seq}`, `/api/v1/audit/events/${seq}/proof`]) {
        const answer = await app.asAdmin.get(path);
        expect([path, [400, 404].includes(answer.status)]).toEqual([path, true]);
      }
    },
  );
});

describe('every answer', () => {
  const some: [string, string][] = [
    ['GET', '/'],
    ['GET', '/api/v1/health'],
    ['GET', '/api/v1/users'],
    ['GET', '/api/v1/openapi.json'],
    ['GET', '/api/docs'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v1/users/%zz'],
    ['GET', `/api/v1/users/${'a'.repeat(2_000)}`],
    ['POST', '/api/v1/session'],
    ['POST', '/nothing'],
    ['DELETE', '/api/v1/users'],
    ['PUT', '/api/v1/users'],
    ['HEAD', '/api/v1/health'],
    ['OPTIONS', '/api/v1/users'],
  ];
  it.each(some)('%s %s says how it is to be read, and by whom', async (method, path) => {
    for (const origin of [app.url, 'https://evil.example', 'null']) {
      const { headers } = await app.asAdmin.call(method, path, undefined, {
        origin,
        accept: 'text/html',
        'access-control-request-method': 'POST',
      });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      for (const never of ['x-powered-by', 'server', 'access-control-allow-origin', 'access-control-allow-credentials'])
        expect([never, headers.get(never)]).toEqual([never, null]);
    }
  });

  it.each(['TRACE', 'PUT', 'OPTIONS', 'PROPFIND', 'PURGE', 'COPY', 'QUERY'])('to %s is a refusal', async (method) => {
    for (const path of ['/api/v1/users', '/api/v1/session', '/', '/nothing']) {
      const answer = await raw(`${head(method, path, 'X-Secret: repeat-me\r\nConnection: close\r\n')}\r\n`);
      expect([method, path, [400, 404, 405].includes(answer.status ?? 0)]).toEqual([method, path, true]);
      expect(answer.body).not.toContain('repeat-me');
      expectNothingInside(answer.body);
    }
  });

  it.each(['CONNECT', 'BREW', 'get', 'GET\t', 'X'.repeat(5_000)])('to %s is a refusal or the end', async (method) => {
    const answer = await raw(`${head(method, '/api/v1/users', 'Connection: close\r\n')}\r\n`);
    expect(answer.closed).toBe(true);
    expect([null, 400, 404, 405, 431, 501]).toContain(answer.status);
    await expectAlive();
  });

  it('to HEAD has no body and changes nothing', async () => {
    const answer = await raw(`${head('HEAD', '/api/v1/users', 'Connection: close\r\n')}\r\n`);
    expect([answer.status, answer.body]).toEqual([200, '']);
    await expectAlive();
  });
});

import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { createHttpAdapter } from './http-adapter.js';
import { sendRaw } from '../testing/raw-http.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

/** The admin's session, in raw headers. */
const head = (first: string, more = '') =>
  `${first} HTTP/1.1\r\nHost: ${new URL(app.url).host}\r\nOrigin: ${app.url}\r\nCookie: ${app.asAdmin.cookie}\r\n${more}`;

describe('a query', () => {
  const lists = ['users', 'people', 'tokens', 'registries', 'operations', 'audit/events', 'engines/local/images'];
  it.each(lists)('of /%s is a closed list of fields', async (list) => {
    for (const query of ['passwordHash=x', 'secretHash[startsWith]=a', 'user.passwordHash=x', 'where={}', 'x']) {
      const { status, body } = await app.asAdmin.get(`/api/v1/${list}?${query}`);
      expect({ query, status, code: body.code }).toEqual({ query, status: 400, code: 'request.invalid' });
    }
  });

  it.each(['limit=9007199254740993', 'limit=-1', 'limit=0', 'limit=1e9', 'limit=1.5', 'limit=', 'limit=1&limit=2'])(
    '%s is refused',
    async (query) => {
      for (const list of lists) {
        const { status, body } = await app.asAdmin.get(`/api/v1/${list}?${query}`);
        expect({ list, status, code: body.code }).toEqual({ list, status: 400, code: 'request.invalid' });
      }
    },
  );

  it.each([
    'audit/events?cursor=9007199254740993',
    'audit/events/9007199254740993',
    'audit/events?from=999999-01-01T00:00:00Z',
    'engines/local/images?cursor=9007199254740993',
    'operations/01990000-0000-7000-8000-000000000001?wait=9007199254740993',
  ])('%s is refused', async (path) => {
    const { status, body } = await app.asAdmin.get(`/api/v1/${path}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'request.invalid' });
  });
});

describe('a header', () => {
  it.each([
    ['one of 20 kB', ['X: ', 'a'.repeat(20_000), '\r\n']],
    ['20 MB of them', Array.from({ length: 20 }, (_, at) => `X${at}: ${'a'.repeat(1_000_000)}\r\n`)],
    ['two thousand small ones', ['a: b\r\n'.repeat(4000)]],
  ])('too much, %s, is refused', async (_what, parts) => {
    const answer = await sendRaw(app.url, [head('GET /api/v1/users'), ...parts, '\r\n']);
    expect({ status: answer.status, code: JSON.parse(answer.body).code, closed: answer.closed }).toEqual({
      status: 431,
      code: 'request.too_large',
      closed: true,
    });
  });

  it('that comes too slowly is not waited for', async () => {
    const server: Server = app.server.app.getHttpServer();
    expect(server.headersTimeout).toBe(30_000);
    server.headersTimeout = 500;
    const answer = await sendRaw(app.url, [head('GET /api/v1/users')], { patienceMs: 15_000 });
    server.headersTimeout = 30_000;
    expect([answer.status, JSON.parse(answer.body).code, answer.closed]).toEqual([408, 'request.malformed', true]);
  });
});

describe('a body that never comes to its end', () => {
  it('is cut, also where it was refused already; one that comes in time is not', async () => {
    const adapter = createHttpAdapter({ trustedProxies: [] }, { headers: 30_000, body: 400 });
    const fastify = adapter.getInstance();
    fastify.post('/slow', (asked, reply) => reply.send({ read: asked.body }));
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const post = (length: number, body: string) =>
      `POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
    try {
      const patient = { quietMs: 1500, patienceMs: 5000 };
      expect(await sendRaw(url, [post(100, '{')], patient)).toMatchObject({ status: null, closed: true });
      expect(await sendRaw(url, [post(9_000_000, '{')], patient)).toMatchObject({ status: 413, closed: true });
      expect(await sendRaw(url, [post(2, '{}')], patient)).toMatchObject({ status: 200, closed: false });
    } finally {
      await fastify.close();
    }
  });
});

describe('a thousand slow connections', () => {
  /** Each answer must come by itself: the slow ones are not ended before 60 seconds. */
  const health = async () => {
    const signal = AbortSignal.timeout(30_000);
    const statuses = new Set<number>();
    for (let n = 0; n < 300; n += 1) {
      const answer = await fetch(`${app.url}/api/v1/health`, { signal });
      await answer.text();
      statuses.add(answer.status);
    }
    return [...statuses];
  };

  it('hold nobody else up', async () => {
    const { hostname, port } = new URL(app.url);
    const slow: Socket[] = [];
    for (let n = 0; n < 1000; n += 1) {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      socket.write(
        n % 2
          ? 'GET /api/v1/he'
          : head('POST /api/v1/tokens', 'Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{'),
      );
      slow.push(socket);
    }
    expect(await health()).toEqual([200]);
    expect(slow.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of slow) socket.destroy();
  });
});

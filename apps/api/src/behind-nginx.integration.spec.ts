import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Ack, BoardSnapshot, OperationEvent, LiveMessage, OperationSnapshot } from '@waybill/contract';
import {
  ensureParts,
  freePort,
  sharedTestWorld,
  startFaultProxy,
  startNginx,
  type FaultProxy,
  type Nginx,
  type SharedTestWorld,
} from '@waybill/world';
import { io, type Socket } from 'socket.io-client';
import { selfSignedCertificate, shippedNginxConfig } from '../../../scripts/testing/nginx-config.ts';
import { createTestApp, TestClient, type TestApp } from './testing/create-test-app.js';
import { begin, enterRegistry, freshImage, until, whenConnected } from './testing/transfer-world.js';

const megabyte = 1_000_000;
let world: SharedTestWorld;
let app: TestApp;
let folder: string;
const servers: Nginx[] = [];
const ports = { http: 0, httpOfTls: 0, https: 0 };

/** A logged-in client that only knows nginx. */
let client: TestClient;

async function serve(name: string, httpPort: number, httpsPort: number): Promise<void> {
  const dir = join(folder, name);
  const upstream = new URL(app.url).host;
  const config = shippedNginxConfig({ name, folder, httpPort, httpsPort, upstream });
  servers.push(await startNginx({ dir, port: httpPort, config }));
}

beforeAll(async () => {
  await ensureParts('nginx', { install: true });
  world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host, WAYBILL_TRUSTED_PROXIES: 'loopback' });
  folder = await mkdtemp(join(tmpdir(), 'waybill-nginx-'));
  selfSignedCertificate(folder);
  ports.http = await freePort();
  ports.httpOfTls = await freePort();
  ports.https = await freePort();
  await serve('waybill.conf', ports.http, 0);
  await serve('waybill.tls.conf', ports.httpOfTls, ports.https);
  client = await new TestClient(`http://127.0.0.1:${ports.http}`).login(app.admin.username, app.admin.password);
  await whenConnected(client);
});
afterAll(async () => {
  await Promise.all(servers.map((one) => one.stop()));
  await app?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function live(url: string, headers: Record<string, string>, ca?: string): Socket {
  return io(`${url}/live`, {
    transports: ['websocket'],
    extraHeaders: headers,
    reconnection: false,
    ...(ca ? { ca } : {}),
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

describe('a push watched through nginx with the shipped configuration', () => {
  let slow: FaultProxy;
  beforeAll(async () => {
    slow = await startFaultProxy({ target: world.registries.none.address, rate: 4 * megabyte });
    await enterRegistry(client, { address: slow.address }, null);
  });
  afterAll(() => slow?.stop());

  it('is seen moving while it moves, and ends with its digest', async () => {
    const reference = `${slow.address}/behind-nginx/app:1`;
    await freshImage(world.engines.old, reference, 3, 6 * megabyte);
    const socket = live(client.url, { cookie: client.cookie, origin: client.url });
    const percents: number[] = [];
    socket.on('operation', ({ event }: LiveMessage<OperationEvent>) => {
      if (event.type === 'progress' && event.progress.percent !== null) percents.push(event.progress.percent);
    });
    await connected(socket);
    const operation = await begin(client, 'push', { reference });
    const joined = (await socket.emitWithAck('operation:join', operation.id)) as Ack<OperationSnapshot>;
    expect(joined).toMatchObject({ ok: true, data: { operation: { id: operation.id } } });

    const ended = await until(client, operation.id, ({ endedAt }) => endedAt !== null);
    expect(ended).toMatchObject({ state: 'succeeded', result: { digest: expect.stringMatching(/^sha256:/) } });
    expect(percents.filter((percent) => percent > 0 && percent < 100).length).toBeGreaterThan(3);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    socket.disconnect();
  });
});

describe('nginx with the shipped configuration', () => {
  it('hands on an image reference with %2F as it was sent', async () => {
    const reference = encodeURIComponent(world.baseImage);
    expect(reference).toContain('%2F');
    const { status, body } = await client.get(`/api/v1/engines/local/images/${reference}`);
    expect({ status, tags: body.tags }).toEqual({ status: 200, tags: expect.arrayContaining([world.baseImage]) });
  });

  it('lets the server itself refuse a large body, in its own words, each time', async () => {
    const body = { reference: 'x'.repeat(3 * megabyte) };
    for (let time = 1; time <= 10; time += 1) {
      const answer = await client.post('/api/v1/engines/local/images/pull', body);
      expect({ time, status: answer.status, code: answer.body?.code }).toEqual({
        time,
        status: 413,
        code: 'request.too_large',
      });
    }
  });

  it('does not let a client forge the address that is put on record', async () => {
    const forged = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const answer = await client.with({}).post('/api/v1/session', app.admin, forged);
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie().join()).not.toContain('Secure');
    const events = await client.get('/api/v1/audit/events?action=session.login&limit=1');
    expect(events.body.items[0].personal.ip).toBe('127.0.0.1');
  });

  it('keeps a page of another site out', async () => {
    const answer = await client.post('/api/v1/engines/local/images/tag', {}, { origin: 'http://evil.example' });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'auth.origin' });
  });
});

describe('nginx with the shipped TLS configuration', () => {
  const whole = (path: string, ca: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(`https://127.0.0.1:${ports.https}${path}`, { ca }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).once('error', reject);
    });

  it('sends plain http to https, with the path as it was', async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.httpOfTls}/images/a%2Fb?x=1`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, 'https://127.0.0.1/images/a%2Fb?x=1']);
  });

  it('serves the API and the live line', async () => {
    const ca = await readFile(join(folder, 'fullchain.pem'), 'utf8');
    expect(await whole('/api/v1/health', ca)).toBe(200);
    const url = `https://127.0.0.1:${ports.https}`;
    const socket = live(url, { cookie: client.cookie, origin: url }, ca);
    await connected(socket);
    expect((await socket.emitWithAck('board:join')) as Ack<BoardSnapshot>).toMatchObject({ ok: true });
    socket.disconnect();
  });
});

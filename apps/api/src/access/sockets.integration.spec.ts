import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { liveNamespace } from '@waybill/contract';
import { io, type Socket } from 'socket.io-client';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { ExpiryService } from './expiry.service.js';

let app: TestApp;
const open: Socket[] = [];

beforeAll(async () => {
  app = await createTestApp();
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});
afterAll(() => app.stop());

/** Resolves once connected; rejects with the code of the problem. */
function connect(headers: { [name: string]: string }, query: { [name: string]: string } = {}): Promise<Socket> {
  const socket = io(`${app.url}${liveNamespace}`, {
    transports: ['websocket'],
    extraHeaders: headers,
    query,
    forceNew: true,
    reconnection: false,
  });
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) =>
      reject(new Error(error.data?.code ?? error.message)),
    );
  });
}

/** What the server says last before it cuts the socket, within a second. */
function ending(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let reason = 'nothing';
    const timer = setTimeout(() => reject(new Error('The socket is still open after a second.')), 1000);
    socket.on('ended', (said: string) => (reason = said));
    socket.on('disconnect', () => {
      clearTimeout(timer);
      resolve(reason);
    });
  });
}

const idOf = async (client: TestClient): Promise<string> => (await client.get('/api/v1/session')).body.user.id;

describe('the handshake', () => {
  it('takes a session from our own page, and a token from anywhere', async () => {
    expect((await connect({ cookie: app.asAdmin.cookie, origin: app.url })).connected).toBe(true);
    const { secret } = (await app.asAdmin.post('/api/v1/tokens', { name: 'x' })).body;
    expect((await connect({ authorization: `Bearer ${secret}` })).connected).toBe(true);
  });

  it.each(['http://evil.example', 'null', 'https://127.0.0.1.evil.example'])(
    'refuses a session that the page %s brings',
    async (origin) => {
      await expect(connect({ cookie: app.asAdmin.cookie, origin })).rejects.toThrow('auth.origin');
    },
  );

  it('refuses nobody, a made-up session, a bad token, and a token in the address', async () => {
    await expect(connect({ origin: app.url })).rejects.toThrow('auth.required');
    await expect(connect({ origin: app.url, cookie: `waybill_session=${'a'.repeat(43)}` })).rejects.toThrow(
      'auth.required',
    );
    await expect(connect({ authorization: 'Bearer wbt_x' })).rejects.toThrow('token.invalid');
    await expect(connect({ cookie: app.asAdmin.cookie, origin: app.url }, { token: 'x' })).rejects.toThrow(
      'token.in_url',
    );
  });
});

describe('an open socket is cut within a second', () => {
  it('when its session ends, and only that one', async () => {
    const client = await app.as('viewer', 'leaving');
    const other = await app.asAdmin.with({}).login('leaving', 'a long enough password');
    const socket = await connect({ cookie: client.cookie, origin: app.url });
    const kept = await connect({ cookie: other.cookie, origin: app.url });
    const cut = ending(socket);
    await client.delete('/api/v1/session');
    expect(await cut).toBe('session_ended');
    expect(kept.connected).toBe(true);
  });

  it('when its token is revoked', async () => {
    const made = (await app.asAdmin.post('/api/v1/tokens', { name: 'x' })).body;
    const cut = ending(await connect({ authorization: `Bearer ${made.secret}` }));
    await app.asAdmin.delete(`/api/v1/tokens/${made.id}`);
    expect(await cut).toBe('session_ended');
  });

  it('when its user is disabled, or gets another role', async () => {
    const client = await app.as('publisher', 'changing');
    const path = `/api/v1/users/${await idOf(client)}`;
    const demoted = ending(await connect({ cookie: client.cookie, origin: app.url }));
    await app.asAdmin.patch(path, { role: 'viewer' });
    expect(await demoted).toBe('rights_changed');
    const disabled = ending(await connect({ cookie: client.cookie, origin: app.url }));
    await app.asAdmin.patch(path, { disabled: true });
    expect(await disabled).toBe('session_ended');
    await expect(connect({ cookie: client.cookie, origin: app.url })).rejects.toThrow('auth.required');
  });

  it('when its session or token comes to its end by the clock', async () => {
    const client = await app.as('viewer', 'long-watching');
    const byIdling = ending(await connect({ cookie: client.cookie, origin: app.url }));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = (await client.post('/api/v1/tokens', { name: 'x', expiresAt })).body;
    const byExpiry = ending(await connect({ authorization: `Bearer ${made.secret}` }));
    await app.server.app.get(ExpiryService, { strict: false }).sweep(new Date(Date.now() + 13 * 3_600_000));
    expect(await Promise.all([byIdling, byExpiry])).toEqual(['session_ended', 'session_ended']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, sharedTestWorld } from '@waybill/world';
import type { Database } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { ThrottledLogins } from './throttled-logins.js';

const password = 'a long enough password';

describe.each(['sqlite', 'postgresql'])('sessions on %s', (kind) => {
  let app: TestApp;
  let database: Database;

  beforeAll(async () => {
    const url =
      kind === 'postgresql'
        ? await createDatabase((await sharedTestWorld({ postgres: true })).postgres.url)
        : undefined;
    app = await createTestApp(url ? { WAYBILL_DATABASE_URL: url } : {});
    database = app.server.app.get<Database>(DATABASE, { strict: false });
  });
  afterAll(() => app.stop());

  const anybody = () => app.asAdmin.with({});
  const events = async (query: string) => (await app.asAdmin.get(`/api/v1/audit/events?${query}`)).body.items;

  it('begin with a cookie that scripts and other sites cannot use', async () => {
    await app.as('viewer', 'cookie-holder');
    const answer = await anybody().post('/api/v1/session', { username: 'Cookie-Holder', password });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^waybill_session=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.body.user).toMatchObject({ username: 'cookie-holder', role: 'viewer' });
    expect(answer.body.permissions).toEqual([
      'engine.read',
      'image.read',
      'container.read',
      'operation.read',
      'registry.read',
    ]);
  });

  it('do not begin with a wrong password or an unknown name, which look alike, and the failure is on record', async () => {
    await app.as('viewer', 'forgetful');
    const wrong = await anybody().post('/api/v1/session', { username: 'forgetful', password: 'not this one' });
    const unknown = await anybody().post('/api/v1/session', { username: 'hunter2-typed-here', password });
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    const { requestId: _one, ...first } = wrong.body;
    const { requestId: _other, ...second } = unknown.body;
    expect(first).toEqual(second);
    const [later, earlier] = await events('action=session.login&outcome=failed');
    expect(earlier).toMatchObject({
      personal: { attemptedName: 'forgetful', ip: '127.0.0.1' },
      details: { reason: 'wrong_password' },
    });
    expect(later.details).toEqual({ reason: 'no_such_account' });
    expect(JSON.stringify(later)).not.toContain('hunter2');
  });

  it('end by logging out, and the cookie is worth nothing then', async () => {
    const client = await app.as('viewer');
    expect((await client.delete('/api/v1/session')).status).toBe(204);
    const answer = await client.get('/api/v1/session');
    expect([answer.status, answer.body.code]).toEqual([401, 'auth.required']);
  });

  it('are listed for their owner, who alone can end them', async () => {
    const first = await app.as('viewer', 'two-windows');
    const second = await anybody().login('two-windows', password);
    const list = (await second.get('/api/v1/sessions')).body.items;
    expect(list.map((one: { current: boolean }) => one.current)).toEqual([true, false]);
    const other = list[1].id;
    expect((await app.asAdmin.delete(`/api/v1/sessions/${other}`)).body.code).toBe('session.not_found');
    expect((await second.delete(`/api/v1/sessions/${other}`)).status).toBe(204);
    expect((await first.get('/api/v1/session')).status).toBe(401);
    expect((await second.get('/api/v1/session')).status).toBe(200);
    expect((await second.delete(`/api/v1/sessions/${other}`)).status).toBe(404);
  });

  it('end after twelve idle hours and after fourteen days', async () => {
    const client = await app.as('viewer', 'idler');
    const { id } = (await client.get('/api/v1/session')).body.via;
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    await database.client.session.update({ where: { id }, data: { lastSeenAt: ago(11) } });
    expect((await client.get('/api/v1/session')).status).toBe(200);
    await database.client.session.update({ where: { id }, data: { lastSeenAt: ago(13) } });
    expect((await client.get('/api/v1/session')).status).toBe(401);
    await database.client.session.update({ where: { id }, data: { lastSeenAt: ago(0), expiresAt: ago(0) } });
    expect((await client.get('/api/v1/session')).status).toBe(401);
  });

  it('write the last-seen time at most once a minute', async () => {
    const client = await app.as('viewer', 'busy');
    const { id } = (await client.get('/api/v1/session')).body.via;
    const seen = async () => (await database.client.session.findUniqueOrThrow({ where: { id } })).lastSeenAt.getTime();
    const before = await seen();
    await client.get('/api/v1/session');
    expect(await seen()).toBe(before);
    await database.client.session.update({ where: { id }, data: { lastSeenAt: new Date(before - 61_000) } });
    await client.get('/api/v1/session');
    expect(await seen()).toBeGreaterThanOrEqual(before);
  });

  it('ask for the password again for people and the vault, and hold that for ten minutes', async () => {
    await app.asAdmin.post('/api/v1/users', { username: 'second-admin', role: 'admin', password });
    const client = await anybody().login('second-admin', password);
    const { id } = (await client.get('/api/v1/session')).body.via;
    await database.client.session.update({ where: { id }, data: { confirmedAt: new Date(Date.now() - 601_000) } });
    const create = () => client.post('/api/v1/users', { username: `made-${kind}`, role: 'viewer', password });
    expect((await create()).body.code).toBe('auth.confirm_required');
    expect((await client.post('/api/v1/session/confirm', { password: 'a wrong password' })).status).toBe(401);
    const confirmed = await client.post('/api/v1/session/confirm', { password });
    expect(Date.parse(confirmed.body.confirmedUntil) - Date.now()).toBeGreaterThan(590_000);
    expect((await create()).status).toBe(201);
    expect(await events('action=session.confirm')).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'failed' }]);
  });

  it('end, but for one’s own, when one changes the password', async () => {
    const mine = await app.as('developer', 'changer');
    const other = await anybody().login('changer', password);
    expect(
      (await mine.post('/api/v1/session/password', { current: 'a wrong password', next: 'another long one' })).status,
    ).toBe(401);
    expect((await mine.post('/api/v1/session/password', { current: password, next: 'changer123' })).body.code).toBe(
      'password.too_weak',
    );
    expect((await mine.post('/api/v1/session/password', { current: password, next: 'another long one' })).status).toBe(
      204,
    );
    expect((await other.get('/api/v1/session')).status).toBe(401);
    expect((await mine.get('/api/v1/session')).status).toBe(200);
    expect((await anybody().post('/api/v1/session', { username: 'changer', password })).status).toBe(401);
    await anybody().login('changer', 'another long one');
  });

  it('let one change the name that others see', async () => {
    const client = await app.as('viewer', 'renamed');
    const answer = await client.patch('/api/v1/session/profile', { displayName: ' 陈静 ' });
    expect(answer.body.user.displayName).toBe('陈静');
    const [event] = await events('action=user.update');
    expect(event.personal.changes).toEqual([{ field: 'displayName', before: 'renamed', after: '陈静' }]);
    expect(JSON.stringify({ ...event, personal: null })).not.toContain('陈静');
  });

  it('let a token or curl act without an origin, but no browser from elsewhere', async () => {
    const client = await app.as('viewer', 'origins');
    const logout = (headers: { [name: string]: string }) =>
      fetch(`${app.url}/api/v1/session/confirm`, {
        method: 'POST',
        headers: { cookie: client.cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ password }),
      });
    expect((await logout({ origin: 'null' })).status).toBe(403);
    expect((await logout({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await logout({ origin: app.url })).status).toBe(200);
  });
});

describe('a login that fails again and again', () => {
  it('is throttled with a time to wait, even with the right password, and leaves others alone', async () => {
    const app = await createTestApp();
    try {
      await app.as('viewer', 'guessed');
      const guess = (username: string, text: string) =>
        app.asAdmin.with({}).post('/api/v1/session', { username, password: text });
      const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => guess('guessed', `guess ${n}`)));
      const looked = answers.filter(({ status }) => status === 401).length;
      expect(looked).toBeGreaterThanOrEqual(10);
      expect(looked).toBeLessThanOrEqual(12);
      const refused = await guess('guessed', password);
      expect([refused.status, refused.body.code]).toEqual([429, 'auth.throttled']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await guess('admin', app.admin.password)).status).toBe(201);
      const failed = (await app.asAdmin.get('/api/v1/audit/events?action=session.login&outcome=failed')).body.items;
      expect(failed).toHaveLength(looked);
      await app.server.app.get(ThrottledLogins, { strict: false }).write();
      const counted = (await app.asAdmin.get('/api/v1/audit/events?action=login.throttled')).body.items;
      expect(counted).toMatchObject([
        { outcome: 'denied', details: { count: 41 - looked, addresses: 1 }, personal: { ip: '127.0.0.1' } },
      ]);
    } finally {
      await app.stop();
    }
  });
});

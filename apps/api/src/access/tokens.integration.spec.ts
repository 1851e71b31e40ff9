import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { AccessEvents, type Ended } from './access.events.js';

let app: TestApp;
let database: Database;

beforeAll(async () => {
  app = await createTestApp();
  database = app.server.app.get<Database>(DATABASE, { strict: false });
});
afterAll(() => app.stop());

const bearer = (secret: string): TestClient => app.asAdmin.with({ authorization: `Bearer ${secret}` });
const events = async (query: string) => (await app.asAdmin.get(`/api/v1/audit/events?${query}`)).body.items;

describe('a token', () => {
  it('is shown once, reads only where nothing is said, and tells who it is', async () => {
    const client = await app.as('publisher');
    const made = await client.post('/api/v1/tokens', { name: 'laptop' });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^wbt_[0-9A-Za-z]{43}$/);
    expect(made.body.secret.startsWith(made.body.prefix)).toBe(true);
    const listed = await client.get('/api/v1/tokens');
    expect(listed.text).not.toContain(made.body.secret);
    expect(listed.body.items[0]).toMatchObject({ name: 'laptop', lastUsedAt: null, revokedAt: null });
    const state = (await bearer(made.body.secret).get('/api/v1/session')).body;
    expect(state.permissions).toEqual([
      'engine.read',
      'image.read',
      'container.read',
      'operation.read',
      'registry.read',
    ]);
    expect(state.via).toEqual({ method: 'token', id: made.body.id });
    expect((await client.get('/api/v1/tokens')).body.items[0].lastUsedAt).not.toBeNull();
  });

  it('cannot be wider than its owner, when it is made or later', async () => {
    const client = await app.as('publisher', 'shrinking');
    const tooWide = await client.post('/api/v1/tokens', {
      name: 'x',
      scopes: ['image.push', 'audit.read', 'user.manage'],
    });
    expect([tooWide.body.code, tooWide.body.extra]).toEqual([
      'token.scope_too_wide',
      { tooWide: ['audit.read', 'user.manage'] },
    ]);
    const made = await client.post('/api/v1/tokens', { name: 'x', scopes: ['image.push', 'image.read'] });
    const token = bearer(made.body.secret);
    const push = () => token.post('/api/v1/engines/local/images/push', { reference: 'nowhere.example/a/b:1' });
    expect((await push()).body.code).not.toBe('permission.denied');
    const { id } = (await client.get('/api/v1/session')).body.user;
    await app.asAdmin.patch(`/api/v1/users/${id}`, { role: 'viewer' });
    expect((await push()).body.code).toBe('permission.denied');
    expect((await token.get('/api/v1/session')).body.permissions).toEqual(['image.read']);
  });

  it('of an admin manages neither people nor tokens nor the vault', async () => {
    for (const scope of ['user.manage', 'registry.manage', 'settings.manage', 'approve']) {
      expect((await app.asAdmin.post('/api/v1/tokens', { name: 'x', scopes: [scope] })).body.code).toBe(
        'token.scope_too_wide',
      );
    }
    const made = await app.asAdmin.post('/api/v1/tokens', { name: 'x', scopes: ['audit.read'] });
    const token = bearer(made.body.secret);
    expect((await token.post('/api/v1/tokens', { name: 'y' })).body.code).toBe('auth.session_required');
    expect((await token.get('/api/v1/users')).body.code).toBe('auth.session_required');
    expect((await token.get('/api/v1/audit/events')).status).toBe(200);
  });

  it('that has expired, was revoked or never was, is refused by name', async () => {
    const client = await app.as('viewer');
    expect((await client.post('/api/v1/tokens', { name: 'x', expiresAt: '2020-01-01T00:00:00Z' })).body.code).toBe(
      'request.invalid',
    );
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = (await client.post('/api/v1/tokens', { name: 'x', expiresAt })).body;
    expect((await bearer(made.secret).get('/api/v1/engines')).status).toBe(200);
    await database.client.token.update({ where: { id: made.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    for (const secret of [made.secret, `wbt_${'A'.repeat(43)}`, 'x', '']) {
      const answer = await bearer(secret).get('/api/v1/engines');
      expect([answer.status, answer.body.code]).toEqual([401, 'token.invalid']);
    }
  });

  it('is revoked by its owner alone, at once, and whoever listens is told', async () => {
    const told: Ended[] = [];
    const off = app.server.app.get(AccessEvents, { strict: false }).on('ended', (ended) => told.push(ended));
    const client = await app.as('viewer');
    const made = (await client.post('/api/v1/tokens', { name: 'x' })).body;
    expect((await app.asAdmin.delete(`/api/v1/tokens/${made.id}`)).body.code).toBe('token.not_found');
    expect((await client.delete(`/api/v1/tokens/${made.id}`)).status).toBe(204);
    expect((await bearer(made.secret).get('/api/v1/engines')).status).toBe(401);
    expect((await client.delete(`/api/v1/tokens/${made.id}`)).status).toBe(404);
    expect(told).toEqual([{ tokenId: made.id, reason: 'session_ended' }]);
    expect((await events('action=token.revoke'))[0]).toMatchObject({
      subject: { type: 'token', id: made.id },
      personal: { subjectName: 'x' },
    });
    off();
  });

  it('counts alone where a cookie comes too', async () => {
    const made = (await app.asAdmin.post('/api/v1/tokens', { name: 'x' })).body;
    const both = app.asAdmin.with({ cookie: app.asAdmin.cookie, authorization: `Bearer ${made.secret}` });
    expect((await both.get('/api/v1/session')).body.via.method).toBe('token');
    expect((await both.get('/api/v1/audit/events')).body.code).toBe('permission.denied');
    const wrong = app.asAdmin.with({ cookie: app.asAdmin.cookie, authorization: 'Bearer wbt_wrong' });
    expect((await wrong.get('/api/v1/session')).body.code).toBe('token.invalid');
  });

  it('in an address is refused, even beside a good session', async () => {
    const made = (await app.asAdmin.post('/api/v1/tokens', { name: 'x' })).body;
    for (const query of [`token=${made.secret}`, 'access_token=x', `q=${made.secret}`]) {
      const answer = await app.asAdmin.get(`/api/v1/engines?${query}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'token.in_url']);
      expect(answer.text).not.toContain(made.secret);
    }
  });

  it('needs no origin, for it acts for no site', async () => {
    const made = (await app.asAdmin.post('/api/v1/tokens', { name: 'x' })).body;
    const answer = await bearer(made.secret).post(
      '/api/v1/engines/local/images/tag',
      {},
      { origin: 'https://ci.example' },
    );
    expect(answer.body.code).toBe('permission.denied');
  });
});

describe('what is denied', () => {
  it('is on record with the permission that was missing', async () => {
    const viewer = await app.as('viewer', 'curious');
    const answer = await viewer.get('/api/v1/audit/events');
    expect(answer.body.detail).toContain('audit.read');
    const [event] = await events('action=access.denied&outcome=denied');
    expect(event).toMatchObject({
      details: { method: 'GET', route: '/api/v1/audit/events', permission: 'audit.read' },
      error: { code: 'permission.denied' },
      personal: { actorName: 'curious' },
      via: { door: 'browser', requestId: answer.body.requestId },
    });
  });

  it('is on record as the push, pull or tag that it would have been, with its target', async () => {
    const viewer = await app.as('viewer', 'pusher');
    await viewer.post('/api/v1/engines/local/images/push', { reference: 'registry.example:5000/Team/app:v1' });
    await viewer.post('/api/v1/engines/local/images/push', { reference: 'registry.example:5000/team/app:v1' });
    const [good, bad] = await events('action=image.push&outcome=denied');
    expect(good).toMatchObject({
      engine: { slug: 'local' },
      target: { registry: 'registry.example:5000', repository: 'team/app', tag: 'v1' },
      details: { permission: 'image.push' },
    });
    expect(bad.target).toBeNull();
    expect(await events('repository=team/app')).toHaveLength(1);
  });
});

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@waybill/database';
import { createDatabase, sharedTestWorld, type SharedTestWorld } from '@waybill/world';
import { DATABASE } from '../database/database.module.js';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { RegistriesClient, path } from './testing/registries-client.js';

const canary = 'canary-密码-5fd1';

/** The files of SQLite as they are on the disk, and on either database the rows that registries and the record write. */
async function everythingStored(app: TestApp): Promise<string> {
  const names = ['waybill.db', 'waybill.db-wal'];
  const files = await Promise.all(names.map((name) => readFile(join(app.folder, name), 'latin1').catch(() => '')));
  const { client } = app.server.app.get<Database>(DATABASE);
  const rows = [
    await client.registry.findMany(),
    await client.credential.findMany(),
    await client.auditEvent.findMany(),
  ];
  return [
    ...files,
    JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ].join('\n');
}

describe.each(['sqlite', 'postgresql'] as const)('on %s,', (kind) => {
  let world: SharedTestWorld<{ postgres: true }>;
  let app: TestApp;
  let admin: TestClient;
  let client: RegistriesClient;

  beforeAll(async () => {
    world = await sharedTestWorld({ postgres: true });
    app = await createTestApp(
      kind === 'postgresql' ? { WAYBILL_DATABASE_URL: await createDatabase(world.postgres.url) } : {},
    );
    admin = app.asAdmin;
    client = new RegistriesClient(app);
  });
  afterAll(() => app.stop());

  describe('registries', () => {
    it('hold Docker Hub from the start, which stays where it is', async () => {
      const { body } = await client.ask('GET', path);
      const hub = body.items[0];
      expect(body).toMatchObject({
        items: [{ name: 'Docker Hub', address: 'docker.io', kind: 'hub', insecure: false, credentials: [] }],
        nextCursor: null,
      });
      expect((await client.ask('DELETE', `${path}/${hub.id}`)).body).toMatchObject({
        status: 409,
        code: 'registry.protected',
      });
      expect((await client.ask('PATCH', `${path}/${hub.id}`, { address: 'evil.example.com' })).body.code).toBe(
        'registry.protected',
      );
    });

    it('are added, changed and removed, each on record, and an address stands once', async () => {
      const { address } = world.registries.htpasswd;
      const made = await client.add({ address: `http://${address}/v2/`, username: 'ada', secret: canary });
      expect(made).toMatchObject({ address, credentials: [{ username: 'ada', isDefault: true }] });
      expect((await client.ask('POST', path, { name: 'again', address, insecure: true })).body.code).toBe(
        'registry.duplicate',
      );
      const changed = await client.ask('PATCH', `${path}/${made.id}`, { name: 'new name', secret: '' });
      expect(changed.body).toMatchObject({ name: 'new name', credentials: [{ id: made.credentials[0]?.id }] });
      expect((await client.ask('DELETE', `${path}/${made.id}`)).status).toBe(204);
      expect((await client.ask('GET', `${path}/${made.id}`)).body.code).toBe('registry.not_found');
      const seen = await client.events(made.id);
      expect(seen.map((one) => `${one.action} ${one.phase} ${one.outcome}`)).toEqual([
        'registry.create outcome succeeded',
        'credential.create outcome succeeded',
        'registry.update outcome succeeded',
        'registry.remove outcome succeeded',
      ]);
      expect(seen[1]?.details['changes']).toContainEqual({ field: 'secret', before: null, after: 'changed' });
      expect(seen[2]?.details['changes']).toEqual([{ field: 'name', before: 'a registry', after: 'new name' }]);
    });

    it.each([
      ['http://169.254.169.254', 'registry.address_refused'],
      ['http://100.100.100.200', 'registry.address_refused'],
      ['http://[fe80::1]:5000', 'registry.address_refused'],
      ['http://0.0.0.0:5000', 'registry.address_refused'],
      ['own listener', 'registry.address_refused'],
      ['http://ada:geheim@10.0.0.1', 'registry.address_invalid'],
      ['10.0.0.1/team', 'registry.address_invalid'],
    ])('refuse %s', async (text, code) => {
      const address = text === 'own listener' ? app.url : text;
      const answer = await client.ask('POST', path, { name: 'x', address, insecure: true });
      expect(answer.body).toMatchObject({ status: 422, code });
      expect(answer.text).not.toContain('geheim');
    });

    it('keep several logins with one default', async () => {
      const { id } = await client.add({ address: '127.0.0.1:9' });
      const one = (await client.ask('POST', `${path}/${id}/credentials`, { username: 'one', secret: canary })).body;
      const two = (
        await client.ask('POST', `${path}/${id}/credentials`, { username: 'two', secret: canary, isDefault: true })
      ).body;
      expect([one.isDefault, two.isDefault]).toEqual([true, true]);
      const defaults = async () =>
        (await client.ask('GET', `${path}/${id}`)).body.credentials.map((c: { isDefault: boolean }) => c.isDefault);
      expect(await defaults()).toEqual([false, true]);
      expect((await client.ask('POST', `${path}/${id}/credentials`, { username: 'one', secret: 'x' })).body.code).toBe(
        'credential.duplicate',
      );
      expect((await client.ask('PATCH', `${path}/${id}/credentials/${one.id}`, { username: 'two' })).body.code).toBe(
        'credential.duplicate',
      );
      expect((await client.ask('DELETE', `${path}/${id}/credentials/${two.id}`)).status).toBe(204);
      expect(await defaults()).toEqual([true]);
      const other = await client.add({ address: '127.0.0.1:10' });
      expect(
        (await client.ask('PATCH', `${path}/${other.id}/credentials/${one.id}`, { isDefault: true })).body.code,
      ).toBe('credential.not_found');
    });
  });

  describe('who may what', () => {
    it('shows a viewer names and addresses, and who pulls also the logins’ names', async () => {
      const { id } = await client.add({ address: '127.0.0.1:11', username: 'ada', secret: canary });
      const [viewer, developer] = [await app.as('viewer'), await app.as('developer')];
      expect((await client.call(viewer, 'GET', `${path}/${id}`)).body).toMatchObject({
        address: '127.0.0.1:11',
        credentials: [],
        realm: null,
        lastCheck: null,
      });
      expect((await client.call(developer, 'GET', `${path}/${id}`)).body.credentials).toMatchObject([
        { username: 'ada' },
      ]);
    });

    it('lets only admins with a password given lately change anything', async () => {
      const { id, credentials } = await client.add({ address: '127.0.0.1:12', username: 'ada', secret: canary });
      const publisher = await app.as('publisher');
      const token = (await admin.post('/api/v1/tokens', { name: 't', scopes: ['registry.read', 'image.pull'] })).body
        .secret as string;
      const byToken = admin.with({ authorization: `Bearer ${token}` });
      const login = `${path}/${id}/credentials/${credentials[0]?.id}`;
      const changes: [string, string, object?][] = [
        ['POST', path, { name: 'x', address: '127.0.0.1:13', insecure: true }],
        ['PATCH', `${path}/${id}`, { name: 'y' }],
        ['DELETE', `${path}/${id}`],
        ['POST', `${path}/${id}/check`, {}],
        ['POST', `${path}/${id}/credentials`, { username: 'u', secret: 's' }],
        ['PATCH', login, { username: 'u' }],
        ['DELETE', login],
        ['POST', `${path}/import`, { config: '{"auths":{}}' }],
      ];
      for (const [method, where, body] of changes) {
        expect((await client.call(publisher, method, where, body)).body).toMatchObject({
          status: 403,
          code: 'permission.denied',
        });
        expect((await client.call(byToken, method, where, body)).body.status).toBe(403);
        expect((await client.call(admin.with({}), method, where, body)).body.status).toBe(401);
      }
      expect((await client.ask('GET', `${path}/${id}`)).body.credentials).toHaveLength(1);
    });
  });

  describe('the import of a docker config.json', () => {
    it('takes over what it can, names the rest, and repeats no secret', async () => {
      const auth = Buffer.from(`乐乐开心果123:${canary}`).toString('base64');
      const config = JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth },
          '127.0.0.1:15': { auth },
          '169.254.169.254': { auth },
          'ghcr.io': {},
        },
        credHelpers: { 'ghcr.io': 'pass' },
      });
      const first = (await client.ask('POST', `${path}/import`, { config })).body;
      expect(first.imported).toMatchObject([
        { address: 'docker.io', username: '乐乐开心果123', created: false },
        { address: '127.0.0.1:15', username: '乐乐开心果123', created: true },
      ]);
      expect(first.skipped).toMatchObject([
        { address: 'ghcr.io', reason: 'credential_helper', helper: 'pass' },
        { address: '169.254.169.254', reason: 'address_refused' },
      ]);
      expect((await client.ask('POST', `${path}/import`, { config })).body).toMatchObject({ imported: [] });
      expect((await client.ask('POST', `${path}/import`, { config: `{"${canary}"` })).body.code).toBe(
        'docker_config.invalid',
      );
      expect((await client.events(first.imported[1].registryId)).map((one) => one.action)).toEqual([
        'registry.create',
        'credential.import',
      ]);
    });
  });

  describe('the canary secret', () => {
    it('is in no answer, no event and no file but sealed', async () => {
      const record = await client.ask('GET', '/api/v1/audit/events?limit=200');
      const all = [...client.answers, record.text].join('\n');
      const database = await everythingStored(app);
      const bytes = Buffer.from(canary);
      const forms = [
        canary,
        bytes.toString('latin1'),
        bytes.toString('base64').replace(/=+$/, ''),
        bytes.toString('base64url'),
        encodeURIComponent(canary),
      ];
      for (const form of forms) {
        expect(all.includes(form)).toBe(false);
        expect(database.includes(form)).toBe(false);
      }
      expect((await stat(join(app.folder, 'vault.key'))).mode & 0o777).toBe(0o600);
    });
  });
});

import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseReference } from '@waybill/contract';
import { sharedTestWorld, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { RegistriesService } from './registries.service.js';

const canary = 'canary-密码-5fd1';
const path = '/api/v1/registries';
let world: SharedTestWorld;
let app: TestApp;
let admin: TestClient;
const answers: string[] = [];

/** A registry whose login server can be moved, and what that login server was sent. */
interface Fake {
  address: string;
  loginPort: number;
  realm: string;
  seen: string[];
}
const servers: Server[] = [];
async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
async function fakeRegistry(): Promise<Fake> {
  const fake: Fake = { address: '', loginPort: 0, realm: '', seen: [] };
  fake.loginPort = await listen(
    createServer((request, response) => {
      fake.seen.push(request.headers.authorization ?? 'none');
      response.setHeader('content-type', 'application/json').end('{"token":"t"}');
    }),
  );
  const port = await listen(
    createServer((request, response) => {
      const status = request.headers.authorization ? 200 : 401;
      response.writeHead(status, { 'www-authenticate': `Bearer realm="${fake.realm}",service="s"` }).end();
    }),
  );
  fake.address = `127.0.0.1:${port}`;
  return fake;
}

async function call(client: TestClient, method: string, where: string, body?: unknown) {
  const answer = await client.call(method, where, body);
  answers.push(answer.text);
  return answer;
}
async function add(body: object) {
  const answer = await call(admin, 'POST', path, { name: 'a registry', insecure: true, ...body });
  expect(answer.text).toContain('"id"');
  return answer.body as {
    id: string;
    address: string;
    credentials: { id: string; username: string; isDefault: boolean }[];
  };
}
async function events(id: string) {
  const answer = await call(admin, 'GET', `/api/v1/audit/events?subject=${id}&order=asc`);
  return answer.body.items as {
    action: string;
    phase: string;
    outcome: string | null;
    details: Record<string, unknown>;
  }[];
}
const service = () => app.server.app.get(RegistriesService, { strict: false });

beforeAll(async () => {
  world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host });
  admin = app.asAdmin;
});
afterAll(async () => {
  await app.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('registries', () => {
  it('hold Docker Hub from the start, which stays where it is', async () => {
    const { body } = await call(admin, 'GET', path);
    const hub = body.items[0];
    expect(body).toMatchObject({
      items: [{ name: 'Docker Hub', address: 'docker.io', kind: 'hub', insecure: false, credentials: [] }],
      nextCursor: null,
    });
    expect((await call(admin, 'DELETE', `${path}/${hub.id}`)).body).toMatchObject({
      status: 409,
      code: 'registry.protected',
    });
    expect((await call(admin, 'PATCH', `${path}/${hub.id}`, { address: 'evil.example.com' })).body.code).toBe(
      'registry.protected',
    );
  });

  it('are added, changed and removed, each on record, and an address stands once', async () => {
    const { address } = world.registries.htpasswd;
    const made = await add({ address: `http://${address}/v2/`, username: 'ada', secret: canary });
    expect(made).toMatchObject({ address, credentials: [{ username: 'ada', isDefault: true }] });
    expect((await call(admin, 'POST', path, { name: 'again', address, insecure: true })).body.code).toBe(
      'registry.duplicate',
    );
    const changed = await call(admin, 'PATCH', `${path}/${made.id}`, { name: 'new name', secret: '' });
    expect(changed.body).toMatchObject({ name: 'new name', credentials: [{ id: made.credentials[0]?.id }] });
    expect((await call(admin, 'DELETE', `${path}/${made.id}`)).status).toBe(204);
    expect((await call(admin, 'GET', `${path}/${made.id}`)).body.code).toBe('registry.not_found');
    const seen = await events(made.id);
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
    const answer = await call(admin, 'POST', path, { name: 'x', address, insecure: true });
    expect(answer.body).toMatchObject({ status: 422, code });
    expect(answer.text).not.toContain('geheim');
  });

  it('keep several logins with one default', async () => {
    const { id } = await add({ address: '127.0.0.1:9' });
    const one = (await call(admin, 'POST', `${path}/${id}/credentials`, { username: 'one', secret: canary })).body;
    const two = (
      await call(admin, 'POST', `${path}/${id}/credentials`, { username: 'two', secret: canary, isDefault: true })
    ).body;
    expect([one.isDefault, two.isDefault]).toEqual([true, true]);
    const defaults = async () =>
      (await call(admin, 'GET', `${path}/${id}`)).body.credentials.map((c: { isDefault: boolean }) => c.isDefault);
    expect(await defaults()).toEqual([false, true]);
    expect((await call(admin, 'POST', `${path}/${id}/credentials`, { username: 'one', secret: 'x' })).body.code).toBe(
      'credential.duplicate',
    );
    expect((await call(admin, 'PATCH', `${path}/${id}/credentials/${one.id}`, { username: 'two' })).body.code).toBe(
      'credential.duplicate',
    );
    expect((await call(admin, 'DELETE', `${path}/${id}/credentials/${two.id}`)).status).toBe(204);
    expect(await defaults()).toEqual([true]);
    const other = await add({ address: '127.0.0.1:10' });
    expect(
      (await call(admin, 'PATCH', `${path}/${other.id}/credentials/${one.id}`, { isDefault: true })).body.code,
    ).toBe('credential.not_found');
  });
});

describe('who may what', () => {
  it('shows a viewer names and addresses, and who pulls also the logins’ names', async () => {
    const { id } = await add({ address: '127.0.0.1:11', username: 'ada', secret: canary });
    const [viewer, developer] = [await app.as('viewer'), await app.as('developer')];
    expect((await call(viewer, 'GET', `${path}/${id}`)).body).toMatchObject({
      address: '127.0.0.1:11',
      credentials: [],
      realm: null,
      lastCheck: null,
    });
    expect((await call(developer, 'GET', `${path}/${id}`)).body.credentials).toMatchObject([{ username: 'ada' }]);
  });

  it('lets only admins with a password given lately change anything', async () => {
    const { id, credentials } = await add({ address: '127.0.0.1:12', username: 'ada', secret: canary });
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
      expect((await call(publisher, method, where, body)).body).toMatchObject({
        status: 403,
        code: 'permission.denied',
      });
      expect((await call(byToken, method, where, body)).body.status).toBe(403);
      expect((await call(admin.with({}), method, where, body)).body.status).toBe(401);
    }
    expect((await call(admin, 'GET', `${path}/${id}`)).body.credentials).toHaveLength(1);
  });
});

describe('a check', () => {
  it('asks Waybill and the engine, with a right and with a wrong password', async () => {
    const [user] = world.users;
    for (const auth of ['none', 'htpasswd', 'token'] as const) {
      const login = auth === 'none' ? {} : { username: user.name, secret: user.password };
      const { id } = await add({ address: world.registries[auth].address, ...login });
      const good = await call(admin, 'POST', `${path}/${id}/check`);
      expect(good.body).toMatchObject({
        ok: true,
        realmConfirmed: true,
        waybill: { ok: true },
        engines: [{ engine: 'local', ok: true }],
      });
      expect((await call(admin, 'GET', `${path}/${id}`)).body.lastCheck).toMatchObject({ ok: true });
      if (auth !== 'none') {
        await call(admin, 'PATCH', `${path}/${id}`, { secret: `${canary}-wrong` });
        const bad = (await call(admin, 'POST', `${path}/${id}/check`)).body;
        expect(bad).toMatchObject({
          ok: false,
          waybill: { error: { code: 'registry.unauthorized' } },
          engines: [{ error: { code: 'registry.unauthorized' } }],
        });
      }
      const deeds = (await events(id))
        .filter((one) => one.action === 'registry.check')
        .map((one) => `${one.phase} ${one.outcome}`);
      expect(deeds.slice(0, 2)).toEqual(['intent null', 'outcome succeeded']);
      expect(deeds.slice(2)).toEqual(auth === 'none' ? [] : ['intent null', 'outcome failed']);
      await call(admin, 'DELETE', `${path}/${id}`);
    }
  });

  it('says it when nobody is there, from both sides', async () => {
    const { id } = await add({ address: '127.0.0.1:1' });
    const found = (await call(admin, 'POST', `${path}/${id}/check`)).body;
    expect(found).toMatchObject({
      ok: false,
      scheme: null,
      waybill: { error: { code: 'registry.unreachable' } },
      engines: [{ ok: false }],
    });
  });

  it('sends no secret to a login server on another host before it is confirmed, then pins it', async () => {
    const fake = await fakeRegistry();
    fake.realm = `http://localhost:${fake.loginPort}/token`;
    const { id } = await add({ address: fake.address, username: 'ada', secret: canary });
    const reference = parseReference(`${fake.address}/team/app:1`);
    const { credential } = await service().resolve(reference, null, 'push');
    const first = (await call(admin, 'POST', `${path}/${id}/check`)).body;
    expect(first).toMatchObject({
      ok: false,
      realmConfirmed: false,
      realm: { url: fake.realm },
      engines: [],
      waybill: { error: { code: 'registry.realm_unconfirmed' } },
    });
    await expect(service().accessFor(reference, credential?.id ?? null, 'push')).rejects.toMatchObject({
      code: 'registry.realm_unconfirmed',
    });
    expect(fake.seen).toEqual([]);
    expect(
      (await call(admin, 'POST', `${path}/${id}/check`, { confirmRealm: 'http://localhost:1/token' })).body
        .realmConfirmed,
    ).toBe(false);
    const confirmed = (await call(admin, 'POST', `${path}/${id}/check`, { confirmRealm: fake.realm })).body;
    expect(confirmed).toMatchObject({ realmConfirmed: true, waybill: { ok: true } });
    expect(fake.seen).toContain(`Basic ${Buffer.from(`ada:${canary}`).toString('base64')}`);
    expect((await events(id)).map((one) => one.action)).toContain('registry.confirm_realm');
    expect((await service().accessFor(reference, credential?.id ?? null, 'push')).auth).toEqual({
      username: 'ada',
      password: canary,
      serveraddress: fake.address,
    });
  });

  it('refuses a login server that has changed, until it is confirmed with the password given again', async () => {
    const fake = await fakeRegistry();
    fake.realm = `http://127.0.0.1:${fake.loginPort}/token`;
    const { id } = await add({ address: fake.address, username: 'ada', secret: canary });
    const reference = parseReference(`${fake.address}/team/app:1`);
    const credential = (await service().resolve(reference, undefined, 'pull')).credential?.id ?? null;
    expect((await service().accessFor(reference, credential, 'pull')).auth?.username).toBe('ada');
    expect((await call(admin, 'GET', `${path}/${id}`)).body).toMatchObject({
      realm: { url: fake.realm },
      credentials: [{ lastUsedAt: expect.any(String) }],
    });

    fake.realm = `http://127.0.0.1:${fake.loginPort}/elsewhere`;
    await expect(service().accessFor(reference, credential, 'pull')).rejects.toMatchObject({
      code: 'registry.realm_changed',
    });
    await expect(service().manifestIfFree(reference, credential)).rejects.toMatchObject({
      code: 'registry.realm_changed',
    });
    expect((await call(admin, 'POST', `${path}/${id}/check`)).body.waybill.error.code).toBe('registry.realm_changed');
    expect(fake.seen).toEqual([]);
    expect((await call(admin, 'POST', `${path}/${id}/check`, { confirmRealm: fake.realm })).body.code).toBe(
      'credential.secret_required',
    );
    const again = (
      await call(admin, 'POST', `${path}/${id}/check`, { confirmRealm: fake.realm, secret: `${canary}-2` })
    ).body;
    expect(again).toMatchObject({ realmConfirmed: true, waybill: { ok: true } });
    expect((await service().accessFor(reference, credential, 'pull')).auth?.password).toBe(`${canary}-2`);
  });
});

describe('what an engine is handed', () => {
  it('is a login of a registered registry alone, and none of the Hub’s on a push without one', async () => {
    const elsewhere = parseReference('registry.example.com/a:1');
    await expect(service().resolve(elsewhere, undefined, 'pull')).rejects.toMatchObject({
      code: 'registry.not_registered',
    });
    const hub = parseReference('local/x:1');
    expect(await service().resolve(hub, undefined, 'pull')).toMatchObject({
      registry: { address: 'docker.io' },
      credential: null,
    });
    await expect(service().resolve(hub, undefined, 'push')).rejects.toMatchObject({ code: 'credential.required' });
    expect(await service().accessFor(hub, null, 'pull')).toEqual({ auth: null });
    await expect(service().accessFor(hub, null, 'push')).rejects.toMatchObject({ code: 'credential.required' });
    await expect(service().resolve(hub, '01890000-0000-7000-8000-000000000000', 'pull')).rejects.toMatchObject({
      code: 'credential.not_found',
    });
  });

  it('is no secret where the registry asks for no login', async () => {
    const { address } = world.registries.none;
    await add({ address, username: 'ada', secret: canary });
    const reference = parseReference(`${address}/a:1`);
    const { credential } = await service().resolve(reference, undefined, 'push');
    expect(await service().accessFor(reference, credential?.id ?? null, 'push')).toEqual({ auth: null });
  });

  it('forgets the pinned login server and the other logins when the address changes', async () => {
    const fake = await fakeRegistry();
    fake.realm = `http://127.0.0.1:${fake.loginPort}/token`;
    const { id } = await add({ address: fake.address, username: 'ada', secret: canary });
    await call(admin, 'POST', `${path}/${id}/credentials`, { username: 'bob', secret: canary });
    await call(admin, 'POST', `${path}/${id}/check`);
    expect((await call(admin, 'PATCH', `${path}/${id}`, { address: '127.0.0.1:14' })).body.code).toBe(
      'credential.secret_required',
    );
    const moved = (await call(admin, 'PATCH', `${path}/${id}`, { address: '127.0.0.1:14', secret: canary })).body;
    expect(moved).toMatchObject({
      address: '127.0.0.1:14',
      realm: null,
      lastCheck: null,
      credentials: [{ username: 'ada' }],
    });
    expect(moved.credentials).toHaveLength(1);
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
    const first = (await call(admin, 'POST', `${path}/import`, { config })).body;
    expect(first.imported).toMatchObject([
      { address: 'docker.io', username: '乐乐开心果123', created: false },
      { address: '127.0.0.1:15', username: '乐乐开心果123', created: true },
    ]);
    expect(first.skipped).toMatchObject([
      { address: 'ghcr.io', reason: 'credential_helper', helper: 'pass' },
      { address: '169.254.169.254', reason: 'address_refused' },
    ]);
    expect((await call(admin, 'POST', `${path}/import`, { config })).body).toMatchObject({ imported: [] });
    expect((await call(admin, 'POST', `${path}/import`, { config: `{"${canary}"` })).body.code).toBe(
      'docker_config.invalid',
    );
    expect((await events(first.imported[1].registryId)).map((one) => one.action)).toEqual([
      'registry.create',
      'credential.import',
    ]);
  });
});

describe('the canary secret', () => {
  it('is in no answer, no event and no file but sealed', async () => {
    const record = await call(admin, 'GET', '/api/v1/audit/events?limit=200');
    const all = [...answers, record.text].join('\n');
    const database = (
      await Promise.all(
        ['waybill.db', 'waybill.db-wal'].map((name) => readFile(join(app.folder, name), 'latin1').catch(() => '')),
      )
    ).join('');
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

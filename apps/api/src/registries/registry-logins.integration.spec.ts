import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseReference } from '@waybill/contract';
import { sharedTestWorld, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { RegistriesService } from './registries.service.js';
import { startFakeRegistry, type FakeRegistry } from './testing/fake-registry.js';
import { RegistriesClient, path } from './testing/registries-client.js';

const canary = 'canary-密码-5fd1';
const fakes: FakeRegistry[] = [];
let world: SharedTestWorld;
let app: TestApp;
let client: RegistriesClient;

const service = () => app.server.app.get(RegistriesService, { strict: false });
async function fakeRegistry(): Promise<FakeRegistry> {
  const fake = await startFakeRegistry();
  fakes.push(fake);
  return fake;
}

beforeAll(async () => {
  world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host });
  client = new RegistriesClient(app);
});
afterAll(async () => {
  await app.stop();
  for (const fake of fakes) fake.stop();
});

describe('a check', () => {
  it('asks Waybill and the engine, with a right and with a wrong password', async () => {
    const [user] = world.users;
    for (const auth of ['none', 'htpasswd', 'token'] as const) {
      const login = auth === 'none' ? {} : { username: user.name, secret: user.password };
      const { id } = await client.add({ address: world.registries[auth].address, ...login });
      const good = await client.ask('POST', `${path}/${id}/check`);
      expect(good.body).toMatchObject({
        ok: true,
        realmConfirmed: true,
        waybill: { ok: true },
        engines: [{ engine: 'local', ok: true }],
      });
      expect((await client.ask('GET', `${path}/${id}`)).body.lastCheck).toMatchObject({ ok: true });
      if (auth !== 'none') {
        await client.ask('PATCH', `${path}/${id}`, { secret: `${canary}-wrong` });
        const bad = (await client.ask('POST', `${path}/${id}/check`)).body;
        expect(bad).toMatchObject({
          ok: false,
          waybill: { error: { code: 'registry.unauthorized' } },
          engines: [{ error: { code: 'registry.unauthorized' } }],
        });
      }
      const deeds = (await client.events(id))
        .filter((one) => one.action === 'registry.check')
        .map((one) => `${one.phase} ${one.outcome}`);
      expect(deeds.slice(0, 2)).toEqual(['intent null', 'outcome succeeded']);
      expect(deeds.slice(2)).toEqual(auth === 'none' ? [] : ['intent null', 'outcome failed']);
      await client.ask('DELETE', `${path}/${id}`);
    }
  });

  it('says it when nobody is there, from both sides', async () => {
    const { id } = await client.add({ address: '127.0.0.1:1' });
    const found = (await client.ask('POST', `${path}/${id}/check`)).body;
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
    const { id } = await client.add({ address: fake.address, username: 'ada', secret: canary });
    const reference = parseReference(`${fake.address}/team/app:1`);
    const { credential } = await service().resolve(reference, null, 'push');
    const first = (await client.ask('POST', `${path}/${id}/check`)).body;
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
      (await client.ask('POST', `${path}/${id}/check`, { confirmRealm: 'http://localhost:1/token' })).body
        .realmConfirmed,
    ).toBe(false);
    const confirmed = (await client.ask('POST', `${path}/${id}/check`, { confirmRealm: fake.realm })).body;
    expect(confirmed).toMatchObject({ realmConfirmed: true, waybill: { ok: true } });
    expect(fake.seen).toContain(`Basic ${Buffer.from(`ada:${canary}`).toString('base64')}`);
    expect((await client.events(id)).map((one) => one.action)).toContain('registry.confirm_realm');
    expect((await service().accessFor(reference, credential?.id ?? null, 'push')).auth).toEqual({
      username: 'ada',
      password: canary,
      serveraddress: fake.address,
    });
  });

  it('refuses a login server that has changed, until it is confirmed with the password given again', async () => {
    const fake = await fakeRegistry();
    fake.realm = `http://127.0.0.1:${fake.loginPort}/token`;
    const { id } = await client.add({ address: fake.address, username: 'ada', secret: canary });
    const reference = parseReference(`${fake.address}/team/app:1`);
    const credential = (await service().resolve(reference, undefined, 'pull')).credential?.id ?? null;
    expect((await service().accessFor(reference, credential, 'pull')).auth?.username).toBe('ada');
    expect((await client.ask('GET', `${path}/${id}`)).body).toMatchObject({
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
    expect((await client.ask('POST', `${path}/${id}/check`)).body.waybill.error.code).toBe('registry.realm_changed');
    expect(fake.seen).toEqual([]);
    expect((await client.ask('POST', `${path}/${id}/check`, { confirmRealm: fake.realm })).body.code).toBe(
      'credential.secret_required',
    );
    const again = (await client.ask('POST', `${path}/${id}/check`, { confirmRealm: fake.realm, secret: `${canary}-2` }))
      .body;
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
    await client.add({ address, username: 'ada', secret: canary });
    const reference = parseReference(`${address}/a:1`);
    const { credential } = await service().resolve(reference, undefined, 'push');
    expect(await service().accessFor(reference, credential?.id ?? null, 'push')).toEqual({ auth: null });
  });

  it('forgets the pinned login server and the other logins when the address changes', async () => {
    const fake = await fakeRegistry();
    fake.realm = `http://127.0.0.1:${fake.loginPort}/token`;
    const { id } = await client.add({ address: fake.address, username: 'ada', secret: canary });
    await client.ask('POST', `${path}/${id}/credentials`, { username: 'bob', secret: canary });
    await client.ask('POST', `${path}/${id}/check`);
    expect((await client.ask('PATCH', `${path}/${id}`, { address: '127.0.0.1:14' })).body.code).toBe(
      'credential.secret_required',
    );
    const moved = (await client.ask('PATCH', `${path}/${id}`, { address: '127.0.0.1:14', secret: canary })).body;
    expect(moved).toMatchObject({
      address: '127.0.0.1:14',
      realm: null,
      lastCheck: null,
      credentials: [{ username: 'ada' }],
    });
    expect(moved.credentials).toHaveLength(1);
  });
});

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushImage, sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { check } from './check.js';
import { RegistryClient } from './client.js';
import { RegistryHttp } from './http/registry-http.js';

const http = new RegistryHttp({ timeoutMs: 1_500 });
const servers: Server[] = [];
let world: SharedTestWorld;

async function serve(listener: RequestListener): Promise<{ address: string; port: number }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, port };
}

beforeAll(async () => {
  world = await sharedTestWorld();
});
afterAll(async () => {
  await http.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a check of real registries', () => {
  it('passes an anonymous registry, with or without a login', async () => {
    const at = { address: world.registries.none.address, insecure: true };
    expect(await check(http, at)).toMatchObject({
      ok: true,
      scheme: 'none',
      realm: null,
      realmConfirmed: true,
      error: null,
    });
    expect(await check(http, { ...at, credential: { username: 'x', secret: 'y' } })).toMatchObject({ ok: true });
  });

  it.each(['htpasswd', 'token'] as const)(
    'logs in to %s in UTF-8, and tells a wrong password and a missing login apart',
    async (auth) => {
      const at = { address: world.registries[auth].address, insecure: true };
      for (const user of world.users) {
        const good = await check(http, { ...at, credential: { username: user.name, secret: user.password } });
        expect(good).toMatchObject({
          ok: true,
          scheme: auth === 'token' ? 'bearer' : 'basic',
          realmConfirmed: true,
          error: null,
        });
      }
      const bad = await check(http, { ...at, credential: { username: world.users[0].name, secret: 'wrong-canary' } });
      expect(bad).toMatchObject({ ok: false, error: { code: 'registry.unauthorized' } });
      expect(JSON.stringify(bad)).not.toContain('wrong-canary');
      expect(await check(http, at)).toMatchObject({ ok: false, error: { code: 'credential.required' } });
    },
  );

  it('says it when TLS is expected where there is none', async () => {
    const found = await check(http, { address: world.registries.none.address, insecure: false });
    expect(found).toMatchObject({
      ok: false,
      scheme: null,
      latencyMs: null,
      error: { code: 'registry.not_a_registry' },
    });
  });
});

describe('a check through a faulty way', () => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startFaultProxy({ target: world.registries.htpasswd.address });
  });
  afterAll(() => proxy.stop());

  it.each([
    ['429', 'registry.rate_limited'],
    ['503', 'registry.error'],
    ['reset', 'registry.connection_lost'],
    ['hang', 'registry.timeout'],
  ] as const)('names %s as %s', async (mode, code) => {
    proxy.setMode(mode);
    expect((await check(http, { address: proxy.address, insecure: true })).error?.code).toBe(code);
  });

  it('does not take a web page, an API or an odd login for a registry', async () => {
    const page = await serve((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>hello</h1>'),
    );
    const nothing = await serve((_request, response) => response.writeHead(404).end());
    const odd = await serve((_request, response) => response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end());
    for (const { address } of [page, nothing, odd]) {
      expect((await check(http, { address, insecure: true })).error?.code).toBe('registry.not_a_registry');
    }
  });
});

describe('the login server of a registry', () => {
  const credential = { username: 'ada', secret: 'canary-secret' };
  let realm = '';
  let login: { address: string; port: number };
  let registry: { address: string; port: number };
  const seen: string[] = [];

  beforeAll(async () => {
    login = await serve((request, response) => {
      seen.push(request.headers.authorization ?? 'none');
      response.setHeader('content-type', 'application/json').end('{"token":"t"}');
    });
    registry = await serve((request, response) => {
      const status = request.headers.authorization ? 200 : 401;
      response.writeHead(status, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
    });
  });

  it('gets the secret by itself when it is on the registry’s own host', async () => {
    realm = `http://127.0.0.1:${login.port}/token`;
    const found = await check(http, { address: registry.address, insecure: true, credential });
    expect(found).toMatchObject({ ok: true, realmConfirmed: true, realm: { url: realm, service: 's' } });
    expect(seen.splice(0)).toEqual([`Basic ${Buffer.from('ada:canary-secret').toString('base64')}`]);
  });

  it('gets nothing on another host until a person confirmed it', async () => {
    realm = `http://localhost:${login.port}/token`;
    const at = { address: registry.address, insecure: true, credential };
    expect(await check(http, at)).toMatchObject({
      ok: false,
      realmConfirmed: false,
      realm: { url: realm },
      error: { code: 'registry.realm_unconfirmed' },
    });
    expect(seen).toEqual([]);
    expect(await check(http, { ...at, confirmedRealm: realm })).toMatchObject({ ok: true, realmConfirmed: true });
    expect(seen.splice(0)).toHaveLength(1);
  });

  it('gets nothing once it differs from the confirmed one, on the same host neither', async () => {
    realm = `http://127.0.0.1:${login.port}/other`;
    const at = {
      address: registry.address,
      insecure: true,
      credential,
      confirmedRealm: `http://127.0.0.1:${login.port}/token`,
    };
    expect(await check(http, at)).toMatchObject({
      ok: false,
      realmConfirmed: false,
      error: { code: 'registry.realm_changed' },
    });
    const client = new RegistryClient(http, at);
    await expect(client.head('a/b', 'latest')).rejects.toMatchObject({ code: 'registry.realm_changed' });
    expect(seen).toEqual([]);
  });

  it('is refused as a metadata address, with user information, or where several are named', async () => {
    const at = { address: registry.address, insecure: true };
    realm = 'http://169.254.169.254/token';
    expect((await check(http, { ...at, credential, confirmedRealm: realm })).error?.code).toBe(
      'registry.address_refused',
    );
    realm = 'http://u:p@localhost/token';
    expect((await check(http, at)).error?.code).toBe('registry.not_a_registry');
    realm = `http://127.0.0.1:${login.port}/", Bearer realm="http://localhost:${login.port}/`;
    expect((await check(http, at)).error?.code).toBe('registry.not_a_registry');
    expect(seen).toEqual([]);
  });
});

describe('RegistryClient', () => {
  it('finds digest, size and tags of what an engine pushed, on each kind of registry', async () => {
    const [user] = world.users;
    for (const auth of ['none', 'htpasswd', 'token'] as const) {
      const { address } = world.registries[auth];
      const repository = `registry-lib/${process.pid}-${auth}`;
      const digest = await pushImage(
        world.engines.old,
        world.baseImage,
        `${address}/${repository}:one`,
        auth === 'none' ? undefined : user,
      );
      const credential = auth === 'none' ? undefined : { username: user.name, secret: user.password };
      const client = new RegistryClient(http, { address, insecure: true, credential });
      const found = await client.manifest(repository, 'one');
      expect(found.digest).toBe(digest);
      expect(found.contentSize).toBeGreaterThan(100_000);
      expect(await client.head(repository, 'one')).toEqual({ digest, mediaType: found.mediaType, size: found.size });
      expect(await client.tags(repository)).toEqual(['one']);
      await expect(client.head(repository, 'two')).rejects.toMatchObject({ code: 'registry.tag_not_found' });
    }
  });

  it('refuses a manifest whose bytes are not those of its digest', async () => {
    const { address } = await serve((request, response) => {
      const headers = { 'content-type': 'application/json', 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
      response.writeHead(200, headers).end(request.url === '/v2/' ? '' : '{"config":{},"layers":[]}');
    });
    const client = new RegistryClient(http, { address, insecure: true });
    await expect(client.manifest('a/b', 'latest')).rejects.toMatchObject({ code: 'registry.error' });
  });

  it('reads the size of an index’s image for a platform, and the pull limit from a HEAD', async () => {
    const inner = { config: { digest: 'sha256:c', size: 5 }, layers: [{ digest: 'sha256:l', size: 70 }] };
    const index = {
      manifests: [
        { digest: 'latest', size: 1, platform: { os: 'linux', architecture: 'amd64' } },
        { digest: 'x', size: 1, platform: { os: 'linux', architecture: 'arm64' } },
      ],
    };
    const asked: string[] = [];
    const { address } = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(200, {
        'content-type': 'application/json',
        'ratelimit-limit': '100;w=21600',
        'ratelimit-remaining': '42;w=21600',
      });
      response.end(
        request.url?.endsWith('/index') ? JSON.stringify(index) : request.url === '/v2/' ? '' : JSON.stringify(inner),
      );
    });
    const client = new RegistryClient(http, { address, insecure: true });
    expect((await client.manifest('a/b', 'index', { os: 'linux', architecture: 'amd64' })).contentSize).toBe(75);
    expect((await client.manifest('a/b', 'index')).contentSize).toBeNull();
    expect(await client.rateLimit()).toMatchObject({ limit: 100, remaining: 42, windowSeconds: 21_600 });
    expect(asked.at(-1)).toBe('HEAD /v2/ratelimitpreview/test/manifests/latest');
  });
});

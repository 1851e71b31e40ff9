import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engineCall, engineMust } from './engine/engine-call.js';
import { createLayeredImage, pushImage, registryAuthHeader } from './images/images.js';
import type { RegistryAuth } from './registry/registry-config.js';
import { startFaultProxy } from './registry/fault-proxy.js';
import type { RegistryUser } from './registry/token-server.js';
import { BASE_IMAGE, WORLD_USERS, createWorld, type World } from './world.js';

const KINDS = ['old', 'modern'] as const;
const AUTHS = ['none', 'htpasswd', 'token'] as const;
type Kind = (typeof KINDS)[number];

const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

function processesThatName(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(text) ? [command] : [];
      } catch {
        return [];
      }
    });
}

describe('a world of both engines and all registries', () => {
  let world: World<Kind, RegistryAuth>;

  beforeAll(async () => {
    world = await createWorld({ engines: KINDS, registries: AUTHS, mirror: true });
    for (const kind of KINDS) {
      const image = { reference: 'local/layers:1', layers: 3, bytesPerLayer: 200_000, seed: kind };
      await createLayeredImage(world.engines[kind], image);
    }
  }, 240_000);

  afterAll(async () => {
    await world?.stop();
  });

  const login = (auth: RegistryAuth): RegistryUser | undefined => (auth === 'none' ? undefined : WORLD_USERS[1]);

  /** The digest as the registry itself tells it, asked with Basic or with a token of the token server. */
  async function digestAtRegistry(auth: RegistryAuth, repository: string, tag: string): Promise<string | null> {
    const url = `${world.registries[auth].url}/v2/${repository}/manifests/${tag}`;
    const user = login(auth);
    const basic = user ? `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}` : undefined;
    const first = await fetch(url, {
      headers: { accept: MANIFEST_TYPES, ...(auth === 'htpasswd' && basic ? { authorization: basic } : {}) },
    });
    if (auth !== 'token') return first.headers.get('docker-content-digest');
    const challenge = first.headers.get('www-authenticate') ?? '';
    const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
    const query = new URLSearchParams({ service: part('service'), scope: part('scope') });
    const granted = await fetch(`${part('realm')}?${query.toString()}`, { headers: { authorization: basic ?? '' } });
    const { token } = (await granted.json()) as { token: string };
    const second = await fetch(url, { headers: { accept: MANIFEST_TYPES, authorization: `Bearer ${token}` } });
    return second.headers.get('docker-content-digest');
  }

  it('has an old engine with a graph driver and a modern one with the containerd image store', async () => {
    const driver = async (kind: Kind) => {
      const info = await engineMust({ socketPath: world.engines[kind].socketPath, path: '/info' });
      return JSON.stringify((info.json() as { DriverStatus: unknown }).DriverStatus);
    };
    expect(await driver('old')).toContain('Backing Filesystem');
    expect(await driver('modern')).toContain('io.containerd.snapshotter');
    expect(Number.parseInt(world.engines.modern.version, 10)).toBeGreaterThanOrEqual(28);
  });

  it.each(KINDS)('runs a container of the base image on the %s engine', async (kind) => {
    const { socketPath } = world.engines[kind];
    const made = await engineMust({
      socketPath,
      method: 'POST',
      path: '/containers/create',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Image: BASE_IMAGE, Cmd: ['sh', '-c', 'echo hello $((40 + 2))'], Tty: true }),
    });
    const { Id: id } = made.json() as { Id: string };
    await engineMust({ socketPath, method: 'POST', path: `/containers/${id}/start` });
    const ended = await engineMust({ socketPath, method: 'POST', path: `/containers/${id}/wait` });
    expect(ended.json()).toMatchObject({ StatusCode: 0 });
    const logs = await engineMust({ socketPath, path: `/containers/${id}/logs?stdout=1` });
    expect(logs.text.trim()).toBe('hello 42');
  });

  describe.each(KINDS)('a push from the %s engine', (kind) => {
    it.each(AUTHS)('to the registry with login %s has the digest that the engine told', async (auth) => {
      const repository = `push/${kind}`;
      const target = `${world.registries[auth].address}/${repository}:1`;
      const told = await pushImage(world.engines[kind], 'local/layers:1', target, login(auth));
      expect(told).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await digestAtRegistry(auth, repository, '1')).toBe(told);
    });

    it.each(['htpasswd', 'token'] as const)('with a wrong password is refused by %s', async (auth) => {
      const target = `${world.registries[auth].address}/wrong/${kind}:1`;
      const wrong = { name: WORLD_USERS[1].name, password: '密码' };
      await expect(pushImage(world.engines[kind], 'local/layers:1', target, wrong)).rejects.toThrow(
        /unauthorized|Unauthorized|incorrect username or password/,
      );
    });

    it('can be slowed down and cut through a faulty proxy', async () => {
      const proxy = await startFaultProxy({ target: world.registries.none.address, rate: 300_000 });
      try {
        const target = `${proxy.address}/proxied/${kind}`;
        // Layers of its own: an engine remembers what a registry has, and then sends nothing.
        const image = { reference: 'local/slow:1', layers: 2, bytesPerLayer: 300_000, seed: `slow ${kind}` };
        await createLayeredImage(world.engines[kind], image);
        const from = Date.now();
        await pushImage(world.engines[kind], 'local/slow:1', `${target}:1`);
        expect(Date.now() - from).toBeGreaterThan(1_500);
        // 20.10 sends a layer by PATCH and closes it with an empty PUT; the containerd store sends it within the PUT.
        expect(proxy.requests.map(({ method }) => method)).toContain(kind === 'old' ? 'PATCH' : 'PUT');
        proxy.setMode('429');
        await expect(pushImage(world.engines[kind], BASE_IMAGE, `${target}-refused:1`)).rejects.toThrow(/failed/);
      } finally {
        await proxy.stop();
      }
    }, 90_000);

    it('pulls a plain Hub name from the mirror', async () => {
      const { socketPath } = world.engines[kind];
      const path = '/images/create?fromImage=busybox&tag=latest';
      await engineMust({ socketPath, method: 'POST', path, headers: { 'x-registry-auth': registryAuthHeader() } });
      expect((await engineCall({ socketPath, path: '/images/busybox:latest/json' })).status).toBe(200);
    });
  });

  it('records who asked the token server for what', () => {
    expect(world.registries.token.tokenRequests).toContainEqual(
      expect.objectContaining({
        user: '乐乐开心果123',
        accepted: true,
        scopes: expect.arrayContaining([expect.stringMatching(/^repository:push\/old:/)]),
      }),
    );
    expect(world.registries.token.tokenRequests).toContainEqual(expect.objectContaining({ accepted: false }));
  });

  it('keeps a registry at its address and with its content over a restart', async () => {
    const { none } = world.registries;
    await pushImage(world.engines.old, 'local/layers:1', `${none.address}/kept/app:1`);
    const { address } = none;
    await none.kill();
    await expect(fetch(`${none.url}/v2/`)).rejects.toThrow();
    await none.restart();
    expect(none.address).toBe(address);
    expect((await fetch(`${none.url}/v2/kept/app/tags/list`)).status).toBe(200);
  });

  it('leaves no process, no mount and no file when it stops', async () => {
    expect(processesThatName(world.dir).length).toBeGreaterThan(4);
    await world.stop();
    expect(processesThatName(world.dir)).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(world.dir);
    expect(existsSync(world.dir)).toBe(false);
  });
});

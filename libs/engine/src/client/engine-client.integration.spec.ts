import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineInfo, Image, ImageDetail } from '@waybill/contract';
import {
  createLayeredImage,
  engineMust,
  removeImage,
  sharedTestWorld,
  startEngine,
  startFaultProxy,
  type FaultProxy,
} from '@waybill/world';
import { isEngineLost } from '../errors/errors.js';
import { createTransferProgress } from '../progress/transfer-progress.js';
import type { EngineLine } from '../stream/engine-line.js';
import { EngineClient } from './engine-client.js';
import { operationUserAgent, type EngineLogin } from './transfer.js';

const MB = 1024 * 1024;
const unique = `engine-client-${process.pid}`;
const openWorld = () => sharedTestWorld({ modern: true });
let world: Awaited<ReturnType<typeof openWorld>>;

beforeAll(async () => {
  world = await openWorld();
}, 240_000);

async function drain(lines: AsyncIterable<EngineLine>): Promise<EngineLine[]> {
  const all: EngineLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe.each(['old', 'modern'] as const)('EngineClient on the %s engine', (kind) => {
  let client: EngineClient;
  const image = `${unique}/app:${kind}`;
  const login = (address: string, password?: string): EngineLogin => {
    const user = world.users[0] ?? { name: '', password: '' };
    return { username: user.name, password: password ?? user.password, serveraddress: address };
  };
  const named = (registry: 'none' | 'htpasswd' | 'token', name = 'app', tag: string = kind): string =>
    `${world.registries[registry].address}/${unique}/${name}:${tag}`;

  beforeAll(async () => {
    client = new EngineClient({ host: world.engines[kind].host });
    await createLayeredImage(world.engines[kind], {
      reference: image,
      layers: 3,
      bytesPerLayer: 2 * MB,
      seed: image,
      labels: { team: 'blue' },
    });
  }, 120_000);

  it('negotiates the version that both speak', async () => {
    const version = await client.version();
    expect(version.negotiated).toBe(kind === 'old' ? '1.41' : version.apiVersion);
    await client.ping();
  });

  it('tells the engine in the contract’s form', async () => {
    const info = await client.info();
    expect(EngineInfo.safeParse(info).error).toBeUndefined();
    expect(info).toMatchObject({ slug: 'local', containerdStore: kind === 'modern', osType: 'linux' });
    expect(info.version).toMatch(kind === 'old' ? /^20\.10/ : /^(2[89]|[3-9]\d)\./);
    expect(info.rootDirectory).toMatch(/^\//);
    expect(info.insecureRegistries).toContain('127.0.0.0/8');
  });

  it('lists images in the contract’s form, with their containers counted', async () => {
    const { Id } = (
      await engineMust({
        socketPath: world.engines[kind].socketPath,
        method: 'POST',
        path: '/containers/create',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Image: image }),
      })
    ).json() as { Id: string };
    try {
      const images = await client.listImages();
      for (const one of images) expect(Image.safeParse(one).error).toBeUndefined();
      const found = images.find(({ tags }) => tags.includes(image));
      expect(found).toMatchObject({ containers: 1, labels: { team: 'blue' }, dangling: false, sharedSize: null });
      expect(found?.size).toBeGreaterThanOrEqual(6 * MB);
    } finally {
      await engineMust({ socketPath: world.engines[kind].socketPath, method: 'DELETE', path: `/containers/${Id}` });
    }
  });

  it('shows an image with its layers and its history', async () => {
    const detail = await client.imageDetail(image);
    expect(ImageDetail.safeParse(detail).error).toBeUndefined();
    expect(detail).toMatchObject({ os: 'linux', tags: [image] });
    expect(detail.layers).toHaveLength(3);
    expect(detail.history.filter(({ size }) => size > 0)).toHaveLength(3);
    await expect(client.imageDetail(`${unique}/none:1`)).rejects.toMatchObject({
      code: 'image.not_found',
      status: 404,
    });
    await expect(client.inspectImage('../../info')).rejects.toMatchObject({
      code: expect.stringMatching(/^(image\.not_found|reference\.invalid|engine\.error)$/),
    });
  });

  it('tags, and says when there is nothing to tag', async () => {
    await client.tag(image, named('none'));
    expect((await client.inspectImage(image)).tags.sort()).toEqual([named('none'), image].sort());
    await expect(client.tag(`${unique}/none:1`, named('none'))).rejects.toMatchObject({ code: 'image.not_found' });
    await expect(client.tag(image, 'NOT/a name')).rejects.toMatchObject({ code: 'reference.invalid' });
  });

  it.each(['none', 'htpasswd', 'token'] as const)(
    'pushes to and pulls from the registry with %s, and sums it up',
    async (auth) => {
      const reference = named(auth, 'round');
      await client.tag(image, reference);
      const request = { reference, auth: auth === 'none' ? null : login(world.registries[auth].address) };
      const push = createTransferProgress({ kind: 'push', containerdStore: kind === 'modern' });
      for await (const line of client.push(request)) push.accept(line, performance.now());
      push.finish();
      expect(push.digest).toMatch(/^sha256:/);
      expect(push.snapshot()).toMatchObject({ percent: 100, layersTotal: 3, layersDone: 3 });

      await removeImage(world.engines[kind], reference);
      const pull = createTransferProgress({ kind: 'pull', containerdStore: kind === 'modern' });
      for await (const line of client.pull(request)) pull.accept(line, performance.now());
      pull.finish();
      expect(pull.digest).toBe(push.digest);
      expect(pull.status).toMatch(/^(Downloaded newer image|Image is up to date) for /);
      const head = await client.inspectImage(reference);
      expect(head.digests.some((one) => one.endsWith(`@${push.digest}`))).toBe(true);
    },
  );

  it('knows before a push of many layers what an older engine will count', async () => {
    const reference = named('none', 'many');
    await createLayeredImage(world.engines[kind], { reference, layers: 12, bytesPerLayer: MB, seed: reference });
    const sizes = await client.pushSizes(reference);
    const progress = createTransferProgress({ kind: 'push', containerdStore: kind === 'modern' });
    progress.expect(sizes);
    const totals: (number | null)[] = [];
    for await (const line of client.push({ reference })) {
      progress.accept(line, performance.now());
      const { bytesTotal, layersTotal } = progress.summary();
      if (layersTotal === 12) totals.push(bytesTotal);
    }
    if (kind === 'old') expect(new Set(totals)).toEqual(new Set([12 * MB]));
    else expect(sizes.size).toBe(0);
  });

  it('lets the registry see which operation it was', async () => {
    const proxy = await startFaultProxy({ target: world.registries.none.address });
    const reference = `${proxy.address}/${unique}/agent:${kind}`;
    await client.tag(image, reference);
    await drain(client.push({ reference, userAgent: operationUserAgent('1.2.3', '0196-abc') }));
    const agents = proxy.requests.map(({ userAgent }) => userAgent ?? '');
    expect(agents.some((one) => one.includes('UpstreamClient(waybill/1.2.3 \\(op 0196-abc\\))'))).toBe(true);
    await proxy.stop();
  });

  it('yields the line that fails, and throws what it means', async () => {
    const reference = named('token', 'refused');
    await client.tag(image, reference);
    const lines: EngineLine[] = [];
    const wrong = { reference, auth: login(world.registries.token.address, 'wrong-secret-7') };
    const push = (async () => {
      for await (const line of client.push(wrong)) lines.push(line);
    })();
    await expect(push).rejects.toMatchObject({
      code: 'registry.unauthorized',
      original: expect.not.stringContaining('wrong-secret-7'),
    });
    expect(lines.at(-1)?.error).toBeTruthy();
    await expect(drain(client.push({ reference }))).rejects.toMatchObject({ code: 'credential.required' });
    await expect(
      drain(client.pull({ reference: named('token', 'refused', 'none'), auth: login(world.registries.token.address) })),
    ).rejects.toMatchObject({
      code: 'registry.tag_not_found',
    });
    await expect(drain(client.push({ reference: named('none', 'never') }))).rejects.toMatchObject({
      code: 'image.not_found',
    });
  });

  it('does not push every tag where none is said', async () => {
    expect(() => client.push({ reference: `${world.registries.none.address}/${unique}/app` })).toThrow(
      expect.objectContaining({ code: 'reference.tag_required' }),
    );
  });

  it('asks the engine to log in', async () => {
    const { address } = world.registries.htpasswd;
    const user = world.users[0] ?? { name: '', password: '' };
    await client.authenticate({ username: user.name, password: user.password, serveraddress: address });
    await expect(
      client.authenticate({ username: user.name, password: 'wrong-secret-8', serveraddress: address }),
    ).rejects.toMatchObject({
      code: 'registry.unauthorized',
      original: expect.not.stringContaining('wrong-secret-8'),
    });
  });

  describe('with a slow registry', () => {
    let proxy: FaultProxy;
    let reference: string;

    beforeAll(async () => {
      proxy = await startFaultProxy({ target: world.registries.none.address });
      reference = `${proxy.address}/${unique}/slow:${kind}`;
      await createLayeredImage(world.engines[kind], {
        reference,
        layers: 2,
        bytesPerLayer: 16 * MB,
        seed: `slow-${unique}-${kind}`,
      });
    }, 60_000);

    afterAll(() => proxy.stop());

    /** What was on its way arrives at once; an engine that had not given up would be done with all of it well within two seconds. */
    async function hasGivenUp(): Promise<boolean> {
      proxy.setRate(null);
      await sleep(2000);
      const passed = proxy.bytesPassed;
      await sleep(500);
      const isQuiet = proxy.bytesPassed === passed;
      const tags = await fetch(`${proxy.url}/v2/${unique}/slow/tags/list`);
      return isQuiet && !(await tags.text()).includes(`"${kind}"`);
    }

    it('cancels a push at the engine when the signal is aborted', async () => {
      proxy.setRate(2 * MB);
      const abort = new AbortController();
      const reason = new Error('cancelled by somebody');
      const pushing = (async () => {
        for await (const line of client.push({ reference, signal: abort.signal })) {
          if (line.status === 'Pushing' && (line.progressDetail?.current ?? 0) > 100_000) abort.abort(reason);
        }
      })();
      await expect(pushing).rejects.toBe(reason);
      expect(await hasGivenUp()).toBe(true);
    });

    it('cancels when the loop is left', async () => {
      proxy.setRate(2 * MB);
      for await (const line of client.push({ reference })) if (line.status === 'Pushing') break;
      expect(await hasGivenUp()).toBe(true);
    });

    it('succeeds when it is tried again', async () => {
      const lines = await drain(client.push({ reference }));
      expect(lines.some(({ status }) => /digest: sha256:/.test(status ?? ''))).toBe(true);
    });

    it.each([
      ['429', 'registry.rate_limited'],
      ['503', 'registry.unreachable'],
    ] as const)('knows a %s', async (mode, code) => {
      proxy.setMode(mode);
      await expect(drain(client.pull({ reference: `${proxy.address}/${unique}/slow:none` }))).rejects.toMatchObject({
        code,
      });
      proxy.setMode('ok');
    });
  });
});

describe('EngineClient without an engine', () => {
  const servers: Server[] = [];
  const listen = async (onConnection: Parameters<typeof createServer>[1]): Promise<string> => {
    const server = createServer(onConnection);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  };

  afterAll(() => servers.forEach((server) => server.close()));

  it('says where nothing listens, and what to do', async () => {
    const client = new EngineClient({ host: 'unix:///nowhere/docker.sock' });
    await expect(client.ping()).rejects.toMatchObject({
      code: 'engine.unreachable',
      extra: { advice: expect.arrayContaining([expect.stringContaining('systemctl')]) },
    });
    const refused = new EngineClient({ host: 'tcp://127.0.0.1:1' });
    await expect(refused.info()).rejects.toMatchObject({ code: 'engine.unreachable' });
  });

  it('gives up on an engine that takes the call and never answers', async () => {
    const client = new EngineClient({ host: await listen(() => undefined), timeoutMs: 300 });
    await expect(client.version()).rejects.toMatchObject({ code: 'engine.timeout', status: 504 });
  });

  it('does not hang on an answer that is cut', async () => {
    const host = await listen((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"Version":'));
    });
    await expect(new EngineClient({ host }).version()).rejects.toMatchObject({ code: 'engine.unreachable' });
  });

  it('refuses an engine that is older than it can speak to', async () => {
    const body = '{"Version":"1.11.0","ApiVersion":"1.23"}';
    const host = await listen((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    });
    await expect(new EngineClient({ host }).listImages()).rejects.toMatchObject({ code: 'engine.too_old' });
  });
});

describe('EngineClient when the engine dies', () => {
  it('says that nobody told how the pull ended', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'waybill-client-'));
    const engine = await startEngine({ kind: 'old', dir });
    const proxy = await startFaultProxy({ target: world.registries.none.address });
    try {
      const client = new EngineClient({ host: engine.host });
      const reference = `${proxy.address}/${unique}/slow:old`;
      proxy.setRate(1 * MB);
      const pulling = (async () => {
        for await (const line of client.pull({ reference })) if (line.status === 'Downloading') void engine.kill();
      })();
      const error: unknown = await pulling.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'engine.unreachable' });
      expect(isEngineLost(error)).toBe(true);
    } finally {
      await proxy.stop();
      await engine.stop({ remove: true });
      await rm(dir, { recursive: true, force: true });
    }
  }, 90_000);
});

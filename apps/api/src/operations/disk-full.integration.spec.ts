import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import {
  begin,
  enterRegistry,
  freshImage,
  transfer,
  until,
  verdictOf,
  whenConnected,
} from '../testing/transfer-world.js';

const run = promisify(execFile);

describe('while the disk is full', () => {
  let folder: string;
  let mounted = false;
  let world: SharedTestWorld;
  let proxy: FaultProxy;
  let app: TestApp | undefined;

  /** @throws Error where this is not root: a disk of its own has to be mounted */
  async function mountSmallDisk(): Promise<void> {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0700', 'tmpfs', folder]).catch((error: Error) => {
      throw new Error(`A small disk could not be mounted; run the integration tests as root. ${error.message}`);
    });
    mounted = true;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-disk-'));
    await mountSmallDisk();
    world = await sharedTestWorld();
    proxy = await startFaultProxy({ target: world.registries.none.address });
    app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host, WAYBILL_DATA: folder });
    await whenConnected(client());
    await enterRegistry(client(), proxy, null);
  }, 120_000);
  afterEach(async () => {
    proxy.setRate(null);
    await rm(filler(), { force: true });
  });
  afterAll(async () => {
    try {
      await rm(filler(), { force: true });
      await app?.stop();
      await proxy?.stop();
    } finally {
      if (mounted) await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true });
    }
  });

  const filler = () => join(folder, 'filler');

  function client() {
    if (!app) throw new Error('The app did not start.');
    return app.asAdmin;
  }

  /** Leaves not one byte. */
  async function fillDisk(): Promise<void> {
    const file = await open(filler(), 'a');
    try {
      for (const size of [65_536, 512])
        for (;;) {
          const { bytesWritten } = await file.write(Buffer.alloc(size)).catch(atFull);
          if (bytesWritten < size) break;
        }
    } finally {
      await file.close();
    }
  }

  function atFull(error: NodeJS.ErrnoException): { bytesWritten: number } {
    if (error.code !== 'ENOSPC') throw error;
    return { bytesWritten: 0 };
  }

  async function expectWholeRecord(): Promise<void> {
    expect(await verdictOf(client())).toMatchObject({ type: 'verdict', verdict: { ok: true } });
  }

  it('a push is refused before anything is done, and works once there is room', async () => {
    const reference = `${proxy.address}/disk-full/refused:1`;
    await freshImage(world.engines.old, reference, 1, 100_000);
    await fillDisk();
    // The database's log has room of its own for a few events more.
    const deed = () => client().post('/api/v1/tokens', { name: 'x' });
    for (let n = 0; n < 500 && (await deed()).status === 201; n += 1);
    expect((await deed()).status).toBe(503);
    const asked = proxy.requests.length;
    const refused = await client().post('/api/v1/engines/local/images/push', { reference });
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'record.unavailable', retryAfter: expect.any(Number) },
    });
    expect((await client().get('/api/v1/operations')).body.items).toEqual([]);
    expect(proxy.requests.length).toBe(asked);

    await rm(filler());
    const ended = await transfer(client(), 'push', { reference });
    expect(ended).toMatchObject({ state: 'succeeded' });
    const { body } = await client().get(
      '/api/v1/audit/events?repository=disk-full/refused&action=image.push&order=asc',
    );
    expect(body.items).toMatchObject([{ phase: 'intent' }, { phase: 'outcome', outcome: 'succeeded' }]);
    await expectWholeRecord();
  }, 120_000);

  it('a push that runs goes on, and is succeeded and on record once there is room', async () => {
    const reference = `${proxy.address}/disk-full/running:1`;
    await freshImage(world.engines.old, reference, 2, 1_000_000);
    proxy.setRate(300_000);
    const { id } = await begin(client(), 'push', { reference });
    await until(client(), id, (one) => one.state === 'running' && one.progress.bytesDone > 0, 60);
    await fillDisk();
    proxy.setRate(null);
    const whole = () =>
      proxy.requests.some(({ method, path }) => method === 'PUT' && path.includes('running/manifests/'));
    for (const last = Date.now() + 60_000; !whole() && Date.now() < last;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(whole()).toBe(true);
    // Long enough for its outcome to be tried more than once.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect((await client().get(`/api/v1/operations/${id}`)).body).toMatchObject({ state: 'running', endedAt: null });
    const meanwhile = await client().post('/api/v1/engines/local/images/push', { reference });
    expect(meanwhile).toMatchObject({ status: 503, body: { code: 'record.unavailable' } });

    await rm(filler());
    expect(await until(client(), id, (one) => one.endedAt !== null, 60)).toMatchObject({ state: 'succeeded' });
    const { body } = await client().get(`/api/v1/audit/events?operation=${id}&order=asc`);
    expect(body.items).toMatchObject([{ phase: 'intent' }, { phase: 'outcome', outcome: 'succeeded' }]);
    await expectWholeRecord();
  }, 180_000);
});

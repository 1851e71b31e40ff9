import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  sharedTestWorld,
  startFaultProxy,
  startServer,
  type FaultProxy,
  type ServerProcess,
  type SharedTestWorld,
} from '@waybill/world';
import { TestClient } from '../testing/create-test-app.js';
import { followOperation, openLive, type LiveClient } from '../testing/live-viewer.js';
import { begin, enterRegistry, freshImage, until, verdictOf, whenConnected } from '../testing/transfer-world.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const admin = { username: 'admin', password: 'correct horse battery' };

describe('an operation whose Waybill goes away', () => {
  let folder: string;
  let world: SharedTestWorld;
  let proxy: FaultProxy;
  let server: ServerProcess;
  let client: TestClient;
  const open: LiveClient[] = [];
  const environment = () => ({
    WAYBILL_ENGINE_HOST: world.engines.old.host,
    WAYBILL_ADMIN_USERNAME: admin.username,
    WAYBILL_ADMIN_PASSWORD: admin.password,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-restart-'));
    world = await sharedTestWorld();
    proxy = await startFaultProxy({ target: world.registries.none.address });
    server = await startServer({ main, dataFolder: folder, environment: environment() });
    client = await new TestClient(server.url).login(admin.username, admin.password);
    await whenConnected(client, 60);
    await enterRegistry(client, proxy, null);
  }, 120_000);
  afterEach(() => {
    proxy.setRate(null);
    for (const socket of open.splice(0)) socket.disconnect();
  });
  afterAll(async () => {
    await server?.stop();
    await proxy?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function connect(): Promise<LiveClient> {
    const socket = await openLive(server.url, { cookie: client.cookie, origin: server.url });
    open.push(socket);
    return socket;
  }

  async function movingPush(name: string): Promise<string> {
    const reference = `${proxy.address}/restart/${name}:1`;
    await freshImage(world.engines.old, reference, 2, 1_500_000);
    proxy.setRate(200_000);
    const { id } = await begin(client, 'push', { reference });
    await until(client, id, (one) => one.state === 'running' && one.progress.bytesDone > 0, 60);
    return id;
  }

  /** It is interrupted everywhere, the record is whole, and another try succeeds. */
  async function expectInterrupted(id: string): Promise<void> {
    const { body: operation } = await client.get(`/api/v1/operations/${id}`);
    expect(operation).toMatchObject({
      state: 'interrupted',
      error: { code: 'operation.interrupted', message: expect.any(String) },
      endedAt: expect.any(String),
    });
    const { body } = await client.get(`/api/v1/audit/events?operation=${id}&order=asc`);
    expect(body.items).toMatchObject([
      { phase: 'intent', outcome: null },
      { phase: 'outcome', outcome: 'interrupted', error: { code: 'operation.interrupted' } },
    ]);
    expect(await verdictOf(client)).toMatchObject({ type: 'verdict', verdict: { ok: true } });
    await whenConnected(client, 60);
    proxy.setRate(null);
    const again = await client.post(`/api/v1/operations/${id}/retry`);
    expect(again.status).toBe(202);
    const ended = await until(client, again.body.operation.id, (one) => one.endedAt !== null, 60);
    expect(ended).toMatchObject({ state: 'succeeded', retryOf: id });
  }

  it('by SIGKILL is interrupted once it is back, on record too, and succeeds when tried again', async () => {
    const id = await movingPush('killed');
    const before = await followOperation(await connect(), id);
    expect(before.state?.operation.state).toBe('running');
    await server.kill();
    await server.restart();
    const after = await followOperation(await connect(), id);
    expect(after.state?.epoch).not.toBe(before.state?.epoch);
    expect(after.state?.operation.state).toBe('interrupted');
    await expectInterrupted(id);
  }, 180_000);

  it('by SIGTERM is interrupted within seconds, on record too, and succeeds when tried again', async () => {
    const id = await movingPush('stopped');
    const stopping = Date.now();
    await server.stop();
    expect(Date.now() - stopping).toBeLessThan(12_000);
    await server.restart();
    await expectInterrupted(id);
    const { body } = await client.get(`/api/v1/operations/${id}`);
    expect(Date.parse(body.endedAt) - stopping).toBeLessThan(12_000);
  }, 180_000);

  it('is safe from a second Waybill on the same data: that one ends with a sentence', async () => {
    const child = spawn(process.execPath, ['--no-warnings', main], {
      env: { HOME: folder, WAYBILL_PORT: '0', WAYBILL_DATA: folder, ...environment() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const said = await text(child.stderr);
    expect(await code).toBe(1);
    expect(said.trim().split('\n')).toEqual([expect.stringContaining('Another Waybill is running on this database')]);
    expect((await client.get('/api/v1/session')).status).toBe(200);
  }, 60_000);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedTestWorld, startEngine, startFaultProxy, type Engine, type FaultProxy } from '@waybill/world';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { begin, enterRegistry, freshImage, until, whenConnected } from '../testing/transfer-world.js';

describe.each(['old', 'modern'] as const)('an operation whose %s engine goes away', (kind) => {
  let folder: string;
  let engine: Engine;
  let proxy: FaultProxy;
  let app: TestApp;

  beforeAll(async () => {
    const world = await sharedTestWorld();
    folder = await mkdtemp(join(tmpdir(), 'wbl-'));
    engine = await startEngine({ kind, dir: join(folder, 'engine') });
    proxy = await startFaultProxy({ target: world.registries.none.address });
    app = await createTestApp({ WAYBILL_ENGINE_HOST: engine.host, WAYBILL_OPERATIONS_SILENCE_SECONDS: '4' });
    await whenConnected(app.asAdmin);
    await enterRegistry(app.asAdmin, proxy, null);
  });
  afterEach(() => {
    proxy.setRate(null);
    proxy.setMode('ok');
  });
  afterAll(async () => {
    await app?.stop();
    await proxy?.stop();
    await engine?.stop({ remove: true });
    await rm(folder, { recursive: true, force: true });
  });

  async function movingPush(name: string): Promise<string> {
    const reference = `${proxy.address}/loss/${kind}-${name}:1`;
    await freshImage(engine, reference, 2, 1_500_000);
    proxy.setRate(300_000);
    const { id } = await begin(app.asAdmin, 'push', { reference });
    await until(app.asAdmin, id, (one) => one.state === 'running' && one.progress.layersTotal > 0);
    return id;
  }

  it('is interrupted within seconds, on record too, and succeeds when tried again', async () => {
    const id = await movingPush('killed');
    await engine.kill();
    const killedAt = Date.now();
    const ended = await until(app.asAdmin, id, (one) => one.endedAt !== null, 20);
    expect(ended).toMatchObject({ state: 'interrupted', error: { code: 'operation.interrupted' } });
    expect(Date.parse(ended.endedAt ?? '') - killedAt).toBeLessThan(5000);
    const { body } = await app.asAdmin.get(`/api/v1/audit/events?operation=${id}&order=asc`);
    expect(body.items).toMatchObject([{ phase: 'intent' }, { phase: 'outcome', outcome: 'interrupted' }]);

    const engines = await app.asAdmin.get('/api/v1/engines');
    expect(engines.body.items[0]).toMatchObject({
      state: 'unreachable',
      error: { code: 'engine.unreachable', advice: expect.any(Array) },
    });
    const list = await app.asAdmin.get('/api/v1/engines/local/info');
    expect(list).toMatchObject({ status: 503, body: { code: 'engine.unreachable' } });

    await engine.restart();
    proxy.setRate(null);
    await whenConnected(app.asAdmin, 45);
    const again = await app.asAdmin.post(`/api/v1/operations/${id}/retry`);
    expect(await until(app.asAdmin, again.body.operation.id, (one) => one.endedAt !== null, 60)).toMatchObject({
      state: 'succeeded',
    });
  });

  it('ends by silence where the engine holds its connections and says nothing', async () => {
    const id = await movingPush('frozen');
    const known = await app.asAdmin.get('/api/v1/engines/local/images');
    await engine.pause();
    try {
      // Half a minute is told of one engine; the other is the same code.
      const asked = kind === 'old' ? app.asAdmin.get('/api/v1/engines/local/info') : null;
      const ended = await until(app.asAdmin, id, (one) => one.endedAt !== null, 30);
      expect(['operation.silent', 'operation.interrupted']).toContain(ended.error?.code);
      expect(ended.state).not.toBe('succeeded');
      const list = await app.asAdmin.get('/api/v1/engines/local/images');
      if (list.status === 200) expect(list.body).toEqual(known.body);
      else expect(['engine.timeout', 'engine.unreachable']).toContain(list.body.code);
      if (asked) expect((await asked).body).toMatchObject({ status: 504, code: 'engine.timeout' });
    } finally {
      engine.resume();
    }
    await whenConnected(app.asAdmin, 60);
  });
});

describe('without an engine', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.stop());

  it('the record and the people work; what needs the engine says what to do', async () => {
    const pull = await app.asAdmin.post('/api/v1/engines/local/images/pull?wait=20', { reference: 'busybox' });
    expect(pull.body.operation).toMatchObject({ state: 'failed', error: { code: 'engine.unreachable' } });
    const list = await app.asAdmin.get('/api/v1/engines/local/images');
    expect(list).toMatchObject({
      status: 503,
      body: { code: 'engine.unreachable', detail: expect.stringContaining('WAYBILL_ENGINE_HOST') },
    });
    expect((await app.asAdmin.get('/api/v1/ready')).body).toMatchObject({
      ready: true,
      engines: [{ slug: 'local', connected: false }],
    });
    expect((await app.asAdmin.get('/api/v1/audit/events')).body.items[0]).toMatchObject({
      action: 'image.pull',
      outcome: 'failed',
    });
    expect((await app.asAdmin.get('/api/v1/engines/nowhere/info')).body.code).toBe('engine.not_found');
  });
});

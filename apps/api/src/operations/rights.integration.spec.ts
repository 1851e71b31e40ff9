import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { begin, enterRegistry, freshImage, until, whenConnected } from '../testing/transfer-world.js';

/** One place in the engine's queue: what comes second waits. */
let app: TestApp;
let world: SharedTestWorld;
let proxy: FaultProxy;

beforeAll(async () => {
  world = await sharedTestWorld();
  proxy = await startFaultProxy({ target: world.registries.none.address });
  app = await createTestApp({
    WAYBILL_ENGINE_HOST: world.engines.old.host,
    WAYBILL_OPERATIONS_AT_ONCE: '1',
    WAYBILL_OPERATIONS_WAITING: '2',
  });
  await whenConnected(app.asAdmin);
  await enterRegistry(app.asAdmin, proxy, null);
});
afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
});

async function slowPush(client: TestClient, name: string): Promise<string> {
  const reference = `${proxy.address}/rights/${name}:1`;
  await freshImage(world.engines.old, reference, 1, 600_000);
  proxy.setRate(250_000);
  return (await begin(client, 'push', { reference })).id;
}

const idOf = async (client: TestClient): Promise<string> => (await client.get('/api/v1/session')).body.user.id;

describe('rights are judged again when an operation starts', () => {
  it('who is disabled: what waits is cancelled, what runs goes on', async () => {
    const ada = await app.as('publisher');
    const running = await slowPush(ada, 'running');
    const waiting = await slowPush(ada, 'waiting');
    await app.asAdmin.patch(`/api/v1/users/${await idOf(ada)}`, { disabled: true });
    expect(await until(app.asAdmin, waiting, (one) => one.endedAt !== null)).toMatchObject({ state: 'cancelled' });
    proxy.setRate(null);
    expect(await until(app.asAdmin, running, (one) => one.endedAt !== null)).toMatchObject({ state: 'succeeded' });
  });

  it('who may no longer push: what waits fails, on record', async () => {
    const [lin, wei] = [await app.as('publisher'), await app.as('publisher')];
    const running = await slowPush(lin, 'others');
    const waiting = await slowPush(wei, 'demoted');
    await app.asAdmin.patch(`/api/v1/users/${await idOf(wei)}`, { role: 'viewer' });
    proxy.setRate(null);
    await until(app.asAdmin, running, (one) => one.endedAt !== null);
    expect(await until(app.asAdmin, waiting, (one) => one.endedAt !== null)).toMatchObject({
      state: 'failed',
      error: { code: 'permission.denied' },
    });
    const { body } = await app.asAdmin.get(`/api/v1/audit/events?operation=${waiting}&phase=outcome`);
    expect(body.items).toMatchObject([{ outcome: 'denied', error: { code: 'permission.denied' } }]);
  });

  it('a retry by somebody without the right is refused, on record with its target', async () => {
    const failed = await begin(app.asAdmin, 'push', { reference: `${proxy.address}/rights/never-built:1` });
    await until(app.asAdmin, failed.id, (one) => one.endedAt !== null);
    const viewer = await app.as('viewer');
    expect((await viewer.post(`/api/v1/operations/${failed.id}/retry`)).body.code).toBe('permission.denied');
    const { body } = await app.asAdmin.get('/api/v1/audit/events?repository=rights/never-built&outcome=denied');
    expect(body.items).toMatchObject([{ action: 'image.push', target: { tag: '1' } }]);
  });
});

describe('the queue', () => {
  it('takes only so many, and says when to come again', async () => {
    const ids = [
      await slowPush(app.asAdmin, 'first'),
      await slowPush(app.asAdmin, 'second'),
      await slowPush(app.asAdmin, 'third'),
    ];
    const full = await app.asAdmin.post('/api/v1/engines/local/images/push', {
      reference: `${proxy.address}/rights/first:1`,
    });
    expect(full).toMatchObject({ status: 503, body: { code: 'operation.queue_full' } });
    expect(full.headers.get('retry-after')).toBe('30');
    for (const id of ids.toReversed()) await app.asAdmin.post(`/api/v1/operations/${id}/cancel`);
    for (const id of ids)
      expect(await until(app.asAdmin, id, (one) => one.endedAt !== null)).toMatchObject({ state: 'cancelled' });
    proxy.setRate(null);
  });
});

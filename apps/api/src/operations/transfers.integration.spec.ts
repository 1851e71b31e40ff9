import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeImage, sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import {
  begin,
  enterRegistry,
  freshImage,
  tagOnEngine,
  transfer,
  until,
  whenConnected,
} from '../testing/transfer-world.js';

let app: TestApp;
let world: SharedTestWorld;
let proxy: FaultProxy;
const open = () => world.registries.none.address;
const slow = () => proxy.address;

beforeAll(async () => {
  world = await sharedTestWorld();
  app = await createTestApp({
    WAYBILL_ENGINE_HOST: world.engines.old.host,
    WAYBILL_OPERATIONS_SILENCE_SECONDS: '3',
    WAYBILL_OPERATIONS_BACK_OFF_SECONDS: '1',
    WAYBILL_OPERATIONS_AT_ONCE: '2',
  });
  proxy = await startFaultProxy({ target: world.registries.none.address });
  await whenConnected(app.asAdmin);
  await enterRegistry(app.asAdmin, world.registries.none, null, 'Open');
  await enterRegistry(app.asAdmin, proxy, null, 'Slow');
});
afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
});

describe('a pull', () => {
  it('takes latest where no tag is said', async () => {
    await tagOnEngine(world.engines.old, 'local/busybox:1', `${open()}/transfers/latest`, 'latest');
    await transfer(app.asAdmin, 'push', { reference: `${open()}/transfers/latest` });
    const pulled = await transfer(app.asAdmin, 'pull', { reference: `${open()}/transfers/latest` });
    expect(pulled).toMatchObject({ state: 'succeeded', reference: `${open()}/transfers/latest:latest` });
    const byDigest = await transfer(app.asAdmin, 'pull', {
      reference: `${open()}/transfers/latest@${pulled.result?.digest}`,
    });
    expect(byDigest).toMatchObject({ state: 'succeeded', result: { digest: pulled.result?.digest } });
  });

  it('of what the registry has not fails with a sentence, and is on record as failed', async () => {
    const failed = await transfer(app.asAdmin, 'pull', { reference: `${open()}/transfers/nothing:1` });
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'registry.tag_not_found' } });
    const { body } = await app.asAdmin.get(`/api/v1/audit/events?operation=${failed.id}&phase=outcome`);
    expect(body.items).toMatchObject([{ outcome: 'failed', error: { code: 'registry.tag_not_found' } }]);
  });

  it('from where no registry is entered is refused before anything is done', async () => {
    const refused = await app.asAdmin.post('/api/v1/engines/local/images/pull', {
      reference: 'registry.example/app:1',
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'registry.not_registered' } });
  });

  it('asked for by two at once is one operation; one leaving it does not end it', async () => {
    const reference = `${slow()}/transfers/shared:1`;
    await freshImage(world.engines.old, reference, 2, 400_000);
    await transfer(app.asAdmin, 'push', { reference });
    await removeImage(world.engines.old, reference);
    proxy.setRate(300_000);
    const [anna, liwei] = [await app.as('developer'), await app.as('developer')];
    const first = await begin(anna, 'pull', { reference });
    const second = await begin(liwei, 'pull', { reference });
    expect(second.id).toBe(first.id);
    expect(second.participants).toHaveLength(2);
    expect((await anna.post(`/api/v1/operations/${first.id}/cancel`)).body.operation.state).not.toBe('cancelled');
    proxy.setRate(null);
    const ended = await until(liwei, first.id, (one) => one.endedAt !== null);
    expect(ended).toMatchObject({ state: 'succeeded' });
    const joined = await app.asAdmin.get(
      `/api/v1/audit/events?operation=${first.id}&action=operation.join&action=operation.leave&order=asc`,
    );
    expect(joined.body.items.map((one: { action: string }) => one.action)).toEqual([
      'operation.join',
      'operation.leave',
    ]);
  });
});

describe('equal pulls', () => {
  it('that are asked for in the same moment are one operation, and the last two to leave it end it', async () => {
    const reference = `${slow()}/transfers/same-moment:1`;
    await freshImage(world.engines.old, reference, 2, 400_000);
    await transfer(app.asAdmin, 'push', { reference });
    await removeImage(world.engines.old, reference);
    proxy.setRate(50_000);
    const people = [await app.as('developer'), await app.as('developer')];
    const [one, other] = await Promise.all(people.map((person) => begin(person, 'pull', { reference })));
    expect(other?.id).toBe(one?.id);
    await Promise.all(people.map((person) => person.post(`/api/v1/operations/${one?.id}/cancel`)));
    const ended = await until(app.asAdmin, one?.id ?? '', ({ endedAt }) => endedAt !== null);
    proxy.setRate(null);
    expect(ended.state).toBe('cancelled');
  });
});

describe('a push', () => {
  it('cancelled in the middle is cancelled on the page, in the API and on the record, and can be tried again', async () => {
    const reference = `${slow()}/transfers/cancelled:1`;
    await freshImage(world.engines.old, reference, 3, 600_000);
    proxy.setRate(200_000);
    const begun = await begin(app.asAdmin, 'push', { reference });
    await until(app.asAdmin, begun.id, (one) => one.progress.bytesDone > 0);
    const cancelled = await app.asAdmin.post(`/api/v1/operations/${begun.id}/cancel`);
    expect(cancelled.body.operation).toMatchObject({ state: 'cancelled' });
    proxy.setRate(null);
    const { body } = await app.asAdmin.get(`/api/v1/audit/events?operation=${begun.id}&action=image.push&order=asc`);
    expect(body.items).toMatchObject([{ phase: 'intent' }, { phase: 'outcome', outcome: 'cancelled' }]);
    expect((await app.asAdmin.post(`/api/v1/operations/${begun.id}/cancel`)).body.code).toBe('operation.ended');

    const again = await app.asAdmin.post(`/api/v1/operations/${begun.id}/retry`);
    expect(again.status).toBe(202);
    const ended = await until(app.asAdmin, again.body.operation.id, (one) => one.endedAt !== null);
    expect(ended).toMatchObject({ state: 'succeeded', retryOf: begun.id });
  });

  it('is not another developer’s to cancel', async () => {
    const reference = `${slow()}/transfers/others:1`;
    await freshImage(world.engines.old, reference, 1, 600_000);
    proxy.setRate(200_000);
    const begun = await begin(app.asAdmin, 'push', { reference });
    const developer = await app.as('developer');
    expect((await developer.post(`/api/v1/operations/${begun.id}/cancel`)).body.code).toBe('permission.denied');
    proxy.setRate(null);
    expect(await until(app.asAdmin, begun.id, (one) => one.endedAt !== null)).toMatchObject({ state: 'succeeded' });
  });

  it('of a tag that the engine has not fails with a sentence', async () => {
    expect(await transfer(app.asAdmin, 'push', { reference: `${open()}/transfers/never-built:9` })).toMatchObject({
      state: 'failed',
      error: { code: 'image.not_found' },
    });
  });

  it('whose registry goes silent is ended after the time that is set', async () => {
    const reference = `${slow()}/transfers/silent:1`;
    await freshImage(world.engines.old, reference, 1, 300_000);
    proxy.setMode('hang');
    const ended = await transfer(app.asAdmin, 'push', { reference });
    proxy.setMode('ok');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'operation.silent' } });
  });

  it('whose registry goes away in the middle fails, and says so', async () => {
    const reference = `${slow()}/transfers/reset:1`;
    await freshImage(world.engines.old, reference, 2, 600_000);
    proxy.setRate(200_000);
    const begun = await begin(app.asAdmin, 'push', { reference });
    await until(app.asAdmin, begun.id, (one) => one.progress.bytesDone > 0);
    proxy.setMode('reset');
    const ended = await until(app.asAdmin, begun.id, (one) => one.endedAt !== null, 100);
    proxy.setMode('ok');
    proxy.setRate(null);
    expect(ended.state).toBe('failed');
    expect(['registry.connection_lost', 'registry.unreachable', 'operation.silent']).toContain(ended.error?.code);
    // The old engine itself tries again for most of a minute.
  }, 120_000);

  it('that meets a rate limit waits and tries again', async () => {
    const reference = `${slow()}/transfers/limited:1`;
    await freshImage(world.engines.old, reference, 1, 100_000);
    proxy.setMode('429');
    const begun = await begin(app.asAdmin, 'push', { reference });
    const waiting = await until(app.asAdmin, begun.id, (one) => one.progress.phase === 'backing_off');
    expect(waiting).toMatchObject({ state: 'running', progress: { retryAt: expect.any(String) } });
    proxy.setMode('ok');
    expect(await until(app.asAdmin, begun.id, (one) => one.endedAt !== null)).toMatchObject({ state: 'succeeded' });
  });

  it('of all tags is a parent with a child for each, each on record', async () => {
    const repository = `${open()}/transfers/many`;
    for (const tag of ['1', '2', '3']) await tagOnEngine(world.engines.old, 'local/busybox:1', repository, tag);
    const parent = await transfer(app.asAdmin, 'push', { reference: repository, allTags: true });
    const children = await app.asAdmin.get(`/api/v1/operations?parent=${parent.id}`);
    const endings = children.body.items.map(({ state, error }: { state: string; error: unknown }) => ({
      state,
      error,
    }));
    expect(endings).toEqual(Array(3).fill({ state: 'succeeded', error: null }));
    expect(parent).toMatchObject({ state: 'succeeded', childIds: Array(3).fill(expect.any(String)) });
    const { body } = await app.asAdmin.get(
      '/api/v1/audit/events?repository=transfers/many&phase=outcome&action=image.push',
    );
    expect(body.items.map((one: { target: { tag: string } }) => one.target.tag).sort()).toEqual(['1', '2', '3']);
  });

  it('keeps its transcript', async () => {
    await tagOnEngine(world.engines.old, 'local/busybox:1', `${open()}/transfers/said`, '1');
    const { id, result } = await transfer(app.asAdmin, 'push', { reference: `${open()}/transfers/said:1` });
    const { body } = await app.asAdmin.get(`/api/v1/operations/${id}/transcript`);
    expect(body.lines[0].text).toContain('The push refers to repository');
    expect(body.lines.at(-1).text).toContain(result?.digest);
  });
});

describe('the queue', () => {
  it('runs so many at once, tells the others their place, and lets a colleague pass somebody with many', async () => {
    proxy.setRate(300_000);
    const [anna, liwei] = [await app.as('publisher'), await app.as('publisher')];
    const asked: string[] = [];
    for (const name of ['q1', 'q2', 'q3', 'q4']) {
      await freshImage(world.engines.old, `${slow()}/transfers/${name}:1`, 1, 300_000);
      asked.push(
        (await begin(name === 'q4' ? liwei : anna, 'push', { reference: `${slow()}/transfers/${name}:1` })).id,
      );
    }
    const states = await Promise.all(asked.map(async (id) => (await anna.get(`/api/v1/operations/${id}`)).body));
    expect(states.filter((one) => one.state === 'running').length).toBeLessThanOrEqual(2);
    const place = (index: number) => states[index]?.queuePosition;
    if (states[2]?.state === 'queued' && states[3]?.state === 'queued') expect(place(3)).toBeLessThan(place(2));
    proxy.setRate(null);
    for (const id of asked)
      expect(await until(anna, id, (one) => one.endedAt !== null)).toMatchObject({ state: 'succeeded' });
  });
});

describe('an Idempotency-Key', () => {
  it('used a hundred times at once begins one operation', async () => {
    const reference = `${open()}/transfers/once:1`;
    await tagOnEngine(world.engines.old, 'local/busybox:1', `${open()}/transfers/once`, '1');
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        app.asAdmin.post('/api/v1/engines/local/images/push', { reference }, { 'idempotency-key': 'k-1' }),
      ),
    );
    expect(new Set(answers.map((one) => one.body.operation.id)).size).toBe(1);
    const other = await app.asAdmin.post(
      '/api/v1/engines/local/images/push',
      { reference: `${open()}/other:1` },
      { 'idempotency-key': 'k-1' },
    );
    expect(other.body.code).toBe('idempotency.mismatch');
  });
});

describe('a tag', () => {
  it('is free of registries, and on record with its intent', async () => {
    const answer = await app.asAdmin.post('/api/v1/engines/local/images/tag', {
      source: 'local/busybox:1',
      target: 'registry.cn-hangzhou.aliyuncs.com/laosu666/tom:1.0',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { target: 'registry.cn-hangzhou.aliyuncs.com/laosu666/tom:1.0' },
    });
    const { body } = await app.asAdmin.get('/api/v1/audit/events?action=image.tag&repository=laosu666/tom&order=asc');
    expect(body.items).toMatchObject([
      { phase: 'intent' },
      { phase: 'outcome', outcome: 'succeeded', target: { tag: '1.0' } },
    ]);
    const missing = await app.asAdmin.post('/api/v1/engines/local/images/tag', { source: 'nothing:1', target: 'x:1' });
    expect(missing).toMatchObject({ status: 404, body: { code: 'image.not_found' } });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PushRule } from '@waybill/contract';
import { sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import {
  begin,
  digestAt,
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
let publisher: TestClient;
const open = () => world.registries.none.address;
const image = 'local/busybox:1';
/** The registries outlive a run: each has repositories of its own. */
const space = `rules-${Date.now().toString(36)}`;

beforeAll(async () => {
  world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host, WAYBILL_OPERATIONS_AT_ONCE: '2' });
  proxy = await startFaultProxy({ target: open() });
  await whenConnected(app.asAdmin);
  await enterRegistry(app.asAdmin, world.registries.none, null, 'Open');
  await enterRegistry(app.asAdmin, proxy, null, 'Slow');
  publisher = await app.as('publisher', 'pia');
});
afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
});
beforeEach(async () => {
  const { body } = await app.asAdmin.get('/api/v1/push-rules');
  for (const { id } of body.items) await app.asAdmin.delete(`/api/v1/push-rules/${id}`);
});

async function rule(effect: string, pattern: string, subject: PushRule['subject'] = 'everybody'): Promise<PushRule> {
  const made = await app.asAdmin.post('/api/v1/push-rules', { effect, pattern, subject });
  if (made.status !== 201) throw new Error(made.text);
  return made.body;
}
const push = (reference: string, by = publisher, more: object = {}) =>
  by.post('/api/v1/engines/local/images/push?wait=60', { reference, ...more });
const lastPushes = async (query: string) =>
  (await app.asAdmin.get(`/api/v1/audit/events?action=image.push&${query}`)).body.items;

describe('a push rule', () => {
  it('that denies refuses the push with its pattern, does nothing, and is on record', async () => {
    const name = `${open()}/${space}/denied`;
    const { id, pattern } = await rule('deny', `${open()}/${space}/*:prod-*`);
    await tagOnEngine(world.engines.old, image, name, 'prod-1');
    const refused = await push(`${name}:prod-1`);
    expect(refused).toMatchObject({ status: 403, body: { code: 'push.denied_by_rule', extra: { rule: id, pattern } } });
    expect(refused.body.detail).toContain(pattern);
    expect(await digestAt(open(), `${space}/denied`, 'prod-1')).toBeNull();
    expect(await lastPushes(`repository=${space}/denied`)).toMatchObject([
      {
        outcome: 'denied',
        phase: 'outcome',
        error: { code: 'push.denied_by_rule' },
        target: { reference: `${name}:prod-1`, registry: open(), repository: `${space}/denied`, tag: 'prod-1' },
        details: { ruleId: id },
        operationId: null,
      },
    ]);
    await tagOnEngine(world.engines.old, image, name, 'dev-1');
    expect((await push(`${name}:dev-1`)).body.operation).toMatchObject({ state: 'succeeded' });
  });

  it('binds a token as it binds its owner', async () => {
    await rule('deny', `${open()}/${space}/*`, { role: 'publisher' });
    const { body } = await publisher.post('/api/v1/tokens', { name: 'ci', scopes: ['image.push'] });
    const ci = new (Object.getPrototypeOf(publisher).constructor)(app.url, {
      authorization: `Bearer ${body.secret}`,
    }) as TestClient;
    expect(await push(`${open()}/${space}/token:1`, ci)).toMatchObject({
      status: 403,
      body: { code: 'push.denied_by_rule' },
    });
  });

  it('is asked for each tag of a push of all tags; only where none may go it is refused at once', async () => {
    const name = `${open()}/${space}/all`;
    await rule('deny', `${name}:prod-*`);
    for (const tag of ['dev', 'prod-1']) await tagOnEngine(world.engines.old, image, name, tag);
    const { body } = await push(name, publisher, { allTags: true });
    expect(body.operation).toMatchObject({ state: 'failed' });
    const children = await Promise.all(
      body.operation.childIds.map(async (id: string) => (await publisher.get(`/api/v1/operations/${id}`)).body),
    );
    const byTag = Object.fromEntries(children.map((one) => [one.reference.split(':').at(-1), one]));
    expect(byTag).toMatchObject({
      dev: { state: 'succeeded' },
      'prod-1': { state: 'failed', error: { code: 'push.denied_by_rule' } },
    });
    expect(await lastPushes(`repository=${space}/all&tag=prod-1&phase=outcome`)).toMatchObject([{ outcome: 'denied' }]);
    await rule('deny', `${name}:dev`);
    expect(await push(name, publisher, { allTags: true })).toMatchObject({ status: 403 });
    expect(await lastPushes(`repository=${space}/all&phase=outcome&outcome=denied`)).toHaveLength(3);
  });

  it('made while a push waits its turn stops it, on record, and stops the next try as well', async () => {
    const name = `${proxy.address}/${space}/waits`;
    for (const tag of ['slow-1', 'slow-2']) await freshImage(world.engines.old, `${name}:${tag}`, 1, 400_000);
    await tagOnEngine(world.engines.old, image, name, 'second');
    proxy.setRate(200_000);
    const first = await begin(app.asAdmin, 'push', { reference: `${name}:slow-1` });
    const other = await begin(app.asAdmin, 'push', { reference: `${name}:slow-2` });
    const second = await begin(publisher, 'push', { reference: `${name}:second` });
    expect(second.state).toBe('queued');
    await rule('deny', `${name}:second`);
    proxy.setRate(null);
    for (const { id } of [first, other]) await until(app.asAdmin, id, (one) => one.endedAt !== null);
    expect(await until(publisher, second.id, (one) => one.endedAt !== null)).toMatchObject({
      state: 'failed',
      error: { code: 'push.denied_by_rule' },
    });
    expect(await lastPushes(`operation=${second.id}&phase=outcome`)).toMatchObject([
      { outcome: 'denied', error: { code: 'push.denied_by_rule' } },
    ]);
    expect(await publisher.post(`/api/v1/operations/${second.id}/retry`)).toMatchObject({
      status: 403,
      body: { code: 'push.denied_by_rule' },
    });
  });
});

describe('a protected tag', () => {
  it('takes its first content and the same again, and no other', async () => {
    const name = `${open()}/${space}/protected`;
    await rule('protect', `${name}:v*`);
    await freshImage(world.engines.old, `${name}:v1`, 1, 1000);
    expect((await push(`${name}:v1`)).body.operation).toMatchObject({ state: 'succeeded' });
    const digest = await digestAt(open(), `${space}/protected`, 'v1');
    expect((await push(`${name}:v1`)).body.operation).toMatchObject({ state: 'succeeded', result: { digest } });
    await freshImage(world.engines.old, `${name}:v1`, 1, 1000);
    for (const by of [publisher, app.asAdmin]) {
      expect(await push(`${name}:v1`, by)).toMatchObject({ status: 409, body: { code: 'push.tag_protected' } });
    }
    expect(await digestAt(open(), `${space}/protected`, 'v1')).toBe(digest);
    expect(await lastPushes(`repository=${space}/protected&outcome=denied`)).toMatchObject([
      { error: { code: 'push.tag_protected' } },
      { error: { code: 'push.tag_protected' } },
    ]);
  });

  it('is not pushed twice at once: both would see it free', async () => {
    const reference = `${proxy.address}/${space}/twice:1`;
    await rule('protect', `${proxy.address}/${space}/twice:*`);
    await freshImage(world.engines.old, reference, 1, 400_000);
    proxy.setRate(200_000);
    const first = await begin(publisher, 'push', { reference });
    await until(publisher, first.id, (one) => one.progress.bytesDone > 0);
    const second = await transfer(app.asAdmin, 'push', { reference });
    expect(second).toMatchObject({ state: 'failed', error: { code: 'push.tag_protected' } });
    proxy.setRate(null);
    expect(await until(publisher, first.id, (one) => one.endedAt !== null)).toMatchObject({ state: 'succeeded' });
    expect(await transfer(app.asAdmin, 'push', { reference })).toMatchObject({ state: 'succeeded' });
  });

  it('is not pushed while the registry can’t be asked what it holds', async () => {
    const name = `${proxy.address}/${space}/unknown`;
    await rule('protect', `${name}:*`);
    await freshImage(world.engines.old, `${name}:1`, 1, 1000);
    proxy.setMode('reset');
    const refused = await push(`${name}:1`);
    proxy.setMode('ok');
    expect(refused.status).toBe(502);
    expect(refused.body.code).toMatch(/^registry\./);
  });
});

describe('explaining', () => {
  it('agrees with what happens', async () => {
    const name = `${open()}/${space}/explained`;
    const { body: me } = await publisher.get('/api/v1/session');
    const rules = [
      await rule('deny', `${open()}/${space}/*`),
      await rule('allow', `${name}:*`, { role: 'publisher' }),
      await rule('deny', `${name}:prod*`, { role: 'publisher' }),
      await rule('allow', `${name}:prod*`, { userId: me.user.id }),
      await rule('deny', `${name}:prod-9`),
    ];
    const table: [string, boolean, number | null][] = [
      [`${name}:dev`, true, 1],
      [`${name}:prod-1`, true, 3],
      [`${name}:prod-9`, false, 4],
      [`${open()}/${space}/other:1`, false, 0],
      [`${open()}/elsewhere/app:1`, true, null],
    ];
    for (const [reference, allowed, at] of table) {
      const [, repository = '', tag = ''] = /^[^/]+\/(.*):(.*)$/.exec(reference) ?? [];
      await tagOnEngine(world.engines.old, image, `${open()}/${repository}`, tag);
      const told = await publisher.post('/api/v1/push-rules/explain', { reference });
      expect(told).toMatchObject({ status: 200, body: { allowed, reference } });
      expect(told.body.rule?.id ?? null).toBe(at === null ? null : rules[at]?.id);
      expect((await push(reference)).status).toBe(allowed ? 200 : 403);
      const told2 = await app.asAdmin.post('/api/v1/push-rules/explain', { reference, userId: me.user.id });
      expect(told2.body).toEqual(told.body);
    }
    const { items } = (await publisher.get('/api/v1/push-rules')).body;
    expect(items.map(({ id }: PushRule) => rules.findIndex((one) => one.id === id))).toEqual([4, 3, 2, 1, 0]);
  });

  it('tells others’ only to who manages the settings, and says what a role may not', async () => {
    const { body: admin } = await app.asAdmin.get('/api/v1/session');
    const asked = { reference: 'team/app:1', userId: admin.user.id };
    expect(await publisher.post('/api/v1/push-rules/explain', asked)).toMatchObject({
      status: 403,
      body: { code: 'permission.denied' },
    });
    const developer = await app.as('developer');
    const { body: dev } = await developer.get('/api/v1/session');
    await rule('allow', '*', { userId: dev.user.id });
    const told = await app.asAdmin.post('/api/v1/push-rules/explain', { reference: 'team/app:1', userId: dev.user.id });
    expect(told.body).toMatchObject({ allowed: false, why: 'role_denies', rule: null });
    expect((await push('team/app:1', developer)).body.code).toBe('permission.denied');
    const nobody = '01990000-0000-7000-8000-000000000000';
    expect(
      (await app.asAdmin.post('/api/v1/push-rules/explain', { reference: 'team/app:1', userId: nobody })).body.code,
    ).toBe('user.not_found');
  });
});

describe('changing the rules', () => {
  it('is on record with what it was before and after', async () => {
    const made = await rule('deny', 'nginx:*');
    expect(made).toMatchObject({ pattern: 'docker.io/library/nginx:*', note: null });
    const path = `/api/v1/push-rules/${made.id}`;
    expect(await app.asAdmin.patch(path, { effect: 'allow', note: 'ours' })).toMatchObject({
      status: 200,
      body: { effect: 'allow', note: 'ours', subject: 'everybody' },
    });
    expect((await app.asAdmin.delete(path)).status).toBe(204);
    expect((await app.asAdmin.delete(path)).body.code).toBe('rule.not_found');
    const { body } = await app.asAdmin.get(`/api/v1/audit/events?subject=${made.id}&order=asc`);
    expect(body.items.map((one: { action: string }) => one.action)).toEqual([
      'rule.create',
      'rule.update',
      'rule.remove',
    ]);
    expect(body.items[1].details.changes).toEqual([
      { field: 'effect', before: 'deny', after: 'allow' },
      { field: 'note', before: null, after: 'ours' },
    ]);
  });

  it('is refused to a publisher, for what is no pattern, and for an account that is not there', async () => {
    const body = { effect: 'deny', pattern: 'team/*', subject: 'everybody' };
    expect((await publisher.post('/api/v1/push-rules', body)).body.code).toBe('permission.denied');
    const evil = `registry.example/${'(a+)+'.repeat(10)}:*`;
    expect(await app.asAdmin.post('/api/v1/push-rules', { ...body, pattern: evil })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ path: 'pattern' }] },
    });
    const nobody = { userId: '01990000-0000-7000-8000-000000000000' };
    expect((await app.asAdmin.post('/api/v1/push-rules', { ...body, subject: nobody })).body.code).toBe(
      'user.not_found',
    );
  });

  it('with a pattern full of stars does not slow a decision down', async () => {
    await rule('deny', `registry.example/${'*a'.repeat(120)}*b:*`);
    const started = performance.now();
    const told = await publisher.post('/api/v1/push-rules/explain', {
      reference: `registry.example/${'a'.repeat(230)}:1`,
    });
    expect(told.body).toMatchObject({ allowed: true });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

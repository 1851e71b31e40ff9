import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageRemoval, RemovalForecast } from '@waybill/contract';
import { createBaseImage, createLayeredImage, engineMust, sharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { freshImage, tagOnEngine, whenConnected } from '../testing/transfer-world.js';

const images = '/api/v1/engines/local/images';
const unique = `removals-${process.pid}`;

describe.each(['old', 'modern'] as const)('on the %s engine', (kind) => {
  let app: TestApp;
  let engine: { socketPath: string; host: string };
  const named = (name: string): string => `${unique}/${name}`;
  const remove = async (body: object, client: TestClient = app.asAdmin): Promise<ImageRemoval[]> =>
    (await client.post(`${images}/remove`, body)).body.items;
  const forecast = async (body: object): Promise<RemovalForecast[]> =>
    (await app.asAdmin.post(`${images}/remove/preview`, body)).body.items;
  const idOf = async (reference: string): Promise<string> =>
    (await app.asAdmin.get(`${images}/${encodeURIComponent(reference)}`)).body.id;
  const isThere = async (reference: string): Promise<boolean> =>
    (await app.asAdmin.get(`${images}/${encodeURIComponent(reference)}`)).status === 200;
  const create = async (reference: string, Cmd = ['/bin/sh']): Promise<string> => {
    const answer = await engineMust({
      socketPath: engine.socketPath,
      method: 'POST',
      path: '/containers/create',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Image: reference, Cmd }),
    });
    return (answer.json() as { Id: string }).Id;
  };

  beforeAll(async () => {
    const world = await sharedTestWorld({ modern: true });
    engine = world.engines[kind];
    app = await createTestApp({ WAYBILL_ENGINE_HOST: engine.host });
    await whenConnected(app.asAdmin);
  }, 240_000);
  afterAll(() => app?.stop());

  it('only untags while another tag holds the image, and deletes it with the last one', async () => {
    const [one, two] = [`${named('tags')}:1`, `${named('tags')}:2`];
    await freshImage(engine, one, 1, 50_000);
    await tagOnEngine(engine, one, named('tags'), '2');
    expect(await forecast({ references: [one, two] })).toMatchObject([
      { effect: 'untag', untags: [one], keeps: [two], obstacle: null },
      { effect: 'delete', untags: [two], obstacle: null },
    ]);
    expect(await remove({ references: [one] })).toMatchObject([
      { outcome: 'removed', untagged: [one], deleted: [], error: null },
    ]);
    expect(await isThere(two)).toBe(true);
    const [last] = await remove({ references: [two] });
    expect(last).toMatchObject({ outcome: 'removed', untagged: expect.arrayContaining([two]) });
    expect(last?.deleted.length).toBeGreaterThan(0);
    const { body } = await app.asAdmin.get(
      `/api/v1/audit/events?action=image.remove&repository=${named('tags')}&order=asc`,
    );
    expect(body.items).toMatchObject([
      { phase: 'intent', target: { tag: '1', imageId: expect.stringMatching(/^sha256:/) } },
      { phase: 'outcome', outcome: 'succeeded', details: { reference: one, untagged: [one], deleted: [] } },
      { phase: 'intent', target: { tag: '2' } },
      { phase: 'outcome', outcome: 'succeeded', details: { deleted: last?.deleted } },
    ]);
  });

  it('by id wants force where several tags stand on it, and names the image on record', async () => {
    const one = `${named('by-id')}:1`;
    await freshImage(engine, one, 1, 50_000);
    await tagOnEngine(engine, one, named('by-id-other'), '2');
    const id = await idOf(one);
    expect(await forecast({ references: [id] })).toMatchObject([{ imageId: id, obstacle: 'several_tags' }]);
    expect(await remove({ references: [id] })).toMatchObject([
      { outcome: 'failed', error: { code: 'image.in_use', detail: expect.stringContaining('must be forced') } },
    ]);
    expect(await forecast({ references: [id], force: true })).toMatchObject([{ effect: 'delete', obstacle: null }]);
    const [gone] = await remove({ references: [id], force: true });
    expect(gone).toMatchObject({ outcome: 'removed' });
    expect(gone?.untagged.filter((name) => !name.includes('@')).sort()).toEqual(
      [one, `${named('by-id-other')}:2`].sort(),
    );
    const { body } = await app.asAdmin.get('/api/v1/audit/events?action=image.remove&phase=outcome&limit=2');
    expect(body.items).toMatchObject([
      { outcome: 'succeeded', target: { reference: null, imageId: id }, details: { force: true } },
      { outcome: 'failed', error: { code: 'image.in_use' } },
    ]);
  });

  it('tells the container that stands in the way, and goes past a stopped one with force', async () => {
    const reference = `${named('used')}:1`;
    await freshImage(engine, reference, 1, 50_000);
    const container = await create(reference);
    const [seen] = await forecast({ references: [reference] });
    expect(seen).toMatchObject({
      effect: 'none',
      obstacle: 'containers',
      containers: [{ id: container, state: 'created' }],
    });
    const [refused] = await remove({ references: [reference] });
    expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'image.in_use' } });
    expect(refused?.error?.detail).toContain(container.slice(0, 12));
    expect(await remove({ references: [reference], force: true })).toMatchObject([{ outcome: 'removed' }]);
    expect(await isThere(reference)).toBe(false);
    await engineMust({ socketPath: engine.socketPath, method: 'DELETE', path: `/containers/${container}` });
  });

  it('foretells what the engine does with an image that a container runs on: refused by id, nameless by name', async () => {
    const reference = `${named('running')}:1`;
    await createBaseImage(engine, reference);
    const id = await idOf(reference);
    const container = await create(reference, ['sleep', '600']);
    await engineMust({ socketPath: engine.socketPath, method: 'POST', path: `/containers/${container}/start` });
    expect(await forecast({ references: [id], force: true })).toMatchObject([{ obstacle: 'running' }]);
    expect(await remove({ references: [id], force: true })).toMatchObject([
      { outcome: 'failed', error: { code: 'image.in_use' } },
    ]);
    expect(await forecast({ references: [reference], force: true })).toMatchObject([
      { effect: 'untag', obstacle: null, containers: [{ state: 'running' }] },
    ]);
    expect(await remove({ references: [reference], force: true })).toMatchObject([
      { outcome: 'removed', untagged: expect.arrayContaining([reference]), deleted: [] },
    ]);
    expect(await isThere(id)).toBe(true);
    await engineMust({ socketPath: engine.socketPath, method: 'DELETE', path: `/containers/${container}?force=1` });
    expect(await remove({ references: [id] })).toMatchObject([{ outcome: 'removed' }]);
  });

  it('takes all tags of a repository, and refuses one without tags', async () => {
    const repository = named('whole');
    await freshImage(engine, `${repository}:1`, 1, 50_000);
    await freshImage(engine, `${repository}:2`, 1, 50_000);
    expect(await remove({ references: [repository], repository: true })).toMatchObject([
      { reference: `${repository}:1`, outcome: 'removed' },
      { reference: `${repository}:2`, outcome: 'removed' },
    ]);
    const none = await app.asAdmin.post(`${images}/remove`, { references: [repository], repository: true });
    expect(none).toMatchObject({ status: 422, body: { code: 'reference.no_tags' } });
    const tagged = await app.asAdmin.post(`${images}/remove`, { references: [`${repository}:1`], repository: true });
    expect(tagged).toMatchObject({ status: 422, body: { code: 'reference.invalid' } });
  });

  it('tells one by one what failed, and goes on', async () => {
    const reference = `${named('partly')}:1`;
    await freshImage(engine, reference, 1, 50_000);
    expect(await remove({ references: [`${named('never')}:1`, 'NOT/a name', reference] })).toMatchObject([
      { outcome: 'failed', error: { code: 'image.not_found' } },
      { outcome: 'failed', error: { code: 'reference.invalid' } },
      { outcome: 'removed', error: null },
    ]);
  });

  it('is not a viewer’s, nor a prune a developer’s, and both denials are on record', async () => {
    const [viewer, developer] = [await app.as('viewer'), await app.as('developer')];
    const reference = `${named('denied')}:1`;
    const refused = await viewer.post(`${images}/remove`, { references: [reference] });
    expect(refused).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
    expect((await viewer.post(`${images}/remove/preview`, { references: [reference] })).status).toBe(200);
    expect((await developer.post(`${images}/prune`, {})).status).toBe(403);
    const { body } = await app.asAdmin.get('/api/v1/audit/events?outcome=denied&limit=2');
    expect(body.items).toMatchObject([
      { action: 'image.prune', outcome: 'denied', details: { permission: 'image.prune' } },
      { action: 'image.remove', outcome: 'denied', target: { reference } },
    ]);
  });

  it('prunes what its preview says: nameless by label, then the unused by label, and says what it freed', async () => {
    const label = `prune=${unique}-${kind}`;
    const labels = { prune: `${unique}-${kind}` };
    const reference = `${named('pruned')}:1`;
    const build = (seed: string) =>
      createLayeredImage(engine, { reference, layers: 1, bytesPerLayer: 300_000, seed: `${seed}-${label}`, labels });
    await build('first');
    const first = await idOf(reference);
    await build('second');
    const second = await idOf(reference);

    const wanted = { labels: [label] };
    const preview = await app.asAdmin.post(`${images}/prune/preview`, wanted);
    expect(preview.body.items).toMatchObject([{ id: first, tags: [] }]);
    expect(preview.body.sizeAtMost).toBeGreaterThanOrEqual(300_000);
    expect((await app.asAdmin.post(`${images}/prune/preview`, { ...wanted, olderThan: '24h' })).body.items).toEqual([]);
    const pruned = await app.asAdmin.post(`${images}/prune`, wanted);
    expect(pruned).toMatchObject({ status: 200, body: { deleted: expect.arrayContaining([first]) } });
    // Containerd's store counts what its collector has let go of by then, which may be the manifest alone.
    expect(pruned.body.spaceReclaimed).toBeGreaterThanOrEqual(kind === 'old' ? 300_000 : 1);
    expect(await isThere(second)).toBe(true);

    const container = await create(reference);
    const unused = { ...wanted, unused: true };
    expect((await app.asAdmin.post(`${images}/prune/preview`, unused)).body.items).toEqual([]);
    await engineMust({ socketPath: engine.socketPath, method: 'DELETE', path: `/containers/${container}` });
    expect((await app.asAdmin.post(`${images}/prune/preview`, unused)).body.items).toMatchObject([{ id: second }]);
    const rest = await app.asAdmin.post(`${images}/prune`, unused);
    expect(rest.body.untagged).toContain(reference);
    expect(await isThere(second)).toBe(false);
    const { body } = await app.asAdmin.get(
      '/api/v1/audit/events?action=image.prune&phase=outcome&outcome=succeeded&limit=1',
    );
    expect(body.items).toMatchObject([
      {
        details: {
          unused: true,
          labels: [label],
          spaceReclaimed: rest.body.spaceReclaimed,
          deleted: rest.body.deleted.length,
        },
      },
    ]);
  });

  it('keeps the nameless images below with noPrune', async () => {
    const reference = `${named('kept')}:1`;
    const build = async (): Promise<string[]> => {
      await freshImage(engine, reference, 2, 50_000);
      return (await forecast({ references: [reference] }))[0]?.parents ?? [];
    };
    const parents = await build();
    if (kind === 'old') expect(parents.length).toBeGreaterThan(0);
    const [kept] = await remove({ references: [reference], noPrune: true });
    expect(kept?.deleted.filter((id) => parents.includes(id))).toEqual([]);
    for (const id of parents.slice(0, 1)) expect(await isThere(id)).toBe(true);

    const below = await build();
    const [whole] = await remove({ references: [reference] });
    expect(whole?.deleted).toEqual(expect.arrayContaining(below));
    await remove({ references: parents.slice(0, 1) });
  });
});

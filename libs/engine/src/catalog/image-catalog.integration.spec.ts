import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image } from '@waybill/contract';
import { createLayeredImage, engineMust, removeImage, sharedTestWorld } from '@waybill/world';
import { EngineClient } from '../client/engine-client.js';
import { EngineConnection } from '../connection/engine-connection.js';
import type { ImageFilter } from './filters.js';
import { ImageCatalog } from './image-catalog.js';

const openWorld = () => sharedTestWorld({ modern: true });
let world: Awaited<ReturnType<typeof openWorld>>;
const unique = `catalog-${process.pid}`;

beforeAll(async () => {
  world = await openWorld();
}, 240_000);

describe.each(['old', 'modern'] as const)('ImageCatalog on the %s engine', (kind) => {
  const app = (tag: string): string => `${unique}/app:${tag}`;
  let client: EngineClient;
  let connection: EngineConnection;
  let catalog: ImageCatalog;

  beforeAll(async () => {
    const engine = world.engines[kind];
    client = new EngineClient({ host: engine.host });
    const build = (tag: string, labels: Record<string, string>, seed = tag): Promise<void> =>
      createLayeredImage(engine, {
        reference: app(tag),
        layers: 2,
        bytesPerLayer: 1000,
        seed: `${unique}-${kind}-${seed}`,
        labels,
      });
    await build('one', { [unique]: 'blue', stage: 'test' });
    await build('two', { [unique]: 'red' });
    await build('gone', { [unique]: 'dangling' });
    // The name moves on to another image: the one before is left without a name.
    await build('gone', { [unique]: 'blue' }, 'other');
    await client.tag(app('one'), `127.0.0.1:5000/${unique}/deep/path:1.0`);
    connection = new EngineConnection({ client });
    catalog = new ImageCatalog({ client, connection });
    connection.start();
    if (!(await connection.whenConnected(10_000))) throw new Error('The engine was not reached.');
  }, 120_000);

  afterAll(async () => {
    await connection.stop();
    catalog.close();
    const own = await client.listImages({ filters: { label: [unique] } });
    for (const { id } of own) await removeImage(world.engines[kind], `${id}?force=1`);
  });

  const lines = (images: readonly Image[]): string[] =>
    images.map(({ id, tags }) => `${id} ${tags.toSorted().join(' ')}`).sort();
  const inEngine = async ({ all, reference, label, dangling, before, since }: ImageFilter): Promise<string[]> => {
    const filters: Record<string, string[]> = {
      ...(reference ? { reference } : {}),
      ...(label ? { label } : {}),
      ...(dangling === undefined ? {} : { dangling: [String(dangling)] }),
      ...(before ? { before: [before] } : {}),
      ...(since ? { since: [since] } : {}),
    };
    const images = await client.listImages({ all: all === true, filters });
    // containerd's store calls what has no name “moby-dangling”, and lets a reference find it: see README.
    return lines(reference ? images.filter(({ tags }) => tags.length > 0) : images);
  };

  it.each<[string, ImageFilter]>([
    ['nothing', {}],
    ['all', { all: true }],
    ['a name', { reference: [`${unique}/app`] }],
    ['a name and tag', { reference: [app('one')] }],
    ['globs', { reference: [`${unique}/*:t*`] }],
    ['a glob for a name', { reference: [`${unique}/a?p`] }],
    ['sets', { reference: [`${unique}/app:[a-o]*`] }],
    ['a registry', { reference: ['127.0.0.1:5000/*/*/*'] }],
    ['a star that stops at slashes', { reference: ['*'] }],
    ['several references', { reference: [app('one'), app('two')] }],
    ['no match', { reference: [`${unique}/none`] }],
    ['a label', { label: [unique] }],
    ['a label and value', { label: [`${unique}=blue`] }],
    ['labels together', { label: [`${unique}=blue`, 'stage'] }],
    ['dangling', { dangling: true }],
    ['not dangling', { dangling: false }],
    ['dangling with a label', { dangling: true, label: [unique] }],
    ['a reference with a label', { reference: [`${unique}/*`], label: [`${unique}=red`] }],
    ['before', { before: app('two'), label: [unique] }],
    ['since', { since: app('one'), label: [unique] }],
  ])('filters by %s as the engine does', async (_name, filter) => {
    // The engine is everybody's: somebody may add an image between the two questions.
    let [ours, theirs]: [string[], string[]] = [[], []];
    for (let round = 0; round < 5; round += 1) {
      [ours, theirs] = [lines(await catalog.list(filter)), await inEngine(filter)];
      if (ours.join() === theirs.join()) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(ours).toEqual(theirs);
  });

  it('says what is wrong with a pattern or a reference', async () => {
    await expect(catalog.list({ reference: ['[a'] })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(catalog.list({ before: `${unique}/none:1` })).rejects.toMatchObject({ code: 'image.not_found' });
  });

  it('knows the tags of a repository', async () => {
    expect(await catalog.tagsOf(`${unique}/app`)).toEqual(['gone', 'one', 'two']);
  });

  it('becomes stale by what anybody does on the engine, and is right when asked again', async () => {
    const socketPath = world.engines[kind].socketPath;
    const stale = (): Promise<void> => new Promise((resolve) => catalog.once('stale', () => resolve()));
    const find = async () => (await catalog.list({ reference: [app('new')] }))[0];

    expect(await find()).toBeUndefined();
    let told = stale();
    await engineMust({ socketPath, method: 'POST', path: `/images/${app('one')}/tag?repo=${unique}/app&tag=new` });
    await told;
    expect((await find())?.containers).toBe(0);

    told = stale();
    const body = JSON.stringify({ Image: app('new') });
    const headers = { 'content-type': 'application/json' };
    const { Id } = (
      await engineMust({ socketPath, method: 'POST', path: '/containers/create', headers, body })
    ).json() as { Id: string };
    await told;
    expect((await find())?.containers).toBe(1);

    told = stale();
    await engineMust({ socketPath, method: 'DELETE', path: `/containers/${Id}` });
    await told;
    expect((await find())?.containers).toBe(0);

    told = stale();
    await removeImage(world.engines[kind], app('new'));
    await told;
    expect(await find()).toBeUndefined();
  });
});

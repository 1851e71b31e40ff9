import { describe, expect, it } from '@jest/globals';
import { WaybillError, type Image } from '@waybill/contract';
import type { ListImagesOptions } from '../client/engine-client.js';
import { ImageCatalog } from './image-catalog.js';

/** Stands for the engine's list alone: what is tested here is when it is asked. The real one is in the integration test. */
class SlowEngine {
  calls: (ListImagesOptions | undefined)[] = [];
  #waiting: PromiseWithResolvers<Image[]>[] = [];

  listImages(options?: ListImagesOptions): Promise<Image[]> {
    this.calls.push(options);
    const answer = Promise.withResolvers<Image[]>();
    this.#waiting.push(answer);
    return answer.promise;
  }

  answer(id: string): void {
    const image = {
      id,
      tags: [`app:${id}`],
      digests: [],
      createdAt: '',
      size: 0,
      sharedSize: null,
      containers: 0,
      labels: {},
      dangling: false,
    };
    this.#waiting.shift()?.resolve([image]);
  }

  fail(): void {
    this.#waiting.shift()?.reject(new WaybillError('engine.timeout', 'Too slow.'));
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const idsOf = async (list: Promise<readonly Image[]>): Promise<string[]> => (await list).map(({ id }) => id);

describe('ImageCatalog', () => {
  it('asks the engine once for a hundred who ask at the same time, and answers from memory afterwards', async () => {
    const client = new SlowEngine();
    const catalog = new ImageCatalog({ client });
    const asked = Array.from({ length: 100 }, () => catalog.list());
    await settle();
    client.answer('1');
    expect(new Set((await Promise.all(asked)).map(([one]) => one?.id))).toEqual(new Set(['1']));
    expect(await idsOf(catalog.list({ label: ['nothing'] }))).toEqual([]);
    expect(client.calls).toHaveLength(1);
  });

  it('never gives a list that was asked for before it became stale', async () => {
    const client = new SlowEngine();
    const catalog = new ImageCatalog({ client });
    const early = catalog.list();
    await settle();
    catalog.invalidate();
    const late = [catalog.list(), catalog.list(), catalog.list()];
    await settle();
    expect(client.calls).toHaveLength(1);
    client.answer('old');
    expect(await idsOf(early)).toEqual(['old']);
    await settle();
    expect(client.calls).toHaveLength(2);
    client.answer('new');
    for (const one of late) expect(await idsOf(one)).toEqual(['new']);
  });

  it('believes a list for no longer than its time', async () => {
    const client = new SlowEngine();
    let now = 0;
    const catalog = new ImageCatalog({ client, ttlMs: 60_000, now: () => now });
    const first = catalog.list();
    await settle();
    client.answer('1');
    await first;
    now = 59_999;
    expect(await idsOf(catalog.list())).toEqual(['1']);
    now = 60_000;
    const second = catalog.list();
    await settle();
    client.answer('2');
    expect(await idsOf(second)).toEqual(['2']);
  });

  it('tells a failure to all who asked, and asks again for the next', async () => {
    const client = new SlowEngine();
    const catalog = new ImageCatalog({ client });
    const asked = [catalog.list(), catalog.list()];
    await settle();
    client.fail();
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'engine.timeout' });
    const next = catalog.list();
    await settle();
    client.answer('1');
    expect(await idsOf(next)).toEqual(['1']);
  });

  it('tells once that it is stale, until somebody has asked again', async () => {
    const client = new SlowEngine();
    const catalog = new ImageCatalog({ client });
    let told = 0;
    catalog.on('stale', () => (told += 1));
    for (let index = 0; index < 50; index += 1) catalog.invalidate();
    expect(told).toBe(1);
    const asked = catalog.list();
    await settle();
    catalog.invalidate();
    expect(told).toBe(2);
    client.answer('1');
    await asked;
  });

  it('lets the engine judge what only it can, and keeps few such answers', async () => {
    const client = new SlowEngine();
    const catalog = new ImageCatalog({ client });
    for (let index = 0; index < 100; index += 1) {
      const asked = catalog.list({ before: `app:${index}`, all: true });
      await settle();
      client.answer('1');
      await asked;
    }
    expect(client.calls[0]).toEqual({ all: true, filters: { before: ['app:0'] } });
    expect(client.calls).toHaveLength(100);
    await catalog.list({ before: 'app:99', all: true });
    expect(client.calls).toHaveLength(100);
  });
});

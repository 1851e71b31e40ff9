import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineSummary, type EngineState } from '@waybill/contract';
import { createLayeredImage, removeImage, startEngine, type Engine } from '@waybill/world';
import { ImageCatalog } from '../catalog/image-catalog.js';
import { EngineClient } from '../client/engine-client.js';
import type { EngineEvent } from '../client/events.js';
import { EngineConnection } from './engine-connection.js';

describe.each(['old', 'modern'] as const)('EngineConnection to the %s engine', (kind) => {
  let dir: string;
  let engine: Engine;
  let connection: EngineConnection;
  let events: EngineEvent[];
  let states: EngineState[];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'waybill-connection-'));
    engine = await startEngine({ kind, dir: join(dir, 'engine') });
    await createLayeredImage(engine, { reference: 'local/app:1', layers: 1, bytesPerLayer: 100, seed: 'connection' });
  }, 240_000);

  afterAll(async () => {
    await engine.stop({ remove: true });
    await rm(dir, { recursive: true, force: true });
  });

  beforeEach(() => {
    connection = new EngineConnection({
      client: new EngineClient({ host: engine.host }),
      name: 'Ours',
      pingEveryMs: 500,
    });
    events = [];
    states = [];
    connection.on('event', (event) => events.push(event));
    connection.on('state', (summary) => {
      states.push(EngineSummary.parse(summary).state);
    });
  });

  afterEach(() => connection.stop());

  const until = (state: EngineState): Promise<void> =>
    new Promise((resolve) => {
      if (connection.state === state) resolve();
      connection.on('state', (summary) => {
        if (summary.state === state) resolve();
      });
    });

  it('connects, knows the engine, and tells what happens on it', async () => {
    expect(connection.summary()).toMatchObject({ state: 'connecting', id: null, version: null, lastSeenAt: null });
    connection.start();
    await until('connected');
    expect(connection.summary()).toMatchObject({
      slug: 'local',
      name: 'Ours',
      host: engine.host,
      version: engine.version,
      error: null,
    });
    const tagged = new Promise<EngineEvent>((resolve) => {
      connection.on('event', (event) => {
        if (event.action === 'tag') resolve(event);
      });
    });
    await connection.client.tag('local/app:1', 'local/app:2');
    expect(await tagged).toMatchObject({ type: 'image', attributes: { name: expect.stringMatching(/local\/app:2$/) } });
    await removeImage(engine, 'local/app:2');
  });

  it('sees the engine go away and come back, negotiates anew, and tells no event twice', async () => {
    const catalog = new ImageCatalog({ client: connection.client, connection });
    connection.start();
    await until('connected');
    await catalog.list();
    await connection.client.tag('local/app:1', 'local/app:3');
    await engine.stop();
    await until('unreachable');
    expect(connection.summary().error).toMatchObject({
      code: 'engine.unreachable',
      advice: expect.arrayContaining([expect.any(String)]),
    });
    expect(() => connection.assertConnected()).toThrow(expect.objectContaining({ code: 'engine.unreachable' }));
    await expect(connection.client.listImages()).rejects.toMatchObject({ code: 'engine.unreachable' });

    let stale = 0;
    catalog.on('stale', () => (stale += 1));
    await engine.restart();
    connection.retryNow();
    await until('connected');
    expect(states).toEqual(['connected', 'unreachable', 'connected']);
    expect((await catalog.list()).flatMap(({ tags }) => tags)).toContain('local/app:3');
    const keys = events.map((event) => JSON.stringify(event));
    expect(new Set(keys).size).toBe(keys.length);
    expect(stale).toBeLessThanOrEqual(1);
    catalog.close();
  }, 120_000);

  it('heals a broken line without losing or repeating what happened meanwhile', async () => {
    connection.start();
    await until('connected');
    const tags = (): string[] =>
      events.filter(({ action }) => action === 'tag').map(({ attributes }) => attributes['name'] ?? '');
    const seen = async (count: number): Promise<void> => {
      for (let round = 0; round < 100 && tags().length < count; round += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await connection.client.tag('local/app:1', 'local/app:a');
    await seen(1);
    await engine.pause();
    await until('unreachable');
    expect(connection.summary().error?.code).toBe('engine.timeout');
    engine.resume();
    await connection.client.tag('local/app:1', 'local/app:b');
    connection.retryNow();
    await until('connected');
    await connection.client.tag('local/app:1', 'local/app:c');
    await seen(3);
    expect(tags().map((name) => name.replace('docker.io/', ''))).toEqual(['local/app:a', 'local/app:b', 'local/app:c']);
  }, 60_000);

  it('is silent once it is stopped', async () => {
    connection.start();
    await until('connected');
    await connection.stop();
    await connection.client.tag('local/app:1', 'local/app:z');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(events.filter(({ attributes }) => attributes['name']?.endsWith(':z'))).toEqual([]);
  });
});

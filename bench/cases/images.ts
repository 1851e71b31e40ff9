import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureParts, createLayeredImage, engineMust, startEngine, type Engine, type EngineKind } from '@waybill/world';
import { startEngineProxy, type EngineProxy } from '../harness/engine-proxy.ts';
import type { Bench, Case } from '../harness/bench.ts';
import { quantile } from '../harness/statistics.ts';
import { sessionCookie, startWaybill } from '../harness/waybill.ts';

const imagesAtAll = 300;
const tagsAtAll = 1_000;
const askersAtOnce = 100;
/** Of one round: calls to the engine, how many to us for each of them, the time after which it goes on, and calls on a stale list. */
const perRound = { calls: 40, oursForEach: 5, milliseconds: 20_000, staleCalls: 3 };
const ratioAtMost: Readonly<Record<EngineKind, number>> = { old: 0.5, modern: 0.05 };

type Ask = () => Promise<number>;

/** The same small HTTP client for both sides: keeps its connection, reads the answer whole and parses it. */
function asker(target: { socketPath: string } | { host: string; port: number }, path: string, cookie?: string): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: askersAtOnce });
  const headers = cookie === undefined ? {} : { cookie };
  return async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const call = request({ ...target, path, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          if (answer.statusCode === 200) resolve(body);
          else reject(new Error(`${path} was answered ${answer.statusCode}: ${body.slice(0, 300)}`));
        });
      });
      call.once('error', reject);
      call.end();
    });
    return tagsIn(JSON.parse(text));
  };
}

/** Counts the tags of either list, so that the answer is used. */
function tagsIn(list: unknown): number {
  const images = Array.isArray(list) ? list : (list as { items: unknown[] }).items;
  return images.reduce((sum: number, one: { tags?: unknown[]; RepoTags?: unknown[] }) => {
    return sum + (one.tags ?? one.RepoTags ?? []).length;
  }, 0);
}

async function timed(ask: Ask): Promise<number> {
  const started = performance.now();
  const tags = await ask();
  const taken = performance.now() - started;
  if (tags !== tagsAtAll) throw new Error(`The list has ${tags} tags instead of ${tagsAtAll}.`);
  return taken;
}

async function makeImages(engine: Engine): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < imagesAtAll; index = next++) {
      const repository = `bench/app-${index}`;
      await createLayeredImage(engine, {
        reference: `${repository}:0`,
        layers: 2,
        bytesPerLayer: 1_000,
        seed: `${index}`,
      });
      for (let tag = 1; index + tag * imagesAtAll < tagsAtAll; tag += 1) await addTag(engine, repository, String(tag));
    }
  };
  await Promise.all([work(), work(), work(), work()]);
}

async function addTag(engine: Engine, repository: string, tag: string): Promise<void> {
  const path = `/images/${repository}:0/tag?${new URLSearchParams({ repo: repository, tag }).toString()}`;
  await engineMust({ socketPath: engine.socketPath, method: 'POST', path });
}

/** Moving a tag to where it is already is an event that makes the list stale and changes nothing of it. */
async function makeStale(engine: Engine): Promise<void> {
  await addTag(engine, 'bench/app-0', '1');
  await sleep(300);
}

async function askAtOnce(engine: Engine, proxy: EngineProxy, ours: Ask): Promise<number> {
  await makeStale(engine);
  proxy.forget();
  const all = await Promise.all(Array.from({ length: askersAtOnce }, ours));
  if (all.some((tags) => tags !== tagsAtAll)) throw new Error('Somebody got another list.');
  return proxy.count('GET', '/images/json');
}

interface Sides {
  readonly ours: number[];
  readonly baseline: number[];
}
const both = (): Sides => ({ ours: [], baseline: [] });

interface Round {
  readonly calls: number;
  /** Milliseconds while the list is in memory, and right after it has become stale. */
  readonly warm: Sides;
  readonly stale: Sides;
}

async function oneRound(engine: Engine, proxy: EngineProxy, ours: Ask, engines: Ask): Promise<Round> {
  const calls = await askAtOnce(engine, proxy, ours);
  const [warm, stale] = [both(), both()];
  const started = performance.now();
  for (let call = 0; call < perRound.calls; call += 1) {
    warm.baseline.push(await timed(engines));
    for (let each = 0; each < perRound.oursForEach; each += 1) warm.ours.push(await timed(ours));
    if (performance.now() - started > perRound.milliseconds) break;
  }
  for (let call = 0; call < perRound.staleCalls; call += 1) {
    await makeStale(engine);
    stale.ours.push(await timed(ours));
    stale.baseline.push(await timed(engines));
  }
  return { calls, warm, stale };
}

async function measure({ dir, rounds, say, report }: Bench, kind: EngineKind): Promise<void> {
  const folder = join(dir, kind);
  const engine = await startEngine({ kind, dir: folder });
  say(`Making ${imagesAtAll} images with ${tagsAtAll} tags on the ${kind} engine (${engine.version})`);
  await makeImages(engine);
  const proxy = await startEngineProxy(engine.socketPath, join(dir, `${kind}.sock`));
  const { server } = await startWaybill(folder, proxy.host);
  const { hostname, port } = new URL(server.url);
  const cookie = await sessionCookie(server.url, 'admin');
  const ours = asker({ host: hostname, port: Number(port) }, '/api/v1/engines/local/images', cookie);
  const engines = asker({ socketPath: engine.socketPath }, '/images/json');

  for (let warm = 0; warm < 20; warm += 1) await timed(ours);
  await timed(engines);
  const all = await rounds(() => oneRound(engine, proxy, ours, engines));
  const beside = (name: string, of: (times: number[]) => number, which: 'warm' | 'stale', ratio?: number) =>
    report({
      name: `${name}, ${kind} engine`,
      unit: 'ms',
      ours: all.map((one) => of(one[which].ours)),
      baseline: { name: 'engine’s own socket', values: all.map((one) => of(one[which].baseline)) },
      ...(ratio === undefined ? {} : { targets: [{ of: 'ratio' as const, atMost: ratio }] }),
    });
  beside('GET images, p50', (times) => quantile(times, 0.5), 'warm', ratioAtMost[kind]);
  beside('GET images, p99', (times) => quantile(times, 0.99), 'warm');
  beside('GET images when the list is stale', (times) => quantile(times, 0.5), 'stale');
  report({
    name: `engine calls for ${askersAtOnce} who ask at once, ${kind} engine`,
    unit: '',
    ours: all.map(({ calls }) => calls),
    baseline: { name: 'each by themselves', values: [askersAtOnce] },
    targets: [{ of: 'figure', atMost: 1 }],
  });
  await server.stop();
  await proxy.stop();
  await engine.stop({ remove: true });
}

export const images: Case = {
  about: `the list of ${tagsAtAll} tags on ${imagesAtAll} images, beside the engine's own socket, on both engines`,
  rounds: 3,
  async run(bench) {
    await ensureParts(['engine', 'modern-engine'], { install: false });
    await measure(bench, 'old');
    await measure(bench, 'modern');
  },
};

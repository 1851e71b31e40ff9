import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ensureParts, freePort, startEngine, startServer } from '@waybill/world';
import type { Bench, Case } from '../harness/bench.ts';
import { apiMain, pageBuild } from '../harness/paths.ts';
import { millisecondsUntilAnswer, residentMegabytes } from '../harness/process-figures.ts';
import { firstLoad, type Manifest } from '../harness/first-load.ts';

const bareMain = join(import.meta.dirname, '..', 'start', 'bare-server.mjs');
/** How long a server is left alone before its memory is read. */
const restMs = 10_000;
const answerWithinMs = 60_000;

interface Started {
  readonly seconds: number;
  readonly restingMegabytes: number;
}

/** Starts a server over a data folder, waits for its first answer and then for its rest, and stops it. */
async function startOnce(main: string, dataFolder: string, engineHost: string, rest: boolean): Promise<Started> {
  const port = await freePort();
  const started = performance.now();
  const coming = startServer({
    main,
    dataFolder,
    port,
    environment: { WAYBILL_ENGINE_HOST: engineHost, WAYBILL_LOG_LEVEL: 'warn' },
  });
  await millisecondsUntilAnswer(`http://127.0.0.1:${port}/api/v1/health`, answerWithinMs);
  const seconds = (performance.now() - started) / 1000;
  const server = await coming;
  if (rest) await sleep(restMs);
  const restingMegabytes = residentMegabytes(server.pid);
  await server.stop();
  return { seconds, restingMegabytes };
}

async function servers({ dir, rounds, report }: Bench): Promise<void> {
  await ensureParts(['engine'], { install: false });
  const engine = await startEngine({ kind: 'old', dir: join(dir, 'engine') });
  const all = await rounds(async () => {
    const folder = await mkdtemp(join(dir, 'data-'));
    return {
      bare: await startOnce(bareMain, folder, engine.host, true),
      fresh: await startOnce(apiMain, folder, engine.host, false),
      again: await startOnce(apiMain, folder, engine.host, true),
    };
  });
  await engine.stop({ remove: true });
  const seconds = (which: 'bare' | 'fresh' | 'again'): number[] => all.map((one) => one[which].seconds);
  const memory = (which: 'bare' | 'again'): number[] => all.map((one) => one[which].restingMegabytes);
  const baseline = { name: 'bare node:http server', values: seconds('bare') };
  const targets = [{ of: 'figure', atMost: 3 }] as const;
  report({ name: 'start to first answer, new data folder', unit: 's', ours: seconds('fresh'), baseline, targets });
  report({ name: 'start to first answer, second start', unit: 's', ours: seconds('again'), baseline, targets });
  report({
    name: 'memory at rest',
    unit: 'MB',
    ours: memory('again'),
    baseline: { name: 'bare node:http server', values: memory('bare') },
    targets: [{ of: 'figure', atMost: 200 }],
  });
}

/** Script that has come before anything shows, beside all scripts of the page. */
function page({ report }: Bench): void {
  const manifest = JSON.parse(readFileSync(join(pageBuild, '.vite', 'manifest.json'), 'utf8')) as Manifest;
  const weigh = (files: readonly string[]): number =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(pageBuild, file))).length, 0) / 1000;
  const all = [...new Set(Object.values(manifest).map(({ file }) => file))].filter((file) => file.endsWith('.js'));
  report({
    name: 'first-load script, gzipped',
    unit: 'kB',
    ours: [weigh(firstLoad(manifest))],
    baseline: { name: 'all scripts of the page', values: [weigh(all)] },
    targets: [{ of: 'figure', atMost: 200 }],
  });
}

export const start: Case = {
  about: 'start to first answer, memory at rest, first-load script, beside a bare Node server',
  rounds: 5,
  async run(bench) {
    page(bench);
    await servers(bench);
  },
};

// `npm run bench -- NAME`: measures one thing beside its baseline, prints figures, baseline and ratio, and ends by itself.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopAll, stopAllOnSignals } from '@waybill/world';
import { audit } from './cases/audit.ts';
import { images } from './cases/images.ts';
import { push } from './cases/push.ts';
import { start } from './cases/start.ts';
import type { Case } from './harness/bench.ts';
import { checkLoad, quietRounds } from './harness/load.ts';
import { figureText } from './harness/report.ts';

const cases: Readonly<Record<string, Case>> = { images, push, audit, start };
const roundsAtMost = 50;
const minutesAtMost = 15;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => print(`  … ${text}`);

async function run(name: string, one: Case, options: { anyway: boolean; rounds?: number; engine: 'old' | 'modern' }) {
  print(`\n${name}: ${one.about}`);
  print(`  on ${await checkLoad(options.anyway)}; Node ${process.version}`);
  const dir = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  await chmod(dir, 0o711);
  const started = performance.now();
  try {
    await one.run({
      dir,
      rounds: (round) => quietRounds({ wanted: options.rounds ?? one.rounds, anyway: options.anyway, say }, round),
      engine: options.engine,
      say,
      report: (figure) => print(`\n${figureText(figure)}`),
    });
  } finally {
    await stopAll();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  print(`\n  ${name} took ${Math.round((performance.now() - started) / 1000)} s.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      anyway: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      engine: { type: 'string', default: 'old' },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const unknown = positionals.find((name) => !Object.hasOwn(cases, name));
  const { engine } = values;
  if (unknown !== undefined || positionals.length === 0 || (engine !== 'old' && engine !== 'modern')) {
    const list = Object.entries(cases).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
    print(['npm run bench -- NAME… [--rounds N] [--engine old|modern] [--anyway]', ...list].join('\n'));
    process.exitCode = 2;
    return;
  }
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= roundsAtMost))
    throw new Error(`--rounds takes 1 to ${roundsAtMost}.`);
  for (const name of positionals) {
    const one = cases[name];
    if (one) await run(name, one, { anyway: values.anyway, engine, ...(rounds === undefined ? {} : { rounds }) });
  }
}

stopAllOnSignals();
const limit = setTimeout(() => {
  print(`\nThe bench took longer than ${minutesAtMost} minutes and was ended.`);
  void stopAll().finally(() => process.exit(1));
}, minutesAtMost * 60_000);
try {
  await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  clearTimeout(limit);
}

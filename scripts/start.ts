// `npm start` after its set-up: the server, and on a machine without any Docker an engine and a registry of its own.
import { resolve } from 'node:path';
import { listenForStop, startChild, type Child } from './launch/child.ts';
import { decideEmbedded } from './launch/embedded-decision.ts';
import type { Embedded } from './launch/embedded.ts';
import { lookAtMachine } from './launch/machine.ts';
import { apiMain, root } from './launch/paths.ts';

const say = (line: string): void => void process.stdout.write(`  ${line}\n`);
const STOP_MS = 20_000;

async function embeddedParts(): Promise<Embedded | undefined> {
  const dataFolder = resolve(root, process.env['WAYBILL_DATA'] || 'data');
  const decision = decideEmbedded(await lookAtMachine(dataFolder, process.env));
  if (decision === 'no') return undefined;
  const { mayBring, startEmbedded } = await import('./launch/embedded.ts');
  if (decision === 'ask' && !(await mayBring(say))) return undefined;
  try {
    return await startEmbedded(dataFolder, say);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The engine of our own did not come up: ${reason}`);
    say('The page is served all the same; WAYBILL_EMBEDDED=off leaves this step out.');
    const { stopAll } = await import('@waybill/world');
    await stopAll();
    return undefined;
  }
}

let stopping = false;
let api: Child | undefined;
listenForStop(
  () => {
    stopping = true;
    api?.process.kill('SIGTERM');
    setTimeout(() => api?.process.kill('SIGKILL'), STOP_MS).unref();
  },
  () => api?.process.kill('SIGKILL'),
);

const embedded = await embeddedParts();
let exitCode = 0;
try {
  if (!stopping) {
    api = startChild([process.execPath, '--enable-source-maps', '--no-warnings', apiMain], {
      cwd: root,
      env: { ...process.env, ...embedded?.environment, NODE_ENV: process.env['NODE_ENV'] ?? 'production' },
    });
    exitCode = await api.ended;
  }
} finally {
  await embedded?.stop();
}
process.exit(exitCode);

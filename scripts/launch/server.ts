import { startChild, type Child } from './child.ts';
import type { Embedded } from './embedded.ts';
import { apiMain, root } from './paths.ts';

/** A small nursery for young objects: V8's own would hold 40 MB more for a server that rests most of the time (docs/benchmarks.md). */
const nodeFlags = ['--enable-source-maps', '--max-semi-space-size=4', '--no-warnings'];

/** The built server at our terminal, told of the engine and registry of our own if there are any. */
export function startServer(embedded: Embedded | undefined, mode: 'production' | 'development'): Child {
  return startChild([process.execPath, ...nodeFlags, apiMain], {
    cwd: root,
    env: { ...process.env, ...embedded?.environment, NODE_ENV: process.env['NODE_ENV'] ?? mode },
  });
}

const STOP_MS = 20_000;

/** Asks a child to end and insists after a while. */
export async function endChild(child: Child): Promise<void> {
  child.process.kill('SIGTERM');
  const insist = setTimeout(() => child.process.kill('SIGKILL'), STOP_MS);
  await child.ended;
  clearTimeout(insist);
}

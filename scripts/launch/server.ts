import { startChild, type Child } from './child.ts';
import type { Embedded } from './embedded.ts';
import { apiMain, root } from './paths.ts';

/** The built server at our terminal, told of the engine and registry of our own if there are any. */
export function startServer(embedded: Embedded | undefined, mode: 'production' | 'development'): Child {
  return startChild([process.execPath, '--enable-source-maps', '--no-warnings', apiMain], {
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

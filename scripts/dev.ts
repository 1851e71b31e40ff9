// `npm run dev`: Vite serves the page and reloads it; the server is built and started again when its sources change.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { listenForStop, startChild, type Child } from './launch/child.ts';
import { embeddedParts, say } from './launch/engine-parts.ts';
import { root } from './launch/paths.ts';
import { endChild, startServer } from './launch/server.ts';
import { bin } from './testing/check.ts';

const QUIET_MS = 150;
const web = join(root, 'apps', 'web');

const embedded = await embeddedParts();
const page = startChild([process.execPath, bin('vite', 'vite', web), '--clearScreen', 'false'], {
  cwd: web,
  env: { ...process.env, WAYBILL_DEV_API: `http://127.0.0.1:${process.env['WAYBILL_PORT'] || 8080}` },
});
let server: Child = startServer(embedded, 'development');
let stopping = false;
let turn = Promise.resolve();
let timer: NodeJS.Timeout | undefined;

/** Changes come in bursts: one build for all of them, and never two at once. */
function onChange(_event: string, file: string | null): void {
  if (file === null || /(^|\/)(generated|testing)\/|\.spec\.ts$/.test(file)) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    turn = turn.then(rebuild);
  }, QUIET_MS);
}

async function rebuild(): Promise<void> {
  if (stopping) return;
  const built = startChild([process.execPath, join(root, 'scripts', 'run.mjs'), 'build-server'], { cwd: root });
  if ((await built.ended) !== 0) return say('The server runs on as it was; it is built again at the next change.');
  if (stopping) return;
  await endChild(server);
  if (!stopping) server = startServer(embedded, 'development');
}

const watchers = ['libs', 'apps/api/src', 'prisma'].map((folder) =>
  watch(join(root, folder), { recursive: true }, (event, file) => {
    if (file === null || !/(^|\/)(node_modules|dist)(\/|$)/.test(file)) onChange(event, file);
  }),
);

async function stop(): Promise<void> {
  stopping = true;
  for (const watcher of watchers) watcher.close();
  clearTimeout(timer);
  await Promise.all([endChild(page), endChild(server)]);
  await embedded?.stop();
  process.exit(0);
}

listenForStop(
  () => void stop(),
  () => process.exit(1),
);
void page.ended.then((code) => {
  if (stopping) return;
  say(`Vite has ended with exit code ${code}.`);
  void stop();
});

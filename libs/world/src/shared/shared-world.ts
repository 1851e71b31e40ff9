import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, utimesSync } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { engineCall } from '../engine/engine-call.js';
import { ensureParts, requireProgram } from '../parts.js';
import { partsOf } from '../world.js';
import { nodeFlagsFor } from './run-typescript.js';
import { HEARTBEAT_MS, sharedFiles, sharedFolder, type SharedEngine, type SharedState, type Wanted } from './state.js';

/** The shared world, with what was asked for surely in it. */
export type SharedTestWorld<W extends Wanted = Wanted> = SharedState &
  (W extends { modern: true } ? { readonly engines: { readonly modern: SharedEngine } } : unknown) &
  (W extends { postgres: true } ? { readonly postgres: { readonly url: string } } : unknown);

const START_MS = 240_000;
const SPAWN_EVERY_MS = 1_000;

const heartbeats = new Map<string, NodeJS.Timeout>();

/**
 * The world that all test files and processes of this checkout share: the old engine, registries with no login, htpasswd and
 * tokens, and, when asked for, the modern engine and PostgreSQL. The first call starts it (a second or two; the modern engine's
 * very first start takes a minute); it ends by itself three minutes after its last client, or by stopSharedTestWorld(). It is
 * everybody's: take repository names of your own, never stop or kill its parts (startEngine and startRegistry are for that).
 * `folder` names another world than this checkout's, for tests of the sharing itself.
 * @throws MissingPartsError or Error with one sentence on what lacks
 */
export async function sharedTestWorld<const W extends Wanted = Record<never, never>>(
  wanted?: W,
  folder = sharedFolder(),
): Promise<SharedTestWorld<W>> {
  await ensureOwnFolder(folder);
  const state = await askOrStart(folder, wanted ?? {});
  keepAlive(folder);
  return state as SharedTestWorld<W>;
}

/** Ends the shared world of this checkout, if there is one, and returns when all of it has ended. */
export async function stopSharedTestWorld(folder = sharedFolder()): Promise<void> {
  clearInterval(heartbeats.get(folder));
  heartbeats.delete(folder);
  const { control } = sharedFiles(folder);
  if (existsSync(control))
    await engineCall({ socketPath: control, method: 'POST', path: '/stop' }).catch(() => undefined);
}

async function ensureOwnFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const { uid } = await stat(folder);
  if (uid !== process.getuid?.()) throw new Error(`${folder} belongs to somebody else.`);
  // PostgreSQL runs as another user and must get through to its own folder.
  await chmod(folder, 0o711);
}

async function askOrStart(folder: string, wanted: Wanted): Promise<unknown> {
  const query = new URLSearchParams();
  if (wanted.modern) query.set('modern', '');
  if (wanted.postgres) query.set('postgres', '');
  const deadline = Date.now() + START_MS;
  let spawnedAt = 0;
  while (Date.now() < deadline) {
    const call = { socketPath: sharedFiles(folder).control, path: `/world?${query.toString()}` };
    const answer = await engineCall(call).catch(() => undefined);
    if (answer?.status === 200) return answer.json();
    if (answer)
      throw new Error(`The shared test world did not start: ${(answer.json() as { message: string }).message}`);
    if (Date.now() - spawnedAt > SPAWN_EVERY_MS) {
      await ensureParts(partsOf(['old'], ['none', 'htpasswd', 'token']), { install: false });
      spawnKeeper(folder);
      spawnedAt = Date.now();
    }
    await sleep(50);
  }
  throw new Error(`The shared test world did not start in time; its log is ${sharedFiles(folder).log}.`);
}

/** Only one keeper gets the lock; one too many ends at once. The lock goes with its holder, however that ends. */
function spawnKeeper(folder: string): void {
  const { lock, log } = sharedFiles(folder);
  const script = fileURLToPath(new URL(`./keeper${extname(import.meta.url)}`, import.meta.url));
  const output = openSync(log, 'a', 0o600);
  const child = spawn(
    requireProgram('flock', 'util-linux'),
    ['--nonblock', '--close', lock, process.execPath, ...nodeFlagsFor(script), script, folder],
    { detached: true, cwd: '/', stdio: ['ignore', output, output], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  child.unref();
  closeSync(output);
}

function keepAlive(folder: string): void {
  if (heartbeats.has(folder)) return;
  const timer = setInterval(() => {
    try {
      utimesSync(sharedFiles(folder).heartbeat, new Date(), new Date());
    } catch {
      clearInterval(timer);
      heartbeats.delete(folder);
    }
  }, HEARTBEAT_MS);
  heartbeats.set(folder, timer.unref());
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engineCall } from '../engine/engine-call.js';
import { pushImage } from '../images/images.js';
import { createDatabase } from '../postgres.js';
import { startTicks, waitFor } from '../processes.js';
import { nodeFlagsFor } from './run-typescript.js';
import { IDLE_MS, sharedFiles } from './state.js';
import { sharedTestWorld, stopSharedTestWorld } from './shared-world.js';

/** Asks for the world from another process, as another Jest worker would, and tells the keeper's process id. */
function askElsewhere(folder: string): Promise<number> {
  const module = fileURLToPath(new URL('./shared-world.ts', import.meta.url));
  const script = `import { sharedTestWorld } from ${JSON.stringify(module)};
    console.log((await sharedTestWorld({}, ${JSON.stringify(folder)})).keeperPid);`;
  const flags = [...nodeFlagsFor(module), '--input-type=module-typescript', '--eval', script];
  const child = spawn(process.execPath, flags, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('exit', () => resolve(Number(text))));
}

async function haveEnded({
  engines,
  postgres,
}: {
  engines: { old: { pid: number } };
  postgres: { url: string };
}): Promise<boolean> {
  const refused = await createDatabase(postgres.url).then(
    () => false,
    () => true,
  );
  return refused && startTicks(engines.old.pid) === undefined;
}

describe('the shared world', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-shared-'));
  });

  afterAll(async () => {
    await stopSharedTestWorld(folder);
    await rm(folder, { recursive: true, force: true });
  });

  it('is one for all processes that ask at the same time', async () => {
    const [here, ...elsewhere] = await Promise.all([
      sharedTestWorld({}, folder),
      askElsewhere(folder),
      askElsewhere(folder),
    ]);
    expect(elsewhere).toEqual([here.keeperPid, here.keeperPid]);
    expect(startTicks(here.keeperPid)).toMatch(/^\d+$/);
  });

  it('has an engine and registries that work', async () => {
    const { engines, registries, baseImage, users } = await sharedTestWorld({}, folder);
    const target = `${registries.token.address}/shared/busybox:1`;
    expect(await pushImage(engines.old, baseImage, target, users[0])).toMatch(/^sha256:/);
  });

  it('starts the modern engine and PostgreSQL when they are asked for, once', async () => {
    const [first, second] = await Promise.all([
      sharedTestWorld({ modern: true, postgres: true }, folder),
      sharedTestWorld({ modern: true }, folder),
    ]);
    expect(second.engines.modern.pid).toBe(first.engines.modern.pid);
    expect((await engineCall({ socketPath: first.engines.modern.socketPath, path: '/_ping' })).text).toBe('OK');
    const [one, two] = await Promise.all([createDatabase(first.postgres.url), createDatabase(first.postgres.url)]);
    expect(one).not.toBe(two);
  }, 240_000);

  it('ends with all its parts when it is stopped, and starts anew for who asks next', async () => {
    const before = await sharedTestWorld({}, folder);
    await stopSharedTestWorld(folder);
    expect(existsSync(before.engines.old.socketPath)).toBe(false);
    expect(startTicks(before.engines.old.pid)).toBeUndefined();
    const after = await sharedTestWorld({}, folder);
    expect(after.keeperPid).not.toBe(before.keeperPid);
  });

  it('comes anew after its keeper was killed, and the parts of the killed one are gone', async () => {
    const before = await sharedTestWorld({ postgres: true }, folder);
    process.kill(before.keeperPid, 'SIGKILL');
    const after = await sharedTestWorld({}, folder);
    expect(after.keeperPid).not.toBe(before.keeperPid);
    await waitFor('The old parts', async () => (await haveEnded(before)) || undefined, { timeoutMs: 20_000 });
    const folders = (await readdir(folder)).filter((name) => name.startsWith('w-'));
    expect(folders).toEqual([`w-${after.keeperPid}`]);
  });

  it('ends by itself when no client has been heard of for some minutes', async () => {
    const { keeperPid, engines } = await sharedTestWorld({}, folder);
    const longAgo = new Date(Date.now() - 2 * IDLE_MS);
    await utimes(sharedFiles(folder).heartbeat, longAgo, longAgo);
    const isGone = async () => (startTicks(keeperPid) === undefined ? true : undefined);
    await waitFor('The keeper', isGone, { timeoutMs: 20_000 });
    expect(startTicks(engines.old.pid)).toBeUndefined();
  });
});

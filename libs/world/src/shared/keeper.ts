import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startEngine, type Engine } from '../engine/start-engine.js';
import { createBaseImage } from '../images/images.js';
import { ensureParts } from '../parts.js';
import { startPostgres, type Postgres } from '../postgres.js';
import { stopAll } from '../processes.js';
import { BASE_IMAGE, WORLD_USERS, createWorld, type World } from '../world.js';
import type { RegistryAuth } from '../registry/registry-config.js';
import { IDLE_MS, sharedFiles, type SharedEngine, type SharedState, type Wanted } from './state.js';

/**
 * The keeper of a shared world: a process of its own that starts engines and registries once and tells their addresses to all
 * who ask at its socket. Started by sharedTestWorld() under a lock; its argument is the shared folder.
 */
class Keeper {
  readonly #folder: string;
  readonly #dir: string;
  readonly #base: Promise<World<'old', RegistryAuth>>;
  #modern: Promise<Engine> | undefined;
  #postgres: Promise<Postgres> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#dir = join(folder, `w-${process.pid}`);
    this.#base = createWorld({
      engines: ['old'],
      registries: ['none', 'htpasswd', 'token'],
      mirror: true,
      dir: this.#dir,
      log: console.log,
    });
    this.#base.catch(() => undefined);
  }

  async state(wanted: Wanted): Promise<SharedState> {
    const world = await this.#base;
    if (wanted.modern) this.#modern ??= this.#startModern(world);
    if (wanted.postgres) this.#postgres ??= this.#startPostgres();
    const [modern, postgres] = await Promise.all([this.#modern, this.#postgres]);
    const registry = ({ auth, address, url, users }: (typeof world.registries)[RegistryAuth]) => ({
      auth,
      address,
      url,
      users,
    });
    const { none, htpasswd, token } = world.registries;
    const state: SharedState = {
      keeperPid: process.pid,
      baseImage: BASE_IMAGE,
      users: WORLD_USERS,
      engines: { old: told(world.engines.old), ...(modern ? { modern: told(modern) } : {}) },
      registries: { none: registry(none), htpasswd: registry(htpasswd), token: registry(token) },
      ...(postgres ? { postgres: { url: postgres.url } } : {}),
    };
    await writeFile(sharedFiles(this.#folder).state, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    return state;
  }

  async #startModern(world: World<'old', RegistryAuth>): Promise<Engine> {
    try {
      await ensureParts(['engine', 'modern-engine'], { install: false });
      const options = { dir: join(this.#dir, 'modern'), registryMirror: world.mirror?.url, log: console.log };
      const engine = await startEngine({ kind: 'modern', ...options });
      await createBaseImage(engine, BASE_IMAGE);
      return engine;
    } catch (error) {
      this.#modern = undefined;
      throw error;
    }
  }

  async #startPostgres(): Promise<Postgres> {
    try {
      await ensureParts('postgres', { install: false });
      return await startPostgres({ dir: join(this.#dir, 'postgres'), log: console.log });
    } catch (error) {
      this.#postgres = undefined;
      throw error;
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.#base, this.#modern, this.#postgres]);
    await stopAll();
    await rm(this.#dir, { recursive: true, force: true });
    await rm(sharedFiles(this.#folder).state, { force: true });
  }
}

function told({ kind, host, socketPath, version, pid }: Engine): SharedEngine {
  return { kind, host, socketPath, version, pid };
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('w-')) await rm(join(folder, name), { recursive: true, force: true }).catch(console.error);
  }
}

function say(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function main(folder: string): Promise<void> {
  const files = sharedFiles(folder);
  await mkdir(folder, { recursive: true });
  await rm(files.control, { force: true });
  await removeLeftovers(folder);
  await writeFile(files.heartbeat, '');
  const keeper = new Keeper(folder);
  let ending: Promise<void> | undefined;

  const end = (code: number): Promise<void> => {
    ending ??= (async () => {
      server.close();
      await rm(files.control, { force: true });
      await keeper.end().catch(console.error);
    })();
    return ending.finally(() => setImmediate(() => process.exit(code)));
  };
  const touch = (): Promise<void> => utimes(files.heartbeat, new Date(), new Date());

  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://keeper');
    if (url.pathname === '/stop') {
      void end(0).then(() => say(outgoing, 200, {}));
      return;
    }
    const wanted = { modern: url.searchParams.has('modern'), postgres: url.searchParams.has('postgres') };
    touch()
      .then(() => keeper.state(wanted))
      .then(
        (state) => say(outgoing, 200, state),
        (error: Error) => say(outgoing, 500, { message: error.message }),
      );
  });
  server.listen(files.control);
  // A world that never came up is no use to anybody: who asks next starts a new keeper.
  keeper.state({}).catch((error: unknown) => {
    console.error(error);
    setTimeout(() => void end(1), 2_000);
  });
  setInterval(() => {
    stat(files.heartbeat).then(
      ({ mtimeMs }) => (Date.now() - mtimeMs > IDLE_MS ? end(0) : undefined),
      () => end(0),
    );
  }, 5_000);
  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
}

const [, , folder] = process.argv;
if (!folder) throw new Error('The keeper needs the folder of the shared world.');
await main(folder);

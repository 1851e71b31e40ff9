import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineKind } from './engine/daemon-config.js';
import { startEngine, type Engine } from './engine/start-engine.js';
import { createBaseImage, pushImage, removeImage } from './images/images.js';
import { ensureParts, type PartKind } from './parts.js';
import { forget, remember, type Log } from './processes.js';
import type { RegistryAuth, RegistryNotification } from './registry/registry-config.js';
import { startRegistry, type Registry } from './registry/start-registry.js';
import type { RegistryUser } from './registry/token-server.js';

export interface WorldOptions<K extends EngineKind, A extends RegistryAuth> {
  readonly engines: readonly K[];
  readonly registries: readonly A[];
  /** A new folder below the system's temporary one unless given. */
  readonly dir?: string;
  /** Give the engines a registry mirror that holds `library/busybox`, so that `busybox` can be pulled as from the Hub. */
  readonly mirror?: boolean;
  /** Who may log in at `htpasswd` and `token`. Default: WORLD_USERS. */
  readonly users?: readonly RegistryUser[];
  readonly notifications?: readonly RegistryNotification[];
  /** Let apt-get bring what lacks. Default: no. */
  readonly install?: boolean;
  readonly log?: Log;
}

export interface World<K extends EngineKind = EngineKind, A extends RegistryAuth = RegistryAuth> {
  readonly dir: string;
  /** Each engine holds BASE_IMAGE. */
  readonly engines: Readonly<Record<K, Engine>>;
  readonly registries: Readonly<Record<A, Registry>>;
  readonly users: readonly RegistryUser[];
  readonly mirror: Registry | undefined;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

interface Part {
  stop(how?: { remove?: boolean }): Promise<void>;
}

/** The image that every engine of a world has. */
export const BASE_IMAGE = 'local/busybox:1';

/** Two people; their names and passwords are what real ones are: not ASCII, with a colon and a space. */
export const WORLD_USERS: readonly [RegistryUser, RegistryUser] = [
  { name: 'ada', password: 'analytical-engine' },
  { name: '乐乐开心果123', password: '密码: 开 心' },
];

/** The parts that a world of these engines and registries needs. */
export function partsOf(engines: readonly EngineKind[], registries: readonly RegistryAuth[]): PartKind[] {
  return [
    ...(engines.length > 0 ? (['engine', 'base-image'] as const) : []),
    ...(engines.includes('modern') ? (['modern-engine'] as const) : []),
    ...(registries.length > 0 ? (['registry'] as const) : []),
  ];
}

/**
 * Starts engines and registries side by side, each engine with a base image. Whatever did start is ended again when another
 * fails.
 * @throws MissingPartsError with one sentence; Error of the part that failed
 */
export async function createWorld<const K extends EngineKind, const A extends RegistryAuth>(
  options: WorldOptions<K, A>,
): Promise<World<K, A>> {
  const { log, users = WORLD_USERS, notifications, mirror: withMirror = false } = options;
  const parts = partsOf(options.engines, withMirror ? ['none', ...options.registries] : options.registries);
  await ensureParts(parts, { install: options.install ?? false, log });
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'waybill-')));
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o711);

  const started: Part[] = [];
  const keep = <T extends Part>(thing: T): T => {
    forget(thing);
    started.push(thing);
    return thing;
  };
  const stop = async (): Promise<void> => {
    const ends = await Promise.allSettled(started.map((thing) => thing.stop({ remove: true })));
    await rm(dir, { recursive: true, force: true });
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  };

  const startOneRegistry = async (auth: A): Promise<[A, Registry]> => [
    auth,
    keep(await startRegistry({ auth, dir: join(dir, `registry-${auth}`), users, notifications, log })),
  ];
  const startOneEngine = async (kind: K, mirror: Registry | undefined): Promise<[K, Engine]> => {
    const engine = keep(await startEngine({ kind, dir: join(dir, kind), registryMirror: mirror?.url, log }));
    await createBaseImage(engine, BASE_IMAGE);
    return [kind, engine];
  };

  try {
    const mirror = withMirror ? keep(await startRegistry({ auth: 'none', dir: join(dir, 'mirror'), log })) : undefined;
    const comingRegistries = everyOne(options.registries.map(startOneRegistry));
    const comingEngines = everyOne(options.engines.map((kind) => startOneEngine(kind, mirror)));
    await Promise.allSettled([comingRegistries, comingEngines]);
    const [registries, engines] = await Promise.all([comingRegistries, comingEngines]);
    const first = engines[0]?.[1];
    if (mirror && first) await fillMirror(first, mirror);
    const world: World<K, A> = {
      dir,
      engines: Object.fromEntries(engines) as Record<K, Engine>,
      registries: Object.fromEntries(registries) as Record<A, Registry>,
      users,
      mirror,
      stop: () => {
        forget(world);
        return stop();
      },
    };
    return remember(world);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Like Promise.all, but waits for all even when one fails: what starts late would not be ended otherwise. */
async function everyOne<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Puts `library/busybox` (tags latest and 1) into a mirror, and leaves no name of it at the engine. */
export async function fillMirror(engine: Engine, mirror: Registry): Promise<void> {
  for (const tag of ['latest', '1']) {
    const target = `${mirror.address}/library/busybox:${tag}`;
    await pushImage(engine, BASE_IMAGE, target);
    await removeImage(engine, target);
  }
}

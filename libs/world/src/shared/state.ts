import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineKind } from '../engine/daemon-config.js';
import { repositoryRoot } from '../engine/cache-folder.js';
import type { RegistryAuth } from '../registry/registry-config.js';
import type { RegistryUser } from '../registry/token-server.js';

export interface SharedEngine {
  readonly kind: EngineKind;
  readonly host: string;
  readonly socketPath: string;
  readonly version: string;
  readonly pid: number;
}

export interface SharedRegistry {
  readonly auth: RegistryAuth;
  readonly address: string;
  readonly url: string;
  readonly users: readonly RegistryUser[];
}

/** What the keeper tells: as JSON, so only addresses and names. */
export interface SharedState {
  readonly keeperPid: number;
  readonly baseImage: string;
  readonly users: readonly [RegistryUser, RegistryUser];
  readonly engines: { readonly old: SharedEngine; readonly modern?: SharedEngine };
  readonly registries: Readonly<Record<RegistryAuth, SharedRegistry>>;
  /** `url` has the superuser's name and password; make a database of your own with createDatabase(url). */
  readonly postgres?: { readonly url: string };
}

export interface Wanted {
  /** Start the modern engine too, if it does not run yet. */
  readonly modern?: boolean;
  /** Start PostgreSQL too, if it does not run yet. */
  readonly postgres?: boolean;
}

/** Where the keeper of this repository's world lives: one for each checkout and user. */
export function sharedFolder(root: string = repositoryRoot(), user: number = process.getuid?.() ?? 0): string {
  const id = createHash('sha256').update(`${root}\n${user}`).digest('hex').slice(0, 12);
  return join(tmpdir(), `waybill-world-${id}`);
}

export const sharedFiles = (folder: string) => ({
  control: join(folder, 'control.sock'),
  heartbeat: join(folder, 'heartbeat'),
  lock: join(folder, 'lock'),
  log: join(folder, 'keeper.log'),
  state: join(folder, 'state.json'),
});

/** The keeper ends everything when no client has been heard of for this long. */
export const IDLE_MS = 3 * 60_000;
export const HEARTBEAT_MS = 20_000;

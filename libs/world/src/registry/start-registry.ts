import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { hash } from 'bcryptjs';
import { freePort } from '../ports.js';
import { requireProgram } from '../parts.js';
import { endOwned, forget, remember, startOwned, waitFor, type Log, type OwnedProcess } from '../processes.js';
import {
  INSTANCE_HEADER,
  registryConfig,
  registryFiles,
  type RegistryAuth,
  type RegistryNotification,
} from './registry-config.js';
import { startTokenServer, type RegistryUser, type TokenRequest, type TokenServer } from './token-server.js';

export interface StartRegistryOptions {
  readonly auth: RegistryAuth;
  /** Holds configuration and storage; starting again over the same folder brings the same repositories. */
  readonly dir: string;
  /** A free port unless given. */
  readonly port?: number;
  /** Who may log in (`htpasswd` and `token`); names and passwords may be any UTF-8 without a colon in the name. */
  readonly users?: readonly RegistryUser[];
  /** Answer DELETE of manifests and blobs. Default: yes. */
  readonly deleteEnabled?: boolean;
  readonly notifications?: readonly RegistryNotification[];
  /** `token` only: give `pull` to who has no login, as the Hub does. Default: no. */
  readonly anonymousPull?: boolean;
  readonly log?: Log;
}

export interface Registry {
  readonly auth: RegistryAuth;
  /** `127.0.0.1:PORT`, as it stands in image names. */
  readonly address: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly users: readonly RegistryUser[];
  readonly dir: string;
  /** `token` only: what the token server was asked, oldest first. */
  readonly tokenRequests: readonly TokenRequest[];
  stop(options?: { remove?: boolean }): Promise<void>;
  /** Ends the registry at once; its token server and its port stay with it for restart. */
  kill(): Promise<void>;
  /** Starts the registry again on the same port; stops it first when it still runs. */
  restart(): Promise<void>;
}

/** What `htpasswd -B` takes, too: a registry checks the password on every call of a push. */
const BCRYPT_COST = 5;
const PORT_ATTEMPTS = 5;

/** Lines of an htpasswd file with bcrypt, the only form that the registry reads. */
export async function htpasswdFile(users: readonly RegistryUser[]): Promise<string> {
  const lines = await Promise.all(
    users.map(async (user) => `${user.name}:${await hash(user.password, BCRYPT_COST)}\n`),
  );
  return lines.join('');
}

/**
 * Starts Debian's docker-registry (distribution 2.8) on 127.0.0.1; it ends with this process.
 * @throws MissingPartsError when a package lacks; Error with the registry's last lines when it does not come up
 */
export async function startRegistry(options: StartRegistryOptions): Promise<Registry> {
  const program = requireProgram('docker-registry', 'docker-registry');
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const dir = await realpath(options.dir);
  const files = registryFiles(dir);
  const users = options.auth === 'none' ? [] : (options.users ?? []);
  if (options.auth === 'htpasswd') await writeFile(files.htpasswd, await htpasswdFile(users), { mode: 0o600 });
  const token =
    options.auth === 'token'
      ? await startTokenServer({
          files,
          users,
          service: 'waybill-registry',
          anonymousPull: options.anonymousPull ?? false,
        })
      : undefined;
  const registry = new RegistryProcess(options, dir, program, users, token);
  try {
    await registry.startSomewhere(options.port);
  } catch (error) {
    await token?.stop();
    throw error;
  }
  return remember(registry);
}

class RegistryProcess implements Registry {
  readonly auth: RegistryAuth;
  readonly dir: string;
  readonly users: readonly RegistryUser[];
  #port = 0;
  #owned: OwnedProcess | undefined;
  readonly #options: StartRegistryOptions;
  readonly #program: string;
  readonly #token: TokenServer | undefined;

  constructor(
    options: StartRegistryOptions,
    dir: string,
    program: string,
    users: readonly RegistryUser[],
    token: TokenServer | undefined,
  ) {
    this.#options = options;
    this.#program = program;
    this.#token = token;
    this.auth = options.auth;
    this.dir = dir;
    this.users = users;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  get tokenRequests(): readonly TokenRequest[] {
    return this.#token?.requests ?? [];
  }

  /** A free port may be taken by another process before the registry has it: then another is tried. */
  async startSomewhere(wanted: number | undefined): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = wanted ?? (await freePort());
      try {
        await this.#start();
        return;
      } catch (error) {
        if (wanted !== undefined || attempt === PORT_ATTEMPTS || !String(error).includes('address already in use'))
          throw error;
      }
    }
  }

  async #start(): Promise<void> {
    const { config } = registryFiles(this.dir);
    const { auth, deleteEnabled = true, notifications = [] } = this.#options;
    const token = this.#token && { realm: this.#token.realm, service: this.#token.service, issuer: this.#token.issuer };
    const instance = randomUUID();
    const text = registryConfig({
      dir: this.dir,
      port: this.#port,
      instance,
      auth,
      deleteEnabled,
      notifications,
      token,
    });
    await writeFile(config, text, { mode: 0o600 });
    const owned = startOwned(this.#program, ['serve', config], { log: this.#options.log });
    this.#owned = owned;
    await waitFor(
      'The registry',
      async () => {
        const answer = await fetch(`${this.url}/v2/`).catch(() => undefined);
        await answer?.body?.cancel();
        return answer?.headers.get(INSTANCE_HEADER) === instance ? true : undefined;
      },
      {
        timeoutMs: 15_000,
        dead: () => (owned.child.exitCode === null && owned.child.signalCode === null ? undefined : owned.tail()),
      },
    );
  }

  async stop(options: { remove?: boolean } = {}): Promise<void> {
    forget(this);
    if (this.#owned) await endOwned(this.#owned);
    await this.#token?.stop();
    if (options.remove) await rm(this.dir, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    if (this.#owned) await endOwned(this.#owned, 5_000, 'SIGKILL');
  }

  async restart(): Promise<void> {
    if (this.#owned) await endOwned(this.#owned);
    await this.#start();
  }
}

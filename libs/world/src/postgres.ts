import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MissingPartsError, findPostgresFolder, requireProgram } from './parts.js';
import { freePort } from './ports.js';
import { endOwned, forget, remember, startOwned, waitFor, type Log } from './processes.js';

const run = promisify(execFile);

export interface Postgres {
  /** `postgresql://waybill:…@127.0.0.1:PORT/waybill`, with the superuser's name and password. */
  readonly url: string;
  readonly dir: string;
  stop(options?: { remove?: boolean }): Promise<void>;
  /** Ends the server at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts the server again on the same port; stops it first when it still runs. */
  restart(): Promise<void>;
}

const USER = 'waybill';
const DATABASE = 'waybill';

function programs(): string {
  const folder = findPostgresFolder();
  if (!folder) throw new MissingPartsError(['postgresql'], 'No PostgreSQL server is on this machine');
  return folder;
}

/** PostgreSQL refuses root: for root its programs run as the user that Debian's package made. */
const systemUser = (): string | undefined => (process.getuid?.() === 0 ? 'postgres' : undefined);

async function initialise(folder: string, dir: string, password: string): Promise<void> {
  const user = systemUser();
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) await run('chown', ['-R', `${user}:`, dir]);
  const flags = ['--pgdata', join(dir, 'cluster'), '--username', USER, '--pwfile', passwordFile];
  flags.push('--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync');
  const owned = startOwned(join(folder, 'initdb'), flags, { user, cwd: '/' });
  const code = await owned.ended;
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb failed: ${owned.tail()}`);
}

/**
 * Starts a private PostgreSQL server on a free port of 127.0.0.1, with a new cluster in `dir` (whose parents must be open to
 * the user postgres when this runs as root). Without `durable` it does not wait for the disk: quick, for tests.
 * @throws MissingPartsError without the package; Error with the server's last lines when it does not come up
 */
export async function startPostgres(options: { dir: string; durable?: boolean; log?: Log }): Promise<Postgres> {
  const folder = programs();
  await mkdir(options.dir, { recursive: true, mode: 0o711 });
  const dir = await realpath(options.dir);
  await chmod(dir, 0o711);
  if (existsSync(join(dir, 'cluster'))) throw new Error(`There is a PostgreSQL cluster in ${dir} already.`);
  const password = randomBytes(12).toString('hex');
  await initialise(folder, dir, password);
  const port = await freePort();
  const base = `postgresql://${USER}:${password}@127.0.0.1:${port}`;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  const start = async () => {
    const owned = startOwned(join(folder, 'postgres'), ['-D', join(dir, 'cluster'), ...flags], {
      user: systemUser(),
      cwd: '/',
      whenParentDies: 'INT',
      log: options.log,
    });
    await waitFor('PostgreSQL', () => ping(`${base}/postgres`), {
      timeoutMs: 30_000,
      dead: () => (owned.child.exitCode === null && owned.child.signalCode === null ? undefined : owned.tail()),
    });
    return owned;
  };

  let owned = await start();
  const url = await createDatabase(`${base}/postgres`, DATABASE);
  const postgres: Postgres = {
    url,
    dir,
    stop: async ({ remove = false } = {}) => {
      forget(postgres);
      await endOwned(owned, 10_000, 'SIGINT');
      if (remove) await rm(dir, { recursive: true, force: true });
    },
    // SIGQUIT is the server's own "at once": it ends its children, which SIGKILL would leave behind.
    kill: () => endOwned(owned, 5_000, 'SIGQUIT'),
    restart: async () => {
      await endOwned(owned, 10_000, 'SIGINT');
      owned = await start();
    },
  };
  return remember(postgres);
}

async function sql(url: string, statement: string): Promise<void> {
  const psql = requireProgram('psql', 'postgresql-client');
  await run(psql, ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--command', statement, url], { cwd: '/' });
}

const ping = (url: string): Promise<true | undefined> =>
  sql(url, 'select 1').then(
    () => true as const,
    () => undefined,
  );

/** Makes an empty database of its own for a test. @returns its URL */
export async function createDatabase(url: string, name = `t_${randomBytes(6).toString('hex')}`): Promise<string> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`"${name}" is no plain database name.`);
  await sql(url, `create database ${name}`);
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}

import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { requireProgram } from './parts.js';
import { endOwned, forget, remember, signal, startOwned, waitFor, type Log } from './processes.js';

export interface Nginx {
  readonly pid: number;
  readonly dir: string;
  /** Reads the configuration file again. */
  reload(): void;
  stop(options?: { remove?: boolean }): Promise<void>;
}

function accepts(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

/**
 * Starts Debian's nginx with the given configuration (its full text or the path of its file), which must listen on `port` of
 * 127.0.0.1 and keep `pid` and relative paths below `dir`, its prefix.
 * @throws MissingPartsError without nginx; Error with its last lines when the configuration is refused
 */
export async function startNginx(
  options: { dir: string; port: number; log?: Log } & ({ config: string } | { configFile: string }),
): Promise<Nginx> {
  const program = requireProgram('nginx', 'nginx');
  await mkdir(options.dir, { recursive: true });
  const dir = await realpath(options.dir);
  let file = join(dir, 'nginx.conf');
  if ('config' in options) await writeFile(file, options.config);
  else file = await realpath(options.configFile);
  const args = ['-e', 'stderr', '-p', dir, '-c', file, '-g', 'daemon off;'];
  const owned = startOwned(program, args, { log: options.log, whenParentDies: 'TERM' });
  await waitFor('nginx', () => accepts(options.port), {
    timeoutMs: 10_000,
    dead: () => (owned.child.exitCode === null && owned.child.signalCode === null ? undefined : owned.tail()),
  });
  const nginx: Nginx = {
    pid: owned.pid,
    dir,
    reload: () => signal(owned.pid, 'SIGHUP'),
    stop: async ({ remove = false } = {}) => {
      forget(nginx);
      await endOwned(owned);
      if (remove) await rm(dir, { recursive: true, force: true });
    },
  };
  return remember(nginx);
}

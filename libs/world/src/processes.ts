import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireProgram } from './parts.js';

export type Log = (line: string) => void;

/** A program that this process started and that ends with it. */
export interface OwnedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Settles when the program has ended, with its exit code (null when a signal ended it). */
  readonly ended: Promise<number | null>;
  /** The last lines it wrote, for error messages. */
  tail(): string;
}

const TAIL_LINES = 12;

/**
 * Starts a program in a process group of its own (a Ctrl-C at the terminal is not for it) that gets `whenParentDies` from
 * the kernel if this process dies in whatever way, even by SIGKILL.
 */
export function startOwned(
  command: string,
  args: readonly string[],
  options: {
    log?: Log;
    logFile?: string;
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    whenParentDies?: 'TERM' | 'INT' | 'KILL';
    /** Run as this system user; only for root. */
    user?: string;
  } = {},
): OwnedProcess {
  const setpriv = requireProgram('setpriv', 'util-linux');
  const as = options.user ? ['--reuid', options.user, '--regid', options.user, '--init-groups'] : [];
  const child = spawn(setpriv, [...as, '--pdeathsig', options.whenParentDies ?? 'TERM', '--', command, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const file = options.logFile ? createWriteStream(options.logFile, { flags: 'a', mode: 0o600 }) : undefined;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > TAIL_LINES) lines.shift();
      file?.write(`${line}\n`);
      options.log?.(line);
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(null);
    });
    child.once('exit', (code) => resolve(code));
  });
  void ended.then(() => file?.end());
  return { pid: child.pid ?? -1, child, ended, tail: () => lines.join('\n') };
}

/** Waits at most `ms` for a promise; true when it settled in time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}

/** Sends a signal; a process that is gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks with `first`, insists with SIGKILL after `graceMs`, and returns once the process has ended. */
export async function endOwned(owned: OwnedProcess, graceMs = 5_000, first: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (owned.child.exitCode !== null || owned.child.signalCode !== null) return;
  signal(owned.pid, first);
  if (await settlesWithin(owned.ended, graceMs)) return;
  signal(owned.pid, 'SIGKILL');
  await owned.ended;
}

/** Start time of a process in clock ticks since boot: with the pid, it names a process for good. */
export function startTicks(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The children of a process, read from /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statFields(pid)?.[1] === String(parent));
}

/** The short name of a process' program, e.g. `dockerd`. */
export function commandName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Has a SIGSTOP reached every thread of a process? It does not do so at once. */
export function isStopped(pid: number): boolean {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.every((thread) => statFields(`${pid}/task/${thread}`)?.[0] === 'T');
}

/** The fields of /proc/PID/stat behind the command's name (which may hold spaces); none for a process that is gone or a zombie. */
function statFields(pid: number | string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields;
  } catch {
    return undefined;
  }
}

/** Tries `attempt` until it gives a value, `dead` says why not to wait longer, or the time is over. */
export async function waitFor<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  options: { timeoutMs: number; everyMs?: number; dead?: () => string | undefined },
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const value = await attempt();
    if (value !== undefined) return value;
    const reason = options.dead?.();
    if (reason !== undefined) throw new Error(`${what} ended before it was ready: ${reason}`);
    if (Date.now() > deadline) throw new Error(`${what} was not ready after ${options.timeoutMs} ms.`);
    await sleep(options.everyMs ?? 50);
  }
}

interface Stoppable {
  stop(): Promise<void>;
}

const running = new Set<Stoppable>();

/** Remembers something that runs, for stopAll. */
export function remember<T extends Stoppable>(thing: T): T {
  running.add(thing);
  return thing;
}

export function forget(thing: Stoppable): void {
  running.delete(thing);
}

/** Stops whatever this process started and did not stop itself, the last started first. */
export async function stopAll(): Promise<void> {
  const things = [...running].reverse();
  running.clear();
  const results = await Promise.allSettled(things.map((thing) => thing.stop()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Makes SIGINT and SIGTERM stop everything before this process ends with the signal's usual exit code. Without it the kernel
 * still ends every part with this process; only folders of temporary data are then left. A second signal ends at once.
 */
export function stopAllOnSignals(): void {
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(name, () => {
      void stopAll().finally(() => process.exit(code));
    });
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { existsSync } from 'node:fs';

/** A program at our terminal, in a process group of its own: it hears of a Ctrl-C from us, once, and ends with us. */
export interface Child {
  readonly process: ChildProcess;
  /** The exit code as a shell gives it: 128 and the signal's number when a signal ended the program. */
  readonly ended: Promise<number>;
}

const SETPRIV = '/usr/bin/setpriv';

export function startChild(
  command: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; stdio?: 'inherit' | 'ignore' },
): Child {
  const owned = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', '--', ...command] : command;
  const [program, ...args] = owned as [string, ...string[]];
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', options.stdio ?? 'inherit', options.stdio ?? 'inherit'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  });
  return { process: child, ended };
}

/** The same signal comes twice at a terminal (from it and from npm); only a second one after this time means "now". */
const SAME_SIGNAL_MS = 1_500;

/** Calls `onStop` at the first SIGINT, SIGTERM or SIGHUP, and `onInsist` when somebody asks again later. */
export function listenForStop(onStop: (signal: NodeJS.Signals) => void, onInsist: () => void): void {
  let first: number | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = Date.now();
      onStop(signal);
    } else if (Date.now() - first > SAME_SIGNAL_MS) {
      onInsist();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listen);
}

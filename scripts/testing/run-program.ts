import { spawn } from 'node:child_process';
import { root } from '../launch/paths.ts';

export interface Ended {
  readonly exitCode: number;
  readonly log: string;
}

const running = new Set<number>();

/** Runs a program of the tests in its own process group, output kept; `stdout` alone is given apart for those who speak JSON. */
export function runProgram(
  command: readonly string[],
  options: { env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<Ended & { stdout: string }> {
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    const all: Buffer[] = [];
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => void (all.push(chunk), out.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => void all.push(chunk));
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        if (pid !== undefined) endGroup(pid, 'SIGKILL');
      },
      options.timeoutMs ?? 20 * 60_000,
    );
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      const log = Buffer.concat(all).toString('utf8') + (late ? '\nEnded: it took too long.\n' : '');
      resolve({ exitCode: code ?? 1, log, stdout: Buffer.concat(out).toString('utf8') });
    });
  });
}

/** Ends all programs that still run, with their children. */
export function endPrograms(signal: NodeJS.Signals): void {
  for (const pid of running) endGroup(pid, signal);
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';
import { SetupError } from './errors.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The exit code a shell would give for an ended child. */
function exitCodeOf(code, signal) {
  return signal === null ? (code ?? 1) : 128 + (osConstants.signals[signal] ?? 0);
}

/** Runs a program of the set-up with its output kept back; a signal to us ends it with all its children. */
export function runQuietly(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    let interrupted;
    const onSignal = (signal) => {
      interrupted = signal;
      endGroup(child.pid, signal);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    const settle = (then) => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      then();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8');
      if (interrupted) settle(() => reject(stopped(interrupted)));
      else settle(() => resolve({ exitCode: exitCodeOf(code, signal), text }));
    });
  });
}

function stopped(signal) {
  return new SetupError('Stopped. The next run takes up the set-up where it was left.', exitCodeOf(null, signal));
}

function endGroup(pid, signal) {
  try {
    if (pid) process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Runs the command proper at the terminal, passes signals on to it, and gives its exit code. */
export function handOver(node, args, env) {
  const [command, ...rest] = diesWithUs([node, ...args]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { cwd: root, env, stdio: 'inherit' });
    const pass = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, pass);
    watchParent(() => pass('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

const PARENT_CHECK_MS = 500;

/** npm starts its scripts through a shell, and neither is sure to pass signals on: when one of them is gone, we are to end. */
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const before = npmAndShell();
  const timer = setInterval(() => {
    if (npmAndShell() === before) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** The parent and, where /proc tells it, the parent's parent. */
function npmAndShell() {
  const shell = process.ppid;
  try {
    const stat = readFileSync(`/proc/${shell}/stat`, 'utf8');
    return `${shell} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return `${shell}`;
  }
}

/** Even SIGKILL of this process shall end the child: Linux' setpriv asks the kernel for it. */
function diesWithUs(command) {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  return setpriv ? [setpriv, '--pdeathsig', 'TERM', '--', ...command] : command;
}

export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin', '/usr/bin', '/bin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

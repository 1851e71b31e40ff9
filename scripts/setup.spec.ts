import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** Stands for the real pnpm: notes what it was asked, and makes what a build makes. */
const FAKE_PNPM = `
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync('calls.log', args.filter((arg) => !arg.startsWith('--')).join(' ') + '\\n');
if (args[0] === 'install' && existsSync('slow')) await new Promise((resolve) => setTimeout(resolve, 30_000));
for (const name of args.filter((arg) => arg.startsWith('@waybill/')).map((arg) => arg.slice(9))) {
  const folder = existsSync('libs/' + name) ? 'libs/' + name : 'apps/' + name;
  mkdirSync(folder + '/dist', { recursive: true });
  for (const file of ['index.js', 'main.js', 'index.html']) writeFileSync(folder + '/dist/' + file, '');
}
`;
/** Stands for npm: "installs" the fake pnpm into the folder behind --prefix. */
const FAKE_NPM = `#!/bin/sh
echo npm >> calls.log
if [ -e offline ]; then echo 'ENOTFOUND the registry' >&2; exit 1; fi
mkdir -p "$3/node_modules/pnpm/bin" && cp fake-pnpm.mjs "$3/node_modules/pnpm/bin/pnpm.mjs"
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-setup-'));
  cpSync(join(import.meta.dirname, 'setup'), join(folder, 'scripts', 'setup'), { recursive: true });
  cpSync(join(import.meta.dirname, 'run.mjs'), join(folder, 'scripts', 'run.mjs'));
  put('scripts/start.ts', 'console.log("started on", process.argv.slice(2).join()); process.exitCode = 7;');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.base.json']) put(file, 'one');
  for (const name of ['contract', 'engine']) put(`libs/${name}/src/index.ts`, 'export {};');
  put('apps/api/src/main.ts', '');
  put('apps/web/src/main.ts', '');
  put('fake-pnpm.mjs', FAKE_PNPM);
  put('bin/npm', FAKE_NPM);
  chmodSync(join(folder, 'bin', 'npm'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function begin(...args: string[]) {
  const child = spawn(process.execPath, [join('scripts', 'run.mjs'), ...args], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
}
const run = (...args: string[]) => begin(...args).ended;

/** What npm and pnpm were asked since the last time. */
function calls(): string[] {
  const file = join(folder, 'calls.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  rmSync(file, { force: true });
  return lines;
}

const EVERYTHING = [
  'npm',
  'install',
  '@waybill/contract @waybill/engine run build',
  '@waybill/api run build',
  '@waybill/web run build',
];

async function hasCalled(what: string): Promise<void> {
  const file = join(folder, 'calls.log');
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(what)) await sleep(20);
}

describe('scripts/run.mjs', () => {
  it('brings tools, dependencies and build, then hands over with arguments and exit code', async () => {
    const { code, output } = await run('start', 'here');
    expect(output).toContain('started on here');
    expect(code).toBe(7);
    expect(calls()).toEqual(EVERYTHING);
  });

  it('asks neither npm nor pnpm at the second run, so that no network is needed', async () => {
    await run('start');
    calls();
    put('offline', '');
    const { output } = await run('start');
    expect(output).toBe('started on \n');
    expect(calls()).toEqual([]);
  });

  it('installs again when the lock file has changed, and builds again only what has changed', async () => {
    await run('setup');
    calls();
    put('pnpm-lock.yaml', 'two');
    put('libs/engine/src/index.ts', 'export const changed = 1;');
    put('libs/engine/src/index.spec.ts', '');
    await run('setup');
    expect(calls()).toEqual(EVERYTHING.slice(1));
    put('libs/engine/src/index.ts', 'export const changed = 2;');
    await run('setup');
    expect(calls()).toEqual(['@waybill/engine run build']);
    put('libs/engine/src/index.spec.ts', 'changed');
    await run('setup');
    expect(calls()).toEqual([]);
  });

  it('builds again what somebody has deleted', async () => {
    await run('setup');
    calls();
    rmSync(join(folder, 'apps/web/dist'), { recursive: true });
    await run('setup');
    expect(calls()).toEqual(['@waybill/web run build']);
  });

  it('shows what npm said and what to do when the tools cannot be fetched, and takes them up again later', async () => {
    put('offline', '');
    const { code, output } = await run('start');
    expect(code).toBe(1);
    expect(output).toContain('ENOTFOUND the registry');
    expect(output).toContain('npm config get registry');
    expect(output).not.toContain('started');
    rmSync(join(folder, 'offline'));
    calls();
    await run('setup');
    expect(calls()).toEqual(EVERYTHING);
  });

  it('ends with the signal’s exit code in the middle of an install, with all its children, and installs again next time', async () => {
    put('slow', '');
    const { child, ended } = begin('start');
    await hasCalled('install');
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect(code).toBe(143);
    expect(output).toContain('takes up the set-up');
    rmSync(join(folder, 'slow'));
    calls();
    await run('setup');
    expect(calls()).toEqual(EVERYTHING.slice(1));
  });

  it('lets a second run wait for the first instead of installing over it', async () => {
    const runs = await Promise.all([run('setup'), run('setup'), run('setup')]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(calls()).toEqual(EVERYTHING);
  });

  it('takes over the lock of a run that was killed', async () => {
    mkdirSync(join(folder, '.tools'));
    put('.tools/setup.lock', '2147483646 1');
    expect((await run('setup')).code).toBe(0);
    put('.tools/setup.lock', `${process.pid} not-my-start-time`);
    expect((await run('setup')).code).toBe(0);
  });

  it('names the commands where one is asked for that is not there', async () => {
    const { code, output } = await run('strat');
    expect(code).toBe(1);
    expect(output).toContain('There is no command strat.');
    expect(output).toContain('start');
  });
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@waybill/world';

const root = join(import.meta.dirname, '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** The same pnpm call that the Dockerfile makes, without a network and into our own store. */
function installFlags(): string[] {
  const call = /pnpm\.mjs (install .*)$/m.exec(dockerfile)?.[1] ?? '';
  return call.split(' ').map((word) => word.replaceAll("'", ''));
}

/** What the image holds: each package's manifest, and the built parts of those that the server is made of. */
function copyPackages(to: string): void {
  const copy = (file: string): void => {
    if (!existsSync(join(root, file))) throw new Error(`${file} is missing: run \`npm test\`, which builds it.`);
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file), { recursive: true });
  };
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'apps/web/dist', 'apps/api/dist'])
    copy(file);
  for (const file of ['e2e', 'bench', 'apps/api', 'apps/web']) copy(`${file}/package.json`);
  for (const name of readdirSync(join(root, 'libs'))) {
    copy(`libs/${name}/package.json`);
    if (name !== 'world') copy(`libs/${name}/dist`);
  }
}

describe('what the image holds', () => {
  let folder: string;
  let server: ChildProcess | undefined;
  let log = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-image-'));
    copyPackages(folder);
  });
  afterAll(async () => {
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('installs from the lock file without anything that only builds or tests', () => {
    const pnpm = join(root, '.tools', 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
    const args = [pnpm, ...installFlags(), '--store-dir', join(root, '.tools', 'store')];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CI: 'true' },
    });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    const packages = readdirSync(join(folder, 'node_modules', '.pnpm'));
    expect(
      packages.filter((name) => /^(typescript|jest|vite|prisma|@swc\+core|@playwright\+test)@/.test(name)),
    ).toEqual([]);
  });

  it('is enough for the server to start, migrate its database and serve the page', async () => {
    const port = await freePort();
    const main = /CMD (\["node".*\])$/m.exec(dockerfile.slice(dockerfile.lastIndexOf('\nCMD')))?.[1] ?? '[]';
    server = spawn(process.execPath, (JSON.parse(main) as string[]).slice(1), {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        NODE_ENV: 'production',
        WAYBILL_PORT: String(port),
        WAYBILL_DATA: join(folder, 'data'),
        WAYBILL_ENGINE_HOST: `unix://${folder}/none.sock`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.stdout, server.stderr])
      stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const url = `http://127.0.0.1:${port}`;
    const health = await answering(`${url}/api/v1/health`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<div id="app"');
    expect(log).toMatch(/Setup code: \S+/);
  });

  async function answering(url: string): Promise<Response> {
    for (let last = Date.now() + 20_000; Date.now() < last; await sleep(100)) {
      if (server?.exitCode !== null) break;
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return answer;
    }
    throw new Error(`The server did not come up:\n${log}`);
  }
});

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBaseImage } from '../images/images.js';
import { childrenOf, startTicks, waitFor } from '../processes.js';
import { nodeFlagsFor } from '../shared/run-typescript.js';
import { engineCall, engineMust } from './engine-call.js';
import { startEngine, type Engine } from './start-engine.js';

const json = { 'content-type': 'application/json' };

async function runContainer(socketPath: string, body: object): Promise<string> {
  const made = await engineMust({
    socketPath,
    method: 'POST',
    path: '/containers/create',
    headers: json,
    body: JSON.stringify(body),
  });
  const { Id } = made.json() as { Id: string };
  await engineMust({ socketPath, method: 'POST', path: `/containers/${Id}/start` });
  return Id;
}

async function imageCount(engine: Engine): Promise<number> {
  const answer = await engineMust({ socketPath: engine.socketPath, path: '/images/json' });
  return (answer.json() as unknown[]).length;
}

describe('an engine of our own', () => {
  let dir: string;
  let engine: Engine | undefined;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'waybill-'));
  });

  afterEach(async () => {
    await engine?.stop({ remove: true });
    engine = undefined;
    await rm(dir, { recursive: true, force: true });
  });

  describe.each(['old', 'modern'] as const)('of kind %s', (kind) => {
    it('has its images again after it was killed, on the same socket', async () => {
      engine = await startEngine({ kind, dir });
      const { pid, socketPath } = engine;
      await createBaseImage(engine, 'local/busybox:1');
      await runContainer(socketPath, {
        Image: 'local/busybox:1',
        Cmd: ['sleep', '600'],
        HostConfig: { NetworkMode: 'none' },
      });
      await engine.kill();
      expect(startTicks(pid)).toBeUndefined();
      await expect(engineCall({ socketPath, path: '/_ping' })).rejects.toThrow();
      await engine.restart();
      expect(engine.socketPath).toBe(socketPath);
      expect(engine.pid).not.toBe(pid);
      expect(await imageCount(engine)).toBe(1);
    });

    it('starts over a folder whose engine left stale pid files, as after a power cut', async () => {
      engine = await startEngine({ kind, dir });
      await createBaseImage(engine, 'local/busybox:1');
      await engine.stop();
      // Process ids of a former life, which are this test's own process by now.
      await mkdir(join(dir, 'exec/containerd'), { recursive: true });
      for (const file of ['pid', 'exec/containerd/containerd.pid'])
        await writeFile(join(dir, file), String(process.pid));
      await writeFile(join(dir, 'engine.json'), JSON.stringify({ pid: process.pid, ticks: '1' }));
      engine = await startEngine({ kind, dir });
      expect(await imageCount(engine)).toBe(1);
    });
  });

  it('answers nothing while it is paused and goes on afterwards', async () => {
    engine = await startEngine({ kind: 'old', dir });
    const { socketPath } = engine;
    await engine.pause();
    const late = engineCall({ socketPath, path: '/_ping', signal: AbortSignal.timeout(500) });
    await expect(late).rejects.toThrow();
    engine.resume();
    expect((await engineCall({ socketPath, path: '/_ping' })).text).toBe('OK');
  });

  it('works in a folder whose path is too long for sockets', async () => {
    engine = await startEngine({ kind: 'old', dir: join(dir, '很长的文件夹'.repeat(6)) });
    expect(Buffer.byteLength(engine.socketPath)).toBeLessThan(107);
    expect(await imageCount(engine)).toBe(0);
    const { socketPath } = engine;
    await engine.stop();
    expect(existsSync(socketPath)).toBe(false);
  });

  it('gives containers a network with published ports, where no other engine has the bridge, and takes the bridge away', async () => {
    const bridgeIsFree = !existsSync('/sys/class/net/docker0');
    engine = await startEngine({ kind: 'old', dir, bridge: true });
    expect(engine.bridge).toBe(bridgeIsFree);
    if (!bridgeIsFree) return;
    await createBaseImage(engine, 'local/busybox:1');
    const id = await runContainer(engine.socketPath, {
      Image: 'local/busybox:1',
      Cmd: ['sh', '-c', 'while true; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nhello" | nc -l -p 80; done'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    const inspected = (await engineMust({ socketPath: engine.socketPath, path: `/containers/${id}/json` })).json() as {
      NetworkSettings: { Ports: Record<string, [{ HostPort: string }]> };
    };
    const port = inspected.NetworkSettings.Ports['80/tcp']?.[0].HostPort ?? '';
    const text = await waitFor('The container', () => get(`http://127.0.0.1:${port}/`), { timeoutMs: 5_000 });
    expect(text).toBe('hello');
    await engine.kill();
    await engine.restart();
    expect(engine.bridge).toBe(true);
    await engine.stop({ remove: true });
    expect(existsSync('/sys/class/net/docker0')).toBe(false);
  });

  it('ends when the process that started it is killed', async () => {
    const module = fileURLToPath(new URL('./start-engine.ts', import.meta.url));
    const script = `import { startEngine } from ${JSON.stringify(module)};
      await startEngine({ kind: 'old', dir: ${JSON.stringify(dir)} }); console.log('ready');`;
    const flags = [...nodeFlagsFor(module), '--input-type=module-typescript', '--eval', script];
    const parent = spawn(process.execPath, flags, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const { pid } = JSON.parse(await readFile(join(dir, 'engine.json'), 'utf8')) as { pid: number };
    expect(childrenOf(pid)).not.toEqual([]);
    parent.kill('SIGKILL');
    const isGone = async () => (startTicks(pid) === undefined ? true : undefined);
    await expect(waitFor('The engine', isGone, { timeoutMs: 20_000 })).resolves.toBe(true);
  });
});

const get = (url: string): Promise<string | undefined> =>
  fetch(url).then(
    (answer) => answer.text(),
    () => undefined,
  );

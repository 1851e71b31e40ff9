import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedTestWorld } from '@waybill/world';
import { createTestApp } from '../testing/create-test-app.js';

let folder: string;
const servers: Server[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wbs-'));
  await writeFile(join(folder, 'file.sock'), 'no socket');
  // One that hangs up, and one that is no engine.
  await listen('cut.sock', (server) => server.on('connection', (socket) => socket.destroy()));
  await listen('other.sock', (server) => server.on('connection', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function listen(name: string, prepare: (server: Server) => void): Promise<void> {
  const server = createServer();
  prepare(server);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(folder, name), resolve));
}

/** What the page and the API say of an engine at this address; the record must work meanwhile. */
async function saidOf(host: string) {
  const app = await createTestApp({ WAYBILL_ENGINE_HOST: host });
  try {
    const state = async () => (await app.asAdmin.get('/api/v1/engines')).body.items[0];
    for (let last = Date.now() + 15_000; (await state()).error === null && Date.now() < last;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const list = await app.asAdmin.get('/api/v1/engines/local/images');
    const pull = await app.asAdmin.post('/api/v1/engines/local/images/pull?wait=20', { reference: 'busybox:1' });
    const events = await app.asAdmin.get('/api/v1/audit/events?action=image.pull&order=asc');
    return {
      engine: await state(),
      list: list.body,
      status: list.status,
      pull: pull.body.operation,
      phases: events.body.items.map((one: { phase: string; outcome: string | null }) => one.outcome ?? one.phase),
    };
  } finally {
    await app.stop();
  }
}

describe('an engine’s socket that can’t be used', () => {
  it.each([
    ['is a folder', () => `unix://${folder}`],
    ['is a plain file', () => `unix://${folder}/file.sock`],
    ['is not there', () => `unix://${folder}/none.sock`],
    ['hangs up', () => `unix://${folder}/cut.sock`],
    ['speaks something else', () => `unix://${folder}/other.sock`],
    ['is a port where nobody listens', () => 'tcp://127.0.0.1:1'],
  ])('since it %s is told with what to do, on the page, in the API and on the record', async (_why, host) => {
    const said = await saidOf(host());
    expect(said.engine).toMatchObject({
      state: 'unreachable',
      error: { code: expect.stringMatching(/^engine\.(unreachable|error)$/), advice: expect.any(Array) },
    });
    expect(said.engine.error.advice.length).toBeGreaterThan(0);
    expect([said.status, said.list.code]).toEqual([
      said.engine.error.code === 'engine.error' ? 502 : 503,
      said.engine.error.code,
    ]);
    expect(said.pull).toMatchObject({ state: 'failed', error: { code: said.engine.error.code } });
    expect(said.phases).toEqual(['intent', 'failed']);
  });

  it('since Waybill’s user has no right to it says so, and how to get it', async () => {
    const { engines } = await sharedTestWorld();
    // Root passes every door: the tests run as root, so this process is somebody else for a moment.
    const setUser = process.seteuid?.bind(process);
    if (!setUser) throw new Error('This test needs a system with users.');
    const nobody = 65_534;
    setUser(nobody);
    const said = await saidOf(engines.old.host).finally(() => setUser(0));
    expect(said.engine).toMatchObject({ state: 'unreachable', error: { code: 'engine.access_denied' } });
    expect(said.engine.error.advice.join(' ')).toContain('docker');
    expect([said.status, said.list.code]).toEqual([503, 'engine.access_denied']);
    expect(said.pull).toMatchObject({ state: 'failed', error: { code: 'engine.access_denied' } });
  });
});

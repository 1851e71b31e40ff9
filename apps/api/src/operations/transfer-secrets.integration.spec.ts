import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  sharedTestWorld,
  startRegistry,
  startServer,
  type Registry,
  type ServerProcess,
  type SharedTestWorld,
} from '@waybill/world';
import { Canaries } from '../testing/canaries.js';
import { TestClient } from '../testing/create-test-app.js';
import { followBoard, followOperation, openLive } from '../testing/live-viewer.js';
import { freshImage, transfer, until, whenConnected } from '../testing/transfer-world.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const admin = { username: 'admin', password: 'canary-login-5Rk' };
const user = { name: 'canary-user', password: 'canary-right-6Tm' };
const canaries = new Canaries({
  login: admin.password,
  'registry secret': user.password,
  'wrong registry secret': 'canary-wrong-7Un',
  'imported secret': 'canary-imported-8Vp',
});

let folder: string;
let world: SharedTestWorld;
let server: ServerProcess;
const registries: Registry[] = [];
/** All that anybody was told, by what told it. */
const told: { what: string; text: string }[] = [];
const states: string[] = [];

async function ask(client: TestClient, method: string, path: string, body?: unknown) {
  const answer = await client.call(method, path, body);
  told.push({ what: `${method} ${path}`, text: `${answer.text}\n${[...answer.headers].join('\n')}` });
  return answer;
}

/** Pushes with a wrong secret, then with the right one, pulls, checks, and has every trace of it read. */
async function story(client: TestClient, auth: 'htpasswd' | 'token'): Promise<void> {
  const registry = await startRegistry({ auth, dir: join(folder, auth), users: [user] });
  registries.push(registry);
  const entry = { name: auth, address: registry.address, insecure: true, username: user.name };
  const made = await ask(client, 'POST', '/api/v1/registries', {
    ...entry,
    secret: canaries.get('wrong registry secret'),
  });
  const path = `/api/v1/registries/${made.body.id}`;
  await ask(client, 'POST', `${path}/check`, {});
  const reference = `${registry.address}/canary/app:1`;
  await freshImage(world.engines.old, reference, 1, 50_000);
  const socket = await openLive(server.url, { cookie: client.cookie, origin: server.url });
  const board = await followBoard(socket);
  const failed = await transfer(client, 'push', { reference });
  await ask(client, 'PATCH', `${path}/credentials/${made.body.credentials[0].id}`, { secret: user.password });
  await ask(client, 'POST', `${path}/check`, {});
  const begun = await ask(client, 'POST', '/api/v1/engines/local/images/push', { reference });
  const follower = await followOperation(socket, begun.body.operation.id);
  const pushed = await until(client, begun.body.operation.id, (one) => one.endedAt !== null);
  const pulled = await transfer(client, 'pull', { reference });
  for (const { id, state } of [failed, pushed, pulled]) {
    states.push(state);
    for (const part of ['', '/transcript', '/events']) await ask(client, 'GET', `/api/v1/operations/${id}${part}`);
  }
  told.push({
    what: 'the live door',
    text: JSON.stringify([board.state, board.messages, follower.state, follower.messages]),
  });
  socket.disconnect();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-told-'));
  world = await sharedTestWorld();
  server = await startServer({
    main,
    dataFolder: join(folder, 'data'),
    environment: {
      WAYBILL_LOG_LEVEL: 'trace',
      WAYBILL_ENGINE_HOST: world.engines.old.host,
      WAYBILL_ADMIN_USERNAME: admin.username,
      WAYBILL_ADMIN_PASSWORD: admin.password,
    },
  });
  const client = await new TestClient(server.url).login(admin.username, admin.password);
  await whenConnected(client, 60);
  await story(client, 'htpasswd');
  await story(client, 'token');
  const auths = {
    'imported.example': { auth: Buffer.from(`u:${canaries.get('imported secret')}`).toString('base64') },
  };
  await ask(client, 'POST', '/api/v1/registries/import', { config: JSON.stringify({ auths }) });
  for (const path of [
    'registries',
    'registries/health',
    'operations',
    'audit/events?limit=200',
    'engines/local/images',
  ])
    await ask(client, 'GET', `/api/v1/${path}`);
  await ask(client, 'GET', '/api/v1/audit/export?format=ndjson');
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await Promise.all(registries.map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe('a registry’s secret that an engine was given', () => {
  it('was wrong, then right', () => {
    expect(states).toEqual(['failed', 'succeeded', 'succeeded', 'failed', 'succeeded', 'succeeded']);
    expect(told.find(({ what }) => what.endsWith('/import'))?.text).toContain('imported.example');
  });

  it('is in no answer, no transcript, no event and no message of the live door', () => {
    expect(told.flatMap(({ what, text }) => canaries.foundIn(text).map((name) => `${name} in ${what}`))).toEqual([]);
  });

  it('is in nothing that the server prints at level trace', () => {
    expect(canaries.foundIn(server.output)).toEqual([]);
  });

  it('is in no file of the data folder', async () => {
    const files = await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of files.filter((entry) => entry.isFile()))
      expect({ name, found: canaries.foundIn(await readFile(join(parentPath, name))) }).toEqual({ name, found: [] });
  });
});

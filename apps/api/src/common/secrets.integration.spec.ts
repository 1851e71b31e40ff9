import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type ServerProcess } from '@waybill/world';
import { Canaries } from '../testing/canaries.js';
import { TestClient } from '../testing/create-test-app.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** What nobody may meet again, by what it is. */
const canaries = new Canaries({
  password: 'canary-password-7Qx~ä',
  'wrong password': 'canary-wrong-8Wy~ö',
  'new password': 'canary-changed-9Ez~ü',
  'password of a person': 'canary-person-1Rt~ß',
  'password by a link': 'canary-linked-2Uv~é',
  'registry secret': 'canary-registry-3Op~ñ',
  'other registry secret': 'canary-other-4As~ø',
});
const secret = (name: string) => canaries.get(name);

let folder: string;
let server: ServerProcess;
let admin: TestClient;
/** The status of each answer that the story stands on. */
const made: number[] = [];
const later: { what: string; text: string }[] = [];

/** Answers that may show a secret once are not kept; all others are searched. */
async function ask(client: TestClient, method: string, path: string, body?: unknown, mayShow = false) {
  const answer = await client.call(method, path, body);
  if (!mayShow) later.push({ what: `${method} ${path}`, text: `${answer.text}\n${[...answer.headers].join('\n')}` });
  return answer;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-canary-'));
  server = await startServer({
    main,
    dataFolder: folder,
    environment: { WAYBILL_LOG_LEVEL: 'trace', WAYBILL_ENGINE_HOST: `unix://${folder}/no-engine.sock` },
  });
  const anybody = new TestClient(server.url);
  const setupCode = /Setup code: (\S+)/.exec(server.output)?.[1] ?? '';
  const first = { setupCode, username: 'admin', password: secret('password') };
  made.push((await anybody.post('/api/v1/setup', first)).status);
  await ask(anybody, 'POST', '/api/v1/session', { username: 'admin', password: secret('wrong password') });
  admin = await anybody.login('admin', secret('password'));
  await ask(admin, 'POST', '/api/v1/session/confirm', { password: secret('wrong password') });
  await ask(admin, 'POST', '/api/v1/session/confirm', { password: secret('password') });
  const person = { username: 'p', role: 'viewer', password: secret('password of a person') };
  await ask(admin, 'POST', '/api/v1/users', person);
  await ask(admin, 'POST', '/api/v1/users', person);
  await ask(admin, 'POST', '/api/v1/users', { ...person, password: { deep: secret('password of a person') } });
  const invited = await ask(admin, 'POST', '/api/v1/users', { username: 'i', role: 'viewer' }, true);
  const link = String(invited.body.invitation.url).split(/[#=/]/).at(-1) ?? '';
  canaries.add('invitation', link);
  await ask(anybody, 'POST', '/api/v1/links/open', { secret: link });
  await ask(anybody, 'GET', `/api/v1/links/open?secret=${link}`);
  await anybody.post('/api/v1/links/accept', { secret: link, password: secret('password by a link') });
  await ask(anybody, 'POST', '/api/v1/links/accept', { secret: link, password: secret('password by a link') });
  const token = await ask(admin, 'POST', '/api/v1/tokens', { name: 'ci', scopes: ['audit.read'] }, true);
  canaries.add('token', String(token.body.secret));
  const bearer = admin.with({ authorization: `Bearer ${String(token.body.secret)}` });
  await ask(bearer, 'GET', '/api/v1/session');
  await ask(bearer, 'GET', `/api/v1/users?token=${String(token.body.secret)}`);
  await ask(bearer, 'GET', `/api/v1/users/${String(token.body.secret)}`);
  const address = { name: 'r', address: '127.0.0.1:9', insecure: true, username: 'u' };
  const entered = await ask(admin, 'POST', '/api/v1/registries', { ...address, secret: secret('registry secret') });
  made.push(entered.status);
  const registry = `/api/v1/registries/${String(entered.body.id)}`;
  await ask(admin, 'POST', `${registry}/check`, {});
  const credential = `${registry}/credentials/${String(entered.body.credentials[0].id)}`;
  await ask(admin, 'PATCH', credential, { secret: secret('other registry secret') });
  await ask(admin, 'POST', '/api/v1/session/password', {
    current: secret('password'),
    next: secret('new password'),
  });
  canaries.add('cookie', admin.cookie.split('=')[1] ?? '');
  for (const path of ['users', 'tokens', 'registries', 'audit/events?limit=200', 'people', 'openapi.json', 'session'])
    await ask(admin, 'GET', `/api/v1/${path}`);
  for (const format of ['csv', 'ndjson']) await ask(admin, 'GET', `/api/v1/audit/export?format=${format}`);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a secret', () => {
  it('was really given, and would be found', () => {
    expect(made).toEqual([201, 201]);
    expect([...canaries.secrets.values()].every((text) => text.length > 15)).toBe(true);
    expect(canaries.foundIn(`x${secret('token')}x`)).toEqual(['token']);
    expect(later.filter(({ text }) => text.includes('"code":"server.error"'))).toEqual([]);
  });

  it('stands in no later answer and in no export of the record', () => {
    expect(later.flatMap(({ what, text }) => canaries.foundIn(text).map((name) => `${name} in ${what}`))).toEqual([]);
  });

  it('stands in nothing that the server prints at level trace', () => {
    expect(server.output).toContain('"level":30');
    expect(server.output).toContain('wbt_[hidden]');
    expect(canaries.foundIn(server.output)).toEqual([]);
  });

  it('stands in no file of the data folder, the database and its log of writes among them', async () => {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.some(({ name }) => name.endsWith('-wal'))).toBe(true);
    for (const { parentPath, name } of files) {
      const inside = canaries.foundIn(await readFile(join(parentPath, name)));
      expect({ name, inside }).toEqual({ name, inside: [] });
    }
  });
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { greet } from '../common/greeting.js';
import { describeReset, resetAdmin } from '../commands/reset-admin.js';
import { readConfig, type Config } from '../config/config.js';
import { startServer, type RunningServer } from '../server.js';
import { TestClient } from '../testing/create-test-app.js';

let folder: string;
let server: RunningServer | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-setup-'));
});
afterEach(async () => {
  await server?.close();
  server = null;
  await rm(folder, { recursive: true, force: true });
});

function configWith(environment: { [name: string]: string } = {}): Config {
  return readConfig({
    HOME: folder,
    WAYBILL_PORT: '0',
    WAYBILL_DATA: folder,
    WAYBILL_LOG_LEVEL: 'silent',
    WAYBILL_ENGINE_HOST: `unix://${folder}/none.sock`,
    ...environment,
  });
}

async function start(environment?: {
  [name: string]: string;
}): Promise<{ client: TestClient; code: string | undefined }> {
  server = await startServer(configWith(environment));
  let said = '';
  greet(server, (text) => (said += text));
  expect(said).toContain(server.url);
  return { client: new TestClient(server.url), code: /Setup code: (\S+)/.exec(said)?.[1] };
}

async function stop(): Promise<void> {
  await server?.close();
  server = null;
}

const first = { username: 'anna', password: 'correct horse battery', displayName: 'Anna Schmidt' };

describe('setting up', () => {
  it('makes the first admin with the code of the terminal, logs in, and is over then', async () => {
    const { client, code } = await start();
    expect((await client.get('/api/v1/setup')).body).toEqual({ required: true });
    const answer = await client.post('/api/v1/setup', { ...first, setupCode: code?.toLowerCase() });
    expect(answer.status).toBe(201);
    expect(answer.body.user).toMatchObject({ username: 'anna', displayName: 'Anna Schmidt', role: 'admin' });
    expect(answer.headers.get('set-cookie')).toContain('HttpOnly');
    expect((await client.get('/api/v1/setup')).body).toEqual({ required: false });
    expect((await client.post('/api/v1/setup', { ...first, username: 'eve', setupCode: code })).body.code).toBe(
      'setup.done',
    );
    const admin = await client.login('anna', first.password);
    const [event] = (await admin.get('/api/v1/audit/events?action=system.setup')).body.items;
    expect(event).toMatchObject({ via: { authMethod: 'setup_code' }, personal: { subjectName: 'anna' } });
  });

  it('lets one of two win who do it at once', async () => {
    const { client, code } = await start();
    const both = await Promise.all(
      ['anna', 'eve'].map((username) => client.post('/api/v1/setup', { ...first, username, setupCode: code })),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it('cannot be guessed: after ten tries not even the right code is looked at', async () => {
    const { client, code } = await start();
    const attempt = (setupCode: string) => client.post('/api/v1/setup', { ...first, setupCode });
    const answers = [];
    for (let n = 0; n < 12; n += 1) answers.push(await attempt(`AAAA-AAAA-AAA${n}`));
    expect(answers.map(({ body }) => body.code)).toEqual([
      ...Array<string>(10).fill('setup.code_invalid'),
      'auth.throttled',
      'auth.throttled',
    ]);
    expect((await attempt(code ?? '')).status).toBe(429);
    expect((await client.get('/api/v1/setup')).body).toEqual({ required: true });
  });

  it('asks for a new code after a restart, and never again once there is an admin', async () => {
    const before = await start();
    await stop();
    const after = await start();
    expect(after.code).not.toBe(before.code);
    expect((await after.client.post('/api/v1/setup', { ...first, setupCode: before.code })).body.code).toBe(
      'setup.code_invalid',
    );
    expect((await after.client.post('/api/v1/setup', { ...first, setupCode: after.code })).status).toBe(201);
    await stop();
    const { client, code } = await start();
    expect(code).toBeUndefined();
    expect((await client.get('/api/v1/setup')).body).toEqual({ required: false });
  });

  it('refuses a page from elsewhere', async () => {
    const { client, code } = await start();
    const answer = await client.post('/api/v1/setup', { ...first, setupCode: code }, { origin: 'http://evil.example' });
    expect(answer.body.code).toBe('auth.origin');
  });

  it('is done by the environment where it names an admin, and overwrites nobody', async () => {
    const environment = { WAYBILL_ADMIN_USERNAME: 'anna', WAYBILL_ADMIN_PASSWORD: first.password };
    const { client, code } = await start(environment);
    expect(code).toBeUndefined();
    await client.login('anna', first.password);
    await stop();
    const again = await start({ ...environment, WAYBILL_ADMIN_PASSWORD: 'quite another one' });
    await again.client.login('anna', first.password);
    expect(
      (await again.client.post('/api/v1/session', { username: 'anna', password: 'quite another one' })).status,
    ).toBe(401);
  });
});

describe('an admin who is locked out', () => {
  it('gets a link by the command on the server, on record, and no server may run beside it', async () => {
    const environment = {
      WAYBILL_ADMIN_USERNAME: 'anna',
      WAYBILL_ADMIN_PASSWORD: first.password,
      WAYBILL_PUBLIC_URL: 'https://waybill.example',
    };
    await start(environment);
    await expect(resetAdmin(configWith(environment), 'anna')).rejects.toThrow(/another|running|lock/i);
    await stop();
    await expect(resetAdmin(configWith(environment), 'nobody')).rejects.toThrow('There is no user nobody.');
    const link = await resetAdmin(configWith(environment), 'ANNA');
    expect(describeReset(link)).toContain(link.url);
    const secret = /^https:\/\/waybill\.example\/link#([\w-]{43})$/.exec(link.url)?.[1];

    const { client } = await start(environment);
    const accepted = await client.post('/api/v1/links/accept', { secret, password: 'quite another one' });
    expect(accepted.headers.get('set-cookie')).toContain('Secure');
    const admin = await client.login('anna', 'quite another one');
    const [event] = (await admin.get('/api/v1/audit/events?action=user.reset')).body.items;
    expect(event).toMatchObject({
      actor: { type: 'system' },
      details: { by: 'command' },
      personal: { subjectName: 'anna' },
    });
  });
});

describe('a secret', () => {
  it('is in no answer, event or file but the one that hands it out', async () => {
    const { client, code } = await start();
    const canaries = ['canary-password-one', 'canary-password-two', 'canary-typed-as-name', code ?? 'none'];
    const [one = '', two = '', typed = ''] = canaries;
    await client.post('/api/v1/setup', { username: 'anna', password: one, setupCode: code });
    const admin = await client.login('anna', one);
    await client.post('/api/v1/session', { username: typed, password: two });
    await client.post('/api/v1/session', { username: 'anna', password: two });
    await admin.post('/api/v1/session/password', { current: one, next: two });
    await admin.post('/api/v1/session/confirm', { password: two });
    const token = (await admin.post('/api/v1/tokens', { name: 'x' })).body.secret;
    const invitation = (
      await admin.post('/api/v1/users', { username: 'liwei', role: 'viewer' })
    ).body.invitation.url.split('#')[1];
    const cookie = admin.cookie.split('=')[1] ?? '';
    canaries.push(token, invitation, cookie);

    const answers = await Promise.all(
      [
        'session',
        'sessions',
        'tokens',
        'users?limit=200',
        'people',
        'audit/events?limit=200',
        'audit/export?format=csv',
        'openapi.json',
        'setup',
      ].map(async (path) => (await admin.get(`/api/v1/${path}`)).text),
    );
    await stop();
    const files = await Promise.all(
      (await readdir(folder))
        .filter((name) => name.startsWith('waybill'))
        .map((name) => readFile(join(folder, name), 'latin1')),
    );
    expect(files.join('')).toContain('session.login');
    for (const canary of canaries) {
      expect(canary.length).toBeGreaterThan(10);
      expect(answers.filter((text) => text.includes(canary))).toEqual([]);
      expect(files.some((text) => text.includes(canary))).toBe(false);
    }
  });
});

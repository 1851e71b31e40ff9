import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config/config.js';
import { startServer, type RunningServer } from '../server.js';

export interface TestApp {
  server: RunningServer;
  url: string;
  folder: string;
  admin: { username: string; password: string };
  /** A client that is logged in as the admin. */
  asAdmin: TestClient;
  /** Makes a user with a role, logged in. */
  as(role: string, username?: string): Promise<TestClient>;
  stop(): Promise<void>;
}

/** A small client of the REST API: JSON in, JSON out, with its cookie or token. */
export class TestClient {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson && text ? JSON.parse(text) : null };
  }

  get(path: string, headers?: Record<string, string>) {
    return this.call('GET', path, undefined, headers);
  }
  post(path: string, body: unknown = {}, headers?: Record<string, string>) {
    return this.call('POST', path, body, headers);
  }
  patch(path: string, body: unknown, headers?: Record<string, string>) {
    return this.call('PATCH', path, body, headers);
  }
  delete(path: string, headers?: Record<string, string>) {
    return this.call('DELETE', path, undefined, headers);
  }

  get cookie(): string {
    return this.headers['cookie'] ?? '';
  }

  /** The same address with other credentials. */
  with(headers: Record<string, string>): TestClient {
    return new TestClient(this.url, headers);
  }

  /** Logs in; answers with a client that holds the session's cookie. */
  async login(username: string, password: string): Promise<TestClient> {
    const answer = await this.post('/api/v1/session', { username, password });
    if (answer.status >= 300) throw new Error(`Login as ${username} failed: ${answer.status} ${answer.text}`);
    const cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    return this.with({ cookie });
  }
}

/** The whole server on a free port with a database and an admin of its own. Environment variables override its settings. */
export async function createTestApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const folder = environment['WAYBILL_DATA'] ?? (await mkdtemp(join(tmpdir(), 'waybill-api-')));
  const admin = { username: 'admin', password: 'correct horse battery' };
  const config = readConfig({
    HOME: folder,
    WAYBILL_PORT: '0',
    WAYBILL_DATA: folder,
    WAYBILL_LOG_LEVEL: 'silent',
    WAYBILL_ADMIN_USERNAME: admin.username,
    WAYBILL_ADMIN_PASSWORD: admin.password,
    WAYBILL_ENGINE_HOST: `unix://${folder}/no-engine.sock`,
    ...environment,
  });
  const server = await startServer(config);
  const anybody = new TestClient(server.url);
  const asAdmin = await anybody.login(admin.username, admin.password);
  let made = 0;
  return {
    server,
    url: server.url,
    folder,
    admin,
    asAdmin,
    async as(role, username = `${role}-${(made += 1)}`) {
      const password = 'a long enough password';
      const answer = await asAdmin.post('/api/v1/users', { username, role, password });
      if (answer.status !== 201) throw new Error(`Making ${username} failed: ${answer.status} ${answer.text}`);
      return anybody.login(username, password);
    },
    async stop() {
      await server.close();
      if (!environment['WAYBILL_DATA']) await rm(folder, { recursive: true, force: true });
    },
  };
}

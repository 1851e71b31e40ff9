import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startNginx } from './nginx.js';
import { freePort } from './ports.js';
import { createDatabase, startPostgres } from './postgres.js';

describe('servers of a world', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'waybill-'));
    await chmod(dir, 0o711);
  });

  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it('PostgreSQL serves its databases again after a kill, at the same address', async () => {
    const postgres = await startPostgres({ dir: join(dir, 'pg'), durable: true });
    try {
      await createDatabase(postgres.url, 'kept');
      await postgres.kill();
      await expect(createDatabase(postgres.url, 'late')).rejects.toThrow(/refused/);
      await postgres.restart();
      await expect(createDatabase(postgres.url, 'kept')).rejects.toThrow(/already exists/);
    } finally {
      await postgres.stop({ remove: true });
    }
  });

  it('PostgreSQL wants its password', async () => {
    const postgres = await startPostgres({ dir: join(dir, 'pg') });
    try {
      const wrong = new URL(postgres.url);
      wrong.password = 'wrong';
      await expect(createDatabase(wrong.href)).rejects.toThrow(/password authentication failed/);
    } finally {
      await postgres.stop({ remove: true });
    }
  });

  it('nginx serves by the given configuration', async () => {
    const port = await freePort();
    const config = `pid nginx.pid; worker_processes 1; events {}
http { access_log off; server { listen 127.0.0.1:${port}; location / { return 200 "hello\\n"; } } }`;
    const nginx = await startNginx({ dir, port, config });
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello\n');
    } finally {
      await nginx.stop();
    }
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('nginx that refuses its configuration says why', async () => {
    const refused = startNginx({ dir, port: await freePort(), config: 'nonsense on;' });
    await expect(refused).rejects.toThrow(/unknown directive "nonsense"/);
  });
});

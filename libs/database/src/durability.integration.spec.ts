import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isDatabaseFailure, isStorageFull, openDatabase } from './index.js';
import { WorkerConnection } from './sqlite/worker-connection.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { startChild } from './testing/start-child.js';
import { userRow } from './testing/user-row.js';

describe.each(['sqlite', 'postgresql'] as const)('a server on %s that is killed', (kind) => {
  it('has lost no acknowledged row, three times over, and left no lock behind', async () => {
    const fresh = await freshDatabase(kind);
    for (let round = 0; round < 3; round += 1) {
      const child = startChild('write', fresh.options);
      const acknowledged: string[] = [];
      for await (const line of child.lines) {
        if (line.startsWith('user-')) acknowledged.push(line);
        if (line.startsWith('refused')) throw new Error(line);
        if (acknowledged.length === 150) child.process.kill('SIGKILL');
      }
      const database = await openDatabase(fresh.options);
      const rows = new Set((await database.client.user.findMany({ select: { id: true } })).map(({ id }) => id));
      expect(acknowledged.filter((id) => !rows.has(id))).toEqual([]);
      await database.client.user.deleteMany();
      await database.close();
    }
    await fresh.remove();
  });

  it('keeps another process out while it runs', async () => {
    const fresh = await freshDatabase(kind);
    const database = await openDatabase(fresh.options);
    const child = startChild('open', fresh.options);
    const said: string[] = [];
    for await (const line of child.lines) said.push(line);
    expect(said).toEqual([expect.stringMatching(/^refused: Another Waybill is running/)]);
    await database.close();
    await fresh.remove();
  });
});

describe('SQLite in workers', () => {
  let fresh: FreshDatabase;
  let file: string;
  beforeEach(async () => {
    fresh = await freshDatabase('sqlite');
    file = join(fresh.options.folder ?? '', 'waybill.db');
  });
  afterEach(() => fresh.remove());

  const value = async (connection: WorkerConnection, sql: string): Promise<unknown> =>
    (await connection.queryRaw({ sql, args: [], argTypes: [] })).rows[0]?.[0];

  it('waits for the disk at each commit, and holds to foreign keys', async () => {
    const writer = new WorkerConnection(file, false);
    expect(await value(writer, 'PRAGMA journal_mode')).toBe('wal');
    expect(await value(writer, 'PRAGMA synchronous')).toBe(2);
    expect(await value(writer, 'PRAGMA foreign_keys')).toBe(1);
    expect(await value(writer, 'PRAGMA busy_timeout')).toBe(5000);
    await writer.close();
  });

  it('reads through a connection that cannot write', async () => {
    const writer = new WorkerConnection(file, false);
    await writer.executeScript('CREATE TABLE t (x)');
    const reader = new WorkerConnection(file, true);
    await expect(reader.executeScript('INSERT INTO t VALUES (1)')).rejects.toThrow();
    await Promise.all([reader.close(), writer.close()]);
  });

  it('keeps the main loop free during a long read', async () => {
    const database = await openDatabase(fresh.options);
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const before = performance.now();
    await database.client
      .$queryRaw`SELECT sum(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000000) SELECT x FROM c)`;
    const took = performance.now() - before;
    clearInterval(ticks);
    expect(took).toBeGreaterThan(200);
    expect(longest).toBeLessThan(took / 2);
    await database.close();
  });

  it('rejects what waits, and all that comes after, when its thread dies', async () => {
    const connection = new WorkerConnection(file, false);
    await connection.executeScript('SELECT 1');
    const long =
      'SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000) SELECT x FROM c)';
    const waiting = [connection.executeScript(long), connection.executeScript(long)];
    await Promise.all([
      ...waiting.map((call) => expect(call).rejects.toThrow(/The database's thread has ended/)),
      connection.kill(),
    ]);
    await expect(connection.executeScript('SELECT 1')).rejects.toThrow(/The database's thread has ended/);
  });

  it('says that a file is no database', async () => {
    copyFileSync(new URL(import.meta.url), file);
    await expect(openDatabase(fresh.options)).rejects.toThrow(/file is not a database/);
  });

  it('is told from other failures when the disk is full, and works again when there is room', async () => {
    const database = await openDatabase(fresh.options);
    // The page limit stands for the disk: SQLite answers both with SQLITE_FULL.
    const limit = (pages: number) => database.client.$executeRawUnsafe(`PRAGMA max_page_count=${pages}`);
    await limit(1);
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 2_000; n += 1) {
        await database.transaction((client) =>
          client.user.create({ data: { ...userRow(`u${n}`), displayName: 'x'.repeat(4_000) } }),
        );
      }
    };
    const error = await fill().catch((caught: unknown) => caught);
    expect(isStorageFull(error)).toBe(true);
    expect(isDatabaseFailure(error)).toBe(true);
    await limit(1_000_000);
    await database.transaction((client) => client.user.create({ data: userRow('room') }));
    expect(await database.client.user.findUnique({ where: { id: 'room' } })).not.toBeNull();
    await database.close();
  });

  it('waits for a command beside the server that writes to the same file', async () => {
    const database = await openDatabase(fresh.options);
    const beside = new DatabaseSync(file);
    beside.exec('BEGIN IMMEDIATE');
    const write = database.client.user.create({ data: userRow('a') });
    setTimeout(() => beside.exec('COMMIT'), 300);
    await expect(write).resolves.toMatchObject({ id: 'a' });
    beside.close();
    await database.close();
  });

  it('starts with no file and leaves a file that another process can open', async () => {
    const child = startChild('open', fresh.options);
    await once(child.process, 'close');
    const beside = new DatabaseSync(file, { readOnly: true });
    expect(beside.prepare('SELECT count(*) AS n FROM "User"').get()).toEqual({ n: 0 });
    beside.close();
  });
});

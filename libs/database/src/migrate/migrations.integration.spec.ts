import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../index.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { findDrift, listMigrations, migrate, type DatabaseAddress } from './migrations.js';
import { nextMigration, readModels } from './next-migration.js';

const prisma = fileURLToPath(new URL('../../../../prisma/', import.meta.url));

describe.each(['sqlite', 'postgresql'] as const)('the migrations of %s', (kind) => {
  let fresh: FreshDatabase;
  let database: DatabaseAddress;
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    database = { kind, address: fresh.options.url ?? join(fresh.options.folder ?? '', 'waybill.db') };
  });
  afterEach(() => fresh.remove());

  it('are applied once, in order', async () => {
    const names = listMigrations(kind).migrationDirectories.map(({ path }) => path);
    expect(names).toEqual([...names].sort());
    expect(await migrate(database)).toEqual(names);
    expect(await migrate(database)).toEqual([]);
  });

  it('lead to exactly what the models say', async () => {
    const models = [
      { path: 'schema.prisma', content: readFileSync(join(prisma, kind, 'schema.prisma'), 'utf8') },
      { path: 'models.prisma', content: readModels(join(prisma, 'models')) },
    ];
    expect(await findDrift(database, models)).toBe('');
    const more = [...models, { path: 'more.prisma', content: 'model More {\n  id String @id\n}\n' }];
    expect(await findDrift(database, more)).toMatch(/CREATE TABLE "More"/);
  });

  it('are all written: nothing is left to migrate', async () => {
    expect(await nextMigration(prisma, kind)).toBe('');
  });

  it('do not start on a database that a newer Waybill has made', async () => {
    const opened = await openDatabase(fresh.options);
    const now = kind === 'sqlite' ? "strftime('%s')" : 'now()';
    await opened.client.$executeRawUnsafe(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES ('x', 'x', ${now}, '99991231235959_future', ${now}, 1)`,
    );
    await opened.close();
    await expect(openDatabase(fresh.options)).rejects.toThrow(/newer Waybill \(migration 99991231235959_future\)/);
  });
});

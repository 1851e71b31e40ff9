import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDriverAdapterError, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PrismaSqlite } from 'prisma-adapter-sqlite';
import { DatabaseError } from '../errors.js';
import { withSchemaEngine } from './schema-engine.js';

export type DatabaseKind = 'sqlite' | 'postgresql';
/** `address` is a file's path for SQLite, a connection URL for PostgreSQL. */
export interface DatabaseAddress {
  kind: DatabaseKind;
  address: string;
}

const filters = { externalTables: [], externalEnums: [] };

// The build copies the migrations beside the built code; the sources find them in the repository.
const folders = ['../migrations/', '../../../../prisma/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

function migrationsFolder(kind: DatabaseKind): string {
  const [built = '', sources = ''] = folders;
  return existsSync(built) ? join(built, kind) : join(sources, kind, 'migrations');
}

/** Prisma's standard folder of migrations, oldest first. */
export function listMigrations(kind: DatabaseKind): MigrationList {
  const baseDir = migrationsFolder(kind);
  const names = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: `provider = "${kind}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

async function migrationFactory({ kind, address }: DatabaseAddress): Promise<SqlMigrationAwareDriverAdapterFactory> {
  return kind === 'sqlite' ? new PrismaSqlite({ url: `file:${address}` }) : postgresqlFactory(address);
}

/** The adapter's own shadow database is the database itself when it is named by a URL. */
async function postgresqlFactory(url: string): Promise<SqlMigrationAwareDriverAdapterFactory> {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const factory = new PrismaPg({ connectionString: url });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => factory.connect(),
    connectToShadowDb: async () => {
      const name = `waybill_shadow_${randomUUID().replaceAll('-', '')}`;
      const own = await factory.connect();
      await own.executeScript(`CREATE DATABASE "${name}"`);
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      const shadow = await new PrismaPg({ connectionString: shadowUrl.href }).connect();
      const dispose = shadow.dispose.bind(shadow);
      shadow.dispose = async () => {
        await dispose();
        await own.executeScript(`DROP DATABASE "${name}"`);
        await own.dispose();
      };
      return shadow;
    },
  };
}

const datasource = (kind: DatabaseKind): [string, string] => [
  'schema.prisma',
  `datasource db {\n  provider = "${kind}"\n}\n`,
];

/**
 * Brings a database to the newest schema.
 *
 * @returns the names of the migrations that were applied now
 * @throws DatabaseError when a migration does not go through, or the database was migrated by a newer Waybill
 */
export async function migrate(database: DatabaseAddress): Promise<string[]> {
  const migrationsList = listMigrations(database.kind);
  const known = migrationsList.migrationDirectories.map(({ path }) => path);
  try {
    const applied = await appliedMigrations(database);
    const newer = applied.find((name) => !known.includes(name));
    if (newer !== undefined) {
      throw new DatabaseError(
        `The database was made by a newer Waybill (migration ${newer}). Start that version, or restore a backup.`,
      );
    }
    if (known.every((name) => applied.includes(name))) return [];
    return await withSchemaEngine(await migrationFactory(database), [datasource(database.kind)], async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
      return appliedMigrationNames;
    });
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(`The database cannot be brought to the newest schema: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** Names out of `_prisma_migrations`, which is not there before the first migration. */
async function appliedMigrations(database: DatabaseAddress): Promise<string[]> {
  const factory = await migrationFactory(database);
  const connection = await factory.connect();
  try {
    const { rows } = await connection.queryRaw({
      sql: 'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      args: [],
      argTypes: [],
    });
    return rows.map(([name]) => String(name));
  } catch (error) {
    if (isDriverAdapterError(error) && error.cause.kind === 'TableDoesNotExist') return [];
    throw error;
  } finally {
    await connection.dispose();
  }
}

/** The SQL that leads from the migrations to the models; empty where both agree. Needs the right to make a shadow database. */
export async function findDrift(
  database: DatabaseAddress,
  models: { path: string; content: string }[],
): Promise<string> {
  const from = { tag: 'migrations' as const, ...listMigrations(database.kind) };
  const datamodels = models.map(({ path, content }): [string, string] => [path, content]);
  return withSchemaEngine(await migrationFactory(database), datamodels, async (engine) => {
    const to = { tag: 'schemaDatamodel' as const, files: models };
    const { stdout } = await engine.diff({ from, to, script: true, exitCode: null, filters });
    return (stdout ?? '').replace('-- This is an empty migration.', '').trim();
  });
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find((line) => line.trim() !== '') ?? message;
}

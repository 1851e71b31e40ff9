import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { DatabaseKind } from './migrations.js';
import { withSchemaEngine } from './schema-engine.js';

/** All models of a folder as one text. */
export function readModels(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.prisma'));
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/**
 * The SQL that leads from the models as they were migrated last (`migrated.prisma`) to what they are now; empty where
 * nothing has changed. Compares two texts, so that no database is needed.
 *
 * @param prisma the repository's prisma folder
 */
export async function nextMigration(prisma: string, kind: DatabaseKind): Promise<string> {
  const source = { path: 'schema.prisma', content: readFileSync(join(prisma, kind, 'schema.prisma'), 'utf8') };
  const before = join(prisma, 'migrated.prisma');
  const files = [source, { path: 'models.prisma', content: readModels(join(prisma, 'models')) }];
  const from = existsSync(before)
    ? {
        tag: 'schemaDatamodel' as const,
        files: [source, { path: 'models.prisma', content: readFileSync(before, 'utf8') }],
      }
    : { tag: 'empty' as const };
  const connect = (): Promise<SqlDriverAdapter> => Promise.resolve(answersNothing(kind));
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    ...nameOf(kind),
    connect,
    connectToShadowDb: connect,
  };
  return withSchemaEngine(factory, [[source.path, source.content]], async (engine) => {
    const { stdout } = await engine.diff({
      from,
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return (stdout ?? '').replace('-- This is an empty migration.', '').trim();
  });
}

const nameOf = (kind: DatabaseKind): Pick<SqlDriverAdapter, 'provider' | 'adapterName'> => ({
  provider: kind === 'sqlite' ? 'sqlite' : 'postgres',
  adapterName: 'none',
});

/** The engine wants a connection even to compare two texts. */
function answersNothing(kind: DatabaseKind): SqlDriverAdapter {
  return {
    ...nameOf(kind),
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    startTransaction: () => Promise.reject(new Error('Comparing two texts needs no transaction.')),
    dispose: async () => undefined,
  };
}

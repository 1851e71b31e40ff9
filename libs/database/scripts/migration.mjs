// Writes the next migration for both databases: the difference between the models as last migrated and as they are now.
// pnpm --filter @waybill/database run migration NAME
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nextMigration, readModels } from '../dist/migrate/next-migration.js';

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Give the migration a name of small letters, digits and underscores: pnpm run migration add_rules');
  process.exit(1);
}
const prisma = resolve(import.meta.dirname, '../../../prisma');
const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
for (const kind of ['sqlite', 'postgresql']) {
  const sql = await nextMigration(prisma, kind);
  if (sql === '') {
    console.log(`${kind}: nothing has changed`);
    continue;
  }
  const folder = join(prisma, kind, 'migrations', `${time}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), `${sql}\n`);
  writeFileSync(join(prisma, kind, 'migrations/migration_lock.toml'), `provider = "${kind}"\n`);
  console.log(`${kind}: ${time}_${name}`);
}
writeFileSync(join(prisma, 'migrated.prisma'), readModels(join(prisma, 'models')));

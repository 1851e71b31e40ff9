import type { DatabaseClient } from './open-database.js';
import type { DatabaseKind } from './migrate/migrations.js';

/** A value as Prisma gives it to the same column. */
export type Value = string | number | bigint | Date | null;

/**
 * Adds rows by one statement. Prisma's createMany does the same but plans every value of it, which takes several times as long as the
 * database does: this is for tables that are written all the time.
 *
 * @param table the model's name @param rows all with the same columns; at most 32,766 values in all (SQLite's bound)
 * @throws what Prisma throws for a raw statement (P2010, also where a unique value is taken)
 */
export async function insertRows(
  { kind, client }: { kind: DatabaseKind; client: DatabaseClient },
  table: string,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const row = (index: number): string =>
    `(${columns.map((_, column) => (kind === 'sqlite' ? '?' : `$${index * columns.length + column + 1}`)).join()})`;
  const statement = `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join()}) VALUES ${rows.map((_, index) => row(index)).join()}`;
  const values = rows.flatMap((one) => columns.map((name) => one[name] ?? null));
  await client.$executeRawUnsafe(statement, ...values);
}

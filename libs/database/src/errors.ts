/** The database cannot be opened, or has gone away. Its message is a sentence for the operator and holds no secret. */
export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError';
}

/** The outer client was used while a transaction of the same call is open: a mistake in the calling code. */
export class InsideTransactionError extends DatabaseError {
  override readonly name = 'InsideTransactionError';
}

type Facts = Record<string, unknown>;
const asFacts = (value: unknown): Facts | undefined =>
  typeof value === 'object' && value !== null ? (value as Facts) : undefined;

/** The driver's own account of an error, wherever Prisma has put it. */
function driverCauses(error: unknown): Facts[] {
  const found: Facts[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    const facts = asFacts(value);
    if (facts === undefined || seen.has(facts)) return;
    seen.add(facts);
    if (typeof facts['kind'] === 'string') found.push(facts);
    visit(facts['cause']);
    visit(asFacts(facts['meta'])?.['driverAdapterError']);
  };
  visit(error);
  return found;
}

/**
 * Whether a write was refused because a unique value is taken (Prisma's P2002).
 *
 * @param field ask for one column; where the database names only the index, the index's name must hold the column's
 */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  if (asFacts(error)?.['code'] !== 'P2002') return false;
  if (field === undefined) return true;
  const target = asFacts(asFacts(error)?.['meta'])?.['target'];
  const named = driverCauses(error).flatMap((cause) => {
    const constraint = asFacts(cause['constraint']);
    const fields = Array.isArray(constraint?.['fields']) ? (constraint['fields'] as unknown[]) : [];
    return [...fields, constraint?.['index']];
  });
  const names = [...named, ...(Array.isArray(target) ? (target as unknown[]) : [target])];
  return names.some(
    (name) => typeof name === 'string' && (name.replaceAll('"', '') === field || name.split('_').includes(field)),
  );
}

const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4874;
const POSTGRESQL_DISK_FULL = '53100';

/** Whether a write failed because the database's disk is full. Sources: sqlite.org/rescode.html, PostgreSQL appendix A. */
export function isStorageFull(error: unknown): boolean {
  return driverCauses(error).some(
    (cause) =>
      (cause['kind'] === 'sqlite' &&
        (cause['extendedCode'] === SQLITE_FULL || cause['extendedCode'] === SQLITE_IOERR_SHMSIZE)) ||
      (cause['kind'] === 'postgres' && cause['code'] === POSTGRESQL_DISK_FULL),
  );
}

/** Prisma's codes for what lies in the database rather than in the data: unreachable (P1…), no connection, no transaction. */
const failureCode = /^P(1\d{3}|2024|2028|2034|2037)$/;
const ownCauses = [
  'SocketTimeout',
  'ConnectionClosed',
  'DatabaseNotReachable',
  'TooManyConnections',
  'sqlite',
  'postgres',
];

/**
 * Whether it is the database that failed (full, gone, locked, broken), and not the data that it was asked to write: the
 * same call may work later.
 */
export function isDatabaseFailure(error: unknown): boolean {
  if (error instanceof InsideTransactionError) return false;
  if (error instanceof DatabaseError || isStorageFull(error)) return true;
  const { code, name } = (asFacts(error) ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && failureCode.test(code)) return true;
  if (name === 'PrismaClientInitializationError' || name === 'PrismaClientRustPanicError') return true;
  return driverCauses(error).some((cause) => ownCauses.includes(String(cause['kind'])));
}

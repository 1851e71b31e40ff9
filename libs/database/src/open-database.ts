import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DatabaseError } from './errors.js';
import { PrismaClient, type Prisma } from './generated/sqlite/client.js';
import type { InstanceLock } from './lock/instance-lock.js';
import { lockSqlite } from './lock/sqlite-lock.js';
import { migrate, type DatabaseAddress, type DatabaseKind } from './migrate/migrations.js';
import { SqliteInWorkers } from './sqlite/sqlite-in-workers.js';
import { TransactionGuard } from './transaction-guard.js';

/** What repositories work with: the client itself, or a transaction's. */
export type DatabaseClient = Omit<Prisma.TransactionClient, '$transaction'>;

export interface Database {
  readonly kind: DatabaseKind;
  /** For work outside transactions. Used inside one it is refused at once (InsideTransactionError). */
  readonly client: DatabaseClient;
  /** Whether the running call stands inside `transaction`. */
  readonly insideTransaction: boolean;
  /**
   * All of it or nothing. Keep it short and free of I/O: on SQLite nothing else is written meanwhile.
   *
   * @param work gets the transaction's own client; what it throws rolls back and comes out
   */
  transaction<T>(work: (client: DatabaseClient) => Promise<T>): Promise<T>;
  /** Whether the database answers. */
  ping(): Promise<boolean>;
  /** Waits for running writes, then lets go of the database and of the instance lock. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** `postgresql://…`; without it SQLite is used. */
  url?: string | undefined;
  /** Where SQLite's files are: `waybill.db` and `waybill.lock`. It is made where there is none. */
  folder?: string | undefined;
  /**
   * Take the instance lock and migrate (the default). A command beside a running server says false: it neither locks
   * nor migrates.
   */
  lock?: boolean;
  /** PostgreSQL only: the lock's connection was lost and another process has the lock now. */
  onLockLost?: () => void;
}

// A turn on the writer is short, but many may wait; Prisma's own 2 s would refuse them.
const transactionOptions = { maxWait: 30_000, timeout: 20_000 };

/**
 * Opens the database, takes the instance lock and brings the schema up to date.
 *
 * @throws DatabaseError with a sentence for the operator: unreachable, locked by another process, not migratable
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = addressOf(options);
  const exclusive = options.lock ?? true;
  const lock = exclusive ? await takeLock(database, options.onLockLost ?? (() => undefined)) : undefined;
  try {
    if (exclusive) await migrate(database);
    const guard = new TransactionGuard();
    const client = await connect(database, guard);
    await client.$connect();
    return asDatabase(database.kind, client, guard, lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

function addressOf({ url, folder }: OpenOptions): DatabaseAddress {
  if (url !== undefined) {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new DatabaseError('The database URL must begin with postgresql://.');
    return { kind: 'postgresql', address: url };
  }
  if (folder === undefined) throw new DatabaseError('Neither a database URL nor a folder for SQLite was given.');
  mkdirSync(folder, { recursive: true });
  return { kind: 'sqlite', address: join(folder, 'waybill.db') };
}

async function takeLock({ kind, address }: DatabaseAddress, onLost: () => void): Promise<InstanceLock> {
  try {
    if (kind === 'sqlite') return await lockSqlite(address.replace(/\.db$/, '.lock'));
    const { lockPostgresql } = await import('./lock/postgresql-lock.js');
    return await lockPostgresql(address, onLost);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(`The ${kind} database cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

/** Both clients come out of the same models, so one's type stands for both. PostgreSQL's driver costs memory, so it is loaded where it is used. */
async function connect({ kind, address }: DatabaseAddress, guard: TransactionGuard): Promise<PrismaClient> {
  const settings = (factory: SqlDriverAdapterFactory) => ({
    adapter: guard.wrap(factory),
    transactionOptions,
    errorFormat: 'minimal' as const,
  });
  if (kind === 'sqlite') return new PrismaClient(settings(new SqliteInWorkers(address)));
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const postgresql = await import('./generated/postgresql/client.js');
  const client = new postgresql.PrismaClient(settings(new PrismaPg({ connectionString: address })));
  return client as unknown as PrismaClient;
}

function asDatabase(
  kind: DatabaseKind,
  client: PrismaClient,
  guard: TransactionGuard,
  lock: InstanceLock | undefined,
): Database {
  return {
    kind,
    client,
    get insideTransaction() {
      return guard.inside;
    },
    transaction: async (work) => {
      guard.refuseInside();
      return client.$transaction((inner) => guard.run(() => work(inner)));
    },
    ping: async () => {
      try {
        await client.$queryRaw`SELECT 1`;
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {
      try {
        await client.$disconnect();
      } finally {
        await lock?.release();
      }
    },
  };
}

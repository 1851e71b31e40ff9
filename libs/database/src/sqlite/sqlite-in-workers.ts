import type {
  ConnectionInfo,
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { WorkerConnection } from './worker-connection.js';

const info = { provider: 'sqlite', adapterName: 'waybill-sqlite' } as const;
const isRead = (sql: string): boolean => /^\s*select\b/i.test(sql);

/** Gives out turns one after another, in the order of asking. */
class Turns {
  #tail: Promise<void> = Promise.resolve();

  /** @returns what ends the turn */
  async take(): Promise<() => void> {
    const before = this.#tail;
    let done = (): void => undefined;
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    return done;
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.take();
    try {
      return await work();
    } finally {
      done();
    }
  }
}

class WorkersAdapter implements SqlDriverAdapter {
  readonly provider = info.provider;
  readonly adapterName = info.adapterName;
  readonly #turns = new Turns();

  readonly #writer: WorkerConnection;
  readonly #reader: WorkerConnection;

  constructor(writer: WorkerConnection, reader: WorkerConnection) {
    this.#writer = writer;
    this.#reader = reader;
  }

  // A select outside a transaction sees what is committed at that moment, the caller's own acknowledged writes included.
  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return isRead(query.sql) ? this.#reader.queryRaw(query) : this.#turns.alone(() => this.#writer.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#turns.alone(() => this.#writer.executeRaw(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#turns.alone(() => this.#writer.executeScript(script));
  }

  async startTransaction(_level?: IsolationLevel): Promise<Transaction> {
    const writer = this.#writer;
    const done = await this.#turns.take();
    try {
      await writer.begin();
    } catch (error) {
      done();
      throw error;
    }
    // Prisma has sent COMMIT or ROLLBACK as a statement when it calls either of these.
    const end = async (): Promise<void> => {
      try {
        await writer.end();
      } finally {
        done();
      }
    };
    return {
      ...info,
      options: { usePhantomQuery: false },
      queryRaw: (query) => writer.queryRaw(query),
      executeRaw: (query) => writer.executeRaw(query),
      createSavepoint: (name) => writer.executeScript(`SAVEPOINT ${name}`),
      rollbackToSavepoint: (name) => writer.executeScript(`ROLLBACK TO ${name}`),
      releaseSavepoint: (name) => writer.executeScript(`RELEASE SAVEPOINT ${name}`),
      commit: end,
      rollback: end,
    };
  }

  // SQLITE_MAX_VARIABLE_NUMBER of the SQLite that Node brings; Prisma would split at 999.
  getConnectionInfo(): ConnectionInfo {
    return { maxBindValues: 32766, supportsRelationJoins: false };
  }

  async dispose(): Promise<void> {
    await this.#turns.alone(async () => {
      await this.#reader.close();
      await this.#writer.close();
    });
  }
}

/**
 * Prisma driver adapter for SQLite: node:sqlite in two worker threads, so that neither an fsync nor a report stops the
 * main loop. The writer has one turn at a time (a statement, or a whole transaction); the reader sees only what is
 * committed. Durable: an acknowledged write is on the disk (WAL, synchronous=FULL).
 */
export class SqliteInWorkers implements SqlDriverAdapterFactory {
  readonly provider = info.provider;
  readonly adapterName = info.adapterName;
  readonly #file: string;

  /** @param file path of the database file; it is made where there is none */
  constructor(file: string) {
    this.#file = file;
  }

  async connect(): Promise<SqlDriverAdapter> {
    const writer = new WorkerConnection(this.#file, false);
    try {
      // The reader can only open what is there.
      await writer.executeRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
    } catch (error) {
      await writer.kill();
      throw error;
    }
    return new WorkersAdapter(writer, new WorkerConnection(this.#file, true));
  }
}

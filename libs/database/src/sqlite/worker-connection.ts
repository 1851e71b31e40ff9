import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  DriverAdapterError,
  type Error as DriverError,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { DatabaseError } from '../errors.js';

// Built code runs from .js, tests from .ts, which Node strips by itself.
const workerFile = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js', import.meta.url),
);

type Work =
  | { op: 'queryRaw' | 'executeRaw'; query: SqlQuery }
  | { op: 'executeScript'; script: string }
  | { op: 'begin' | 'end' | 'close' };
interface Answer {
  id: number;
  value?: unknown;
  cause?: DriverError;
}
interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** One SQLite connection that lives in a worker thread. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #gone: DatabaseError | undefined;

  constructor(file: string, readOnly: boolean) {
    this.#worker = new Worker(workerFile, { workerData: { file, readOnly }, execArgv: ['--no-warnings'] });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error: Error) => this.#lose(`The database's thread has died: ${error.message}`, error));
    this.#worker.on('exit', (code) =>
      this.#lose(`The database's thread has ended (code ${code}). Start Waybill again.`),
    );
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#ask({ op: 'queryRaw', query }) as Promise<SqlResultSet>;
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#ask({ op: 'executeRaw', query }) as Promise<number>;
  }

  async executeScript(script: string): Promise<void> {
    await this.#ask({ op: 'executeScript', script });
  }

  async begin(): Promise<void> {
    await this.#ask({ op: 'begin' });
  }

  /** Makes sure that no transaction is open any more, whatever became of the last one. */
  async end(): Promise<void> {
    await this.#ask({ op: 'end' });
  }

  async close(): Promise<void> {
    if (this.#gone === undefined) await this.#ask({ op: 'close' });
    await this.#worker.terminate();
  }

  /** Ends the thread in the middle of whatever it does. Only tests have a use for it. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(work: Work): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...work });
    });
  }

  #settle({ id, value, cause }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (cause === undefined) waiting?.resolve(value);
    else waiting?.reject(new DriverAdapterError(cause));
  }

  #lose(message: string, cause?: Error): void {
    this.#gone ??= new DatabaseError(message, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }
}

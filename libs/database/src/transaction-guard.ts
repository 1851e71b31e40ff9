import { AsyncLocalStorage } from 'node:async_hooks';
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { InsideTransactionError } from './errors.js';

/**
 * Knows whether the running call stands inside an open transaction. There, the outer client would wait for the writer
 * that its own caller holds (SQLite), or write past the transaction (PostgreSQL): it is refused at once.
 */
export class TransactionGuard {
  readonly #current = new AsyncLocalStorage<{ open: boolean }>();

  get inside(): boolean {
    return this.#current.getStore()?.open === true;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const state = { open: true };
    try {
      return await this.#current.run(state, work);
    } finally {
      state.open = false;
    }
  }

  refuseInside(): void {
    if (this.inside) {
      throw new InsideTransactionError(
        'The outer database client was used inside a transaction. Use the client that the transaction was given.',
      );
    }
  }

  /** The same factory, whose outer calls are refused inside a transaction; the transaction's own go through. */
  wrap(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
    const guarded =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.refuseInside();
        return call(...args);
      };
    return {
      provider: factory.provider,
      adapterName: factory.adapterName,
      connect: async (): Promise<SqlDriverAdapter> => {
        const adapter = await factory.connect();
        return {
          provider: adapter.provider,
          adapterName: adapter.adapterName,
          queryRaw: guarded(adapter.queryRaw.bind(adapter)),
          executeRaw: guarded(adapter.executeRaw.bind(adapter)),
          executeScript: guarded(adapter.executeScript.bind(adapter)),
          startTransaction: guarded(adapter.startTransaction.bind(adapter)),
          getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: false },
          dispose: () => adapter.dispose(),
        };
      },
    };
  }
}

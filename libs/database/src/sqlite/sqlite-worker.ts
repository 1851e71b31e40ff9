// Hosts one SQLite connection in a worker thread and answers its requests in order. It runs as it stands under Node's own
// type stripping too, so it imports nothing relative.
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import { PrismaSqlite } from 'prisma-adapter-sqlite';

type Request =
  | { id: number; op: 'queryRaw' | 'executeRaw'; query: SqlQuery }
  | { id: number; op: 'executeScript'; script: string }
  | { id: number; op: 'begin' | 'end' | 'close' };

const { file, readOnly } = workerData as { file: string; readOnly: boolean };
const port = parentPort;
if (port === null) throw new Error('The SQLite worker runs only as a worker thread.');

const pragmas = readOnly
  ? 'PRAGMA query_only=ON; PRAGMA busy_timeout=5000;'
  : 'PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864;';

async function open(): Promise<SqlDriverAdapter> {
  const connection = await new PrismaSqlite({ url: `file:${file}`, readOnly }).connect();
  await connection.executeScript(pragmas);
  return connection;
}

// A transaction that failed (disk full, failed COMMIT) may be over or still open: after its end none may be open.
async function leaveNoTransactionOpen(connection: SqlDriverAdapter): Promise<void> {
  try {
    await connection.executeScript('ROLLBACK');
  } catch {
    // There was none.
  }
}

// PostgreSQL's LIKE takes a backslash for the escape character; SQLite's has none unless told. Prisma writes `LIKE ?` and
// `LIKE ('%' || ? || '%')`.
const like = / LIKE (\?|\((?:'%' \|\| )?\?(?: \|\| '%')?\))/g;
const likeInPostgresql = (query: SqlQuery): SqlQuery => ({
  ...query,
  sql: query.sql.replaceAll(like, String.raw` LIKE $1 ESCAPE '\'`),
});

async function answer(connection: SqlDriverAdapter, request: Request): Promise<unknown> {
  switch (request.op) {
    case 'queryRaw':
      return connection.queryRaw(likeInPostgresql(request.query));
    case 'executeRaw':
      return connection.executeRaw(likeInPostgresql(request.query));
    case 'executeScript':
      return connection.executeScript(request.script);
    case 'begin':
      // IMMEDIATE: another process's writer is met here, where waiting is possible, not at the first write.
      return connection.executeScript('BEGIN IMMEDIATE');
    case 'end':
      return leaveNoTransactionOpen(connection);
    case 'close':
      return connection.dispose();
  }
}

const opened = open();
// An open that fails is told with each answer.
opened.catch(() => undefined);

port.on('message', (request: Request) => {
  void (async () => {
    try {
      port.postMessage({ id: request.id, value: await answer(await opened, request) });
    } catch (error) {
      const { cause, message } = error as Error;
      port.postMessage({ id: request.id, cause: cause ?? { kind: 'sqlite', extendedCode: 1, message } });
    }
  })();
});

export {
  DatabaseError,
  InsideTransactionError,
  isDatabaseFailure,
  isStorageFull,
  isUniqueViolation,
} from './errors.js';
export { openDatabase, type Database, type DatabaseClient, type OpenOptions } from './open-database.js';
export { insertRows } from './insert-rows.js';
export { escapeLike } from './escape-like.js';
export type { DatabaseKind } from './migrate/migrations.js';
export type * from './generated/sqlite/client.js';

import { DatabaseSync } from 'node:sqlite';
import { waitForLock, type InstanceLock } from './instance-lock.js';

const SQLITE_BUSY = 5;

/**
 * `BEGIN EXCLUSIVE` on a file of its own beside the database.
 *
 * @param file path of the lock file; it is made and stays
 */
export function lockSqlite(file: string): Promise<InstanceLock> {
  return waitForLock(async () => {
    const lock = new DatabaseSync(file, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
    return {
      release: async () => {
        lock.close();
      },
    };
  });
}

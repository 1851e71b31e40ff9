import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../errors.js';

/** Held by the one process that works on a database; the system frees it when that process dies. */
export interface InstanceLock {
  release(): Promise<void>;
}

const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;

/**
 * @param attempt gives the lock, or undefined while another process holds it
 * @throws DatabaseError after 5 s
 */
export async function waitForLock(attempt: () => Promise<InstanceLock | undefined>): Promise<InstanceLock> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const lock = await attempt();
    if (lock !== undefined) return lock;
    if (Date.now() >= until) {
      throw new DatabaseError('Another Waybill is running on this database. Stop it first, or give this one its own.');
    }
    await sleep(PAUSE_MS);
  }
}

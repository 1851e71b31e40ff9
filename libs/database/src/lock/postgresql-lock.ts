import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { waitForLock, type InstanceLock } from './instance-lock.js';

/** Any number will do as long as it stays: "waybill" in ASCII, cut to 32 bits. */
const LOCK_ID = 0x77617962;
const RECONNECT_PAUSE_MS = 1_000;

/** A connection that holds the advisory lock, or undefined while another has it. */
async function tryLock(url: string): Promise<Client | undefined> {
  const client = new Client({ connectionString: url, keepAlive: true, application_name: 'waybill-lock' });
  // Its loss shows as `end` too; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK_ID]);
  if (rows[0]?.locked === true) return client;
  await client.end();
  return undefined;
}

/**
 * A session's advisory lock, which lives as long as its connection. When the connection is lost (the server restarted)
 * the lock is taken again.
 *
 * @param onLost called once when another process has taken the lock meanwhile: this one must stop writing
 */
export async function lockPostgresql(url: string, onLost: () => void): Promise<InstanceLock> {
  let released = false;
  let holder: Client | undefined;

  const hold = (client: Client): void => {
    holder = client;
    client.once('end', () => {
      if (!released) void takeAgain();
    });
  };
  const takeAgain = async (): Promise<void> => {
    while (!released) {
      try {
        const client = await tryLock(url);
        if (client === undefined) return onLost();
        if (released) await client.end();
        else hold(client);
        return;
      } catch {
        await sleep(RECONNECT_PAUSE_MS, undefined, { ref: false });
      }
    }
  };

  return waitForLock(async () => {
    const client = await tryLock(url);
    if (client === undefined) return undefined;
    hold(client);
    return {
      release: async () => {
        released = true;
        await holder?.end();
      },
    };
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DatabaseError,
  InsideTransactionError,
  escapeLike,
  isDatabaseFailure,
  isUniqueViolation,
  openDatabase,
  type Database,
} from './index.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';
import { userRow } from './testing/user-row.js';

describe.each(['sqlite', 'postgresql'] as const)('a %s database', (kind) => {
  let fresh: FreshDatabase;
  let database: Database;

  beforeAll(async () => {
    fresh = await freshDatabase(kind);
    database = await openDatabase(fresh.options);
  });
  afterAll(async () => {
    await database.close();
    await fresh.remove();
  });
  beforeEach(async () => {
    await database.client.user.deleteMany();
  });

  const ids = async (): Promise<string[]> =>
    (await database.client.user.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

  /** Begins a transaction that has written `inside`, and gives the ways to end it. */
  async function openTransaction(): Promise<{ commit: () => Promise<unknown>; rollBack: () => Promise<unknown> }> {
    let end: (failure?: Error) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      end = (failure) => (failure ? reject(failure) : resolve());
    });
    let running: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      running = database.transaction(async (client) => {
        await client.user.create({ data: userRow('inside') });
        begun();
        await ended;
      });
      running.catch(() => undefined);
    });
    return {
      commit: () => {
        end();
        return running;
      },
      rollBack: () => {
        end(new Error('rolled back'));
        return running.catch(() => undefined);
      },
    };
  }

  it('keeps a write from outside although a concurrent transaction is rolled back', async () => {
    const transaction = await openTransaction();
    const outside = database.client.user.create({ data: userRow('outside') });
    await sleep(50);
    await transaction.rollBack();
    await outside;
    expect(await ids()).toEqual(['outside']);
  });

  it('shows nothing that is not committed, and everything that is', async () => {
    const transaction = await openTransaction();
    expect(await ids()).toEqual([]);
    await transaction.commit();
    expect(await ids()).toEqual(['inside']);
  });

  it('rolls back what was written when the work throws, and hands on the error', async () => {
    const failure = new Error('no');
    const work = database.transaction(async (client) => {
      await client.user.create({ data: userRow('a') });
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await ids()).toEqual([]);
  });

  it('sees its own acknowledged writes in the next read', async () => {
    for (let n = 0; n < 100; n += 1) {
      await database.client.user.create({ data: userRow(`u${n}`) });
      expect(await database.client.user.findUnique({ where: { id: `u${n}` } })).not.toBeNull();
    }
  });

  it('tells which unique value is taken', async () => {
    await database.client.user.create({ data: userRow('a') });
    const error = await database.client.user
      .create({ data: userRow('b', { usernameKey: 'a' }) })
      .catch((caught: unknown) => caught);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'usernameKey')).toBe(true);
    expect(isUniqueViolation(error, 'id')).toBe(false);
    expect(isUniqueViolation(new Error('other'))).toBe(false);
    expect(isDatabaseFailure(error)).toBe(false);
  });

  it('goes on after a transaction in which a statement failed', async () => {
    await database.client.user.create({ data: userRow('a') });
    const work = database.transaction((client) => client.user.create({ data: userRow('a') }));
    expect(isUniqueViolation(await work.catch((error: unknown) => error))).toBe(true);
    await database.transaction((client) => client.user.create({ data: userRow('b') }));
    expect(await ids()).toEqual(['a', 'b']);
  });

  it.each([
    ['a write', () => database.client.user.create({ data: userRow('outer') })],
    ['a read', () => database.client.user.findMany()],
    ['another transaction', () => database.transaction((client) => client.user.findMany())],
  ])('refuses %s through the outer client inside a transaction at once', async (_, misuse) => {
    const before = performance.now();
    const work = database.transaction(async (client) => {
      await client.user.create({ data: userRow('inner') });
      await misuse();
    });
    await expect(work).rejects.toBeInstanceOf(InsideTransactionError);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await ids()).toEqual([]);
  });

  it('lets what a transaction set going use the outer client once the transaction is over', async () => {
    let later: Promise<unknown> = Promise.resolve();
    await database.transaction(async (client) => {
      await client.user.create({ data: userRow('a') });
      expect(database.insideTransaction).toBe(true);
      later = sleep(100).then(() => database.client.user.create({ data: userRow('b') }));
    });
    expect(database.insideTransaction).toBe(false);
    await later;
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('keeps 32 writers and their transactions apart', async () => {
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < 5; n += 1) {
        await database.transaction(async (client) => {
          const count = await client.user.count();
          await client.user.create({ data: userRow(`${kind === 'sqlite' ? count : `${writer}-${n}`}`) });
        });
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, writer) => write(writer)));
    expect(await database.client.user.count()).toBe(160);
  });

  it('keeps dates to the millisecond, big integers and JSON', async () => {
    await database.client.user.create({ data: userRow('a') });
    const scopes = { list: ['镜像', 1, null], deep: { yes: true } };
    await database.client.token.create({
      data: { id: 't', secretHash: 'h', prefix: 'p', name: 'n', userId: 'a', scopes, createdAt: new Date(1e12 + 7) },
    });
    const token = await database.client.token.findUniqueOrThrow({ where: { id: 't' } });
    expect(token.createdAt.getTime()).toBe(1e12 + 7);
    expect(token.scopes).toEqual(scopes);
    await database.client.token.deleteMany();
  });

  it('compares with text that holds the signs of LIKE', async () => {
    const names = ['my_app', 'my-app', '100%', '1000', String.raw`a\b`];
    await database.client.user.createMany({ data: names.map((name) => userRow(name)) });
    const starting = async (text: string) =>
      (await database.client.user.findMany({ where: { id: { startsWith: escapeLike(text) } } })).map(({ id }) => id);
    expect(await starting('my_')).toEqual(['my_app']);
    expect(await starting('100%')).toEqual(['100%']);
    expect(await starting('a\\')).toEqual([String.raw`a\b`]);
    const within = await database.client.user.findMany({
      where: { id: { startsWith: `${escapeLike('m')}%${escapeLike('pp')}` } },
    });
    expect(within.map(({ id }) => id).sort()).toEqual(['my-app', 'my_app']);
  });

  it('answers a ping', async () => {
    expect(await database.ping()).toBe(true);
  });

  it('refuses a second server after five seconds with a sentence, and frees the lock when it is closed', async () => {
    const before = performance.now();
    const second = openDatabase(fresh.options);
    await expect(second).rejects.toThrow(/Another Waybill is running on this database/);
    await expect(second).rejects.toBeInstanceOf(DatabaseError);
    expect(performance.now() - before).toBeGreaterThan(4_500);
    const beside = await openDatabase({ ...fresh.options, lock: false });
    expect(await beside.client.user.count()).toBe(0);
    await beside.close();
    await database.close();
    database = await openDatabase(fresh.options);
    expect(await ids()).toEqual([]);
  });
});

describe('openDatabase', () => {
  it('says that PostgreSQL cannot be reached, without the password', async () => {
    const opening = openDatabase({ url: 'postgresql://waybill:hunter2@127.0.0.1:1/waybill' });
    await expect(opening).rejects.toThrow(/cannot be opened/);
    await expect(opening).rejects.not.toThrow(/hunter2/);
  });

  it('refuses an address that is not PostgreSQL', async () => {
    await expect(openDatabase({ url: 'mysql://127.0.0.1/x' })).rejects.toThrow(/postgresql:\/\//);
  });
});

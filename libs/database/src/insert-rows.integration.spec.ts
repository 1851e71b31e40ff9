import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertRows, openDatabase, type Database } from './index.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const at = new Date('2026-01-02T03:04:05.678Z');
const row = (seq: bigint, id = `id-${seq}`) => ({
  seq,
  id,
  at,
  actorType: 'user',
  actorId: null,
  door: 'api',
  action: 'image.push',
  phase: 'outcome',
  intentSeq: 2n ** 53n + 1n,
  body: `“${id}” \\ ' ? $1 乐乐`,
  prevHash: `before ${seq}`,
  hash: `hash ${seq}`,
});

describe.each(['sqlite', 'postgresql'] as const)('insertRows on %s', (kind) => {
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
  const found = (seq: bigint) => database.client.auditEvent.findUnique({ where: { seq } });

  it('writes what createMany writes', async () => {
    await database.client.auditEvent.createMany({ data: [row(1n)] });
    await insertRows(database, 'AuditEvent', [row(2n), row(3n)]);
    const own = { seq: 2n, id: 'id-2', body: row(2n).body, prevHash: 'before 2', hash: 'hash 2' };
    expect(await found(2n)).toEqual({ ...(await found(1n)), ...own });
    expect(await database.client.auditEvent.count({ where: { at: { gte: at, lte: at } } })).toBe(3);
  });

  it('writes all of them or none', async () => {
    await expect(insertRows(database, 'AuditEvent', [row(4n), row(5n, 'id-1')])).rejects.toThrow();
    expect(await found(4n)).toBeNull();
  });

  it('belongs to the transaction whose client it is given', async () => {
    const turnedBack = database.transaction(async (client) => {
      await insertRows({ kind, client }, 'AuditEvent', [row(6n)]);
      throw new Error('back');
    });
    await expect(turnedBack).rejects.toThrow('back');
    expect(await found(6n)).toBeNull();
  });

  it('does nothing for no rows', async () => {
    await expect(insertRows(database, 'AuditEvent', [])).resolves.toBeUndefined();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { verifyChain } from '@waybill/audit';
import { WaybillError, type AuditEvent } from '@waybill/contract';
import { isUniqueViolation, openDatabase, type Database, type DatabaseClient } from '@waybill/database';
import { createDatabase, sharedTestWorld } from '@waybill/world';
import { AuditRepository } from './audit.repository.js';
import { draft } from './audit.factory.js';
import { Record } from './record.service.js';

const registry = (address: string) => ({
  id: address,
  name: address,
  address,
  kind: 'other',
  insecure: false,
  createdAt: new Date(),
});

describe.each(['sqlite', 'postgresql'] as const)('the record on %s', (kind) => {
  let folder: string;
  let database: Database;
  let repository: AuditRepository;
  let record: Record;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    folder = await mkdtemp(join(tmpdir(), 'waybill-record-'));
    const url =
      kind === 'postgresql'
        ? await createDatabase((await sharedTestWorld({ postgres: true })).postgres.url)
        : undefined;
    database = await openDatabase({ url, folder });
    repository = new AuditRepository(database);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await database.client.registry.deleteMany();
    record = new Record(repository);
    await record.onModuleInit();
  });

  async function* all(): AsyncGenerator<AuditEvent> {
    for (let after = 0; ;) {
      const page = await repository.page({ filter: {}, order: 'asc', after, limit: 500 });
      yield* page;
      if (page.length < 500) return;
      after = page.at(-1)?.seq ?? after;
    }
  }
  const verdict = () => verifyChain(all());
  const registries = async () => (await database.client.registry.findMany()).map(({ address }) => address);

  it('chains what 32 writers append at once, each in the order of its own asking', async () => {
    const before = record.headSeq;
    const write = async (writer: number): Promise<number[]> => {
      const seqs: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        if (n % 5 === 4) {
          const address = `r-${writer}-${n}`;
          const { events } = await record.appendWith([draft(), draft()], (tx) =>
            tx.registry.create({ data: registry(address) }),
          );
          seqs.push(...events.map(({ seq }) => seq));
        } else {
          seqs.push((await record.append(draft({ details: { writer, n } }))).seq);
        }
      }
      return seqs;
    };
    const written = await Promise.all(Array.from({ length: 32 }, (_, writer) => write(writer)));
    for (const seqs of written) expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    const total = before + 32 * 24;
    expect(new Set(written.flat()).size).toBe(32 * 24);
    expect(record.headSeq).toBe(total);
    expect(await verdict()).toMatchObject({ ok: true, events: total, headSeq: total });
    expect(await database.client.registry.count()).toBe(32 * 4);
  });

  it('goes on from the head that it finds at start', async () => {
    const { seq, hash } = await record.append(draft());
    const next = new Record(repository);
    await next.onModuleInit();
    expect(next.headSeq).toBe(seq);
    expect(await next.append(draft())).toMatchObject({ seq: seq + 1, prevHash: hash });
  });

  it('stores exactly what was appended, and gives it back', async () => {
    const event = await record.append(
      draft({
        target: {
          reference: 'Reg.io:5000/A_b/镜像:V1',
          registry: 'Reg.io:5000',
          repository: 'A_b/镜像',
          tag: 'V1',
          digest: null,
          imageId: null,
          size: 2 ** 53 - 1,
        },
        details: { text: '"\u2028\\', nested: { list: [1, 0.5, null, true] } },
        personal: {
          actorName: '乐乐',
          ip: '::1',
          userAgent: 'x',
          changes: [{ field: 'role', before: 'viewer', after: null }],
        },
      }),
    );
    expect(await repository.find(event.seq)).toEqual(event);
  });

  it('tells the domain the numbers of its events before they are written', async () => {
    const { events, value } = await record.appendWith([draft(), draft()], async (tx, [first, second]) => {
      await tx.registry.create({ data: registry('a') });
      return [first?.seq, second?.seq];
    });
    expect(value).toEqual(events.map(({ seq }) => seq));
  });

  it('writes neither the event nor the change when the domain says no', async () => {
    const before = record.headSeq;
    const no = new WaybillError('registry.not_found', 'There is no such registry.');
    const refused = record.appendWith([draft()], async (tx) => {
      await tx.registry.create({ data: registry('a') });
      throw no;
    });
    await expect(refused).rejects.toBe(no);
    expect(record.headSeq).toBe(before);
    expect(record.isFailing).toBe(false);
    expect(await registries()).toEqual([]);
    expect((await record.append(draft())).seq).toBe(before + 1);
    expect(await verdict()).toMatchObject({ ok: true });
  });

  it('hands on that a unique value is taken, which is no failure of the record', async () => {
    await database.client.registry.create({ data: registry('a') });
    const taken = record.appendWith([draft()], (tx) => tx.registry.create({ data: { ...registry('a'), id: 'b' } }));
    expect(isUniqueViolation(await taken.catch((error: unknown) => error), 'address')).toBe(true);
    expect(record.isFailing).toBe(false);
  });

  it('refuses one event that has no canonical form, alone among those that are committed with it', async () => {
    const results = await Promise.allSettled([
      record.append(draft()),
      record.append(draft({ details: { size: 2 ** 60 } })),
      record.append(draft()),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(record.isFailing).toBe(false);
    expect(await verdict()).toMatchObject({ ok: true });
  });

  it('refuses to append inside a transaction, at once, where it would wait for itself', async () => {
    const work = record.appendWith([draft()], () => record.append(draft()));
    await expect(work).rejects.toThrow(/use appendWith/);
    const alone = database.transaction(() => record.append(draft()));
    await expect(alone).rejects.toThrow(/use appendWith/);
  });

  it('tells who listens once an event is written, and outlives a listener that throws', async () => {
    const told: number[] = [];
    const ends = [
      record.on('appended', ({ seq }) => told.push(seq)),
      record.on('appended', () => {
        throw new Error('listener');
      }),
    ];
    const { seq } = await record.append(draft());
    ends.forEach((end) => end());
    await record.append(draft());
    expect(told).toEqual([seq]);
  });

  describe('while the database fails', () => {
    /** A repository whose writes fail as long as it is told to. */
    class Failing extends AuditRepository {
      broken = true;
      override async append<T>(
        events: AuditEvent[],
        change: ((tx: DatabaseClient) => Promise<T>) | null,
      ): Promise<T | undefined> {
        if (!this.broken) return super.append(events, change);
        return super.append(events, async (tx) => {
          await change?.(tx);
          throw new Error('disk I/O error');
        });
      }
    }
    let failing: Failing;
    let writer: Record;
    beforeEach(async () => {
      failing = new Failing(database);
      writer = new Record(failing);
      await writer.onModuleInit();
    });

    it('does nothing and says record.unavailable, then goes on where the chain ends', async () => {
      const before = writer.headSeq;
      await expect(writer.append(draft())).rejects.toMatchObject({ code: 'record.unavailable', retryAfter: 5 });
      const both = writer.appendWith([draft()], (tx) => tx.registry.create({ data: registry('a') }));
      await expect(both).rejects.toMatchObject({ code: 'record.unavailable' });
      expect(writer.isFailing).toBe(true);
      expect(writer.headSeq).toBe(before);
      expect(await registries()).toEqual([]);
      failing.broken = false;
      // Meanwhile somebody else has written: the head is read anew.
      await record.append(draft());
      expect((await writer.append(draft())).seq).toBe(before + 2);
      expect(writer.isFailing).toBe(false);
      expect(await verdict()).toMatchObject({ ok: true });
    });

    it('tries an outcome until it is written, and takes no new deed meanwhile', async () => {
      const before = writer.headSeq;
      const outcome = writer.appendOutcome(draft({ phase: 'outcome', outcome: 'succeeded' }));
      while (!writer.isFailing) await new Promise((resolve) => setImmediate(resolve));
      failing.broken = false;
      await expect(writer.append(draft({ phase: 'intent', outcome: null }))).rejects.toMatchObject({
        code: 'record.unavailable',
      });
      expect((await outcome).seq).toBe(before + 1);
      expect((await writer.append(draft({ phase: 'intent', outcome: null }))).seq).toBe(before + 2);
    });
  });

  it('keeps its own chain when another process has written: a second event with the same number is refused', async () => {
    const other = new Record(repository);
    await other.onModuleInit();
    await other.append(draft());
    await expect(record.append(draft())).rejects.toMatchObject({ code: 'record.unavailable' });
    await record.append(draft());
    expect(await verdict()).toMatchObject({ ok: true });
  });

  it('writes what waits before it stops', async () => {
    const before = record.headSeq;
    const waiting = [record.append(draft()), record.append(draft())];
    await record.beforeApplicationShutdown();
    expect(record.headSeq).toBe(before + 2);
    await Promise.all(waiting);
  });
});

describe('the record on a disk that is full', () => {
  it('refuses with record.unavailable, and works again when there is room', async () => {
    Logger.overrideLogger(false);
    const folder = await mkdtemp(join(tmpdir(), 'waybill-record-'));
    const database = await openDatabase({ folder });
    const record = new Record(new AuditRepository(database));
    await record.onModuleInit();
    // The page limit stands for the disk: SQLite answers both with SQLITE_FULL.
    const limit = (pages: number) => database.client.$executeRawUnsafe(`PRAGMA max_page_count=${pages}`);
    await limit(1);
    const fill = async (): Promise<void> => {
      for (;;) await record.appendWith([draft({ details: { text: 'x'.repeat(4_000) } })], (tx) => tx.registry.count());
    };
    await expect(fill()).rejects.toMatchObject({ code: 'record.unavailable' });
    expect(record.isFailing).toBe(true);
    const written = record.headSeq;
    await limit(1_000_000);
    expect((await record.append(draft())).seq).toBe(written + 1);
    expect(await database.client.auditEvent.count()).toBe(written + 1);
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
});

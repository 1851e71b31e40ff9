import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyChain } from '@waybill/audit';
import type { AuditDraft, AuditEvent } from '@waybill/contract';
import { openDatabase, type Database, type DatabaseKind } from '@waybill/database';
import { createDatabase, ensureParts, startPostgres } from '@waybill/world';
import type { AuditRepository } from '../../apps/api/src/audit/audit.repository.ts';
import { syncsPerSecond } from '../audit/disk.ts';
import { UnchainedWriter } from '../audit/unchained-writer.ts';
import type { Bench, Case } from '../harness/bench.ts';
import { apiModule } from '../harness/paths.ts';

const writerCounts = [1, 32] as const;
const perMeasurementMs = 2_000;
const diskMs = 1_000;
const atLeastPerSecond = 3_000;

interface Writer {
  append(draft: AuditDraft): Promise<unknown>;
  readonly headSeq: number;
}

/** A push that has ended, with all that such an event says. */
function pushOutcome(writer: number, count: number): AuditDraft {
  const repository = `team/app-${writer}`;
  const digest = `sha256:${String(count).padStart(64, '0')}`;
  return {
    actor: { type: 'user', id: `01990000-0000-7000-8000-${String(writer).padStart(12, '0')}` },
    via: { door: 'browser', authMethod: 'session', tokenId: null, requestId: '01990000-0000-7000-8000-0000000000ff' },
    action: 'image.push',
    engine: { slug: 'local', id: 'XCGG:5KHU:XM2Q:WBRU:Y3SB:ZFGD:E4PZ:A2LW:XJJ7:J4XM:T7QF:VXSN' },
    target: {
      reference: `registry.example.test/${repository}:${count}`,
      registry: 'registry.example.test',
      repository,
      tag: String(count),
      digest,
      imageId: digest,
      size: 184_000_000,
    },
    subject: null,
    operationId: '01990000-0000-7000-8000-0000000000aa',
    intentSeq: null,
    phase: 'outcome',
    outcome: 'succeeded',
    error: null,
    durationMs: 4_200,
    details: { layersMoved: 6, layersThere: 1 },
    personal: { actorName: 'Ada Moreau', ip: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  };
}

/** @returns acknowledged events a second of `writers` who each wait for their last one */
async function eventsPerSecond(writer: Writer, writers: number): Promise<number> {
  const before = writer.headSeq;
  const started = performance.now();
  let acknowledged = 0;
  const write = async (one: number): Promise<void> => {
    for (let count = 0; performance.now() - started < perMeasurementMs; count += 1) {
      await writer.append(pushOutcome(one, count));
      acknowledged += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, one) => write(one)));
  const seconds = (performance.now() - started) / 1000;
  if (writer.headSeq - before !== acknowledged)
    throw new Error('Not every acknowledged event has a number of its own.');
  return acknowledged / seconds;
}

/** The server's own classes, out of its build. */
async function serverParts() {
  const [record, repository, queue, ids] = (await Promise.all(
    ['audit/record.service.js', 'audit/audit.repository.js', 'audit/record.queue.js', 'common/ids.js'].map(
      (path) => import(apiModule(path)) as Promise<unknown>,
    ),
  )) as [
    typeof import('../../apps/api/src/audit/record.service.ts'),
    typeof import('../../apps/api/src/audit/audit.repository.ts'),
    typeof import('../../apps/api/src/audit/record.queue.ts'),
    typeof import('../../apps/api/src/common/ids.ts'),
  ];
  return { ...record, ...repository, ...queue, ...ids };
}

async function* allEvents(repository: AuditRepository): AsyncGenerator<AuditEvent> {
  for (let after = 0; ;) {
    const page = await repository.page({ filter: {}, order: 'asc', after, limit: 2_000 });
    yield* page;
    if (page.length === 0) return;
    after = page.at(-1)?.seq ?? after;
  }
}

async function openTwo(kind: DatabaseKind, dir: string): Promise<{ chained: Database; unchained: Database }> {
  if (kind === 'sqlite') {
    const [one, other] = [join(dir, 'chained'), join(dir, 'unchained')];
    await Promise.all([one, other].map((folder) => mkdir(folder)));
    return { chained: await openDatabase({ folder: one }), unchained: await openDatabase({ folder: other }) };
  }
  const { url } = await startPostgres({ dir: join(dir, 'postgresql'), durable: true });
  return {
    chained: await openDatabase({ url }),
    unchained: await openDatabase({ url: await createDatabase(url, 'unchained') }),
  };
}

interface Rates {
  readonly writers: number;
  readonly chained: number;
  readonly unchained: number;
}

async function measure(kind: DatabaseKind, { dir, rounds, say, report }: Bench): Promise<void> {
  const { Record, AuditRepository, RecordQueue, newId } = await serverParts();
  const databases = await openTwo(kind, dir);
  const repository = new AuditRepository(databases.chained);
  const record = new Record(repository);
  await record.onModuleInit();
  const plain = new UnchainedWriter({ RecordQueue, newId, repository: new AuditRepository(databases.unchained) });
  const all = await rounds(async (index) => {
    const disk = syncsPerSecond(join(dir, 'disk'), diskMs);
    const rates: Rates[] = [];
    for (const writers of writerCounts) {
      const sides: [Writer, Writer] = index % 2 === 0 ? [plain, record] : [record, plain];
      const first = await eventsPerSecond(sides[0], writers);
      const second = await eventsPerSecond(sides[1], writers);
      const [unchained, chained] = index % 2 === 0 ? [first, second] : [second, first];
      rates.push({ writers, chained, unchained });
    }
    return { disk, rates };
  });
  const verdict = await verifyChain(allEvents(repository));
  if (!verdict.ok) throw new Error(`The chain that was written is broken: ${JSON.stringify(verdict)}`);
  say(`${kind}: the chain of ${record.headSeq} events was read back and verified`);

  for (const writers of writerCounts) {
    const rates = all.flatMap((one) => one.rates.filter((rate) => rate.writers === writers));
    const ours = rates.map(({ chained }) => chained);
    const name = `${kind}, ${writers} ${writers === 1 ? 'writer' : 'writers at once'}`;
    const isGoal = kind === 'sqlite' && writers === 32;
    report({
      name: `chained events a second, ${name}`,
      unit: '/s',
      ours,
      baseline: { name: 'the same writer unchained', values: rates.map(({ unchained }) => unchained) },
      targets: isGoal ? [{ of: 'figure', atLeast: atLeastPerSecond }] : [],
    });
    report({
      name: `the same beside the disk, ${name}`,
      unit: '/s',
      ours,
      baseline: { name: 'this disk’s fdatasync, one by one', values: all.map(({ disk }) => disk) },
    });
  }
  await databases.chained.close();
  await databases.unchained.close();
}

export const audit: Case = {
  about: 'durable, chained events a second, beside the same writer unchained and the disk',
  rounds: 5,
  async run(bench) {
    await ensureParts(['postgres'], { install: false });
    await measure('sqlite', bench);
    await measure('postgresql', bench);
  },
};

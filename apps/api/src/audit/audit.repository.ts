import { Inject, Injectable } from '@nestjs/common';
import { bodyText, canonicalJson } from '@waybill/audit';
import { AuditEvent, type AuditFilter } from '@waybill/contract';
import { insertRows, type Database, type DatabaseClient, type Prisma } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { whereOf } from './audit-filter.js';

export interface EventPage {
  filter: AuditFilter;
  order: 'asc' | 'desc';
  /** Only events beyond this number, in the order of the page. */
  after: number | null;
  limit: number;
}

type Row = { seq: bigint; body: string; personal: string | null; hash: string };
const columns = { seq: true, body: true, personal: true, hash: true } satisfies Prisma.AuditEventSelect;

/** The one user of the table AuditEvent, which it only ever adds to. */
@Injectable()
export class AuditRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Whether the running call stands inside a transaction. */
  get insideTransaction(): boolean {
    return this.database.insideTransaction;
  }

  async head(): Promise<{ seq: number; hash: string } | null> {
    const row = await this.database.client.auditEvent.findFirst({
      orderBy: { seq: 'desc' },
      select: { seq: true, hash: true },
    });
    return row && { seq: Number(row.seq), hash: row.hash };
  }

  /** Writes the events and whatever `change` does in one transaction; alone they are one statement, which is quicker. */
  async append<T>(events: AuditEvent[], change: ((tx: DatabaseClient) => Promise<T>) | null): Promise<T | undefined> {
    const data = events.map(rowOf);
    if (!change) {
      await insertRows(this.database, 'AuditEvent', data);
      return undefined;
    }
    return this.database.transaction(async (tx) => {
      await insertRows({ kind: this.database.kind, client: tx }, 'AuditEvent', data);
      return change(tx);
    });
  }

  /** The hashes of the events after this number, up to that one, in order and in batches. */
  async *hashes(after: number, upTo: number, batch: number): AsyncGenerator<string[]> {
    for (let last = BigInt(after); ;) {
      const rows = await this.database.client.auditEvent.findMany({
        where: { seq: { gt: last, lte: BigInt(upTo) } },
        orderBy: { seq: 'asc' },
        take: batch,
        select: { seq: true, hash: true },
      });
      yield rows.map(({ hash }) => hash);
      if (rows.length < batch) return;
      last = rows.at(-1)?.seq ?? last;
    }
  }

  /**
   * All rows in order, in batches: the event that was hashed (null where it can't be read any more), and whether the columns that are
   * searched still say the same.
   */
  async *verifiable(
    upTo: number,
    batch: number,
  ): AsyncGenerator<{ seq: number; event: AuditEvent | null; columnsHold: boolean }[]> {
    for (let last = 0n; ;) {
      const rows = await this.database.client.auditEvent.findMany({
        where: { seq: { gt: last, lte: BigInt(upTo) } },
        orderBy: { seq: 'asc' },
        take: batch,
      });
      if (rows.length === 0) return;
      yield rows.map((row) => {
        const event = readEvent(row);
        return { seq: Number(row.seq), event, columnsHold: event !== null && sameColumns(row, rowOf(event)) };
      });
      last = rows.at(-1)?.seq ?? last;
    }
  }

  async find(seq: number): Promise<AuditEvent | null> {
    const row = await this.database.client.auditEvent.findUnique({ where: { seq: BigInt(seq) }, select: columns });
    return row && eventOf(row);
  }

  async page({ filter, order, after, limit }: EventPage): Promise<AuditEvent[]> {
    const beyond = after === null ? [] : [{ seq: order === 'asc' ? { gt: BigInt(after) } : { lt: BigInt(after) } }];
    const rows = await this.database.client.auditEvent.findMany({
      where: { AND: [whereOf(filter), ...beyond] },
      orderBy: { seq: order },
      take: limit,
      select: columns,
    });
    return rows.map(eventOf);
  }

  async times(filter: AuditFilter): Promise<{ first: Date; last: Date } | null> {
    const { _min, _max } = await this.database.client.auditEvent.aggregate({
      where: whereOf(filter),
      _min: { at: true },
      _max: { at: true },
    });
    return _min.at && _max.at ? { first: _min.at, last: _max.at } : null;
  }

  count(filter: AuditFilter, more: Prisma.AuditEventWhereInput = {}): Promise<number> {
    return this.database.client.auditEvent.count({ where: { AND: [whereOf(filter), more] } });
  }

  /** Time and outcome alone, in batches, for counting over time. */
  async *outcomes(filter: AuditFilter, batch = 5000): AsyncGenerator<{ at: Date; outcome: string | null }[]> {
    for (let after = 0n; ;) {
      const rows = await this.database.client.auditEvent.findMany({
        where: { AND: [whereOf(filter), { seq: { gt: after } }] },
        orderBy: { seq: 'asc' },
        take: batch,
        select: { seq: true, at: true, outcome: true },
      });
      if (rows.length) yield rows;
      if (rows.length < batch) return;
      after = rows.at(-1)?.seq ?? after;
    }
  }
}

function rowOf(event: AuditEvent) {
  const { target } = event;
  return {
    seq: BigInt(event.seq),
    id: event.id,
    at: new Date(event.at),
    actorType: event.actor.type,
    actorId: event.actor.id,
    door: event.via.door,
    action: event.action,
    engine: event.engine?.slug ?? null,
    registry: lower(target?.registry),
    repository: lower(target?.repository),
    tag: lower(target?.tag),
    digest: lower(target?.digest),
    phase: event.phase,
    outcome: event.outcome,
    operationId: event.operationId,
    subjectId: event.subject?.id ?? null,
    intentSeq: event.intentSeq === null ? null : BigInt(event.intentSeq),
    body: bodyText(event),
    personal: event.personal ? canonicalJson(event.personal) : null,
    prevHash: event.prevHash,
    hash: event.hash,
  } satisfies Prisma.AuditEventCreateManyInput;
}

const lower = (text: string | null | undefined): string | null => text?.toLowerCase() ?? null;

/** The event as it was written, out of its hashed body. */
function eventOf({ body, personal, hash }: Row): AuditEvent {
  return AuditEvent.parse({ ...JSON.parse(body), personal: personal === null ? null : JSON.parse(personal), hash });
}

function readEvent(row: Row): AuditEvent | null {
  try {
    return eventOf(row);
  } catch {
    return null;
  }
}

/** `personal` may be gone by erasure; `at` is told by the database as a Date. */
function sameColumns(row: { [column: string]: unknown }, expected: ReturnType<typeof rowOf>): boolean {
  return Object.entries(expected).every(([column, value]) => {
    const stored = row[column];
    return stored instanceof Date && value instanceof Date ? stored.getTime() === value.getTime() : stored === value;
  });
}

import { Readable, pipeline } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { AuditDraft, AuditEvent, AuditExportQuery, AuditFilter } from '@waybill/contract';
import { stringify } from 'csv-stringify';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { AuditRepository } from './audit.repository.js';
import { Record } from './record.service.js';

const batch = 500;

/** Streams exactly what is filtered, oldest first, and puts the export itself on record. */
@Injectable()
export class AuditExportService {
  constructor(
    private readonly repository: AuditRepository,
    private readonly record: Record,
  ) {}

  /** The file as a stream that is read only as fast as it is taken. What is written meanwhile is not in it. */
  async export(
    { format, ...filter }: AuditExportQuery,
    who: ActorContext,
  ): Promise<{ stream: Readable; type: string; name: string }> {
    const upTo = this.record.headSeq;
    const rows = await this.repository.count(filter, { seq: { lte: BigInt(upTo) } });
    await this.record.append(
      draftOf(who, {
        action: 'audit.export',
        phase: 'outcome',
        outcome: 'succeeded',
        details: { format, rows, filter: asJson(filter) },
      }),
    );
    const name = `waybill-record-${new Date().toISOString().slice(0, 10)}.${format}`;
    const events = this.events(filter, upTo);
    if (format === 'ndjson') return { stream: Readable.from(ndjson(events)), type: 'application/x-ndjson', name };
    // Spreadsheets run what begins with =, +, - or @.
    const csv = stringify({ header: true, bom: true, escape_formulas: true, columns: Object.keys(csvRow) });
    // An error of either ends both, and shows on the one that is sent; so does a client that goes away.
    pipeline(Readable.from(csvRows(events)), csv, () => undefined);
    return { stream: csv, type: 'text/csv; charset=utf-8', name };
  }

  private async *events(filter: AuditFilter, upTo: number): AsyncGenerator<AuditEvent> {
    for (let after = 0; ;) {
      const page = await this.repository.page({ filter, order: 'asc', after, limit: batch });
      for (const event of page) {
        if (event.seq > upTo) return;
        yield event;
      }
      if (page.length < batch) return;
      after = page.at(-1)?.seq ?? after;
    }
  }
}

async function* ndjson(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** The columns, in their order, and how each is read. */
const csvRow: { [column: string]: (event: AuditEvent) => unknown } = {
  seq: (event) => event.seq,
  at: (event) => event.at,
  actor: (event) => event.personal?.actorName,
  actorType: (event) => event.actor.type,
  actorId: (event) => event.actor.id,
  action: (event) => event.action,
  phase: (event) => event.phase,
  outcome: (event) => event.outcome,
  reference: (event) => event.target?.reference,
  registry: (event) => event.target?.registry,
  repository: (event) => event.target?.repository,
  tag: (event) => event.target?.tag,
  digest: (event) => event.target?.digest,
  imageId: (event) => event.target?.imageId,
  size: (event) => event.target?.size,
  engine: (event) => event.engine?.slug,
  errorCode: (event) => event.error?.code,
  error: (event) => event.error?.message,
  durationMs: (event) => event.durationMs,
  subjectType: (event) => event.subject?.type,
  subjectId: (event) => event.subject?.id,
  subjectName: (event) => event.personal?.subjectName,
  operationId: (event) => event.operationId,
  intentSeq: (event) => event.intentSeq,
  door: (event) => event.via.door,
  authMethod: (event) => event.via.authMethod,
  tokenId: (event) => event.via.tokenId,
  requestId: (event) => event.via.requestId,
  ip: (event) => event.personal?.ip,
  userAgent: (event) => event.personal?.userAgent,
  details: (event) => JSON.stringify(event.details),
  id: (event) => event.id,
  prevHash: (event) => event.prevHash,
  hash: (event) => event.hash,
};

async function* csvRows(events: AsyncIterable<AuditEvent>): AsyncGenerator<{ [column: string]: unknown }> {
  for await (const event of events) {
    yield Object.fromEntries(Object.entries(csvRow).map(([column, read]) => [column, read(event) ?? '']));
  }
}

function asJson(filter: AuditFilter): AuditDraft['details'] {
  return JSON.parse(JSON.stringify(filter)) as AuditDraft['details'];
}

import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  type AuditEvent,
  type AuditHistogram,
  type AuditHistogramQuery,
  type AuditQuery,
  type List,
  type ShortEvent,
} from '@waybill/contract';
import { AuditRepository } from './audit.repository.js';

const bad = new Set(['failed', 'denied', 'interrupted']);
/** The most events that one operation is shown with. */
const shortAtMost = 200;

/** Reads the record. */
@Injectable()
export class AuditService {
  constructor(private readonly repository: AuditRepository) {}

  async list({ cursor, limit, order, ...filter }: AuditQuery): Promise<List<AuditEvent>> {
    const found = await this.repository.page({
      filter,
      order,
      after: cursor === undefined ? null : readCursor(cursor),
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? writeCursor(last.seq) : null };
  }

  /** @throws WaybillError audit.event_not_found */
  async get(seq: number): Promise<AuditEvent> {
    const event = await this.repository.find(seq);
    if (!event) throw new WaybillError('audit.event_not_found', `There is no event ${seq}.`);
    return event;
  }

  /** Counts events over time, between `from` and `to`, or the first and the last that fit. */
  async histogram({ buckets: wanted, ...filter }: AuditHistogramQuery): Promise<AuditHistogram> {
    const times = await this.repository.times(filter);
    const from = filter.from ? Date.parse(filter.from) : (times?.first.getTime() ?? Date.now());
    const to = Math.max(from + 1, filter.to ? Date.parse(filter.to) : (times?.last.getTime() ?? Date.now()));
    const width = (to - from) / wanted;
    const buckets = Array.from({ length: wanted }, (_, at) => ({
      at: new Date(from + at * width).toISOString(),
      total: 0,
      bad: 0,
    }));
    let total = 0;
    for await (const batch of this.repository.outcomes(filter)) {
      for (const { at, outcome } of batch) {
        const bucket = buckets[Math.min(wanted - 1, Math.max(0, Math.floor((at.getTime() - from) / width)))];
        if (!bucket) continue;
        bucket.total += 1;
        total += 1;
        if (outcome && bad.has(outcome)) bucket.bad += 1;
      }
    }
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), total, buckets };
  }

  /** What stands on record of an operation, oldest first, without addresses and user agents. */
  async shortEventsOf(operationId: string): Promise<ShortEvent[]> {
    const events = await this.repository.page({
      filter: { operation: operationId },
      order: 'asc',
      after: null,
      limit: shortAtMost,
    });
    return events.map((event) => ({
      seq: event.seq,
      at: event.at,
      actor: { ...event.actor, name: event.personal?.actorName ?? null },
      action: event.action,
      phase: event.phase,
      outcome: event.outcome,
      error: event.error,
      target: event.target,
      operationId: event.operationId,
      durationMs: event.durationMs,
    }));
  }
}

function writeCursor(seq: number): string {
  return Buffer.from(String(seq)).toString('base64url');
}

function readCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,15}$/.test(text)) throw new WaybillError('request.invalid', 'The cursor is not one of ours.');
  return Number(text);
}

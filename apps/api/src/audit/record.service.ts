import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { genesisHash, newSalt, sealEvent } from '@waybill/audit';
import { WaybillError, type AuditDraft, type AuditEvent } from '@waybill/contract';
import type { DatabaseClient } from '@waybill/database';
import { Emitter } from '../common/emitter.js';
import { newId } from '../common/ids.js';
import { AuditRepository } from './audit.repository.js';

/** The most events of one group commit. */
const groupAtMost = 200;

interface Head {
  seq: number;
  hash: string;
}

interface Job {
  drafts: readonly AuditDraft[];
  /** A domain change that shares the transaction; pure events are committed in groups. */
  change: ((tx: DatabaseClient, events: AuditEvent[]) => Promise<unknown>) | null;
  resolve(done: { events: AuditEvent[]; value: unknown }): void;
  reject(error: unknown): void;
}

/**
 * The one writer of the record. A queue in this process owns the head of the chain: events get number, time and place in the order in
 * which they are asked for, and the head moves only after the commit. What can't be written throws `record.unavailable`, and then
 * nothing of it was done.
 */
@Injectable()
export class Record implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Record');
  private readonly emitter = new Emitter<{ appended: { seq: number } }>();
  private readonly jobs: Job[] = [];
  private head: Head | null = null;
  private working: Promise<void> | null = null;
  private failing = false;

  constructor(private readonly repository: AuditRepository) {}

  async onModuleInit(): Promise<void> {
    this.head = await this.readHead();
  }

  /** What waits is written before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.working;
  }

  /** The number of the last event that is written. */
  get headSeq(): number {
    return this.head?.seq ?? 0;
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.failing;
  }

  on(name: 'appended', listener: (appended: { seq: number }) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /** @throws WaybillError record.unavailable */
  async append(draft: AuditDraft): Promise<AuditEvent> {
    const { events } = await this.ask([draft], null);
    const [event] = events;
    if (!event) throw new Error('An appended draft gives one event.');
    return event;
  }

  /**
   * A domain change and its events in one transaction: both or neither. `change` does no I/O but through `tx`.
   * @throws WaybillError record.unavailable, or what `change` throws
   */
  async appendWith<T>(
    drafts: readonly AuditDraft[],
    change: (tx: DatabaseClient, events: AuditEvent[]) => Promise<T>,
  ): Promise<{ events: AuditEvent[]; value: T }> {
    const { events, value } = await this.ask(drafts, change);
    return { events, value: value as T };
  }

  private ask(drafts: readonly AuditDraft[], change: Job['change']): Promise<{ events: AuditEvent[]; value: unknown }> {
    return new Promise((resolve, reject) => {
      this.jobs.push({ drafts, change, resolve, reject });
      this.working ??= this.work().finally(() => (this.working = null));
    });
  }

  private async work(): Promise<void> {
    // A turn of the event loop lets those who ask at the same time come into one group.
    await Promise.resolve();
    while (this.jobs.length) {
      const group = this.nextGroup();
      await this.write(group);
    }
  }

  /** Pure events in the order of asking, up to the next job with a change of its own, which goes alone. */
  private nextGroup(): Job[] {
    const first = this.jobs.shift();
    if (!first) return [];
    if (first.change) return [first];
    const group = [first];
    while (group.length < groupAtMost && this.jobs[0] && !this.jobs[0].change) group.push(...this.jobs.splice(0, 1));
    return group;
  }

  private async write(group: Job[]): Promise<void> {
    let changeError: { error: unknown } | null = null;
    try {
      const head = (this.head ??= await this.readHead());
      const sealed = seal(group, head);
      const all = sealed.flat();
      const value = await this.repository.append(all, async (tx) => {
        const [job] = group;
        if (!job?.change) return undefined;
        try {
          return await job.change(tx, sealed[0] ?? []);
        } catch (error) {
          changeError = { error };
          throw error;
        }
      });
      const last = all.at(-1);
      if (last) this.head = { seq: last.seq, hash: last.hash };
      this.failing = false;
      group.forEach((job, at) => job.resolve({ events: sealed[at] ?? [], value }));
      if (last) this.emitter.emit('appended', { seq: last.seq });
    } catch (error) {
      this.refuse(group, error, changeError);
    }
  }

  private refuse(group: Job[], error: unknown, changeError: { error: unknown } | null): void {
    // Whether a failed commit was written after all is not known: the head is read anew before the next one.
    this.head = null;
    const domain = changeError?.error instanceof WaybillError ? changeError.error : null;
    if (domain) {
      group.forEach((job) => job.reject(domain));
      return;
    }
    if (!this.failing) this.logger.error({ err: error }, 'The record cannot be written; new deeds are refused until it can.');
    this.failing = true;
    const unavailable = new WaybillError('record.unavailable', 'The record cannot be written, so nothing was done. Free disk space or mend the database, then try again.', {
      cause: error,
      retryAfter: 5,
    });
    group.forEach((job) => job.reject(unavailable));
  }

  private async readHead(): Promise<Head> {
    return (await this.repository.head()) ?? { seq: 0, hash: genesisHash };
  }
}

function seal(group: Job[], head: Head): AuditEvent[][] {
  let { seq, hash } = head;
  return group.map(({ drafts }) =>
    drafts.map((draft) => {
      const event = sealEvent(draft, { seq: seq + 1, id: newId(), at: new Date().toISOString(), prevHash: hash, salt: newSalt() });
      ({ seq, hash } = event);
      return event;
    }),
  );
}

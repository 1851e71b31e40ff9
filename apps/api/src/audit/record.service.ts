import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { genesisHash, newSalt, sealEvent } from '@waybill/audit';
import { WaybillError, type AuditDraft, type AuditEvent } from '@waybill/contract';
import { isDatabaseFailure, type DatabaseClient } from '@waybill/database';
import { Emitter } from '../common/emitter.js';
import { newId } from '../common/ids.js';
import { AuditRepository } from './audit.repository.js';
import { RecordQueue, type Job, type Written } from './record.queue.js';

/** The first and the longest pause before an outcome is tried again: milliseconds. */
const pauses = { first: 200, longest: 5000 };

interface Head {
  seq: number;
  hash: string;
}
interface Sealed {
  job: Job;
  events: AuditEvent[];
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
  private readonly queue = new RecordQueue((group) => this.write(group));
  /** Null while it is not known what is on the disk. */
  private head: Head | null = null;
  private writtenSeq = 0;
  private failing = false;
  private waitingOutcomes = 0;
  private stopping = false;

  constructor(private readonly repository: AuditRepository) {}

  async onModuleInit(): Promise<void> {
    this.head = await this.readHead();
  }

  /** What waits is written before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.queue.settled;
  }

  /** The number of the last event that is written. */
  get headSeq(): number {
    return this.writtenSeq;
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.failing;
  }

  /** What is asked for and not written yet: how many jobs, and for how many milliseconds the oldest has waited. */
  get backlog(): { jobs: number; oldestMs: number } {
    return this.queue.backlog;
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
   * The outcome of a deed that was done already: where it can't be written it is tried until it can, and meanwhile no intent is taken.
   * @throws WaybillError record.unavailable only when the server stops before it could be written
   */
  async appendOutcome(draft: AuditDraft): Promise<AuditEvent> {
    return this.insist(() => this.append(draft));
  }

  /** The same with the domain change that the outcome brings. */
  async appendOutcomeWith(
    drafts: readonly AuditDraft[],
    change: (tx: DatabaseClient, events: AuditEvent[]) => Promise<void>,
  ): Promise<void> {
    await this.insist(() => this.appendWith(drafts, change));
  }

  private async insist<T>(write: () => Promise<T>): Promise<T> {
    this.waitingOutcomes += 1;
    try {
      for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
        try {
          return await write();
        } catch (error) {
          if (!isUnavailable(error) || this.stopping) throw error;
          await sleep(pause, undefined, { ref: false });
        }
      }
    } finally {
      this.waitingOutcomes -= 1;
    }
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

  private async ask(drafts: readonly AuditDraft[], change: Job['change']): Promise<Written> {
    // The queue would wait for the transaction that waits for it.
    if (this.repository.insideTransaction)
      throw new Error('Nothing is appended inside a transaction: use appendWith for both.');
    const isDeed = drafts.some(({ phase }) => phase === 'intent');
    if (isDeed && this.failing && this.waitingOutcomes > 0) throw unavailable('An outcome waits to be written first.');
    const asked = this.queue.ask(drafts, change);
    if (!asked) throw unavailable('Too many events wait to be written.');
    return asked;
  }

  private async write(group: Job[]): Promise<void> {
    let head: Head;
    try {
      head = this.head ??= await this.readHead();
    } catch (error) {
      this.fail(group, error);
      return;
    }
    const sealed = seal(group, head);
    if (sealed.length) await this.commit(sealed);
  }

  private async commit(sealed: Sealed[]): Promise<void> {
    const jobs = sealed.map(({ job }) => job);
    const all = sealed.flatMap(({ events }) => events);
    let refused = false;
    try {
      const value = await this.repository.append(
        all,
        changeOf(sealed, () => (refused = true)),
      );
      this.moveHead(all);
      for (const { job, events } of sealed) job.resolve({ events, value });
    } catch (error) {
      // The domain said no, and all was rolled back: that is no failure of the record.
      if (refused && !isDatabaseFailure(error)) jobs.forEach((job) => job.reject(error));
      else this.fail(jobs, error);
    }
  }

  private moveHead(events: AuditEvent[]): void {
    this.failing = false;
    const last = events.at(-1);
    if (!last) return;
    this.head = { seq: last.seq, hash: last.hash };
    this.writtenSeq = last.seq;
    this.tell(last.seq);
  }

  /** Who listens can't undo what is written, whatever becomes of them. */
  private tell(seq: number): void {
    try {
      this.emitter.emit('appended', { seq });
    } catch (error) {
      this.logger.error({ err: error }, 'Who listens to the record failed.');
    }
  }

  private fail(jobs: Job[], error: unknown): void {
    // Whether a failed commit was written after all is not known: the head is read anew before the next one.
    this.head = null;
    if (!this.failing)
      this.logger.error({ err: error }, 'The record cannot be written; new deeds are refused until it can.');
    this.failing = true;
    const refusal = unavailable('Free disk space or mend the database, then try again.', error);
    jobs.forEach((job) => job.reject(refusal));
  }

  private async readHead(): Promise<Head> {
    const head = (await this.repository.head()) ?? { seq: 0, hash: genesisHash };
    this.writtenSeq = head.seq;
    return head;
  }
}

/** One draft without a canonical form is refused alone, and takes no number. */
function seal(group: Job[], head: Head): Sealed[] {
  let { seq, hash } = head;
  return group.flatMap((job) => {
    let place = { seq, hash };
    try {
      const events = job.drafts.map((draft) => {
        const at = new Date().toISOString();
        const event = sealEvent(draft, { seq: place.seq + 1, id: newId(), at, prevHash: place.hash, salt: newSalt() });
        place = { seq: event.seq, hash: event.hash };
        return event;
      });
      ({ seq, hash } = place);
      return [{ job, events }];
    } catch (error) {
      job.reject(error);
      return [];
    }
  });
}

/** The change of a job that goes alone; `refuse` is called when it is the change that fails. */
function changeOf([only]: Sealed[], refuse: () => void): ((tx: DatabaseClient) => Promise<unknown>) | null {
  if (!only?.job.change) return null;
  const { job, events } = only;
  return async (tx) => {
    try {
      return await job.change?.(tx, events);
    } catch (error) {
      refuse();
      throw error;
    }
  };
}

const isUnavailable = (error: unknown): boolean => error instanceof WaybillError && error.code === 'record.unavailable';

function unavailable(todo: string, cause?: unknown): WaybillError {
  return new WaybillError('record.unavailable', `The record cannot be written, so nothing was done. ${todo}`, {
    cause,
    retryAfter: 5,
  });
}

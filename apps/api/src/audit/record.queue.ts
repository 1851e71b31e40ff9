import type { AuditDraft, AuditEvent } from '@waybill/contract';
import type { DatabaseClient } from '@waybill/database';

/** The most events of one group commit, and the most jobs that may wait. */
const groupAtMost = 200;
const waitingAtMost = 10_000;

export interface Written {
  events: AuditEvent[];
  value: unknown;
}

export interface Job {
  /** When it was asked for, on the clock of `performance.now()`. */
  askedAt: number;
  drafts: readonly AuditDraft[];
  /** A domain change that shares the transaction; pure events are committed in groups. */
  change: ((tx: DatabaseClient, events: AuditEvent[]) => Promise<unknown>) | null;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

/** Gives jobs to one writer, group after group, in the order of asking. */
export class RecordQueue {
  private readonly jobs: Job[] = [];
  private writing: readonly Job[] = [];
  private working: Promise<void> | null = null;

  /** @param write settles each job of the group and never throws */
  constructor(private readonly write: (group: Job[]) => Promise<void>) {}

  /** Resolves when nothing is left to write. */
  get settled(): Promise<void> {
    return this.working ?? Promise.resolve();
  }

  /** What is asked for and not written yet: how many jobs, and for how many milliseconds the oldest has waited. */
  get backlog(): { jobs: number; oldestMs: number } {
    const oldest = this.writing[0] ?? this.jobs[0];
    return {
      jobs: this.writing.length + this.jobs.length,
      oldestMs: oldest ? performance.now() - oldest.askedAt : 0,
    };
  }

  /** @returns null when too many wait already */
  ask(drafts: readonly AuditDraft[], change: Job['change']): Promise<Written> | null {
    if (this.jobs.length >= waitingAtMost) return null;
    const written = new Promise<Written>((resolve, reject) =>
      this.jobs.push({ askedAt: performance.now(), drafts, change, resolve, reject }),
    );
    this.working ??= this.work();
    return written;
  }

  private async work(): Promise<void> {
    // Those who ask in the same turn come into one group.
    await Promise.resolve();
    for (let group = this.nextGroup(); group.length; group = this.nextGroup()) {
      this.writing = group;
      await this.write(group);
    }
    this.writing = [];
    // In the same turn as the last look at the queue, so that nobody comes in between and waits for ever.
    this.working = null;
  }

  /** Pure events up to the next job with a change of its own, which goes alone. */
  private nextGroup(): Job[] {
    const until = this.jobs.findIndex(({ change }) => change !== null);
    const pure = Math.min(until === -1 ? this.jobs.length : until, groupAtMost);
    return this.jobs.splice(0, until === 0 ? 1 : pure);
  }
}

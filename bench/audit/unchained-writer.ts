import { randomBytes } from 'node:crypto';
import type { AuditDraft, AuditEvent } from '@waybill/contract';
import type { AuditRepository } from '../../apps/api/src/audit/audit.repository.ts';
import type { Job, RecordQueue } from '../../apps/api/src/audit/record.queue.ts';

interface Parts {
  readonly RecordQueue: typeof RecordQueue;
  readonly newId: () => string;
  readonly repository: AuditRepository;
}

/** The Record's own queue and table with the same rows, but nothing hashed: random numbers stand where the chain's hashes would. */
export class UnchainedWriter {
  readonly #parts: Parts;
  readonly #queue: RecordQueue;
  #seq = 0;
  #last = '0'.repeat(64);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new parts.RecordQueue((group) => this.#write(group));
  }

  get headSeq(): number {
    return this.#seq;
  }

  async append(draft: AuditDraft): Promise<void> {
    await this.#queue.ask([draft], null);
  }

  async #write(group: Job[]): Promise<void> {
    const written = group.map((job) => ({ job, events: job.drafts.map((draft) => this.#number(draft)) }));
    try {
      await this.#parts.repository.append(
        written.flatMap(({ events }) => events),
        null,
      );
      for (const { job, events } of written) job.resolve({ events, value: undefined });
    } catch (error) {
      for (const { job } of written) job.reject(error);
    }
  }

  #number({ personal, ...deed }: AuditDraft): AuditEvent {
    const prevHash = this.#last;
    this.#last = randomBytes(32).toString('hex');
    return {
      v: 1,
      seq: (this.#seq += 1),
      id: this.#parts.newId(),
      at: new Date().toISOString(),
      ...deed,
      commitment: prevHash,
      prevHash,
      personal: { salt: this.#last.slice(0, 32), ...personal },
      hash: this.#last,
    };
  }
}

import { Injectable } from '@nestjs/common';
import type { AuditDraft, Operation } from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { EnginesService } from '../engines/engines.service.js';
import type { ActiveOperation } from './active-operation.js';
import { outcomeDraft } from './operation-drafts.js';
import { isParentReference } from './operation-reference.js';
import { OperationEvents } from './operation.events.js';
import type { Ending } from './operation.types.js';
import { OperationsRepository } from './operations.repository.js';

/** Writes down how an operation ended: the outcome's event, the row and the transcript in one transaction. */
@Injectable()
export class OperationEnder {
  private readonly ending = new Set<string>();

  constructor(
    private readonly repository: OperationsRepository,
    private readonly record: Record,
    private readonly engines: EnginesService,
    private readonly events: OperationEvents,
  ) {}

  /** Ends it once; what comes later is swallowed. Where the outcome can't be written it is tried until it can. */
  async end(active: ActiveOperation, ending: Ending): Promise<void> {
    if (active.ended || this.ending.has(active.id)) return;
    this.ending.add(active.id);
    try {
      const ended = this.endedForm(active, ending);
      await this.record.appendOutcomeWith(this.draftsOf(active, ending), async (tx) => {
        await this.repository.update(tx, ended);
        await this.repository.saveTranscript(tx, active.id, active.readTranscript());
      });
      active.become(ending.state, ended);
    } finally {
      this.ending.delete(active.id);
    }
    this.events.emit('changed', active.operation);
  }

  /** The same for what nobody has seen yet in this process: tried once, so that a start with a broken disk says so. */
  async endUnserved(active: ActiveOperation, ending: Ending): Promise<void> {
    const ended = this.endedForm(active, ending);
    await this.record.appendWith(this.draftsOf(active, ending), (tx) => this.repository.update(tx, ended));
  }

  private endedForm(active: ActiveOperation, ending: Ending): Operation {
    const { operation } = active;
    const progress = {
      ...operation.progress,
      bytesPerSecond: null,
      secondsLeft: null,
      retryAt: null,
      ...(ending.state === 'succeeded' ? { phase: 'done' as const, percent: 100 } : {}),
    };
    return {
      ...operation,
      state: ending.state,
      progress,
      queuePosition: null,
      endedAt: new Date().toISOString(),
      result: ending.result ?? null,
      error: ending.error ?? null,
    };
  }

  /** A push of all tags is not a deed of its own: its children are, each on record. */
  private draftsOf({ operation, via, intentSeq }: ActiveOperation, ending: Ending): AuditDraft[] {
    if (isParentReference(operation.reference)) return [];
    return [outcomeDraft({ operation, via, intentSeq }, ending, this.engines.engineId(operation.engine))];
  }
}

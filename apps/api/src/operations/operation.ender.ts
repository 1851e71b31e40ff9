import { Injectable, Logger } from '@nestjs/common';
import { WaybillError, type Operation } from '@waybill/contract';
import { setTimeout as sleep } from 'node:timers/promises';
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
  private readonly logger = new Logger('Operations');
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
      for (let wait = 200; ; wait = Math.min(wait * 2, 5000)) {
        const ended = this.endedForm(active, ending);
        try {
          await this.write(active, ended, ending);
          active.become(ending.state, ended);
          break;
        } catch (error) {
          if (!(error instanceof WaybillError) || error.code !== 'record.unavailable') throw error;
          this.logger.error(`The outcome of operation ${active.id} cannot be written yet; trying again in ${wait} ms.`);
          await sleep(wait);
        }
      }
    } finally {
      this.ending.delete(active.id);
    }
    this.events.emit('changed', active.operation);
  }

  /** The same for what nobody has seen yet in this process: tried once, so that a start with a broken disk says so. */
  async endUnserved(active: ActiveOperation, ending: Ending): Promise<void> {
    await this.write(active, this.endedForm(active, ending), ending, false);
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

  private async write(active: ActiveOperation, ended: Operation, ending: Ending, withTranscript = true): Promise<void> {
    const change = async (tx: Parameters<OperationsRepository['update']>[0]) => {
      await this.repository.update(tx, ended);
      if (withTranscript) await this.repository.saveTranscript(tx, active.id, active.readTranscript());
    };
    // A push of all tags is not a deed of its own: its children are, each on record.
    if (isParentReference(ended.reference)) return change(null);
    const stored = { operation: active.operation, via: active.via, intentSeq: active.intentSeq };
    const draft = outcomeDraft(stored, ending, this.engines.engineId(ended.engine));
    await this.record.appendWith([draft], change);
  }
}

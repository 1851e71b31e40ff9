import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  WaybillError,
  hasEnded,
  type List,
  type Operation,
  type OperationQuery,
  type Stamp,
  type Transcript,
} from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { AccessEvents } from '../access/access.events.js';
import { systemContext, type ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { CONFIG, type Config } from '../config/config.js';
import { EnginesService } from '../engines/engines.service.js';
import { ActiveOperation } from './active-operation.js';
import { OperationEvents } from './operation.events.js';
import { intentDraft, joinDraft, leaveDraft, viaOf } from './operation-drafts.js';
import type { Ending, NewOperation, StoredOperation } from './operation.types.js';
import { OperationEnder } from './operation.ender.js';
import { OperationsRepository, commandOf } from './operations.repository.js';
import { PushFamily } from './push-family.js';
import { OperationScheduler } from './operation.scheduler.js';
import { isParentReference } from './operation-reference.js';
import { emptyProgress } from './empty-progress.js';
import { mayCancel } from './operation-rights.js';

/** How many references have a stamp at most. */
const stampsAtMost = 2000;

/** Begins, joins, cancels and retries operations, and answers for those that run and those that ended. */
@Injectable()
export class OperationsService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Operations');
  private stopping = false;
  /** Pulls whose intent is being written: who asks for the same meanwhile joins them. */
  private readonly beginning = new Map<string, Promise<ActiveOperation>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: OperationsRepository,
    private readonly record: Record,
    private readonly engines: EnginesService,
    private readonly scheduler: OperationScheduler,
    private readonly ender: OperationEnder,
    private readonly families: PushFamily,
    private readonly events: OperationEvents,
    private readonly access: AccessEvents,
  ) {}

  /** What ran when the last process died is marked as interrupted, on record, before anybody is served. */
  async onModuleInit(): Promise<void> {
    for (const stored of await this.repository.unended()) {
      const active = this.activate(stored);
      await this.ender.endUnserved(
        active,
        interrupted('Waybill was stopped while this ran. What the registry holds is whole; try again.'),
      );
      this.logger.warn(
        `Operation ${active.id} (${active.operation.kind} ${active.operation.reference}) was interrupted by the last stop.`,
      );
    }
    this.access.on('disabled', ({ userId }) => void this.cancelWaitingOf(userId));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.scheduler.stop(interrupted('Waybill was stopped while this ran. Try again once it is back.'));
  }

  /**
   * Writes the intent down and lets the operation wait its turn. An equal pull that has not ended is joined instead.
   * @throws WaybillError operation.queue_full, record.unavailable, server.stopping
   */
  async begin(asked: NewOperation, who: ActorContext): Promise<Operation> {
    this.refuseWhileStopping();
    if (asked.kind !== 'image.pull') return (await this.enter(asked, who)).operation;
    const key = JSON.stringify([asked.engine, asked.reference, asked.platform, asked.credential?.id ?? null]);
    for (let other = this.beginning.get(key); other; other = this.beginning.get(key))
      await other.catch(() => undefined);
    const equal = this.scheduler.equalPull(asked);
    if (equal) return this.join(equal, who);
    const entered = this.enter(asked, who).finally(() => this.beginning.delete(key));
    this.beginning.set(key, entered);
    return (await entered).operation;
  }

  /** A push of several tags: a parent that holds one child for each, each judged and recorded. */
  async beginFamily(asked: NewOperation, references: string[], who: ActorContext): Promise<Operation> {
    this.refuseWhileStopping();
    this.scheduler.refuseIfFull(asked.engine, references.length);
    const parent = await this.write(asked, who);
    const children: ActiveOperation[] = [];
    try {
      for (const reference of references)
        children.push(await this.write({ ...asked, reference, parentId: parent.id }, who));
    } catch (error) {
      void this.giveUp([...children, parent]);
      throw error;
    }
    this.families.adopt(parent, children);
    for (const child of children) this.scheduler.enqueue(child);
    return parent.operation;
  }

  /** @throws WaybillError operation.not_found */
  async get(id: string): Promise<Operation> {
    const active = this.scheduler.get(id);
    if (active) return this.placed(active);
    const found = await this.repository.find(id);
    if (!found) throw new WaybillError('operation.not_found', 'There is no operation with this id.');
    return found.operation;
  }

  async list(query: OperationQuery): Promise<List<Operation>> {
    const found = await this.repository.list(query);
    const page = found.slice(0, query.limit).map((one) => {
      const active = this.scheduler.get(one.id);
      return active ? this.placed(active) : one;
    });
    const wanted = query.state ? page.filter((one) => query.state?.includes(one.state)) : page;
    return { items: wanted, nextCursor: found.length > query.limit ? (page.at(-1)?.id ?? null) : null };
  }

  async transcript(id: string): Promise<Transcript> {
    const active = this.scheduler.get(id);
    if (active) return active.readTranscript();
    await this.get(id);
    return this.repository.transcript(id);
  }

  /** The last successful pull or push of each reference on an engine. */
  stamps(engine: string): Promise<Stamp[]> {
    return this.repository.stamps(engine, stampsAtMost);
  }

  /** Answers as soon as the operation has ended, or the time is over. */
  async wait(id: string, seconds: number): Promise<Operation> {
    if (seconds > 0) await this.scheduler.ended(id, seconds * 1000);
    return this.get(id);
  }

  /**
   * A participant of a shared pull only leaves it; the last one's cancel ends it. Others' work needs `operation.cancel`.
   * @throws WaybillError operation.not_found, operation.ended, permission.denied
   */
  async cancel(id: string, who: ActorContext): Promise<Operation> {
    const active = this.scheduler.get(id);
    if (!active || active.ended) {
      await this.get(id);
      throw new WaybillError('operation.ended', 'This operation has ended already.');
    }
    const right = mayCancel(active.operation, who);
    if (right === 'no') {
      await this.record.append(leaveDraft(active.operation, who, 'operation.cancel', 'denied'));
      throw new WaybillError(
        'permission.denied',
        'Only who started it may cancel it, or somebody with the permission operation.cancel.',
      );
    }
    if (right === 'leave') return this.leave(active, who);
    await this.record.append(leaveDraft(active.operation, who, 'operation.cancel', 'succeeded'));
    const ending: Ending = { state: 'cancelled', by: who.actor };
    await this.families.cancelChildren(active, (child) => this.scheduler.end(child, ending));
    await this.scheduler.end(active, ending);
    return this.get(id);
  }

  /** The same again, as a new operation. @throws WaybillError operation.not_found, operation.not_retryable */
  async retryable(id: string): Promise<Operation> {
    const operation = await this.get(id);
    if (!hasEnded(operation.state) || operation.state === 'succeeded') {
      throw new WaybillError(
        'operation.not_retryable',
        'Only what failed, was cancelled or was interrupted can be tried again.',
      );
    }
    return operation;
  }

  private async enter(asked: NewOperation, who: ActorContext): Promise<ActiveOperation> {
    const active = await this.write(asked, who);
    this.scheduler.enqueue(active);
    return active;
  }

  /** What was written down of a push that can't be begun whole: none of it is left waiting for ever. */
  private async giveUp(written: ActiveOperation[]): Promise<void> {
    const message = 'The push could not be written down whole, so none of it was begun. Try again.';
    for (const active of written) {
      try {
        await this.ender.end(active, { state: 'failed', error: { code: 'record.unavailable', message, detail: null } });
      } catch (error) {
        this.logger.error({ err: error, operation: active.id });
      }
    }
  }

  private async write(asked: NewOperation, who: ActorContext): Promise<ActiveOperation> {
    if (!asked.parentId) this.scheduler.refuseIfFull(asked.engine, 1);
    const now = new Date().toISOString();
    const operation: Operation = {
      id: newId(),
      kind: asked.kind,
      state: 'queued',
      engine: asked.engine,
      reference: asked.reference,
      registry: asked.registry,
      credential: asked.credential,
      platform: asked.platform,
      actor: who.actor,
      participants: who.actor.id ? [{ actor: who.actor, joinedAt: now }] : [],
      parentId: asked.parentId ?? null,
      childIds: [],
      retryOf: asked.retryOf ?? null,
      queuePosition: null,
      attempt: 1,
      command: commandOf(asked.kind, asked.reference, asked.platform),
      createdAt: now,
      startedAt: null,
      endedAt: null,
      progress: emptyProgress,
      result: null,
      error: null,
    };
    const via = viaOf(who);
    const engineId = this.engines.engineId(asked.engine);
    const stored: StoredOperation = { operation, via, intentSeq: null };
    if (isParentReference(asked.reference)) {
      await this.repository.insert(null, stored);
    } else {
      await this.record.appendWith([intentDraft(operation, who, engineId)], async (tx, [intent]) => {
        stored.intentSeq = intent?.seq ?? null;
        await this.repository.insert(tx, stored);
      });
    }
    return this.activate(stored);
  }

  private activate(stored: StoredOperation): ActiveOperation {
    const containerdStore = this.engines.usesContainerdStore(stored.operation.engine);
    return new ActiveOperation(stored, { transcriptBytes: this.config.operations.transcriptBytes, containerdStore });
  }

  private async join(active: ActiveOperation, who: ActorContext): Promise<Operation> {
    if (active.operation.participants.some((one) => one.actor.id === who.actor.id)) return this.placed(active);
    const participant = { actor: who.actor, joinedAt: new Date().toISOString() };
    await this.record.appendWith([joinDraft(active.operation, who)], (tx) =>
      this.repository.addParticipant(tx, active.id, participant.actor, participant.joinedAt),
    );
    active.change({ participants: [...active.operation.participants, participant] });
    this.events.emit('changed', this.placed(active));
    return this.placed(active);
  }

  /** Takes one participant out: who asks for it, or whoever may no longer take part. */
  private async leave(active: ActiveOperation, who: ActorContext, id = who.actor.id): Promise<Operation> {
    await this.record.appendWith([leaveDraft(active.operation, who, 'operation.leave', 'succeeded')], async (tx) => {
      if (id) await this.repository.endParticipation(tx, active.id, id, new Date().toISOString());
    });
    active.change({ participants: active.operation.participants.filter((one) => one.actor.id !== id) });
    if (active.ended) return this.get(active.id);
    this.events.emit('changed', this.placed(active));
    if (active.operation.participants.length) return this.placed(active);
    // The last two left at the same moment: nobody wants it any more.
    await this.scheduler.end(active, { state: 'cancelled', by: who.actor });
    return this.get(active.id);
  }

  private async cancelWaitingOf(userId: string): Promise<void> {
    for (const active of this.scheduler.waitingOf(userId)) {
      try {
        if (active.operation.participants.length > 1) await this.leave(active, systemContext, userId);
        else await this.scheduler.end(active, { state: 'cancelled' });
      } catch (error) {
        this.logger.error(
          { err: error, operation: active.id },
          'Waiting work of a disabled user could not be cancelled.',
        );
      }
    }
  }

  private placed(active: ActiveOperation): Operation {
    return { ...active.operation, queuePosition: this.scheduler.position(active) };
  }

  private refuseWhileStopping(): void {
    if (this.stopping) throw new WaybillError('server.stopping', 'Waybill is stopping; try again in a moment.');
  }
}

function interrupted(message: string): Ending {
  return { state: 'interrupted', error: { code: 'operation.interrupted', message, detail: null } };
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import { WaybillError, type Operation } from '@waybill/contract';
import { AccessService } from '../access/access.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { PushJudge } from '../rules/push-judge.service.js';
import type { ActiveOperation } from './active-operation.js';
import { DeltaClock } from './delta-clock.js';
import { FairQueue } from './fair-queue.js';
import { OperationEnder } from './operation.ender.js';
import { OperationEvents } from './operation.events.js';
import type { Ending, NewOperation } from './operation.types.js';
import { OperationsRepository } from './operations.repository.js';
import { Stopped, TransferRunner } from './transfer.runner.js';

/** How often the state of running work is saved, for who reads it after a crash: milliseconds. */
const saveEvery = 5000;

/** Holds what has not ended, lets it run in turn, and hands its progress on. */
@Injectable()
export class OperationScheduler {
  private readonly logger = new Logger('Operations');
  private readonly active = new Map<string, ActiveOperation>();
  private readonly queues = new Map<string, FairQueue>();
  private readonly runs = new Map<string, Promise<void>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly runner: TransferRunner,
    private readonly ender: OperationEnder,
    private readonly repository: OperationsRepository,
    private readonly events: OperationEvents,
    private readonly access: AccessService,
    private readonly judge: PushJudge,
  ) {}

  get(id: string): ActiveOperation | undefined {
    return this.active.get(id);
  }

  /** All that has not ended, oldest first. */
  all(): ActiveOperation[] {
    return [...this.active.values()];
  }

  /** Known here without a turn of its own: a parent, whose children take the turns. */
  hold(active: ActiveOperation): void {
    this.active.set(active.id, active);
  }

  enqueue(active: ActiveOperation): void {
    this.active.set(active.id, active);
    this.queue(active.operation.engine).add({
      id: active.id,
      owner: active.operation.actor.id ?? active.operation.actor.type,
    });
    this.events.emit('changed', { ...active.operation, queuePosition: this.position(active) });
    this.advance(active.operation.engine);
  }

  /** @throws WaybillError operation.queue_full */
  refuseIfFull(engine: string, coming: number): void {
    if (this.queue(engine).length + coming > this.config.operations.waiting) {
      throw new WaybillError(
        'operation.queue_full',
        'Too many operations wait on this engine. Try again when some have ended.',
        { retryAfter: 30 },
      );
    }
  }

  /** A pull of the same that has not ended. */
  equalPull(asked: NewOperation): ActiveOperation | null {
    const equal = ({ operation }: ActiveOperation) =>
      operation.kind === 'image.pull' &&
      operation.engine === asked.engine &&
      operation.reference === asked.reference &&
      operation.platform === asked.platform &&
      (operation.credential?.id ?? null) === (asked.credential?.id ?? null);
    return this.all().find((one) => !one.ended && !one.abort.signal.aborted && equal(one)) ?? null;
  }

  waitingOf(userId: string): ActiveOperation[] {
    return this.all().filter(({ operation: { state, actor, participants } }) => {
      const takesPart = participants.some((one) => one.actor.id === userId);
      return state === 'queued' && (takesPart || (actor.id === userId && participants.length === 0));
    });
  }

  position(active: ActiveOperation): number | null {
    if (active.operation.state !== 'queued') return null;
    const at = this.queue(active.operation.engine).positions().indexOf(active.id);
    return at < 0 ? null : at + 1;
  }

  /** Ends it, running or waiting, and resolves when that is written. */
  async end(active: ActiveOperation, ending: Ending): Promise<void> {
    const run = this.runs.get(active.id);
    if (run) {
      active.abort.abort(new Stopped(ending));
      await run;
      return;
    }
    active.abort.abort(new Stopped(ending));
    this.queue(active.operation.engine).remove(active.id);
    await this.ender.end(active, ending);
    this.forget(active);
    this.advance(active.operation.engine);
  }

  /** Resolves when the operation has ended here, or after so many milliseconds. */
  ended(id: string, ms: number): Promise<void> {
    if (!this.active.has(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        off();
        resolve();
      };
      const off = this.events.on('changed', (operation: Operation) => {
        if (operation.id === id && operation.endedAt) done();
      });
      const timer = setTimeout(done, ms);
    });
  }

  /** Ends all that runs or waits. */
  async stop(ending: Ending): Promise<void> {
    await Promise.all(this.all().map((active) => this.end(active, ending)));
  }

  forget(active: ActiveOperation): void {
    this.active.delete(active.id);
  }

  private advance(engine: string): void {
    const queue = this.queue(engine);
    for (let next = queue.next(); next; next = queue.next()) {
      const active = this.active.get(next.id);
      if (!active) queue.remove(next.id);
      else this.start(active, queue);
    }
    for (const [at, id] of queue.positions().entries()) {
      const active = this.active.get(id);
      if (!active || active.ended || active.operation.queuePosition === at + 1) continue;
      active.change({ queuePosition: at + 1 });
      this.events.emit('changed', active.operation);
    }
  }

  private start(active: ActiveOperation, queue: FairQueue): void {
    const run = this.run(active)
      .catch((error: unknown) => this.logger.error({ err: error, operation: active.id }))
      .finally(() => {
        this.runs.delete(active.id);
        queue.remove(active.id);
        this.forget(active);
        this.advance(active.operation.engine);
      });
    this.runs.set(active.id, run);
  }

  private async run(active: ActiveOperation): Promise<void> {
    active.become('running', { startedAt: new Date().toISOString(), queuePosition: null });
    this.events.emit('changed', active.operation);
    const { operation } = active;
    const clock = new DeltaClock(() => this.tell(active));
    const saver = setInterval(() => void this.save(active), saveEvery);
    try {
      await this.repository.update(null, operation);
      const refusal = await this.refusalOf(active);
      const ending: Ending = refusal
        ? { state: 'failed', error: refusal.toFailure() }
        : await this.runner.run(active, () => clock.mark());
      clearInterval(saver);
      clock.end();
      await this.ender.end(active, ending);
    } catch (error) {
      await this.ender.end(active, {
        state: 'failed',
        error: { code: 'server.error', message: 'Waybill failed at this; its log says more.', detail: null },
      });
      throw error;
    } finally {
      clearInterval(saver);
      clock.end();
      this.judge.ended(operation);
    }
  }

  /** Rights and rules may be others than when it was asked for. */
  private async refusalOf({ operation, via }: ActiveOperation): Promise<WaybillError | null> {
    if (!(await this.access.stillMay(operation.actor, via.tokenId, operation.kind))) return noLonger;
    return operation.kind === 'image.push' ? this.judge.atStart(operation) : null;
  }

  private tell(active: ActiveOperation): void {
    const { progress, layers, lines } = active.take();
    this.events.emit('progress', { id: active.id, progress, layers });
    if (lines.lines.length) this.events.emit('lines', { id: active.id, ...lines });
  }

  private async save(active: ActiveOperation): Promise<void> {
    try {
      await this.repository.update(null, active.operation);
      await this.repository.saveTranscript(null, active.id, active.readTranscript());
    } catch (error) {
      this.logger.warn({ err: error, operation: active.id }, 'The progress could not be saved; the operation goes on.');
    }
  }

  private queue(engine: string): FairQueue {
    const known = this.queues.get(engine);
    if (known) return known;
    const fresh = new FairQueue(this.config.operations.atOnce);
    this.queues.set(engine, fresh);
    return fresh;
  }
}

const noLonger = new WaybillError('permission.denied', 'Who asked for this may no longer do it.');

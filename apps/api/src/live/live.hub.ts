import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type {
  Actor,
  BoardEvent,
  BoardSnapshot,
  LiveRoom,
  Operation,
  OperationEvent,
  OperationSnapshot,
} from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { newId } from '../common/ids.js';
import { EngineEvents } from '../engines/engine.events.js';
import { engineFor } from '../engines/engine-for.js';
import { EnginesService } from '../engines/engines.service.js';
import { summaryOf, type ActiveOperation } from '../operations/active-operation.js';
import { DeltaClock } from '../operations/delta-clock.js';
import { OperationEvents } from '../operations/operation.events.js';
import { OperationScheduler } from '../operations/operation.scheduler.js';
import { OperationsService } from '../operations/operations.service.js';
import { RegistryEvents } from '../registries/registry.events.js';
import { Presence } from './presence.js';
import { Room, type Send, type Viewer } from './live.room.js';

/** How many lines of a transcript a late viewer gets at once, and how many ended operations. */
const lateLines = 500;
const lateEnded = 20;

interface Voice {
  board: Send<BoardEvent>;
  operation: Send<OperationEvent>;
}

/** Turns what happens into the rooms' numbered events, and makes the snapshots that they continue. */
@Injectable()
export class LiveHub implements OnModuleInit, OnModuleDestroy {
  /** Changes when the server starts anew: every viewer then asks for a snapshot. */
  readonly epoch = newId();
  readonly board = new Room<BoardEvent>('board', this.epoch, (...sent) => this.voice?.board(...sent));
  readonly here = new Presence((actors) => this.board.publish({ type: 'here', actors }));
  private readonly rooms = new Map<string, { room: Room<OperationEvent>; watchers: Presence }>();
  private readonly off: (() => void)[] = [];
  private voice: Voice | null = null;
  /** A record that grows a thousand times a second must not flood the pages. */
  private readonly recordClock = new DeltaClock(() => this.board.publish({ type: 'record', seq: this.record.headSeq }));

  constructor(
    private readonly operations: OperationsService,
    private readonly scheduler: OperationScheduler,
    private readonly operationEvents: OperationEvents,
    private readonly engines: EnginesService,
    private readonly engineEvents: EngineEvents,
    private readonly registryEvents: RegistryEvents,
    private readonly record: Record,
  ) {}

  /** How the rooms reach their viewers; nobody can have joined before it is known. */
  speakThrough(voice: Voice): void {
    this.voice = voice;
  }

  onModuleInit(): void {
    this.off.push(
      this.operationEvents.on('changed', (operation) => {
        const summary = { ...summaryOf(operation), credential: null };
        this.board.publish({ type: 'operation', operation: summary });
        this.rooms.get(operation.id)?.room.publish({ type: 'operation', operation: summary });
      }),
      this.operationEvents.on('progress', ({ id, progress, layers }) => {
        this.board.publish({ type: 'progress', id, progress });
        this.rooms.get(id)?.room.publish({ type: 'progress', progress, layers });
      }),
      this.operationEvents.on('lines', ({ id, from, lines }) =>
        this.rooms.get(id)?.room.publish({ type: 'lines', from, lines }),
      ),
      this.engineEvents.on('state', (engine) =>
        this.board.publish({ type: 'engine', engine: engineFor(engine, new Set()) }),
      ),
      this.engineEvents.on('images', ({ engine }) => this.board.publish({ type: 'images', engine })),
      this.registryEvents.on('changed', () => this.board.publish({ type: 'registries' })),
      this.record.on('appended', () => this.recordClock.mark()),
    );
  }

  onModuleDestroy(): void {
    this.off.forEach((end) => end());
    this.recordClock.end();
  }

  /** Joins the board: the viewer first, then the snapshot, so that nothing falls between the two. */
  async joinBoard(viewer: Viewer, actor: Actor): Promise<BoardSnapshot> {
    this.here.enter(viewer.id, actor);
    this.board.add(viewer);
    // In one turn: what changes from here on comes as a message beyond this number, also while the ended ones are read.
    const { seq } = this.board;
    const running = this.scheduler.all().map((one) => this.placed(one));
    const ended = await this.lately().catch((error: unknown) => {
      this.leave('board', viewer.id);
      throw error;
    });
    const known = new Set(running.map((one) => one.id));
    return {
      epoch: this.epoch,
      seq,
      operations: [...running, ...ended.items.filter((one) => !known.has(one.id))].map((one) => ({
        ...summaryOf(one),
        credential: null,
      })),
      engines: this.engines.list().map((one) => engineFor(one, new Set())),
      here: this.here.actors(),
      recordSeq: this.record.headSeq,
    };
  }

  /** @throws WaybillError operation.not_found */
  async joinOperation(id: string, viewer: Viewer, actor: Actor): Promise<OperationSnapshot> {
    const found = await this.operations.get(id);
    const saved = this.scheduler.get(id) ? null : await this.operations.transcript(id);
    const { room, watchers } = this.roomOf(id);
    watchers.enter(viewer.id, actor);
    room.add(viewer);
    const active = this.scheduler.get(id);
    const operation = active ? this.placed(active) : found;
    const lines = active?.lastLines() ?? lastOf(saved?.lines ?? [], lateLines);
    return {
      epoch: room.epoch,
      seq: room.seq,
      operation: { ...operation, credential: null },
      watchers: watchers.actors(),
      lines,
    };
  }

  leave(room: LiveRoom, viewerId: string): void {
    if (room === 'board') {
      this.board.remove(viewerId);
      this.here.exit(viewerId);
      return;
    }
    const id = room.slice('operation:'.length);
    const found = this.rooms.get(id);
    if (!found) return;
    found.room.remove(viewerId);
    found.watchers.exit(viewerId);
    if (found.room.size === 0) this.rooms.delete(id);
  }

  private lately() {
    return this.operations.list({
      limit: lateEnded,
      state: ['succeeded', 'failed', 'cancelled', 'interrupted'],
    });
  }

  private placed(active: ActiveOperation): Operation {
    return { ...active.operation, queuePosition: this.scheduler.position(active) };
  }

  private roomOf(id: string) {
    const known = this.rooms.get(id);
    if (known) return known;
    const room = new Room<OperationEvent>(`operation:${id}`, newId(), (...sent) => this.voice?.operation(...sent));
    const fresh = { room, watchers: new Presence((watchers) => room.publish({ type: 'watchers', watchers })) };
    this.rooms.set(id, fresh);
    return fresh;
  }
}

function lastOf<T>(lines: T[], count: number): { from: number; lines: T[] } {
  const from = Math.max(0, lines.length - count);
  return { from, lines: lines.slice(from) };
}

import { z } from 'zod';
import { Actor } from '../access/schemas.js';
import { Problem } from '../common/errors.js';
import { Id } from '../common/ids.js';
import { EngineSummary } from '../engines/schemas.js';
import { LayerProgress, Operation, OperationSummary, ProgressSummary, TranscriptLine } from '../operations/schemas.js';

/** socket.io's namespace; the path is the default one. */
export const liveNamespace = '/live';
/** At most this many merged deltas a second for each operation. */
export const liveDeltasPerSecond = 10;

/** A room that may be joined: the whole board (operations, engines, what became stale), or one operation. */
export const LiveRoom = z.union([z.literal('board'), z.string().regex(/^operation:[0-9a-f-]{36}$/)]);
export type LiveRoom = z.infer<typeof LiveRoom>;

export const boardEvents = z.discriminatedUnion('type', [
  /** An operation was made or changed its state, people or result. */
  z.object({ type: z.literal('operation'), operation: OperationSummary }),
  z.object({ type: z.literal('progress'), id: Id, progress: ProgressSummary }),
  z.object({ type: z.literal('engine'), engine: EngineSummary }),
  /** The image list of an engine is stale. */
  z.object({ type: z.literal('images'), engine: z.string() }),
  z.object({ type: z.literal('registries') }),
  /** Events were appended to the record, up to this number. */
  z.object({ type: z.literal('record'), seq: z.int() }),
  /** Who is looking at the page right now. */
  z.object({ type: z.literal('here'), actors: z.array(Actor) }),
]);
export type BoardEvent = z.infer<typeof boardEvents>;

export const operationEvents = z.discriminatedUnion('type', [
  z.object({ type: z.literal('operation'), operation: OperationSummary }),
  /** Only the layers that changed. */
  z.object({ type: z.literal('progress'), progress: ProgressSummary, layers: z.array(LayerProgress) }),
  /** Transcript lines, the first of which has the number `from` (from 0). */
  z.object({ type: z.literal('lines'), from: z.int(), lines: z.array(TranscriptLine) }),
  z.object({ type: z.literal('watchers'), watchers: z.array(Actor) }),
]);
export type OperationEvent = z.infer<typeof operationEvents>;

/** A room's event with its place: `seq` counts up by one in the room, `epoch` changes when the server starts anew. */
export interface LiveMessage<E> {
  room: LiveRoom;
  epoch: string;
  seq: number;
  event: E;
}

export const BoardSnapshot = z.object({
  epoch: z.string(),
  seq: z.int(),
  /** All that has not ended, and what ended lately. */
  operations: z.array(OperationSummary),
  engines: z.array(EngineSummary),
  here: z.array(Actor),
  recordSeq: z.int(),
});
export type BoardSnapshot = z.infer<typeof BoardSnapshot>;

export const OperationSnapshot = z.object({
  epoch: z.string(),
  seq: z.int(),
  operation: Operation,
  watchers: z.array(Actor),
  /** The last lines, the first of which has the number `from`. */
  lines: z.object({ from: z.int(), lines: z.array(TranscriptLine) }),
});
export type OperationSnapshot = z.infer<typeof OperationSnapshot>;

export type Ack<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/** What the page may send. */
export interface ClientToServer {
  'board:join': (ack: (answer: Ack<BoardSnapshot>) => void) => void;
  'board:leave': () => void;
  'operation:join': (id: string, ack: (answer: Ack<OperationSnapshot>) => void) => void;
  'operation:leave': (id: string) => void;
}

/** What the server sends. `ended` comes before the socket is cut: the session is over or its rights changed. */
export interface ServerToClient {
  board: (message: LiveMessage<BoardEvent>) => void;
  operation: (message: LiveMessage<OperationEvent>) => void;
  ended: (reason: 'session_ended' | 'rights_changed' | 'server_stopping') => void;
}

import type { LiveMessage, OperationEvent } from '@waybill/contract';

/** What the bench asks of the process that holds the viewers. */
export type ToViewers =
  | { type: 'connect'; url: string; cookies: string[]; viewers: number }
  | { type: 'watch'; operation: string }
  | { type: 'collect' }
  | { type: 'listen'; url: string; viewers: number }
  | { type: 'collectEcho' };

/** One message of a room with the time at which each viewer had it (milliseconds of `clock`); a viewer that missed it is not in `at`. */
export interface Seen {
  readonly room: 'board' | 'operation';
  readonly message: LiveMessage<unknown>;
  readonly at: number[];
}

/** What the viewers answer. */
export type FromViewers =
  | { type: 'ready' }
  | { type: 'seen'; messages: Seen[] }
  | { type: 'echoed'; lags: number[] }
  | { type: 'failed'; reason: string };

/** What the bench asks of the bare socket.io server, and what it answers. */
export type ToEcho = { type: 'play'; messages: { after: number; event: string; message: LiveMessage<unknown> }[] };
export type FromEcho =
  { type: 'serving'; url: string } | { type: 'played'; cpuSeconds: number; growthMegabytes: number };

/** The events of the operation's room among what was seen, in the room's order. */
export const operationEventsIn = (messages: readonly Seen[]): (Seen & { message: LiveMessage<OperationEvent> })[] =>
  (messages as (Seen & { message: LiveMessage<OperationEvent> })[])
    .filter(({ room }) => room === 'operation')
    .sort((one, other) => one.message.seq - other.message.seq);

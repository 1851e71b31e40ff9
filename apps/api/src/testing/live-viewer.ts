import {
  liveNamespace,
  reduceBoard,
  reduceOperation,
  type Ack,
  type BoardEvent,
  type BoardSnapshot,
  type ClientToServer,
  type LiveMessage,
  type OperationEvent,
  type OperationSnapshot,
  type Problem,
  type Reduced,
  type ServerToClient,
} from '@waybill/contract';
import { io, type Socket } from 'socket.io-client';

export type LiveClient = Socket<ServerToClient, ClientToServer>;

/** Opens the live door with a session's cookie; rejects with the problem that the server answers. */
export function openLive(url: string, headers: Record<string, string>): Promise<LiveClient> {
  const socket: LiveClient = io(`${url}${liveNamespace}`, {
    transports: ['websocket'],
    extraHeaders: headers,
    forceNew: true,
    reconnection: false,
  });
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error: Error & { data?: Problem }) =>
      reject(Object.assign(new Error(error.data?.code ?? error.message), { problem: error.data ?? null })),
    );
  });
}

/** Follows a room as the page does: the snapshot, then each delta on it, and a fresh snapshot after a gap. */
class Follower<E, S> {
  state: S | null = null;
  /** How often a fresh snapshot was needed. */
  healed = 0;
  readonly messages: { at: number; message: LiveMessage<E> }[] = [];
  private early: LiveMessage<E>[] = [];
  private asking: Promise<void> | null = null;

  constructor(
    private readonly ask: () => Promise<Ack<S>>,
    private readonly reduce: (state: S, message: LiveMessage<E>) => Reduced<S>,
  ) {}

  hear(message: LiveMessage<E>): void {
    this.messages.push({ at: performance.now(), message });
    if (this.asking) this.early.push(message);
    else this.apply(message);
  }

  /** @throws Error with the problem's code */
  join(): Promise<void> {
    this.asking ??= this.fetch();
    return this.asking;
  }

  private async fetch(): Promise<void> {
    const answer = await this.ask();
    this.asking = null;
    if (!answer.ok) throw new Error(answer.problem.code);
    this.state = answer.data;
    for (const message of this.early.splice(0)) this.apply(message);
  }

  private apply(message: LiveMessage<E>): void {
    if (!this.state) return;
    const { state, stale } = this.reduce(this.state, message);
    this.state = state;
    if (!stale) return;
    this.healed += 1;
    void this.join();
  }
}

export type OperationFollower = Follower<OperationEvent, OperationSnapshot>;
export type BoardFollower = Follower<BoardEvent, BoardSnapshot>;

export async function followOperation(socket: LiveClient, id: string): Promise<OperationFollower> {
  const follower: OperationFollower = new Follower(() => socket.emitWithAck('operation:join', id), reduceOperation);
  socket.on('operation', (message) => {
    if (message.room === `operation:${id}`) follower.hear(message);
  });
  await follower.join();
  return follower;
}

export async function followBoard(socket: LiveClient): Promise<BoardFollower> {
  const follower: BoardFollower = new Follower(() => socket.emitWithAck('board:join'), reduceBoard);
  socket.on('board', (message) => follower.hear(message));
  await follower.join();
  return follower;
}

/** Waits until something is so. */
export async function eventually(what: string, isSo: () => boolean, seconds = 20): Promise<void> {
  for (const last = Date.now() + seconds * 1000; !isSo();) {
    if (Date.now() > last) throw new Error(`It did not come to this in ${seconds} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

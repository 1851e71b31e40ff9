// Holds many viewers as a browser's page would be one, and notes when each of them has which message.
import { io, type Socket } from 'socket.io-client';
import { liveNamespace, type Ack, type ClientToServer, type LiveMessage, type ServerToClient } from '@waybill/contract';
import { clock } from '../harness/clock.ts';
import type { FromViewers, Seen, ToViewers } from './viewer-protocol.ts';

type LiveSocket = Socket<ServerToClient, ClientToServer>;

const answerWithinMs = 30_000;
const tell = (message: FromViewers): void => void process.send?.(message);
const options = { transports: ['websocket'], forceNew: true, reconnection: false };

let sockets: LiveSocket[] = [];
let seen = new Map<string, Seen>();
let echoed: number[] = [];

function note(room: Seen['room'], message: LiveMessage<unknown>): void {
  const key = `${message.room}/${message.epoch}/${message.seq}`;
  const known = seen.get(key) ?? { room, message, at: [] };
  known.at.push(clock());
  seen.set(key, known);
}

async function connected(socket: LiveSocket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

function joined(answer: Ack<unknown>): void {
  if (!answer.ok) throw new Error(`A viewer may not join: ${answer.problem.detail}`);
}

async function connect(url: string, cookies: string[], viewers: number): Promise<void> {
  for (let index = 0; index < viewers; index += 1) {
    const cookie = cookies[index % cookies.length] ?? '';
    const socket: LiveSocket = io(`${url}${liveNamespace}`, { ...options, extraHeaders: { cookie, origin: url } });
    await connected(socket);
    socket.on('board', (message) => note('board', message));
    socket.on('operation', (message) => note('operation', message));
    joined(await socket.timeout(answerWithinMs).emitWithAck('board:join'));
    sockets.push(socket);
  }
}

async function watch(operation: string): Promise<void> {
  const answers = await Promise.all(
    sockets.map((socket) => socket.timeout(answerWithinMs).emitWithAck('operation:join', operation)),
  );
  answers.forEach(joined);
}

async function listen(url: string, viewers: number): Promise<void> {
  for (let index = 0; index < viewers; index += 1) {
    const socket: LiveSocket = io(`${url}${liveNamespace}`, options);
    await connected(socket);
    socket.onAny((_event, message: { sentAt: number }) => echoed.push(clock() - message.sentAt));
  }
}

async function handle(request: ToViewers): Promise<void> {
  switch (request.type) {
    case 'connect':
      await connect(request.url, request.cookies, request.viewers);
      return tell({ type: 'ready' });
    case 'watch':
      await watch(request.operation);
      return tell({ type: 'ready' });
    case 'listen':
      await listen(request.url, request.viewers);
      return tell({ type: 'ready' });
    case 'collect':
      tell({ type: 'seen', messages: [...seen.values()] });
      seen = new Map();
      return;
    case 'collectEcho':
      tell({ type: 'echoed', lags: echoed });
      echoed = [];
  }
}

process.on('message', (request: ToViewers) => {
  handle(request).catch((error: unknown) => tell({ type: 'failed', reason: String(error) }));
});
process.on('disconnect', () => {
  sockets.forEach((socket) => socket.disconnect());
  sockets = [];
  process.exit(0);
});

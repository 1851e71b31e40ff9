// Holds many viewers as a browser's page would be one, and notes when each of them has which message.
import { io, type Socket } from 'socket.io-client';
import { liveNamespace, type Ack, type ClientToServer, type LiveMessage } from '@waybill/contract';
import { clock } from '../harness/clock.ts';
import * as parser from './thrifty-parser.ts';
import type { FromViewers, Seen, ToViewers } from './viewer-protocol.ts';

type Listening = Record<Seen['room'], (message: parser.Unread) => void>;
type LiveSocket = Socket<Listening, ClientToServer>;

interface Noted {
  readonly room: Seen['room'];
  readonly text: string;
  readonly at: number[];
}

const answerWithinMs = 30_000;
const tell = (message: FromViewers): void => void process.send?.(message);
const options = { transports: ['websocket'], forceNew: true, reconnection: false, parser };

/** It stands before the message's event, so that it is found without reading all. */
const sentAt = /"sentAt":([\d.]+)/;

let sockets: LiveSocket[] = [];
let seen = new Map<string, Noted>();
let echoed: number[] = [];

function note(room: Seen['room'], { room: name, epoch, seq, text }: parser.Unread): void {
  const key = `${name}/${epoch}/${seq}`;
  const known = seen.get(key) ?? { room, text, at: [] };
  known.at.push(clock());
  seen.set(key, known);
}

/** What was noted, each message read once. */
function read({ room, text, at }: Noted): Seen {
  const [, message] = JSON.parse(text) as [string, LiveMessage<unknown>];
  return { room, message, at };
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
    socket.onAny((_event, { text }: parser.Unread) => echoed.push(clock() - Number(sentAt.exec(text)?.[1])));
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
      tell({ type: 'seen', messages: [...seen.values()].map(read) });
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

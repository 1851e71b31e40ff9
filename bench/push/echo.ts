// A bare socket.io server that sends what it is told at the times it is told: what fanning out costs without any product.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from 'socket.io';
import { liveNamespace } from '@waybill/contract';
import { clock } from '../harness/clock.ts';
import { watchProcess } from '../harness/process-figures.ts';
import type { FromEcho, ToEcho } from './viewer-protocol.ts';

const tell = (message: FromEcho): void => void process.send?.(message);

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
const live = io.of(liveNamespace);

async function play(messages: ToEcho['messages']): Promise<void> {
  const watch = watchProcess(process.pid);
  const started = clock();
  for (const { after, event, message } of messages) {
    const wait = started + after - clock();
    if (wait > 0) await sleep(wait);
    const { event: content, ...where } = message;
    live.emit(event, { ...where, sentAt: clock(), event: content });
  }
  await sleep(500);
  tell({ type: 'played', ...watch.end() });
}

process.on('message', (request: ToEcho) => void play(request.messages));
process.on('disconnect', () => process.exit(0));
http.listen(0, '127.0.0.1', () => {
  tell({ type: 'serving', url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
});

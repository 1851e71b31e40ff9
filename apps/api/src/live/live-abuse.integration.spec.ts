import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedTestWorld } from '@waybill/world';
import type { Operation } from '@waybill/contract';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { eventually, followBoard, openLive, type LiveClient } from '../testing/live-viewer.js';
import { enterRegistry, transfer, whenConnected } from '../testing/transfer-world.js';
import { newId } from '../common/ids.js';
import { LiveHub } from './live.hub.js';

let app: TestApp;
let ended: Operation[];
const open: LiveClient[] = [];

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

beforeAll(async () => {
  const world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host });
  await whenConnected(app.asAdmin);
  const { address } = await enterRegistry(app.asAdmin, world.registries.none, null);
  ended = [];
  for (let n = 1; n <= 21; n += 1)
    ended.push(await transfer(app.asAdmin, 'push', { reference: `${address}/live/never-built:${n}` }));
}, 120_000);
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});
afterAll(() => app?.stop());

async function connect(): Promise<LiveClient> {
  const socket = await openLive(app.url, { cookie: app.asAdmin.cookie, origin: app.url });
  open.push(socket);
  return socket;
}

const codeOf = (answer: { ok: true } | { ok: false; problem: { code: string } }) =>
  answer.ok ? 'ok' : answer.problem.code;
const join = async (socket: LiveClient, id: string) => codeOf(await socket.emitWithAck('operation:join', id));

describe('the live door', () => {
  it.each<[string, Record<string, string>, string]>([
    ['nobody', {}, 'auth.required'],
    ['another page', { origin: 'http://evil.example' }, 'auth.origin'],
    ['a page without an origin', { origin: 'null' }, 'auth.origin'],
  ])('refuses %s with a problem', async (who, headers, code) => {
    const cookie: Record<string, string> = who === 'nobody' ? {} : { cookie: app.asAdmin.cookie };
    const refused = openLive(app.url, { origin: app.url, ...cookie, ...headers });
    await expect(refused).rejects.toMatchObject({
      problem: { code, status: expect.any(Number), detail: expect.any(String), requestId: expect.any(String) },
    });
  });

  it('answers a join of what is not there, and of what is no id, with a problem', async () => {
    const socket = await connect();
    expect(await join(socket, newId())).toBe('operation.not_found');
    expect(await join(socket, '../board')).toBe('request.invalid');
    expect(codeOf(await socket.emitWithAck('operation:join', JSON.parse('{"id":[1]}')))).toBe('request.invalid');
    expect(await join(socket, ended[0]?.id ?? '')).toBe('ok');
  });

  it('lets one window follow twenty rooms, and another once it has left one', async () => {
    const socket = await connect();
    const ids = ended.map(({ id }) => id);
    const answers: string[] = [];
    for (const id of ids) answers.push(await join(socket, id));
    expect(answers).toEqual([...Array<string>(20).fill('ok'), 'request.invalid']);
    expect(await join(socket, ids[0] ?? '')).toBe('ok');
    socket.emit('operation:leave', ids[0] ?? '');
    expect(await join(socket, ids[20] ?? '')).toBe('ok');
  });

  it('stays quick and small while one window asks for ten thousand rooms', async () => {
    const socket = await connect();
    await join(socket, newId());
    collect();
    const before = process.memoryUsage().heapUsed;
    const asked = Promise.all(Array.from({ length: 10_000 }, () => join(socket, newId())));
    const asking = performance.now();
    expect((await app.asAdmin.get('/api/v1/session')).status).toBe(200);
    expect(performance.now() - asking).toBeLessThan(8000);
    const answers = await asked;
    expect(new Set(answers)).toEqual(new Set(['operation.not_found', 'request.invalid']));
    expect(answers).toHaveLength(10_000);
    expect(await join(socket, ended[0]?.id ?? '')).toBe('ok');
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000);
  }, 120_000);

  it('passes over an event that it does not know', async () => {
    const socket = await connect();
    const untyped: { emit(event: string, ...said: unknown[]): unknown } = socket;
    untyped.emit('board:destroy', { all: true });
    untyped.emit('operation:join');
    untyped.emit('board:leave', 1, 2, 3);
    expect(await join(socket, ended[0]?.id ?? '')).toBe('ok');
    expect(socket.connected).toBe(true);
  });

  it('closes the window that says more than 4 kB, and that one only', async () => {
    const [loud, other] = [await connect(), await connect()];
    const board = await followBoard(other);
    const closed = new Promise<string>((resolve) => loud.on('disconnect', (reason) => resolve(reason)));
    loud.emit('operation:leave', 'x'.repeat(5000));
    expect(['transport close', 'transport error']).toContain(await closed);
    expect(other.connected).toBe(true);
    const { seq } = app.server.app.get(LiveHub, { strict: false }).board;
    app.server.app.get(LiveHub, { strict: false }).board.publish({ type: 'registries' });
    await eventually('the other one hears', () => (board.state?.seq ?? 0) > seq);
    expect(board.healed).toBe(0);
  });
});

describe('a window that does not read', () => {
  it('holds up nobody, takes little memory, and heals by a snapshot', async () => {
    const { board } = app.server.app.get(LiveHub, { strict: false });
    const [slowSocket, quickSocket] = [await connect(), await connect()];
    const slow = await followBoard(slowSocket);
    const quick = await followBoard(quickSocket);
    const transport = tcpOf(slowSocket);
    await eventually('both are up to date', () => slow.state?.seq === board.seq && quick.state?.seq === board.seq);

    transport.pause();
    let longest = 0;
    for (let n = 0; n < 300; n += 1) {
      const said = performance.now();
      board.publish({ type: 'images', engine: 'x'.repeat(100_000) });
      await eventually('the quick one hears it', () => quick.state?.seq === board.seq, 10);
      longest = Math.max(longest, performance.now() - said);
    }
    expect(longest).toBeLessThan(5000);
    expect(quick.healed).toBe(0);
    const heard = slow.messages.length;

    transport.resume();
    for (let last = Date.now() + 30_000; slow.state?.seq !== board.seq && Date.now() < last;) {
      board.publish({ type: 'registries' });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await eventually('the slow one is up to date', () => slow.state?.seq === board.seq);
    expect(slow.healed).toBeGreaterThan(0);
    expect(slow.messages.length - heard).toBeLessThan(300);
    // When an engine last answered is told with its changes only.
    expect({ ...slow.state, engines: [] }).toEqual({ ...quick.state, engines: [] });
    expect(slowSocket.connected).toBe(true);
  }, 120_000);

  /** The websocket under socket.io's client, which can stop reading. */
  function tcpOf(socket: LiveClient): { pause(): void; resume(): void } {
    const { transport }: { transport: object } = socket.io.engine;
    if (!('ws' in transport)) throw new Error('The client has no websocket of its own.');
    return transport.ws as { pause(): void; resume(): void };
  }
});

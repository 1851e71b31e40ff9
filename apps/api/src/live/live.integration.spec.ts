import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { removeImage, sharedTestWorld, startFaultProxy, type FaultProxy, type SharedTestWorld } from '@waybill/world';
import { liveDeltasPerSecond, type Operation } from '@waybill/contract';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import {
  eventually,
  followBoard,
  followOperation,
  openLive,
  type LiveClient,
  type OperationFollower,
} from '../testing/live-viewer.js';
import { begin, enterRegistry, freshImage, transfer, until, whenConnected } from '../testing/transfer-world.js';

let world: SharedTestWorld;
let app: TestApp;
let proxy: FaultProxy;
let anna: TestClient;
let liwei: TestClient;
const open: LiveClient[] = [];

beforeAll(async () => {
  world = await sharedTestWorld();
  app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines.old.host });
  proxy = await startFaultProxy({ target: world.registries.none.address });
  await whenConnected(app.asAdmin);
  await enterRegistry(app.asAdmin, proxy, null);
  [anna, liwei] = [await app.as('publisher', 'anna'), await app.as('viewer', 'liwei')];
});
afterEach(() => {
  proxy.setRate(null);
  for (const socket of open.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
});

async function connect(client: TestClient): Promise<LiveClient> {
  const socket = await openLive(app.url, { cookie: client.cookie, origin: app.url });
  open.push(socket);
  return socket;
}

/** A push of fresh layers through a slow line. */
async function slowPush(name: string, layers: number, rate: number): Promise<Operation> {
  const reference = `${proxy.address}/live/${name}:1`;
  await freshImage(world.engines.old, reference, layers, 400_000);
  proxy.setRate(rate);
  return begin(anna, 'push', { reference });
}

const names = (follower: OperationFollower) => follower.state?.watchers.map(({ name }) => name);
const bytesOf = (follower: OperationFollower) => follower.state?.operation.progress.bytesDone ?? 0;

describe('who comes late', () => {
  it('sees the same as who was there from the start, layer by layer and line by line, without a gap', async () => {
    const earlySocket = await connect(anna);
    const earlyBoard = await followBoard(earlySocket);
    const { id } = await slowPush('late', 4, 400_000);
    const early = await followOperation(earlySocket, id);
    await eventually('bytes move', () => bytesOf(early) > 300_000, 40);

    const lateSocket = await connect(liwei);
    const late = await followOperation(lateSocket, id);
    const lateBoard = await followBoard(lateSocket);
    expect(late.state?.operation).toMatchObject({ id, state: 'running' });
    expect(bytesOf(late)).toBeGreaterThan(0);
    expect(late.state?.lines.lines.length).toBeGreaterThan(0);

    const all = [early, late];
    await eventually('both see the end', () => all.every(({ state }) => state?.operation.endedAt), 60);
    expect(late.state?.operation).toMatchObject({ state: 'succeeded', progress: { percent: 100, phase: 'done' } });
    expect(late.state).toEqual(early.state);
    expect([early.healed, late.healed, earlyBoard.healed, lateBoard.healed]).toEqual([0, 0, 0, 0]);

    const later = await followOperation(await connect(liwei), id);
    expect(later.state?.operation).toEqual(early.state?.operation);
    expect(later.state?.lines).toEqual(early.state?.lines);
    expect(await (await anna.get(`/api/v1/operations/${id}`)).body.progress).toEqual(early.state?.operation.progress);

    const ofBoard = (board: typeof earlyBoard) => board.state?.operations.find((one) => one.id === id);
    await eventually('both boards have the end', () => [earlyBoard, lateBoard].every((one) => ofBoard(one)?.endedAt));
    expect(ofBoard(lateBoard)).toEqual(ofBoard(earlyBoard));
  }, 150_000);

  it('gets at most ten merged deltas a second of an operation', async () => {
    const reference = `${proxy.address}/live/merged:1`;
    await freshImage(world.engines.old, reference, 3, 1_000_000);
    await transfer(anna, 'push', { reference });
    await removeImage(world.engines.old, reference);
    proxy.setRate(500_000);
    const { id } = await begin(anna, 'pull', { reference });
    const follower = await followOperation(await connect(anna), id);
    await eventually('it ends', () => Boolean(follower.state?.operation.endedAt), 60);
    const times = follower.messages.filter(({ message }) => message.event.type === 'progress').map(({ at }) => at);
    expect(times.length).toBeGreaterThan(10);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    // One at once, and one more with what was left at the end.
    expect(times.length).toBeLessThanOrEqual(liveDeltasPerSecond * seconds + 2);
  }, 120_000);

  it('is seen by those who watch, each person once, and so is going away', async () => {
    const { id } = await slowPush('watched', 2, 200_000);
    const first = await followOperation(await connect(anna), id);
    expect(names(first)).toEqual(['anna']);
    const others = [await connect(liwei), await connect(liwei)];
    for (const socket of others) await followOperation(socket, id);
    await eventually('liwei is seen', () => names(first)?.includes('liwei') === true);
    expect(names(first)).toEqual(['anna', 'liwei']);
    others[0]?.emit('operation:leave', id);
    others[1]?.disconnect();
    await eventually('liwei is gone', () => names(first)?.length === 1);
    expect(first.healed).toBe(0);
    proxy.setRate(null);
    await until(anna, id, (one) => one.endedAt !== null);
  }, 90_000);

  it('is here for all on the board until the last window is closed', async () => {
    const board = await followBoard(await connect(anna));
    const here = () => board.state?.here.map(({ name }) => name);
    const windows = [await connect(liwei), await connect(liwei)];
    for (const socket of windows) await followBoard(socket);
    await eventually('liwei is here', () => here()?.includes('liwei') === true);
    expect(here()).toEqual(['anna', 'liwei']);
    windows[0]?.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(here()).toEqual(['anna', 'liwei']);
    windows[1]?.disconnect();
    await eventually('liwei is gone', () => here()?.length === 1);
  });

  it('and leaves before the answer came is nowhere any more', async () => {
    const { id } = await slowPush('hasty', 1, 200_000);
    const follower = await followOperation(await connect(anna), id);
    const hasty = await connect(liwei);
    hasty.emit('operation:join', id, () => undefined);
    hasty.emit('operation:leave', id);
    await hasty.emitWithAck('board:join');
    hasty.disconnect();
    await eventually('nobody else watches', () => names(follower)?.join() === 'anna');
    proxy.setRate(null);
    await until(anna, id, (one) => one.endedAt !== null);
    expect(names(follower)).toEqual(['anna']);
  }, 90_000);
});

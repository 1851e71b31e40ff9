import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '@waybill/contract';
import { transcriptText, type EngineLine } from '@waybill/engine';
import {
  createLayeredImage,
  createWorld,
  engineMust,
  pushedDigest,
  registryAuthHeader,
  type Engine,
} from '@waybill/world';
import type { Bench, Case } from '../harness/bench.ts';
import { clock } from '../harness/clock.ts';
import { startEngineProxy, type EngineProxy } from '../harness/engine-proxy.ts';
import { watchProcess } from '../harness/process-figures.ts';
import { quantile } from '../harness/statistics.ts';
import { password, sessionCookie, startWaybill, type Waybill } from '../harness/waybill.ts';
import { BenchChild } from '../push/child.ts';
import { shownBy, type EngineSaid, type Told } from '../push/lags.ts';
import {
  operationEventsIn,
  type FromEcho,
  type FromViewers,
  type Seen,
  type ToEcho,
  type ToViewers,
} from '../push/viewer-protocol.ts';

const layers = 40;
const bytesPerLayer = 3_000_000;
const viewers = 200;
/** One person may have 40 sockets. */
const people = 5;
const endWithinSeconds = 180;

const script = (name: string): string => join(import.meta.dirname, '..', 'push', name);

interface Stage {
  readonly engine: Engine;
  readonly registry: string;
  readonly proxy: EngineProxy;
  readonly waybill: Waybill;
  readonly watching: BenchChild<ToViewers, FromViewers>;
}

/** The same push without us: one call to the engine's socket, its answer read to the end. @returns seconds */
async function pushBySocket({ engine, registry }: Stage, name: string): Promise<number> {
  const started = clock();
  const answer = await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/images/${registry}/bench/${name}/push?tag=1`,
    headers: { 'x-registry-auth': registryAuthHeader() },
  });
  const seconds = (clock() - started) / 1000;
  if (!pushedDigest(answer.lines())) throw new Error(`The engine told no digest: ${answer.text.slice(-500)}`);
  return seconds;
}

interface Pushed {
  readonly seconds: number;
  readonly messages: Seen[];
  readonly lags: number[];
  readonly untold: number;
  readonly lines: number;
  readonly cpuSeconds: number;
  readonly growthMegabytes: number;
}

/**
 * The push through Waybill. It waits at the proxy until all viewers are in the operation's room, so that every line has its viewers; that
 * wait is taken off. It ends when the last viewer has the operation's end.
 */
async function pushByWaybill(stage: Stage, name: string): Promise<Pushed> {
  const { waybill, proxy, registry, watching } = stage;
  proxy.forget();
  const holding = proxy.holdPush();
  const asked = clock();
  const { operation } = await waybill.admin.must<{ operation: Operation }>(
    'POST',
    '/api/v1/engines/local/images/push',
    { reference: `${registry}/bench/${name}:1` },
  );
  const held = await holding;
  watching.send({ type: 'watch', operation: operation.id });
  await watching.answer('ready');
  await sleep(500);
  await collected(watching);
  const watch = watchProcess(waybill.server.pid);
  const released = held.release();
  const ended = await waybill.admin.must<Operation>(
    'GET',
    `/api/v1/operations/${operation.id}?wait=${endWithinSeconds}`,
  );
  await sleep(500);
  const used = watch.end();
  if (ended.state !== 'succeeded') throw new Error(`The push ended as ${ended.state}: ${JSON.stringify(ended.error)}`);
  const messages = await collected(watching);
  const last = operationEventsIn(messages).findLast(
    ({ message: { event } }) => event.type === 'operation' && event.operation.state === 'succeeded',
  );
  if (!last) throw new Error('No viewer was told of the end.');
  const seconds = (held.arrivedAt - asked + (quantile(last.at, 1) - released)) / 1000;
  return { seconds, messages, ...lagsOf(proxy, messages), ...used };
}

async function collected(watching: Stage['watching']): Promise<Seen[]> {
  watching.send({ type: 'collect' });
  return (await watching.answer('seen')).messages;
}

/** Milliseconds from each line's passing at the proxy until a viewer had a message that shows it, for each viewer. */
function lagsOf(proxy: EngineProxy, messages: readonly Seen[]): Pick<Pushed, 'lags' | 'untold' | 'lines'> {
  const events = operationEventsIn(messages);
  const told = events.map(({ at, message: { event } }): Told => ({
    layers: event.type === 'progress' ? event.layers : [],
    texts: event.type === 'lines' ? event.lines.map(({ text }) => text) : [],
    firstAt: quantile(at, 0),
  }));
  const said = proxy.lines.map(({ at, text }): EngineSaid => {
    const line = JSON.parse(text) as EngineLine;
    return { at, text: transcriptText(line), id: line.id, current: line.progressDetail?.current };
  });
  const shown = shownBy(said, told);
  const lags = said.flatMap((line, index) => {
    const message = events[shown[index] ?? -1];
    return message ? message.at.map((at) => at - line.at) : [];
  });
  return { lags, lines: said.length, untold: shown.filter((one) => one === null).length };
}

interface Echoed {
  readonly lags: number[];
  readonly cpuSeconds: number;
  readonly growthMegabytes: number;
}

/** The same messages at the same pace from a bare socket.io server, while the engine is as busy with a push by socket. */
async function echoWhilePushing(
  stage: Stage,
  echo: BenchChild<ToEcho, FromEcho>,
  seen: readonly Seen[],
  name: string,
): Promise<Echoed> {
  const inTime = seen
    .map(({ room, message, at }) => ({ at: quantile(at, 0), event: room, message }))
    .sort((one, other) => one.at - other.at);
  const began = inTime[0]?.at ?? 0;
  stage.watching.send({ type: 'collectEcho' });
  await stage.watching.answer('echoed');
  const playing = echo.answer('played');
  echo.send({ type: 'play', messages: inTime.map(({ at, ...one }) => ({ ...one, after: at - began })) });
  const [played] = await Promise.all([playing, pushBySocket(stage, name)]);
  stage.watching.send({ type: 'collectEcho' });
  return { lags: (await stage.watching.answer('echoed')).lags, ...played };
}

async function prepare({ dir, engine: kind, say }: Bench): Promise<Stage> {
  const world = await createWorld({ engines: [kind], registries: ['none'], dir: join(dir, 'world') });
  const engine = world.engines[kind];
  const registry = world.registries.none.address;
  const proxy = await startEngineProxy(engine.socketPath, join(dir, 'engine.sock'));
  const waybill = await startWaybill(dir, proxy.host);
  const entry = { name: 'Bench', address: registry, insecure: true };
  const { id } = await waybill.admin.must<{ id: string }>('POST', '/api/v1/registries', entry);
  await waybill.admin.must('POST', `/api/v1/registries/${id}/check`, {});
  const names = Array.from({ length: people }, (_, index) => `viewer-${index}`);
  for (const username of names)
    await waybill.admin.must('POST', '/api/v1/users', { username, role: 'viewer', password });
  const cookies = await Promise.all(names.map((username) => sessionCookie(waybill.server.url, username)));
  const watching = new BenchChild<ToViewers, FromViewers>(script('viewers.ts'));
  say(`${viewers} viewers of ${people} people join the board (${kind} engine ${engine.version})`);
  watching.send({ type: 'connect', url: waybill.server.url, cookies, viewers });
  await watching.answer('ready');
  return { engine, registry, proxy, waybill, watching };
}

interface Round {
  readonly bySocket: number;
  readonly pushed: Pushed;
  readonly echoed: Echoed;
}

async function oneRound(stage: Stage, echo: BenchChild<ToEcho, FromEcho>, round: number): Promise<Round> {
  const [socketName, oursName, echoName] = ['socket', 'ours', 'echo'].map((side) => `${side}-${round}`) as [
    string,
    string,
    string,
  ];
  for (const name of [socketName, oursName, echoName]) {
    const reference = `${stage.registry}/bench/${name}:1`;
    await createLayeredImage(stage.engine, { reference, layers, bytesPerLayer, seed: name });
  }
  let bySocket = 0;
  if (round % 2 === 0) bySocket = await pushBySocket(stage, socketName);
  const pushed = await pushByWaybill(stage, oursName);
  if (round % 2 === 1) bySocket = await pushBySocket(stage, socketName);
  const echoed = await echoWhilePushing(stage, echo, pushed.messages, echoName);
  return { bySocket, pushed, echoed };
}

async function run(bench: Bench): Promise<void> {
  const stage = await prepare(bench);
  const echo = new BenchChild<ToEcho, FromEcho>(script('echo.ts'));
  const { url } = await echo.answer('serving');
  stage.watching.send({ type: 'listen', url, viewers });
  await stage.watching.answer('ready');
  const rounds = await bench.rounds(async (index) => {
    const round = await oneRound(stage, echo, index);
    const { lines, untold } = round.pushed;
    bench.say(`${lines} lines of the engine, ${untold} of them shown by no message`);
    return round;
  });
  reportAll(bench, rounds);
  echo.stop();
  stage.watching.stop();
  await stage.waybill.server.stop();
  await stage.proxy.stop();
}

function reportAll({ report }: Bench, rounds: readonly Round[]): void {
  const ours = (of: (pushed: Pushed) => number): number[] => rounds.map(({ pushed }) => of(pushed));
  const bare = (of: (echoed: Echoed) => number) => ({
    name: 'bare socket.io, same messages',
    values: rounds.map(({ echoed }) => of(echoed)),
  });
  const received = ({ messages }: Pushed): number => messages.reduce((sum, { at }) => sum + at.length, 0);
  report({
    name: `time of a push of ${layers} layers, ${(layers * bytesPerLayer) / 1e6} MB, with ${viewers} viewers`,
    unit: 's',
    ours: ours(({ seconds }) => seconds),
    baseline: { name: 'same push by HTTP on the socket', values: rounds.map(({ bySocket }) => bySocket) },
    targets: [{ of: 'ratio', atMost: 1.1 }],
  });
  for (const [name, q] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    report({
      name: `lag from the engine's line to a viewer, ${name}`,
      unit: 'ms',
      ours: ours(({ lags }) => quantile(lags, q)),
      baseline: bare(({ lags }) => quantile(lags, q)),
      targets: q === 0.99 ? [{ of: 'figure', atMost: 150 }] : [],
    });
  }
  report({
    name: 'messages that viewers had',
    unit: '',
    ours: ours(received),
    baseline: { name: 'every line to every viewer', values: rounds.map(({ pushed }) => pushed.lines * viewers) },
  });
  report({
    name: 'server CPU',
    unit: 's',
    ours: ours((one) => one.cpuSeconds),
    baseline: bare((one) => one.cpuSeconds),
  });
  report({
    name: 'memory growth of the server',
    unit: 'MB',
    ours: ours((one) => one.growthMegabytes),
    baseline: bare((one) => one.growthMegabytes),
    targets: [{ of: 'figure', atMost: 50 }],
  });
}

export const push: Case = {
  about: `one push of ${layers} layers with ${viewers} viewers on its room and the board, beside the engine's own socket and a bare socket.io`,
  rounds: 3,
  run,
};

import { join } from 'node:path';
import { createLayeredImage, createWorld } from '@waybill/world';
import type { Bench, Case } from '../harness/bench.ts';
import { startEngineProxy } from '../harness/engine-proxy.ts';
import { quantile } from '../harness/statistics.ts';
import { password, sessionCookie, startWaybill } from '../harness/waybill.ts';
import { BenchChild } from '../push/child.ts';
import { echoWhilePushing, pushBySocket, pushByWaybill, type Echoed, type Pushed, type Stage } from '../push/pushes.ts';
import type { FromEcho, FromViewers, ToEcho, ToViewers } from '../push/viewer-protocol.ts';

const layers = 40;
const bytesPerLayer = 3_000_000;
const viewers = 200;
/** One person may have 40 sockets. */
const people = 5;

const script = (name: string): string => join(import.meta.dirname, '..', 'push', name);

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
  report({
    name: 'the same time, beside a push that shares the machine with as many viewers of a bare socket.io',
    unit: 's',
    ours: ours(({ seconds }) => seconds),
    baseline: bare(({ seconds }) => seconds),
  });
  report({ name: 'of it, before the engine is asked', unit: 's', ours: ours((one) => one.secondsBefore) });
  report({ name: 'of it, after the engine’s last line', unit: 's', ours: ours((one) => one.secondsAfter) });
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

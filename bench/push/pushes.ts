import type { Operation } from '@waybill/contract';
import { transcriptText, type EngineLine } from '@waybill/engine';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineMust, pushedDigest, registryAuthHeader, type Engine } from '@waybill/world';
import { clock } from '../harness/clock.ts';
import type { EngineProxy } from '../harness/engine-proxy.ts';
import { watchProcess } from '../harness/process-figures.ts';
import { quantile } from '../harness/statistics.ts';
import type { Waybill } from '../harness/waybill.ts';
import type { BenchChild } from './child.ts';
import { shownBy, type EngineSaid, type Told } from './lags.ts';
import {
  operationEventsIn,
  type FromEcho,
  type FromViewers,
  type Seen,
  type ToEcho,
  type ToViewers,
} from './viewer-protocol.ts';

const endWithinSeconds = 180;

export interface Stage {
  readonly engine: Engine;
  readonly registry: string;
  readonly proxy: EngineProxy;
  readonly waybill: Waybill;
  readonly watching: BenchChild<ToViewers, FromViewers>;
}

/** The same push without us: one call to the engine's socket, its answer read to the end. @returns seconds */
export async function pushBySocket({ engine, registry }: Stage, name: string): Promise<number> {
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

export interface Pushed {
  readonly seconds: number;
  /** Of it: until the engine was asked, and from the engine's last line until all viewers had the end. */
  readonly secondsBefore: number;
  readonly secondsAfter: number;
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
export async function pushByWaybill(stage: Stage, name: string): Promise<Pushed> {
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
  const end = quantile(last.at, 1);
  const secondsBefore = (held.arrivedAt - asked) / 1000;
  const secondsAfter = (end - (proxy.lines.at(-1)?.at ?? released)) / 1000;
  const seconds = secondsBefore + (end - released) / 1000;
  return { seconds, secondsBefore, secondsAfter, messages, ...lagsOf(proxy, messages), ...used };
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

export interface Echoed {
  /** Of the push by socket meanwhile. */
  readonly seconds: number;
  readonly lags: number[];
  readonly cpuSeconds: number;
  readonly growthMegabytes: number;
}

/** The same messages at the same pace from a bare socket.io server, while the engine is as busy with a push by socket. */
export async function echoWhilePushing(
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
  const [played, seconds] = await Promise.all([playing, pushBySocket(stage, name)]);
  stage.watching.send({ type: 'collectEcho' });
  return { lags: (await stage.watching.answer('echoed')).lags, seconds, ...played };
}

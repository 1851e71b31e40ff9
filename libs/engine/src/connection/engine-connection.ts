import { EventEmitter } from 'node:events';
import { WaybillError, type EngineInfo, type EngineState, type EngineSummary } from '@waybill/contract';
import type { EngineClient } from '../client/engine-client.js';
import type { EngineEvent } from '../client/events.js';
import { adviceOf, errorFromWords } from '../errors/errors.js';
import { backoffMs, pause } from './backoff.js';
import { SeenEvents } from './seen-events.js';

export interface EngineConnectionOptions {
  readonly client: EngineClient;
  /** What people call the engine. Default: its slug. */
  readonly name?: string;
  /** How often an engine that says nothing is asked whether it is there. Default: 10 s. */
  readonly pingEveryMs?: number;
}

export interface EngineConnectionEvents {
  /** The state changed, or what is known of the engine. */
  state: [summary: EngineSummary];
  /** Something happened on the engine; none comes twice. */
  event: [event: EngineEvent];
  /** It is connected (again): what happened in between may not have been told. */
  connected: [info: EngineInfo];
}

/**
 * Keeps one engine in sight: follows its events, notices when it goes away, and tries again with back-off until it is back, negotiating
 * the API version anew. A listener that throws is its own author's fault: it is not caught here.
 */
export class EngineConnection extends EventEmitter<EngineConnectionEvents> {
  readonly client: EngineClient;
  readonly #name: string;
  readonly #pingEveryMs: number;
  readonly #seen = new SeenEvents();
  #state: EngineState = 'connecting';
  #since = new Date();
  #lastSeenAt: Date | null = null;
  #info: EngineInfo | null = null;
  #error: WaybillError | null = null;
  #lastStamp: string | undefined;
  #running: Promise<void> | undefined;
  #stop = new AbortController();
  #wake = new AbortController();

  constructor(options: EngineConnectionOptions) {
    super();
    this.client = options.client;
    this.#name = options.name ?? options.client.slug;
    this.#pingEveryMs = options.pingEveryMs ?? 10_000;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** What the engine said of itself when it was last connected. */
  get info(): EngineInfo | null {
    return this.#info;
  }

  /** Begins to connect, and returns at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends for good: no listener hears anything afterwards. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
    this.removeAllListeners();
  }

  /** Tries again now instead of waiting for the back-off's end. */
  retryNow(): void {
    this.#wake.abort();
  }

  /** @throws WaybillError that says why the engine cannot be used at the moment */
  assertConnected(): void {
    if (this.#state === 'connected') return;
    throw (
      this.#error ?? new WaybillError('engine.unreachable', 'The engine is not connected yet. Try again in a moment.')
    );
  }

  /** Resolves with whether the engine is connected: at once, or when it is or `timeoutMs` are over. */
  async whenConnected(timeoutMs: number): Promise<boolean> {
    if (this.#state === 'connected') return true;
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.off('connected', settle);
        resolve(this.#state === 'connected');
      };
      const timer = setTimeout(settle, timeoutMs);
      this.on('connected', settle);
    });
  }

  /** The engine as the page shows it; who may not see `host` gets it as null from the caller. */
  summary(): EngineSummary {
    const error = this.#error;
    return {
      slug: this.client.slug,
      name: this.#name,
      id: this.#info?.id ?? null,
      state: this.#state,
      since: this.#since.toISOString(),
      lastSeenAt: this.#lastSeenAt?.toISOString() ?? null,
      version: this.#info?.version ?? null,
      apiVersion: this.#info?.apiVersion ?? null,
      host: this.client.host,
      error: error && { code: error.code, detail: error.message, advice: this.#adviceOn(error) },
    };
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#connectAndFollow(() => (failures = 0));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#become('unreachable', asWaybillError(error));
      }
      failures += 1;
      this.#wake = new AbortController();
      await pause(backoffMs(failures), AbortSignal.any([this.#wake.signal, this.#stop.signal]));
    }
  }

  /** Returns or throws when the engine is lost. */
  async #connectAndFollow(connected: () => void): Promise<void> {
    const broken = new AbortController();
    const signal = AbortSignal.any([broken.signal, this.#stop.signal]);
    // A short question first: an engine that hangs is found out sooner than by the long ones.
    await this.client.ping(this.#pingEveryMs, signal);
    await this.client.version(signal);
    const info = await this.client.info(signal);
    const events = await this.client.events({ signal, ...(this.#lastStamp ? { since: this.#lastStamp } : {}) });
    this.#info = info;
    this.#seenNow();
    connected();
    this.#become('connected', null);
    this.emit('connected', info);
    const watch = this.#watch(broken);
    try {
      for await (const event of events) this.#accept(event);
    } finally {
      broken.abort();
      await watch;
    }
    throw errorFromWords('the engine ended its stream of events', { task: 'engine' });
  }

  #accept(event: EngineEvent): void {
    this.#seenNow();
    if (!this.#seen.add(event)) return;
    this.#lastStamp = event.stamp;
    this.emit('event', event);
  }

  /** An engine that holds its connections and answers nothing is noticed by asking it. */
  async #watch(broken: AbortController): Promise<void> {
    const signal = AbortSignal.any([broken.signal, this.#stop.signal]);
    for (;;) {
      await pause(this.#pingEveryMs, signal);
      if (signal.aborted) return;
      try {
        await this.client.ping(this.#pingEveryMs, signal);
        this.#seenNow();
      } catch (error) {
        broken.abort(error);
        return;
      }
    }
  }

  #seenNow(): void {
    this.#lastSeenAt = new Date();
  }

  /** A connection that broke says nothing of what to do; the engine's address does. */
  #adviceOn(error: WaybillError): string[] {
    const told = adviceOf(error);
    return told.length || error.code !== 'engine.unreachable' ? told : [...this.client.advice];
  }

  #become(state: EngineState, error: WaybillError | null): void {
    const changed = state !== this.#state || error?.code !== this.#error?.code;
    if (state !== this.#state) this.#since = new Date();
    this.#state = state;
    this.#error = error;
    if (changed) this.emit('state', this.summary());
  }
}

function asWaybillError(error: unknown): WaybillError {
  return error instanceof WaybillError ? error : errorFromWords(String(error), { task: 'engine' });
}

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '../ports.js';
import { forget, remember } from '../processes.js';

/**
 * `ok` passes on; `hang` holds new requests and bodies under way until the mode changes; `reset` cuts every connection, old
 * and new; a status answers new requests with it and the registry's error form.
 */
export type FaultMode = 'ok' | 'hang' | 'reset' | '429' | '500' | '503';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string | undefined;
}

export interface FaultProxy {
  /** `127.0.0.1:PORT`, to be used as the registry's address in image names. */
  readonly address: string;
  readonly url: string;
  /** What was asked, oldest first. */
  readonly requests: readonly ProxiedRequest[];
  /** Bytes of bodies that were passed on so far, both ways. */
  readonly bytesPassed: number;
  /** Bytes a second for all bodies together, both ways; null is as fast as it goes. Takes effect on bodies under way. */
  setRate(bytesPerSecond: number | null): void;
  /** Sets what happens, to all requests or only to those that `when` picks. */
  setMode(mode: FaultMode, when?: (request: ProxiedRequest) => boolean): void;
  stop(): Promise<void>;
}

const REGISTRY_CODES = { '429': 'TOOMANYREQUESTS', '500': 'UNKNOWN', '503': 'UNAVAILABLE' } as const;
/** Slices of a body are so small that a new rate or mode is felt within this many milliseconds. */
const SLICE_MS = 50;

/** Starts a reverse proxy in front of a registry at `target` (`127.0.0.1:PORT`) that can be slow or faulty. */
export async function startFaultProxy(options: {
  target: string;
  rate?: number | null;
  mode?: FaultMode;
}): Promise<FaultProxy> {
  const proxy = new ThrottledProxy(options.target);
  proxy.setRate(options.rate ?? null);
  proxy.setMode(options.mode ?? 'ok');
  await proxy.listen();
  return remember(proxy);
}

class ThrottledProxy implements FaultProxy {
  readonly requests: ProxiedRequest[] = [];
  bytesPassed = 0;
  #port = 0;
  #rate: number | null = null;
  #freeAt = 0;
  #mode: FaultMode = 'ok';
  #when: (request: ProxiedRequest) => boolean = () => true;
  #changed = Promise.withResolvers<void>();
  readonly #target: { host: string; port: string };
  readonly #server: Server;

  constructor(target: string) {
    const [host = '', port = ''] = target.split(':');
    this.#target = { host, port };
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  async listen(): Promise<void> {
    this.#port = await listenOnLoopback(this.#server);
  }

  setRate(bytesPerSecond: number | null): void {
    this.#rate = bytesPerSecond;
    this.#freeAt = 0;
  }

  setMode(mode: FaultMode, when: (request: ProxiedRequest) => boolean = () => true): void {
    this.#mode = mode;
    this.#when = when;
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }

  async stop(): Promise<void> {
    forget(this);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.setMode('reset');
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const asked = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      userAgent: incoming.headers['user-agent'],
    };
    this.requests.push(asked);
    await this.#pass(asked, incoming);
    const mode = this.#modeFor(asked);
    if (mode !== 'ok' && mode !== 'hang' && mode !== 'reset') return refuse(incoming, outgoing, mode);
    this.#watchForReset(asked, incoming);
    const upstream = request({
      ...this.#target,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      agent: false,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.once('error', reject);
    });
    outgoing.once('close', () => upstream.destroy());
    const sent = this.#copy(asked, incoming, upstream);
    const response = await Promise.race([answered, sent.then(() => answered)]);
    await this.#pass(asked, incoming);
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.flushHeaders();
    await this.#copy(asked, response, outgoing);
  }

  #modeFor(asked: ProxiedRequest): FaultMode {
    return this.#mode !== 'ok' && this.#when(asked) ? this.#mode : 'ok';
  }

  /** Waits while the mode is `hang`; cuts the connection and throws when it is `reset`. */
  async #pass(asked: ProxiedRequest, incoming: IncomingMessage): Promise<void> {
    while (this.#modeFor(asked) === 'hang') await this.#changed.promise;
    if (this.#modeFor(asked) !== 'reset') return;
    incoming.socket.resetAndDestroy();
    throw new Error('reset');
  }

  /** Cuts a request that waits for its other side when the mode becomes `reset`. */
  #watchForReset(asked: ProxiedRequest, incoming: IncomingMessage): void {
    void this.#changed.promise.then(() => {
      if (incoming.socket.destroyed) return;
      if (this.#modeFor(asked) === 'reset') incoming.socket.resetAndDestroy();
      else this.#watchForReset(asked, incoming);
    });
  }

  async #copy(asked: ProxiedRequest, from: Readable, to: Writable): Promise<void> {
    for await (const chunk of from) {
      let rest = chunk as Buffer;
      while (rest.length > 0) {
        const slice = rest.subarray(0, this.#sliceSize(rest.length));
        rest = rest.subarray(slice.length);
        await this.#turn(slice.length);
        while (this.#modeFor(asked) === 'hang') await this.#changed.promise;
        if (to.destroyed) return;
        this.bytesPassed += slice.length;
        if (!to.write(slice)) await drained(to);
      }
    }
    to.end();
  }

  #sliceSize(length: number): number {
    return this.#rate === null ? length : Math.min(length, Math.max(1, Math.floor((this.#rate * SLICE_MS) / 1000)));
  }

  /** All bodies share one line: each slice takes its time on it. */
  async #turn(bytes: number): Promise<void> {
    if (this.#rate === null) return;
    this.#freeAt = Math.max(Date.now(), this.#freeAt) + (bytes / this.#rate) * 1000;
    await sleep(this.#freeAt - Date.now());
  }
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve) => {
    const ready = (): void => {
      to.off('drain', ready);
      to.off('close', ready);
      resolve();
    };
    to.on('drain', ready);
    to.on('close', ready);
  });
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: keyof typeof REGISTRY_CODES): void {
  incoming.resume();
  const message = status === '429' ? 'too many requests' : 'the registry is out of order';
  outgoing
    .writeHead(Number(status), {
      'content-type': 'application/json',
      ...(status === '429' ? { 'retry-after': '1' } : {}),
    })
    .end(JSON.stringify({ errors: [{ code: REGISTRY_CODES[status], message, detail: {} }] }));
}

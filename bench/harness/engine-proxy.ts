import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { clock } from './clock.ts';

/** A whole line of a push' answer, and when it passed: milliseconds of `clock`. */
export interface PassedLine {
  readonly at: number;
  readonly text: string;
}

/** A push that waits at the proxy. */
export interface HeldPush {
  /** When it came. */
  readonly arrivedAt: number;
  /** Lets it through. @returns when */
  release(): number;
}

export interface EngineProxy {
  /** `unix://…` */
  readonly host: string;
  /** How many calls with this method and path (no version, no query) have passed since the last `forget`. */
  count(method: string, path: string): number;
  forget(): void;
  /** The lines of all pushes since the last `forget`. */
  readonly lines: readonly PassedLine[];
  /** Holds back the next push that comes. */
  holdPush(): Promise<HeldPush>;
  stop(): Promise<void>;
}

/** Stands before an engine's socket: counts calls, notes when the lines of a push pass, and can hold a push back until all are ready. */
export async function startEngineProxy(engineSocket: string, socketPath: string): Promise<EngineProxy> {
  const proxy = new Proxy(engineSocket);
  const server = createServer((incoming, outgoing) => void proxy.pass(incoming, outgoing));
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    host: `unix://${socketPath}`,
    count: (method, path) => proxy.calls.filter((call) => call === `${method} ${path}`).length,
    forget: () => {
      proxy.calls.length = 0;
      proxy.lines.length = 0;
    },
    lines: proxy.lines,
    holdPush: () => proxy.holdPush(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const callsAtMost = 100_000;

class Proxy {
  readonly calls: string[] = [];
  readonly lines: PassedLine[] = [];
  readonly #engineSocket: string;
  #holder: ((held: HeldPush) => void) | undefined;

  constructor(engineSocket: string) {
    this.#engineSocket = engineSocket;
  }

  holdPush(): Promise<HeldPush> {
    return new Promise((resolve) => (this.#holder = resolve));
  }

  async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const path = (url.split('?')[0] ?? '').replace(/^\/v1\.\d+/, '');
    if (this.calls.length < callsAtMost) this.calls.push(`${method} ${path}`);
    const isPush = method === 'POST' && path.endsWith('/push');
    if (isPush) await this.#waitForRelease();
    const call = request({ socketPath: this.#engineSocket, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      if (isPush) this.#note(answer);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    call.once('error', () => outgoing.destroy());
    outgoing.once('close', () => call.destroy());
    incoming.pipe(call);
  }

  async #waitForRelease(): Promise<void> {
    const holder = this.#holder;
    if (!holder) return;
    this.#holder = undefined;
    await new Promise<void>((resolve) => {
      const release = (): number => {
        resolve();
        return clock();
      };
      holder({ arrivedAt: clock(), release });
    });
  }

  /** A line counts from when its end has come. */
  #note(answer: IncomingMessage): void {
    let rest = '';
    answer.on('data', (chunk: Buffer) => {
      const at = clock();
      const parts = `${rest}${chunk.toString('utf8')}`.split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) if (text.trim() !== '') this.lines.push({ at, text });
    });
  }
}

import { mkdir } from 'node:fs/promises';
import { endOwned, forget, remember, signal, startOwned, waitFor, type Log, type OwnedProcess } from '../processes.js';
import { freePort } from '../ports.js';

export interface ServerOptions {
  /** The built server: apps/api/dist/main.js. */
  readonly main: string;
  /** Its data folder; starting again over it brings the same people and record. */
  readonly dataFolder: string;
  /** A free port unless given. */
  readonly port?: number;
  /** WAYBILL_… and other variables; only PATH is handed on otherwise. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

export interface ServerProcess {
  /** `http://127.0.0.1:PORT`; the same after restart. */
  readonly url: string;
  readonly pid: number;
  /** What it has printed since its last start: setup code and log. */
  readonly output: string;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it at once, as SIGKILL does. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; stops it first when it still runs. */
  restart(): Promise<void>;
}

/** As the launcher starts it. */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=4', '--no-warnings'];
const READY_MS = 30_000;
const OUTPUT_CHARACTERS = 1_000_000;

/** Starts Waybill's built server as a process of its own that ends with this one. @throws Error with its last lines */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  await mkdir(options.dataFolder, { recursive: true });
  const server = new Server(options, options.port ?? (await freePort()));
  await server.start();
  return remember(server);
}

class Server implements ServerProcess {
  readonly url: string;
  readonly #options: ServerOptions;
  readonly #port: number;
  #output = '';
  #owned: OwnedProcess | undefined;

  constructor(options: ServerOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.#owned?.pid ?? -1;
  }

  get output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    const { main, dataFolder, environment, log } = this.#options;
    this.#output = '';
    const owned = startOwned(process.execPath, [...NODE_FLAGS, main], {
      env: {
        PATH: process.env['PATH'],
        HOME: dataFolder,
        NODE_ENV: 'production',
        WAYBILL_PORT: String(this.#port),
        WAYBILL_DATA: dataFolder,
        ...environment,
      },
      log: (line) => {
        this.#output = `${this.#output}${line}\n`.slice(-OUTPUT_CHARACTERS);
        log?.(line);
      },
    });
    this.#owned = owned;
    const answers = async (): Promise<true | undefined> => {
      const answer = await fetch(`${this.url}/api/v1/health`).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.ok ? true : undefined;
    };
    await waitFor('Waybill', answers, {
      timeoutMs: READY_MS,
      dead: () => (hasEnded(owned) ? owned.tail() : undefined),
    });
  }

  async stop(): Promise<void> {
    forget(this);
    if (this.#owned) await endOwned(this.#owned, 20_000);
  }

  async kill(): Promise<void> {
    if (!this.#owned || hasEnded(this.#owned)) return;
    signal(this.#owned.pid, 'SIGKILL');
    await this.#owned.ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
    remember(this);
  }
}

function hasEnded({ child }: OwnedProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

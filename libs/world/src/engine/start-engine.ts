import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  childrenOf,
  commandName,
  endOwned,
  forget,
  isStopped,
  remember,
  settlesWithin,
  signal,
  startOwned,
  startTicks,
  waitFor,
  type Log,
  type OwnedProcess,
} from '../processes.js';
import { MissingPartsError, findProgram, requireProgram } from '../parts.js';
import { claimBridge, releaseBridge } from './bridge.js';
import {
  MODERN_SCRIPT,
  OLD_SCRIPT,
  daemonConfig,
  daemonFlags,
  runtimeFolder,
  type EngineKind,
} from './daemon-config.js';
import { engineCall, engineMust } from './engine-call.js';
import { ensureModernRoot } from './modern-root.js';

export interface StartEngineOptions {
  readonly kind: EngineKind;
  /** Holds all of the engine's state; starting again over the same folder brings the same images and containers. */
  readonly dir: string;
  /** Where Docker Hub names are looked up first, e.g. `http://127.0.0.1:5001`. */
  readonly registryMirror?: string;
  /** Give containers a network (docker0), unless another engine of this machine has it. Default: no. */
  readonly bridge?: boolean;
  readonly log?: Log;
}

export interface Engine {
  readonly kind: EngineKind;
  /** `unix:///…/docker.sock`, at most 107 bytes long as a path. */
  readonly host: string;
  readonly socketPath: string;
  readonly dir: string;
  /** dockerd's process id as this machine sees it; another one after restart. */
  readonly pid: number;
  /** The engine's own version, e.g. `20.10.24+dfsg1`. */
  readonly version: string;
  readonly bridge: boolean;
  /** Ends dockerd in good order, its containers first (`graceMs`, default 20 s), and `remove`s its folder if asked. */
  stop(options?: { remove?: boolean; graceMs?: number }): Promise<void>;
  /** Ends dockerd, its containerd and its containers at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts dockerd again on the same folder and socket; stops it first when it still runs. */
  restart(): Promise<void>;
  /** Freezes dockerd (it holds connections and answers nothing) until resume. */
  pause(): Promise<void>;
  resume(): void;
}

const READY_MS = 60_000;

/**
 * Starts a private Docker Engine that touches no other engine of the machine and ends with this process.
 * @throws MissingPartsError when a package or root lacks; Error with dockerd's last lines when it does not come up
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  if (process.getuid?.() !== 0) throw new Error('An engine of our own needs root: start this as root or with sudo.');
  if (options.kind === 'old' && !findProgram('dockerd')) {
    throw new MissingPartsError(['docker.io', 'iptables'], 'No Docker Engine is on this machine');
  }
  const root = options.kind === 'modern' ? await ensureModernRoot({ log: options.log }) : undefined;
  await mkdir(options.dir, { recursive: true, mode: 0o711 });
  const dir = await realpath(options.dir);
  const runtimeDir = runtimeFolder(dir);
  await mkdir(runtimeDir, { recursive: true, mode: 0o711 });
  const daemon = new Daemon(options, dir, runtimeDir, root);
  await daemon.start();
  return remember(daemon);
}

class Daemon implements Engine {
  readonly kind: EngineKind;
  readonly socketPath: string;
  readonly host: string;
  readonly dir: string;
  pid = -1;
  version = '';
  bridge = false;
  readonly #options: StartEngineOptions;
  readonly #runtimeDir: string;
  readonly #root: string | undefined;
  #owned: OwnedProcess | undefined;

  constructor(options: StartEngineOptions, dir: string, runtimeDir: string, root: string | undefined) {
    this.#options = options;
    this.#runtimeDir = runtimeDir;
    this.#root = root;
    this.kind = options.kind;
    this.dir = dir;
    this.socketPath = join(runtimeDir, 'docker.sock');
    this.host = `unix://${this.socketPath}`;
  }

  async start(): Promise<void> {
    await endForerunner(this.dir);
    await this.#clearStaleState();
    this.bridge = this.#options.bridge === true && (await claimBridge(this.dir));
    await writeFile(join(this.dir, 'daemon.json'), daemonConfig(this.#options));
    const flags = daemonFlags({ dir: this.dir, runtimeDir: this.#runtimeDir, bridge: this.bridge });
    const script = this.#root ? [MODERN_SCRIPT, 'modern', this.#root, this.dir, this.#runtimeDir] : [OLD_SCRIPT, 'old'];
    const unshare = ['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child=TERM', '--mount-proc'];
    const owned = startOwned(
      requireProgram('unshare', 'util-linux'),
      [...unshare, '--', 'sh', '-c', ...script, ...flags],
      { log: this.#options.log, logFile: join(this.dir, 'engine.log'), whenParentDies: 'KILL' },
    );
    this.#owned = owned;
    try {
      await this.#ready(owned);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async #ready(owned: OwnedProcess): Promise<void> {
    const init = await waitFor('The engine', async () => childrenOf(owned.pid)[0], {
      timeoutMs: READY_MS,
      dead: () => endedWith(owned),
    });
    await writeFile(join(this.dir, 'engine.json'), JSON.stringify({ pid: init, ticks: startTicks(init) }));
    await waitFor(
      'The engine',
      async () => {
        if (!existsSync(this.socketPath)) return undefined;
        const answer = await engineCall({ socketPath: this.socketPath, path: '/_ping' }).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { timeoutMs: READY_MS, dead: () => endedWith(owned) },
    );
    this.pid = childrenOf(init).find((pid) => commandName(pid) === 'dockerd') ?? init;
    const version = await engineMust({ socketPath: this.socketPath, path: '/version' });
    this.version = (version.json() as { Version: string }).Version;
    if (this.kind === 'modern') await this.#assertContainerdStore();
  }

  /** Version 28 without the containerd image store would be just another old engine. */
  async #assertContainerdStore(): Promise<void> {
    const info = (await engineMust({ socketPath: this.socketPath, path: '/info' })).json() as {
      DriverStatus?: [string, string][];
    };
    const store = info.DriverStatus?.find(([name]) => name === 'driver-type')?.[1];
    if (!store?.startsWith('io.containerd.snapshotter')) {
      throw new Error(`The modern engine ${this.version} does not use the containerd image store.`);
    }
  }

  /** Pid files of a killed engine name processes that may be somebody else's by now; its sockets answer nobody. */
  async #clearStaleState(): Promise<void> {
    for (const path of ['pid', 'docker.sock', 'exec']) {
      await rm(join(this.#runtimeDir, path), { recursive: true, force: true });
    }
  }

  async #endInit(graceMs: number): Promise<void> {
    const owned = this.#owned;
    if (!owned || endedWith(owned) !== undefined) return;
    signal(this.pid, 'SIGCONT');
    signal(this.pid, 'SIGTERM');
    if (graceMs > 0 && (await settlesWithin(owned.ended, graceMs))) return;
    await this.kill();
  }

  async stop(options: { remove?: boolean; graceMs?: number } = {}): Promise<void> {
    forget(this);
    await this.#endInit(options.graceMs ?? (options.remove ? 3_000 : 20_000));
    if (this.bridge) await releaseBridge(this.dir);
    await rm(join(this.dir, 'engine.json'), { force: true });
    await this.#clearStaleState();
    if (this.#runtimeDir !== this.dir) await rm(this.#runtimeDir, { recursive: true, force: true });
    if (options.remove) await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  async kill(): Promise<void> {
    const owned = this.#owned;
    if (!owned) return;
    for (const init of childrenOf(owned.pid)) signal(init, 'SIGKILL');
    await endOwned(owned, 10_000, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.#endInit(20_000);
    await mkdir(this.#runtimeDir, { recursive: true, mode: 0o711 });
    await this.start();
  }

  async pause(): Promise<void> {
    signal(this.pid, 'SIGSTOP');
    await waitFor('The pause', async () => (isStopped(this.pid) ? true : undefined), { timeoutMs: 5_000, everyMs: 5 });
  }

  resume(): void {
    signal(this.pid, 'SIGCONT');
  }
}

function endedWith(owned: OwnedProcess): string | undefined {
  const { exitCode, signalCode } = owned.child;
  if (exitCode === null && signalCode === null && owned.pid > 0) return undefined;
  return owned.tail() || `exit ${exitCode ?? signalCode}`;
}

/** An engine whose starter died may still be ending on the same folder: it is waited for, then killed. */
async function endForerunner(dir: string): Promise<void> {
  const text = await readFile(join(dir, 'engine.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { pid, ticks } = JSON.parse(text) as { pid: number; ticks?: string };
  const isGone = async (): Promise<true | undefined> => (startTicks(pid) !== ticks ? true : undefined);
  await waitFor('The engine before', isGone, { timeoutMs: 20_000 }).catch(() => signal(pid, 'SIGKILL'));
  await waitFor('The engine before', isGone, { timeoutMs: 10_000 });
}

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  createBaseImage,
  createLayeredImage,
  ensureParts,
  freePort,
  pushImage,
  removeImage,
  startEngine,
  startRegistry,
  stopAll,
  type EngineSocket,
} from '@waybill/world';
import { markerName } from './machine.ts';

/** What an earlier start brought, kept in the data folder so that image names stay true from start to start. */
interface Marker {
  readonly version: 1;
  readonly registryPort: number;
  /** Were the sample images pushed once? */
  readonly samples: boolean;
}

export interface Embedded {
  /** What the server is to be told: its engine, and the registry it shall enter. */
  readonly environment: { WAYBILL_ENGINE_HOST: string; WAYBILL_EMBEDDED_REGISTRY: string };
  stop(): Promise<void>;
}

type Say = (line: string) => void;

const USUAL_PORT = 5000;
const SAMPLE_LAYERS = 6;
const SAMPLE_LAYER_BYTES = 8_000_000;

/** Asks at the terminal; without one the answer is yes, for nobody is there to be asked. */
export async function mayBring(say: Say): Promise<boolean> {
  say(
    'There is no Docker on this machine. Waybill can bring its own: Debian’s docker.io and docker-registry are installed,',
  );
  say('and a private engine and a private registry run as long as Waybill does, their data in its data folder.');
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // The terminal hands Ctrl-C to whoever reads a line; nothing is started yet that would have to end.
  terminal.once('SIGINT', () => process.exit(130));
  try {
    const answer = await terminal.question('  Bring them? [Y/n] ');
    return !/^\s*n/i.test(answer);
  } finally {
    terminal.close();
  }
}

/** Starts the private engine and registry over `dataFolder`; the first time their packages are installed and samples pushed. */
export async function startEmbedded(dataFolder: string, say: Say): Promise<Embedded> {
  await ensureParts(['engine', 'registry', 'base-image'], { install: true, log: say });
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const markerFile = join(dataFolder, markerName);
  const before = existsSync(markerFile) ? (JSON.parse(await readFile(markerFile, 'utf8')) as Marker) : undefined;
  const registryPort = before?.registryPort ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : await freePort());
  const remember = (samples: boolean): Promise<void> =>
    writeFile(markerFile, `${JSON.stringify({ version: 1, registryPort, samples } satisfies Marker)}\n`, {
      mode: 0o600,
    });
  const [engine, registry] = await Promise.all([
    startEngine({ kind: 'old', dir: join(dataFolder, 'engine'), bridge: true }),
    startRegistry({ auth: 'none', dir: join(dataFolder, 'registry'), port: registryPort }),
  ]);
  await remember(before?.samples ?? false);
  say(`The private engine (Docker ${engine.version}) and the private registry (${registry.address}) are up.`);
  if (!before?.samples) {
    await pushSamples(engine, registry.address);
    await remember(true);
    say(
      `A first thing to pull, with no network: ${registry.address}/samples/busybox:1 or ${registry.address}/samples/freight:1`,
    );
  }
  return {
    environment: { WAYBILL_ENGINE_HOST: engine.host, WAYBILL_EMBEDDED_REGISTRY: registry.address },
    stop: stopAll,
  };
}

/** Where the Hub cannot be reached there would be nothing to pull: a small image, and one whose layers can be seen to move. */
async function pushSamples(engine: EngineSocket, address: string): Promise<void> {
  const busybox = `${address}/samples/busybox:1`;
  const freight = `${address}/samples/freight:1`;
  await createBaseImage(engine, busybox);
  await createLayeredImage(engine, {
    reference: freight,
    layers: SAMPLE_LAYERS,
    bytesPerLayer: SAMPLE_LAYER_BYTES,
    seed: 'samples',
  });
  for (const reference of [busybox, freight]) {
    await pushImage(engine, reference, reference);
    await removeImage(engine, reference);
  }
}

/** Does nobody listen there on this machine? */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { engineMust } from '../engine/engine-call.js';
import { requireProgram } from '../parts.js';
import { randomBytesOf, splitTag, tarOf, type TarEntry } from './tar-context.js';

const run = promisify(execFile);

/** Whatever has an engine's socket: an Engine, or an entry of the shared world. */
export interface EngineSocket {
  readonly socketPath: string;
}

export interface LayeredImage {
  readonly reference: string;
  readonly layers: number;
  readonly bytesPerLayer: number;
  /** The same seed gives the same layers, another one shares none with it. */
  readonly seed: string;
  /** Labels of the image's configuration. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Imports a busybox image with all its applets and `sh` as command, without any network.
 * @throws MissingPartsError without busybox-static
 */
export async function createBaseImage(engine: EngineSocket, reference: string): Promise<void> {
  const busybox = requireProgram('busybox', 'busybox-static');
  const { stdout } = await run(busybox, ['--list']);
  const applets = stdout.split('\n').filter((name) => name && name !== 'busybox');
  const entries: TarEntry[] = [
    { name: 'bin/busybox', content: () => readFileSync(busybox), mode: 0o755 },
    ...applets.map((name) => ({ name: `bin/${name}`, linkTo: 'busybox' })),
    { name: 'etc/passwd', content: () => Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
    { name: 'etc/group', content: () => Buffer.from('root:x:0:\n') },
  ];
  const { repository, tag } = splitTag(reference);
  const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
  query.append('changes', 'CMD ["/bin/sh"]');
  query.append('changes', 'ENV PATH=/bin');
  await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/images/create?${query.toString()}`,
    headers: { 'content-type': 'application/x-tar' },
    body: tarOf(entries),
  });
}

/** A Dockerfile that gives each file a layer of its own. */
export function layeredDockerfile(image: LayeredImage): string {
  const copies = Array.from({ length: image.layers }, (_, index) => `COPY layer-${index} /layer-${index}`);
  const labels = Object.entries(image.labels ?? {}).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`);
  return ['FROM scratch', ...copies, ...labels, 'CMD ["/bin/sh"]', ''].join('\n');
}

/** Builds an image of `layers` layers of `bytesPerLayer` incompressible bytes with the classic builder, which both kinds of engine have. */
export async function createLayeredImage(engine: EngineSocket, image: LayeredImage): Promise<void> {
  const entries: TarEntry[] = [
    { name: 'Dockerfile', content: () => Buffer.from(layeredDockerfile(image)) },
    ...Array.from({ length: image.layers }, (_, index) => ({
      name: `layer-${index}`,
      content: () => randomBytesOf(`${image.seed}/${index}`, image.bytesPerLayer),
    })),
  ];
  const query = new URLSearchParams({ t: image.reference, version: '1', rm: '1', forcerm: '1' });
  await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/build?${query.toString()}`,
    headers: { 'content-type': 'application/x-tar' },
    body: tarOf(entries),
  });
}

/**
 * The value of the X-Registry-Auth header: JSON in UTF-8 as base64url with its padding (Engine API, section Authentication).
 * Without the padding an engine drops the login and says nothing. Without a login it is `{}`, which 20.10 wants for a push.
 */
export function registryAuthHeader(login?: { name: string; password: string; address: string }): string {
  const content = login ? { username: login.name, password: login.password, serveraddress: login.address } : {};
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The digest in a push' lines: 20.10 has an aux line, newer engines only `TAG: digest: sha256:… size: N`. */
export function pushedDigest(lines: readonly Record<string, unknown>[]): string | undefined {
  for (const line of lines) {
    const status = typeof line['status'] === 'string' ? line['status'] : '';
    const found = /digest: (sha256:[0-9a-f]{64}) size: \d+/.exec(status)?.[1];
    if (found) return found;
  }
  return undefined;
}

/**
 * Tags an image of the engine as `target` and pushes it, for set-up and tests.
 * @returns the digest that the engine told
 * @throws Error with the engine's own words
 */
export async function pushImage(
  engine: EngineSocket,
  source: string,
  target: string,
  login?: { name: string; password: string },
): Promise<string> {
  const { repository, tag } = splitTag(target);
  const query = new URLSearchParams({ repo: repository, tag });
  await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/images/${source}/tag?${query.toString()}`,
  });
  const address = repository.split('/')[0] ?? '';
  const answer = await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/images/${repository}/push?${new URLSearchParams({ tag }).toString()}`,
    headers: { 'x-registry-auth': registryAuthHeader(login && { ...login, address }) },
  });
  const digest = pushedDigest(answer.lines());
  if (!digest) throw new Error(`The engine told no digest for ${target}: ${answer.text}`);
  return digest;
}

/** Takes a name from an image of the engine; the image goes with its last name. */
export async function removeImage(engine: EngineSocket, reference: string): Promise<void> {
  await engineMust({ socketPath: engine.socketPath, method: 'DELETE', path: `/images/${reference}` });
}

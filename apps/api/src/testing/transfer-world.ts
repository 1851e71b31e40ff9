import { createLayeredImage, engineMust, type EngineSocket } from '@waybill/world';
import type { Operation } from '@waybill/contract';
import type { TestClient } from './create-test-app.js';

/** A registry as a test enters it. */
export interface Entered {
  id: string;
  address: string;
}

/** Enters a registry, with a login where there is one, and checks it. */
export async function enterRegistry(
  admin: TestClient,
  registry: { address: string },
  login: { username: string; secret: string } | null,
  name = registry.address,
): Promise<Entered> {
  const made = await admin.post('/api/v1/registries', {
    name,
    address: registry.address,
    insecure: true,
    ...login,
  });
  if (made.status !== 201) throw new Error(`Entering ${registry.address} failed: ${made.status} ${made.text}`);
  return { id: made.body.id, address: registry.address };
}

/** Asks for a pull or push and answers with the operation once it has ended (at most so many seconds later). */
export async function transfer(
  client: TestClient,
  action: 'pull' | 'push',
  body: object,
  wait = 60,
): Promise<Operation> {
  const answer = await client.post(`/api/v1/engines/local/images/${action}?wait=${wait}`, body);
  if (answer.status >= 300) throw new Error(`${action} was refused: ${answer.status} ${answer.text}`);
  return answer.body.operation;
}

/** Asks for a pull or push and answers at once. */
export async function begin(client: TestClient, action: 'pull' | 'push', body: object): Promise<Operation> {
  return transfer(client, action, body, 0);
}

/** Reads an operation until it is as wanted. */
export async function until(
  client: TestClient,
  id: string,
  wanted: (operation: Operation) => boolean,
  seconds = 30,
): Promise<Operation> {
  for (let last = Date.now() + seconds * 1000; ;) {
    const { body } = await client.get(`/api/v1/operations/${id}`);
    if (wanted(body)) return body;
    if (Date.now() > last) throw new Error(`Operation ${id} did not become as wanted: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Waits until the app's engine is connected. */
export async function whenConnected(client: TestClient, seconds = 20): Promise<void> {
  for (let last = Date.now() + seconds * 1000; ;) {
    const { body } = await client.get('/api/v1/engines');
    if (body.items[0]?.state === 'connected') return;
    if (Date.now() > last) throw new Error(`The engine did not connect: ${JSON.stringify(body.items)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** An image of its own with fresh random layers: no registry has them yet. */
export async function freshImage(
  engine: EngineSocket,
  reference: string,
  layers: number,
  bytesPerLayer: number,
): Promise<void> {
  await createLayeredImage(engine, {
    reference,
    layers,
    bytesPerLayer,
    seed: `${reference}-${process.hrtime.bigint()}`,
  });
}

export async function tagOnEngine(engine: EngineSocket, source: string, repo: string, tag: string): Promise<void> {
  await engineMust({
    socketPath: engine.socketPath,
    method: 'POST',
    path: `/images/${source}/tag?repo=${encodeURIComponent(repo)}&tag=${tag}`,
  });
}

/** What the registry itself calls a manifest: its Docker-Content-Digest. */
export async function digestAt(
  address: string,
  repository: string,
  tag: string,
  headers: Record<string, string> = {},
): Promise<string | null> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(', ');
  const answer = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept, ...headers },
  });
  return answer.headers.get('docker-content-digest');
}

/** What `GET /audit/verify` says last: whether the whole record holds. */
export async function verdictOf(client: TestClient): Promise<{ [name: string]: unknown }> {
  const { text } = await client.get('/api/v1/audit/verify');
  return JSON.parse(text.trim().split('\n').at(-1) ?? '');
}

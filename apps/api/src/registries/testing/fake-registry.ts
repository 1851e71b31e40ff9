import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry whose login server can be moved, and what that login server was sent. */
export interface FakeRegistry {
  readonly address: string;
  readonly loginPort: number;
  /** What its 401 names. */
  realm: string;
  /** The Authorization headers that the login server got. */
  readonly seen: string[];
  stop(): void;
}

/** A registry on 127.0.0.1 that takes every token, and a login server that gives one to everybody. */
export async function startFakeRegistry(): Promise<FakeRegistry> {
  const seen: string[] = [];
  const login = createServer((request, response) => {
    seen.push(request.headers.authorization ?? 'none');
    response.setHeader('content-type', 'application/json').end('{"token":"t"}');
  });
  const registry = createServer((request, response) => {
    const status = request.headers.authorization ? 200 : 401;
    response.writeHead(status, { 'www-authenticate': `Bearer realm="${fake.realm}",service="s"` }).end();
  });
  const [loginPort, port] = [await listen(login), await listen(registry)];
  const fake: FakeRegistry = {
    address: `127.0.0.1:${port}`,
    loginPort,
    realm: `http://127.0.0.1:${loginPort}/token`,
    seen,
    stop: () => [login, registry].forEach(end),
  };
  return fake;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return (server.address() as AddressInfo).port;
}

function end(server: Server): void {
  server.closeAllConnections();
  server.close();
}

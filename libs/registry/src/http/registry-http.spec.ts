import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isRefusedIp, refuseLiteralAddress } from './guard.js';
import { selfSigned } from './self-signed.fixture.js';
import { RegistryHttp, type RegistryHttpOptions } from './registry-http.js';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener) => listen(createServer(listener));
function client(options: RegistryHttpOptions = {}): RegistryHttp {
  const http = new RegistryHttp({ timeoutMs: 1_000, ...options });
  open.push(http);
  return http;
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
const resolvesTo =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('the addresses that are never spoken to', () => {
  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    'fe80::1',
    '::',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:100.100.100.200',
    'no address',
  ])('refuses %s', (address) => {
    expect(isRefusedIp(address)).toBe(true);
  });

  it.each(['127.0.0.1', '10.1.2.3', '192.168.1.1', '::1', 'fd12::1', '100.64.0.1', '8.8.8.8'])(
    'lets %s pass',
    (address) => {
      expect(isRefusedIp(address)).toBe(false);
    },
  );

  it('are refused as literals, in every spelling that a URL takes', async () => {
    const urls = [
      'http://169.254.169.254/',
      'http://0xa9.0xfe.0xa9.0xfe/',
      'http://2852039166/',
      'http://[fe80::1]/',
      'http://0/',
      'http://[::ffff:a9fe:a9fe]/',
    ];
    expect(await Promise.all(urls.map((url) => code(client().send({ url }))))).toEqual(
      urls.map(() => 'registry.address_refused'),
    );
    expect(() => refuseLiteralAddress('169.254.169.254', true, [])).toThrow(/never speaks to/);
  });

  it('are refused behind a name, also when the name moves there after a first good answer', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    let address = '127.0.0.1';
    const http = client({ lookup: (name, options, done) => resolvesTo(address)(name, options, done) });
    expect((await http.send({ url: `http://rebind.test:${port}/` })).status).toBe(200);
    address = '169.254.169.254';
    expect(await code(http.send({ url: `http://other.rebind.test:${port}/` }))).toBe('registry.address_refused');
    expect(await code(client({ lookup: resolvesTo('fe80::1', '0.0.0.0') }).send({ url: 'http://x.test/' }))).toBe(
      'registry.address_refused',
    );
  });

  it('are refused on a redirect', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
    );
    expect(await code(client().send({ url: `http://127.0.0.1:${port}/` }))).toBe('registry.address_refused');
  });

  it('hold our own listener, by address and by name, and nothing else on the machine', async () => {
    const own = await serve((_request, response) => response.end('waybill'));
    const other = await serve((_request, response) => response.end('registry'));
    for (const host of ['127.0.0.1', '0.0.0.0', '::', 'localhost']) {
      const http = client({ ownListeners: () => [{ host, port: own }] });
      expect(await code(http.send({ url: `http://127.0.0.1:${own}/` }))).toBe('registry.address_refused');
      expect(await code(http.send({ url: `http://localhost:${own}/` }))).toBe('registry.address_refused');
      expect((await http.send({ url: `http://127.0.0.1:${other}/` })).body.toString()).toBe('registry');
    }
    const named = client({
      ownListeners: () => [{ host: 'waybill.test', port: 443 }],
      lookup: resolvesTo('127.0.0.1'),
    });
    expect(await code(named.send({ url: 'https://waybill.test/' }))).toBe('registry.address_refused');
  });
});

describe('RegistryHttp', () => {
  it('follows three redirects and carries the login to its own host alone', async () => {
    const seen: (string | undefined)[] = [];
    const last = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('there');
    });
    const first = await serve((request: IncomingMessage, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: request.url === '/a' ? '/b' : `http://127.0.0.1:${last}/` }).end();
    });
    const answer = await client().send({ url: `http://127.0.0.1:${first}/a`, authorization: 'Basic eA==' });
    expect(answer.body.toString()).toBe('there');
    expect(seen).toEqual(['Basic eA==', 'Basic eA==', undefined]);
  });

  it('gives up on endless redirects, answers that are too large, and silence', async () => {
    const loop = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
    const large = await serve((_request, response) => response.end(Buffer.alloc(2_000)));
    const silent = await serve(() => undefined);
    const stalls = await serve((_request, response) => response.writeHead(200).write('x'));
    const url = (port: number) => ({ url: `http://127.0.0.1:${port}/` });
    const http = client({ timeoutMs: 300, maxBodyBytes: 1_000 });
    expect(await Promise.all([loop, large, silent, stalls].map((port) => code(http.send(url(port)))))).toEqual([
      'registry.not_a_registry',
      'registry.not_a_registry',
      'registry.timeout',
      'registry.timeout',
    ]);
  });

  it('has a clear word for each way of not getting through', async () => {
    const refusing = await serve(() => undefined);
    await open.pop()?.close();
    const plain = await serve((_request, response) => response.end());
    const broken = await serve((request) => request.socket.destroy());
    const tls = await listen(createTlsServer(selfSigned(), (_request, response) => response.end()));
    const notFound: LookupFunction = (name, _options, done) =>
      done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), '');
    expect(await code(client().send({ url: `http://127.0.0.1:${refusing}/` }))).toBe('registry.unreachable');
    expect(await code(client().send({ url: `https://127.0.0.1:${plain}/` }))).toBe('registry.not_a_registry');
    expect(await code(client().send({ url: `http://127.0.0.1:${broken}/` }))).toBe('registry.connection_lost');
    expect(await code(client().send({ url: `https://127.0.0.1:${tls}/` }))).toBe('registry.certificate');
    expect(await code(client({ lookup: notFound }).send({ url: 'http://nowhere.test/' }))).toBe(
      'registry.host_not_found',
    );
  });
});

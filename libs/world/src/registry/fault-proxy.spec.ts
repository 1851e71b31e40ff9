import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listenOnLoopback } from '../ports.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

describe('a faulty proxy', () => {
  let target: Server;
  let proxy: FaultProxy;

  beforeEach(async () => {
    target = createServer((incoming, outgoing) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.on('end', () => outgoing.writeHead(201, { host: incoming.headers.host ?? '' }).end(String(bytes)));
    });
    const port = await listenOnLoopback(target);
    proxy = await startFaultProxy({ target: `127.0.0.1:${port}` });
  });

  afterEach(async () => {
    await proxy.stop();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });

  const post = (size: number, signal?: AbortSignal) =>
    fetch(`${proxy.url}/v2/upload`, { method: 'POST', body: Buffer.alloc(size), signal });

  it('passes bodies and the host on, so that a registry answers with addresses of the proxy', async () => {
    const answer = await post(100_000);
    expect(answer.status).toBe(201);
    expect(await answer.text()).toBe('100000');
    expect(answer.headers.get('host')).toBe(proxy.address);
    expect(proxy.requests).toMatchObject([{ method: 'POST', path: '/v2/upload' }]);
    expect(proxy.bytesPassed).toBe(100_006);
  });

  it('keeps a rate, and feels a new one at once', async () => {
    proxy.setRate(100_000);
    const from = Date.now();
    await (await post(40_000)).text();
    expect(Date.now() - from).toBeGreaterThan(350);
    proxy.setRate(1_000);
    const slow = post(1_000_000);
    setTimeout(() => proxy.setRate(null), 100);
    expect(await (await slow).text()).toBe('1000000');
    expect(Date.now() - from).toBeLessThan(3_000);
  });

  it("answers 429 in the registry's words to the picked requests only", async () => {
    proxy.setMode('429', ({ path }) => path.startsWith('/v2/'));
    const refused = await post(10);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'TOOMANYREQUESTS' }] });
    expect((await fetch(`${proxy.url}/other`)).status).toBe(201);
  });

  it('holds a body under way and lets it go on', async () => {
    proxy.setRate(200_000);
    const held = post(100_000);
    setTimeout(() => proxy.setMode('hang'), 100);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const passed = proxy.bytesPassed;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(proxy.bytesPassed).toBe(passed);
    expect(passed).toBeLessThan(100_000);
    proxy.setMode('ok');
    expect(await (await held).text()).toBe('100000');
  });

  it('cuts a body in the middle', async () => {
    proxy.setRate(50_000);
    const cut = post(1_000_000);
    setTimeout(() => proxy.setMode('reset'), 150);
    await expect(cut).rejects.toThrow();
    expect(proxy.bytesPassed).toBeLessThan(100_000);
    await expect(post(1)).rejects.toThrow();
  });

  it('cuts the client off when the target is gone', async () => {
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
    await expect(post(10)).rejects.toThrow();
    target = createServer();
    await listenOnLoopback(target);
  });
});

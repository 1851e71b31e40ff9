import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RegistryHttp } from '@waybill/registry';
import { RegistryHealthService } from './registry-health.service.js';
import type { RegistryRecord } from './registry.types.js';

const http = new RegistryHttp({ timeoutMs: 1_000 });
const server = createServer((_request, response) => {
  asked += 1;
  setTimeout(() => response.end(), 20);
});
let asked = 0;
let port = 0;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await http.close();
  server.close();
});

const registry = (id: string, address: string): RegistryRecord => ({
  id,
  name: id,
  address,
  kind: 'registry',
  insecure: true,
  realm: null,
  lastCheck: null,
  rateLimit: null,
  createdAt: new Date(),
  credentials: [],
});

describe('RegistryHealthService', () => {
  it('asks each registry once a minute and once for all who look', async () => {
    let all = [registry('up', `127.0.0.1:${port}`), registry('down', '127.0.0.1:1')];
    const health = new RegistryHealthService({ all: async () => all }, http);
    const [found] = await Promise.all([health.list(), health.list()]);
    await health.list();
    expect(asked).toBe(1);
    expect(found).toMatchObject([
      { registryId: 'up', ok: true, error: null, latencyMs: expect.any(Number), at: expect.any(String) },
      { registryId: 'down', ok: false, latencyMs: null, error: { code: 'registry.unreachable' } },
    ]);
    all = [registry('up', '127.0.0.1:1')];
    expect(await health.list()).toMatchObject([{ registryId: 'up', ok: false }]);
  });
});

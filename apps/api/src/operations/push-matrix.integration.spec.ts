import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, removeImage, sharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';
import { digestAt, enterRegistry, freshImage, transfer, whenConnected } from '../testing/transfer-world.js';

const auths = ['none', 'htpasswd', 'token'] as const;

describe.each(['sqlite', 'postgresql'] as const)('a push on %s', (kind) => {
  describe.each(['old', 'modern'] as const)('with the %s engine', (engine) => {
    let app: TestApp;
    let world: Awaited<ReturnType<typeof sharedTestWorld<{ modern: true; postgres: true }>>>;
    const addresses = new Map<string, string>();

    beforeAll(async () => {
      world = await sharedTestWorld({ modern: true, postgres: true });
      const database: Record<string, string> =
        kind === 'postgresql' ? { WAYBILL_DATABASE_URL: await createDatabase(world.postgres.url) } : {};
      app = await createTestApp({ WAYBILL_ENGINE_HOST: world.engines[engine].host, ...database });
      await whenConnected(app.asAdmin);
      const [user] = world.users;
      for (const auth of auths) {
        const login = auth === 'none' ? null : { username: user.name, secret: user.password };
        const { id, address } = await enterRegistry(app.asAdmin, world.registries[auth], login);
        addresses.set(auth, address);
        const check = await app.asAdmin.post(`/api/v1/registries/${id}/check`);
        if (!check.body.ok) throw new Error(`The check of ${address} failed: ${check.text}`);
      }
    });
    afterAll(() => app?.stop());

    it.each(auths)('to a registry with %s auth carries the digest that the registry itself tells', async (auth) => {
      const address = addresses.get(auth) ?? '';
      const repository = `matrix/${kind}-${engine}`;
      const reference = `${address}/${repository}:1`;
      await freshImage(world.engines[engine], reference, 3, 200_000);
      const publisher = await app.as('publisher');

      const pushed = await transfer(publisher, 'push', { reference });
      expect(pushed).toMatchObject({ state: 'succeeded', error: null, progress: { percent: 100, phase: 'done' } });
      const events = await app.asAdmin.get(`/api/v1/audit/events?operation=${pushed.id}&order=asc`);
      expect(events.body.items).toMatchObject([
        {
          action: 'image.push',
          phase: 'intent',
          outcome: null,
          target: { reference, registry: address, repository, tag: '1' },
        },
        {
          action: 'image.push',
          phase: 'outcome',
          outcome: 'succeeded',
          target: { digest: pushed.result?.digest, size: expect.any(Number) },
        },
      ]);
      expect(events.body.items[1].intentSeq).toBe(events.body.items[0].seq);
      if (auth === 'none') expect(await digestAt(address, repository, '1')).toBe(pushed.result?.digest);
      expect(pushed.result?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);

      await removeImage(world.engines[engine], reference);
      const pulled = await transfer(publisher, 'pull', { reference });
      expect(pulled).toMatchObject({ state: 'succeeded', result: { digest: pushed.result?.digest } });
      await removeImage(world.engines[engine], reference);
    });
  });
});

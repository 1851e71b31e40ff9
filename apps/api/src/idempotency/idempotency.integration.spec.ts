import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import type { Database } from '@waybill/database';
import { z } from 'zod';
import { TAKES_SECRET } from '../common/access.decorators.js';
import { DATABASE } from '../database/database.module.js';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';

let app: TestApp;
let database: Database;

beforeAll(async () => {
  app = await createTestApp();
  database = app.server.app.get<Database>(DATABASE, { strict: false });
}, 120_000);
afterAll(() => app.stop());

const keyed = (key: string) => ({ 'idempotency-key': key });
const tokens = async () => (await app.asAdmin.get('/api/v1/tokens')).body.items;
const rules = async () => (await app.asAdmin.get('/api/v1/push-rules')).body.items;
const rule = (name: string) => ({ pattern: `registry.example/${name}/*`, effect: 'deny', subject: 'everybody' });

describe('a mutation with an Idempotency-Key', () => {
  it('is done once; who asks again gets the same answer', async () => {
    const before = (await rules()).length;
    const first = await app.asAdmin.post('/api/v1/push-rules', rule('once'), keyed('again'));
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    const second = await app.asAdmin.post('/api/v1/push-rules', rule('once'), keyed('again'));
    expect([second.status, second.text, second.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true']);
    expect((await rules()).length).toBe(before + 1);
  });

  it('is refused with another body, and another query', async () => {
    await app.asAdmin.post('/api/v1/push-rules', rule('mine'), keyed('used'));
    const other = await app.asAdmin.post('/api/v1/push-rules', rule('other'), keyed('used'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency.mismatch']);
    const query = await app.asAdmin.post('/api/v1/push-rules?x=1', rule('mine'), keyed('used'));
    expect([query.status, query.body.code]).toEqual([422, 'idempotency.mismatch']);
  });

  it('shares its key with nobody else and no other address', async () => {
    const first = await app.asAdmin.post('/api/v1/tokens', { name: 'shared' }, keyed('shared'));
    const other = await (await app.as('viewer')).post('/api/v1/tokens', { name: 'shared' }, keyed('shared'));
    expect([first.status, other.status]).toEqual([201, 201]);
    expect(first.body.secret).not.toBe(other.body.secret);
    expect((await app.asAdmin.post('/api/v1/push-rules', rule('shared'), keyed('shared'))).status).toBe(201);
  });

  it('whose answer held a secret is not done again, and the secret is not kept', async () => {
    const first = await app.asAdmin.post('/api/v1/tokens', { name: 'ci' }, keyed('token'));
    expect(first.status).toBe(201);
    const made = (await tokens()).length;
    const second = await app.asAdmin.post('/api/v1/tokens', { name: 'ci' }, keyed('token'));
    expect([second.status, second.body.code]).toEqual([409, 'idempotency.not_replayable']);
    expect((await tokens()).length).toBe(made);
    const kept = await database.client.idempotencyKey.findMany({ where: { key: 'token' } });
    expect(kept.map(({ status, response }) => ({ status, response }))).toEqual([{ status: 201, response: null }]);
  });

  it('that failed frees its key', async () => {
    const failed = await app.asAdmin.post('/api/v1/push-rules', { pattern: '' }, keyed('free'));
    expect(failed.body.code).toBe('request.invalid');
    expect((await app.asAdmin.post('/api/v1/push-rules', rule('free'), keyed('free'))).status).toBe(201);
  });

  it.each(['x'.repeat(256), 'a b', 'schlüssel'])('is refused where the key is no key: %#', async (key) => {
    const answer = await app.asAdmin.post('/api/v1/push-rules', rule('never'), keyed(key));
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });
});

describe('a body that may hold a password', () => {
  const Document = z.object({
    paths: z.record(
      z.string(),
      z.record(z.string(), z.object({ operationId: z.string(), requestBody: z.unknown().optional() })),
    ),
    components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
  });

  /** The handlers of the running server that declare it, as the document names them. */
  function declared(): string[] {
    const found: string[] = [];
    for (const module of app.server.app.get(ModulesContainer).values()) {
      for (const { metatype } of module.controllers.values()) {
        if (typeof metatype !== 'function') continue;
        const prototype: object = metatype.prototype;
        for (const name of Object.getOwnPropertyNames(prototype)) {
          const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
          if (typeof handler === 'function' && Reflect.hasMetadata(TAKES_SECRET, handler))
            found.push(`${metatype.name.replace(/Controller$/, '')}_${name}`);
        }
      }
    }
    return found.sort();
  }

  it('stands at each route whose schema has a field for one, and nowhere else', async () => {
    const { paths, components } = Document.parse((await app.asAdmin.get('/api/v1/openapi.json')).body);
    const takes = (body: unknown): boolean => {
      const text = JSON.stringify(body ?? null);
      const named = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(
        ([, name = '']) => components.schemas[name],
      );
      return [text, ...named.map((one) => JSON.stringify(one))].some((one) =>
        /"(password|secret|setupCode|config|current|next)":/.test(one),
      );
    };
    const routes = Object.values(paths).flatMap((methods) => Object.values(methods));
    const expected = routes.filter(({ requestBody }) => takes(requestBody)).map(({ operationId }) => operationId);
    expect(expected.length).toBeGreaterThan(10);
    expect(declared()).toEqual(expected.sort());
  });

  it('leaves no hash behind, by which one could guess it, and its key is passed over', async () => {
    const person = { username: 'guessed', role: 'viewer', password: 'winter in the harbour' };
    const first = await app.asAdmin.post('/api/v1/users', person, keyed('person'));
    expect(first.status).toBe(201);
    const second = await app.asAdmin.post('/api/v1/users', person, keyed('person'));
    expect([second.status, second.body.code]).toEqual([409, 'user.username_taken']);
    const registry = {
      name: 'r',
      address: '127.0.0.1:9',
      insecure: true,
      username: 'u',
      secret: 'summer in the harbour',
    };
    expect((await app.asAdmin.post('/api/v1/registries', registry, keyed('registry'))).status).toBe(201);
    const confirm = { password: app.admin.password };
    expect((await app.asAdmin.post('/api/v1/session/confirm', confirm, keyed('confirm'))).status).toBe(200);
    const kept = await database.client.idempotencyKey.findMany({
      where: { key: { in: ['person', 'registry', 'confirm'] } },
    });
    expect(kept).toEqual([]);
    const hashes = (await database.client.idempotencyKey.findMany()).map(({ bodyHash }) => bodyHash);
    for (const body of [person, registry, confirm])
      expect(hashes).not.toContain(createHash('sha256').update(JSON.stringify(body)).digest('hex'));
  });
});

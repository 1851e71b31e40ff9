import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { z } from 'zod';
import { createTestApp, TestClient, type TestApp } from '../testing/create-test-app.js';

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        parameters: z.array(z.object({ name: z.string().optional(), in: z.string().optional() })).default([]),
        responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()).optional() })),
        security: z.array(z.record(z.string(), z.array(z.string()))),
        'x-access': z.union([z.string(), z.array(z.string())]),
        'x-session-only': z.boolean().optional(),
        'x-confirmation': z.boolean().optional(),
      }),
    ),
  ),
});

/** What answers beside /api/v1, and so is not described there. */
const besideTheApi = new Set(['Metrics_read']);

/** The HTTP handlers of the running server, as the document names them. */
function handlers(): string[] {
  const found: string[] = [];
  for (const module of app.server.app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype: object = metatype.prototype;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
        if (typeof handler === 'function' && Reflect.hasMetadata('path', handler) && name !== 'constructor')
          found.push(`${metatype.name.replace(/Controller$/, '')}_${name}`);
      }
    }
  }
  return found;
}

let app: TestApp;
let anybody: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  anybody = new TestClient(app.url);
});
afterAll(() => app?.stop());

describe('the description of the API', () => {
  it('is an OpenAPI 3.1 document of all that is below /api/v1', async () => {
    const { status, body } = await anybody.get('/api/v1/openapi.json');
    expect({ status, openapi: body.openapi }).toEqual({ status: 200, openapi: '3.1.0' });
    const paths = Object.keys(body.paths);
    expect(paths).toContain('/api/v1/engines/{engine}/images/push');
    expect(paths.filter((path) => !path.startsWith('/api/v1/'))).toEqual([]);
  });

  it('has for each handler its deed: what it takes, answers, refuses with, and who may ask it', async () => {
    const { body } = await anybody.get('/api/v1/openapi.json');
    const { paths } = Document.parse(body);
    const all = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, path, method })),
    );
    const served = handlers().filter((name) => !besideTheApi.has(name));
    expect(all.map(({ operationId }) => operationId).sort()).toEqual(served.sort());
    for (const { path, parameters, responses, security, ...operation } of all) {
      const named = parameters.filter((one) => one.in === 'path').map((one) => one.name);
      expect([path, new Set(named)]).toEqual([path, new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))]);
      const [status = '', ...more] = Object.keys(responses).filter((one) => one !== 'default');
      expect([path, more, status[0], status === '204' || 'content' in (responses[status] ?? {})]).toEqual([
        path,
        [],
        '2',
        true,
      ]);
      expect(Object.keys(responses['default']?.content ?? {})).toEqual(['application/problem+json']);
      const open = operation['x-access'] === 'public';
      const sessionOnly = operation['x-session-only'] ?? operation['x-confirmation'] ?? false;
      expect([path, security]).toEqual([path, open ? [] : [{ session: [] }, ...(sessionOnly ? [] : [{ token: [] }])]]);
    }
  });

  it('refers to nothing that it does not hold, and holds nothing that it does not refer to', async () => {
    const { text, body } = await anybody.get('/api/v1/openapi.json');
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name));
    const held = ['schemas', 'parameters'].flatMap((kind) =>
      Object.keys(body.components[kind]).map((name) => `${kind}/${name}`),
    );
    expect(referred).toEqual(new Set(held));
    expect(text.match(/"\$ref":"(?!#\/components\/)/g)).toBeNull();
    expect(text).not.toContain('#/$defs/');
  });

  it('is the one that is committed as docs/openapi.json (`npm run openapi` writes it anew)', async () => {
    const committed: unknown = JSON.parse(
      await readFile(join(import.meta.dirname, '../../../../docs/openapi.json'), 'utf8'),
    );
    expect((await anybody.get('/api/v1/openapi.json')).body).toEqual(committed);
  });

  it('is readable at /api/docs, from our own host alone', async () => {
    const { status, headers, text } = await anybody.get('/api/docs');
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    expect(text).not.toMatch(/(src|href|url)=["']?(https?:)?\/\//);
    const script = await anybody.get('/api/docs/reference.js');
    expect({ status: script.status, type: script.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/javascript; charset=utf-8',
    });
    expect(script.text.length).toBeGreaterThan(1_000_000);
  });
});

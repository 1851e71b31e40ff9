import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { Role, permissionsOf, type Permission } from '@waybill/contract';
import { z } from 'zod';
import { ACCESS_RULE } from '../common/access.decorators.js';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        'x-access': z.union([z.literal('public'), z.literal('logged_in'), z.array(z.string())]).optional(),
        'x-session-only': z.boolean().optional(),
        'x-confirmation': z.boolean().optional(),
      }),
    ),
  ),
});

interface Route {
  method: string;
  path: string;
  access: 'public' | 'logged_in' | Permission[];
  sessionOnly: boolean;
}

const nobody = '00000000-0000-7000-8000-000000000000';

/** A path that names nothing that is there. */
function filled(path: string): string {
  return path
    .replace('{engine}', 'local')
    .replace('{reference}', 'nothing')
    .replaceAll(/\{[^}]*id\}/gi, nobody)
    .replaceAll(/\{\w+\}/g, 'nothing');
}

let app: TestApp;
let routes: Route[];
const clients = new Map<Role, TestClient>();
let token: TestClient;

beforeAll(async () => {
  app = await createTestApp();
  const { paths } = Document.parse((await app.asAdmin.get('/api/v1/openapi.json')).body);
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({
      method: method.toUpperCase(),
      path,
      access: (route['x-access'] ?? []) as Route['access'],
      sessionOnly: Boolean(route['x-session-only'] ?? route['x-confirmation']),
    })),
  );
  for (const role of Role.options) clients.set(role, role === 'admin' ? app.asAdmin : await app.as(role));
  const made = await app.asAdmin.post('/api/v1/tokens', {
    name: 'everything that a token may',
    scopes: ['image.push', 'audit.read'],
  });
  token = new (app.asAdmin.constructor as typeof TestClient)(app.url, {
    authorization: `Bearer ${String(made.body.secret)}`,
  });
});

afterAll(() => app.stop());

/** What each handler of the running server declares, by controller or gateway and method. */
function handlers(): { name: string; declares: boolean }[] {
  const found: { name: string; declares: boolean }[] = [];
  for (const module of app.server.app.get(ModulesContainer).values()) {
    for (const { metatype } of [...module.controllers.values(), ...module.providers.values()]) {
      if (typeof metatype !== 'function' || !metatype.prototype) continue;
      const prototype: object = metatype.prototype;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
        if (typeof handler !== 'function' || name === 'constructor') continue;
        const isHandler =
          Reflect.hasMetadata('path', handler) || Reflect.hasMetadata('websockets:message_mapping', handler);
        if (!isHandler) continue;
        const declares = Reflect.hasMetadata(ACCESS_RULE, handler) || Reflect.hasMetadata(ACCESS_RULE, metatype);
        found.push({ name: `${metatype.name}.${name}`, declares });
      }
    }
  }
  return found;
}

describe('every handler', () => {
  it('declares its access', () => {
    const all = handlers();
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((one) => !one.declares)).toEqual([]);
    expect(all.some(({ name }) => name.startsWith('LiveGateway.'))).toBe(true);
  });

  it('that is open to everybody is on this list', () => {
    const open = routes.filter(({ access }) => access === 'public').map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual([
      'GET /api/v1/health',
      'GET /api/v1/ready',
      'GET /api/v1/setup',
      'POST /api/v1/links/accept',
      'POST /api/v1/links/open',
      'POST /api/v1/session',
      'POST /api/v1/setup',
    ]);
  });

  it('asks who one is', async () => {
    const client = app.asAdmin.with({});
    for (const { method, path, access } of routes) {
      if (access === 'public') continue;
      const answer = await client.call(method, filled(path), method === 'GET' || method === 'DELETE' ? undefined : {});
      expect(`${method} ${path} ${answer.status} ${answer.body?.code}`).toBe(`${method} ${path} 401 auth.required`);
    }
  });

  it.each(Role.options)('refuses a %s what the role does not hold, and nothing else', async (role) => {
    const client = clients.get(role) ?? app.asAdmin;
    const held = new Set(permissionsOf(role));
    let refused = 0;
    for (const { method, path, access } of routes) {
      // One's own affairs are open to all; trying them here would end the session that tries.
      if (typeof access === 'string') continue;
      const answer = await client.call(method, filled(path), method === 'GET' || method === 'DELETE' ? undefined : {});
      const isRefused = answer.status === 403 && answer.body?.code === 'permission.denied';
      expect({ route: `${method} ${path}`, isRefused }).toEqual({
        route: `${method} ${path}`,
        isRefused: !access.every((one) => held.has(one)),
      });
      if (isRefused) refused += 1;
    }
    expect(refused > 0).toBe(role !== 'admin');
  });

  it('that is for sessions alone refuses an admin’s token', async () => {
    for (const { method, path } of routes.filter((route) => route.sessionOnly)) {
      const answer = await token.call(method, filled(path), method === 'GET' || method === 'DELETE' ? undefined : {});
      expect(`${method} ${path} ${answer.body?.code}`).toBe(`${method} ${path} auth.session_required`);
    }
  });

  it('that changes something refuses a foreign page, whatever its cookie', async () => {
    for (const { method, path } of routes.filter((route) => route.method !== 'GET')) {
      const answer = await app.asAdmin.call(method, filled(path), method === 'DELETE' ? undefined : {}, {
        origin: 'https://evil.example',
      });
      expect(`${method} ${path} ${answer.body?.code}`).toBe(`${method} ${path} auth.origin`);
    }
  });
});

describe('paths that are no routes', () => {
  it.each([
    '/api/v1/nothing',
    '/api/v1//users',
    '/api/v1/%75sers/%2e%2e/users',
    '/api/v1/users/..%2f..%2fsession',
    '/api/v2/users',
    '/API/v1/users',
    '/api/v1/users%00',
    '/api/v1/users;x=1',
  ])('%s gives a viewer nothing', async (path) => {
    const answer = await (clients.get('viewer') ?? app.asAdmin).get(path);
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('usernameKey');
    expect(answer.body?.items).toBeUndefined();
  });
});

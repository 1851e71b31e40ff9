import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, TestClient, type TestApp } from '../testing/create-test-app.js';

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

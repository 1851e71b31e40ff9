import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyChain } from '@waybill/audit';
import { AuditEvent, AuditEventList, AuditHistogram, type AuditDraft } from '@waybill/contract';
import { createDatabase, sharedTestWorld } from '@waybill/world';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { draft } from './audit.factory.js';
import { AuditService } from './audit.service.js';
import { Record } from './record.service.js';

const ada = '01990000-0000-7000-8000-0000000000aa';
const operation = '01990000-0000-7000-8000-0000000000bb';
const digest = `sha256:${'ab'.repeat(32)}`;

function push(reference: string, over: Partial<AuditDraft> = {}): AuditDraft {
  const [path = '', tag = ''] = reference.split(':');
  const [registry = '', ...rest] = path.split('/');
  return draft({
    actor: { type: 'user', id: ada },
    action: 'image.push',
    engine: { slug: 'edge', id: 'E' },
    target: { reference, registry, repository: rest.join('/'), tag, digest, imageId: null, size: 7 },
    ...over,
  });
}

describe.each(['sqlite', 'postgresql'] as const)('the record over HTTP, on %s', (kind) => {
  let app: TestApp;
  let record: Record;
  let admin: TestClient;

  beforeAll(async () => {
    const url =
      kind === 'postgresql'
        ? await createDatabase((await sharedTestWorld({ postgres: true })).postgres.url)
        : undefined;
    app = await createTestApp(url ? { WAYBILL_DATABASE_URL: url } : {});
    record = app.server.app.get(Record);
    admin = app.asAdmin;
    await record.append(push('reg.test/team/my_app:1.0', { operationId: operation, phase: 'intent', outcome: null }));
    await record.append(push('reg.test/team/my_app:1.0', { operationId: operation, durationMs: 5 }));
    await record.append(
      push('reg.test/team/my-app:2.0', {
        outcome: 'failed',
        error: { code: 'server.error', message: 'no', detail: null },
      }),
    );
    await record.append(
      push('other.test/Team/App:latest', { outcome: 'denied', subject: { type: 'rule', id: 'r-1' } }),
    );
    await record.append(push('reg.test/a%b:1', { personal: { actorName: '=1+1', ip: '+1', userAgent: '@SUM(A1)' } }));
    await record.append(
      draft({
        actor: { type: 'external', id: null },
        phase: 'observed',
        via: { door: 'notice', authMethod: null, tokenId: null, requestId: null },
        action: 'image.pull',
      }),
    );
  });
  afterAll(() => app.stop());

  async function list(query: string): Promise<AuditEvent[]> {
    const { status, body, text } = await admin.get(`/api/v1/audit/events?${query}`);
    if (status !== 200) throw new Error(text);
    return AuditEventList.parse(body).items;
  }
  /** The file as it comes, its lines apart. */
  async function exported(query: string): Promise<{ headers: Headers; bytes: Uint8Array; lines: string[] }> {
    const response = await fetch(`${app.url}/api/v1/audit/export?${query}`, { headers: { cookie: admin.cookie } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw new Error(new TextDecoder().decode(bytes));
    return { headers: response.headers, bytes, lines: new TextDecoder().decode(bytes).trimEnd().split('\n') };
  }
  const references = async (query: string) => (await list(`${query}&order=asc`)).map(({ target }) => target?.reference);

  it('lists newest first, with the name of who did it', async () => {
    const items = await list('limit=200');
    const seqs = items.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    expect(items.at(-1)?.seq).toBe(1);
    expect(items.find(({ action }) => action === 'image.push')?.personal?.actorName).toBe('=1+1');
  });

  const myApp = ['reg.test/team/my_app:1.0', 'reg.test/team/my_app:1.0'];
  it.each<[string, (string | undefined)[]]>([
    ['registry=reg.test&phase=outcome', ['reg.test/team/my_app:1.0', 'reg.test/team/my-app:2.0', 'reg.test/a%25b:1']],
    ['registry=REG.test&repository=team/my_app', myApp],
    ['repository=team/my_*', myApp],
    ['repository=*/MY_app', myApp],
    ['repository=*my_*', myApp],
    ['repository=t*y_a*p', myApp],
    ['repository=team/app', ['other.test/Team/App:latest']],
    ['repository=team', []],
    ['repository=a%25*', ['reg.test/a%25b:1']],
    ['tag=1.*', myApp],
    ['tag=*', [...myApp, 'reg.test/team/my-app:2.0', 'other.test/Team/App:latest', 'reg.test/a%25b:1']],
    ['action=image.push&outcome=failed&outcome=denied', ['reg.test/team/my-app:2.0', 'other.test/Team/App:latest']],
    [`operation=${operation}`, myApp],
    ['subject=r-1', ['other.test/Team/App:latest']],
    ['actor=external', [undefined]],
    ['door=notice', [undefined]],
    [`actor=${ada}&engine=edge&phase=intent`, ['reg.test/team/my_app:1.0']],
    [`digest=${digest}&outcome=denied`, ['other.test/Team/App:latest']],
    ['action=image.push&to=2020-01-01T00:00:00.000Z', []],
  ])('finds by %s', async (query, expected) => {
    const decoded = expected.map((one) => one?.replace('%25', '%'));
    expect(await references(query)).toEqual(decoded);
  });

  it('refuses a field that is not a filter, a bad cursor and a bad time', async () => {
    for (const query of ['passwordHash=x', 'cursor=!!!', 'cursor=eA', 'from=yesterday', 'limit=0', 'limit=201']) {
      const { status, body } = await admin.get(`/api/v1/audit/events?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'request.invalid']);
    }
  });

  it('gives each event once over its pages although events are appended meanwhile', async () => {
    for (let n = 0; n < 25; n += 1) await record.append(draft({ details: { page: n } }));
    const head = record.headSeq;
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const { body } = await admin.get(`/api/v1/audit/events?limit=10${cursor && `&cursor=${cursor}`}`);
      const { items, nextCursor } = AuditEventList.parse(body);
      seen.push(...items.map(({ seq }) => seq));
      await record.append(draft());
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: head }, (_, n) => head - n));
  });

  it('shows one event, and says that there is none', async () => {
    const { body } = await admin.get('/api/v1/audit/events/1');
    expect(AuditEvent.parse(body).seq).toBe(1);
    expect(await admin.get('/api/v1/audit/events/999999')).toMatchObject({
      status: 404,
      body: { code: 'audit.event_not_found' },
    });
    expect((await admin.get('/api/v1/audit/events/zero')).status).toBe(400);
  });

  it('has no way to change or remove an event', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['events', 'events/1', 'export', 'histogram']) {
        expect((await admin.call(method, `/api/v1/audit/${path}`)).status).toBeGreaterThanOrEqual(404);
      }
    }
    expect((await admin.get('/api/v1/audit/events/1')).status).toBe(200);
  });

  it.each([
    ['viewer', 403, 403],
    ['developer', 403, 403],
    ['publisher', 403, 403],
    ['auditor', 200, 200],
    ['admin', 200, 200],
  ])('lets a %s read with %i and export with %i', async (role, read, exported) => {
    const client = await app.as(role);
    expect((await client.get('/api/v1/audit/events')).status).toBe(read);
    expect((await client.get('/api/v1/audit/events/1')).status).toBe(read);
    expect((await client.get('/api/v1/audit/histogram')).status).toBe(read);
    expect((await client.get('/api/v1/audit/export?format=csv&tag=none')).status).toBe(exported);
  });

  it('tells the operation its events without addresses and user agents', async () => {
    const short = await app.server.app.get(AuditService).shortEventsOf(operation);
    expect(short.map(({ phase }) => phase)).toEqual(['intent', 'outcome']);
    expect(short[1]).toMatchObject({ actor: { id: ada, name: 'Ada' }, durationMs: 5, outcome: 'succeeded' });
    expect(JSON.stringify(short)).not.toContain('10.0.0.1');
  });

  it('counts over time what the filter finds', async () => {
    const { body } = await admin.get('/api/v1/audit/histogram?action=image.push&buckets=7');
    const { from, to, total, buckets } = AuditHistogram.parse(body);
    expect(total).toBe(5);
    expect(buckets).toHaveLength(7);
    expect(buckets.reduce((sum, one) => sum + one.total, 0)).toBe(5);
    expect(buckets.reduce((sum, one) => sum + one.bad, 0)).toBe(2);
    expect(buckets[0]?.at).toBe(from);
    expect(Date.parse(to)).toBeGreaterThan(Date.parse(from));
  });

  it('exports as NDJSON the events as they are stored, so that anybody can verify them', async () => {
    for (let n = 0; n < 1_100; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, at) => record.append(draft({ details: { n: n + at } }))));
    }
    const head = record.headSeq;
    const { headers, lines } = await exported('format=ndjson');
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="waybill-record-.*\.ndjson"$/);
    const events = lines.map((line) => AuditEvent.strict().parse(JSON.parse(line)));
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, n) => n + 1));
    expect(await verifyChain(events)).toMatchObject({ ok: true, events: head, erased: 0 });
  });

  it('exports exactly what the same filter lists, and puts that on record with the filter and the number of rows', async () => {
    const query = 'action=image.push&outcome=failed&outcome=denied&registry=*.test';
    const { lines } = await exported(`format=ndjson&${query}`);
    expect(lines.map((line) => AuditEvent.parse(JSON.parse(line)))).toEqual(await list(`${query}&order=asc`));
    const [event] = await list('action=audit.export&limit=1');
    expect(event).toMatchObject({
      outcome: 'succeeded',
      personal: { actorName: expect.any(String) },
      details: {
        format: 'ndjson',
        rows: 2,
        filter: { action: ['image.push'], outcome: ['failed', 'denied'], registry: '*.test' },
      },
    });
  });

  it('exports as CSV with a mark of its encoding, and with nothing that a spreadsheet would run', async () => {
    const { headers, bytes, lines } = await exported('format=csv&repository=a%25b');
    expect(headers.get('content-type')).toMatch(/^text\/csv/);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head = '', row = '', ...rest] = lines;
    expect(rest).toEqual([]);
    expect(head).toMatch(/^seq,at,actor,/);
    const cells = row.split(',');
    expect(cells[head.split(',').indexOf('actor')]).toBe("'=1+1");
    expect(cells[head.split(',').indexOf('ip')]).toBe("'+1");
    expect(cells[head.split(',').indexOf('userAgent')]).toBe("'@SUM(A1)");
  });

  it('stops an export whose client has gone away', async () => {
    const gone = new AbortController();
    const response = await fetch(`${app.url}/api/v1/audit/export?format=ndjson`, {
      headers: { cookie: admin.cookie },
      signal: gone.signal,
    });
    await response.body?.getReader().read();
    gone.abort();
    expect((await admin.get('/api/v1/audit/events?limit=1')).status).toBe(200);
  });
});

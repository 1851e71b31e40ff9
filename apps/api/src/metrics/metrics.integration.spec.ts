import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../testing/create-test-app.js';

const secret = 'a-scraper-has-this-token';

describe('metrics with a token', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ WAYBILL_METRICS_TOKEN: secret });
  });
  afterAll(() => app.stop());

  const scrape = (token = secret) =>
    app.asAdmin.with({}).get('/metrics', token ? { authorization: `Bearer ${token}` } : {});

  it('are in the text format of Prometheus', async () => {
    const { status, headers, text } = await scrape();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers.get('cache-control')).toBe('no-store');
    for (const line of text.split('\n').filter(Boolean))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? \S+)$/);
  });

  it('tell the record, the engine, the queue, operations and the process', async () => {
    const { body } = await app.asAdmin.get('/api/v1/audit/events?limit=1');
    const { text } = await scrape();
    expect(text).toContain(`waybill_record_last_seq ${body.items[0].seq}\n`);
    expect(text).toContain('waybill_record_queue_length 0\n');
    expect(text).toContain('waybill_record_lag_seconds 0\n');
    expect(text).toContain('waybill_record_failing 0\n');
    expect(text).toContain('waybill_engine_connected{engine="local"} 0\n');
    expect(text).toContain('waybill_queue_length{engine="local"} 0\n');
    expect(text).toContain('waybill_live_sockets 0\n');
    expect(text).toContain('# TYPE waybill_operations_ended_total counter\n');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('time requests by the pattern of their route, so that no address makes a series of its own', async () => {
    for (const seq of [1, 2, 99_999]) await app.asAdmin.get(`/api/v1/audit/events/${seq}?a=${seq}`);
    for (const path of ['/api/v1/one', '/two', '/api/v1/audit/events/1/three']) await app.asAdmin.get(path);
    const { text } = await scrape();
    expect(text).toContain(
      'waybill_http_request_duration_seconds_count{method="GET",route="/api/v1/audit/events/:seq",status="200"} 2\n',
    );
    expect(text).toContain('route="/api/v1/audit/events/:seq",status="404"} 1\n');
    expect(text).toContain('waybill_http_request_duration_seconds_count{method="GET",route="/*",status="404"} 3\n');
    expect(text).not.toMatch(/events\/\d|three|two/);
  });

  it.each(['', 'wrong', `${secret}x`, secret.slice(1), 'x'.repeat(5000)])(
    'refuse a token that is not theirs (%#)',
    async (token) => {
      const { status, body, text } = await scrape(token);
      expect({ status, code: body?.code }).toEqual({ status: 401, code: 'auth.required' });
      expect(text).not.toContain(secret);
    },
  );

  it('are not for a session or an API token, not even an admin’s', async () => {
    const made = await app.asAdmin.post('/api/v1/tokens', { name: 'scraper', scopes: ['audit.read'] });
    const answers = [await app.asAdmin.get('/metrics'), await scrape(String(made.body.secret))];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });

  it('hold no name, address or secret of anybody', async () => {
    const { text } = await scrape();
    for (const word of [secret, app.admin.username, app.folder, '127.0.0.1']) expect(text).not.toContain(word);
  });
});

describe('metrics without a token', () => {
  it('are not there', async () => {
    const app = await createTestApp();
    try {
      const answer = await app.asAdmin.with({}).get('/metrics', { authorization: 'Bearer ' });
      expect({ status: answer.status, code: answer.body?.code }).toEqual({ status: 404, code: 'route.not_found' });
    } finally {
      await app.stop();
    }
  });

  it('and one that is too short is refused at the start', async () => {
    await expect(createTestApp({ WAYBILL_METRICS_TOKEN: 'short' })).rejects.toThrow(/WAYBILL_METRICS_TOKEN/);
  });
});

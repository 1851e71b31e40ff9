import { statSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VerifierKey, leafHash, verifyConsistency, verifyInclusion } from '@waybill/audit';
import type { AuditVerdict, AuditVerifyLine } from '@waybill/contract';
import type { Database } from '@waybill/database';
import { createDatabase, sharedTestWorld } from '@waybill/world';
import { DATABASE } from '../database/database.module.js';
import { createTestApp, type TestApp, type TestClient } from '../testing/create-test-app.js';
import { draft } from './audit.factory.js';
import { Checkpoints } from './checkpoints.service.js';
import { Record } from './record.service.js';
import { recordKeyFile } from './record-key.js';

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe.each(['sqlite', 'postgresql'] as const)('the proof of the record, on %s', (kind) => {
  let app: TestApp;
  let database: Database;
  let record: Record;
  let auditor: TestClient;

  beforeAll(async () => {
    const url =
      kind === 'postgresql' ? await createDatabase((await sharedTestWorld({ postgres: true })).postgres.url) : null;
    app = await createTestApp(url ? { WAYBILL_DATABASE_URL: url } : {});
    database = app.server.app.get(DATABASE);
    record = app.server.app.get(Record);
    auditor = await app.as('auditor');
    for (let n = 0; n < 12; n += 1) await record.append(draft({ details: { n } }));
    await app.server.app.get(Checkpoints).sign();
  });
  afterAll(() => app?.stop());

  async function verdict(): Promise<AuditVerdict> {
    const { text } = await auditor.get('/api/v1/audit/verify');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditVerifyLine);
    const last = lines.at(-1);
    if (last?.type !== 'verdict') throw new Error(`No verdict: ${text}`);
    return last.verdict;
  }

  /** Changes rows past the server, sees what verification says, and puts them back. */
  async function after(change: () => Promise<unknown>): Promise<AuditVerdict['flaw']> {
    const rows = await database.client.auditEvent.findMany({ orderBy: { seq: 'asc' } });
    await change();
    const { flaw } = await verdict();
    await database.client.auditEvent.deleteMany({});
    await database.client.auditEvent.createMany({ data: rows });
    expect((await verdict()).flaw).toBeNull();
    return flaw;
  }
  const update = (seq: number, data: object) => () =>
    database.client.auditEvent.update({ where: { seq: BigInt(seq) }, data });
  const bodyOf = async (seq: number) =>
    (await database.client.auditEvent.findUniqueOrThrow({ where: { seq: BigInt(seq) } })).body;

  it('holds for an untouched record, up to the newest checkpoint', async () => {
    const found = await verdict();
    expect(found).toMatchObject({ ok: true, flaw: null, headSeq: record.headSeq });
    expect(found.sealedSeq).toBeGreaterThanOrEqual(12);
    expect(found.checkpoints).toBeGreaterThanOrEqual(2);
  });

  it('finds an event whose body was changed', async () => {
    const body = (await bodyOf(5)).replace('"succeeded"', '"cancelled"');
    expect(await after(update(5, { body }))).toEqual({ seq: 5, kind: 'altered' });
  });
  it('finds a body that is no event any more', async () =>
    expect(await after(update(5, { body: '{}' }))).toEqual({ seq: 5, kind: 'altered' }));
  it('finds a name that was changed', async () => {
    expect(
      await after(update(6, { personal: '{"actorName":"Mallory","ip":null,"salt":"00","userAgent":null}' })),
    ).toEqual({ seq: 6, kind: 'commitment' });
  });
  it('finds a column that says something else than what was hashed', async () => {
    expect(await after(update(7, { outcome: 'failed' }))).toEqual({ seq: 7, kind: 'column' });
    expect(await after(update(7, { at: new Date(0) }))).toEqual({ seq: 7, kind: 'column' });
  });
  it('finds an event that was removed', async () => {
    expect(await after(() => database.client.auditEvent.delete({ where: { seq: 8n } }))).toEqual({
      seq: 9,
      kind: 'missing',
    });
  });
  it('finds an end that was cut off', async () => {
    expect(await after(() => database.client.auditEvent.deleteMany({ where: { seq: { gt: 10n } } }))).toEqual({
      seq: 11,
      kind: 'truncated',
    });
  });
  it('counts an erased one apart from the altered', async () => {
    await after(async () => {
      await database.client.auditEvent.update({ where: { seq: 6n }, data: { personal: null } });
      expect(await verdict()).toMatchObject({ ok: true, erased: 1 });
    });
  });

  it('proves one event, so that anybody can check it', async () => {
    const { body } = await auditor.get('/api/v1/audit/events/5/proof');
    const { size, root } = VerifierKey.parse(body.checkpoint.verifierKey).open(body.checkpoint.note);
    expect(verifyInclusion(leafHash(bytes(body.hash)), body.leafIndex, size, body.proof.map(bytes), root)).toBe(true);
    expect((await auditor.get('/api/v1/audit/events/999999/proof')).body.code).toBe('audit.event_not_found');
  });

  it('proves that one checkpoint goes on from another', async () => {
    const { body } = await auditor.get('/api/v1/audit/checkpoints');
    const [newest] = body.items;
    const oldest = body.items.at(-1);
    expect(newest.size).toBeGreaterThan(oldest.size);
    const answer = await auditor.get(`/api/v1/audit/checkpoints/${newest.size}/consistency?from=${oldest.size}`);
    const key = VerifierKey.parse(newest.verifierKey);
    expect(verifyConsistency(key.open(oldest.note), key.open(newest.note), answer.body.proof.map(bytes))).toBe(true);
    expect((await auditor.get('/api/v1/audit/checkpoints/3/consistency?from=1')).body.code).toBe(
      'audit.checkpoint_not_found',
    );
  });

  it('is for those who may verify', async () => {
    const viewer = await app.as('viewer');
    for (const path of ['verify', 'checkpoints', 'events/5/proof']) {
      expect((await viewer.get(`/api/v1/audit/${path}`)).body.code).toBe('permission.denied');
    }
  });

  it('keeps its key in a file of its own that nobody else reads', () => {
    const path = recordKeyFile(app.folder);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AuditDraft, AuditEvent } from '@waybill/contract';
import { NotCanonicalError, canonicalJson, genesisHash, sealEvent, verifyChain } from './index.js';

const draft: AuditDraft = {
  actor: { type: 'user', id: '01990000-0000-7000-8000-000000000001' },
  via: { door: 'browser', authMethod: 'session', tokenId: null, requestId: 'r-1' },
  action: 'image.push',
  engine: { slug: 'local', id: 'E' },
  target: { reference: 'reg.io/a:1', registry: 'reg.io', repository: 'a', tag: '1', digest: null, imageId: null, size: 7 },
  subject: null,
  operationId: null,
  intentSeq: null,
  phase: 'intent',
  outcome: null,
  error: null,
  durationMs: null,
  details: {},
  personal: { actorName: '李伟', ip: '10.0.0.1', userAgent: null },
};

function chain(length: number): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const id = `01990000-0000-7000-8000-${String(seq).padStart(12, '0')}`;
    const prevHash = events.at(-1)?.hash ?? genesisHash;
    events.push(sealEvent(draft, { seq, id, at: '2026-11-24T10:00:00.000Z', prevHash, salt: '00'.repeat(16) }));
  }
  return events;
}

describe('sealEvent', () => {
  it('gives the hashes that somebody else computes by hand from the canonical form', () => {
    const [event] = chain(1);
    const personal = `{"actorName":"李伟","ip":"10.0.0.1","salt":"${'00'.repeat(16)}","userAgent":null}`;
    const commitment = createHash('sha256').update(personal).digest('hex');
    const body =
      '{"action":"image.push","actor":{"id":"01990000-0000-7000-8000-000000000001","type":"user"},"at":"2026-11-24T10:00:00.000Z",' +
      `"commitment":"${commitment}","details":{},"durationMs":null,"engine":{"id":"E","slug":"local"},"error":null,` +
      '"id":"01990000-0000-7000-8000-000000000001","intentSeq":null,"operationId":null,"outcome":null,"phase":"intent",' +
      `"prevHash":"${genesisHash}","seq":1,"subject":null,` +
      '"target":{"digest":null,"imageId":null,"reference":"reg.io/a:1","registry":"reg.io","repository":"a","size":7,"tag":"1"},' +
      '"v":1,"via":{"authMethod":"session","door":"browser","requestId":"r-1","tokenId":null}}';
    expect(event?.commitment).toBe(commitment);
    expect(event?.hash).toBe(createHash('sha256').update(body).digest('hex'));
  });
});

describe('canonicalJson', () => {
  it.each([[2 ** 53], [Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800'], [{ '\udc00': 1 }], [undefined], [[undefined]], [1n]])('refuses %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(NotCanonicalError);
  });
  it('sorts names by UTF-16 and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, X,"a":0,"\u20ac":1}');
  });
});

describe('verifyChain', () => {
  const change = (at: number, part: Partial<AuditEvent>) => chain(5).map((event) => (event.seq === at ? { ...event, ...part } : event));

  it('passes a whole chain and tells its head', async () => {
    const events = chain(5);
    expect(await verifyChain(events)).toMatchObject({ ok: true, events: 5, headSeq: 5, headHash: events[4]?.hash, flaw: null });
  });
  it('finds an altered event', async () => {
    expect((await verifyChain(change(3, { outcome: 'succeeded' }))).flaw).toEqual({ seq: 3, kind: 'altered' });
  });
  it('finds an altered name', async () => {
    const personal = { salt: '00'.repeat(16), actorName: 'Somebody else', ip: '10.0.0.1', userAgent: null };
    expect((await verifyChain(change(2, { personal }))).flaw).toEqual({ seq: 2, kind: 'commitment' });
  });
  it('counts an erased one apart', async () => {
    expect(await verifyChain(change(2, { personal: null }))).toMatchObject({ ok: true, erased: 1 });
  });
  it('finds a removed one', async () => {
    expect((await verifyChain(chain(5).filter(({ seq }) => seq !== 3))).flaw).toEqual({ seq: 4, kind: 'missing' });
  });
  it('finds two that changed places', async () => {
    const events = chain(5);
    expect((await verifyChain([0, 2, 1, 3, 4].flatMap((at) => events[at] ?? []))).ok).toBe(false);
  });
  it('finds an inserted one that was sealed anew', async () => {
    const events = chain(5);
    const forged = sealEvent(draft, { seq: 3, id: events[2]?.id ?? '', at: '2026-11-24T11:00:00.000Z', prevHash: events[1]?.hash ?? '', salt: 'ff' });
    expect((await verifyChain([...events.slice(0, 2), forged, ...events.slice(3)])).flaw).toEqual({ seq: 4, kind: 'moved' });
  });
});

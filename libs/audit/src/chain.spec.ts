import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AuditDraft, AuditEvent } from '@waybill/contract';
import { NotCanonicalError, canonicalJson, commitmentOf, genesisHash, sealEvent, verifyChain } from './index.js';

const draft: AuditDraft = {
  actor: { type: 'user', id: '01990000-0000-7000-8000-000000000001' },
  via: { door: 'browser', authMethod: 'session', tokenId: null, requestId: 'r-1' },
  action: 'image.push',
  engine: { slug: 'local', id: 'E' },
  target: {
    reference: 'reg.io/a:1',
    registry: 'reg.io',
    repository: 'a',
    tag: '1',
    digest: null,
    imageId: null,
    size: 7,
  },
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
    // Fixed for ever: what was once written verifies with every later version.
    expect(event?.commitment).toBe('e2cdfa17888a3b784f0f256fa0b5c576e3048aa478d1b1392dabfc43e3ee4034');
    expect(event?.hash).toBe('29f7b13227f789737c39525cc1c7bffc21d87d82e76e5bd58bf23b38e009d9ba');
  });
});

describe('canonicalJson', () => {
  it.each([
    [2 ** 53],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['\ud800'],
    [{ '\udc00': 1 }],
    [undefined],
    [[undefined]],
    [1n],
  ])('refuses %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(NotCanonicalError);
  });
  it('leaves out members that are undefined, and takes the largest integer', () => {
    expect(canonicalJson({ a: undefined, b: [2 ** 53 - 1] })).toBe('{"b":[9007199254740991]}');
  });
  it('does not depend on the order in which members were put together', () => {
    expect(canonicalJson({ b: { d: 1, c: 2 }, a: 3 })).toBe(canonicalJson({ a: 3, b: { c: 2, d: 1 } }));
  });
  it('sorts names by UTF-16 and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 1e-7, a: -0 })).toBe('{"\\r":2,"1":1e-7,"a":0,"\u20ac":1}');
  });
});

describe('commitmentOf', () => {
  it('hides a known name behind the salt', () => {
    const personal = { actorName: 'ada', ip: null, userAgent: null };
    expect(commitmentOf({ salt: 'a', ...personal })).not.toBe(commitmentOf({ salt: 'b', ...personal }));
  });
});

describe('verifyChain', () => {
  const change = (at: number, part: Partial<AuditEvent>) =>
    chain(5).map((event) => (event.seq === at ? { ...event, ...part } : event));

  it('passes a whole chain and tells its head', async () => {
    const events = chain(5);
    expect(await verifyChain(events)).toMatchObject({
      ok: true,
      events: 5,
      headSeq: 5,
      headHash: events[4]?.hash,
      flaw: null,
    });
  });
  it('finds an altered event', async () => {
    expect((await verifyChain(change(3, { outcome: 'succeeded' }))).flaw).toEqual({ seq: 3, kind: 'altered' });
  });
  it('finds an altered name', async () => {
    const personal = { salt: '00'.repeat(16), actorName: 'Somebody else', ip: '10.0.0.1', userAgent: null };
    expect((await verifyChain(change(2, { personal }))).flaw).toEqual({ seq: 2, kind: 'commitment' });
  });
  it('finds what was altered into something that has no canonical form', async () => {
    expect((await verifyChain(change(3, { durationMs: 2 ** 60 }))).flaw).toEqual({ seq: 3, kind: 'altered' });
    const personal = { salt: '\ud800', actorName: null, ip: null, userAgent: null };
    expect((await verifyChain(change(3, { personal }))).flaw).toEqual({ seq: 3, kind: 'commitment' });
  });
  it('finds one that stands twice', async () => {
    const events = chain(2);
    expect((await verifyChain([...events, ...events.slice(1)])).flaw).toEqual({ seq: 2, kind: 'moved' });
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
    const forged = sealEvent(draft, {
      seq: 3,
      id: events[2]?.id ?? '',
      at: '2026-11-24T11:00:00.000Z',
      prevHash: events[1]?.hash ?? '',
      salt: 'ff',
    });
    expect((await verifyChain([...events.slice(0, 2), forged, ...events.slice(3)])).flaw).toEqual({
      seq: 4,
      kind: 'moved',
    });
  });
});

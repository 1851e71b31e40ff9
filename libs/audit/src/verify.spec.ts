import { describe, expect, it } from '@jest/globals';
import { genesisHash, sealEvent, verifyChain, GrowingTree } from './index.js';
import type { AuditDraft, AuditEvent } from '@waybill/contract';

const draft = (parts: Partial<AuditDraft>): AuditDraft => ({
  actor: { type: 'system', id: null },
  via: { door: 'system', authMethod: null, tokenId: null, requestId: null },
  action: 'image.push',
  engine: null,
  target: null,
  subject: null,
  operationId: null,
  intentSeq: null,
  phase: 'intent',
  outcome: null,
  error: null,
  durationMs: null,
  details: {},
  personal: { actorName: null, ip: null, userAgent: null },
  ...parts,
});

function record(
  drafts: AuditDraft[],
  at = (seq: number) => `2026-11-24T10:00:${String(seq).padStart(2, '0')}.000Z`,
): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (const one of drafts) {
    const seq = events.length + 1;
    const id = `01990000-0000-7000-8000-${String(seq).padStart(12, '0')}`;
    events.push(sealEvent(one, { seq, id, at: at(seq), prevHash: events.at(-1)?.hash ?? genesisHash, salt: '00' }));
  }
  return events;
}

function signedAt(events: AuditEvent[], size: number) {
  const tree = GrowingTree.empty();
  events.slice(0, size).forEach((event) => tree.add(Buffer.from(event.hash, 'hex')));
  return { size, root: tree.root() };
}

const five = record([
  draft({}),
  draft({ phase: 'outcome', outcome: 'succeeded', intentSeq: 1 }),
  draft({}),
  draft({}),
  draft({}),
]);

describe('a record held against its checkpoints', () => {
  it('is proven up to the largest one', async () => {
    expect(await verifyChain(five, [signedAt(five, 4), signedAt(five, 2), signedAt(five, 0)])).toMatchObject({
      ok: true,
      checkpoints: 3,
      sealedSeq: 4,
    });
  });
  it('shows a tail that was cut off', async () => {
    expect((await verifyChain(five.slice(0, 3), [signedAt(five, 5)])).flaw).toEqual({ seq: 4, kind: 'truncated' });
  });
  it('shows a record that was written anew from the beginning', async () => {
    const forged = record([draft({ action: 'image.pull' }), draft({}), draft({}), draft({}), draft({})]);
    expect((await verifyChain(forged)).ok).toBe(true);
    expect((await verifyChain(forged, [signedAt(five, 4)])).flaw).toEqual({ seq: 4, kind: 'checkpoint' });
  });
});

describe('what a record says beside its hashes', () => {
  it('names intents without an outcome', async () => expect((await verifyChain(five)).openIntents).toEqual([3, 4, 5]));
  it('flags a clock that jumps back, and still holds', async () => {
    const jumpy = record([draft({}), draft({}), draft({})], (seq) => `2026-11-24T10:00:0${seq === 2 ? 9 : seq}.000Z`);
    expect(await verifyChain(jumpy)).toMatchObject({ ok: true, clockJumps: 1 });
  });
});

import type { AuditEvent } from '@waybill/contract';
import { NotCanonicalError } from './canonical.js';
import { commitmentOf, genesisHash, hashOf } from './chain.js';

/** What is wrong with the first event that does not fit. */
export interface Flaw {
  seq: number;
  /** `altered`: its body does not give its hash. `commitment`: its personal part is another. `missing`, `moved`: its place is wrong. */
  kind: 'altered' | 'commitment' | 'missing' | 'moved';
}

export interface Verdict {
  ok: boolean;
  /** How many events were read up to the flaw, or in all. */
  events: number;
  /** How many have lost their personal part by erasure: that is no flaw. */
  erased: number;
  headSeq: number;
  headHash: string;
  flaw: Flaw | null;
}

/**
 * Reads a chain in order and stops at the first flaw. A tail that was cut off is not seen here: compare `headSeq` and
 * `headHash` with what was kept elsewhere.
 * @param from where to begin, for a part of a record; its beginning unless given
 */
export async function verifyChain(
  events: Iterable<AuditEvent> | AsyncIterable<AuditEvent>,
  from: { seq: number; hash: string } = { seq: 0, hash: genesisHash },
): Promise<Verdict> {
  const verdict: Verdict = { ok: true, events: 0, erased: 0, headSeq: from.seq, headHash: from.hash, flaw: null };
  for await (const event of events) {
    const kind = flawOf(event, verdict);
    if (kind) return { ...verdict, ok: false, flaw: { seq: event.seq, kind } };
    verdict.events += 1;
    if (!event.personal) verdict.erased += 1;
    verdict.headSeq = event.seq;
    verdict.headHash = event.hash;
  }
  return verdict;
}

function flawOf(event: AuditEvent, { headSeq, headHash }: Verdict): Flaw['kind'] | null {
  if (!gives(event.hash, () => hashOf(event))) return 'altered';
  const { personal } = event;
  if (personal && !gives(event.commitment, () => commitmentOf(personal))) return 'commitment';
  if (event.seq > headSeq + 1) return 'missing';
  return event.seq === headSeq + 1 && event.prevHash === headHash ? null : 'moved';
}

/** What was altered may have no canonical form at all. */
function gives(hash: string, compute: () => string): boolean {
  try {
    return compute() === hash;
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}

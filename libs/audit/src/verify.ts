import type { AuditEvent } from '@waybill/contract';
import { NotCanonicalError } from './canonical.js';
import { commitmentOf, genesisHash, hashOf } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { GrowingTree } from './merkle.js';

/** What is wrong with the first event that does not fit. */
export interface Flaw {
  seq: number;
  /**
   * `altered`: its body does not give its hash. `commitment`: its personal part is another. `missing`, `moved`: its place is wrong.
   * `column`: what is searched differs from what is hashed. `checkpoint`: the tree up to it is not the one that was signed.
   * `truncated`: events up to this one were signed for, and are not there.
   */
  kind: 'altered' | 'commitment' | 'missing' | 'moved' | 'column' | 'checkpoint' | 'truncated';
}

export interface Verdict {
  ok: boolean;
  /** How many events were read up to the flaw, or in all. */
  events: number;
  /** How many have lost their personal part by erasure: that is no flaw. */
  erased: number;
  headSeq: number;
  headHash: string;
  /** The checkpoints that the events were held against, and the largest of them. */
  checkpoints: number;
  sealedSeq: number;
  /** Intents that have no outcome (the first hundred): what runs at the moment, or was lost. */
  openIntents: number[];
  /** Events whose clock stood before that of the event before: flagged, no flaw. */
  clockJumps: number;
  flaw: Flaw | null;
}

type SignedTree = Pick<Checkpoint, 'size' | 'root'>;
const openAtMost = 100;

/** Reads a record event by event, in order, and holds it against the checkpoints that were signed for it. */
export class RecordVerifier {
  private readonly tree = GrowingTree.empty();
  private readonly signed: SignedTree[];
  private readonly open = new Set<number>();
  private readonly verdict: Verdict;
  private lastAt = '';

  /** @param checkpoints with their signatures already verified, in any order */
  constructor(checkpoints: readonly SignedTree[] = []) {
    this.signed = checkpoints.toSorted((a, b) => a.size - b.size);
    this.verdict = {
      ok: true,
      events: 0,
      erased: 0,
      headSeq: 0,
      headHash: genesisHash,
      checkpoints: 0,
      sealedSeq: 0,
      openIntents: [],
      clockJumps: 0,
      flaw: null,
    };
    this.holdAgainstSigned();
  }

  /** @returns false at the first flaw: then `finish` tells it, and nothing more is to be read */
  accept(event: AuditEvent): boolean {
    if (this.verdict.flaw) return false;
    const kind = flawOf(event, this.verdict);
    if (kind) return this.found({ seq: event.seq, kind });
    this.verdict.events += 1;
    if (!event.personal) this.verdict.erased += 1;
    this.verdict.headSeq = event.seq;
    this.verdict.headHash = event.hash;
    if (event.at < this.lastAt) this.verdict.clockJumps += 1;
    this.lastAt = event.at;
    if (event.phase === 'intent') this.open.add(event.seq);
    else if (event.intentSeq !== null) this.open.delete(event.intentSeq);
    this.tree.add(Buffer.from(event.hash, 'hex'));
    return this.holdAgainstSigned();
  }

  /** Notes a flaw that only the reader can see, such as a column that differs from its body. */
  found(flaw: Flaw): false {
    this.verdict.flaw ??= flaw;
    this.verdict.ok = false;
    return false;
  }

  finish(): Verdict {
    const beyond = this.signed.at(0);
    if (!this.verdict.flaw && beyond) this.found({ seq: this.verdict.headSeq + 1, kind: 'truncated' });
    return { ...this.verdict, openIntents: [...this.open].slice(0, openAtMost) };
  }

  private holdAgainstSigned(): boolean {
    for (let [next] = this.signed; next?.size === this.tree.size; [next] = this.signed) {
      this.signed.shift();
      if (!next.root.equals(this.tree.root())) return this.found({ seq: next.size, kind: 'checkpoint' });
      this.verdict.checkpoints += 1;
      this.verdict.sealedSeq = next.size;
    }
    return true;
  }
}

/** Reads a whole record in order and stops at the first flaw. */
export async function verifyChain(
  events: Iterable<AuditEvent> | AsyncIterable<AuditEvent>,
  checkpoints: readonly SignedTree[] = [],
): Promise<Verdict> {
  const verifier = new RecordVerifier(checkpoints);
  for await (const event of events) if (!verifier.accept(event)) break;
  return verifier.finish();
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

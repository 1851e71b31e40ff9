import { Injectable } from '@nestjs/common';
import {
  RecordVerifier,
  VerifierKey,
  consistencyProof,
  inclusionProof,
  leafHash,
  type Checkpoint,
} from '@waybill/audit';
import {
  WaybillError,
  type AuditCheckpoint,
  type AuditConsistency,
  type AuditProof,
  type AuditVerifyLine,
  type List,
} from '@waybill/contract';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { Checkpoints } from './checkpoints.service.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { Record } from './record.service.js';

const batch = 2000;

/** Proves the record: whole, or one event of it, or that it goes on from an older checkpoint. */
@Injectable()
export class Verification {
  private busy = false;

  constructor(
    private readonly record: Record,
    private readonly events: AuditRepository,
    private readonly audit: AuditService,
    private readonly checkpoints: Checkpoints,
    private readonly repository: CheckpointsRepository,
  ) {}

  async list(cursor: string | undefined, limit: number): Promise<List<AuditCheckpoint>> {
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
      throw new WaybillError('request.invalid', 'The cursor is not one of ours.');
    const found = await this.repository.page(cursor === undefined ? null : Number(cursor), limit + 1);
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? String(items.at(-1)?.size) : null };
  }

  /**
   * Reads the whole record: each hash, each place, the columns that are searched against what is hashed, and every checkpoint.
   * Tells how far it is after each batch. @throws WaybillError audit.verifying
   */
  async *verify(): AsyncGenerator<AuditVerifyLine> {
    if (this.busy) throw new WaybillError('audit.verifying', 'The record is being verified; wait until it has ended.');
    this.busy = true;
    try {
      const total = this.record.headSeq;
      const verifier = new RecordVerifier(await this.signed());
      for await (const rows of this.events.verifiable(total, batch)) {
        for (const { seq, event, columnsHold } of rows) {
          if (!event) verifier.found({ seq, kind: 'altered' });
          else if (verifier.accept(event) && !columnsHold) verifier.found({ seq, kind: 'column' });
        }
        yield { type: 'progress', checked: rows.at(-1)?.seq ?? 0, total };
        if (verifier.finish().flaw) break;
      }
      const read = verifier.finish();
      if (!read.flaw && read.headSeq < total) verifier.found({ seq: read.headSeq + 1, kind: 'truncated' });
      yield { type: 'verdict', verdict: verifier.finish() };
    } finally {
      this.busy = false;
    }
  }

  /** That an event is in the record, under the smallest checkpoint that signs for it, or a new one. */
  async prove(seq: number): Promise<AuditProof> {
    const event = await this.audit.get(seq);
    const checkpoint = (await this.repository.over(seq)) ?? (await this.checkpoints.sign());
    if (!checkpoint || checkpoint.size < seq)
      throw new WaybillError('audit.checkpoint_not_found', 'The event is not signed for yet; try again.');
    const leaves = await this.leaves(checkpoint.size);
    const proof = inclusionProof(leaves, seq - 1, checkpoint.size).map((hash) => hash.toString('hex'));
    return { seq, hash: event.hash, leafIndex: seq - 1, proof, checkpoint };
  }

  async consistency(from: number, to: number): Promise<AuditConsistency> {
    const [older, newer] = [await this.checkpoint(from), await this.checkpoint(to)];
    if (older.size > newer.size)
      throw new WaybillError('request.invalid', '`from` is the older checkpoint, with fewer events.');
    const proof = consistencyProof(await this.leaves(newer.size), older.size, newer.size).map((hash) =>
      hash.toString('hex'),
    );
    return { from: older, to: newer, proof };
  }

  /** @throws WaybillError audit.checkpoint_not_found */
  private async checkpoint(size: number): Promise<AuditCheckpoint> {
    const found = await this.repository.find(size);
    if (!found) throw new WaybillError('audit.checkpoint_not_found', `There is no checkpoint of ${size} events.`);
    return found;
  }

  /** What was signed, each signature verified with our own key: a note that somebody put there is not believed. */
  private async signed(): Promise<Checkpoint[]> {
    const key = VerifierKey.parse(this.checkpoints.verifierKey);
    return (await this.repository.all()).map(({ note }) => key.open(note));
  }

  private async leaves(size: number): Promise<Buffer[]> {
    const leaves: Buffer[] = [];
    for await (const hashes of this.events.hashes(0, size, 10_000))
      for (const hash of hashes) leaves.push(leafHash(Buffer.from(hash, 'hex')));
    return leaves;
  }
}

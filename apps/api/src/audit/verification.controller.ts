import { Readable } from 'node:stream';
import { Controller, Get, Header, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AuditCheckpointList,
  AuditConsistency,
  AuditProof,
  PageQuery,
  type AuditCheckpoint,
  type AuditVerifyLine,
  type List,
} from '@waybill/contract';
import { z } from 'zod';
import { Needs } from '../common/access.decorators.js';
import { Answers, AnswersStream } from '../common/answers.decorator.js';
import { Verification } from './verification.service.js';

const Count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const ConsistencyQuery = z.object({ from: Count }).strict();

/** Proves that the record was not changed. */
@ApiTags('audit')
@Controller('api/v1/audit')
export class VerificationController {
  constructor(private readonly verification: Verification) {}

  /** Newest first. */
  @Get('checkpoints')
  @Needs('audit.read')
  @Answers(AuditCheckpointList)
  checkpoints(@Query({ schema: PageQuery }) { cursor, limit }: PageQuery): Promise<List<AuditCheckpoint>> {
    return this.verification.list(cursor, limit);
  }

  /** That the record of `size` events goes on from that of the older checkpoint `from`. */
  @Get('checkpoints/:size/consistency')
  @Needs('audit.verify')
  @Answers(AuditConsistency)
  consistency(
    @Param('size', { schema: Count }) size: number,
    @Query({ schema: ConsistencyQuery }) { from }: { from: number },
  ): Promise<AuditConsistency> {
    return this.verification.consistency(from, size);
  }

  /** That one event is in the record. */
  @Get('events/:seq/proof')
  @Needs('audit.verify')
  @Answers(AuditProof)
  proof(@Param('seq', { schema: Count }) seq: number): Promise<AuditProof> {
    return this.verification.prove(seq);
  }

  /** Reads the whole record and tells, line by line (NDJSON of AuditVerifyLine), how far it is; the last line is the verdict. */
  @Get('verify')
  @Needs('audit.verify')
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @AnswersStream('application/x-ndjson')
  async verify(): Promise<StreamableFile> {
    const lines = this.verification.verify();
    // The first line is waited for, so that a refusal is a problem and not a broken stream.
    const first = await lines.next();
    return new StreamableFile(Readable.from(asText(first, lines)), { type: 'application/x-ndjson' });
  }
}

async function* asText(
  first: IteratorResult<AuditVerifyLine>,
  rest: AsyncGenerator<AuditVerifyLine>,
): AsyncGenerator<string> {
  if (first.done) return;
  yield `${JSON.stringify(first.value)}\n`;
  for await (const line of rest) yield `${JSON.stringify(line)}\n`;
}

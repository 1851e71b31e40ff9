import { Injectable } from '@nestjs/common';
import type { LayerProgress, Operation, ProgressSummary, TranscriptLine } from '@waybill/contract';
import { Emitter } from '../common/emitter.js';

/** What happens to operations, for those who relay it. */
@Injectable()
export class OperationEvents extends Emitter<{
  /** Made, or changed in state, people, place or outcome. */
  changed: Operation;
  /** Merged to at most ten a second for each operation. */
  progress: { id: string; progress: ProgressSummary; layers: LayerProgress[] };
  lines: { id: string; from: number; lines: TranscriptLine[] };
}> {}

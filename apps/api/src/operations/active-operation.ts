import {
  hasEnded,
  mayBecome,
  type LayerProgress,
  type Operation,
  type OperationState,
  type OperationSummary,
  type ProgressSummary,
  type TranscriptLine,
} from '@waybill/contract';
import { createTransferProgress, createTranscript, type EngineLine, type TransferProgress } from '@waybill/engine';
import type { OperationVia, StoredOperation } from './operation.types.js';

/** An operation that has not ended, as it lives in memory: its one truth until it ends. */
export class ActiveOperation {
  operation: Operation;
  readonly via: OperationVia;
  readonly intentSeq: number | null;
  /** Ends what runs; the reason is an Ending. */
  readonly abort = new AbortController();
  private transfer: TransferProgress;
  private readonly transcript: ReturnType<typeof createTranscript>;
  private linesTaken = 0;

  constructor(stored: StoredOperation, transcriptBytes: number, private readonly containerdStore: () => boolean) {
    this.operation = stored.operation;
    this.via = stored.via;
    this.intentSeq = stored.intentSeq;
    this.transcript = createTranscript({ maxBytes: transcriptBytes });
    this.transfer = this.freshTransfer();
  }

  get id(): string {
    return this.operation.id;
  }

  get ended(): boolean {
    return hasEnded(this.operation.state);
  }

  /** Answers false, changing nothing, where the transition is not allowed: late updates are swallowed. */
  become(state: OperationState, change: Partial<Operation> = {}): boolean {
    if (!mayBecome(this.operation.state, state)) return false;
    this.operation = { ...this.operation, ...change, state };
    return true;
  }

  change(change: Partial<Operation>): void {
    this.operation = { ...this.operation, ...change };
  }

  /** A new try begins: what the engine says now is counted anew. */
  beginAttempt(attempt: number): void {
    this.transfer = this.freshTransfer();
    this.operation = { ...this.operation, attempt };
    this.refresh();
  }

  accept(line: EngineLine, at: Date): void {
    this.transfer.accept(line, at.getTime());
    this.transcript.accept(line, at.toISOString());
  }

  /** A line of ours between the engine's. */
  note(text: string, at: Date): void {
    this.transcript.note(text, at.toISOString());
  }

  finishTransfer(): void {
    this.transfer.finish();
    this.refresh();
  }

  get found(): Pick<TransferProgress, 'digest' | 'manifestSize' | 'status'> {
    return this.transfer;
  }

  /** Brings the operation's progress up to date with the lines. */
  refresh(): void {
    this.operation = { ...this.operation, progress: { ...this.transfer.snapshot(Date.now()), retryAt: null } };
  }

  /** Waiting for another try after a rate limit. */
  backOff(until: Date): void {
    this.operation = {
      ...this.operation,
      progress: { ...this.operation.progress, phase: 'backing_off', retryAt: until.toISOString(), bytesPerSecond: null, secondsLeft: null },
    };
  }

  /** What changed since it was last taken. */
  take(): { progress: ProgressSummary; layers: LayerProgress[]; lines: { from: number; lines: TranscriptLine[] } } {
    const { layers } = this.transfer.takeChanges(Date.now());
    this.refresh();
    const lines = this.transcript.linesFrom(this.linesTaken);
    this.linesTaken = lines.from + lines.lines.length;
    return { progress: summaryOf(this.operation).progress, layers, lines };
  }

  /** The last lines, for who comes late; the first has the number `from`. */
  lastLines(count: number): { from: number; lines: TranscriptLine[] } {
    return this.transcript.linesFrom(Math.max(0, this.linesTaken - count), this.linesTaken);
  }

  savedTranscript(): { lines: TranscriptLine[]; total: number; truncated: boolean } {
    return this.transcript.saved();
  }

  private freshTransfer(): TransferProgress {
    return createTransferProgress({
      kind: this.operation.kind === 'image.pull' ? 'pull' : 'push',
      containerdStore: this.containerdStore(),
    });
  }
}

/** An operation without its layers. */
export function summaryOf(operation: Operation): OperationSummary {
  const { layers: _, ...progress } = operation.progress;
  return { ...operation, progress };
}

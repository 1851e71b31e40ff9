import {
  hasEnded,
  mayBecome,
  type LayerProgress,
  type Operation,
  type OperationState,
  type OperationSummary,
  type ProgressSummary,
  type Transcript,
  type TranscriptLine,
} from '@waybill/contract';
import {
  createTransferProgress,
  createTranscript,
  type EngineLine,
  type TransferProgress,
  type TranscriptKeeper,
} from '@waybill/engine';
import type { OperationVia, StoredOperation } from './operation.types.js';

/** How many of the last lines are kept for who comes late. */
const recentLines = 500;

/** An operation that has not ended, as it lives in memory: its one truth until it ends. */
export class ActiveOperation {
  operation: Operation;
  readonly via: OperationVia;
  readonly intentSeq: number | null;
  /** Ends what runs; the reason is an Ending. */
  readonly abort = new AbortController();
  private readonly transfer: TransferProgress;
  private readonly transcript: TranscriptKeeper;
  private recent: TranscriptLine[] = [];
  private untaken: TranscriptLine[] = [];

  constructor(stored: StoredOperation, settings: { transcriptBytes: number; containerdStore: boolean }) {
    this.operation = stored.operation;
    this.via = stored.via;
    this.intentSeq = stored.intentSeq;
    this.transcript = createTranscript({ maxBytes: settings.transcriptBytes });
    this.transfer = createTransferProgress({
      kind: stored.operation.kind === 'image.pull' ? 'pull' : 'push',
      containerdStore: settings.containerdStore,
    });
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

  /** What layers will be before the engine's lines tell it, by the id of their lines: bytes. */
  expect(sizes: ReadonlyMap<string, number>): void {
    this.transfer.expect(sizes);
  }

  accept(line: EngineLine, at: Date): void {
    this.transfer.accept(line, at.getTime());
    this.keep(this.transcript.accept(line, at.toISOString()));
  }

  /** A line of ours between the engine's. */
  note(text: string, at: Date): void {
    this.keep(this.transcript.add(text, at.toISOString()));
  }

  /** The engine said that all is done. */
  finishTransfer(): void {
    this.transfer.finish();
    this.refresh();
  }

  get found(): Pick<TransferProgress, 'digest' | 'manifestSize' | 'status'> {
    return this.transfer;
  }

  /** Waiting for another try after a rate limit. */
  backOff(until: Date): void {
    this.transfer.backOff(until.toISOString());
    this.refresh();
  }

  /** What changed since it was last taken. */
  take(): { progress: ProgressSummary; layers: LayerProgress[]; lines: { from: number; lines: TranscriptLine[] } } {
    const { progress, layers } = this.transfer.takeChanges(Date.now());
    this.refresh();
    const lines = { from: this.transcript.total - this.untaken.length, lines: this.untaken };
    this.untaken = [];
    return { progress, layers, lines };
  }

  /** The last lines that were taken, for who comes late; the first has the number `from`. */
  lastLines(): { from: number; lines: TranscriptLine[] } {
    const taken = this.transcript.total - this.untaken.length;
    const lines = this.recent.slice(0, this.recent.length - this.untaken.length);
    return { from: taken - lines.length, lines };
  }

  readTranscript(): Transcript {
    return this.transcript.read();
  }

  /** Brings the operation's progress up to date with the lines. */
  private refresh(): void {
    this.operation = { ...this.operation, progress: this.transfer.snapshot(Date.now()) };
  }

  private keep(line: TranscriptLine | null): void {
    if (!line) return;
    this.untaken.push(line);
    this.recent.push(line);
    if (this.recent.length > 2 * recentLines) this.recent = this.recent.slice(-recentLines);
  }
}

/** An operation without its layers. */
export function summaryOf(operation: Operation): OperationSummary {
  const { layers: _, ...progress } = operation.progress;
  return { ...operation, progress };
}

import { liveDeltasPerSecond } from '@waybill/contract';

/** Merges changes: calls back at once, then at most `liveDeltasPerSecond` times a second while changes come. */
export class DeltaClock {
  private timer: NodeJS.Timeout | null = null;
  private marked = false;

  constructor(
    private readonly tell: () => void,
    private readonly interval = 1000 / liveDeltasPerSecond,
  ) {}

  mark(): void {
    if (this.timer) {
      this.marked = true;
      return;
    }
    this.tell();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (!this.marked) return;
      this.marked = false;
      this.mark();
    }, this.interval);
  }

  /** Tells what is still untold, and stops. */
  end(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.marked) this.tell();
    this.marked = false;
  }
}

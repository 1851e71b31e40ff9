/** Calls back once when nothing was heard for so many seconds. A running transfer has no other limit of time. */
export class SilenceWatch {
  private timer: NodeJS.Timeout;

  constructor(seconds: number, onSilence: () => void) {
    this.timer = setTimeout(onSilence, seconds * 1000);
  }

  heard(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

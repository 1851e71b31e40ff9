import { Injectable } from '@nestjs/common';

/**
 * Changes to registries take turns: each judges what the one before has left, so that no password can be added to a
 * registry while another change moves it to a new address.
 */
@Injectable()
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

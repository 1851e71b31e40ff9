import { Injectable } from '@nestjs/common';
import { RegistryEvents } from './registry.events.js';

/**
 * Changes to registries take turns: each judges what the one before has left, so that no password can be added to a
 * registry while another change moves it to a new address. After each, who looks on is told.
 */
@Injectable()
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly events: RegistryEvents) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    const done = await turn;
    this.events.emit('changed', null);
    return done;
  }
}

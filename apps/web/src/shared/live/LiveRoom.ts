import type { Ack, LiveMessage, Problem, Reduced } from '@waybill/contract';

/** More than this is not kept while a snapshot is under way; the gap then asks for the next one. */
const mostEarly = 200;

interface RoomOptions<S, E> {
  join: (ack: (answer: Ack<S>) => void) => void;
  reduce: (state: S, message: LiveMessage<E>) => Reduced<S>;
  /** A new state; `fresh` says that it is a snapshot, so that deltas before it may have been missed. */
  onState: (state: S, fresh: boolean) => void;
  onRefused: (problem: Problem) => void;
}

/**
 * One room of the live line: a snapshot, then deltas in order. A gap or another epoch asks for the snapshot again, never
 * twice at once; what comes while one waits for it is kept and read after it, because a delta may overtake the answer.
 */
export class LiveRoom<S, E> {
  readonly #options: RoomOptions<S, E>;
  #state: S | null = null;
  #asking = 0;
  #turn = 0;
  #early: LiveMessage<E>[] = [];

  constructor(options: RoomOptions<S, E>) {
    this.#options = options;
  }

  /** Asks for the snapshot; to be called on each new connection too, because an ack dies with its connection. */
  join(): void {
    const turn = (this.#turn += 1);
    this.#asking = turn;
    this.#early = [];
    this.#options.join((answer) => {
      if (turn !== this.#asking) return;
      this.#asking = 0;
      if (!answer.ok) return this.#options.onRefused(answer.problem);
      this.#state = answer.data;
      this.#options.onState(answer.data, true);
      for (const message of this.#early.splice(0)) this.receive(message);
    });
  }

  receive(message: LiveMessage<E>): void {
    if (this.#asking) {
      if (this.#early.length < mostEarly) this.#early.push(message);
      return;
    }
    if (!this.#state) return;
    const { state, stale } = this.#options.reduce(this.#state, message);
    if (stale) return this.join();
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state, false);
  }

  /** Answers that are still under way are for nobody. */
  leave(): void {
    this.#asking = 0;
    this.#turn += 1;
    this.#early = [];
    this.#state = null;
  }
}

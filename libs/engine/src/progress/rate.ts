const windowMs = 5000;
const sampleEveryMs = 100;
/** A rate out of less than this is noise. */
const leastSpanMs = 500;

/** Bytes a second over the last five seconds. Holds at most about fifty samples. */
export class Rate {
  #samples: { at: number; bytes: number }[] = [];
  #bytes = 0;

  /** @param bytes that have moved since the last call @param at milliseconds */
  add(bytes: number, at: number): void {
    const last = this.#samples.at(-1);
    if (!last) this.#samples.push({ at, bytes: this.#bytes });
    this.#bytes += bytes;
    const [before, latest] = this.#samples.slice(-2);
    if (before && latest && latest.at - before.at < sampleEveryMs) this.#samples.pop();
    this.#samples.push({ at: Math.max(at, latest?.at ?? at), bytes: this.#bytes });
    this.#forget(at);
  }

  /** Null while there is too little to tell. */
  perSecond(at: number): number | null {
    this.#forget(at);
    const first = this.#samples[0];
    if (!first || at - first.at < leastSpanMs) return null;
    return ((this.#bytes - first.bytes) * 1000) / (at - first.at);
  }

  /** Begins anew, after a pause that says nothing of the line's speed. */
  reset(): void {
    this.#samples = [];
  }

  /** The last sample before the window stays: the window's bytes are counted from it. */
  #forget(at: number): void {
    let keepFrom = 0;
    while (keepFrom + 1 < this.#samples.length && (this.#samples[keepFrom + 1]?.at ?? at) <= at - windowMs)
      keepFrom += 1;
    if (keepFrom > 0) this.#samples.splice(0, keepFrom);
  }
}

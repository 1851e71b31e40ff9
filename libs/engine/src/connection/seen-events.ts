import type { EngineEvent } from '../client/events.js';

/** As many as an engine itself keeps, twice. */
const kept = 512;

/** Knows the last events, so that what `since` tells again after a break is not told twice. */
export class SeenEvents {
  readonly #keys = new Set<string>();

  /** @returns whether it is new */
  add({ stamp, type, action, id }: EngineEvent): boolean {
    const key = `${stamp} ${type} ${action} ${id}`;
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > kept) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return true;
  }
}

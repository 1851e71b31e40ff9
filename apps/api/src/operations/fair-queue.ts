/** One who waits: `owner` is whose turn it counts against. */
export interface Waiting {
  id: string;
  owner: string;
}

/**
 * Who runs next on one engine. At most `atOnce` run; among those that wait, the owner with the fewest running goes first,
 * then the one that was served longest ago, then who came first: nobody's fifty pushes hold up a colleague's one.
 */
export class FairQueue {
  private readonly waiting: Waiting[] = [];
  private readonly running = new Map<string, string>();
  private readonly servedAt = new Map<string, number>();
  private served = 0;

  constructor(private readonly atOnce: number) {}

  get length(): number {
    return this.waiting.length;
  }

  add(one: Waiting): void {
    this.waiting.push(one);
  }

  /** Takes it out, running or waiting. Answers whether it was there. */
  remove(id: string): boolean {
    if (this.running.delete(id)) return this.forgetIdleOwners();
    const at = this.waiting.findIndex((one) => one.id === id);
    if (at < 0) return false;
    this.waiting.splice(at, 1);
    return this.forgetIdleOwners();
  }

  /** The next one that may run now, marked as running; null where all places are taken or nobody waits. */
  next(): Waiting | null {
    if (this.running.size >= this.atOnce) return null;
    const chosen = this.first();
    if (!chosen) return null;
    this.waiting.splice(this.waiting.indexOf(chosen), 1);
    this.running.set(chosen.id, chosen.owner);
    this.servedAt.set(chosen.owner, (this.served += 1));
    return chosen;
  }

  /** Ids of those that wait, in the order in which they would run if nothing ended or came. */
  positions(): string[] {
    const copy = new FairQueue(Number.POSITIVE_INFINITY);
    copy.waiting.push(...this.waiting);
    for (const [id, owner] of this.running) copy.running.set(id, owner);
    for (const [owner, at] of this.servedAt) copy.servedAt.set(owner, at);
    copy.served = this.served;
    return Array.from(this.waiting, () => copy.next()).flatMap((one) => (one ? [one.id] : []));
  }

  private first(): Waiting | undefined {
    const busy = new Map<string, number>();
    for (const owner of this.running.values()) busy.set(owner, (busy.get(owner) ?? 0) + 1);
    const isBefore = (a: Waiting, b: Waiting) =>
      ((busy.get(a.owner) ?? 0) - (busy.get(b.owner) ?? 0) ||
        (this.servedAt.get(a.owner) ?? 0) - (this.servedAt.get(b.owner) ?? 0)) < 0;
    let first = this.waiting[0];
    for (const one of this.waiting) if (first && isBefore(one, first)) first = one;
    return first;
  }

  /** Owners without work leave the book, so that it doesn't grow with everybody who ever came. */
  private forgetIdleOwners(): true {
    const active = new Set([...this.running.values(), ...this.waiting.map((one) => one.owner)]);
    for (const owner of this.servedAt.keys()) if (!active.has(owner)) this.servedAt.delete(owner);
    return true;
  }
}

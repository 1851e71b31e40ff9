import type { AuditDraft } from '@waybill/contract';

/** So many denials of one actor are put on record one by one in a window; what comes beyond is counted. */
const oneByOne = 120;
const windowMs = 60_000;
const mostActors = 10_000;

interface Window {
  startedAt: number;
  seen: number;
  /** Not written yet, and the last one of them. */
  held: { count: number; last: AuditDraft } | null;
}

/** Keeps a loop of refused requests from filling the record: it becomes one event a minute that says how many there were. */
export class DenialFlood {
  private readonly windows = new Map<string, Window>();

  /** Whether this one is to be written now; otherwise it is counted. */
  admits(draft: AuditDraft, now: number): boolean {
    const key = draft.actor.id ?? draft.actor.type;
    const known = this.windows.get(key);
    const window =
      known && now - known.startedAt < windowMs ? known : { startedAt: now, seen: 0, held: known?.held ?? null };
    if (!known && this.windows.size >= mostActors) return true;
    this.windows.set(key, window);
    window.seen += 1;
    if (window.seen <= oneByOne) return true;
    window.held = { count: (window.held?.count ?? 0) + 1, last: draft };
    return false;
  }

  /** What was only counted in windows that are over, one draft for each actor, told with `repeated`. */
  settle(now: number): AuditDraft[] {
    const settled: AuditDraft[] = [];
    for (const [key, { startedAt, held }] of this.windows) {
      if (now - startedAt < windowMs) continue;
      this.windows.delete(key);
      if (held) settled.push({ ...held.last, details: { ...held.last.details, repeated: held.count } });
    }
    return settled;
  }
}

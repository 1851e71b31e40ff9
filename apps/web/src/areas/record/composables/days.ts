import type { AuditEvent } from '@waybill/contract';

export interface Day {
  key: string;
  /** A time of that day, to name it by. */
  at: string;
  events: AuditEvent[];
}

/** Groups events that follow each other by the reader's own day. */
export function byDay(events: readonly AuditEvent[]): Day[] {
  const days: Day[] = [];
  for (const event of events) {
    const key = new Date(event.at).toDateString();
    const last = days.at(-1);
    if (last?.key === key) last.events.push(event);
    else days.push({ key, at: event.at, events: [event] });
  }
  return days;
}

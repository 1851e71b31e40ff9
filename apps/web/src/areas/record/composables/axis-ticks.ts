export interface Tick {
  /** Where it stands, 0 to 1. */
  share: number;
  label: string;
}

const hour = 3_600_000;
const day = 24 * hour;
const steps = [hour, 3 * hour, 6 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day];

/** At most eight marks between two times (milliseconds), on the reader's own midnights where the span is longer than a day. */
export function axisTicks(from: number, to: number, locale: string): Tick[] {
  const length = to - from;
  if (length <= 0) return [];
  const step = steps.find((one) => length / one <= 8) ?? steps.at(-1) ?? day;
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  if (step >= day) first.setHours(0);
  const format = new Intl.DateTimeFormat(
    locale,
    step < day ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { month: 'short', day: 'numeric' },
  );
  const ticks: Tick[] = [];
  for (let n = 0; n < 400; n += 1) {
    const at = new Date(first);
    if (step >= day) at.setDate(first.getDate() + Math.round((n * step) / day));
    else at.setTime(first.getTime() + n * step);
    if (at.getTime() > to) break;
    const share = (at.getTime() - from) / length;
    if (share >= 0 && share <= 0.96) ticks.push({ share, label: format.format(at) });
  }
  return ticks;
}

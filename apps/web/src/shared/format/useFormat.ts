import { computed } from 'vue';
import { useI18n } from 'vue-i18n';

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Every figure and time on the page goes through here: decimal units, one decimal, the reader's zone. */
export function useFormat() {
  const { t, locale } = useI18n();

  function bytes(value: number, decimals = 1): string {
    let rest = Math.abs(value);
    let unit = 0;
    while (rest >= 999.95 && unit < units.length - 1) {
      rest /= 1000;
      unit += 1;
    }
    return `${value < 0 ? '−' : ''}${rest.toFixed(unit === 0 ? 0 : decimals)} ${units[unit]}`;
  }

  const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`;
  const count = (value: number): string => value.toLocaleString(locale.value);

  /** Seconds as words: below one with a decimal, from an hour on without seconds. */
  function duration(seconds: number): string {
    if (seconds < 1) return t('time.seconds', { n: seconds <= 0 ? 0 : Math.max(0.1, Number(seconds.toFixed(1))) });
    const whole = Math.round(seconds);
    if (whole < 60) return t('time.seconds', { n: whole });
    if (whole < 3600) return t('time.minutes', { m: Math.floor(whole / 60), s: whole % 60 });
    return t('time.hours', { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
  }

  /** How long ago a time was, seen from `now` (milliseconds). A clock that goes a little wrong shows no future. */
  function ago(time: string, now: number = Date.now()): string {
    const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
    if (seconds < 2) return t('time.justNow');
    if (seconds < 60) return t('time.secondsAgo', { n: seconds });
    if (seconds < 3600) return t('time.minutesAgo', { n: Math.floor(seconds / 60) });
    if (seconds < 86_400) return t('time.hoursAgo', { n: Math.floor(seconds / 3600) });
    return t('time.daysAgo', { n: Math.floor(seconds / 86_400) });
  }

  const formats = computed(() => ({
    clock: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: new Intl.DateTimeFormat(locale.value, { year: 'numeric', month: 'short', day: 'numeric' }),
    zone: new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' }),
  }));

  /** `14:31:49`, with milliseconds where asked. */
  function clock(time: string, milliseconds = false): string {
    const date = new Date(time);
    const text = formats.value.clock.format(date);
    return milliseconds ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text;
  }

  const day = (time: string): string => formats.value.day.format(new Date(time));

  /** The offset of the reader's zone at that time: `UTC+8`. */
  function zone(time: string): string {
    const part = formats.value.zone.formatToParts(new Date(time)).find(({ type }) => type === 'timeZoneName');
    return (part?.value ?? 'UTC').replace('GMT', 'UTC');
  }

  /** `2026-11-24 14:31:49 UTC+8` */
  function exact(time: string): string {
    const date = new Date(time);
    const two = (value: number): string => String(value).padStart(2, '0');
    const ymd = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${ymd} ${clock(time)} ${zone(time)}`;
  }

  return { bytes, rate, count, duration, ago, clock, day, zone, exact };
}

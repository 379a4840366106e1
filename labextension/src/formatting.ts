/** How long something has been waiting, in plain words. Pure: the caller gives the clock. */
import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "just now", "5 minutes", "3 hours", "2 days" between `since` (ISO 8601) and `now` (ms since 1970).
 *
 * A clock of the browser that runs behind the service's gives "just now", never a negative time; an
 * unreadable date gives an empty text.
 */
export function waitingFor(since: string, now: number, trans: TranslationBundle): string {
  const start = Date.parse(since);
  if (Number.isNaN(start)) {
    return '';
  }
  const passed = now - start;
  if (passed < MINUTE) {
    return trans.__('just now');
  }
  if (passed < HOUR) {
    return trans._n('%1 minute', '%1 minutes', Math.floor(passed / MINUTE));
  }
  if (passed < DAY) {
    return trans._n('%1 hour', '%1 hours', Math.floor(passed / HOUR));
  }
  return trans._n('%1 day', '%1 days', Math.floor(passed / DAY));
}

/** The moment in the reader's own zone and manner, for titles of relative times. */
export function exactTime(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : moment.toLocaleString();
}

/** 0 B, 812 B, 1.5 kB, 20 MB: three digits at most, powers of 1000. */
export function fileSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}

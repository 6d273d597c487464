// Instants for people. Billing runs in UTC, so boundaries are shown in UTC and say so wherever a time of day matters.

const ZONE = 'UTC';

export const formatDate = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: ZONE }).format(new Date(instant));

export const formatDateTime = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: ZONE, timeZoneName: 'short',
  }).format(new Date(instant));

/** With the year: of what may be long ago. */
export const formatInstant = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: ZONE, timeZoneName: 'short',
  }).format(new Date(instant));

export const formatTime = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23', timeZone: ZONE }).format(new Date(instant));

export const formatRange = (start: string, end: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: ZONE }).formatRange(new Date(start), new Date(end));

/** Card expiry as on the card: 04/28. */
export const formatExpiry = (expiry: { month: number; year: number }): string =>
  `${String(expiry.month).padStart(2, '0')}/${String(expiry.year % 100).padStart(2, '0')}`;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** "in 12 days", "in 5 hours": the largest unit that is not zero. */
export function formatUntil(instant: string, nowMs: number, locale: string): string {
  const left = Date.parse(instant) - nowMs;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  if (Math.abs(left) >= DAY_MS) return format.format(Math.trunc(left / DAY_MS), 'day');
  if (Math.abs(left) >= HOUR_MS) return format.format(Math.trunc(left / HOUR_MS), 'hour');
  return format.format(Math.trunc(left / MINUTE_MS), 'minute');
}

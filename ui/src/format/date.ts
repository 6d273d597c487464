// Instants for people, in the zone of whoever looks, which is named wherever a time of day matters. What begins with a day of UTC is that
// day (a contract, a price, a report), wherever somebody looks at it from.

import { zone } from '../i18n';

const DAY = /^[^T]+(T00:00:00(\.000)?Z)?$/;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
const MOMENT = { month: 'short', day: 'numeric', ...TIME } as const;

const formatOf = (locale: string, options: Intl.DateTimeFormatOptions, timeZone = zone()): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone });

const daysOf = (instant: string, locale: string): Intl.DateTimeFormat =>
  formatOf(locale, { dateStyle: 'medium' }, DAY.test(instant) ? 'UTC' : zone());

export const formatDate = (instant: string, locale: string): string => daysOf(instant, locale).format(new Date(instant));

export const formatDateTime = (instant: string, locale: string): string => formatOf(locale, MOMENT).format(new Date(instant));

/** With the year: of what may be long ago. */
export const formatInstant = (instant: string, locale: string): string => formatOf(locale, { year: 'numeric', ...MOMENT }).format(new Date(instant));

/** "14:05:10 UTC" */
export const formatTime = (instant: string, locale: string): string => formatOf(locale, { ...TIME, second: '2-digit' }).format(new Date(instant));

export const formatRange = (start: string, end: string, locale: string): string =>
  daysOf(start, locale).formatRange(new Date(start), new Date(end));

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

// Days, hours and figures as the charts write them. All of UTC.

import { measureOf, formatQuantity } from '../../format/quantity';
import { locale } from '../../i18n';
import type { Bucket, By } from './model';

const ZONE = 'UTC';
const DAYS = 7;
/** A Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

const formatOf = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options });

/** "Nov 3", or "14:00". */
export function placesOf(buckets: readonly Bucket[], by: By): string[] {
  const format = formatOf(by === 'day' ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const unit = by === 'day' ? DAY_MS : DAY_MS / 24;
  return buckets.map(({ startMs }) => format.format(Math.floor(startMs / unit) * unit));
}

export const dayName = (day: string): string => formatOf({ dateStyle: 'medium' }).format(new Date(`${day}T00:00:00Z`));

export const boundary = (ms: number): string =>
  formatOf({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }).format(ms);

export const weekdays = (): string[] => Array.from({ length: DAYS }, (_, i) => formatOf({ weekday: 'short' }).format(MONDAY_MS + i * DAY_MS));

export const hourNames = (): string[] => Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

/** Short enough to stand beside an axis. */
export function axisFigure(metric: string, value: number): string {
  if (measureOf(metric) !== 'count') return formatQuantity(metric, value, locale());
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

// Days, hours and figures as the charts write them, in the zone of whoever looks.

import { measureOf, formatQuantity } from '../../format/quantity';
import { firstWeekday, locale, zone } from '../../i18n';
import { hourOf, type Bucket, type By } from './model';

const DAYS = 7;
/** A Monday; weeks begin where whoever looks has it. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

const formatOf = (options: Intl.DateTimeFormatOptions, timeZone = zone()) => new Intl.DateTimeFormat(locale(), { ...options, timeZone });

/** "Nov 3", or "14:00"; an hour that comes twice, when clocks are set back, with its zone: "02:00 GMT+2". */
export function placesOf(buckets: readonly Bucket[], by: By): string[] {
  const format = formatOf(by === 'day' ? { month: 'short', day: 'numeric' } : CLOCK);
  const places = buckets.map(({ startMs }) => format.format(hourOf(startMs)));
  return places.map((place, i) => (places.indexOf(place) === places.lastIndexOf(place)
    ? place : formatOf({ ...CLOCK, timeZoneName: 'short' }).format(hourOf(buckets[i]?.startMs ?? 0))));
}

/** Of a day on the wall: it has no zone. */
export const dayName = (day: string): string => formatOf({ dateStyle: 'medium' }, 'UTC').format(new Date(day));

export const boundary = (ms: number): string =>
  formatOf({ year: 'numeric', month: 'short', day: 'numeric', ...CLOCK, timeZoneName: 'short' }).format(ms);

export const weekdays = (): string[] => Array.from({ length: DAYS }, (_, i) => formatOf({ weekday: 'short' }, 'UTC').format(MONDAY_MS + (firstWeekday() - 1 + i) * DAY_MS));

export const hourNames = (): string[] => Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

/** Short enough to stand beside an axis. */
export function axisFigure(metric: string, value: number): string {
  if (measureOf(metric) !== 'count') return formatQuantity(metric, value, locale());
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

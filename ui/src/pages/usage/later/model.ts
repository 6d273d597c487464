// What the charts of the page about usage work out, apart from how they are drawn.

import { firstWeekday } from '../../../i18n';
import type { UsagePoint, UsageSeries } from '../../../api/usage';
import type { Series, Value } from '../../../components/chart/geometry';
import { DAY_MS, dayOf, HOUR_MS, hourOf, isIn, wallOf, type Bucket, type Cycle, type Hour } from '../model';

/**
 * The hours of a counter in a cycle. Two cycles share the hour in which one ends and the other begins: of the first and the last
 * hour counts what the total of the cycle leaves for them, so that all hours together are that total.
 */
export function hoursIn({ startMs, endMs }: Cycle, hours: readonly Hour[], total: number | undefined): Hour[] {
  const first = hourOf(startMs);
  const last = hourOf(endMs);
  const inside = hours.filter(({ ms }) => ms >= first && ms < endMs);
  if (total === undefined) return inside;
  const isShared = ({ ms }: Hour): boolean => (ms === first && first < startMs) || (ms === last && last < endMs);
  let left = total - inside.filter((hour) => !isShared(hour)).reduce((sum, { value }) => sum + value, 0);
  return inside.map((hour) => {
    if (!isShared(hour)) return hour;
    const value = Math.max(0, Math.min(hour.value, left));
    left -= value;
    return { ms: hour.ms, value };
  });
}

/** What came late, in units or events; missing where nothing did. */
export const lateOf = (buckets: readonly Bucket[], points: readonly UsagePoint[], of: 'adjusted' | 'adjustedEvents'): Value[] => {
  const late = points.filter(({ adjustedEvents }) => adjustedEvents > 0);
  return buckets.map((bucket) => {
    const here = late.filter(({ at }) => isIn(Date.parse(at), bucket));
    return here.length === 0 ? null : here.reduce((sum, point) => sum + point[of], 0);
  });
};

export function running(values: readonly Value[], from = 0): Value[] {
  let sum = from;
  return values.map((value) => (value === null ? null : (sum += value)));
}

/** What of each value lies within the limit, and what above, when `before` was used up already. */
export function splitAt(values: readonly Value[], limit: number, before = 0): { within: Value[]; above: Value[] } {
  const sums = running(values, before);
  const above = values.map((value, i) => (value === null ? null : Math.min(value, Math.max(0, (sums[i] ?? 0) - limit))));
  return { within: values.map((value, i) => (value === null ? null : value - (above[i] ?? 0))), above };
}

const GROUPS_MAX = 5;

/** The largest by name, the rest together as the last: `restName`. */
export function groupsOf(groups: readonly Series[], restName: string): Series[] {
  const sumOf = ({ values }: Series): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const sorted = [...groups].sort((a, b) => sumOf(b) - sumOf(a));
  const rest = sorted.slice(GROUPS_MAX);
  if (rest.length === 0) return sorted;
  const values = (rest[0]?.values ?? []).map((_, i): Value => {
    const there = rest.map((series) => series.values[i] ?? null).filter((value) => value !== null);
    return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0);
  });
  return [...sorted.slice(0, GROUPS_MAX), { key: '+', name: restName, values }];
}

export interface Contributor {
  name: string;
  value: number;
  /** Of all together, in whole percent rounded down. */
  percent: number;
}

/** What a counter consists of, the largest first. */
export function contributorsOf(series: readonly UsageSeries[], group: 'region' | 'resource'): Contributor[] {
  const sums = new Map<string, number>();
  for (const one of series) sums.set(one[group] ?? '', one.points.reduce((sum, { value }) => sum + value, sums.get(one[group] ?? '') ?? 0));
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
  return [...sums].filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a)
    .map(([name, value]) => ({ name, value, percent: Math.floor((value * 100) / total) }));
}

const DAYS = 7;
const HOURS = 24;

/** The busiest hour of each weekday and hour on the wall, row by row; missing where the figures have none yet. */
export function peaksOf({ startMs, endMs }: Cycle, hours: readonly Hour[], asOfMs: number): Value[] {
  const values = new Map(hours.map(({ ms, value }) => [ms, value]));
  const cells: Value[] = Array.from({ length: DAYS * HOURS }, () => null);
  for (let ms = hourOf(startMs); ms < endMs && ms <= asOfMs; ms += HOUR_MS) {
    const wall = wallOf(ms);
    const weekday = new Date(dayOf(ms)).getUTCDay() + DAYS - firstWeekday();
    const cell = (weekday % DAYS) * HOURS + Number(wall.slice(-2));
    cells[cell] = Math.max(cells[cell] ?? 0, values.get(ms) ?? 0);
  }
  return cells;
}

const FORECAST_DAYS = 3;

/**
 * Where a counter will stand at the end: as fast as in the cycle so far, and as in its last three days; between these it lies. null
 * before three days have passed.
 */
export function forecastOf({ startMs, endMs }: Cycle, hours: readonly Hour[], used: number, nowMs: number): { low: number; high: number } | null {
  const passed = nowMs - startMs;
  const left = endMs - nowMs;
  if (passed < FORECAST_DAYS * DAY_MS || left <= 0) return null;
  const since = hourOf(nowMs) - FORECAST_DAYS * DAY_MS;
  const lately = hours.filter(({ ms }) => ms >= since).reduce((sum, { value }) => sum + value, 0) / (nowMs - since);
  const ends = [used / passed, lately].map((pace) => Math.round(used + pace * left));
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

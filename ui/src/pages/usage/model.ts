// What the page about usage works out of the answers of the API, apart from how it is drawn.

import { firstWeekday, zone } from '../../i18n';
import type { UsagePoint, UsageSeries } from '../../api/usage';
import type { Usage } from '../../api/types';
import type { Series, Value } from '../../components/chart/geometry';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type By = 'day' | 'hour';

/** A usage period: [start, end). */
export interface Cycle {
  startMs: number;
  endMs: number;
  isCurrent: boolean;
  /** What was used in it in all, by metric; those of gauges are not sums. */
  totals: Record<string, number>;
}

/** A month later, on the same day or the month's last. */
function monthAfter(ms: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

const LONGEST_MS = 32 * DAY_MS;

/**
 * The cycles in which anything was used, and the current one, newest first. One ends where the next begins; where a cycle without
 * use lies between, a month after its own beginning.
 */
export function cyclesOf(usage: Usage, periods: readonly UsageSeries[]): Cycle[] {
  const current = Date.parse(usage.periodStart);
  const totals = new Map<number, Record<string, number>>();
  for (const { metric, points } of periods) {
    for (const { at, value } of points) {
      const start = Date.parse(at);
      if (start < current) totals.set(start, { ...totals.get(start), [metric]: value });
    }
  }
  const starts = [...totals.keys()].sort((a, b) => b - a);
  const now: Cycle = {
    startMs: current, endMs: Date.parse(usage.periodEnd), isCurrent: true,
    totals: Object.fromEntries(usage.metrics.map(({ metric, used }) => [metric, used])),
  };
  return [now, ...starts.map((startMs, i): Cycle => {
    const next = starts[i - 1] ?? current;
    const endMs = next - startMs <= LONGEST_MS ? next : monthAfter(startMs);
    return { startMs, endMs, isCurrent: false, totals: totals.get(startMs) ?? {} };
  })];
}

export interface Bucket {
  /** On the wall: "2026-11-05". */
  day: string;
  startMs: number;
  endMs: number;
}

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

/** What stands on the wall in the zone of whoever looks, "2026-11-05 13", by the hour of UTC: zones are slow to ask. */
let walls = new Map<number, string>();
let format = new Intl.DateTimeFormat();
let walled = '';

function wallOf(ms: number): string {
  const timeZone = zone();
  if (walled !== timeZone) {
    format = new Intl.DateTimeFormat('sv', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' });
    walls = new Map();
    walled = timeZone;
  }
  const wall = walls.get(ms) ?? format.format(ms);
  walls.set(ms, wall);
  return wall;
}

export const dayOf = (ms: number): string => wallOf(ms).slice(0, 'yyyy-mm-dd'.length);

/**
 * The days that the cycle touches, or the hours of one of them, cut off where the cycle begins and ends. A day has the hours of UTC
 * that begin in it: 23 or 25 where clocks are changed.
 */
export function bucketsOf({ startMs, endMs }: Cycle, by: By, day: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (let at = hourOf(startMs); at < endMs; at += HOUR_MS) {
    const here = dayOf(Math.max(at, startMs));
    const last = buckets.at(-1);
    const end = Math.min(at + HOUR_MS, endMs);
    if (by === 'day' && last?.day === here) last.endMs = end;
    else if (by === 'day' || here === day) buckets.push({ day: here, startMs: Math.max(at, startMs), endMs: end });
  }
  return buckets;
}

export interface Hour {
  ms: number;
  value: number;
}

export const hoursOf = (points: readonly UsagePoint[]): Hour[] => points.map(({ at, value }) => ({ ms: Date.parse(at), value }));

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

const isIn = (ms: number, { startMs, endMs }: Bucket): boolean => ms < endMs && ms + HOUR_MS > startMs;

/** Sums; what has not begun when the figures end is missing, what nothing came in is 0. */
export const sumsOf = (buckets: readonly Bucket[], hours: readonly Hour[], asOfMs: number): Value[] =>
  buckets.map((bucket) => (bucket.startMs > asOfMs ? null : hours.filter(({ ms }) => isIn(ms, bucket)).reduce((sum, { value }) => sum + value, 0)));

/** Levels, which stay until the next; before the first that is known they are missing. */
export function levelsOf(buckets: readonly Bucket[], hours: readonly Hour[], asOfMs: number): Value[] {
  const sorted = [...hours].sort((a, b) => a.ms - b.ms);
  return buckets.map(({ startMs, endMs }) => (startMs > asOfMs ? null : (sorted.findLast(({ ms }) => ms < endMs)?.value ?? null)));
}

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

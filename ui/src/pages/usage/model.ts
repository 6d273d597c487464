// What the page about usage works out of the answers of the API, apart from how it is drawn.

import { zone } from '../../i18n';
import type { UsagePoint, UsageSeries } from '../../api/usage';
import type { Usage } from '../../api/types';
import type { Value } from '../../components/chart/geometry';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

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

export function wallOf(ms: number): string {
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

export const isIn = (ms: number, { startMs, endMs }: Bucket): boolean => ms < endMs && ms + HOUR_MS > startMs;

/** Sums; what has not begun when the figures end is missing, what nothing came in is 0. */
export const sumsOf = (buckets: readonly Bucket[], hours: readonly Hour[], asOfMs: number): Value[] =>
  buckets.map((bucket) => (bucket.startMs > asOfMs ? null : hours.filter(({ ms }) => isIn(ms, bucket)).reduce((sum, { value }) => sum + value, 0)));

/** Levels, which stay until the next; before the first that is known they are missing. */
export function levelsOf(buckets: readonly Bucket[], hours: readonly Hour[], asOfMs: number): Value[] {
  const sorted = [...hours].sort((a, b) => a.ms - b.ms);
  return buckets.map(({ startMs, endMs }) => (startMs > asOfMs ? null : (sorted.findLast(({ ms }) => ms < endMs)?.value ?? null)));
}

// The history of usage.

import { zone } from '../i18n';
import { request } from './http';
import { Problem } from './problem';
import type { Instant } from './types';

export interface UsagePoint {
  at: Instant;
  value: number;
  events: number;
  /** Of both, what came after its hour was past. */
  adjusted: number;
  adjustedEvents: number;
}

/** An event that came in or was tried, and what became of it. */
export interface SeenEvent {
  receivedAt: Instant;
  id: string | null;
  metric: string | null;
  value: number;
  region: string;
  resource: string;
  time: Instant;
  status: 'accepted' | 'duplicate' | 'rejected';
  detail: string | null;
  isLate: boolean;
  isTest: boolean;
}

export interface UsageSeries {
  metric: string;
  unit: string;
  region: string | null;
  resource: string | null;
  points: UsagePoint[];
}

export interface UsageHistory {
  from: Instant;
  to: Instant;
  asOf: Instant;
  series: UsageSeries[];
}

export type GroupBy = 'region' | 'resource';

export interface Span {
  fromMs: number;
  toMs: number;
  metric: string;
  groupBy?: GroupBy | undefined;
}

const USAGE = '/api/billing/usage';
const HOUR_MS = 3_600_000;

const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Days are those of whoever looks. */
const queryOf = (fromMs: number, toMs: number, granularity: string, only = {}): string =>
  String(new URLSearchParams({ from: instant(fromMs), to: instant(toMs), granularity, timeZone: zone(), ...only }));

const spanQuery = ({ fromMs, toMs, metric, groupBy }: Span, granularity: string): string =>
  queryOf(fromMs, toMs, granularity, { metric, ...(groupBy ? { groupBy } : {}) });

/** The totals of a year of usage periods. */
export const getPeriods = async (): Promise<UsageSeries[]> => (await request<UsageHistory>(`${USAGE}?granularity=period`)).series;

/** The same as a list: a file, a call. */
export const pointsPath = (span: Span, granularity: string): string => `${USAGE}/points?${spanQuery(span, granularity)}`;

const keyOf = ({ metric, region, resource }: UsageSeries): string => JSON.stringify([metric, region, resource]);

function joined(before: UsageHistory, after: UsageHistory): UsageHistory {
  const all = new Map(before.series.map((series) => [keyOf(series), series]));
  for (const series of after.series) {
    const known = all.get(keyOf(series));
    all.set(keyOf(series), known ? { ...known, points: [...known.points, ...series.points] } : series);
  }
  return { from: before.from, to: after.to, asOf: before.asOf, series: [...all.values()] };
}

/** By hour. Of a span that has more than one answer may hold, one half after the other. */
export async function getHours(span: Span): Promise<UsageHistory> {
  try {
    return await request<UsageHistory>(`${USAGE}?${spanQuery(span, 'hour')}`);
  } catch (error) {
    const hours = Math.floor((span.toMs - span.fromMs) / HOUR_MS);
    if (!(error instanceof Problem) || error.code !== 'span_too_large' || hours < 2) throw error;
    const middle = span.fromMs + Math.floor(hours / 2) * HOUR_MS;
    const before = await getHours({ ...span, toMs: middle });
    return joined(before, await getHours({ ...span, fromMs: middle }));
  }
}

/** What would become of it: nothing is counted. */
export const tryEvent = (event: object): Promise<SeenEvent> =>
  request<SeenEvent>(`${USAGE}/test-event?${String(new URLSearchParams({ event: JSON.stringify(event) }))}`);

/** All metrics by day. */
export const getDays = async (fromMs: number, toMs: number): Promise<UsageSeries[]> =>
  (await request<UsageHistory>(`${USAGE}?${queryOf(fromMs, toMs, 'day')}`)).series;

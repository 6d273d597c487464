// What the address chooses of the page about usage.

import type { MetricUsage } from '../../api/types';
import type { GroupBy } from '../../api/usage';
import { byNeed } from '../../billing/usage_view';
import { dayOf, type By, type Cycle } from './model';

type Query = Record<string, string | undefined>;

export interface Choice {
  row: MetricUsage;
  cycle: Cycle;
  /** The cycle before it, when anything was used in it. */
  before: Cycle | null;
  by: By;
  day: string;
  group: GroupBy | undefined;
}

export const cycleName = ({ startMs }: Cycle): string => new Date(startMs).toISOString();

/** The last day that has figures. */
const lastDay = ({ startMs, endMs }: Cycle, asOfMs: number): string => dayOf(Math.max(startMs, Math.min(endMs - 1, asOfMs)));

/** What is not there chooses as if it were not named; the meter is the one nearest to its limit. */
export function choiceOf(query: Query, rows: readonly MetricUsage[], cycles: readonly Cycle[], asOfMs: number): Choice | null {
  const row = rows.find(({ metric }) => metric === query['metric']) ?? byNeed(rows)[0];
  const found = Math.max(0, cycles.findIndex((cycle) => cycleName(cycle) === query['cycle']));
  const cycle = cycles[found];
  if (!row || !cycle) return null;
  const before = cycles[found + 1];
  const last = lastDay(cycle, asOfMs);
  const day = query['day'] ?? '';
  const isOfCycle = /^\d{4}-\d\d-\d\d$/.test(day) && day >= dayOf(cycle.startMs) && day <= dayOf(cycle.endMs - 1);
  const group = query['group'];
  return {
    row, cycle,
    before: before && before.endMs === cycle.startMs ? before : null,
    by: query['by'] === 'hour' ? 'hour' : 'day',
    day: isOfCycle ? day : last,
    group: group === 'region' || group === 'resource' ? group : undefined,
  };
}

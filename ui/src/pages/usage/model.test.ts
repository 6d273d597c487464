import { describe, expect, test } from 'vitest';

import type { Usage } from '../../api/types';
import { contributorsOf, forecastOf, groupsOf, hoursIn, lateOf, peaksOf, running, splitAt } from './later/model';
import { bucketsOf, cyclesOf, dayOf, levelsOf, sumsOf, type Cycle } from './model';

const ms = (text: string): number => Date.parse(text);
const cycle = (start: string, end: string, isCurrent = true): Cycle => ({ startMs: ms(start), endMs: ms(end), isCurrent, totals: {} });
const NOVEMBER = cycle('2026-11-05T12:05:00Z', '2026-12-05T12:05:00Z');
const hour = (at: string, value: number) => ({ ms: ms(at), value });

describe('cycles', () => {
  const usage = { periodStart: '2026-11-30T12:00:00Z', periodEnd: '2026-12-31T12:00:00Z', asOf: '2026-12-01T00:00:00Z', metrics: [] } as Usage;
  const period = (metric: string, ...starts: string[]) => ({ metric, unit: '', region: null, resource: null, points: starts.map((at) => ({ at, value: 5, events: 1, adjusted: 0, adjustedEvents: 0 })) });

  test('newest first; one ends where the next begins', () => {
    const cycles = cyclesOf(usage, [period('a', '2026-09-30T12:00:00Z', '2026-10-31T12:00:00Z', '2026-11-30T12:00:00Z'), period('b', '2026-10-31T12:00:00Z')]);
    expect(cycles.map(({ startMs, endMs, isCurrent }) => [dayOf(startMs), dayOf(endMs), isCurrent])).toEqual([
      ['2026-11-30', '2026-12-31', true], ['2026-10-31', '2026-11-30', false], ['2026-09-30', '2026-10-31', false],
    ]);
    expect(cycles[1]?.totals).toEqual({ a: 5, b: 5 });
  });

  test('after one without use, a month ends on the last day of a short one', () => {
    expect(cyclesOf(usage, [period('a', '2026-01-31T12:00:00Z')]).map(({ endMs }) => dayOf(endMs))).toEqual(['2026-12-31', '2026-02-28']);
  });
});

describe('buckets', () => {
  test('days of UTC, the first and the last cut off', () => {
    const days = bucketsOf(NOVEMBER, 'day', '');
    expect(days).toHaveLength(31);
    expect(days[0]).toEqual({ day: '2026-11-05', startMs: NOVEMBER.startMs, endMs: ms('2026-11-06T00:00:00Z') });
    expect(days[30]).toEqual({ day: '2026-12-05', startMs: ms('2026-12-05T00:00:00Z'), endMs: NOVEMBER.endMs });
  });

  test('hours of a day, no more than the cycle has of it', () => {
    expect(bucketsOf(NOVEMBER, 'hour', '2026-11-20')).toHaveLength(24);
    expect(bucketsOf(NOVEMBER, 'hour', '2026-11-05')).toHaveLength(12);
    expect(bucketsOf(NOVEMBER, 'hour', '2026-12-05')).toHaveLength(13);
    expect(bucketsOf(NOVEMBER, 'hour', '2026-12-06')).toEqual([]);
  });
});

describe('counters', () => {
  const hours = [hour('2026-11-05T12:00:00Z', 9), hour('2026-11-05T13:00:00Z', 4), hour('2026-11-07T00:00:00Z', 2), hour('2026-12-05T12:00:00Z', 7)];

  test('all hours together are the total of the cycle', () => {
    for (const total of [6, 8, 15, 20, 22]) {
      expect(hoursIn(NOVEMBER, hours, total).reduce((sum, { value }) => sum + value, 0)).toBe(total);
    }
    expect(hoursIn(NOVEMBER, hours, undefined).map(({ value }) => value)).toEqual([9, 4, 2, 7]);
  });

  test('nothing is 0 and what is to come is missing', () => {
    const sums = sumsOf(bucketsOf(NOVEMBER, 'day', ''), hoursIn(NOVEMBER, hours, 11), ms('2026-11-08T01:00:00Z'));
    expect(sums.slice(0, 5)).toEqual([9, 0, 2, 0, null]);
  });

  test('running sums, and what lies above the limit', () => {
    expect(running([1, 2, null, 3])).toEqual([1, 3, null, 6]);
    expect(splitAt([6, 6, 6, null], 10)).toEqual({ within: [6, 4, 0, null], above: [0, 2, 6, null] });
    expect(splitAt([6], 10, 12)).toEqual({ within: [0], above: [6] });
  });
});

test('levels stay, and are missing before the first', () => {
  const days = bucketsOf(NOVEMBER, 'day', '').slice(0, 5);
  expect(levelsOf(days, [hour('2026-11-08T03:00:00Z', 0), hour('2026-11-06T02:00:00Z', 3)], ms('2026-11-08T20:00:00Z'))).toEqual([null, 3, 3, 0, null]);
});

test('the largest groups by name, the rest together', () => {
  const groups = [1, 2, 3, 4, 5, 6, 7].map((size) => ({ key: `${size}`, name: `${size}`, values: [size, null] }));
  expect(groupsOf(groups, 'Others').map(({ name, values }) => [name, values[0], values[1]])).toEqual([
    ['7', 7, null], ['6', 6, null], ['5', 5, null], ['4', 4, null], ['3', 3, null], ['Others', 3, null],
  ]);
  expect(groupsOf(groups.slice(0, 2), 'Others').map(({ name }) => name)).toEqual(['2', '1']);
});

test('peaks: the busiest hour of its kind; what has not been is missing', () => {
  const cells = peaksOf(NOVEMBER, [hour('2026-11-06T03:00:00Z', 5), hour('2026-11-13T03:00:00Z', 8)], ms('2026-11-14T10:00:00Z'));
  expect(cells).toHaveLength(168);
  expect(cells[4 * 24 + 3]).toBe(8);
  expect(cells.filter((value) => value === null)).toHaveLength(0);
  expect(peaksOf(NOVEMBER, [], ms('2026-11-05T14:10:00Z')).filter((value) => value !== null)).toHaveLength(3);
});

describe('the forecast', () => {
  const steady = Array.from({ length: 240 }, (_, i) => ({ ms: ms('2026-11-05T13:00:00Z') + i * 3_600_000, value: 10 }));

  test('is silent for three days', () => {
    expect(forecastOf(NOVEMBER, steady, 700, ms('2026-11-08T12:04:59Z'))).toBeNull();
    expect(forecastOf(NOVEMBER, steady, 700, ms('2026-11-08T12:05:00Z'))).not.toBeNull();
    expect(forecastOf(NOVEMBER, steady, 700, NOVEMBER.endMs)).toBeNull();
  });

  test('lies between the pace of the cycle and that of three days', () => {
    const quietLately = forecastOf(NOVEMBER, [], 1000, ms('2026-11-15T12:05:00Z'));
    expect(quietLately).toEqual({ low: 1000, high: 3000 });
    const even = forecastOf(NOVEMBER, steady, 2400, ms('2026-11-15T12:05:00Z'));
    expect(even?.high).toBeLessThanOrEqual(7300);
    expect(even?.low).toBeGreaterThanOrEqual(7100);
  });
});

test('what a day consists of: the largest first, shares rounded down, nothing that was not used', () => {
  const of = (region: string | null, ...values: number[]) => ({ metric: 'a', unit: '', region, resource: null, points: values.map((value) => ({ at: '', value, events: 1, adjusted: 0, adjustedEvents: 0 })) });
  expect(contributorsOf([of('iad', 1, 2), of('fra', 4), of(null, 0), of('fra', 2)], 'region'))
    .toEqual([{ name: 'fra', value: 6, percent: 66 }, { name: 'iad', value: 3, percent: 33 }]);
  expect(contributorsOf([], 'region')).toEqual([]);
});

describe('what came late', () => {
  const point = (at: string, adjusted: number, adjustedEvents: number) => ({ at, value: 9, events: 3, adjusted, adjustedEvents });

  test('is summed by bar, in units or events, and missing where nothing was late', () => {
    const days = bucketsOf(cycle('2026-11-05T00:00:00Z', '2026-11-08T00:00:00Z'), 'day', '');
    const points = [point('2026-11-05T03:00:00Z', 4, 1), point('2026-11-05T09:00:00Z', 5, 2), point('2026-11-06T09:00:00Z', 0, 0), point('2026-11-07T09:00:00Z', 0, 2)];
    expect(lateOf(days, points, 'adjusted')).toEqual([9, null, 0]); // late ones may cancel each other
    expect(lateOf(days, points, 'adjustedEvents')).toEqual([3, null, 2]);
  });
});

// Days and hours of usage on the wall of whoever looks: 23 and 25 hours where clocks are changed, weeks from their first day.

import { afterEach, describe, expect, test } from 'vitest';

import { formatDate, formatDateTime, formatRange, formatTime } from '../../format/date';
import { firstWeekday, locale, prefer, zone } from '../../i18n';
import { boundary, dayName, placesOf, weekdays } from './format';
import { peaksOf } from './later/model';
import { bucketsOf, dayOf, type Cycle } from './model';

const ms = (text: string): number => Date.parse(text);
const cycle = (start: string, end: string): Cycle => ({ startMs: ms(start), endMs: ms(end), isCurrent: true, totals: {} });
const of = (timeZone: string, day = 1, tag: string | null = null): void => prefer({ timeZone, firstWeekday: day, locale: tag });

afterEach(() => prefer(null));

describe('days where clocks are changed', () => {
  const OCTOBER = cycle('2026-10-10T12:05:00Z', '2026-11-10T12:05:00Z');
  const MARCH = cycle('2026-03-10T12:05:00Z', '2026-04-10T12:05:00Z');

  test('have 25 hours, of which two are told apart', () => {
    of('Europe/Berlin');
    const hours = bucketsOf(OCTOBER, 'hour', '2026-10-25');
    expect(hours).toHaveLength(25);
    expect(hours[0]?.startMs).toBe(ms('2026-10-24T22:00:00Z'));
    expect(placesOf(hours, 'hour').slice(1, 5)).toEqual(['01:00', '02:00 GMT+2', '02:00 GMT+1', '03:00']);
  });

  test('or 23', () => {
    of('Europe/Berlin');
    const hours = bucketsOf(MARCH, 'hour', '2026-03-29');
    expect(hours).toHaveLength(23);
    expect(placesOf(hours, 'hour').slice(1, 3)).toEqual(['01:00', '03:00']);
  });

  test('all days of a cycle together are the cycle, wherever one looks', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Australia/Lord_Howe']) {
      of(name);
      const days = bucketsOf(OCTOBER, 'day', '');
      expect(days[0]?.startMs).toBe(OCTOBER.startMs);
      expect(days.at(-1)?.endMs).toBe(OCTOBER.endMs);
      expect(days.slice(1).every(({ startMs }, i) => startMs === days[i]?.endMs)).toBe(true);
      const hours = days.reduce((sum, day) => sum + bucketsOf(OCTOBER, 'hour', dayOf(day.startMs)).length, 0);
      expect(hours).toBe(745);
    }
  });
});

test('the week begins where whoever looks has it', () => {
  of('America/New_York', 7);
  expect(weekdays()[0]).toBe('Sun');
  const cells = peaksOf(cycle('2026-11-05T12:05:00Z', '2026-12-05T12:05:00Z'), [{ ms: ms('2026-11-09T03:00:00Z'), value: 8 }], ms('2026-11-20T00:00:00Z'));
  expect(cells[22]).toBe(8); // Sunday, 22:00 there
  of('UTC', 6);
  expect(weekdays()[0]).toBe('Sat');
});

test('times name their zone; days of UTC stay what they are', () => {
  of('America/New_York');
  expect(formatDate('2026-11-01T00:00:00Z', 'en-US')).toBe('Nov 1, 2026');
  expect(formatDate('2026-11-01', 'en-US')).toBe('Nov 1, 2026');
  expect(formatDate('2026-11-01T03:00:00Z', 'en-US')).toBe('Oct 31, 2026');
  expect(formatTime('2026-11-01T03:00:00Z', 'en-US')).toBe('23:00:00 EDT');
  expect(formatDateTime('2026-11-22T09:30:00Z', 'en-US')).toContain('04:30 EST');
  expect(formatRange('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z', 'en-US')).toContain('Nov 1');
  expect(boundary(ms('2026-11-22T09:30:00Z'))).toContain('EST');
  expect(dayName('2026-11-22')).toBe('Nov 22, 2026');
});

test('what a browser does not know is UTC, and what nobody chose is as before', () => {
  of('Mars/Olympus', 3, 'en-GB');
  expect([zone(), firstWeekday(), locale()]).toEqual(['UTC', 3, 'en-GB']);
  prefer(null);
  expect([zone(), firstWeekday(), locale()]).toEqual(['UTC', 1, 'en-US']);
});

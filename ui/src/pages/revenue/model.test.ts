// Guards what reports on revenue say: figures by their units, in the language of the visitor; steps that add up from opening to closing;
// every figure with a name and a meaning, in each language.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { isTime, lastDayOf, seriesOf, stepsOf, valueText } from './model';
import type { Report } from '../../api/revenue';

test.each([
  [44_300_00, 'money', 'en-US', '$44,300.00'], [-12_50, 'money', 'de-DE', '-12,50 $'], [672, 'share', 'en-US', '6.72%'], [10_000, 'share', 'de-DE', '100 %'],
  [250, 'ratio', 'en-US', '2.5'], [200, 'months', 'en-US', '20 months'], [20_513, 'day', 'en-US', 'Mar 1, 2026'], [12_345, 'count', 'de-DE', '12.345'],
] as const)('%d as %s in %s is "%s"', (value, unit, locale, text) => {
  expect(valueText(value, unit, 'usd', locale).replace(/[\u00a0\u202f]/g, ' ')).toBe(text);
});

test('a month ends on its last day, also in a leap year; a day is its own', () => {
  expect(['2026-02', '2028-02', '2026-12', '2026-03-05'].map(lastDayOf)).toEqual(['2026-02-28', '2028-02-29', '2026-12-31', '2026-03-05']);
  expect(['2026-02', '2026-02-03', 'starter month', 'DE'].map(isTime)).toEqual([true, true, false, false]);
});

const columns = ['opening', 'new', 'expansion', 'churn', 'closing'].map((id) => ({ id, unit: 'money' as const }));
const row = (key: string, ...values: (number | null)[]) => ({ key, values, isPartial: false, unit: null });
const report = { columns, data: [row('2026-01', 100, 50, 0, -30, 120), row('2026-02', 120, 0, 0, -20, 100)] };

test('steps lead from the first opening to the last closing; what did not move is none', () => {
  expect(stepsOf(report)).toEqual([
    { id: 'opening', from: 0, to: 100, isEnd: true }, { id: 'new', from: 100, to: 150, isEnd: false },
    { id: 'churn', from: 150, to: 100, isEnd: false }, { id: 'closing', from: 0, to: 100, isEnd: true },
  ]);
});

test('a series is a column; what the report has not is none, what is not known stays a gap', () => {
  const series = seriesOf({ ...report, data: [...report.data, row('2026-03', null)] } as unknown as Report, ['closing', 'other'], (id) => id);
  expect(series).toEqual([{ key: 'closing', name: 'closing', values: [120, 100, null] }]);
});

const read = (file: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));

test.each(['en', 'de'])('every figure has a name and a meaning, every report its lead, every choice its words: %s', (language) => {
  const words = read(`${language}.json`) as Record<string, string>;
  const named = (group: string): string[] => Object.keys(words).filter((key) => key.startsWith(`${group}.`)).map((key) => key.slice(group.length + 1));
  expect(named('means')).toEqual(named('name'));
  const { reports, choices, kinds } = read('reports.json') as { reports: { name: string; charts: { of?: string[] }[]; asks: object }[]; choices: Record<string, string[]>; kinds: object };
  const wanted = [
    ...reports.flatMap(({ name, charts, asks }) => [`report.${name}`, `lead.${name}`, ...charts.flatMap(({ of = [] }) => of.map((id) => `name.${id}`)), ...Object.keys(asks).map((ask) => `field.${ask}`)]),
    ...Object.entries(choices).flatMap(([name, of]) => [`any.${name}`, ...(name === 'tier' ? [] : of.map((one) => `key.${one}`))]), ...Object.keys(kinds).map((id) => `name.${id}`),
  ];
  expect(wanted.filter((key) => !(key in words))).toEqual([]);
});

// What a report says, as people and charts read it: figures by their units, rows by their names, steps of a waterfall.

import type { Column, Report, Row, Unit } from '../../api/revenue';
import { formatDate } from '../../format/date';
import { exponentOf, formatMoney } from '../../format/money';
import type { Series } from '../../components/chart/geometry';

const HUNDREDTHS = 100;
const TENTHS = 10;
const DAY_MS = 86_400_000;

const number = (value: number, locale: string, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 2, ...options }).format(value);

/** `isShort`: beside an axis. */
export function valueText(value: number, unit: Unit, currency: string, locale: string, isShort = false): string {
  const short = isShort ? { notation: 'compact' } as const : {};
  switch (unit) {
    case 'money':
      return isShort ? number(value / 10 ** exponentOf(currency), locale, { ...short, style: 'currency', currency, maximumFractionDigits: 0 }) : formatMoney({ amount: value, currency }, locale);
    case 'share':
      return number(value / HUNDREDTHS / HUNDREDTHS, locale, { style: 'percent' });
    case 'ratio':
      return number(value / HUNDREDTHS, locale);
    case 'months':
      return number(value / TENTHS, locale, { style: 'unit', unit: 'month', unitDisplay: 'long' });
    case 'day':
      return formatDate(new Date(value * DAY_MS).toISOString(), locale);
    case 'count':
      return number(value, locale, short);
  }
}

/** The last day of "2026-03"; a day is its own. */
export function lastDayOf(key: string): string {
  const [year = 0, month = 0, day] = key.split('-').map(Number);
  return day === undefined ? new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10) : key;
}

export const isTime = (key: string): boolean => /^\d{4}-\d\d(-\d\d)?$/.test(key);

const placeOf = (columns: readonly Column[], id: string): number => columns.findIndex((column) => column.id === id);

export const seriesOf = ({ columns, data }: Report, of: readonly string[], nameOf: (id: string) => string): Series[] =>
  of.filter((id) => placeOf(columns, id) >= 0).map((id) => ({ key: id, name: nameOf(id), values: data.map(({ values }) => values[placeOf(columns, id)] ?? null) }));

export interface Moved {
  id: string;
  from: number;
  to: number;
  isEnd: boolean;
}

const MOVES = ['new', 'reactivation', 'expansion', 'contraction', 'churn', 'transfers', 'fx'] as const;

/** From what there was at the begin of all rows to what there is at their end; what did not move is no step. */
export function stepsOf({ columns, data }: Pick<Report, 'columns' | 'data'>): Moved[] {
  const valueOf = (row: Row | undefined, id: string): number => row?.values[placeOf(columns, id)] ?? 0;
  let reached = valueOf(data[0], 'opening');
  const steps: Moved[] = [{ id: 'opening', from: 0, to: reached, isEnd: true }];
  for (const id of MOVES) {
    const by = data.reduce((sum, row) => sum + valueOf(row, id), 0);
    if (by === 0) continue;
    steps.push({ id, from: reached, to: reached + by, isEnd: false });
    reached += by;
  }
  return [...steps, { id: 'closing', from: 0, to: valueOf(data.at(-1), 'closing'), isEnd: true }];
}

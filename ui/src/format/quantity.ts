// Quantities of the seven metrics for people: bytes as decimal units (a GB is 10^9 bytes), build time, which is
// counted in seconds, as minutes, everything else as a plain count.

import type { LimitValue } from '../api/types';

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const SECONDS_PER_MINUTE = 60;

export type Measure = 'bytes' | 'duration' | 'count';

const MEASURES: Record<string, Measure> = {
  bandwidth: 'bytes',
  storage: 'bytes',
  build_minutes: 'duration',
};

export const measureOf = (metric: string): Measure => MEASURES[metric] ?? 'count';

export function formatBytes(bytes: number, locale: string): string {
  const power = bytes <= 0 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumSignificantDigits: 4,
  }).format(bytes / 1000 ** power);
}

function formatMinutes(seconds: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'minute',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(seconds / SECONDS_PER_MINUTE);
}

export function formatQuantity(metric: string, value: number, locale: string): string {
  switch (measureOf(metric)) {
    case 'bytes':
      return formatBytes(value, locale);
    case 'duration':
      return formatMinutes(value, locale);
    case 'count':
      return new Intl.NumberFormat(locale).format(value);
  }
}

export const formatPercent = (percent: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(percent / 100);

export const isNumber = (limit: LimitValue | undefined): limit is number => typeof limit === 'number';

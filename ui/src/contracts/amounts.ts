// Amounts as people type them, and as the server counts them: bytes as gigabytes, seconds as minutes, money as a price.

import type { Money } from '../api/types';
import { decimalText, exponentOf } from '../format/money';
import { measureOf } from '../format/quantity';
import { plainOf, textOf } from '../format/typed';

export const METRICS = ['api_requests', 'bandwidth', 'build_minutes', 'collaborators', 'deployments', 'modules', 'storage'] as const;

const GIGABYTE = 1_000_000_000;
const SECONDS_PER_MINUTE = 60;

export function unitOf(metric: string): string | undefined {
  switch (measureOf(metric)) {
    case 'bytes':
      return 'GB';
    case 'duration':
      return 'min';
    case 'count':
      return undefined;
  }
}

const scaleOf = (metric: string): number => (unitOf(metric) === 'GB' ? GIGABYTE : unitOf(metric) === 'min' ? SECONDS_PER_MINUTE : 1);

/** NaN when it is no number in this language. */
export const numberOf = (text: string, locale: string): number => Number(plainOf(text, locale) ?? Number.NaN);
export const numberText = (value: number, locale: string): string => textOf(String(value), locale);

/** In the metric's own unit, whole; NaN when it is none. */
export const quantityOf = (metric: string, text: string, locale: string): number => Math.round(numberOf(text, locale) * scaleOf(metric));
export const quantityText = (metric: string, value: number, locale: string): string => numberText(value / scaleOf(metric), locale);

/** A price of whole minor units; null when the text is none. Digits are moved, not multiplied: no cent gets lost. */
export function moneyOf(text: string, currency: string, locale: string): Money | null {
  const exponent = exponentOf(currency);
  const [whole, fraction = ''] = (plainOf(text, locale) ?? '').split('.');
  const digits = `${whole ?? ''}${fraction.padEnd(exponent, '0')}`;
  if (whole === '' || fraction.length > exponent || !Number.isSafeInteger(Number(digits))) return null;
  return { amount: Number(digits), currency };
}

export const moneyText = (money: Money, locale: string): string => textOf(decimalText(money.amount, exponentOf(money.currency)), locale);

// Amounts as people type them, and as the server counts them: bytes as gigabytes, seconds as minutes, money as a price.

import type { Money } from '../api/types';
import { decimalText, exponentOf } from '../format/money';
import { measureOf } from '../format/quantity';

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

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What stands between digits in this language: "1.234,5" is no number in English, nor "1,234.5" in German. */
function marksOf(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
  const of = (type: string, otherwise: string): string => parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: of('group', ','), decimal: of('decimal', '.') };
}

/** The number as a program writes it: "1234.5"; null when it is none in this language. */
function plainOf(text: string, locale: string): string | null {
  const { group, decimal } = marksOf(locale);
  const typed = text.trim().replace(/[\s'’]/g, '');
  const fraction = `(${escaped(decimal)}\\d+)?`;
  const isNumber = new RegExp(`^\\d+${fraction}$|^[1-9]\\d{0,2}(${escaped(group)}\\d{3})+${fraction}$`).test(typed);
  return isNumber ? typed.replaceAll(group, '').replace(decimal, '.') : null;
}

/** As a program writes it, as this language does. */
const textOf = (plain: string, locale: string): string => plain.replace('.', marksOf(locale).decimal);

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

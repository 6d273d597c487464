// Money for people. Amounts are integers of minor units; the decimal text is built from the digits, never by dividing,
// so that no amount is shown a cent off.

import type { Money } from '../api/types';

const EXPONENT_UNKNOWN = 2;

/** Decimal places of a currency by ISO 4217 (JPY 0, USD 2, KWD 3). */
export function exponentOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? EXPONENT_UNKNOWN;
  } catch {
    return EXPONENT_UNKNOWN;
  }
}

/** 313_20 with exponent 2 → "313.20". */
export function decimalText(amount: number, exponent: number): string {
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const sign = amount < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export interface MoneyOptions {
  /** Leave out ".00" where there are no cents, as on a price tag. */
  trimCents?: boolean;
}

export function formatMoney(money: Money, locale: string, options: MoneyOptions = {}): string {
  const exponent = exponentOf(money.currency);
  const text = decimalText(money.amount, exponent) as `${number}`;
  const isWhole = options.trimCents === true && money.amount % 10 ** exponent === 0;
  try {
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      ...(isWhole ? { maximumFractionDigits: 0, minimumFractionDigits: 0 } : {}),
    }).format(text);
  } catch {
    return `${money.currency.toUpperCase()} ${text}`;
  }
}

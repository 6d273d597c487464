// Guards: no amount, quantity or date is shown other than it is.

import { describe, expect, test } from 'vitest';

import { formatDate, formatDateTime, formatExpiry, formatUntil } from './date';
import { decimalText, exponentOf, formatMoney } from './money';
import { formatPercent, formatQuantity } from './quantity';

const usd = (amount: number) => ({ amount, currency: 'usd' });

/** Intl puts no-break spaces between number and unit; for reading they are spaces. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  test.each([
    [usd(2900), 'en-US', '$29.00'],
    [usd(-1450), 'en-US', '-$14.50'],
    [usd(5), 'en-US', '$0.05'],
    [usd(106_920), 'de-DE', '1.069,20 $'],
    [{ amount: 2900, currency: 'jpy' }, 'en-US', '¥2,900'],
    [{ amount: 1234, currency: 'kwd' }, 'en-US', 'KWD 1.234'],
    [{ amount: 1200, currency: 'xqz' }, 'en-US', 'XQZ 12.00'],
    [{ amount: 1200, currency: 'nonsense' }, 'en-US', 'NONSENSE 12.00'],
  ])('%j in %s is %s', (money, locale, shown) => {
    expect(plain(formatMoney(money, locale))).toBe(shown);
  });

  test('the largest amount keeps its cents: no division by a hundred in floating point', () => {
    expect(formatMoney(usd(9_007_199_254_740_991), 'en-US')).toBe('$90,071,992,547,409.91');
  });

  test('a price tag leaves out cents that are not there, and only those', () => {
    expect(formatMoney(usd(2900), 'en-US', { trimCents: true })).toBe('$29');
    expect(formatMoney(usd(2610), 'en-US', { trimCents: true })).toBe('$26.10');
  });

  test('decimal text is built from digits', () => {
    expect([decimalText(7, 2), decimalText(-7, 3), decimalText(0, 0), decimalText(123, 0)]).toEqual(['0.07', '-0.007', '0', '123']);
    expect([exponentOf('usd'), exponentOf('jpy'), exponentOf('kwd'), exponentOf('??')]).toEqual([2, 0, 3, 2]);
  });
});

describe('quantity', () => {
  test.each([
    ['bandwidth', 2_747_282_505, '2.747 GB'],
    ['bandwidth', 10_000_000_000, '10 GB'],
    ['bandwidth', 999, '999 bytes'],
    ['storage', 0, '0 bytes'],
    ['build_minutes', 30_000, '500 min'],
    ['build_minutes', 90, '1.5 min'],
    ['api_requests', 9_999, '9,999'],
    ['a_metric_of_tomorrow', 12, '12'],
  ])('%s %d is %s', (metric, value, shown) => {
    expect(plain(formatQuantity(metric, value, 'en-US'))).toBe(shown);
  });

  test('percent is that of the server, not rounded to "full" early', () => {
    expect(formatPercent(99, 'en-US')).toBe('99%');
  });
});

describe('date', () => {
  test('boundaries are shown in UTC, whatever zone the browser is in', () => {
    expect(formatDate('2026-12-31T23:59:59Z', 'en-US')).toBe('Dec 31, 2026');
    expect(formatDateTime('2026-11-22T09:30:00Z', 'en-US')).toContain('09:30 UTC');
  });

  test('time left uses the largest unit that is not zero', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(formatUntil('2026-12-06T14:00:00Z', now, 'en-US')).toBe('in 15 days');
    expect(formatUntil('2026-11-21T17:59:00Z', now, 'en-US')).toBe('in 5 hours');
    expect(formatUntil('2026-11-21T12:01:30Z', now, 'en-US')).toBe('in 1 minute');
  });

  test('expiry as on the card', () => {
    expect(formatExpiry({ month: 4, year: 2029 })).toBe('04/29');
  });
});

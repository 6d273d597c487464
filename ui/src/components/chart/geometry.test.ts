import { describe, expect, test } from 'vitest';

import { areaPath, axisBegin, axisEnd, everyNth, linePath, moved, placeAt, shadeOf, stack, summaryOf, ticksOf, totals, type Value } from './geometry';

const series = (key: string, ...values: Value[]) => ({ key, name: key, values });

describe('axis', () => {
  test.each([[0, 4], [-3, 4], [1, 1], [3.9, 4], [4, 4], [101, 200], [100, 100], [9_412_000_000, 10_000_000_000], [0.3, 0.4]])('%d ends at %d', (max, end) => {
    expect(axisEnd(max)).toBeCloseTo(end);
  });

  test('holds whatever there is, in five ticks from 0', () => {
    for (let power = -3; power < 15; power++) {
      for (const lead of [1, 1.7, 2.4, 4.99, 7, 9.999]) expect(axisEnd(lead * 10 ** power)).toBeGreaterThanOrEqual(lead * 10 ** power * (1 - 1e-9));
    }
    expect(ticksOf(8)).toEqual([0, 2, 4, 6, 8]);
  });

  test('begins at 0, or in the same steps below what lies below it', () => {
    expect(axisBegin(8, 3)).toBe(0);
    expect(axisBegin(8, -0.1)).toBe(-2);
    expect(axisBegin(8, -8)).toBe(-8);
    expect(ticksOf(8, -4)).toEqual([-4, -2, 0, 2, 4, 6, 8]);
  });
});

describe('bars', () => {
  test('stand on each other; what is nothing or missing has none', () => {
    expect(stack([series('a', 3, 0, null), series('b', 2, 5, null)])).toEqual([
      { index: 0, key: 'a', from: 0, to: 3 }, { index: 0, key: 'b', from: 3, to: 5 }, { index: 1, key: 'b', from: 0, to: 5 },
    ]);
  });

  test('a sum is missing only where all are', () => {
    expect(totals([series('a', 3, null, null), series('b', 2, 0, null)])).toEqual([5, 0, null]);
    expect(totals([])).toEqual([]);
  });
});

describe('lines', () => {
  const at = (index: number, value: number) => ({ x: index * 10, y: 100 - value });

  test('break at a gap, and never fall to 0 there', () => {
    expect(linePath([1, 2, null, 4, 5], at)).toBe('M0 99L10 98M30 96L40 95');
    expect(linePath([null, 2, null], at)).toBe('M10 98h0');
    expect(linePath([null, null], at)).toBe('');
  });

  test('each part of an area is closed for itself', () => {
    expect(areaPath([1, 2, null, 4], at)).toBe('M0 100L0 99L10 98L10 100ZM30 100L30 96L30 100Z');
    expect(areaPath([null], at)).toBe('');
  });
});

test('shades: a gap is none, 0 is its own, all else is at least the lightest', () => {
  expect([null, 0, 1, 25, 26, 100, 200].map((value) => shadeOf(value, 100, 4))).toEqual([null, 0, 1, 1, 2, 4, 4]);
  expect(shadeOf(0, 0, 4)).toBe(0);
});

test('names have room', () => {
  expect([everyNth(31, 620, 20), everyNth(31, 300, 50), everyNth(0, 0, 50)]).toEqual([1, 6, 1]);
});

describe('in one sentence', () => {
  test('least, greatest, and the second half against the first', () => {
    expect(summaryOf([1, 2, null, 8, 9])).toEqual({ least: 0, peak: 4, trend: 'rising' });
    expect(summaryOf([9, 8, 2, 1])).toEqual({ least: 3, peak: 0, trend: 'falling' });
    expect(summaryOf([100, 100, 105, 100])).toEqual({ least: 0, peak: 2, trend: 'steady' });
    expect(summaryOf([5])).toEqual({ least: 0, peak: 0, trend: 'steady' });
    expect(summaryOf([0, 0])).toEqual({ least: 0, peak: 0, trend: 'steady' });
    expect(summaryOf([null, null])).toBeNull();
  });
});

describe('the cursor', () => {
  test('walks, stops at the ends, and goes', () => {
    expect(moved(null, 'ArrowRight', 5)).toBe(0);
    expect(moved(null, 'ArrowLeft', 5)).toBe(4);
    expect(moved(0, 'ArrowLeft', 5)).toBe(0);
    expect(moved(4, 'ArrowRight', 5)).toBe(4);
    expect(moved(2, 'Home', 5)).toBe(0);
    expect(moved(2, 'End', 5)).toBe(4);
    expect(moved(2, 'Escape', 5)).toBeNull();
    expect(moved(2, 'ArrowUp', 5)).toBeUndefined();
    expect(moved(2, 'Tab', 5)).toBeUndefined();
  });

  test('in a grid, by rows as well', () => {
    expect(moved(3, 'ArrowDown', 48, 24)).toBe(27);
    expect(moved(27, 'ArrowDown', 48, 24)).toBe(27);
    expect(moved(27, 'ArrowUp', 48, 24)).toBe(3);
    expect(moved(3, 'ArrowUp', 48, 24)).toBe(3);
  });

  test('is under the pointer', () => {
    expect([-4, 0, 99, 100, 399, 400, 900].map((x) => placeAt(x, 400, 4))).toEqual([0, 0, 0, 1, 3, 3, 3]);
  });
});

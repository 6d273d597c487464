// Where things lie on a chart, apart from how they are drawn. Values are numbers or null: null is a gap, never a zero.

export type Value = number | null;

export interface Series {
  key: string;
  name: string;
  values: readonly Value[];
  /** Drawn thin and broken: what is only there to be compared with. */
  isAside?: boolean;
}

/** What of the values is of a kind of its own: a hatch at the end of a bar. */
export interface Part {
  name: string;
  values: readonly Value[];
  format: (value: number) => string;
}

/** Widest chart that is legible, and what a screen reader can walk through. */
export const POINTS_MAX = 400;

const STEPS = [1, 2, 2.5, 5, 10] as const;
const TICKS = 4;

/** The end of an axis that begins at 0, in round steps: at least `max`. */
export function axisEnd(max: number): number {
  if (!(max > 0)) return TICKS;
  const raw = max / TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((size) => size * power >= raw * (1 - Number.EPSILON)) ?? 10;
  return step * power * TICKS;
}

/** The begin of an axis that has its end: 0, or a round step at or below what is below it. */
export const axisBegin = (end: number, least: number): number => Math.min(0, Math.floor((least / end) * TICKS) * (end / TICKS));

export const ticksOf = (end: number, begin = 0): number[] => {
  const step = end / TICKS;
  return Array.from({ length: Math.round((end - begin) / step) + 1 }, (_, i) => begin + step * i);
};

/** The sum of the series at each place; null where none has a value. */
export function totals(series: readonly Series[]): Value[] {
  const count = Math.max(0, ...series.map(({ values }) => values.length));
  return Array.from({ length: count }, (_, i) => {
    const there = series.map(({ values }) => values[i] ?? null).filter((value) => value !== null);
    return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0);
  });
}

export interface Piece {
  index: number;
  key: string;
  from: number;
  to: number;
}

/** Bars on top of each other, in the order of the series. What is nothing has no bar. */
export function stack(series: readonly Series[]): Piece[] {
  const heights: number[] = [];
  return series.flatMap(({ key, values }) => values.flatMap((value, index) => {
    if (value === null || value <= 0) return [];
    const from = heights[index] ?? 0;
    heights[index] = from + value;
    return [{ index, key, from, to: from + value }];
  }));
}

export interface Point {
  x: number;
  y: number;
}

/** A line in as many parts as it has gaps; a part of one point is drawn as a dot by its round end. */
export function linePath(values: readonly Value[], at: (index: number, value: number) => Point): string {
  let isOpen = false;
  return values.map((value, index) => {
    if (value === null) {
      isOpen = false;
      return '';
    }
    const { x, y } = at(index, value);
    const isAlone = !isOpen && (values[index + 1] ?? null) === null;
    const part = `${isOpen ? 'L' : 'M'}${round(x)} ${round(y)}${isAlone ? 'h0' : ''}`;
    isOpen = true;
    return part;
  }).join('');
}

/** The same, down to the axis: each part closed for itself. */
export function areaPath(values: readonly Value[], at: (index: number, value: number) => Point): string {
  const parts: number[][] = [[]];
  values.forEach((value, index) => (value === null ? parts.push([]) : parts.at(-1)?.push(index)));
  return parts.filter((part) => part.length > 0).map((part) => {
    const line = part.map((index) => at(index, values[index] ?? 0));
    const text = line.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L');
    const [first, last] = [part[0] ?? 0, part.at(-1) ?? 0];
    return `M${round(at(first, 0).x)} ${round(at(first, 0).y)}L${text}L${round(at(last, 0).x)} ${round(at(last, 0).y)}Z`;
  }).join('');
}

const TENTHS = 10;
const round = (value: number): number => Math.round(value * TENTHS) / TENTHS;

/** 0 for nothing, then 1 to `levels`: which shade of a heat map. */
export function shadeOf(value: Value, max: number, levels: number): number | null {
  if (value === null) return null;
  return value <= 0 || max <= 0 ? 0 : Math.max(1, Math.ceil((Math.min(value, max) / max) * levels));
}

/** Which of `count` names to write so that they have `each` pixels: always the first. */
export const everyNth = (count: number, width: number, each: number): number => Math.max(1, Math.ceil((count * each) / Math.max(1, width)));

export type Trend = 'rising' | 'falling' | 'steady';

export interface Summary {
  /** Places of the least and the greatest value. */
  least: number;
  peak: number;
  trend: Trend;
}

const STEADY_SHARE = 0.1;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** null when there is nothing to tell. The trend is the second half against the first, a tenth of it or less being none. */
export function summaryOf(values: readonly Value[]): Summary | null {
  const there = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const [first] = there;
  if (!first) return null;
  const least = there.reduce((best, point) => (point.value < best.value ? point : best), first);
  const peak = there.reduce((best, point) => (point.value > best.value ? point : best), first);
  const half = Math.floor(there.length / 2);
  const before = mean(there.slice(0, half).map(({ value }) => value));
  const after = mean(there.slice(there.length - half).map(({ value }) => value));
  const change = after - before;
  const isSteady = half === 0 || Math.abs(change) <= STEADY_SHARE * Math.max(Math.abs(before), Math.abs(after));
  return { least: least.index, peak: peak.index, trend: isSteady ? 'steady' : change > 0 ? 'rising' : 'falling' };
}

/** Where a key takes the cursor: null takes it away, undefined is no key of it. `columns` > 1 for a grid. */
export function moved(at: number | null, key: string, count: number, columns = count): number | null | undefined {
  const to = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowRight': return to(at === null ? 0 : at + 1);
    case 'ArrowLeft': return to(at === null ? count - 1 : at - 1);
    case 'ArrowDown': return columns === count ? undefined : to(at === null ? 0 : at + columns < count ? at + columns : at);
    case 'ArrowUp': return columns === count ? undefined : to(at === null ? 0 : at - columns >= 0 ? at - columns : at);
    case 'Home': return 0;
    case 'End': return count - 1;
    case 'Escape': return null;
    default: return undefined;
  }
}

/** The place under a pointer that is `x` of `width` from the left. */
export const placeAt = (x: number, width: number, count: number): number => Math.max(0, Math.min(count - 1, Math.floor((x / Math.max(1, width)) * count)));

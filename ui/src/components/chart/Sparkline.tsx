// A line as high as a word, beside a figure that says it in numbers.

import { linePath, type Value } from './geometry';

const WIDTH = 96;
const HEIGHT = 24;
const EDGE = 2;

export function Sparkline({ values, title, summary }: { values: readonly Value[]; title: string; summary: string }) {
  const max = Math.max(1, ...values.map((value) => value ?? 0));
  const at = (index: number, value: number) => ({
    x: EDGE + (index / Math.max(1, values.length - 1)) * (WIDTH - 2 * EDGE), y: HEIGHT - EDGE - (value / max) * (HEIGHT - 2 * EDGE),
  });
  return (
    <svg class="sparkline series-1" role="img" aria-label={`${title}: ${summary}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT}>
      <title>{title}</title>
      <desc>{summary}</desc>
      <path class="chart-line" d={linePath(values, at)} />
    </svg>
  );
}

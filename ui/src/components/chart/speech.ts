// What a chart says of itself: in one sentence, and place by place.

import { summaryOf, totals, type Part, type Series, type Value } from './geometry';
import { say } from './words';

export interface Mark {
  index: number;
  name: string;
}

export interface Spoken {
  /** The name of each place: "Nov 3". */
  places: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
  /** They are parts of a whole. */
  isStacked: boolean;
  /** The place whose figures still grow. */
  running?: number | null;
  marks?: readonly Mark[];
  part?: Part | undefined;
}

/** "Nov 3: Included 152K, Overage 0; total 152K" */
export function placeText({ places, series, format, isStacked, running = null, marks = [], part }: Spoken, index: number): string {
  const values = series.map(({ name, values }) => {
    const value = values[index] ?? null;
    return value === null ? say('missingOf', { name }) : say('value', { name, value: format(value) });
  }).join(', ');
  const total = isStacked && series.length > 1 ? (totals(series)[index] ?? null) : null;
  const said = total === null ? values : say('withTotal', { values, total: format(total) });
  const ofIt = part?.values[index] ?? null;
  const text = say('place', { place: places[index] ?? '', values: part && ofIt !== null ? `${said}, ${say('value', { name: part.name, value: part.format(ofIt) })}` : said });
  const now = running === index ? say('running', { text }) : text;
  return marks.filter((mark) => mark.index === index).reduce((whole, { name }) => say('mark', { text: whole, mark: name }), now);
}

/** Of places that do not follow each other in time there is no trend. */
export function summaryText(values: readonly Value[], places: readonly string[], format: (value: number) => string, hasTrend = true): string {
  const summary = summaryOf(values);
  if (!summary) return say('nothing');
  const { least, peak, trend } = summary;
  const range = { least: format(values[least] ?? 0), most: format(values[peak] ?? 0), peak: places[peak] ?? '' };
  if (!hasTrend) return say('summaryOfGrid', range);
  return say('summary', {
    ...range,
    trend: { rising: say('rising'), falling: say('falling'), steady: say('steady') }[trend],
  });
}

// Bars on top of each other, or lines over an area. Colour is never the only cue: bars have patterns, lines are whole or broken. What
// still grows is hatched, what is missing is a gap, and bars begin at 0; lines may go below it.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { Frame, type TableState } from './Frame';
import { areaPath, axisBegin, axisEnd, everyNth, linePath, placeAt, stack, ticksOf, totals, type Part, type Series } from './geometry';
import { placeText, summaryText, type Mark } from './speech';
import { say } from './words';
import type { ComponentChildren } from 'preact';

const HEIGHT = 260;
const TOP = 22;
const FOOT = 26;
const AXIS = 64;
const RIGHT = 8;
const BAR_SHARE = 0.74;
const NAME_PIXELS = 64;
const LETTER_PIXELS = 6.5;
const TONES = 6;
const BAND_PIXELS = 10;
const LEAST_PART = 4;

interface Props {
  kind: 'bars' | 'lines';
  title: string;
  places: readonly string[];
  /** Short names below the axis. */
  ticks: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
  /** Short figures beside the axis. */
  formatTick: (value: number) => string;
  limit?: { value: number; name: string } | null;
  /** What the last place may come to. */
  range?: { from: number; value: number; low: number; high: number } | null;
  running?: number | null;
  /** False: its places do not follow each other in time. */
  hasTrend?: boolean;
  marks?: readonly Mark[];
  part?: Part | undefined;
  onPick?: ((index: number) => void) | undefined;
  table: TableState;
  aside?: ComponentChildren;
}

/** The pattern of each tone; the first is plain. */
const INKS = ['', 'M-1 7L7 -1M3 11L11 3', 'M0 4h8', 'M4 0v8', 'M-1 1L7 9M3 -1L9 5', 'M0 4h8M4 0v8'] as const;

export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      {INKS.map((ink, tone) => (
        <pattern key={tone} id={`${id}-${tone}`} class={`series-${tone + 1}`} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect class="series-fill" width="8" height="8" />
          {ink !== '' && <path class="series-ink" d={ink} />}
        </pattern>
      ))}
      <pattern id={`${id}-running`} width="6" height="6" patternUnits="userSpaceOnUse"><path class="running-ink" d="M-1 1L1 -1M0 6L6 0M5 7L7 5" /></pattern>
    </defs>
  );
}

function Legend({ title, series, hidden, isLines, onToggle }: {
  title: string; series: readonly Series[]; hidden: ReadonlySet<string>; isLines: boolean; onToggle: (series: Series) => void;
}) {
  const id = useId();
  return (
    <div class="chart-legend" role="group" aria-label={say('legend', { title })}>
      {series.map((one, tone) => (
        <button key={one.key} type="button" class={`series-${(tone % TONES) + 1}`} aria-pressed={!hidden.has(one.key)} onClick={() => onToggle(one)}>
          <svg width="18" height="12" aria-hidden="true" focusable="false">
            <Patterns id={id} />
            {isLines
              ? <path class={`chart-line ${one.isAside ? 'is-aside' : ''}`} d="M0 6h18" />
              : <rect width="18" height="12" rx="2" fill={`url(#${id}-${tone % TONES})`} />}
          </svg>
          {one.name}
        </button>
      ))}
    </div>
  );
}

function Rows({ places, series, format, isStacked, running, part }: Pick<Props, 'places' | 'series' | 'format' | 'part'> & { isStacked: boolean; running: number | null }) {
  const sums = isStacked && series.length > 1 ? totals(series) : null;
  const cell = (value: number | null, as = format): string => (value === null ? say('none') : as(value));
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th scope="col">{say('when')}</th>
          {series.map(({ key, name }) => <th key={key} scope="col" class="number">{name}</th>)}
          {sums && <th scope="col" class="number">{say('total')}</th>}
          {part && <th scope="col" class="number">{part.name}</th>}
        </tr>
      </thead>
      <tbody>
        {places.map((place, index) => (
          <tr key={place}>
            <th scope="row" data-label={say('when')}>{index === running ? say('runningMark', { name: place }) : place}</th>
            {series.map(({ key, name, values }) => <td key={key} class="number" data-label={name}>{cell(values[index] ?? null)}</td>)}
            {sums && <td class="number" data-label={say('total')}>{cell(sums[index] ?? null)}</td>}
            {part && <td class="number" data-label={part.name}>{cell(part.values[index] ?? null, part.format)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Chart({ kind, title, places, ticks, series, format, formatTick, limit, range, running = null, hasTrend, marks = [], part, onPick, table, aside }: Props) {
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const said = useSignal<string | null>(null);
  const id = useId();
  const isStacked = kind === 'bars';
  const toneOf = (key: string): number => series.findIndex((one) => one.key === key) % TONES;
  const shown = series.filter(({ key }) => !hidden.value.has(key));
  const sums = isStacked ? totals(shown) : [];
  const main = isStacked ? totals(series) : (series[0]?.values ?? []);
  const count = places.length;
  const there = (isStacked ? sums : shown.flatMap(({ values }) => values)).map((value) => value ?? 0);
  const least = Math.min(0, ...there);
  const end = axisEnd(Math.max(-least, limit?.value ?? 0, range?.high ?? 0, ...there));
  const begin = axisBegin(end, least);
  const y = (value: number): number => HEIGHT - FOOT - ((Math.max(begin, value) - begin) / (end - begin)) * (HEIGHT - FOOT - TOP);

  const toggle = ({ key, name }: Series): void => {
    const next = new Set(hidden.value);
    if (next.has(key)) next.delete(key);
    else next.add(key);
    hidden.value = next;
    said.value = say(next.has(key) ? 'hidden' : 'shown', { name });
  };

  const draw = (width: number, cursor: number | null): ComponentChildren => {
    const step = (width - AXIS - RIGHT) / Math.max(1, count);
    const bar = Math.max(1, step * BAR_SHARE);
    const middle = (index: number): number => AXIS + step * (index + 0.5);
    const at = (index: number, value: number) => ({ x: middle(index), y: y(value) });
    const nth = everyNth(count, width - AXIS - RIGHT, NAME_PIXELS);
    // A name that does not fit is cut: whole it is said at the cursor, and stands in the table.
    const room = Math.floor((step * nth) / LETTER_PIXELS);
    const cut = (name: string): string => (name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name);
    const last = count - 1;
    return (
      <>
        <Patterns id={id} />
        {ticksOf(end, begin).map((tick) => (
          <g key={tick}>
            <line class="chart-grid" x1={AXIS} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text class="chart-tick" x={AXIS - 8} y={y(tick) + 4} text-anchor="end">{formatTick(tick)}</text>
          </g>
        ))}
        {ticks.map((tick, index) => index % nth === 0 && <text key={index} class="chart-tick" x={middle(index)} y={HEIGHT - 8} text-anchor="middle">{cut(tick)}</text>)}
        {cursor !== null && <rect class="chart-place" x={AXIS + step * cursor} y={TOP} width={step} height={HEIGHT - FOOT - TOP} />}
        {isStacked && stack(shown).map(({ index, key, from, to }) => (
          <rect key={`${index}-${key}`} x={middle(index) - bar / 2} width={bar} y={y(to)} height={Math.max(1, y(from) - y(to))} fill={`url(#${id}-${toneOf(key)})`} />
        ))}
        {isStacked && running !== null && (sums[running] ?? 0) > 0 && (
          <rect x={middle(running) - bar / 2} width={bar} y={y(sums[running] ?? 0)} height={Math.max(1, y(0) - y(sums[running] ?? 0))} fill={`url(#${id}-running)`} />
        )}
        {isStacked && part?.values.map((value, index) => {
          const top = y(sums[index] ?? 0);
          return value !== null && <rect key={index} x={middle(index) - bar / 2} width={bar} y={top} height={Math.max(LEAST_PART, Math.min(y(0) - top, y(0) - y(value)))} fill={`url(#${id}-${TONES - 1})`} />;
        })}
        {range && (
          <g>
            <path class="chart-range" d={`M${middle(range.from)} ${y(range.value)}L${middle(last)} ${y(range.high)}V${y(range.low)}Z`} />
            <path class="chart-range-end" d={`M${middle(last) - BAND_PIXELS} ${y(range.high)}h${BAND_PIXELS}V${y(range.low)}h${-BAND_PIXELS}`} />
          </g>
        )}
        {!isStacked && shown.map(({ key, values, isAside }) => (
          <g key={key} class={`series-${toneOf(key) + 1}`}>
            {!isAside && <path class="chart-area" d={areaPath(values, at)} />}
            <path class={`chart-line ${isAside ? 'is-aside' : ''}`} d={linePath(values, at)} />
          </g>
        ))}
        {limit && (
          <g>
            <line class="chart-limit" x1={AXIS} x2={width - RIGHT} y1={y(limit.value)} y2={y(limit.value)} />
            <text class="chart-limit-name" x={AXIS + 6} y={y(limit.value) - 6}>{limit.name}</text>
          </g>
        )}
        {marks.map(({ index, name }) => <path key={`${index}-${name}`} class="chart-mark" d={`M${middle(index)} ${TOP - 4}l-5 -9h10z`} />)}
        {cursor !== null && !isStacked && shown.map(({ key, values }) => {
          const value = values[cursor] ?? null;
          return value !== null && <circle key={key} class={`chart-dot series-${toneOf(key) + 1}`} cx={middle(cursor)} cy={y(value)} r="4" />;
        })}
      </>
    );
  };

  return (
    <Frame
      title={title}
      summary={summaryText(main, places, format, hasTrend)}
      height={HEIGHT}
      count={count}
      draw={draw}
      placeOf={(x, _, width) => placeAt(x - AXIS, width - AXIS - RIGHT, count)}
      textOf={(index) => placeText({ places, series: shown, format, isStacked, running, marks, part }, index)}
      onPick={onPick}
      said={said.value}
      onMove={() => { said.value = null; }}
      legend={<Legend title={title} series={series} hidden={hidden.value} isLines={!isStacked} onToggle={toggle} />}
      rows={() => <Rows places={places} series={series} format={format} isStacked={isStacked} running={running} part={part} />}
      table={table}
      aside={aside}
    />
  );
}

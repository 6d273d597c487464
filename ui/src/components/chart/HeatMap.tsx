// A grid whose squares grow and darken with their value: size says the same as colour. What is missing has a stroke, nothing a dot.

import { Frame, type TableState } from './Frame';
import { everyNth, placeAt, shadeOf, type Value } from './geometry';
import { summaryText } from './speech';
import { say } from './words';
import type { ComponentChildren } from 'preact';

const ROW = 26;
const AXIS = 44;
const FOOT = 22;
const LEVELS = 5;
const LEAST_SHARE = 0.35;
const NAME_PIXELS = 34;

interface Props {
  title: string;
  rows: readonly string[];
  columns: readonly string[];
  /** Row by row. */
  values: readonly Value[];
  format: (value: number) => string;
  table: TableState;
}

export function HeatMap({ title, rows, columns, values, format, table }: Props) {
  const max = Math.max(0, ...values.map((value) => value ?? 0));
  const places = values.map((_, index) => `${rows[Math.floor(index / columns.length)] ?? ''} ${columns[index % columns.length] ?? ''}`);
  const height = ROW * rows.length + FOOT;
  const words = (value: Value): string => (value === null ? say('missing') : format(value));

  const draw = (width: number, cursor: number | null): ComponentChildren => {
    const step = (width - AXIS) / columns.length;
    const side = Math.max(1, Math.min(step, ROW) - 2);
    const nth = everyNth(columns.length, width - AXIS, NAME_PIXELS);
    return (
      <>
        {rows.map((name, row) => <text key={name} class="chart-tick" x={AXIS - 8} y={ROW * (row + 0.5) + 4} text-anchor="end">{name}</text>)}
        {columns.map((name, column) => column % nth === 0
          && <text key={name} class="chart-tick" x={AXIS + step * (column + 0.5)} y={height - 4} text-anchor="middle">{name.slice(0, 2)}</text>)}
        {values.map((value, index) => {
          const x = AXIS + step * ((index % columns.length) + 0.5);
          const y = ROW * (Math.floor(index / columns.length) + 0.5);
          const shade = shadeOf(value, max, LEVELS);
          if (shade === null) return <path key={index} class="heat-missing" d={`M${x - 3} ${y}h6`} />;
          if (shade === 0) return <circle key={index} class="heat-none" cx={x} cy={y} r="1.5" />;
          const size = side * (LEAST_SHARE + ((1 - LEAST_SHARE) * shade) / LEVELS);
          return <rect key={index} class={`heat heat-${shade}`} x={x - size / 2} y={y - size / 2} width={size} height={size} rx="2" />;
        })}
        {cursor !== null && (
          <rect class="heat-cursor" x={AXIS + step * (cursor % columns.length)} y={ROW * Math.floor(cursor / columns.length)} width={step} height={ROW} rx="3" />
        )}
      </>
    );
  };

  return (
    <Frame
      title={title}
      summary={summaryText(values, places, format, false)}
      height={height}
      count={values.length}
      columns={columns.length}
      draw={draw}
      placeOf={(x, y, width) => placeAt(y, ROW * rows.length, rows.length) * columns.length + placeAt(x - AXIS, width - AXIS, columns.length)}
      textOf={(index) => say('place', { place: places[index] ?? '', values: words(values[index] ?? null) })}
      rows={() => (
        <table class="heat-table">
          <thead><tr><th scope="col">{say('when')}</th>{columns.map((name) => <th key={name} scope="col" class="number">{name}</th>)}</tr></thead>
          <tbody>
            {rows.map((name, row) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {columns.map((column, i) => {
                  const value = values[row * columns.length + i] ?? null;
                  return <td key={column} class="number">{value === null ? say('none') : format(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      table={table}
    />
  );
}

// Steps that lead from nothing to a sum, one below the other: what adds, what takes off, and what it comes to, each with its own
// pattern. Names stand above their bars, so that long ones have room on a phone.

import { useId } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

import { Patterns } from './Chart';
import { Frame, type TableState } from './Frame';
import { say } from './words';

export interface Step {
  name: string;
  from: number;
  to: number;
  /** The amount of the step, and where it leads, in words. */
  text: string;
  reached: string;
  isEnd: boolean;
}

interface Props {
  title: string;
  summary: string;
  steps: readonly Step[];
  /** Heads of the table: step, amount, sum so far. */
  heads: readonly [string, string, string];
  table: TableState;
  aside?: ComponentChildren;
}

const ROW = 52;
const BAR_TOP = 22;
const BAR = 20;
const LEAST_BAR = 2;
/** Patterns of Chart: plain for what adds, lines for what takes off, dots of a third kind for the end. */
const toneOf = ({ from, to, isEnd }: Step): number => (isEnd ? 2 : to < from ? 1 : 0);

export function Waterfall({ title, summary, steps, heads, table, aside }: Props) {
  const id = useId();
  const ends = steps.flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(0, ...ends), Math.max(1, ...ends)];
  const draw = (width: number, cursor: number | null): ComponentChildren => {
    const x = (value: number): number => ((value - low) / (high - low)) * (width - LEAST_BAR);
    return (
      <>
        <Patterns id={id} />
        <line class="chart-grid" x1={x(0)} x2={x(0)} y1={0} y2={steps.length * ROW} />
        {steps.map((step, index) => {
          const top = index * ROW;
          return (
            <g key={step.name + String(index)}>
              {cursor === index && <rect class="chart-place" x={0} y={top} width={width} height={ROW} />}
              {index > 0 && <line class="chart-grid" x1={x(step.from)} x2={x(step.from)} y1={top - ROW + BAR_TOP + BAR} y2={top + BAR_TOP} />}
              <text class="chart-tick" x={0} y={top + 14}>{step.name}</text>
              <text class="chart-tick" x={width} y={top + 14} text-anchor="end">{step.text}</text>
              <rect
                x={x(Math.min(step.from, step.to))}
                y={top + BAR_TOP}
                width={Math.max(LEAST_BAR, x(Math.max(step.from, step.to)) - x(Math.min(step.from, step.to)))}
                height={BAR}
                fill={`url(#${id}-${toneOf(step)})`}
              />
            </g>
          );
        })}
      </>
    );
  };
  return (
    <Frame
      title={title}
      summary={summary}
      height={steps.length * ROW}
      count={steps.length}
      columns={1}
      draw={draw}
      placeOf={(_, y) => Math.max(0, Math.min(steps.length - 1, Math.floor(y / ROW)))}
      textOf={(index) => {
        const step = steps[index];
        return step ? say('place', { place: step.name, values: say('withTotal', { values: step.text, total: step.reached }) }) : '';
      }}
      rows={() => (
        <table class="data-table" aria-label={title}>
          <thead><tr>{heads.map((head, index) => <th key={head} scope="col" class={index > 0 ? 'number' : ''}>{head}</th>)}</tr></thead>
          <tbody>
            {steps.map((step, index) => (
              <tr key={step.name + String(index)}>
                <th scope="row" data-label={heads[0]}>{step.name}</th>
                <td class="number" data-label={heads[1]}>{step.text}</td>
                <td class="number" data-label={heads[2]}>{step.reached}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      table={table}
      aside={aside}
    />
  );
}

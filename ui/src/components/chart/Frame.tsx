// What every chart has around its drawing: its name, a cursor that keys and pointers move, what the cursor says, and the same as a
// table. A drawing is an image with a title and a sentence; the cursor lies over it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { moved } from './geometry';
import { say } from './words';

const WIDTH = 640;
/** Below it a drawing shrinks with its letters. */
const LEAST = 200;

/** As wide as there is room, in pixels: so that letters keep their size. */
export function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useSignal(WIDTH);
  useEffect(() => {
    if (!frame.current) return;
    const watcher = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) width.value = Math.max(LEAST, Math.round(entry.contentRect.width));
    });
    watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, []);
  return { frame, width: width.value };
}

/** The table as it stands in the address. */
export interface TableState {
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

interface Props {
  title: string;
  summary: string;
  height: number;
  count: number;
  columns?: number;
  /** Given the cursor's place; drawn `width` wide. */
  draw: (width: number, cursor: number | null) => ComponentChildren;
  placeOf: (x: number, y: number, width: number) => number;
  textOf: (index: number) => string;
  /** Enter, or a press, on a place. */
  onPick?: ((index: number) => void) | undefined;
  legend?: ComponentChildren;
  /** Said after what the legend did, until the cursor moves. */
  said?: string | null;
  onMove?: () => void;
  rows: () => ComponentChildren;
  table: TableState;
  aside?: ComponentChildren;
}

export function Frame({ title, summary, height, count, columns, draw, placeOf, textOf, onPick, legend, said, onMove, rows, table, aside }: Props) {
  const { frame, width } = useWidth();
  const cursor = useSignal<number | null>(null);
  const id = useId();
  const at = cursor.value !== null && cursor.value < count ? cursor.value : null;
  const go = (index: number | null): void => {
    cursor.value = index;
    onMove?.();
  };
  const pointed = (event: MouseEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return placeOf(event.clientX - box.left, event.clientY - box.top, box.width);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && at !== null && onPick) {
      event.preventDefault();
      onPick(at);
      return;
    }
    const next = event.altKey || event.ctrlKey || event.metaKey ? undefined : moved(at, event.key, count, columns);
    if (next === undefined || (next === null && at === null)) return;
    event.preventDefault();
    go(next);
  };
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption><span class="chart-title" id={`${id}-title`}>{title}</span> <span class="muted">{summary}</span></figcaption>
      {legend}
      <div class="chart-frame" ref={frame}>
        <svg class="chart-drawing" role="img" aria-labelledby={`${id}-svg ${id}-desc`} viewBox={`0 0 ${width} ${height}`} height={height}>
          <title id={`${id}-svg`}>{title}</title>
          <desc id={`${id}-desc`}>{summary}</desc>
          {draw(width, at)}
        </svg>
        <div
          class={`chart-cursor ${onPick ? 'is-picked' : ''}`}
          role="application"
          tabIndex={0}
          aria-label={say('cursor', { title })}
          aria-describedby={`${id}-said`}
          onKeyDown={onKeyDown}
          onMouseMove={(event) => { if (pointed(event) !== at) go(pointed(event)); }}
          onClick={(event) => { go(pointed(event)); onPick?.(pointed(event)); }}
        />
      </div>
      <p class="chart-said" id={`${id}-said`} aria-live="polite">{said ?? (at === null ? <span class="muted">{say('hint')}</span> : textOf(at))}</p>
      <div class="chart-foot">
        <details open={table.isOpen} onToggle={(event) => { if (event.currentTarget.open !== table.isOpen) table.onToggle(event.currentTarget.open); }}>
          <summary>{say('table')}</summary>
          {table.isOpen && <div class="chart-table" tabIndex={0} role="region" aria-label={title}>{rows()}</div>}
        </details>
        {aside}
      </div>
    </figure>
  );
}

// A part of a page with its own data: it loads, fails and recovers alone.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import { t } from '../i18n';
import type { Resource } from '../lib/resource';
import { ProblemNote } from './ProblemNote';

interface Props<T> {
  title: string;
  of: Resource<T>;
  /** Grey lines while loading, as many as the content will need. */
  lines: number;
  className?: string;
  aside?: (data: T) => ComponentChildren;
  children: (data: T) => ComponentChildren;
}

function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="skeleton">
      <span class="visually-hidden">{t('common.loading')}</span>
      {Array.from({ length: lines }, (_, line) => <div key={line} class="bone" />)}
    </div>
  );
}

export function Section<T>({ title, of, lines, className = '', aside, children }: Props<T>) {
  const titleId = useId();
  const state = of.state.value;
  return (
    <section class={`card ${className}`} aria-labelledby={titleId} aria-busy={state.status === 'loading'}>
      <header class="card-head">
        <h2 id={titleId}>{title}</h2>
        {state.status === 'ready' && aside?.(state.data)}
      </header>
      {state.status === 'loading' && <Skeleton lines={lines} />}
      {state.status === 'failed' && <ProblemNote problem={state.problem} of="load" onRetry={() => void of.load()} />}
      {state.status === 'ready' && state.reloadProblem && (
        <p class="inline-note tone-warning" role="status">
          {t('problem.refreshFailed')}{' '}
          <button type="button" class="link" onClick={() => void of.load()}>{t('common.retry')}</button>
        </p>
      )}
      {state.status === 'ready' && children(state.data)}
    </section>
  );
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{children}</p>
    </div>
  );
}

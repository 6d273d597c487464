// Data that a section shows: loading, ready, or failed, each section for itself. A reload keeps the last good data on
// screen; only the answer of the latest load counts.

import { signal, type ReadonlySignal } from '@preact/signals';

import { Problem, unreachable } from '../api/problem';

export type State<T> =
  | { status: 'loading' }
  | { status: 'ready'; data: T; reloadProblem: Problem | null }
  | { status: 'failed'; problem: Problem };

export interface Resource<T> {
  readonly state: ReadonlySignal<State<T>>;
  /** The data if there is any. */
  readonly data: T | undefined;
  /** Loads again; resolves when the answer is in `state`. */
  load(): Promise<void>;
  /** Puts in what a change answered, without asking again. */
  set(data: T): void;
}

export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  console.error(error);
  return unreachable();
};

export function resource<T>(fetcher: () => Promise<T>, onProblem: (problem: Problem) => void = () => {}): Resource<T> {
  const state = signal<State<T>>({ status: 'loading' });
  let latest = 0;

  async function load(): Promise<void> {
    const mine = ++latest;
    if (state.value.status === 'failed') state.value = { status: 'loading' };
    try {
      const data = await fetcher();
      if (mine === latest) state.value = { status: 'ready', data, reloadProblem: null };
    } catch (error) {
      if (mine !== latest) return;
      const problem = asProblem(error);
      onProblem(problem);
      const shown = state.value;
      state.value = shown.status === 'ready' ? { ...shown, reloadProblem: problem } : { status: 'failed', problem };
    }
  }

  return {
    state,
    get data() {
      return state.value.status === 'ready' ? state.value.data : undefined;
    },
    load,
    set(data) {
      latest += 1;
      state.value = { status: 'ready', data, reloadProblem: null };
    },
  };
}

// What a button starts: busy while it runs, and the problem with which it ended. A second press while it runs does nothing.

import { useSignal, type ReadonlySignal } from '@preact/signals';

import type { Problem } from '../api/problem';
import { noteSession } from './app_state';
import { asProblem } from './resource';

export interface Action {
  readonly busy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Never rejects; a session that has ended is not this action's problem. */
  run(work: () => Promise<void>): Promise<void>;
}

export function useAction(): Action {
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      const failure = asProblem(error);
      if (!noteSession(failure)) problem.value = failure;
    } finally {
      busy.value = false;
    }
  };
  return { busy, problem, run };
}

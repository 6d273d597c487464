// A change that was answered with "prove who you are first". The request waits here while a dialog asks; then it is sent
// again as it was, with its Idempotency-Key. One dialog serves all requests that wait.

import { signal } from '@preact/signals';

import { onStepUp } from '../api/http';
import type { Problem } from '../api/problem';

interface Asked {
  /** How the person can prove who they are: passkey, totp, platform. */
  methods: readonly string[];
  settle: (isProved: boolean) => void;
}

export const asked = signal<Asked | null>(null);

let waiting: Promise<boolean> | null = null;

/** True once the person has proved who they are; false when they would rather not. */
export function askForProof(problem: Problem): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    asked.value = {
      methods: problem.methods,
      settle: (isProved) => {
        asked.value = null;
        waiting = null;
        resolve(isProved);
      },
    };
  });
  return waiting;
}

export const startStepUp = (): void => onStepUp(askForProof);

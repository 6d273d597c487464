// A slider's steps: as many in each power of ten, so that each press of a key changes the amount, be it small or large.

const STEPS = [1, 1.5, 2, 3, 5, 7];

/** 0, 1, 2, 3, 5, 7, 10, 15, 20 … up to `max`: whole numbers. */
export function ladderTo(max: number): number[] {
  const rungs = [0];
  for (let power = 1; power <= max; power *= 10) {
    rungs.push(...STEPS.map((step) => step * power).filter((rung) => Number.isInteger(rung) && rung <= max));
  }
  return rungs;
}

/** Of the last rung that is not above the value. */
export const indexOf = (rungs: readonly number[], value: number): number => Math.max(0, rungs.findLastIndex((rung) => rung <= value));

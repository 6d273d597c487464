// When figures are too old to pass for the present ones.

const STALE_AFTER_MS = 5 * 60_000;

export const isStale = (asOf: string, nowMs: number): boolean => nowMs - Date.parse(asOf) > STALE_AFTER_MS;

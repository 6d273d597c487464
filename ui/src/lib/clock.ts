// The server's clock, as its Date header shows it. Ages and countdowns are measured against it, so that a wrong clock
// on the visitor's side (or a moved one on a test server) never calls fresh figures stale.

let offsetMs = 0;

export function noteServerTime(dateHeader: string | null): void {
  const server = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (!Number.isNaN(server)) offsetMs = server - Date.now();
}

/** Milliseconds since 1970, by the server. */
export const serverNow = (): number => Date.now() + offsetMs;

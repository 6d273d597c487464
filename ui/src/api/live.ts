// Usage as it happens, by server-sent events. The browser comes back by itself after a break, and the server then
// sends what it missed; where there are no events at all, whoever asks now and then is none the worse.

import type { Usage } from './types';

const PATH = '/api/billing/usage/live';

/** `onChange` gets the metrics that changed, at first all. Nobody watches a page that is hidden. Returns what ends it. */
export function watchUsage(onChange: (changed: Usage) => void): () => void {
  if (typeof EventSource === 'undefined') return () => {};
  let source: EventSource | null = null;

  const update = (): void => {
    const isWanted = document.visibilityState === 'visible';
    if (isWanted && source === null) {
      source = new EventSource(PATH);
      source.addEventListener('usage', (event) => onChange(JSON.parse(event.data as string) as Usage));
    } else if (!isWanted && source !== null) {
      source.close();
      source = null;
    }
  };
  update();
  document.addEventListener('visibilitychange', update);
  return () => {
    document.removeEventListener('visibilitychange', update);
    source?.close();
  };
}

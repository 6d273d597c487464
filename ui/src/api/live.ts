// Usage as it happens, by server-sent events. The browser comes back by itself after a break, and the server then
// sends what it missed; where there are no events at all, whoever asks now and then is none the worse.

import type { Usage } from './types';

/** `onMessage` gets the data of each message of the name. Nobody watches a page that is hidden. Returns what ends it. */
export function watch<T>(path: string, name: string, onMessage: (data: T) => void, onRefused?: () => void): () => void {
  if (typeof EventSource === 'undefined') return () => {};
  let source: EventSource | null = null;

  const update = (): void => {
    const isWanted = document.visibilityState === 'visible';
    if (isWanted && source === null) {
      const opened = new EventSource(`/api/billing/usage/${path}`);
      opened.addEventListener(name, (event) => onMessage(JSON.parse(event.data as string) as T));
      opened.onerror = () => { if (opened.readyState === EventSource.CLOSED) onRefused?.(); };
      source = opened;
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

/** The metrics that changed, at first all. */
export const watchUsage = (onChange: (changed: Usage) => void): (() => void) => watch('live', 'usage', onChange);

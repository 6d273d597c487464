// Looking again while something changes by itself: every few seconds, and not while nobody sees it.

import { useEffect } from 'preact/hooks';

const EVERY_MS = 5_000;

export function usePoll(look: () => void, isOn = true): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const glance = (): void => { if (!document.hidden) look(); };
    const timer = setInterval(glance, EVERY_MS);
    addEventListener('visibilitychange', glance);
    return () => {
      clearInterval(timer);
      removeEventListener('visibilitychange', glance);
    };
  }, [isOn]);
}

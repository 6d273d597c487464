// Keys that work on every page. Single ones do nothing while something is written, and can be turned off.

import { useEffect } from 'preact/hooks';

const OFF = 'turnpike.single_keys_off';

export const singleKeys = (): boolean => localStorage.getItem(OFF) === null;

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

export type Shortcut = 'palette' | 'search' | 'keys';

/** What a press means; null where it is somebody else's. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return 'palette';
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || !singleKeys()) return null;
  // A dialog has the page to itself.
  if (document.querySelector('dialog')) return null;
  return event.key === '/' ? 'search' : event.key === '?' ? 'keys' : null;
}

/** Goes to the search of the page; false where it has none. */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('main [role="search"] :is(input, select)');
  field?.focus();
  return field !== null;
}

export function useShortcuts(on: (shortcut: Shortcut) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const shortcut = shortcutOf(event);
      if (shortcut === null) return;
      event.preventDefault();
      on(shortcut);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

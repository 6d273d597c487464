// What keys open on every page: the palette, the search of the page, the list of keys; and, fetched with it, what figures mean.

import { overlay } from '../../lib/app_state';
import { Keys } from './Keys';
import { focusSearch, useShortcuts } from './keyboard';
import { Palette } from './Palette';

export { Definitions } from '../../definitions/Definitions';

const close = (): void => { overlay.value = null; };

export function Shortcuts() {
  useShortcuts((shortcut) => {
    if (shortcut !== 'search') overlay.value = shortcut;
    else if (!focusSearch()) overlay.value = 'palette';
  });
  if (overlay.value === 'palette') return <Palette onClose={close} onKeys={() => { overlay.value = 'keys'; }} />;
  return overlay.value === 'keys' ? <Keys onClose={close} /> : null;
}

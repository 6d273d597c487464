// The command palette: a line to type into and what it leads to, after the ARIA pattern of a combobox with a list. The focus
// stays in the line; up, down, Home and End choose, Enter goes there, Esc closes.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { listCustomers, type CustomerLine } from '../../api/customers';
import { t } from '../../i18n';
import { session } from '../../lib/app_state';
import { areasOf } from '../AreaNav';
import { Dialog } from '../Dialog';
import { matching, type Command } from './commands';
import { say } from './words';

const CUSTOMERS = 8;
const CUSTOMER_CHARS = 2;
const CUSTOMER_WAIT_MS = 150;

/** Customers that begin so, for operators; nothing while little was typed. What fails is left out: the places are still there. */
function useCustomers(typed: string): readonly CustomerLine[] {
  const found = useSignal<readonly CustomerLine[]>([]);
  const isAsked = session.data?.kind === 'operator' && typed.trim().length >= CUSTOMER_CHARS;
  useEffect(() => {
    found.value = [];
    if (!isAsked) return;
    let isGone = false;
    const timer = setTimeout(() => {
      listCustomers({ q: typed.trim() }, undefined).then((page) => { if (!isGone) found.value = page.data.slice(0, CUSTOMERS); }, () => undefined);
    }, CUSTOMER_WAIT_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [typed, isAsked]);
  return found.value;
}

function usePlaces(onClose: () => void, onKeys: () => void): readonly Command[] {
  const { route } = useLocation();
  const go = (href: string) => () => { onClose(); route(href); };
  return useMemo(() => [
    ...areasOf(session.data).flatMap(({ name, places }) => places.map((place) => ({
      id: place.href, name: t(place.name), note: t(name), run: go(place.href),
    }))),
    { id: '/pricing', name: t('app.pricing'), note: '', run: go('/pricing') },
    ...(session.data ? [{ id: '/security', name: t('app.security'), note: '', run: go('/security') }] : []),
    { id: 'keys', name: say('keys'), note: '', run: onKeys },
  ], []);
}

export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { route } = useLocation();
  const typed = useSignal('');
  const chosen = useSignal(0);
  const listId = useId();
  const places = usePlaces(onClose, onKeys);
  const customers = useCustomers(typed.value).map(({ userId, name }): Command => ({
    id: userId, name: name === '' ? userId : name, note: userId, run: () => { onClose(); route(`/admin/customers/${encodeURIComponent(userId)}`); },
  }));
  const shown = [...matching(places, typed.value), ...customers];
  const at = Math.min(chosen.value, Math.max(0, shown.length - 1));

  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + shown.length, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined && shown.length > 0) {
      event.preventDefault();
      chosen.value = to % shown.length;
      document.getElementById(`${listId}-${chosen.value}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      shown[at]?.run();
    }
  };
  return (
    <Dialog isLight title={say('title')} onClose={onClose} footer={<p class="hint">{say('hint')}</p>}>
      <input
        autoFocus
        class="palette-line"
        role="combobox"
        aria-label={say('line')}
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        {...(shown.length > 0 ? { 'aria-activedescendant': `${listId}-${at}` } : {})}
        autoComplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => { typed.value = event.currentTarget.value; chosen.value = 0; }}
        onKeyDown={onKeyDown}
      />
      <div class="palette-list" id={listId} role="listbox" aria-label={say('list')}>
        {shown.map((command, place) => (
          <div
            key={command.id}
            id={`${listId}-${place}`}
            role="option"
            aria-selected={place === at}
            onClick={() => command.run()}
            onMouseMove={() => { chosen.value = place; }}
          >
            <bdi>{command.name}</bdi> <bdi class="hint">{command.note}</bdi>
          </div>
        ))}
      </div>
      {shown.length === 0 && <p class="muted" role="status">{say('none')}</p>}
    </Dialog>
  );
}

// After the payment page: waits for the card, then says so.

import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { PaymentMethod } from '../api/types';
import { Icon } from '../components/Icon';
import { t } from '../i18n';
import { noteSession } from '../lib/app_state';
import { asProblem } from '../lib/resource';
import { waitForNewMethod } from './setup';

export type SetupState = 'none' | 'pending' | 'done' | 'late';

/** `isBack`: the visitor comes from the payment page; `onMethods` gets what is there once the new one is. */
export function useSetup(isBack: boolean, mayLoad: boolean, onMethods: (methods: PaymentMethod[]) => void = () => {}): Signal<SetupState> {
  const state = useSignal<SetupState>(isBack ? 'pending' : 'none');
  useEffect(() => {
    if (state.value !== 'pending' || !mayLoad) return;
    waitForNewMethod()
      .then((methods) => {
        if (methods) onMethods(methods);
        state.value = methods ? 'done' : 'late';
      })
      .catch((error: unknown) => {
        if (!noteSession(asProblem(error))) state.value = 'late';
      });
  }, [mayLoad]);
  return state;
}

export function SetupNote({ state }: { state: SetupState }) {
  if (state === 'none') return null;
  const words = { pending: 'billing.setupPending', done: 'billing.setupDone', late: 'billing.setupLate' } as const;
  return (
    <div class={`note tone-${state === 'done' ? 'good' : 'warning'}`} role="status">
      <Icon name={state === 'done' ? 'check' : 'clock'} />
      <p class="note-text">{t(words[state])}</p>
    </div>
  );
}

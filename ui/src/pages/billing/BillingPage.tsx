// /billing: plan, usage, invoices and payment methods of the signed-in customer. Each part loads and fails alone. A
// choice of plan comes in by the address (?to=starter&interval=year), the way back from the payment page by ?setup=done.

import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import type { Subscription } from '../../api/types';
import { Icon } from '../../components/Icon';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { t } from '../../i18n';
import { noteSession, session, sessionEnded } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { asProblem } from '../../lib/resource';
import { isForSale, type Choice } from './change';
import { PlanSection } from './PlanSection';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { waitForNewMethod } from '../../paying/setup';
import { createStore, type BillingStore } from './store';
import { UpcomingSection } from './UpcomingSection';
import { UsageSection } from './UsageSection';

const ChangeDialog = later(async () => (await import('./later/ChangeDialog')).ChangeDialog);
const CancelDialog = later(async () => (await import('./later/CancelDialog')).CancelDialog);
const ContractSection = later(async () => (await import('./later/ContractSection')).ContractSection);

type Window = { kind: 'change'; choice: Choice } | { kind: 'cancel' } | null;
type SetupState = 'none' | 'pending' | 'done' | 'late';

/** After the payment page: wait for the card, then say so. */
function useSetup(store: BillingStore, isBack: boolean, mayLoad: boolean): Signal<SetupState> {
  const state = useSignal<SetupState>(isBack ? 'pending' : 'none');
  useEffect(() => {
    if (state.value !== 'pending' || !mayLoad) return;
    waitForNewMethod()
      .then((methods) => {
        if (methods) store.setMethods(methods);
        state.value = methods ? 'done' : 'late';
      })
      .catch((error: unknown) => {
        if (!noteSession(asProblem(error))) state.value = 'late';
      });
  }, [mayLoad]);
  return state;
}

function SetupNote({ state }: { state: SetupState }) {
  if (state === 'none') return null;
  const words = { pending: 'billing.setupPending', done: 'billing.setupDone', late: 'billing.setupLate' } as const;
  return (
    <div class={`note tone-${state === 'done' ? 'good' : 'warning'}`} role="status">
      <Icon name={state === 'done' ? 'check' : 'clock'} />
      <p class="note-text">{t(words[state])}</p>
    </div>
  );
}

function choiceOf(current: Subscription, query: Record<string, string | undefined>): Choice {
  const interval = query['interval'] === 'year' || query['interval'] === 'month' ? query['interval'] : (current.interval ?? 'month');
  return { tier: query['to'] ?? current.tier, interval, when: 'period_end', coupon: query['coupon'] ?? '' };
}

/** Opens the window that the address asks for, once plans and subscription are there and the card, if awaited. */
function useAskedWindow(store: BillingStore, setup: Signal<SetupState>, open: Signal<Window>): void {
  const { query } = useLocation();
  const current = store.subscription.data;
  const plans = store.plans.data?.plans;
  const isReady = current !== undefined && plans !== undefined && setup.value !== 'pending';
  useEffect(() => {
    const to = query['to'];
    if (!isReady || to === undefined || current.cancelAtPeriodEnd || !mayChange()) return;
    const plan = plans.find((item) => item.tier === to);
    if (plan && isForSale(plan)) open.value = { kind: 'change', choice: choiceOf(current, query) };
    else if (to === 'free' && current.tier !== 'free') open.value = { kind: 'cancel' };
  }, [isReady, query['to'], query['interval']]);
}

export default function BillingPage() {
  const { query, route, url } = useLocation();
  const who = session.state.value;
  const isAnonymous = who.status === 'ready' && who.data === null && !sessionEnded.value;
  // Who has yet to prove who they are, and who has no bills, are at home elsewhere.
  const isElsewhere = session.data !== undefined && session.data !== null && (session.data.needsSecondFactor || session.data.userId === null);
  // A stranger's page asks for nothing: every answer would be a refusal.
  const mayLoad = who.status !== 'loading' && !isAnonymous && !isElsewhere;
  const store = useMemo(createStore, []);
  const open = useSignal<Window>(null);
  const setup = useSetup(store, query['setup'] === 'done', mayLoad);
  useAskedWindow(store, setup, open);

  useEffect(() => {
    if (mayLoad) void store.loadAll();
  }, [mayLoad]);
  useEffect(() => {
    if (isAnonymous) route(`/sign-in?next=${encodeURIComponent(url)}`, true);
  }, [isAnonymous]);
  useEffect(() => {
    if (isElsewhere) route(session.data?.needsSecondFactor ? `/security?next=${encodeURIComponent(url)}` : '/security', true);
  }, [isElsewhere]);
  if (isAnonymous || isElsewhere) return null;

  const current = store.subscription.data;
  const close = (): void => {
    open.value = null;
    // The address asked for the window; closed, it must not come back on a reload.
    if (query['to'] !== undefined || query['setup'] !== undefined) route('/billing', true);
  };
  const openChange = (): void => {
    const firstForSale = store.plans.data?.plans.find(isForSale)?.tier;
    if (!current || firstForSale === undefined) return;
    const start = choiceOf(current, {});
    open.value = { kind: 'change', choice: current.tier === 'free' ? { ...start, tier: firstForSale } : start };
  };
  const openCancel = (): void => {
    open.value = { kind: 'cancel' };
  };
  return (
    <div class="billing">
      <div class="page-head">
        <PageTitle>{t('billing.title')}</PageTitle>
        {session.data && <p class="muted">{session.data.name}</p>}
      </div>
      <ReadOnlyNote />
      <SetupNote state={setup.value} />
      <div class="billing-grid">
        <PlanSection store={store} onChange={openChange} onCancel={openCancel} />
        <UpcomingSection store={store} />
        {mayLoad && <ContractSection store={store} />}
        <UsageSection store={store} />
      </div>
      {open.value?.kind === 'change' && (
        <ChangeDialog store={store} initial={open.value.choice} onClose={close} onCancelPlan={openCancel} />
      )}
      {open.value?.kind === 'cancel' && current && <CancelDialog store={store} subscription={current} onClose={close} />}
    </div>
  );
}

// /billing: how the account stands. Each part loads and fails alone. What earlier links asked of this page, a change of plan
// (?to=starter&interval=year), has a page of its own.

import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { PlanSection } from '../../billing/plan/PlanSection';
import { PageTitle } from '../../components/PageTitle';
import { t } from '../../i18n';
import { queryText, useQueryOf, type Query } from '../../lib/address';
import { session } from '../../lib/app_state';
import { useMember } from '../../lib/visitor';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { byTransfer } from '../../paying/transfer';
import { later } from '../../components/later';
import { mayChange } from '../../lib/may';
import { LatestSection, MethodSection } from './LatestSection';
import { createStore } from './store';
import { TasksSection } from './TasksSection';
import { UpcomingSection } from './UpcomingSection';
import { UsageSection } from './UsageSection';

const FeedbackAsk = later(async () => (await import('./later/FeedbackAsk')).FeedbackAsk);

/** Where earlier links to this page lead now. */
function movedTo(query: Query): string | null {
  if (query['to'] !== undefined) return query['to'] === 'free' ? '/billing/cancel' : `/billing/plan/change${queryText(query)}`;
  return query['setup'] === undefined ? null : `/billing/payment-methods${queryText(query)}`;
}

export default function BillingPage() {
  const { route } = useLocation();
  const query = useQueryOf('/billing');
  const isMember = useMember();
  const store = useMemo(createStore, []);
  const elsewhere = movedTo(query);
  const isHere = isMember && elsewhere === null;

  useEffect(() => {
    if (elsewhere !== null) route(elsewhere, true);
  }, [elsewhere]);
  useEffect(() => {
    if (isHere) void store.loadAll();
  }, [isHere]);
  // It is drawn before it is known who looks; only who may see it stays.
  const isKnown = session.state.value.status !== 'loading';
  if (elsewhere !== null || (isKnown && !isMember)) return null;
  return (
    <div class="billing">
      <div class="page-head">
        <PageTitle>{t('billing.title')}</PageTitle>
        {session.data && <p class="muted">{session.data.name}</p>}
      </div>
      <ReadOnlyNote />
      <div class="billing-grid">
        <div class="billing-column">
          <PlanSection store={store} waitsForTransfer={byTransfer(store.invoices.data?.data ?? []).length > 0} />
          {isMember && <TasksSection store={store} />}
          <UsageSection store={store} />
        </div>
        <div class="billing-column">
          <UpcomingSection store={store} />
          <LatestSection store={store} />
          <MethodSection store={store} />
          {isMember && mayChange() && <FeedbackAsk />}
        </div>
      </div>
    </div>
  );
}

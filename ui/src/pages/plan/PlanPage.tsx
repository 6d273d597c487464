// /billing/plan: the terms that are in force, what they include, what is decided about them, and the contract where there is one.

import { useEffect, useMemo } from 'preact/hooks';

import { PlanSection } from '../../billing/plan/PlanSection';
import { createPlanStore } from '../../billing/plan/store';
import { limitText } from '../../billing/usage_words';
import { Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { tName } from '../../i18n';
import { mayChange } from '../../lib/may';
import { useMember } from '../../lib/visitor';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { say } from './words';

const ContractSection = later(async () => (await import('./later/ContractSection')).ContractSection);
const WithdrawalNote = later(async () => (await import('./later/withdrawal/WithdrawalNote')).WithdrawalNote);

const LINES = 9;

function Shown() {
  const store = useMemo(() => createPlanStore(), []);
  const load = async (): Promise<void> => {
    await Promise.all([store.subscription.load(), store.plans.load()]);
  };
  useEffect(() => void load(), []);
  return (
    <div class="billing-grid">
      <div class="billing-column">
        <PlanSection store={store}>{({ tier }) => mayChange() && <WithdrawalNote tier={tier} onChange={() => void load()} />}</PlanSection>
        <ContractSection onChange={load} />
      </div>
      <Section title={say('included.title')} of={store.subscription} lines={LINES} className="included">
        {({ limits, features }) => (
          <>
            <Facts label={say('included.limits')} rows={Object.entries(limits).map(([metric, { limit }]) => [tName('metric', metric), limitText(metric, limit)])} />
            <ul class="plan-features" aria-label={say('included.features')}>
              {Object.keys(features).filter((name) => features[name]).map((name) => <li key={name}><Icon name="check" /> {tName('feature', name)}</li>)}
            </ul>
            <p><a href="/pricing">{say('included.compare')}</a></p>
          </>
        )}
      </Section>
    </div>
  );
}

export default function PlanPage() {
  if (!useMember()) return null;
  return (
    <div class="billing">
      <PageTitle>{say('plan.title')}</PageTitle>
      <ReadOnlyNote />
      <Shown />
    </div>
  );
}

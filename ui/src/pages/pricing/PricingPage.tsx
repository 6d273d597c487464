// /pricing: the plans for everyone, with buttons that know who is looking. The interval is in the address, so that a
// link shows the same prices.

import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getPlans, getSubscription } from '../../api/billing';
import type { Catalogue, Interval, Plan } from '../../api/types';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { Segmented } from '../../components/Segmented';
import { yearlySaving } from '../../format/money';
import { formatPercent } from '../../format/quantity';
import { locale, t } from '../../i18n';
import { session } from '../../lib/app_state';
import { resource } from '../../lib/resource';
import { CompareTable } from './CompareTable';
import { PlanCard } from './PlanCard';
import type { Viewer } from '../../billing/offer';

const CARDS = 4;

function IntervalSwitch({ plans, value, onChange }: { plans: readonly Plan[]; value: Interval; onChange: (to: Interval) => void }) {
  const saving = Math.max(0, ...plans.map((plan) => yearlySaving(plan.prices.month, plan.prices.year)));
  const yearly = (
    <>
      {t('common.yearly')}
      {saving > 0 && <span class="saving">{t('pricing.save', { percent: formatPercent(saving, locale()) })}</span>}
    </>
  );
  return (
    <Segmented
      legend={t('pricing.interval')}
      value={value}
      options={[{ value: 'month', label: t('common.monthly') }, { value: 'year', label: yearly }]}
      onChange={onChange}
    />
  );
}

function currencyName(code: string): string {
  try {
    return new Intl.DisplayNames(locale(), { type: 'currency' }).of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

function Plans({ catalogue, viewer }: { catalogue: Catalogue; viewer: Viewer }) {
  const { query, route } = useLocation();
  const { plans } = catalogue;
  const interval: Interval = query['interval'] === 'year' ? 'year' : 'month';
  return (
    <>
      <div class="interval-row">
        <IntervalSwitch
          plans={plans}
          value={interval}
          onChange={(to) => route(to === 'year' ? '/pricing?interval=year' : '/pricing', true)}
        />
      </div>
      <h2 class="visually-hidden">{t('pricing.plans')}</h2>
      <ul class="plans">
        {plans.map((plan) => <PlanCard key={plan.tier} plan={plan} plans={plans} interval={interval} viewer={viewer} />)}
      </ul>
      <div class="fine-print">
        <p>{t('pricing.margin')}</p>
        <p>{t('pricing.currency', { currency: currencyName(catalogue.currency), code: catalogue.currency.toUpperCase() })}</p>
      </div>
      <CompareTable plans={plans} interval={interval} />
    </>
  );
}

function PlansSkeleton() {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="visually-hidden">{t('common.loading')}</span>
      <div class="bone switch" />
      <div class="plans">{Array.from({ length: CARDS }, (_, card) => <div key={card} class="bone plan-bone" />)}</div>
    </div>
  );
}

export default function PricingPage() {
  const plans = useMemo(() => resource(getPlans), []);
  const subscription = useMemo(() => resource(getSubscription), []);
  const who = session.data;

  useEffect(() => void plans.load(), []);
  useEffect(() => {
    if (who) void subscription.load();
  }, [who?.userId]);

  const catalogue = plans.state.value;
  const mine = subscription.state.value;
  // Buttons must not change under the pointer: wait for the answer to "who is looking" before the first paint of plans.
  const isKnown = session.state.value.status !== 'loading' && (!who || mine.status !== 'loading');
  const viewer: Viewer = { subscription: who && mine.status === 'ready' ? mine.data : null };
  return (
    <div class="pricing">
      <div class="hero">
        <PageTitle title={t('pricing.title')}>{t('pricing.headline')}</PageTitle>
        <p class="lead">{t('pricing.lead')}</p>
      </div>
      {catalogue.status === 'failed' && (
        <ProblemNote problem={catalogue.problem} of="load" onRetry={() => void plans.load()} />
      )}
      {catalogue.status === 'ready' && isKnown && <Plans catalogue={catalogue.data} viewer={viewer} />}
      {(catalogue.status === 'loading' || (catalogue.status === 'ready' && !isKnown)) && <PlansSkeleton />}
    </div>
  );
}

// The plan that is in force: what it costs, when it goes on, what has been decided about it, and the ways to change it.

import type { ComponentChildren } from 'preact';

import type { Money, Subscription } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Section } from '../../components/Section';
import { formatDate, formatDateTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { mayChange } from '../../lib/may';
import { isForSale } from '../offer';
import { noticeOf } from '../usage_view';
import type { PlanStore } from './store';
import { say } from './words';

const FREE = 'free';
const CHANGE = '/billing/plan/change';
const SKELETON_LINES = 3;

function statusBadge(subscription: Subscription): { tone: Tone; name: string } {
  if (subscription.cancelAtPeriodEnd) return { tone: 'warning', name: 'cancelling' };
  switch (subscription.status) {
    case 'active':
    case 'trialing':
      return { tone: 'good', name: subscription.status };
    case 'past_due':
    case 'incomplete':
      return { tone: 'over', name: subscription.status };
    case 'unpaid':
      return { tone: 'bad', name: subscription.status };
    default:
      return { tone: 'neutral', name: subscription.status };
  }
}

function NoticeText({ subscription, waitsForTransfer }: { subscription: Subscription; waitsForTransfer: boolean }) {
  const end = subscription.currentPeriodEnd === null ? '' : formatDate(subscription.currentPeriodEnd, locale());
  switch (noticeOf(subscription)) {
    case 'incomplete':
      return <p class="inline-note tone-over">{t('plan.incomplete')}</p>;
    case 'paused':
      return <p class="inline-note tone-warning">{subscription.resumesAt === null ? say('paused') : say('pausedUntil', { date: formatDate(subscription.resumesAt, locale()) })}</p>;
    case 'restricted':
      return <p class="inline-note tone-bad">{t(waitsForTransfer ? 'plan.overdueRestricted' : 'plan.restricted')} {say('still')}</p>;
    case 'past_due':
      return (
        <p class="inline-note tone-over">
          {t(waitsForTransfer ? 'plan.overdue' : 'plan.pastDue')}{' '}
          {subscription.accessUntil !== null && say('until', { date: formatDateTime(subscription.accessUntil, locale()) })}
        </p>
      );
    case 'cancelling':
      return <p class="inline-note tone-warning">{t('plan.cancelling', { date: end, plan: tName('tier', FREE) })}</p>;
    case 'pending_change': {
      const change = subscription.pendingChange;
      if (!change) return null;
      const words = { plan: tName('tier', change.tier), date: formatDate(change.at, locale()) };
      return <p class="inline-note tone-warning">{t('plan.pendingChange', words)}</p>;
    }
    case 'none':
      return null;
  }
}

function Renewal({ subscription }: { subscription: Subscription }) {
  if (subscription.tier === FREE) {
    return <p class="muted">{t('plan.freeNote', { date: formatDate(subscription.usagePeriodEnd, locale()) })}</p>;
  }
  if (subscription.currentPeriodEnd === null || subscription.cancelAtPeriodEnd || subscription.status === 'paused') return null;
  return <p class="muted">{t('plan.renews', { date: formatDate(subscription.currentPeriodEnd, locale()) })}</p>;
}

function PriceLine({ price, interval, tier }: { price: Money; interval: Subscription['interval']; tier: string }) {
  if (price.amount === 0 && tier !== FREE) return <p class="plan-price">{t('pricing.byContract')}</p>;
  return (
    <p class="plan-price">
      {formatMoney(price, locale(), { trimCents: price.amount === 0 })}{' '}
      {price.amount > 0 && <span class="price-unit">{interval === 'year' ? t('common.perYear') : t('common.perMonth')}</span>}
    </p>
  );
}

/** A new price of the plan, of which the customer was told by mail: what it will be, from when on, and that they may leave. */
function PriceNote({ tier, interval, price, priceChange }: Subscription) {
  if (priceChange === null) return null;
  const words = {
    date: formatDate(priceChange.at, locale()),
    plan: tName('tier', tier),
    before: price === null ? '' : formatMoney(price, locale()),
    after: formatMoney(priceChange.price, locale()),
  };
  return <p class="inline-note tone-warning">{say(interval === 'year' ? 'price.year' : 'price.month', words)}</p>;
}

function Actions({ subscription, store }: { subscription: Subscription; store: PlanStore }) {
  if (subscription.cancelAtPeriodEnd || subscription.status === 'paused') {
    return <Button look="primary" onPress={() => void store.takeBack()}>{subscription.status === 'paused' ? say('resume') : t('plan.keep')}</Button>;
  }
  if (subscription.pendingChange) {
    return <Button onPress={() => void store.takeBack()}>{t('plan.undoChange')}</Button>;
  }
  if (subscription.tier === FREE) return <a class="button primary" href={CHANGE}>{t('plan.choose')}</a>;
  const plan = store.plans.data?.plans.find(({ tier }) => tier === subscription.tier);
  if (plan && !isForSale(plan)) return <p class="hint">{t('plan.byContract')}</p>;
  return (
    <>
      <a class="button plain" href={CHANGE}>{t('plan.change')}</a>
      <a class="button quiet" href="/billing/cancel">{t('plan.cancel')}</a>
    </>
  );
}

interface Props {
  store: PlanStore;
  /** An open invoice is paid by bank transfer. */
  waitsForTransfer?: boolean;
  /** Below what is said of the plan. */
  children?: (subscription: Subscription) => ComponentChildren;
}

export function PlanSection({ store, waitsForTransfer = false, children }: Props) {
  return (
    <Section
      title={t('plan.title')}
      of={store.subscription}
      lines={SKELETON_LINES}
      className="plan-now"
      aside={(subscription) => {
        const { tone, name } = statusBadge(subscription);
        return <Badge tone={tone}>{tName('subscription', name)}</Badge>;
      }}
    >
      {(subscription) => (
        <>
          <div class="plan-now-row">
            <p class="plan-now-name">{tName('tier', subscription.tier)}</p>
            {subscription.price && <PriceLine price={subscription.price} interval={subscription.interval} tier={subscription.tier} />}
          </div>
          <Renewal subscription={subscription} />
          <NoticeText subscription={subscription} waitsForTransfer={waitsForTransfer} />
          <PriceNote {...subscription} />
          {mayChange() && <div class="actions"><Actions subscription={subscription} store={store} /></div>}
          {children?.(subscription)}
        </>
      )}
    </Section>
  );
}

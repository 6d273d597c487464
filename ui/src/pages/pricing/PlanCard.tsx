// One plan: what it costs, what it gives, and the button that knows who is looking.

import { useId } from 'preact/hooks';

import type { Interval, Money, Plan } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Icon } from '../../components/Icon';
import { formatMoney, perMonth } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { limitPhrase } from './limit_text';
import { addedFeatures, hrefOf, isByContract, isFree, offerOf, type Offer, type Viewer } from '../../billing/offer';

interface Props {
  plan: Plan;
  plans: readonly Plan[];
  interval: Interval;
  viewer: Viewer;
}

function priceNote(plan: Plan, interval: Interval, price: Money): string {
  if (isFree(plan)) return t('pricing.forEver');
  if (interval === 'month') return t('pricing.billedMonthly');
  return t('pricing.billedYearly', { price: formatMoney(price, locale()) });
}

function Price({ plan, interval }: { plan: Plan; interval: Interval }) {
  const price = plan.prices[interval];
  if (price === null) {
    return (
      <div class="price">
        <p class="price-amount by-contract">{t('pricing.byContract')}</p>
        <p class="price-note">{t('pricing.byContractNote')}</p>
      </div>
    );
  }
  const shown = interval === 'year' ? perMonth(price) : price;
  return (
    <div class="price">
      <p class="price-amount">
        {formatMoney(shown, locale(), { trimCents: true })} <span class="price-unit">{t('common.perMonth')}</span>
      </p>
      <p class="price-note">{priceNote(plan, interval, price)}</p>
    </div>
  );
}

function Action({ plan, plans, interval, viewer }: Props) {
  const offer: Offer = offerOf(plan, plans, interval, viewer);
  const name = tName('tier', plan.tier);
  if (offer === 'current' || offer === 'pending') {
    return <p class="button settled"><Icon name={offer === 'current' ? 'check' : 'clock'} />{t(`pricing.cta.${offer}`)}</p>;
  }
  if (offer === 'contact') return <a class="button plain" href="/contract">{t('pricing.cta.contact')}</a>;
  const words = offer === 'switch_interval' ? t(`pricing.cta.switch_interval.${interval}`) : t(`pricing.cta.${offer}`, { plan: name });
  const look = offer === 'downgrade' || isFree(plan) ? 'plain' : 'primary';
  return <a class={`button ${look}`} href={hrefOf(plan, interval, viewer)}>{words}</a>;
}

export function PlanCard(props: Props) {
  const { plan, plans, viewer } = props;
  const titleId = useId();
  const before = plans[plans.indexOf(plan) - 1];
  const isCurrent = viewer.subscription?.tier === plan.tier;
  return (
    <li class={`plan ${isCurrent ? 'is-current' : ''} ${isByContract(plan) ? 'is-contract' : ''}`}>
      <article aria-labelledby={titleId}>
        <header class="plan-head">
          <h3 id={titleId}>{tName('tier', plan.tier)}</h3>
          {isCurrent && <Badge tone="good">{t('pricing.current')}</Badge>}
          {viewer.subscription?.pendingChange?.tier === plan.tier && <Badge tone="neutral">{t('pricing.pendingBadge')}</Badge>}
        </header>
        <p class="plan-tagline">{tagline(plan.tier)}</p>
        <Price plan={plan} interval={props.interval} />
        <Action {...props} />
        <dl class="plan-limits">
          {Object.entries(plan.limits)
            .filter(([, limit]) => limit.limit !== null && limit.limit !== 'tracked')
            .map(([metric, limit]) => {
              const { value, name } = limitPhrase(metric, limit);
              return <div key={metric}><dt>{name}</dt><dd>{value}</dd></div>;
            })}
        </dl>
        <p class="plan-features-title">
          {before ? t('pricing.everythingIn', { plan: tName('tier', before.tier) }) : t('pricing.includes')}
        </p>
        <ul class="plan-features">
          {addedFeatures(plan, before).map((feature) => (
            <li key={feature}><Icon name="check" />{tName('feature', feature)}</li>
          ))}
          <li><Icon name="check" />{t('pricing.support')}: {tName('support', plan.support)}</li>
        </ul>
      </article>
    </li>
  );
}

/** The catalogue may hold tiers that we have no line for. */
function tagline(tier: string): string {
  switch (tier) {
    case 'free':
    case 'starter':
    case 'professional':
    case 'enterprise':
      return t(`tier.${tier}.tagline`);
    default:
      return '';
  }
}

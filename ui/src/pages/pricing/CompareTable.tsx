// Every limit and feature of every plan in one table. On a phone two plans are picked and the other columns hidden.

import { useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import type { Interval, Plan } from '../../api/types';
import { Icon } from '../../components/Icon';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { limitText } from './limit_text';
import { unionOf } from '../../billing/offer';

interface Row {
  name: string;
  cell: (plan: Plan) => ComponentChildren;
}

function Has({ it }: { it: boolean }) {
  return (
    <span class={it ? 'has' : 'has-not'}>
      <Icon name={it ? 'check' : 'minus'} />
      <span class="visually-hidden">{it ? t('pricing.value.included') : t('pricing.value.notIncluded')}</span>
    </span>
  );
}

function priceText(plan: Plan, interval: Interval): string {
  const price = plan.prices[interval];
  if (price === null) return t('pricing.byContract');
  return `${formatMoney(price, locale(), { trimCents: price.amount === 0 })} ${interval === 'month' ? t('common.perMonth') : t('common.perYear')}`;
}

function Picker({ label, plans, value }: { label: string; plans: readonly Plan[]; value: Signal<string> }) {
  return (
    <label>
      <span>{label}</span>
      <select value={value.value} onChange={(event) => { value.value = event.currentTarget.value; }}>
        {plans.map((plan) => <option key={plan.tier} value={plan.tier}>{tName('tier', plan.tier)}</option>)}
      </select>
    </label>
  );
}

export function CompareTable({ plans, interval }: { plans: readonly Plan[]; interval: Interval }) {
  const titleId = useId();
  const first = useSignal(plans[1]?.tier ?? '');
  const second = useSignal(plans[2]?.tier ?? '');
  const column = (plan: Plan): string => (plan.tier === first.value || plan.tier === second.value ? 'picked' : 'not-picked');
  const metrics = unionOf(plans.map((plan) => Object.keys(plan.limits)));
  const features = unionOf(plans.map((plan) => Object.keys(plan.features).filter((name) => plan.features[name])));

  const group = (title: string, rows: Row[]) => (
    <tbody>
      <tr class="group"><th scope="rowgroup">{title}</th></tr>
      {rows.map((row) => (
        <tr key={row.name}>
          <th scope="row">{row.name}</th>
          {plans.map((plan) => <td key={plan.tier} class={column(plan)}>{row.cell(plan)}</td>)}
        </tr>
      ))}
    </tbody>
  );
  return (
    <section class="compare" aria-labelledby={titleId}>
      <h2 id={titleId}>{t('pricing.compare')}</h2>
      <div class="compare-pick">
        <Picker label={t('pricing.compareFirst')} plans={plans} value={first} />
        <Picker label={t('pricing.compareSecond')} plans={plans} value={second} />
      </div>
      <table class="compare-table" aria-labelledby={titleId}>
        <thead>
          <tr>
            <td />
            {plans.map((plan) => (
              <th key={plan.tier} scope="col" class={column(plan)}>
                {tName('tier', plan.tier)}
                <span class="compare-price">{priceText(plan, interval)}</span>
              </th>
            ))}
          </tr>
        </thead>
        {group(t('pricing.group.limits'), metrics.map((metric) => ({
          name: tName('metric', metric),
          cell: (plan) => limitText(metric, plan.limits[metric]),
        })))}
        {group(t('pricing.group.features'), features.map((feature) => ({
          name: tName('feature', feature),
          cell: (plan) => <Has it={plan.features[feature] === true} />,
        })))}
        {group(t('pricing.group.support'), [{
          name: t('pricing.supportBy'),
          cell: (plan) => tName('support', plan.support),
        }])}
      </table>
    </section>
  );
}

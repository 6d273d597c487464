// /billing/costs: how the next invoice comes about, step by step; what the present period was billed; and which prices hold.

import { COSTS, getCosts, type BilledLine, type CostPrice, type Costs, type CostStep } from '../../api/costs';
import type { Money } from '../../api/types';
import { Waterfall } from '../../components/chart/Waterfall';
import { Rows, type Column } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Section } from '../../components/Section';
import { TakeAway } from '../../components/TakeAway';
import { METRICS } from '../../contracts/amounts';
import { formatDate, formatDateTime, formatRange } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { lineWords } from '../../paying/line_words';
import { invoiceHref } from '../../paying/PayButton';
import { say } from './words';

const money = (amount: Money): string => formatMoney(amount, locale());

function stepName({ step, description, amount }: CostStep): string {
  if (step === 'line') return lineWords(description ?? '');
  if (step === 'balance') return say(amount.amount < 0 ? 'step.balanceOff' : 'step.balanceOn');
  return say(`step.${step}`);
}

function Steps({ costs }: { costs: Costs }) {
  const { query, change } = useAddress();
  const steps = costs.data.map((step) => ({
    name: stepName(step), from: step.from.amount, to: step.to.amount, text: money(step.amount), reached: money(step.to), isEnd: step.step === 'due',
  }));
  const [first, due] = [steps[0], steps.at(-1)];
  return (
    <Waterfall
      title={say('waterfall')}
      summary={say('summary', { count: steps.length, first: first?.text ?? '', due: due?.text ?? '' })}
      steps={steps}
      heads={[say('step'), say('amount'), say('reached')]}
      table={{ isOpen: query['table'] === 'steps', onToggle: (isOpen) => change({ table: isOpen ? 'steps' : undefined }) }}
      aside={<TakeAway path={COSTS} what="costs" range={[costs.period.start, costs.period.end]} isWhole />}
    />
  );
}

function Next({ costs }: { costs: Costs }) {
  const { forecast, prices, period } = costs;
  if (!forecast) {
    return <Empty title={say('none')}>{prices.length === 0 ? say('noneFree') : say('noneEnding', { date: formatDate(period.end, locale()) })}</Empty>;
  }
  return (
    <>
      <p class="plan-now-name">{money(forecast.due)}</p>
      <p class="muted">{say('on', { date: formatDateTime(forecast.at, locale()) })}</p>
      <p class="hint">{say(forecast.estimated ? 'estimated' : 'exact')}</p>
      <Steps costs={costs} />
    </>
  );
}

const BILLED = (): Column<BilledLine>[] => [
  { title: say('what'), isHead: true, cell: ({ description }) => lineWords(description) },
  { title: say('period'), cell: ({ period }) => formatRange(period.start, period.end, locale()) },
  { title: say('invoice'), cell: ({ invoiceId, invoiceNumber }) => <a class="whole" href={invoiceHref(invoiceId)}>{invoiceNumber ?? say('draft')}</a> },
  { title: say('discount'), cell: ({ discount }) => money(discount), isNumber: true },
  { title: say('tax'), cell: ({ tax }) => money(tax), isNumber: true },
  { title: say('amount'), cell: ({ amount }) => money(amount), isNumber: true },
];

const PRICES = (): Column<CostPrice>[] => [
  { title: say('plan'), isHead: true, cell: ({ tier, planVersion }) => say('planOf', { plan: tName('tier', tier), version: String(planVersion) }) },
  { title: say('from'), cell: ({ from }) => formatDate(from, locale()) },
  { title: say('until'), cell: ({ until }) => (until === null ? say('open') : formatDate(until, locale())) },
  { title: say('price'), cell: ({ price, interval }) => `${money(price)} ${t(interval === 'year' ? 'common.perYear' : 'common.perMonth')}`, isNumber: true },
];

function Shown() {
  const costs = useResource(getCosts);
  return (
    <>
      <Section title={say('next')} of={costs} lines={8}>
        {(data) => <Next costs={data} />}
      </Section>
      <Section title={say('billed')} of={costs} lines={3}>
        {({ billed, period }) => (billed.length === 0
          ? <Empty title={say('billed.none')}>{say('billed.noneText')}</Empty>
          : (
            <>
              <p class="muted">{say('billed.range', { range: formatRange(period.start, period.end, locale()) })}</p>
              <Rows title={say('billed')} rows={billed} columns={BILLED()} keyOf={(line) => JSON.stringify(line)} />
            </>
          ))}
      </Section>
      <Section title={say('prices')} of={costs} lines={3}>
        {({ prices }) => (prices.length === 0
          ? <Empty title={say('prices.none')}>{say('prices.noneText')}</Empty>
          : <Rows title={say('prices')} rows={prices} columns={PRICES()} keyOf={({ from }) => from} />)}
      </Section>
    </>
  );
}

export default function CostsPage() {
  if (!useMember()) return null;
  return (
    <div class="billing">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <Shown />
      <section class="card" aria-labelledby="costs-meters">
        <h2 id="costs-meters">{say('meters')}</h2>
        <p>{say('meters.text')}</p>
        <ul class="task-list">
          {METRICS.map((metric) => <li key={metric}><a href={`/billing/usage?group=resource&metric=${metric}`}>{tName('metric', metric)}</a></li>)}
        </ul>
      </section>
    </div>
  );
}

// The next invoice, line by line, as the server works it out: the same figures that the invoice will have.

import type { Money, UpcomingInvoice } from '../../api/types';
import { Empty, Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatPercent } from '../../format/quantity';
import { locale, t } from '../../i18n';
import { lineWords } from '../../paying/line_words';
import { sumRows } from '../../paying/sums';
import type { BillingStore } from './store';
import { say } from './words';

const SKELETON_LINES = 3;

function Lines({ invoice }: { invoice: UpcomingInvoice }) {
  if (!invoice.lines || invoice.lines.length === 0) return null;
  return (
    <dl class="lines">
      {invoice.lines.map((line, index) => (
        <div key={index}>
          <dt>{lineWords(line.description)}</dt>
          <dd>{formatMoney(line.amount, locale())}</dd>
        </div>
      ))}
      {sumRows(invoice).map(({ label, amount }) => (
        <div key={label}>
          <dt>{t(label)}</dt>
          <dd>{formatMoney(amount, locale())}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the next invoice comes to by now, against what somebody wants to spend. A budget tells, and stops nothing. */
function Budget({ spend, budget }: { spend: Money; budget: Money }) {
  const percent = Math.floor((spend.amount * 100) / budget.amount);
  const words = say('budget.of', { spend: formatMoney(spend, locale()), budget: formatMoney(budget, locale()), percent: formatPercent(percent, locale()) });
  return (
    <div class={`budget ${percent >= 100 ? 'is-over' : ''}`}>
      <progress max={100} value={Math.min(percent, 100)} aria-label={say('budget')} />
      <p class="hint">{words}</p>
    </div>
  );
}

export function UpcomingSection({ store }: { store: BillingStore }) {
  const subscription = store.subscription.data;
  const emptyText = subscription && subscription.tier !== 'free' ? t('upcoming.endingText') : t('upcoming.noneText');
  return (
    <Section title={t('upcoming.title')} of={store.upcoming} lines={SKELETON_LINES} className="upcoming">
      {(invoice) =>
        invoice === null ? (
          <Empty title={t('upcoming.none')}>{emptyText}</Empty>
        ) : (
          <>
            <p class="plan-now-name">{formatMoney(invoice.amountDue, locale())}</p>
            {store.budgets.data?.filter(({ currency }) => currency === invoice.amountDue.currency).map((budget) => <Budget key={budget.amount} spend={invoice.amountDue} budget={budget} />)}
            <p class="muted">{t('upcoming.on', { date: formatDate(invoice.dueDate ?? invoice.periodStart, locale()) })}</p>
            <Lines invoice={invoice} />
            <p><a href="/billing/costs">{say('costs')}</a> · <a href="/billing/alerts">{say(store.budgets.data?.length === 0 ? 'budget.none' : 'budget.change')}</a></p>
            {invoice.estimated && <p class="hint">{t('upcoming.estimated')}</p>}
          </>
        )
      }
    </Section>
  );
}

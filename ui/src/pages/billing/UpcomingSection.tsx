// The next invoice, line by line, as the server works it out: the same figures that the invoice will have.

import type { UpcomingInvoice } from '../../api/types';
import { Empty, Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
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
            <p class="muted">{t('upcoming.on', { date: formatDate(invoice.dueDate ?? invoice.periodStart, locale()) })}</p>
            <Lines invoice={invoice} />
            <p><a href="/billing/costs">{say('costs')}</a></p>
            {invoice.estimated && <p class="hint">{t('upcoming.estimated')}</p>}
          </>
        )
      }
    </Section>
  );
}

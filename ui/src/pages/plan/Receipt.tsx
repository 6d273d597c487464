// What came of a change, as the server knows it: so a reload, or a link, shows the same.

import { getSubscription } from '../../api/billing';
import { getInvoice } from '../../api/paying';
import type { Invoice, Subscription } from '../../api/types';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { useResource } from '../../lib/use_resource';
import { NO_INVOICE } from './change_state';
import { say } from './words';

const LINES = 3;

function Shown({ current, invoice }: { current: Subscription; invoice: Invoice | null }) {
  const { pendingChange, tier, currentPeriodEnd } = current;
  const title = pendingChange
    ? t('plan.scheduled', { plan: tName('tier', pendingChange.tier), date: formatDate(pendingChange.at, locale()) })
    : t('plan.changed', { plan: tName('tier', tier) });
  const url = invoice?.hostedUrl ?? invoice?.pdfUrl;
  return (
    <>
      <p class="receipt" role="status">{title}</p>
      {invoice && (
        <p>
          {say('change.paid', { amount: formatMoney(invoice.amountPaid, locale()) })}{' '}
          {say('receipt.invoice', { number: invoice.number ?? '', date: formatDate(invoice.createdAt, locale()) })}{' '}
          {url && <a href={url} target="_blank" rel="noreferrer">{t('invoices.view')}</a>}
        </p>
      )}
      {!pendingChange && currentPeriodEnd && <p class="muted">{t('plan.renews', { date: formatDate(currentPeriodEnd, locale()) })}</p>}
      <div class="actions">
        <a class="button primary" href="/billing">{say('receipt.overview')}</a>
        <a class="button plain" href="/billing/plan">{say('receipt.plan')}</a>
      </div>
    </>
  );
}

export function Receipt({ id }: { id: string }) {
  const receipt = useResource(async () => {
    const [current, invoice] = await Promise.all([getSubscription(), id === NO_INVOICE ? null : getInvoice(id)]);
    return { current, invoice };
  });
  return (
    <Section title={say('receipt.what')} of={receipt} lines={LINES} className="receipt-of">
      {(data) => <Shown {...data} />}
    </Section>
  );
}

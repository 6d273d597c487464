// The last invoices, and what pays the next one.

import { Badge } from '../../components/Badge';
import { Empty, Section } from '../../components/Section';
import { formatDate, formatExpiry } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { serverNow } from '../../lib/clock';
import { invoiceHref, numberOf } from '../../paying/PayButton';
import { InvoiceStatus } from '../../paying/status';
import { byTransfer } from '../../paying/transfer';
import type { BillingStore } from './store';
import { say } from './words';

const LATEST = 3;

export function LatestSection({ store }: { store: BillingStore }) {
  return (
    <Section title={say('invoices.title')} of={store.invoices} lines={LATEST} className="latest" aside={() => <a href="/billing/invoices">{say('invoices.all')}</a>}>
      {({ data }) => (data.length === 0
        ? <Empty title={t('invoices.emptyTitle')}>{say('invoices.none')}</Empty>
        : (
          <ul class="latest-list">
            {data.slice(0, LATEST).map((invoice) => (
              <li key={invoice.id}>
                <a class="whole" href={invoiceHref(invoice.id)}>{numberOf(invoice)}</a>
                <InvoiceStatus invoice={invoice} />
                <time class="muted" dateTime={invoice.createdAt}>{formatDate(invoice.createdAt, locale())}</time>
                <span class="number">{formatMoney(invoice.amount, locale())}</span>
              </li>
            ))}
          </ul>
        ))}
    </Section>
  );
}

/** Why there is none, or why there should be one. */
function noneWords(store: BillingStore) {
  if (byTransfer(store.invoices.data?.data ?? []).length > 0) return t('methods.emptyTransfer');
  return t(store.subscription.data?.tier === 'free' ? 'methods.emptyFree' : 'methods.emptyPaid');
}

export function MethodSection({ store }: { store: BillingStore }) {
  return (
    <Section title={say('method.title')} of={store.methods} lines={1} className="method-now" aside={() => <a href="/billing/payment-methods">{say('method.manage')}</a>}>
      {(methods) => {
        const method = methods.find(({ isDefault }) => isDefault) ?? methods[0];
        if (!method) return <Empty title={t('methods.emptyTitle')}>{noneWords(store)}</Empty>;
        const { brand, type, last4, expiry } = method;
        const isOver = expiry !== null && Date.UTC(expiry.year, expiry.month, 1) <= serverNow();
        return (
          <p>
            {t('methods.ending', { brand: tName('brand', brand ?? type), last4 })}{' '}
            {expiry && (isOver
              ? <Badge tone="bad">{t('methods.expired', { expiry: formatExpiry(expiry) })}</Badge>
              : <span class="muted">{t('methods.expires', { expiry: formatExpiry(expiry) })}</span>)}
          </p>
        );
      }}
    </Section>
  );
}

// Invoices, newest first; what is due can be paid on the spot.

import { useSignal } from '@preact/signals';

import { payInvoice } from '../../api/billing';
import type { Problem } from '../../api/problem';
import type { Invoice } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { ProblemNote } from '../../components/ProblemNote';
import { Empty, Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { announce, noteSession } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import { mayChange } from '../../lib/may';
import { asProblem } from '../../lib/resource';
import { InvoiceDialog } from './later/InvoiceDialog';
import type { BillingStore } from './store';

const SKELETON_LINES = 4;

function statusOf(invoice: Invoice): { tone: Tone; name: string } {
  if (invoice.correctedBy !== null) return { tone: 'neutral', name: 'corrected' };
  switch (invoice.status) {
    case 'paid':
      return { tone: 'good', name: 'paid' };
    case 'open': {
      const isLate = invoice.dueDate !== null && Date.parse(invoice.dueDate) < serverNow();
      return isLate ? { tone: 'bad', name: 'past_due' } : { tone: 'warning', name: 'open' };
    }
    case 'uncollectible':
      return { tone: 'over', name: invoice.status };
    default:
      return { tone: 'neutral', name: invoice.status };
  }
}

/** One with a date until when waits for a transfer, and is charged only where there is something to charge. */
const isPayable = (invoice: Invoice, store: BillingStore): boolean =>
  invoice.status === 'open' && (invoice.dueDate === null || store.hasMethod() === true);

function InvoiceLinks({ invoice, number }: { invoice: Invoice; number: string }) {
  const url = invoice.hostedUrl ?? invoice.pdfUrl;
  if (url === null) return null;
  return (
    <a class="row-link" href={url} target="_blank" rel="noreferrer" aria-label={`${t('invoices.viewLabel', { number })}, ${t('common.opensNewTab')}`}>
      {t('invoices.view')}<Icon name="external" />
    </a>
  );
}

interface RowProps {
  invoice: Invoice;
  store: BillingStore;
  onOpen: () => void;
  onProblem: (problem: Problem | null) => void;
}

function InvoiceRow({ invoice, store, onOpen, onProblem }: RowProps) {
  const busy = useSignal(false);
  const number = invoice.number ?? t('invoices.draftNumber');
  const { tone, name } = statusOf(invoice);
  const due = formatMoney(invoice.amountDue, locale());
  const pay = async (): Promise<void> => {
    busy.value = true;
    onProblem(null);
    try {
      store.invoicePaid(await store.keys.run(['pay', invoice.id], (key) => payInvoice(invoice.id, key)));
      announce(t('invoices.paid', { number }));
    } catch (error) {
      const problem = asProblem(error);
      if (!noteSession(problem)) onProblem(problem);
    } finally {
      busy.value = false;
    }
  };
  return (
    <tr>
      <th scope="row" data-label={t('invoices.number')}>{number}</th>
      <td data-label={t('invoices.date')}>{formatDate(invoice.createdAt, locale())}</td>
      <td data-label={t('invoices.amount')} class="number">{formatMoney(invoice.amount, locale())}</td>
      <td data-label={t('invoices.status')}><Badge tone={tone}>{tName('invoice', name)}</Badge></td>
      <td class="row-actions">
        {mayChange() && isPayable(invoice, store) && (
          <Button look="primary" busy={busy.value} label={t('invoices.payLabel', { amount: due, number })} onPress={() => void pay()}>
            {t('invoices.pay', { amount: due })}
          </Button>
        )}
        <button type="button" class="link row-link" aria-label={t('invoices.detailsLabel', { number })} onClick={onOpen}>{t('invoices.details')}</button>{' '}
        <InvoiceLinks invoice={invoice} number={number} />
      </td>
    </tr>
  );
}

export function InvoicesSection({ store }: { store: BillingStore }) {
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);
  const opened = useSignal<Invoice | null>(null);
  const more = async (): Promise<void> => {
    busy.value = true;
    await store.moreInvoices();
    busy.value = false;
  };
  return (
    <>
      <Section title={t('invoices.title')} of={store.invoices} lines={SKELETON_LINES} className="invoices">
        {(page) =>
          page.data.length === 0 ? (
            <Empty title={t('invoices.emptyTitle')}>{t('invoices.emptyText')}</Empty>
          ) : (
            <>
              {problem.value && <ProblemNote problem={problem.value} of="change" />}
              <table class="table" aria-label={t('invoices.title')}>
                <thead>
                  <tr>
                    <th scope="col">{t('invoices.number')}</th>
                    <th scope="col">{t('invoices.date')}</th>
                    <th scope="col" class="number">{t('invoices.amount')}</th>
                    <th scope="col">{t('invoices.status')}</th>
                    <th scope="col"><span class="visually-hidden">{t('invoices.actions')}</span></th>
                  </tr>
                </thead>
                <tbody>
                  {page.data.map((invoice) => (
                    <InvoiceRow
                      key={invoice.id}
                      invoice={invoice}
                      store={store}
                      onOpen={() => { opened.value = invoice; }}
                      onProblem={(next) => { problem.value = next; }}
                    />
                  ))}
                </tbody>
              </table>
              {page.nextCursor && <Button look="quiet" busy={busy.value} onPress={() => void more()}>{t('invoices.more')}</Button>}
            </>
          )
        }
      </Section>
      {opened.value && (
        <InvoiceDialog
          id={opened.value.id}
          number={opened.value.number ?? t('invoices.draftNumber')}
          onClose={() => { opened.value = null; }}
          onChange={() => { opened.value = null; void store.loadAll(); }}
        />
      )}
    </>
  );
}

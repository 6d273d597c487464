// /billing/invoices/:id: one invoice as its customer reads it: lines with their periods, discount, tax, total, what was paid,
// and what was given back since.

import { getPaymentMethods } from '../../api/billing';
import { evidenceOf, getGivenBack, getInvoice, pdfOf } from '../../api/paying';
import type { CreditNote, GivenBack, Invoice, Refund } from '../../api/types';
import { Button } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { TakeAway } from '../../components/TakeAway';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { LinesTable, TotalRow } from '../../paying/LinesTable';
import { numberOf, PayButton } from '../../paying/PayButton';
import { InvoiceStatus } from '../../paying/status';
import { say } from '../../paying/words';
import { CorrectionPart } from './CorrectionPart';
import { EventsSection } from './EventsSection';
import { LineDetail } from './LineDetail';
import { QuestionsSection } from './QuestionsSection';

const LINES = 5;

function Lines({ invoice }: { invoice: Invoice }) {
  return (
    <LinesTable label={t('detail.lines')} lines={invoice.lines ?? []} sums={invoice} more={(line, index) => <LineDetail id={invoice.id} n={index + 1} line={line} />}>
      <TotalRow label={t('detail.total')} amount={formatMoney(invoice.amount, locale())} strong />
      {invoice.amountPaid.amount !== 0 && <TotalRow label={t('detail.paid')} amount={formatMoney(invoice.amountPaid, locale())} />}
      {invoice.status === 'open' && <TotalRow label={t('detail.due')} amount={formatMoney(invoice.amountDue, locale())} strong />}
    </LinesTable>
  );
}

function noteParts(note: CreditNote): string {
  const parts = [
    { key: 'detail.toMethod', money: note.refunded },
    { key: 'detail.toBalance', money: note.credited },
    { key: 'detail.outOfBand', money: note.outOfBand },
  ] as const;
  return parts
    .filter(({ money }) => money.amount !== 0)
    .map(({ key, money }) => t(key, { amount: formatMoney(money, locale()) }))
    .join(', ');
}

function NoteRow({ note }: { note: CreditNote }) {
  return (
    <tr>
      <th scope="row">
        {note.pdfUrl === null ? note.number : (
          <a class="row-link" href={note.pdfUrl} target="_blank" rel="noreferrer" aria-label={`${note.number}, ${t('common.opensNewTab')}`}>
            {note.number}<Icon name="external" />
          </a>
        )}
        <span class="muted">{[formatDate(note.createdAt, locale()), noteParts(note)].filter((part) => part !== '').join(', ')}</span>
      </th>
      <td class="number">{formatMoney(note.amount, locale())}</td>
    </tr>
  );
}

function RefundRow({ refund }: { refund: Refund }) {
  return (
    <tr>
      <th scope="row">
        {t('detail.refund')}
        <span class="muted">{`${formatDate(refund.createdAt, locale())}, ${tName('refund', refund.status)}`}</span>
      </th>
      <td class="number">{formatMoney(refund.amount, locale())}</td>
    </tr>
  );
}

function Returned({ givenBack }: { givenBack: GivenBack }) {
  const { refunds, creditNotes } = givenBack;
  if (refunds.length + creditNotes.length === 0) return null;
  return (
    <>
      <h3>{t('detail.givenBack')}</h3>
      <table class="preview-lines" aria-label={t('detail.givenBack')}>
        <tbody>
          {creditNotes.map((note) => <NoteRow key={note.id} note={note} />)}
          {refunds.map((refund) => <RefundRow key={refund.id} refund={refund} />)}
        </tbody>
      </table>
    </>
  );
}

/** A place of the provider's, in a tab of its own. */
const Away = ({ href, label, children }: { href: string; label: string; children: string }) => (
  <a class="button plain" href={href} target="_blank" rel="noreferrer" aria-label={`${label}, ${t('common.opensNewTab')}`}>{children}<Icon name="external" /></a>
);

/** What the invoice is, and what can be done with it. */
function Head({ invoice, of }: { invoice: Invoice; of: Resource<Invoice> }) {
  const methods = useResource(getPaymentMethods);
  return (
    <>
      <p class="page-facts">
        <InvoiceStatus invoice={invoice} />{' '}
        <strong>{formatMoney(invoice.amount, locale())}</strong>{' '}
        <span class="muted">
          {formatDate(invoice.createdAt, locale())}
          {invoice.status === 'open' && invoice.dueDate !== null && `, ${say('dueBy', { date: formatDate(invoice.dueDate, locale()) })}`}
        </span>
      </p>
      {invoice.status === 'draft' && <p class="inline-note tone-neutral">{say('draft')}</p>}
      <div class="actions">
        <PayButton invoice={invoice} methods={methods.data} onPaid={() => void of.load()} />
        {invoice.pdfUrl !== null && <Away href={pdfOf(invoice.id)} label={t('detail.pdf')}>{t('detail.pdf')}</Away>}
        {invoice.hostedUrl !== null && <Away href={invoice.hostedUrl} label={t('invoices.viewLabel', { number: numberOf(invoice) })}>{t('invoices.view')}</Away>}
        <Button look="quiet" onPress={() => print()}>{say('print')}</Button>
      </div>
    </>
  );
}

function Whole({ id }: { id: string }) {
  const invoice = useResource(() => getInvoice(id));
  const givenBack = useResource(() => getGivenBack(id));
  const again = (): void => {
    void invoice.load();
    void givenBack.load();
  };
  return (
    <div class="wide">
      <p class="crumbs"><a href="/billing/invoices">{say('back')}</a></p>
      <PageTitle>{invoice.data ? t('detail.title', { number: numberOf(invoice.data) }) : say('one')}</PageTitle>
      {invoice.data ? <Head invoice={invoice.data} of={invoice} /> : <div aria-busy={invoice.state.value.status === 'loading'} />}
      <Section title={t('detail.lines')} of={invoice} lines={LINES}>
        {(data) => (
          <>
            <Lines invoice={data} />
            {givenBack.data && <Returned givenBack={givenBack.data} />}
            <p class="hint">{say('evidence')}</p>
            <TakeAway path={evidenceOf(id)} what="usage_evidence" isWhole />
            <CorrectionPart invoice={data} onDone={again} />
          </>
        )}
      </Section>
      {invoice.data && <QuestionsSection invoice={invoice.data} />}
      <EventsSection key={invoice.data?.state} id={id} />
    </div>
  );
}

export default function InvoicePage({ id }: { id: string }) {
  return useMember() ? <Whole id={id} /> : null;
}

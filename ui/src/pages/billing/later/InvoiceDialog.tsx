// One invoice as its customer reads it: lines with their periods, discount, tax, total, what was paid, and what was given
// back since.

import { useEffect, useMemo } from 'preact/hooks';

import { getGivenBack, getInvoice, pdfOf } from '../../../api/billing';
import type { CreditNote, GivenBack, Invoice, Refund } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { Icon } from '../../../components/Icon';
import { later } from '../../../components/later';
import { ProblemNote } from '../../../components/ProblemNote';
import { formatDate } from '../../../format/date';
import { formatMoney } from '../../../format/money';
import { locale, t, tName } from '../../../i18n';
import { noteSession } from '../../../lib/app_state';
import { resource } from '../../../lib/resource';
import { LinesTable, TotalRow } from './LinesTable';

const CorrectionPart = later(async () => (await import('./correction/CorrectionPart')).CorrectionPart);

interface Whole {
  invoice: Invoice;
  givenBack: GivenBack;
}

function Lines({ invoice }: { invoice: Invoice }) {
  return (
    <LinesTable label={t('detail.lines')} lines={invoice.lines ?? []} sums={invoice}>
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

interface Props {
  id: string;
  number: string;
  onClose: () => void;
  /** The invoice was corrected: there is another one. */
  onChange: () => void;
}

export function InvoiceDialog({ id, number, onClose, onChange }: Props) {
  const whole = useMemo(
    () => resource<Whole>(async () => {
      const [invoice, givenBack] = await Promise.all([getInvoice(id), getGivenBack(id)]);
      return { invoice, givenBack };
    }, noteSession),
    [id],
  );
  useEffect(() => void whole.load(), [whole]);
  const state = whole.state.value;
  return (
    <Dialog
      title={t('detail.title', { number })}
      onClose={onClose}
      footer={
        <>
          {state.status === 'ready' && state.data.invoice.pdfUrl !== null && (
            <a class="button plain" href={pdfOf(id)} target="_blank" rel="noreferrer" aria-label={`${t('detail.pdf')}, ${t('common.opensNewTab')}`}>{t('detail.pdf')}</a>
          )}
          <Button look="primary" onPress={onClose}>{t('common.close')}</Button>
        </>
      }
    >
      <div class="preview" aria-busy={state.status === 'loading'}>
        {state.status === 'loading' && <p class="muted" role="status">{t('common.loading')}</p>}
        {state.status === 'failed' && <ProblemNote problem={state.problem} of="load" onRetry={() => void whole.load()} />}
        {state.status === 'ready' && (
          <>
            <p class="muted">{`${formatDate(state.data.invoice.createdAt, locale())}, ${tName('invoice', state.data.invoice.status)}`}</p>
            <Lines invoice={state.data.invoice} />
            <Returned givenBack={state.data.givenBack} />
            <CorrectionPart invoice={state.data.invoice} onDone={onChange} />
          </>
        )}
      </div>
    </Dialog>
  );
}

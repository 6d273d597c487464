// /billing/invoices: all invoices, the newest first, by how they stand and by year; what is due can be paid on the spot.

import { useSignal } from '@preact/signals';

import { getPaymentMethods } from '../../api/billing';
import { getYears, invoicesPath, listInvoices, pdfOf, type InvoiceFilter, type InvoiceYear } from '../../api/paying';
import type { Invoice, PaymentMethod } from '../../api/types';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { SelectField } from '../../components/fields';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { useAction, type Action } from '../../lib/action';
import { queryText, useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { invoiceHref, numberOf, PayButton } from '../../paying/PayButton';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { INVOICE_STATES, InvoiceStatus } from '../../paying/status';
import { say } from '../../paying/words';

const Years = later(async () => (await import('./later/Years')).Years);

const columnsOf = (methods: readonly PaymentMethod[] | undefined, paying: Action): readonly Column<Invoice>[] => [
  { title: t('invoices.number'), isHead: true, cell: (invoice) => <a href={invoiceHref(invoice.id)}>{numberOf(invoice)}</a> },
  { title: t('invoices.date'), cell: ({ createdAt }) => <time dateTime={createdAt}>{formatDate(createdAt, locale())}</time> },
  {
    title: t('invoices.status'),
    cell: (invoice) => (
      <div class="whole">
        <InvoiceStatus invoice={invoice} />
        {invoice.status === 'open' && invoice.dueDate !== null && <p class="hint">{say('dueOn', { date: formatDate(invoice.dueDate, locale()) })}</p>}
      </div>
    ),
  },
  {
    title: t('invoices.amount'),
    isNumber: true,
    cell: ({ amount, givenBack }) => (
      <div>
        {formatMoney(amount, locale())}
        {givenBack.amount > 0 && <p class="hint">{say('back.part', { amount: formatMoney(givenBack, locale()) })}</p>}
      </div>
    ),
  },
  {
    title: t('invoices.actions'),
    cell: (invoice) => (
      <div class="actions">
        <PayButton invoice={invoice} methods={methods} action={paying} />
        {invoice.pdfUrl !== null && (
          <a class="row-link" href={pdfOf(invoice.id)} target="_blank" rel="noreferrer" aria-label={`${say('pdfLabel', { number: numberOf(invoice) })}, ${t('common.opensNewTab')}`}>{t('detail.pdf')}</a>
        )}
      </div>
    ),
  },
];

function Filter({ filter, years }: { filter: InvoiceFilter; years: readonly InvoiceYear[] }) {
  const { change } = useAddress();
  const state = useSignal(filter.state ?? '');
  const year = useSignal(filter.year ?? '');
  const any = { value: '', label: say('any') };
  const numbers = [...new Set([...years.map((row) => String(row.year)), ...(filter.year === undefined ? [] : [filter.year])])];
  const pick = (name: keyof InvoiceFilter) => (value: string): void => change({ [name]: value, cursor: undefined });
  return (
    <div class="filters" role="search" aria-label={say('find')}>
      <SelectField label={say('state')} value={state} options={[any, ...INVOICE_STATES.map((value) => ({ value, label: tName('invoice', value) }))]} onPick={pick('state')} />
      <SelectField label={say('year')} value={year} options={[any, ...numbers.map((value) => ({ value, label: value }))]} onPick={pick('year')} />
    </div>
  );
}

function All() {
  const { query, hrefOf } = useAddress();
  const { state, year, cursor } = query;
  const filter: InvoiceFilter = { state, year };
  const methods = useResource(getPaymentMethods);
  const years = useResource(getYears);
  const paying = useAction();
  const key = queryText({ ...filter });
  const page = usePage(() => listInvoices(filter, cursor), queryText({ ...filter, cursor }));
  return (
    <div class="wide">
      <PageTitle>{t('invoices.title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <ReadOnlyNote />
      {paying.problem.value && <ProblemNote problem={paying.problem.value} of="change" />}
      <DataTable
        title={say('rows')}
        of={page}
        columns={columnsOf(methods.data, paying)}
        keyOf={({ id }) => id}
        empty={key === '' ? { title: t('invoices.emptyTitle'), text: say('emptyText') } : { title: say('none'), text: say('noneText') }}
        filter={(years.data?.length ?? 0) > 0 && <Filter key={key} filter={filter} years={years.data ?? []} />}
        path={invoicesPath(filter)}
        what="invoices"
        range={year === undefined ? [] : [year]}
      />
      <Years of={years} hrefOf={(chosen) => hrefOf({ year: chosen, cursor: undefined })} />
    </div>
  );
}

export default function InvoicesPage() {
  return useMember() ? <All /> : null;
}

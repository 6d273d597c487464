// /billing/invoices: all invoices, the newest first. What is due can be paid on the spot.

import { getPaymentMethods } from '../../api/billing';
import { invoicesPath, listInvoices } from '../../api/paying';
import type { Invoice, PaymentMethod } from '../../api/types';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t } from '../../i18n';
import { useAction, type Action } from '../../lib/action';
import { useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { invoiceHref, numberOf, PayButton } from '../../paying/PayButton';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { InvoiceStatus } from '../../paying/status';
import { say } from '../../paying/words';

const columnsOf = (methods: readonly PaymentMethod[] | undefined, paying: Action): readonly Column<Invoice>[] => [
  { title: t('invoices.number'), isHead: true, cell: (invoice) => <a href={invoiceHref(invoice.id)}>{numberOf(invoice)}</a> },
  { title: t('invoices.date'), cell: ({ createdAt }) => <time dateTime={createdAt}>{formatDate(createdAt, locale())}</time> },
  { title: t('invoices.amount'), isNumber: true, cell: ({ amount }) => formatMoney(amount, locale()) },
  { title: t('invoices.status'), cell: (invoice) => <InvoiceStatus invoice={invoice} /> },
  {
    title: t('invoices.actions'),
    cell: (invoice) => <PayButton invoice={invoice} methods={methods} action={paying} />,
  },
];

function All() {
  const { query } = useAddress();
  const { cursor } = query;
  const methods = useResource(getPaymentMethods);
  const paying = useAction();
  const page = usePage(() => listInvoices({}, cursor), cursor ?? '');
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
        empty={{ title: t('invoices.emptyTitle'), text: t('invoices.emptyText') }}
        path={invoicesPath({})}
        what="invoices"
      />
    </div>
  );
}

export default function InvoicesPage() {
  return useMember() ? <All /> : null;
}

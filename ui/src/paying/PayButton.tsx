// Pays an invoice on the spot: the button carries the amount, and a second press while it runs does nothing. It ends on the
// invoice, which then says that it is paid.

import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { Keyring } from '../api/idempotency';
import { payInvoice } from '../api/paying';
import type { Invoice, PaymentMethod } from '../api/types';
import { Button } from '../components/Button';
import { ProblemNote } from '../components/ProblemNote';
import { formatMoney } from '../format/money';
import { locale, t } from '../i18n';
import { useAction, type Action } from '../lib/action';
import { announce } from '../lib/app_state';
import { mayChange } from '../lib/may';

export const numberOf = (invoice: Pick<Invoice, 'number'>): string => invoice.number ?? t('invoices.draftNumber');
export const invoiceHref = (id: string): string => `/billing/invoices/${encodeURIComponent(id)}`;

/** One with a date until when waits for a transfer, and is charged only where there is something to charge. */
const isPayable = (invoice: Invoice, methods: readonly PaymentMethod[] | undefined): boolean =>
  mayChange() && invoice.status === 'open' && (invoice.dueDate === null || (methods ?? []).length > 0);

interface Props {
  invoice: Invoice;
  methods: readonly PaymentMethod[] | undefined;
  /** Of the whole list: one is paid at a time, and what went wrong stands above it. */
  action?: Action;
  onPaid?: (paid: Invoice) => void;
}

export function PayButton({ invoice, methods, action, onPaid }: Props) {
  const { route } = useLocation();
  const keys = useMemo(() => new Keyring(), []);
  const own = useAction();
  const { busy, problem, run } = action ?? own;
  if (!isPayable(invoice, methods)) return null;
  const amount = formatMoney(invoice.amountDue, locale());
  const number = numberOf(invoice);
  const pay = (): Promise<void> => run(async () => {
    const paid = await keys.run(['pay', invoice.id], (key) => payInvoice(invoice.id, key));
    announce(t('invoices.paid', { number }));
    if (onPaid) onPaid(paid);
    else route(invoiceHref(invoice.id));
  });
  return (
    <>
      <Button look="primary" busy={busy.value} label={t('invoices.payLabel', { amount, number })} onPress={() => void pay()}>{t('invoices.pay', { amount })}</Button>
      {!action && problem.value && <ProblemNote problem={problem.value} of="change" />}
    </>
  );
}

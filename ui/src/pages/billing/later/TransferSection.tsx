// Where to send the money for an invoice that is paid by bank transfer, and what has arrived of it. Only shown while such
// an invoice is open.

import { openBankTransfer } from '../../../api/billing';
import { Button } from '../../../components/Button';
import { ProblemNote } from '../../../components/ProblemNote';
import { Section } from '../../../components/Section';
import { formatDate } from '../../../format/date';
import { formatMoney } from '../../../format/money';
import { locale, t } from '../../../i18n';
import type { BankTransfer, Invoice } from '../../../api/types';
import { useAction } from '../../../lib/action';
import { mayChange } from '../../../lib/may';
import type { BillingStore } from '../store';
import { byTransfer, factsOf, waitingOf } from '../transfer';

const SKELETON_LINES = 4;

function Open({ invoices }: { invoices: readonly Invoice[] }) {
  return (
    <ul class="plain-list">
      {invoices.map((invoice) => (
        <li key={invoice.id}>
          {t('transfer.open', {
            amount: formatMoney(invoice.amountDue, locale()),
            date: formatDate(invoice.dueDate ?? invoice.createdAt, locale()),
            number: invoice.number ?? t('invoices.draftNumber'),
          })}
        </li>
      ))}
    </ul>
  );
}

function Accounts({ transfer }: { transfer: BankTransfer }) {
  return (
    <>
      {transfer.addresses.map((address, index) => (
        <dl key={index} class="lines">
          {factsOf(address).map(({ label, value }) => (
            <div key={label}>
              <dt>{t(label)}</dt>
              <dd class="digits">{value}</dd>
            </div>
          ))}
        </dl>
      ))}
    </>
  );
}

/** The provider has not been asked for accounts yet: that is a change, and wants a proof of who asks. */
function Ask({ store }: { store: BillingStore }) {
  const { busy, problem, run } = useAction();
  if (!mayChange()) return null;
  const ask = async (): Promise<void> => store.transfer.set(await store.keys.run('transfer', openBankTransfer));
  return (
    <>
      <div class="actions"><Button look="primary" busy={busy.value} onPress={() => void run(ask)}>{t('transfer.ask')}</Button></div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </>
  );
}

export function TransferSection({ store }: { store: BillingStore }) {
  const invoices = byTransfer(store.invoices.data?.data ?? []);
  if (invoices.length === 0) return null;
  return (
    <Section title={t('transfer.title')} of={store.transfer} lines={SKELETON_LINES} className="transfer">
      {(transfer) =>
        transfer && (
          <>
            <Open invoices={invoices} />
            <Accounts transfer={transfer} />
            {transfer.addresses.length === 0 && <Ask store={store} />}
            {waitingOf(transfer).map((money) => (
              <p key={money.currency} class="inline-note tone-warning">{t('transfer.waiting', { amount: formatMoney(money, locale()) })}</p>
            ))}
            <p class="hint">{t('transfer.hint')}</p>
          </>
        )
      }
    </Section>
  );
}

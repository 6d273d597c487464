// Where to send the money for an invoice that is paid by bank transfer, and what has arrived of it. Only shown while such
// an invoice is open.

import { useMemo } from 'preact/hooks';

import { Keyring } from '../../api/idempotency';
import { getBankTransfer, openBankTransfer } from '../../api/paying';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t } from '../../i18n';
import type { BankTransfer, Invoice } from '../../api/types';
import { useAction } from '../../lib/action';
import { mayChange } from '../../lib/may';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { factsOf, waitingOf } from '../../paying/transfer';

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
function Ask({ of }: { of: Resource<BankTransfer> }) {
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  if (!mayChange()) return null;
  const ask = async (): Promise<void> => of.set(await keys.run('transfer', openBankTransfer));
  return (
    <>
      <div class="actions"><Button look="primary" busy={busy.value} onPress={() => void run(ask)}>{t('transfer.ask')}</Button></div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </>
  );
}

function Transfer({ invoices }: { invoices: readonly Invoice[] }) {
  const transfer = useResource(getBankTransfer);
  return (
    <Section title={t('transfer.title')} of={transfer} lines={SKELETON_LINES} className="transfer">
      {(known) => (
        <>
          <Open invoices={invoices} />
          <Accounts transfer={known} />
          {known.addresses.length === 0 && <Ask of={transfer} />}
          {waitingOf(known).map((money) => (
            <p key={money.currency} class="inline-note tone-warning">{t('transfer.waiting', { amount: formatMoney(money, locale()) })}</p>
          ))}
          <p class="hint">{t('transfer.hint')}</p>
        </>
      )}
    </Section>
  );
}

export const TransferSection = ({ invoices }: { invoices: readonly Invoice[] }) => (invoices.length === 0 ? null : <Transfer invoices={invoices} />);

// /billing/payment-methods: what pays. Adding one leads to the provider's hosted page or to its fields in a page of ours: no card
// number is ever typed here.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getPaymentMethods, getSubscription } from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import { listInvoices, makeDefaultPaymentMethod, removePaymentMethod } from '../../api/paying';
import type { PaymentMethod, Subscription } from '../../api/types';
import { willBeBilled } from '../../billing/usage_view';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { FormDialog } from '../../components/FormDialog';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { Empty, Section } from '../../components/Section';
import { formatDate, formatExpiry } from '../../format/date';
import { locale, t, tName, type MessageKey } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import { mayChange } from '../../lib/may';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { goToSetupPage } from '../../paying/setup';
import { SetupNote, useSetup } from '../../paying/SetupNote';
import { byTransfer } from '../../paying/transfer';
import { say } from '../../paying/words';
import { TransferSection } from './TransferSection';

const SKELETON_LINES = 2;

const nameOf = (method: PaymentMethod): string =>
  t('methods.ending', { brand: tName('brand', method.brand ?? method.type), last4: method.last4 });

/** A card is good to the end of its month. */
function isExpired(expiry: { month: number; year: number }): boolean {
  return Date.UTC(expiry.year, expiry.month, 1) <= serverNow();
}

function RemoveDialog({ method, of, onClose }: { method: PaymentMethod; of: Resource<PaymentMethod[]>; onClose: () => void }) {
  const name = nameOf(method);
  const remove = async (keys: Keyring): Promise<void> => {
    await keys.run(method.id, (key) => removePaymentMethod(method.id, key));
    onClose();
    announce(t('methods.removed', { name }));
    await of.load();
  };
  return (
    <FormDialog title={t('methods.removeTitle', { name })} confirm={t('methods.remove')} look="danger" onClose={onClose} work={remove}>
      <p>{t('methods.removeText')}</p>
    </FormDialog>
  );
}

/** What it is charged for: there is no order among the others, they wait to be chosen. */
function usedFor(method: PaymentMethod, current: Subscription | undefined): string {
  if (!method.isDefault) return say('methods.backup');
  if (!willBeBilled(current) || !current?.currentPeriodEnd) return say('methods.unused');
  return say('methods.usedFor', { plan: tName('tier', current.tier), date: formatDate(current.currentPeriodEnd, locale()) });
}

interface RowProps {
  method: PaymentMethod;
  current: Subscription | undefined;
  onRemove: () => void;
  onDefault: () => void;
}

function MethodRow({ method, current, onRemove, onDefault }: RowProps) {
  const name = nameOf(method);
  const expired = method.expiry !== null && isExpired(method.expiry);
  return (
    <li class="method">
      <span class="method-icon"><Icon name="card" /></span>
      <div class="method-text">
        <p class="method-name">
          {tName('brand', method.brand ?? method.type)} <span class="digits" aria-hidden="true">•••• </span>
          <span class="visually-hidden">{t('methods.endingWord')} </span>
          <span class="digits">{method.last4}</span>
        </p>
        {method.expiry && (
          <p class={expired ? 'is-urgent' : 'muted'}>
            {t(expired ? 'methods.expired' : 'methods.expires', { expiry: formatExpiry(method.expiry) })}
          </p>
        )}
        <p class="hint">{usedFor(method, current)}</p>
      </div>
      {method.isDefault && <Badge tone="neutral">{t('methods.default')}</Badge>}
      {mayChange() && (
        <div class="method-actions">
          {!method.isDefault && (
            <Button look="quiet" label={t('methods.makeDefaultLabel', { name })} onPress={onDefault}>{t('methods.makeDefault')}</Button>
          )}
          <Button look="quiet" label={t('methods.removeLabel', { name })} onPress={onRemove}>{t('methods.remove')}</Button>
        </div>
      )}
    </li>
  );
}

function emptyWords(parts: Parts): MessageKey {
  if (parts.subscription.data?.tier === 'free') return 'methods.emptyFree';
  return byTransfer(parts.invoices.data ?? []).length > 0 ? 'methods.emptyTransfer' : 'methods.emptyPaid';
}

/** What the page shows, each part asked for alone. */
function useParts() {
  const methods = useResource(getPaymentMethods);
  const subscription = useResource(getSubscription);
  const invoices = useResource(async () => (await Promise.all(['due', 'past_due'].map((state) => listInvoices({ state }, undefined)))).flatMap(({ data }) => data));
  return { methods, subscription, invoices };
}
type Parts = ReturnType<typeof useParts>;

function Methods({ parts }: { parts: Parts }) {
  const { methods } = parts;
  const removing = useSignal<PaymentMethod | null>(null);
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  const add = (): Promise<void> => run(() => keys.run('setup', (key) => goToSetupPage(methods.data ?? [], null, key)));
  const makeDefault = (method: PaymentMethod): Promise<void> => run(async () => {
    await keys.run(['default', method.id], (key) => makeDefaultPaymentMethod(method.id, key));
    announce(t('methods.defaultSet', { name: nameOf(method) }));
    await methods.load();
  });
  return (
    <Section title={say('methods.list')} of={methods} lines={SKELETON_LINES} className="methods">
      {(known) => (
        <>
          {known.length === 0 && <Empty title={t('methods.emptyTitle')}>{t(emptyWords(parts))}</Empty>}
          <ul class="method-list">
            {known.map((method) => (
              <MethodRow key={method.id} method={method} current={parts.subscription.data} onRemove={() => { removing.value = method; }} onDefault={() => void makeDefault(method)} />
            ))}
          </ul>
          {mayChange() && (
            <>
              <div class="actions"><Button busy={busy.value} onPress={() => void add()}>{t('methods.add')}</Button></div>
              <p class="hint">{t('methods.addHint')}</p>
            </>
          )}
          {problem.value && <ProblemNote problem={problem.value} of="change" />}
          {removing.value && <RemoveDialog method={removing.value} of={methods} onClose={() => { removing.value = null; }} />}
        </>
      )}
    </Section>
  );
}

function All() {
  const parts = useParts();
  const { query } = useLocation();
  const setup = useSetup(query['setup'] === 'done', true, (found) => parts.methods.set(found));
  return (
    <div class="wide">
      <PageTitle>{t('methods.title')}</PageTitle>
      <p class="lead">{say('methods.lead')}</p>
      <ReadOnlyNote />
      <SetupNote state={setup.value} />
      <Methods parts={parts} />
      <TransferSection invoices={byTransfer(parts.invoices.data ?? [])} />
    </div>
  );
}

export default function PaymentMethodsPage() {
  return useMember() ? <All /> : null;
}

// Payment methods. Adding one leads to the provider's hosted page: no card number is ever typed here.

import { useSignal } from '@preact/signals';

import { makeDefaultPaymentMethod, removePaymentMethod } from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { PaymentMethod } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Icon } from '../../components/Icon';
import { ProblemNote } from '../../components/ProblemNote';
import { Empty, Section } from '../../components/Section';
import { formatExpiry } from '../../format/date';
import { t, tName, type MessageKey } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import { mayChange } from '../../lib/may';
import { goToSetupPage } from './setup';
import type { BillingStore } from './store';
import { byTransfer } from './transfer';

const SKELETON_LINES = 2;

export const nameOf = (method: PaymentMethod): string =>
  t('methods.ending', { brand: tName('brand', method.brand ?? method.type), last4: method.last4 });

/** A card is good to the end of its month. */
function isExpired(expiry: { month: number; year: number }): boolean {
  return Date.UTC(expiry.year, expiry.month, 1) <= serverNow();
}

function RemoveDialog({ method, store, onClose }: { method: PaymentMethod; store: BillingStore; onClose: () => void }) {
  const { busy, problem, run } = useAction();
  const keys = useSignal(new Keyring()).value;
  const name = nameOf(method);
  const remove = async (): Promise<void> => {
    await run(async () => {
      await keys.run(method.id, (key) => removePaymentMethod(method.id, key));
      onClose();
      announce(t('methods.removed', { name }));
      await store.methods.load();
    });
  };
  return (
    <Dialog
      title={t('methods.removeTitle', { name })}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <Button look="danger" busy={busy.value} onPress={() => void remove()}>{t('methods.remove')}</Button>
        </>
      }
    >
      <p>{t('methods.removeText')}</p>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}

function MethodRow({ method, onRemove, onDefault }: { method: PaymentMethod; onRemove: () => void; onDefault: () => void }) {
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

function emptyWords(store: BillingStore): MessageKey {
  if (store.subscription.data?.tier === 'free') return 'methods.emptyFree';
  return byTransfer(store.invoices.data?.data ?? []).length > 0 ? 'methods.emptyTransfer' : 'methods.emptyPaid';
}

export function MethodsSection({ store }: { store: BillingStore }) {
  const removing = useSignal<PaymentMethod | null>(null);
  const busy = useSignal(false);

  const add = async (): Promise<void> => {
    busy.value = true;
    try {
      await store.keys.run('setup', (key) => goToSetupPage(store.methods.data ?? [], null, key));
    } catch (error) {
      store.fail(error);
      busy.value = false;
    }
  };
  const makeDefault = async (method: PaymentMethod): Promise<void> => {
    try {
      await store.keys.run(['default', method.id], (key) => makeDefaultPaymentMethod(method.id, key));
      announce(t('methods.defaultSet', { name: nameOf(method) }));
      await store.methods.load();
    } catch (error) {
      store.fail(error);
    }
  };
  return (
    <>
      <Section title={t('methods.title')} of={store.methods} lines={SKELETON_LINES} className="methods">
        {(methods) => (
          <>
            {methods.length === 0 && (
              <Empty title={t('methods.emptyTitle')}>{t(emptyWords(store))}</Empty>
            )}
            <ul class="method-list">
              {methods.map((method) => (
                <MethodRow
                  key={method.id}
                  method={method}
                  onRemove={() => { removing.value = method; }}
                  onDefault={() => void makeDefault(method)}
                />
              ))}
            </ul>
            {mayChange() && (
              <>
                <div class="actions">
                  <Button busy={busy.value} onPress={() => void add()}>{t('methods.add')}</Button>
                </div>
                <p class="hint">{t('methods.addHint')}</p>
              </>
            )}
          </>
        )}
      </Section>
      {removing.value && (
        <RemoveDialog method={removing.value} store={store} onClose={() => { removing.value = null; }} />
      )}
    </>
  );
}

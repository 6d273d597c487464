// Who is billed, and the numbers with tax offices that stand on the invoices. A number can be added and removed here; name
// and address come from the platform.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { addTaxId, removeTaxId } from '../../api/billing';
import type { BillingDetails, TaxId } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { t, tName } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import type { BillingStore } from './store';

const SKELETON_LINES = 3;
/** The numbers that most customers have; the API takes all that the provider knows. */
const TYPES = ['eu_vat', 'gb_vat', 'ch_vat', 'no_vat', 'us_ein', 'ca_bn', 'au_abn', 'nz_gst', 'sg_gst', 'jp_trn'] as const;
const VALUE_LENGTH_MAX = 64;

const TONES: Record<string, Tone> = { verified: 'good', pending: 'warning', unverified: 'bad' };

export const addressLines = ({ name, email, address }: BillingDetails): string[] =>
  [name, address.line1, address.line2, [address.postalCode, address.city].filter(Boolean).join(' '), address.state, address.country, email]
    .filter((line): line is string => typeof line === 'string' && line !== '');

function Row({ taxId, onRemove }: { taxId: TaxId; onRemove: () => void }) {
  return (
    <li class="tax-id">
      <span>
        <span class="muted">{tName('taxId', taxId.type)}</span> <span class="digits">{taxId.value}</span>
      </span>
      {taxId.verification !== null && taxId.verification !== 'unavailable' && (
        <Badge tone={TONES[taxId.verification] ?? 'neutral'}>{tName('verification', taxId.verification)}</Badge>
      )}
      {mayChange() && <Button look="quiet" label={t('details.removeLabel', { value: taxId.value })} onPress={onRemove}>{t('methods.remove')}</Button>}
    </li>
  );
}

function AddForm({ store }: { store: BillingStore }) {
  const type = useSignal<string>(TYPES[0]);
  const value = useSignal('');
  const { busy, problem, run } = useAction();
  const typeId = useId();
  const valueId = useId();
  const add = async (): Promise<void> => {
    const body = { type: type.value, value: value.value.trim() };
    if (body.value === '') return;
    await run(async () => {
      store.taxIds.set(await store.keys.run(['tax-id', body], (key) => addTaxId(body, key)));
      value.value = '';
      announce(t('details.added', { value: body.value }));
    });
  };
  return (
    <form
      class="tax-id-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <label class="field" for={typeId}>{t('details.type')}</label>
      <select id={typeId} value={type.value} onChange={(event) => { type.value = event.currentTarget.value; }}>
        {TYPES.map((name) => <option key={name} value={name}>{tName('taxId', name)}</option>)}
      </select>
      <label class="field" for={valueId}>{t('details.value')}</label>
      <input
        id={valueId}
        value={value.value}
        maxLength={VALUE_LENGTH_MAX}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => { value.value = event.currentTarget.value; }}
      />
      <div class="actions">
        <Button busy={busy.value} onPress={() => void add()}>{t('details.add')}</Button>
      </div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </form>
  );
}

export function DetailsSection({ store }: { store: BillingStore }) {
  const remove = async (taxId: TaxId): Promise<void> => {
    try {
      store.taxIds.set(await store.keys.run(['tax-id', taxId.id], (key) => removeTaxId(taxId.id, key)));
      announce(t('details.removed', { value: taxId.value }));
    } catch (error) {
      store.fail(error);
    }
  };
  return (
    <Section title={t('details.title')} of={store.details} lines={SKELETON_LINES} className="details">
      {(details) => (
        <>
          <address>{addressLines(details).map((line) => <span key={line}>{line}</span>)}</address>
          <h3>{t('details.taxIds')}</h3>
          {(store.taxIds.data ?? []).length === 0 && <p class="muted">{t('details.none')}</p>}
          <ul class="plain-list">
            {(store.taxIds.data ?? []).map((taxId) => <Row key={taxId.id} taxId={taxId} onRemove={() => void remove(taxId)} />)}
          </ul>
          {mayChange() && <AddForm store={store} />}
        </>
      )}
    </Section>
  );
}

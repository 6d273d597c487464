// The numbers with tax offices that stand on the invoices, and whether an office has confirmed them.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { Keyring } from '../../api/idempotency';
import { addTaxId, getTaxIds, removeTaxId } from '../../api/paying';
import type { TaxId } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { SelectField, TextField } from '../../components/fields';
import { Form } from '../../components/Form';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { t, tName } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';

/** The numbers that most customers have; the API takes all that the provider knows. */
const TYPES = ['eu_vat', 'gb_vat', 'ch_vat', 'no_vat', 'us_ein', 'ca_bn', 'au_abn', 'nz_gst', 'sg_gst', 'jp_trn'] as const;
const VALUE_LENGTH_MAX = 64;
const LINES = 2;

/** What no office can be asked about is unverified, and still on the invoices. */
const TONES: Record<string, Tone> = { verified: 'good', pending: 'warning', unverified: 'bad' };

function Row({ taxId, onRemove }: { taxId: TaxId; onRemove: () => void }) {
  return (
    <li class="tax-id">
      <span>
        <span class="muted">{tName('taxId', taxId.type)}</span> <span class="digits">{taxId.value}</span>
      </span>
      {taxId.verification !== null && <Badge tone={TONES[taxId.verification] ?? 'neutral'}>{tName('verification', taxId.verification)}</Badge>}
      {mayChange() && <Button look="quiet" label={t('details.removeLabel', { value: taxId.value })} onPress={onRemove}>{t('methods.remove')}</Button>}
    </li>
  );
}

function AddForm({ of, keys }: { of: Resource<TaxId[]>; keys: Keyring }) {
  const type = useSignal<string>(TYPES[0]);
  const value = useSignal('');
  const action = useAction();
  const add = async (): Promise<void> => {
    const body = { type: type.value, value: value.value.trim() };
    of.set(await keys.run(['tax-id', body], (key) => addTaxId(body, key)));
    value.value = '';
    announce(t('details.added', { value: body.value }));
  };
  return (
    <Form action={action} work={add} submit={t('details.add')} look="plain">
      <SelectField label={t('details.type')} value={type} options={TYPES.map((name) => ({ value: name, label: tName('taxId', name) }))} />
      <TextField label={t('details.value')} value={value} maxLength={VALUE_LENGTH_MAX} isRequired />
    </Form>
  );
}

export function TaxIdsSection() {
  const taxIds = useResource(getTaxIds);
  const keys = useMemo(() => new Keyring(), []);
  const { problem, run } = useAction();
  const remove = (taxId: TaxId): Promise<void> => run(async () => {
    taxIds.set(await keys.run(['tax-id', taxId.id], (key) => removeTaxId(taxId.id, key)));
    announce(t('details.removed', { value: taxId.value }));
  });
  return (
    <Section title={t('details.taxIds')} of={taxIds} lines={LINES}>
      {(known) => (
        <>
          {known.length === 0 && <p class="muted">{t('details.none')}</p>}
          <ul class="plain-list">{known.map((taxId) => <Row key={taxId.id} taxId={taxId} onRemove={() => void remove(taxId)} />)}</ul>
          {problem.value && <ProblemNote problem={problem.value} of="change" />}
          {mayChange() && <AddForm of={taxIds} keys={keys} />}
        </>
      )}
    </Section>
  );
}

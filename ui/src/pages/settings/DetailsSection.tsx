// Whom invoices are made out to, and where they go. What is saved stands on the next ones; one that was issued is corrected on
// its own page.

import { signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import type { Keyring } from '../../api/idempotency';
import { getDetails, setDetails } from '../../api/paying';
import type { BillingDetails } from '../../api/types';
import { Button } from '../../components/Button';
import { SelectField, TextField } from '../../components/fields';
import { FormDialog } from '../../components/FormDialog';
import { Section } from '../../components/Section';
import { countries, countryName } from '../../format/countries';
import { locale, t } from '../../i18n';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { say } from '../../paying/words';

const LINES = 4;
const NAME_LENGTH_MAX = 200;
const EMAIL_LENGTH_MAX = 254;
const ORDER_LENGTH_MAX = 140;

/** In the order of a form on paper, with what browsers call them. */
const ADDRESS = [
  { name: 'line1', fills: 'address-line1' }, { name: 'line2', fills: 'address-line2' }, { name: 'postalCode', fills: 'postal-code' },
  { name: 'city', fills: 'address-level2' }, { name: 'state', fills: 'address-level1' },
] as const;

const linesOf = ({ name, email, address, purchaseOrder }: BillingDetails): string[] =>
  [
    name, address.line1, address.line2, [address.postalCode, address.city].filter(Boolean).join(' '), address.state,
    address.country === null ? '' : countryName(address.country, locale()), email,
    purchaseOrder && `${say('details.purchaseOrder')}: ${purchaseOrder}`,
  ].filter((line): line is string => typeof line === 'string' && line !== '');

function EditDialog({ known, of, onClose }: { known: BillingDetails; of: Resource<BillingDetails>; onClose: () => void }) {
  const name = useSignal(known.name);
  const email = useSignal(known.email);
  const order = useSignal(known.purchaseOrder ?? '');
  const country = useSignal(known.address.country ?? '');
  const lines = useMemo(() => ADDRESS.map((line) => ({ ...line, value: signal(known.address[line.name] ?? '') })), []);
  const save = async (keys: Keyring): Promise<void> => {
    const filled = lines.map((line) => [line.name, line.value.value.trim()]).filter(([, value]) => value !== '');
    const body: BillingDetails = {
      email: email.value.trim(), name: name.value.trim(), purchaseOrder: order.value.trim(), address: { ...Object.fromEntries(filled), country: country.value === '' ? null : country.value },
    };
    of.set(await keys.run(body, (key) => setDetails(body, key)));
    onClose();
    announce(say('details.saved'));
  };
  return (
    <FormDialog title={t('details.title')} confirm={say('details.save')} onClose={onClose} work={save}>
      <TextField label={say('details.name')} value={name} autoComplete="organization" maxLength={NAME_LENGTH_MAX} isRequired />
      <TextField label={say('details.email')} hint={say('details.emailHint')} value={email} type="email" autoComplete="email" maxLength={EMAIL_LENGTH_MAX} isRequired />
      {lines.map((line) => <TextField key={line.name} label={say(`details.${line.name}`)} value={line.value} autoComplete={line.fills} maxLength={NAME_LENGTH_MAX} />)}
      <SelectField label={say('details.country')} value={country} autoComplete="country" options={[{ value: '', label: say('details.noCountry') }, ...countries(locale())]} />
      <TextField label={say('details.purchaseOrder')} hint={say('details.purchaseOrderHint')} value={order} maxLength={ORDER_LENGTH_MAX} />
    </FormDialog>
  );
}

export function DetailsSection() {
  const details = useResource(getDetails);
  const isOpen = useSignal(false);
  return (
    <Section title={t('details.title')} of={details} lines={LINES} className="details">
      {(known) => (
        <>
          <address>{linesOf(known).map((line, index) => <span key={index}><bdi>{line}</bdi></span>)}</address>
          {mayChange() && <div class="actions"><Button onPress={() => { isOpen.value = true; }}>{say('details.edit')}</Button></div>}
          <p class="hint">{say('details.hint')}</p>
          {isOpen.value && <EditDialog known={known} of={details} onClose={() => { isOpen.value = false; }} />}
        </>
      )}
    </Section>
  );
}

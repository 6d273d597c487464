// What is looked for among the customers. It is applied by going to its address.

import { useSignal } from '@preact/signals';

import { CUSTOMER_STATUSES, CUSTOMER_TIERS, type CustomerFilter } from '../../api/customers';
import { countries } from '../../format/countries';
import { SelectField, TextField } from '../../components/fields';
import { locale } from '../../i18n';
import { session } from '../../lib/app_state';
import { useAddress } from '../../lib/address';
import { say, wordOf } from './words';

const SEARCH_CHARS = 320;

const choiceOf = (group: 'status' | 'tier', names: readonly string[]) =>
  [{ value: '', label: say('any') }, ...names.map((value) => ({ value, label: wordOf(group, value) }))];

/** Whoever looks, and whom the address names. */
const ownersOf = ({ owner }: CustomerFilter) => [
  { value: '', label: say('any') },
  { value: session.data?.personId ?? '', label: say('mine') },
  ...(owner && owner !== session.data?.personId ? [{ value: owner, label: owner }] : []),
];

export function FindForm({ filter }: { filter: CustomerFilter }) {
  const { change, hrefOf } = useAddress();
  const text = useSignal(filter.q ?? '');
  const tier = useSignal(filter.tier ?? '');
  const status = useSignal(filter.status ?? '');
  const country = useSignal(filter.country ?? '');
  const owner = useSignal(filter.owner ?? '');
  const apply = (): void => change({
    q: text.value.trim(), tier: tier.value, status: status.value, country: country.value, owner: owner.value, cursor: undefined,
  });
  return (
    <form class="filters" role="search" aria-label={say('find')} onSubmit={(event) => { event.preventDefault(); apply(); }}>
      <TextField label={say('search')} value={text} maxLength={SEARCH_CHARS} />
      <SelectField label={say('plan')} value={tier} options={choiceOf('tier', CUSTOMER_TIERS)} />
      <SelectField label={say('status')} value={status} options={choiceOf('status', CUSTOMER_STATUSES)} />
      <SelectField label={say('country')} value={country} options={[{ value: '', label: say('any') }, ...countries(locale())]} />
      <SelectField label={say('owner')} value={owner} options={ownersOf(filter)} />
      <button type="submit" class="button plain">{say('apply')}</button>
      <a class="button quiet" href={hrefOf({ q: undefined, tier: undefined, status: undefined, country: undefined, owner: undefined, cursor: undefined })}>{say('clear')}</a>
    </form>
  );
}

// As of when a report is, since when, and of what: applied by going to its address.

import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { SelectField, TextField } from '../../components/fields';
import { tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { words } from './words';

const COUNTRY_CHARS = 2;

export function Choices({ asks, choices }: { asks: Record<string, string>; choices: Record<string, readonly string[]> }) {
  const { query, change, hrefOf } = useAddress();
  const fields = useMemo(() => Object.entries({ asOf: 'date', from: 'date', ...asks }).map(([name, kind]) => ({ name, kind, value: signal(query[name] ?? '') })), []);
  const nothing = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  return (
    <form class="filters" role="search" aria-label={words.say('choose')} onSubmit={(event) => { event.preventDefault(); change(Object.fromEntries(fields.map(({ name, value }) => [name, value.value.trim()]))); }}>
      {fields.map(({ name, kind, value }) => {
        const props = { key: name, value, label: words.sayOf('field', name) };
        const of = choices[kind];
        if (!of) return <TextField {...props} type={kind === 'date' ? kind : 'text'} maxLength={kind === 'date' ? 10 : COUNTRY_CHARS} />;
        return <SelectField {...props} options={['', ...of].map((one) => ({ value: one, label: one === '' ? words.sayOf('any', kind) : words.has(`key.${one}`) ? words.sayOf('key', one) : tName('tier', one) }))} />;
      })}
      <button type="submit" class="button plain">{words.say('apply')}</button>
      <a class="button quiet" href={hrefOf(nothing)}>{words.say('clear')}</a>
    </form>
  );
}

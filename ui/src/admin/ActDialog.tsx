// What an operator is asked before something is done, by its declaration; and what is shown of the answer once, and never again.

import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { signal, useSignal, type Signal } from '@preact/signals';

import { request } from '../api/http';
import type { Problem } from '../api/problem';
import type { Money } from '../api/types';
import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { FormDialog } from '../components/FormDialog';
import { CheckField, NumberField, SelectField, TextArea, TextField } from '../components/fields';
import { moneyText } from '../contracts/amounts';
import { formatMoney } from '../format/money';
import { locale } from '../i18n';
import { queryText, type Query } from '../lib/address';
import { announce } from '../lib/app_state';
import { bound } from './bound';
import { About, wordOf } from './cells';
import { bodyOf, currencyOf, filled, memberOf, type Act, type Input, type Row, type Words } from './listing';
import { tell } from './words';

const TEXT_MAX = 500;
const TYPES: Partial<Record<NonNullable<Input['kind']>, 'email' | 'date' | 'datetime-local'>> = { email: 'email', date: 'date', day: 'date', datetime: 'datetime-local' };

export function Field({ input, value, words, currency, problem }: { input: Input; value: Signal<string>; words: Words; currency?: string; problem?: string | undefined }) {
  const { name, kind = 'text', of = [], max = TEXT_MAX, empty, as = name } = input;
  const hint = words.has(`field.${as}.hint`) ? words.sayOf('field', `${as}.hint`) : undefined;
  const props = { label: words.sayOf('field', as), value, isRequired: empty === undefined, hint, problem };
  if (kind === 'several') {
    const chosen = value.value.split(' ');
    const others = (one: string): string[] => chosen.filter((other) => other !== one);
    return (
      <fieldset>
        <legend class="field">{props.label}</legend>
        {of.map((one) => (
          <CheckField
            key={one} label={wordOf(name, one, words)}
            value={bound(value as never).of(chosen.includes(one), (is) => { value.value = [...others(one), ...(is ? [one] : [])].join(' '); })}
          />
        ))}
      </fieldset>
    );
  }
  if (kind === 'area') return <TextArea {...props} maxLength={max} />;
  if (kind === 'choice') return <SelectField {...props} options={[...(empty === 'left' ? [''] : []), ...of].map((one) => ({ value: one, label: one === '' ? words.has(`field.${as}.none`) ? words.sayOf('field', `${as}.none`) : tell('find.any') : wordOf(name, one, words) }))} />;
  if (kind === 'money') return <NumberField {...props} unit={currency?.toUpperCase()} />;
  if (kind === 'whole') return <NumberField {...props} />;
  return <TextField {...props} type={TYPES[kind] ?? 'text'} maxLength={max} />;
}

/** "$29.00", where money moves. */
export function sumOf({ sum }: Act, row: Row): string {
  const money = sum === undefined ? null : memberOf(row, sum);
  return money ? formatMoney(money as Money, locale()) : '';
}

/** What stands in a field at first. */
const startOf = ({ kind, of = [], starts = '', first }: Input, row: Row): string => {
  const value = memberOf(row, starts);
  if (kind === 'money') return value ? moneyText(value as Money, locale()) : '';
  return Array.isArray(value) ? value.join(' ') : String(value ?? first ?? (kind === 'choice' ? of[0] ?? '' : ''));
};

interface Props {
  /** Of the list or sheet: its words begin with it. */
  of: string;
  act: Act;
  row: Row;
  /** What of it is told once more. */
  about: readonly string[];
  /** What names the row, for people. */
  subject: string;
  words: Words;
  onClose: () => void;
  onDone: () => void;
}

export function ActDialog({ of, act, row, about, subject, words, onClose, onDone }: Props) {
  const { inputs = [], method = 'POST', secret, preview, asQuery } = act;
  const key = `${of}.${act.name}`;
  const values = useMemo(() => inputs.map((input) => ({ input, value: signal(startOf(input, row)) })), []);
  const once = useSignal<string | null>(null);
  const wrong = useSignal<Problem['errors']>([]);
  const { route } = useLocation();
  const comesTo = useSignal<Row | null>(null);
  const seen = comesTo.value;
  const typedNow = (): Record<string, string> => Object.fromEntries(values.map(({ input, value }) => [input.name, value.value.trim()]));
  /** Typed amounts; one that is none is null. */
  const amounts = inputs.filter(({ kind }) => kind === 'money').map(({ name }) => bodyOf(act, typedNow(), row)[name] as Money | null);
  const amount = amounts[0] ? formatMoney(amounts[0], locale()) : sumOf(act, seen ?? row);
  const word = (end: string): string => words.say((key + end) as never, { subject, amount });
  const work = async (idempotencyKey: string): Promise<void> => {
    const typed = typedNow();
    const kept = seen && preview ? inputs.filter(({ name }) => preview.with.includes(name)) : inputs;
    const body = { ...bodyOf({ ...act, inputs: kept }, typed, row), ...(seen && preview ? { [preview.id]: seen[preview.id] } : {}) };
    const query = asQuery ? queryText(body as Query) : preview && !seen ? '?preview=true' : '';
    const answer = await request<Row | undefined>(filled(act.at, { ...row, ...typed }) + query, { method, key: idempotencyKey, ...(method === 'DELETE' ? {} : { body: asQuery ? {} : body }) });
    if (preview && !seen) {
      comesTo.value = answer ?? null;
      return;
    }
    onDone();
    if (secret !== undefined && answer?.[secret] !== undefined) {
      once.value = String(answer[secret]);
      return;
    }
    announce(answer?.['status'] === 'pending' && 'quoteHash' in answer ? tell('act.waits') : word('.done'));
    if (act.leads?.startsWith(':')) location.assign(String(answer?.[act.leads.slice(1)]));
    else if (act.leads !== undefined && answer) route(filled(act.leads, answer));
    onClose();
  };
  if (once.value !== null) {
    return (
      <Dialog title={word('')} onClose={onClose} footer={<Button look="primary" onPress={onClose}>{tell('act.noted')}</Button>}>
        <p>{word('.done')}</p>
        <p class="hash">{once.value}</p>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={word('')} confirm={preview && !seen ? tell('act.preview') : words.has(`${key}.go`) ? word('.go') : [words.sayOf('act', act.name), amount].filter(Boolean).join(': ')}
      isReady={amounts.every((one) => one !== null && one.amount > 0)} look={act.look ?? 'primary'} onClose={onClose}
      work={(keys) => keys.run([act.at, values.map(({ value }) => value.value), seen], work).catch((error: Problem) => {
        wrong.value = error.errors ?? [];
        throw error;
      })}
    >
      {seen ? <p>{tell('act.exactly')}</p> : words.has(`${key}.text`) && <p>{word('.text')}</p>}
      {about.length > 0 && <About row={row} names={about} words={words} />}
      {seen
        ? <><About row={seen} words={words} /><Button look="quiet" onPress={() => { comesTo.value = null; }}>{tell('act.back')}</Button></>
        : values.map(({ input, value }) => <Field key={input.name} input={input} value={value} words={words} currency={currencyOf(input.starts, row)} problem={wrong.value.find(({ field }) => field === input.name)?.expected} />)}
    </FormDialog>
  );
}

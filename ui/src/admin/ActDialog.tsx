// What an operator is asked before something is done, by its declaration; and what is shown of the answer once, and never again.

import { useMemo } from 'preact/hooks';
import { signal, useSignal, type Signal } from '@preact/signals';

import { request } from '../api/http';
import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { FormDialog } from '../components/FormDialog';
import { CheckField, NumberField, SelectField, TextArea, TextField } from '../components/fields';
import { announce } from '../lib/app_state';
import { bound } from './bound';
import { wordOf } from './cells';
import { bodyOf, filled, type Act, type Input, type Row, type Words } from './listing';
import { tell } from './words';

const TEXT_MAX = 500;
const TYPES: Partial<Record<NonNullable<Input['kind']>, 'email' | 'date' | 'datetime-local'>> = { email: 'email', date: 'date', datetime: 'datetime-local' };

function Field({ input, value, words }: { input: Input; value: Signal<string>; words: Words }) {
  const { name, kind = 'text', of = [], max = TEXT_MAX, empty } = input;
  const hint = words.has(`field.${name}.hint`) ? words.sayOf('field', `${name}.hint`) : undefined;
  const props = { label: words.sayOf('field', name), value, isRequired: empty === undefined, hint };
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
  if (kind === 'choice') return <SelectField {...props} options={of.map((one) => ({ value: one, label: wordOf(name, one, words) }))} />;
  if (kind === 'whole') return <NumberField {...props} />;
  return <TextField {...props} type={TYPES[kind] ?? 'text'} maxLength={max} />;
}

interface Props {
  /** Of the list or sheet: its words begin with it. */
  of: string;
  act: Act;
  row: Row;
  /** What names the row, for people. */
  subject: string;
  words: Words;
  onClose: () => void;
  onDone: () => void;
}

export function ActDialog({ of, act, row, subject, words, onClose, onDone }: Props) {
  const { inputs = [], method = 'POST', secret } = act;
  const key = `${of}.${act.name}`;
  const values = useMemo(() => inputs.map((input) => ({ input, value: signal(input.kind === 'choice' ? input.of?.[0] ?? '' : '') })), []);
  const once = useSignal<string | null>(null);
  const word = (end: string): string => words.say((key + end) as never, { subject });
  const work = async (idempotencyKey: string): Promise<void> => {
    const typed = Object.fromEntries(values.map(({ input, value }) => [input.name, value.value.trim()]));
    const body = bodyOf(act, typed, row);
    const answer = await request<Row | undefined>(filled(act.at, { ...row, ...typed }), { method, key: idempotencyKey, ...(method === 'DELETE' ? {} : { body }) });
    onDone();
    if (secret !== undefined) {
      once.value = String(answer?.[secret]);
      return;
    }
    announce(answer?.['quoteHash'] === undefined ? word('.done') : tell('act.waits'));
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
      title={word('')} confirm={words.sayOf('act', act.name)} look={act.look ?? 'primary'} onClose={onClose}
      work={(keys) => keys.run([act.at, values.map(({ value }) => value.value)], work)}
    >
      {words.has(`${key}.text`) && <p>{word('.text')}</p>}
      {values.map(({ input, value }) => <Field key={input.name} input={input} value={value} words={words} />)}
    </FormDialog>
  );
}

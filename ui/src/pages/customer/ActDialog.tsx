// How an act is asked: what it will do, what it needs, its amount on the button. What needs a second person says so.

import { useSignal } from '@preact/signals';

import { bound } from '../../admin/bound';
import { NumberField, SelectField, TextArea, TextField } from '../../components/fields';
import { FormDialog } from '../../components/FormDialog';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { announce } from '../../lib/app_state';
import { amountOf, type Act } from './acts';
import { actWord, say, sayOf, type CustomerKey } from './words';

const REASON_CHARS = 200;
const NOTE_CHARS = 2000;

/** Where one of a few words is chosen: by act and by what is asked for. */
const CHOICES: Record<string, readonly string[]> = {
  'refund.reason': ['requested_by_customer', 'duplicate', 'fraudulent'],
  'credit.reason': ['order_change', 'product_unsatisfactory', 'duplicate', 'fraudulent'],
  'credit.returns': ['balance', 'refund', 'out_of_band'],
};

export function ActDialog({ act, onClose, onDone }: { act: Act; onClose: () => void; onDone: () => void }) {
  const values = useSignal(act.asks);
  const amount = act.currency === undefined ? null : amountOf(act, values.value);
  const about = { ...act.about, amount: amount === null ? '' : formatMoney(amount, locale()) };
  const isReady = Object.values(values.value).every((value) => value.trim() !== '') && (act.currency === undefined || (amount !== null && amount.amount > 0));
  const field = (name: string) => {
    const value = bound(values).at(name);
    const props = { key: name, label: say(`ask.${name}` as CustomerKey), value, isRequired: true };
    const choices = CHOICES[`${act.name}.${name}`];
    if (choices) return <SelectField {...props} options={choices.map((choice) => ({ value: choice, label: sayOf('choice', choice) }))} />;
    if (name === 'amount' || name === 'days') return <NumberField {...props} unit={name === 'amount' ? act.currency?.toUpperCase() : undefined} />;
    if (name === 'note') return <TextArea {...props} maxLength={NOTE_CHARS} />;
    return <TextField {...props} maxLength={REASON_CHARS} />;
  };
  return (
    <FormDialog
      title={actWord(act.name, 'title', about)}
      confirm={actWord(act.name, 'go', about)}
      isReady={isReady}
      onClose={onClose}
      work={async (keys) => {
        const answer = (await keys.run(values.value, (key) => act.run(values.value, key))) as { url?: string; quoteHash?: string } | undefined;
        if (answer?.url !== undefined && act.name === 'impersonate') {
          location.assign(answer.url);
          return;
        }
        onDone();
        announce(answer?.quoteHash === undefined ? actWord(act.name, 'done', about) : say('waits'));
      }}
    >
      <p>{actWord(act.name, 'text', about)}</p>
      {Object.keys(act.asks).map(field)}
    </FormDialog>
  );
}

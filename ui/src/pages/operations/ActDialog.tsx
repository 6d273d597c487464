// What an operator does to a row, or to a list: what it is about, what is to be said, and the call.

import { useSignal } from '@preact/signals';

import { request } from '../../api/http';
import type { Money } from '../../api/types';
import { bound } from '../../admin/bound';
import { Button } from '../../components/Button';
import { TextField } from '../../components/fields';
import { FormDialog } from '../../components/FormDialog';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { queryText, type Query } from '../../lib/address';
import type { Act, Row } from './boards';
import { About } from './Shown';
import { nameOf, say, sayOf } from './words';

const plain = (name: string): string => name.replace('?', '');
const KINDS: Record<string, (text: string) => unknown> = {
  until: (text) => `${text}T00:00:00Z`,
  since: (text) => `${text}T00:00:00Z`,
  overlapHours: Number,
  eventTypes: (text) => text.split(/[\s,]+/),
};
const isDay = (name: string): boolean => name === 'until' || name === 'since';

/** "Charge now: $29.00": what moves money says how much. */
export function actName({ name, moves, preview }: Act, row: Row | null): string {
  const amount = (preview ? row?.[preview.amount] : moves && row?.['amount']) as Money | null | undefined | false;
  return sayOf('act', name) + (amount ? `: ${formatMoney(amount, locale())}` : '');
}

const fill = (path: string, row: Row | null): string => path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(row?.[name])));

interface Props {
  act: Act;
  row: Row | null;
  about: readonly string[];
  onClose: () => void;
  onDone: (answer: Row | undefined) => void;
}

export function ActDialog({ act, row, about, onClose, onDone }: Props) {
  const { asks = [], keeps = [], sets = {}, method = 'POST', preview, look } = act;
  const said = useSignal<Record<string, string>>(Object.fromEntries(asks.map((ask) => [plain(ask), String(row?.[plain(ask)] ?? '')])));
  const comesTo = useSignal<Row | null>(null);
  const seen = comesTo.value;
  const fields = bound(said);
  const spoken = (names: readonly string[]): Row => Object.fromEntries(
    names.map((name) => [name, fields.value[name]?.trim() ?? '']).filter(([, text]) => text !== '').map(([name = '', text = '']) => [name, (KINDS[name] ?? String)(text)]),
  );
  const bodyOf = (): Row => ({
    ...Object.fromEntries(keeps.map((name) => [name, row?.[name]])), ...sets,
    ...(seen && preview ? { ...spoken(preview.with), [preview.id]: seen[preview.id] } : spoken(asks.map(plain))),
  });
  const send = async (key: string): Promise<void> => {
    const body = bodyOf();
    const query = act.asQuery ? queryText(body as Query) : preview && !seen ? '?preview=true' : '';
    const answer = await request<Row | undefined>(fill(act.path, row) + query, { method, key, ...(method === 'DELETE' ? {} : { body: act.asQuery ? {} : body }) });
    if (query === '?preview=true') comesTo.value = answer ?? null;
    else onDone(answer);
  };
  const confirm = preview && !seen ? say('preview') : actName(act, preview ? seen : row);
  return (
    <FormDialog title={sayOf('act', act.name)} confirm={confirm} {...(look ? { look } : {})} onClose={onClose} work={(keys) => keys.run([act.name, row, said.value, seen], send)}>
      <p>{seen ? say('exactly') : sayOf('text', act.name)}</p>
      {row && <About row={row} names={about.flatMap((column) => column.split('+'))} />}
      {seen ? <><About row={seen} /><Button look="quiet" onPress={() => { comesTo.value = null; }}>{say('back')}</Button></> : asks.map((ask) => (
        <TextField key={ask} label={nameOf(plain(ask))} value={fields.at(plain(ask))} maxLength={500} type={isDay(plain(ask)) ? 'date' : 'text'} isRequired={!ask.endsWith('?')} />
      ))}
    </FormDialog>
  );
}

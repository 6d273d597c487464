// A value of an answer as people read it: what it is says how it is drawn, so that no page says it again.

import type { ComponentChildren } from 'preact';

import type { Money } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Facts } from '../../components/Facts';
import { formatInstant } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { toneOf, type Row } from './boards';
import { nameOf, say, sayOf } from './words';

const isMoney = (value: object): value is Money => 'currency' in value && 'amount' in value;
const isAmong = (value: unknown): boolean => typeof value === 'object' && value !== null;

function Table({ rows, label }: { rows: readonly Row[]; label: string }) {
  const names = [...new Set(rows.flatMap(Object.keys))];
  return (
    <table class="data-table" aria-label={label}>
      <thead><tr>{names.map((name) => <th key={name} scope="col">{nameOf(name)}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, at) => <tr key={at}>{names.map((name) => <td key={name} data-label={nameOf(name)}><Shown name={name} value={row[name]} isFolded /></td>)}</tr>)}
      </tbody>
    </table>
  );
}

/** From the largest size that fits. */
const SIZES: Record<string, readonly (readonly [number, string])[]> = {
  seconds: [[86_400, 'day'], [3_600, 'hour'], [60, 'minute'], [1, 'second']],
  bytes: [[1e9, 'gigabyte'], [1e6, 'megabyte'], [1e3, 'kilobyte']],
  microseconds: [[1e6, 'second'], [1e3, 'millisecond']],
};

function sized(value: number, unit: unknown): string {
  const sizes = SIZES[String(unit)];
  const [size, name] = sizes?.find(([least]) => value >= least) ?? sizes?.at(-1) ?? [1];
  const style = name === undefined ? {} : { style: 'unit', unit: name, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), style).format(value / size);
}

/** `isFolded`: in a cell, where long text is read when it is opened. */
export function Shown({ name, value, unit, isFolded = false }: { name: string; value: unknown; unit?: unknown; isFolded?: boolean }): ComponentChildren {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (typeof value === 'number') return sized(value, unit);
  if (Array.isArray(value)) {
    if (!value.some(isAmong)) return <div class="whole">{value.map((one, at) => <div key={at}>{String(one)}</div>)}</div>;
    if (!isFolded) return <Table rows={value as Row[]} label={nameOf(name)} />;
    const lines = (value as Row[]).map((one, at) => <p key={at}>{Object.entries(one).map(([member, its]) => <span key={member}><Shown name={member} value={its} /> </span>)}</p>);
    return <details><summary aria-label={`${nameOf(name)}: ${value.length}`}>{value.length}</summary>{lines}</details>;
  }
  if (typeof value === 'object') return isMoney(value) ? <span class="number">{formatMoney(value, locale())}</span> : <pre class="raw" tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>;
  const text = String(value);
  if (/(^at|At|^asOf|^to|^from|Until|Since|From)$/.test(name) && /^\d{4}-/.test(text)) return <time dateTime={text}>{formatInstant(text, locale())}</time>;
  if (name === 'status' || name === 'outcome') return <span><Badge tone={toneOf(text)}>{sayOf('state', text)}</Badge></span>;
  if (!text.includes('\n')) return sayOf('value', text);
  const whole = <pre class="raw" tabIndex={0}>{text}</pre>;
  return isFolded ? <details><summary>{say('read')}</summary>{whole}</details> : whole;
}

/** All that a row says, or of it what is named. The HTML of a mail is its text once more. */
export function About({ row, names = Object.keys(row).filter((name) => name !== 'html') }: { row: Row; names?: readonly string[] }) {
  const isLarge = (name: string): boolean => (isAmong(row[name]) ? !isMoney(row[name] as object) : String(row[name]).includes('\n'));
  return (
    <div class="stack">
      <Facts rows={names.filter((name) => !isLarge(name)).map((name) => [nameOf(name), <Shown name={name} value={row[name]} />])} />
      {names.filter(isLarge).map((name) => <section key={name}><h3>{nameOf(name)}</h3><Shown name={name} value={row[name]} /></section>)}
    </div>
  );
}

// What the API says of a row, for people: each value by what it is, so that a list names its columns and no more.

import type { ComponentChildren } from 'preact';

import type { Money } from '../api/types';
import { Badge, type Tone } from '../components/Badge';
import { Rows } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { formatDate, formatInstant, formatUntil } from '../format/date';
import { formatMoney } from '../format/money';
import { formatBytes, formatPercent } from '../format/quantity';
import { locale } from '../i18n';
import { serverNow } from '../lib/clock';
import { memberOf, type Row, type Words } from './listing';
import { tell } from './words';

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const PERIOD = /^P\d+[YMD]$/;
const ID = /^([a-z]{3,5}_[0-9a-hjkmnp-tv-z]{26}|[0-9a-f]{40,})$/;
const BYTES = new Set(['size', 'bytes']);
/** Sentences that the program has in one language. */
const SERVERS_WORDS = new Set(['what', 'basis', 'countedFrom', 'requirement', 'detail', 'doc', 'description', 'purpose', 'people', 'recipients']);
const HASH_CHARS = 16;

/** Words of the server that are better or worse than others; all else is told without a colour. */
const TONES: readonly (readonly [Tone, string])[] = [
  ['good', 'pass ready done active keep good applied delivered enabled sent recovered succeeded ok executed'],
  ['warning', 'open waiting running counting purging watch change received queued working ending paying_back pending offered accepted'],
  ['over', 'suppressed warn lost'],
  ['bad', 'fail failed bad revoke overdue disabled exhausted written_off stopped unpaid'],
];
/** Columns that say how something stands: a badge, whatever they say. */
const STATES = new Set(['status', 'outcome']);

const toneOf = (name: string, text: string): Tone | undefined =>
  (name === 'kind' ? undefined : TONES.find(([, words]) => words.split(' ').includes(text))?.[0] ?? (STATES.has(name) ? 'neutral' : undefined));

/** From the largest size that fits. */
const SIZES: Record<string, readonly (readonly [least: number, unit: string])[]> = {
  seconds: [[86_400, 'day'], [3_600, 'hour'], [60, 'minute'], [1, 'second']],
  microseconds: [[1e6, 'second'], [1e3, 'millisecond']],
};

function formatNumber(value: number, unit: unknown): string {
  if (unit === 'bytes') return formatBytes(value, locale());
  const sizes = SIZES[String(unit)] ?? [];
  const [least, name] = sizes.find(([size]) => value >= size) ?? sizes.at(-1) ?? [1];
  return new Intl.NumberFormat(locale(), name === undefined ? {} : { style: 'unit', unit: name, maximumFractionDigits: 1 }).format(value / least);
}

/** "P10Y": 10 years. */
const formatPeriod = (period: string): string =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit: { Y: 'year', M: 'month' }[period.slice(-1)] ?? 'day', unitDisplay: 'long' }).format(Number(period.slice(1, -1)));

const isMoney = (value: object): value is Money => 'currency' in value;

/** What begins a day is meant as the day, but for when something runs. */
function Instant({ at, name }: { at: string; name?: string }) {
  return <time dateTime={at}>{(at.endsWith('T00:00:00Z') && name !== 'nextAt' ? formatDate : formatInstant)(at, locale())}</time>;
}

/** By when: what is left of it, while it is still to be kept. */
function Deadline({ at, isOver, words }: { at: string; isOver: boolean; words: Words }) {
  const isLate = !isOver && Date.parse(at) < serverNow();
  return (
    <div class="whole">
      {!isOver && (isLate ? <Badge tone="bad">{words.sayOf('value', 'overdue')}</Badge> : formatUntil(at, serverNow(), locale()))}
      {!isOver && <br />}
      <Instant at={at} />
    </div>
  );
}

/** A word of the server, which may mean something else in this column than elsewhere. */
export function wordOf(name: string, text: string, words: Words): string {
  const own = `${name}.${text}`;
  return words.sayOf('value', words.has(`value.${own}`) ? own : text);
}

const Raw = ({ children }: { children: string }) => <pre class="raw" translate={false} tabIndex={0}>{children}</pre>;

function Text({ name, text, words, isFolded }: { name: string; text: string; words: Words; isFolded: boolean }) {
  if (INSTANT.test(text)) return <Instant at={text} name={name} />;
  if (PERIOD.test(text)) return <>{formatPeriod(text)}</>;
  if (name.endsWith('Hash')) return <span class="hash">{text}</span>;
  if (ID.test(text)) return <code class="hint" title={text}>{text.length > 31 ? `${text.slice(0, HASH_CHARS)}…` : text}</code>;
  if (text.includes('\n')) return isFolded ? <details><summary>{tell('act.read')}</summary><Raw>{text}</Raw></details> : <Raw>{text}</Raw>;
  const tone = toneOf(name, text);
  const word = wordOf(name, text, words);
  return tone ? <Badge tone={tone}>{word}</Badge> : <bdi class={word === text ? '' : 'whole'}>{word}</bdi>;
}

/** Several things: a table of their own, or in a cell, how many they are, and when it is opened, line by line. */
function Several({ name, rows, words, isFolded }: { name: string; rows: readonly Row[]; words: Words; isFolded: boolean }) {
  const title = words.sayOf('col', name);
  const names = [...new Set(rows.flatMap(Object.keys))];
  if (!isFolded) {
    return <Rows<Row> title={title} rows={rows} keyOf={JSON.stringify} columns={names.map((member) => ({ title: words.sayOf('col', member), cell: (row: Row) => cellOf(member, row, words) }))} />;
  }
  return (
    <details>
      <summary aria-label={`${title}: ${rows.length}`}>{rows.length}</summary>
      {rows.map((row, at) => <p key={at}>{names.map((member) => <span key={member}>{cellOf(member, row, words)} </span>)}</p>)}
    </details>
  );
}

const isThing = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `isFolded`: in a cell, where what is long is read when it is opened. */
export function cellOf(name: string, row: Row, words: Words, isFolded = true): ComponentChildren {
  const value = memberOf(row, name);
  if (value === null || value === undefined || value === '') return '–';
  if (name === 'percent') return formatPercent(Number(value), locale());
  if (typeof value === 'number') return formatNumber(value, BYTES.has(name) ? 'bytes' : row['unit']);
  if (Array.isArray(value)) {
    if (value.some(isThing)) return <Several name={name} rows={value as Row[]} words={words} isFolded={isFolded} />;
    return value.length === 0 ? '–' : value.map((one) => wordOf(name, String(one), words)).join(', ');
  }
  if (isThing(value)) return isMoney(value) ? <span class="number">{formatMoney(value, locale())}</span> : <Raw>{JSON.stringify(value, null, 2)}</Raw>;
  if (value === false) return <span class="muted">{words.sayOf('value', 'false')}</span>;
  if (name === 'dueAt') return <Deadline at={String(value)} isOver={OVER.some((end) => row[end] != null)} words={words} />;
  if (name === 'userId') return <a href={`/admin/customers/${encodeURIComponent(String(value))}`}>{String(value)}</a>;
  if (SERVERS_WORDS.has(name)) return <span lang="en">{String(value)}</span>;
  return <Text name={name} text={String(value)} words={words} isFolded={isFolded} />;
}

/** What of a row is as large as a part of its own. */
const isLarge = (value: unknown): boolean => (isThing(value) ? !isMoney(value) && !(Array.isArray(value) && !value.some(isThing)) : String(value).includes('\n'));

/** What a row says, or of it what is named. The HTML of a mail is its text once more. */
export function About({ row, words, names = Object.keys(row).filter((name) => name !== 'html') }: { row: Row; words: Words; names?: readonly string[] }) {
  const of = (name: string) => words.sayOf('col', name);
  const large = names.filter((name) => isLarge(memberOf(row, name)));
  return (
    <>
      <Facts rows={names.filter((name) => !large.includes(name)).map((name) => [of(name), cellOf(name, row, words)])} />
      {large.map((name) => <section key={name}><h3>{of(name)}</h3>{cellOf(name, row, words, false)}</section>)}
    </>
  );
}

/** What a row has once nobody waits for it any more. */
const OVER = ['finishedAt', 'closedAt'];

// What the API says of a row, for people: each value by what it is, so that a list names its columns and no more.

import type { ComponentChildren } from 'preact';

import type { Money } from '../api/types';
import { Badge, type Tone } from '../components/Badge';
import { formatDate, formatInstant, formatUntil } from '../format/date';
import { formatMoney } from '../format/money';
import { formatBytes, formatPercent } from '../format/quantity';
import { locale } from '../i18n';
import { serverNow } from '../lib/clock';
import { memberOf, type Row, type Words } from './listing';

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const PERIOD = /^P\d+[YMD]$/;
const ID = /^([a-z]{3,5}_[0-9a-hjkmnp-tv-z]{26}|[0-9a-f]{40,})$/;
const BYTES = new Set(['size', 'bytes']);
/** Sentences that the program has in one language. */
const SERVERS_WORDS = new Set(['what', 'basis', 'countedFrom', 'requirement', 'detail', 'doc', 'description', 'purpose', 'people', 'recipients']);
const HASH_CHARS = 16;

/** Words of the server that are better or worse than others; all else is told without a colour. */
const TONES: Record<string, Tone> = {
  pass: 'good', ready: 'good', done: 'good', active: 'good', keep: 'good', good: 'good',
  open: 'warning', waiting: 'warning', running: 'warning', counting: 'warning', purging: 'warning', watch: 'warning', change: 'warning',
  fail: 'bad', failed: 'bad', bad: 'bad', revoke: 'bad', overdue: 'bad',
  closed: 'neutral', refused: 'neutral', expired: 'neutral', revoked: 'neutral', not_ours: 'neutral', cancelled: 'neutral',
};

/** "P10Y": 10 years. */
const formatPeriod = (period: string): string =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit: { Y: 'year', M: 'month' }[period.slice(-1)] ?? 'day', unitDisplay: 'long' }).format(Number(period.slice(1, -1)));

const isMoney = (value: object): value is Money => 'currency' in value;

/** What begins a day is meant as the day. */
function Instant({ at }: { at: string }) {
  return <time dateTime={at}>{(at.endsWith('T00:00:00Z') ? formatDate : formatInstant)(at, locale())}</time>;
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

function Text({ name, text, words }: { name: string; text: string; words: Words }) {
  const tone = TONES[text];
  if (INSTANT.test(text)) return <Instant at={text} />;
  if (PERIOD.test(text)) return <>{formatPeriod(text)}</>;
  if (ID.test(text)) return <code class="hint" title={text}>{text.length > 31 ? `${text.slice(0, HASH_CHARS)}…` : text}</code>;
  const word = wordOf(name, text, words);
  return tone ? <Badge tone={tone}>{word}</Badge> : <bdi class={word === text ? '' : 'whole'}>{word}</bdi>;
}

export function cellOf(name: string, row: Row, words: Words): ComponentChildren {
  const value = memberOf(row, name);
  if (value === null || value === undefined || value === '') return '–';
  if (name === 'percent') return formatPercent(Number(value), locale());
  if (typeof value === 'number') return BYTES.has(name) ? formatBytes(value, locale()) : new Intl.NumberFormat(locale()).format(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map((one) => wordOf(name, String(one), words)).join(', ');
  if (typeof value === 'object') return isMoney(value) ? formatMoney(value, locale()) : JSON.stringify(value);
  if (value === false) return <span class="muted">{words.sayOf('value', 'false')}</span>;
  if (name === 'dueAt') return <Deadline at={String(value)} isOver={OVER.some((end) => row[end] != null)} words={words} />;
  if (SERVERS_WORDS.has(name)) return <span lang="en">{String(value)}</span>;
  return <Text name={name} text={String(value)} words={words} />;
}

/** What a row has once nobody waits for it any more. */
const OVER = ['finishedAt', 'closedAt'];

// Lists and sheets of the API, and what may be done to their rows, declared. A page has such declarations as data
// (places.json): no script, fetched with its words; a test holds them against the words and the API.

import { request, type Naming } from '../api/http';
import type { partWords } from '../components/part_words';
import type { Money, Page } from '../api/types';
import { moneyOf } from '../contracts/amounts';
import { locale } from '../i18n';
import { queryText, type Query } from '../lib/address';

export type Row = Record<string, unknown>;

/** The words of a page: `list.title`, `col.name`, `value.word`, `list.act`, `list.act.text`, `list.act.done`. */
export type Words = Pick<ReturnType<typeof partWords<Record<string, string>>>, 'has' | 'sayOf'> & {
  say: (key: never, values?: Record<string, string | number>) => string;
};

/** Of which rows: whose members are one of these, are there, are not. "walk.status" is a member of a member. */
export interface When {
  /** Whose amounts are above zero. */
  above?: readonly string[];
  is?: Record<string, readonly unknown[]>;
  has?: readonly string[];
  lacks?: readonly string[];
}

/** What an action asks for. */
export interface Input {
  /** A member of what is sent; "plan.arms.0.name" lies deeper. */
  name: string;
  kind?: 'text' | 'area' | 'email' | 'date' | 'day' | 'datetime' | 'whole' | 'choice' | 'several' | 'words' | 'money';
  /** What may be chosen. */
  of?: readonly string[];
  /** Left out when it is empty, or given as null. */
  empty?: 'left' | 'null';
  max?: number;
  /** The member of the row that stands there at first. */
  starts?: string;
  /** What stands there when nothing of the row does. */
  first?: string;
  /** Its words, where several actions ask for the same in other words. */
  as?: string;
}

export interface Act extends When {
  name: string;
  /** In the API; `:name` is a member of the row, or what was typed. */
  at: string;
  method?: 'POST' | 'PUT' | 'DELETE';
  inputs?: readonly Input[];
  look?: 'primary' | 'danger';
  /** Whose it is, as words: "admin finance"; admins' alone, if nothing is said. */
  by?: string;
  /** Theirs alone who asked for it, or nobody's who did. */
  mine?: boolean;
  /** Goes along with what was typed; ":name" is a member of the row. */
  adds?: Record<string, unknown>;
  /** Where it leads; ":name" is a member of the answer. */
  leads?: string;
  /** The member of the answer that is shown once, and never again. */
  secret?: string;
  /** What was typed goes into the query. */
  asQuery?: true;
  /** The money that it moves, a member of the row, or of what it comes to: it stands on the button. */
  sum?: string;
  /** First it is asked what it would come to; then that is done, by this member of the answer, with this of what was typed. */
  preview?: { id: string; with: readonly string[] };
}

/** A file of a row, or a place that tells more. */
export interface Way extends When {
  name: string;
  at: string;
}

interface Part {
  name: string;
  /** Of the API. `:of` stands in the address: what was chosen in another list; without it this is not shown. */
  path: string;
  acts?: readonly Act[];
  ways?: readonly Way[];
  /** Whose list it is, where an operator reads a customer's. */
  naming?: Naming;
  /** Changes by itself: it is read again for as long. */
  moves?: When;
  /** By what rows are chosen. */
  filters?: readonly Input[];
}

export interface Listing extends Part {
  /** The first names the row; "count#" stands under its like, "status+kind" has the second below the first. */
  columns: readonly string[];
  /** What is told of a row when it is opened. */
  more?: readonly string[];
  /** Of a list that comes in one page: which member of the answer it is. */
  whole?: string;
  /** The API gives no file of it alone. */
  hasNoFile?: true;
  /** States of which one is chosen. */
  states?: readonly string[];
  /** What may be done above the list. */
  makes?: readonly Act[];
  /** A row can be read alone: here, at its id, or on a page of its own; ":name" is a member of the row. */
  opens?: true | string;
  /** What names a row to who does not see it; the first column, if nothing does. */
  subject?: readonly string[];
}

/** One thing of the API as names and values. */
export interface Sheet extends Part {
  /** Without them, all that it says. */
  facts?: readonly string[];
}

export interface Place {
  /** In the address, and in the words. */
  name: string;
  /** Of several pages in one file. */
  page?: string;
  parts: readonly (Listing | Sheet)[];
}

/** "walk.status": a member, or one of a member. */
export const memberOf = (row: unknown, name: string): unknown =>
  name.split('.').reduce((at, step) => (at as Row | null | undefined)?.[step], row);

export const isFor = ({ is = {}, has = [], lacks = [], above = [] }: When, row: unknown): boolean =>
  above.every((name) => Number(memberOf(row, name)) > 0)
  &&   has.every((name) => memberOf(row, name) != null)
  && above.every((name) => Number(memberOf(row, name)) > 0)
  && lacks.every((name) => memberOf(row, name) == null)
  && Object.entries(is).every(([name, values]) => values.includes(memberOf(row, name)));

export const filled = (path: string, row: Row): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(row[name])));

const PER_PAGE = 50;

export interface Read extends Page<Row> {
  /** Up to when it is complete. */
  asOf?: string;
}

export async function readListing({ whole, naming }: Listing, path: string, query: Query): Promise<Read> {
  const asked = naming && ({ method: 'GET', naming } as const);
  if (whole === undefined) return request(path + andQuery(path, { limit: String(PER_PAGE), ...query }), asked);
  const answer = await request<Row & { asOf?: string }>(path, asked);
  return { ...answer, data: (memberOf(answer, whole) ?? []) as Row[], nextCursor: null };
}

/** What is chosen, behind a path that may have a query of its own. */
export const andQuery = (path: string, query: Query): string => queryText(query).replace('?', path.includes('?') ? '&' : '?');

const wordsIn = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const typedAs: Partial<Record<NonNullable<Input['kind']>, (text: string) => unknown>> = {
  date: (day) => `${day}T00:00:00Z`,
  datetime: (minute) => `${minute}:00Z`,
  whole: Number,
  several: wordsIn,
  words: wordsIn,
};

/** Of the amount that stands there at first. */
export const currencyOf = (starts: string | undefined, row: Row): string => (memberOf(row, starts ?? '') as Money | undefined)?.currency ?? '';

/** "plan.arms.0.name": a member of what lies deeper; a number is a place in a list. */
function put(body: Row, name: string, value: unknown): void {
  const [, step = '', rest] = /^(\w+)\.(.+)$/.exec(name) ?? [];
  if (rest === undefined) body[name] = value;
  else put((body[step] ??= /^\d/.test(rest) ? [] : {}) as Row, rest, value);
}

/** What was typed, as the API takes it; what the path has is no part of it. */
export function bodyOf({ at, inputs = [], adds = {} }: Act, typed: Record<string, string>, row: Row): Row {
  const body: Row = {};
  for (const [name, value] of Object.entries(adds)) body[name] = String(value).startsWith(':') ? row[String(value).slice(1)] : value;
  for (const { name, kind = 'text', empty, starts } of inputs) {
    const text = typed[name] ?? '';
    if (at.includes(`:${name}`) || (text === '' && empty === 'left')) continue;
    put(body, name, text === '' && empty === 'null' ? null : kind === 'money' ? moneyOf(text, currencyOf(starts, row), locale()) : (typedAs[kind]?.(text) ?? text));
  }
  return body;
}

/** What of the address chooses rows, as the API takes it: a day stands for its midnight. */
export const chosenOf = (filters: readonly Input[], query: Query): Query =>
  bodyOf({ name: '', at: '', inputs: filters.map((input) => ({ ...input, empty: 'left' })) }, query as Record<string, string>, {}) as Query;

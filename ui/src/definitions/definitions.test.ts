// Guards: no figure of any page without a definition: what it counts, what it leaves out, of what it is a share, where its rows are.
// `figures.json` says which each file shows, and how often it writes one: whoever adds a figure has to say which it is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { Definition } from './words';
import { isAt } from './words';

const root = join(import.meta.dirname, '..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** Of a file: how many figures it writes, and which they are; `why` there is none where it shows none. */
interface Shown {
  writes: number;
  shows: string[];
  why?: string;
}
const DEFINED = read('definitions/definitions.json') as Definition[];
const FIGURES = read('definitions/figures.json') as { files: Record<string, Shown>; columns: Record<string, Record<string, string>> };
const PAGES = (JSON.parse(readFileSync(join(root, '../pages.json'), 'utf8')) as { paths: Record<string, string> }[]).flatMap(({ paths }) => Object.entries(paths));

const WRITES = /\b(?:format(?:Money|Quantity|Percent|Bytes)|figureOf)\(/g;
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|^(format|definitions)\//.test(name)).sort();
const writesOf = (code: string): number => (code.replace(/^import .*$/gm, '').match(WRITES) ?? []).length - (code.match(/function (?:format\w+|figureOf)\(/g) ?? []).length;

const wordsOf = (language: string): Record<string, string> => read(`definitions/${language}.json`) as Record<string, string>;
const todays = read('pages/today/en.json') as Record<string, string>;
/** Those of today and of the board stand with the figures themselves. */
const isDefined = (id: string): boolean => DEFINED.some((one) => one.id === id) || `define.${id}.text` in todays;
/** The pages that a folder below pages/ makes. */
const pagesOf = (file: string): string[] => PAGES.filter(([, component]) => component.startsWith(`${/^pages\/([\w-]+)\//.exec(file)?.[1] ?? '?'}/`)).map(([path]) => path);

describe.each(['en', 'de'])('definitions in %s', (language) => {
  const words = wordsOf(language);
  test.each(DEFINED)('$id has a name and sentences', ({ id, isRatio }) => {
    expect(words[`name.${id}`]).toMatch(/^.{3,40}$/);
    for (const part of ['formula', 'without']) expect(words[`${part}.${id}`]).toMatch(/^.{25,}\.$/s);
    for (const part of ['over', 'under']) expect([part, words[`${part}.${id}`] !== undefined]).toEqual([part, isRatio === true]);
  });
  test('defines nothing that there is not', () => {
    const ids = new Set(DEFINED.map(({ id }) => id));
    expect(Object.keys(words).filter((key) => !key.startsWith('panel.') && !ids.has(key.split('.')[1] ?? ''))).toEqual([]);
  });
});

test('rows are a page, or a tab of the page itself', () => {
  const isThere = (to: string): boolean => to.startsWith('?tab=') || PAGES.some(([page]) => isAt(page, to));
  expect(DEFINED.flatMap(({ id, rows }) => rows.filter((to) => !isThere(to)).map((to) => [id, to]))).toEqual([]);
  expect(DEFINED.filter(({ at }) => at.length === 0 || at.some((page) => !PAGES.some(([path]) => path === page)))).toEqual([]);
});

describe('each file that writes figures says which, in definitions/figures.json', () => {
  const writing = sources.map((file) => ({ file, writes: writesOf(readFileSync(join(root, file), 'utf8')) })).filter(({ writes }) => writes > 0);
  test.each(writing)('$file says which figures it shows', ({ file, writes }) => {
    const said = FIGURES.files[file];
    expect([file, said?.writes]).toEqual([file, writes]);
    expect((said?.shows.length ?? 0) > 0 || (said?.why ?? '').length > 15).toBe(true);
    expect(said?.shows.filter((id) => !isDefined(id))).toEqual([]);
    const pages = pagesOf(file);
    if (pages.length > 0) expect(said?.shows.filter((id) => !DEFINED.some((one) => one.id === id && one.at.some((at) => pages.includes(at))) && !(`define.${id}.text` in todays))).toEqual([]);
  });
  test('and no other', () => expect(Object.keys(FIGURES.files).filter((file) => !writing.some((one) => one.file === file))).toEqual([]));
});

/** Members of the API's answers that are figures by their names, wherever a list or a sheet shows them. */
const FIGURE_NAMES = /(^|\.)(amount\w*|total\w*|\w*[pP]ercent|count|refunded|due|attempts|attemptCount|value|size|bytes|rows|mrr|files|invoices|purged|usual|used|limit|projected|returned|paysForTime|customers|skipped|passed|failed|pages|scripts)$/;
/** Of a member that is none: a text. */
const NONE = '-';

describe('each declared figure has one, in definitions/figures.json', () => {
  const lists = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('places.json'));
  test.each(lists)('%s has a definition for each figure that it declares', (file) => {
    const parts = (read(file) as { parts: { name: string; columns?: string[]; facts?: string[]; more?: string[] }[] }[]).flatMap((place) => place.parts);
    const figures = parts.flatMap(({ name, columns = [], facts = [], more = [] }) => [...columns, ...facts, ...more].flatMap((cell) => cell.split('+'))
      .filter((member) => member.endsWith('#') || FIGURE_NAMES.test(member)).map((member) => `${name}:${member.replace('#', '')}`));
    expect(Object.keys(FIGURES.columns[file] ?? {}).sort()).toEqual([...new Set(figures)].sort());
    expect(Object.values(FIGURES.columns[file] ?? {}).filter((id) => id !== NONE && !isDefined(id))).toEqual([]);
  });
});

test('a figure that is added is found out', () => {
  expect(writesOf('const price = formatMoney(amount, locale());')).toBe(1);
  expect(writesOf("import { formatMoney } from '../format/money';")).toBe(0);
});

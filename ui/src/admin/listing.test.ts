// Guards the declarations of operators' pages: whatever they name has its words, and none is left without a use.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { bodyOf, filled, isFor, memberOf, type Act, type Input, type Place } from './listing';

const root = join(import.meta.dirname, '../pages');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const PAGES = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('places.json')).map((name) => dirname(name)).map((page) => ({
  page, places: read(`${page}/places.json`) as Place[], en: read(`${page}/en.json`) as Record<string, string>,
}));

test('pages are found', () => expect(PAGES.map(({ page }) => page)).toContain('compliance'));

/** A key, or several of which one is enough. */
type Key = string | readonly string[];

const wordsOfInput = ({ name, as = name, of = [] }: Input): Key[] => [`field.${as}`, ...of.map((one) => [`value.${name}.${one}`, `value.${one}`])];

const wordsOfAct = (of: string, { name, inputs = [] }: Act): Key[] =>
  [`act.${name}`, `${of}.${name}`, `${of}.${name}.done`, ...inputs.flatMap(wordsOfInput)];

function wordsOf(places: Place[]): Key[] {
  return places.flatMap(({ name, page = 'title', parts }) => [`page.${page}`, `place.${name}`, `lead.${name}`, ...parts.flatMap((part) => {
    const { name: of, acts = [], ways = [], filters = [] } = part;
    const common = [`${of}.title`, ...filters.flatMap(wordsOfInput), ...acts.flatMap((act) => wordsOfAct(of, act)), ...ways.map((way) => `act.${way.name}`)];
    if (!('columns' in part)) return [...common, ...(part.facts ?? []).map((fact) => `col.${fact}`)];
    const { columns, more = [], states = [], makes = [] } = part;
    return [
      ...common, `${of}.emptyTitle`, `${of}.empty`, ...[...columns, ...more].flatMap((column) => column.replace('#', '').split('+')).map((column) => `col.${column}`),
      ...(states.length > 0 ? ['value.all'] : []), ...states.map((state) => `value.${state}`), ...makes.flatMap((act) => wordsOfAct(of, act)),
    ];
  })]);
}

/** What only the server's answers lead to. */
const FREE = /^(value|means|problem)\.|\.(text|hint|none|go)$/;

/** What a whole answer has is the server's. */
const tellsAll = (places: Place[]): boolean => places.some(({ parts }) => parts.some((part) =>
  part.acts?.some(({ preview }) => preview) || ('columns' in part ? part.opens || part.makes?.some(({ preview }) => preview) : part.facts === undefined)));

/** What the page's own code says. */
const saidIn = (page: string): string[] => readdirSync(join(root, page), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'))
  .flatMap((name) => [...readFileSync(join(root, page, name), 'utf8').matchAll(/'([\w.]+)'/g)].map(([, key = '']) => key));

describe.each(PAGES)('$page', ({ page, places, en }) => {
  const wanted = wordsOf(places);
  const named = new Set([...wanted.flat(), ...saidIn(page)]);
  test('has words for all that it names', () => {
    expect(wanted.filter((keys) => ![keys].flat().some((key) => key in en))).toEqual([]);
  });
  test('has no words that nothing names', () => {
    expect(Object.keys(en).filter((key) => !named.has(key) && !FREE.test(key) && !(tellsAll(places) && key.startsWith('col.')))).toEqual([]);
  });
  test('names each list once, so that its page of the address is its own', () => {
    const names = places.flatMap(({ parts }) => parts.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('declarations', () => {
  const row = { id: 'a b', status: 'open', walk: { status: 'running' }, closedAt: null };
  test('say of which rows they are', () => {
    expect(memberOf(row, 'walk.status')).toBe('running');
    expect(memberOf({ walk: null }, 'walk.status')).toBe(undefined);
    expect(isFor({ is: { status: ['open', 'done'], 'walk.status': ['running'] }, lacks: ['closedAt'], has: ['id'] }, row)).toBe(true);
    expect(isFor({ is: { status: ['done'] } }, row)).toBe(false);
    expect(isFor({ lacks: ['id'] }, row)).toBe(false);
    expect(isFor({ has: ['closedAt'] }, row)).toBe(false);
    expect(isFor({ has: ['id'] }, undefined)).toBe(false);
  });
  test('make what lies deeper of dotted names', () => {
    const act: Act = { name: 'x', at: '/x', inputs: [{ name: 'plan.of' }, { name: 'plan.arms.0.weight', kind: 'whole' }, { name: 'plan.arms.1.on.day' }, { name: 'plan.arms.2.name', empty: 'left' }] };
    expect(bodyOf(act, { 'plan.of': 'a', 'plan.arms.0.weight': '3', 'plan.arms.1.on.day': 'b', 'plan.arms.2.name': '' }, {}))
      .toEqual({ plan: { of: 'a', arms: [{ weight: 3 }, { on: { day: 'b' } }] } });
  });
  test('make paths and bodies of what was typed', () => {
    expect(filled('/x/:id/y', row)).toBe('/x/a%20b/y');
    const act: Act = {
      name: 'x', at: '/x/:userId', adds: { itemId: ':id', what: 'key' },
      inputs: [
        { name: 'userId' }, { name: 'day', kind: 'date' }, { name: 'at', kind: 'datetime' }, { name: 'n', kind: 'whole' }, { name: 'scopes', kind: 'several' },
        { name: 'left', empty: 'left' }, { name: 'none', kind: 'datetime', empty: 'null' },
      ],
    };
    expect(bodyOf(act, { userId: 'nova', day: '2026-03-01', at: '2026-03-01T09:30', n: '7', scopes: ' a b', left: '', none: '' }, row))
      .toEqual({ itemId: 'a b', what: 'key', day: '2026-03-01T00:00:00Z', at: '2026-03-01T09:30:00Z', n: 7, scopes: ['a', 'b'], none: null });
  });
});

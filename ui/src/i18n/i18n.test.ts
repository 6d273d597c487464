// Guards: every language says everything, with the same blanks to fill in, and every message is used.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { areaOf } from '../components/AreaNav';
import { formatMessage } from './index';

const blanks = (message: string): string[] => [...message.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();

/** Messages that are looked up by a name from the server. */
const BY_NAME = /^(nav|choices|requests|metric|feature|support|subscription|invoice|refund|taxId|verification|brand|tier|status|action|approval|kind|last|notice|access|health|interval)\.|^(export|erase)\.title|^(cancel\.reason|usage\.(state|notice)|members\.role|inquiries\.role|signIns\.(by|outcome)|problem\.[a-z]+_[a-z_]+$)/;

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** Messages whose name has a part that the code puts in: say(`email.${way}.done`). */
const templatesIn = (code: string): RegExp[] => [
  ...[...code.matchAll(/\b(?:t|say|tell)\(`([\w.]*(?:\$\{[^}`]+\}[\w.]*)+)`/g)]
    .map(([, name = '']) => new RegExp(`^${name.replaceAll('.', '\\.').replace(/\$\{[^}]+\}/g, '\\w+')}$`)),
  // A word of a group: sayOf('status', name).
  ...[...code.matchAll(/\b(?:sayOf|tellOf)\('(\w+)'/g)].map(([, group = '']) => new RegExp(`^${group}\\.`)),
];

type Catalogue = Record<string, string | Record<string, string>>;

const textOf = (message: string | Record<string, string> | undefined): string => (typeof message === 'object' ? JSON.stringify(message) : (message ?? ''));

const root = join(import.meta.dirname, '..');
const read = (file: string): Catalogue => JSON.parse(readFileSync(join(root, file), 'utf8')) as Catalogue;
/** Each folder that has words. */
const PARTS = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('/en.json')).map((name) => name.slice(0, -'/en.json'.length));

test('the parts are found', () => expect(PARTS).toContain('i18n'));

describe.each<[string, Catalogue, Catalogue]>(PARTS.map((part) => [part, read(`${part}/en.json`), read(`${part}/de.json`)]))('the words of %s', (part, english, german) => {
  test('German has every message of English, no other, and the same blanks', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const key of Object.keys(english)) expect([key, blanks(textOf(german[key]))]).toEqual([key, blanks(textOf(english[key]))]);
  });

  // Of declared lists admin/listing.test.ts sees to it.
  test.skipIf(existsSync(join(root, part, 'places.json')))('no message is left over', () => {
    const code = sources(join(import.meta.dirname, '..'));
    const patterns = templatesIn(code);
    const isUsed = (key: string): boolean => code.includes(`'${key}'`) || patterns.some((pattern) => pattern.test(key));
    expect(Object.keys(english).filter((key) => !BY_NAME.test(key) && !isUsed(key))).toEqual([]);
  });
});

test('each place of an area has its word, and no word of a place is left over', () => {
  const named = [...(areaOf('/billing')?.places ?? []), ...(areaOf('/admin')?.places ?? [])].map(({ name }) => name);
  expect(Object.keys(read('i18n/en.json')).filter((key) => key.startsWith('nav.') && key !== 'nav.more').sort()).toEqual([...new Set<string>(named)].sort());
});

describe('messages', () => {
  test('blanks are filled, numbers in the language of the visitor', () => {
    expect(formatMessage('{a} of {b}', { a: 'x', b: 12_345 }, 'de-DE')).toBe('x of 12.345');
    expect(formatMessage('{missing}', {}, 'en')).toBe('{missing}');
  });

  test('a count chooses its form', () => {
    const days = { one: '{count} day', other: '{count} days' };
    expect([formatMessage(days, { count: 1 }, 'en'), formatMessage(days, { count: 2 }, 'en')]).toEqual(['1 day', '2 days']);
  });
});

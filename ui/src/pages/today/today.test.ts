// Guards: no figure without a definition (what it counts, what it leaves out) and a way to its rows, in each language; and the
// pages know every figure that the server has.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { FIGURES, PLACES } from '../../api/today';
import { ROWS } from './rows';

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
const namesIn = (file: string, list: string): string[] => {
  const [, body = ''] = new RegExp(`${list}\\[\\] = \\{([^}]*)\\}`).exec(read(`../../../../src/api/${file}`)) ?? [];
  return [...body.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
};

test('the figures and places are those of the server', () => {
  expect(namesIn('today.c', 'names')).toEqual([...FIGURES]);
  expect(namesIn('lifecycle.c', 'places')).toEqual([...PLACES]);
});

test.each(['en', 'de'])('each has a name, a definition of a sentence at least, and rows: %s', (language) => {
  const words = JSON.parse(read(`${language}.json`)) as Record<string, string>;
  const all = [...FIGURES.map((name) => `figure.${name}`), ...PLACES.map((name) => `place.${name}`)];
  expect(all.filter((name) => !words[`value.${name}`] || !/^.{25,}\.$/.test(words[`define.${name}.text`] ?? ''))).toEqual([]);
  expect(FIGURES.filter((name) => !/^(\/admin\/|#)/.test(ROWS[name]))).toEqual([]);
});

// Guards what the palette finds: every word counts, whatever its accents and its case, and what begins with it comes first.

import { describe, expect, test } from 'vitest';

import { matching } from './commands';

const COMMANDS = [
  { name: 'Usage', note: 'Billing' }, { name: 'Plan', note: 'Billing' }, { name: 'Übersicht', note: 'Abrechnung' }, { name: 'Payment methods', note: 'Billing' },
  { name: 'My plan', note: '' },
];
const found = (typed: string): string[] => matching(COMMANDS, typed).map(({ name }) => name);

describe('matching', () => {
  test.each([
    ['', ['Usage', 'Plan', 'Übersicht', 'Payment methods', 'My plan']],
    ['  ', ['Usage', 'Plan', 'Übersicht', 'Payment methods', 'My plan']],
    ['plan', ['Plan', 'My plan']],
    ['PLAN', ['Plan', 'My plan']],
    ['uber', ['Übersicht']],
    ['billing', ['Usage', 'Plan', 'Payment methods']],
    ['meth pay', ['Payment methods']],
    ['billing plan', ['Plan']],
    ['nothing of it', []],
    ['.*', []],
  ])('%j', (typed, names) => expect(found(typed)).toEqual(names));
});

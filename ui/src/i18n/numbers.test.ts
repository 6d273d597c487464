// Guards: in the built script words are asked for by their place, where their names stand in the source; whatever is put together at
// run time keeps its name, and so does what another catalogue has.

import { expect, test } from 'vitest';

import { numbered } from '../../build/words.ts';

const CATALOGUES: Record<string, readonly string[]> = { './words': ['a', 'b.c', 'find'], '../../i18n': ['common.yes', 'a'] };
const of = (module: string): readonly string[] | null => CATALOGUES[module] ?? null;
const HEAD = "import { say } from './words';\nimport { locale, t as tell } from '../../i18n';\n";

test.each([
  ["say('a')", 'say(0)'],
  ["say('b.c', { n: say('find') })", 'say(1, { n: say(2) })'],
  ["tell('a') + say('a')", 'tell(1) + say(0)'],
  ["say(x === 'a' ? 'b.c' : 'a')", "say(x === 'a' ? 1 : 0)"],
  ["say(is ? 'a' : 'unknown')", "say(is ? 0 : 'unknown')"],
  ["say('unknown')", "say('unknown')"],
  ['say(`a.${x}`)', 'say(`a.${x}`)'],
  ["say(name, 'a')", "say(name, 'a')"],
  ["other.say('a'); essay('a'); sayOf('a')", "other.say('a'); essay('a'); sayOf('a')"],
])('%s is %s', (source, built) => expect(numbered(HEAD + source, of)).toBe(HEAD + built));

test('a catalogue by the name of its module, and what is taken out of it', () => {
  const head = "import { places, words } from './words';\nconst { say } = words;\n";
  expect(numbered(`${head}words.say('find'); say('a');`, of)).toBe(`${head}words.say(2); say(0);`);
  expect(numbered("const say = (x) => x; say('a');", of)).toBe("const say = (x) => x; say('a');");
});

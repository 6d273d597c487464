// In the built script a word that is asked for by its name, say('plan.title'), is asked for by its place in the catalogue instead:
// say(17). The names are for who reads the source; a browser needs none of them. Both languages have their words in the same order,
// or there is no build. What is put together at run time keeps its name.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const IMPORT = /import \{([^}]*)\} from '(\.[^']*\/(?:\w+_)?(?:words|i18n)|\.\/words)';/g;
const SAYS = new Set(['say', 'tell', 't']);
/** The first argument: a name, or one of two. */
const ONE = /^'([\w.]+)'$/;
const EITHER = /^([^?'"`]*(?:'[^']*'[^?'"`]*)?\?)\s*'([\w.]+)'\s*:\s*'([\w.]+)'$/;

/** The names of a catalogue, in their order. */
export type Catalogue = readonly string[];

export function catalogueIn(folder: string): Catalogue | null {
  const [en, de] = ['en', 'de'].map((language) => join(folder, `${language}.json`));
  if (en === undefined || de === undefined || !existsSync(en)) return null;
  const names = Object.keys(JSON.parse(readFileSync(en, 'utf8')) as object);
  const german = Object.keys(JSON.parse(readFileSync(de, 'utf8')) as object);
  const at = names.findIndex((name, place) => german[place] !== name);
  if (at >= 0 || german.length !== names.length) throw new Error(`${de}: at ${at} stands ${german[at]}, expected ${names[at]}: words stand in the order of en.json`);
  const digits = names.find((name) => /^\d+$/.test(name));
  if (digits !== undefined) throw new Error(`${en}: ${digits} is a number, expected a name: numbers come before all else`);
  return names;
}

/** What is called with names of words in a module, and of which catalogue. `of`: the catalogue of an imported module. */
function callsIn(code: string, of: (module: string) => Catalogue | null): Map<string, Catalogue> {
  const calls = new Map<string, Catalogue>();
  for (const [, members = '', module = ''] of code.matchAll(IMPORT)) {
    const catalogue = of(module);
    if (catalogue === null) continue;
    for (const member of members.split(',')) {
      const [name = '', local = name] = member.trim().split(' as ');
      if (SAYS.has(name)) calls.set(local, catalogue);
      if (name !== 'words' && name !== 'own') continue;
      calls.set(`${local}.say`, catalogue);
      if (code.includes(`const { say } = ${local};`)) calls.set('say', catalogue);
    }
  }
  return calls;
}

/** Up to the comma or bracket that ends it. */
function firstArgument(code: string, from: number): string {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const char = code.charAt(at);
    if (char === "'") {
      at = code.indexOf("'", at + 1);
      if (at < 0) break;
    } else if ('([{'.includes(char)) depth += 1;
    else if (depth === 0 && ',)'.includes(char)) return code.slice(from, at);
    else if (')]}'.includes(char)) depth -= 1;
  }
  return '';
}

export function numbered(code: string, of: (module: string) => Catalogue | null): string {
  const calls = callsIn(code, of);
  if (calls.size === 0) return code;
  const callee = new RegExp(`(?<![\\w.$])(${[...calls.keys()].map((name) => name.replace('.', '\\.')).join('|')})\\(`, 'g');
  let text = '';
  let done = 0;
  for (const found of code.matchAll(callee)) {
    const from = found.index + found[0].length;
    const argument = firstArgument(code, from);
    const catalogue = calls.get(found[1] ?? '') ?? [];
    const placeOf = (name: string): string => (catalogue.includes(name) ? String(catalogue.indexOf(name)) : `'${name}'`);
    const short = argument.replace(ONE, (_, name: string) => placeOf(name)).replace(EITHER, (_, when: string, yes: string, no: string) => `${when} ${placeOf(yes)} : ${placeOf(no)}`);
    if (short === argument) continue;
    text += code.slice(done, from) + short;
    done = from + argument.length;
  }
  return text + code.slice(done);
}

export function words(): Plugin {
  const known = new Map<string, Catalogue | null>();
  return {
    name: 'turnpike:words',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/src\/.*\.tsx?$/.test(id)) return null;
      const folderOf = (module: string): string => join(dirname(id), module.endsWith('/i18n') ? module : dirname(module));
      return numbered(code, (module) => {
        const folder = folderOf(module);
        if (!known.has(folder)) known.set(folder, catalogueIn(folder));
        return known.get(folder) ?? null;
      });
    },
  };
}

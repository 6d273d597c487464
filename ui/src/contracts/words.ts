// The words about contracts, which come with the code that needs them, and what the problems mean that only it meets.

import { explainBy } from '../components/problem_text';
import { wordsOf } from '../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type ContractKey = keyof typeof en;
export const say = words.say;

const PROBLEM = 'problem.';
let isLoaded = false;

/** To be awaited before anything about contracts is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? say((PROBLEM + code) as ContractKey) : null));
  isLoaded = true;
}

/** A word of a group that the server names; itself when it has none here. */
export const sayOf = (group: 'status', name: string): string => {
  const key = `${group}.${name}`;
  return key in en ? say(key as ContractKey) : name;
};

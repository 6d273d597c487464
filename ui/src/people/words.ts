// The words about people, which come with the code that needs them, and what the problems mean that only they meet.

import { explainBy } from '../components/problem_text';
import { wordsOf } from '../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type PeopleKey = keyof typeof en;
export const say = words.say;
export const isPeopleKey = (key: string): key is PeopleKey => key in en;

const PROBLEM = 'problem.';

let isLoaded = false;

/** To be awaited before any of these pages is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? say((PROBLEM + code) as PeopleKey) : null));
  isLoaded = true;
}

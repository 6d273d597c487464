// The words of operators' pages, which come with them, and what the problems mean that only they meet.

import { explainBy } from '../components/problem_text';
import { wordsOf } from '../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type AdminKey = keyof typeof en;
export const tell = words.say;

const PROBLEM = 'problem.';
let isLoaded = false;

/** To be awaited before any of these pages is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? tell((PROBLEM + code) as AdminKey) : null));
  isLoaded = true;
}

/** A word of a group that the server names; itself when there is none here. */
export const tellOf = (group: 'action' | 'approval' | 'kind', name: string): string => {
  const key = `${group}.${name}`;
  return key in en ? tell(key as AdminKey) : name;
};

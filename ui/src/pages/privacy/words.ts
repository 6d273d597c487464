// The words of the page about people's data, which come with it, and what the problems mean that only it meets.

import { explainBy } from '../../components/problem_text';
import { wordsOf } from '../../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type PrivacyKey = keyof typeof en;
export const tell = words.say;

const PROBLEM = 'problem.';

let isLoaded = false;

/** To be awaited before the page is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? tell((PROBLEM + code) as PrivacyKey) : null));
  isLoaded = true;
}

// The words about the correction of an invoice, which come with the code that needs them, and what the problems mean that
// only it meets.

import { explainBy } from '../../../components/problem_text';
import { wordsOf } from '../../../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type CorrectionKey = keyof typeof en;
export const say = words.say;

const PROBLEM = 'problem.';
let isLoaded = false;

/** To be awaited before anything about a correction is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? say((PROBLEM + code) as CorrectionKey) : null));
  isLoaded = true;
}

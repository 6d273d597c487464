// The words about a withdrawal, which come with the code that needs them, and what the problems mean that only it meets.

import { explainBy } from '../../../components/problem_text';
import { formatDate, formatTime } from '../../../format/date';
import { locale, wordsOf } from '../../../i18n';
import en from './en.json';

const words = wordsOf(en, { de: () => import('./de.json') });

export type WithdrawalKey = keyof typeof en;
export const say = words.say;
/** A moment as these words name it; they say the zone. */
export const momentOf = (instant: string) => ({ date: formatDate(instant, locale()), time: formatTime(instant, locale()) });

const PROBLEM = 'problem.';
let isLoaded = false;

/** To be awaited before anything about a withdrawal is drawn. */
export async function loadWords(): Promise<void> {
  if (isLoaded) return;
  await words.load();
  explainBy((code) => (PROBLEM + code in en ? say((PROBLEM + code) as WithdrawalKey) : null));
  isLoaded = true;
}

// The words of the pages about who did what.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export const { say } = words;

/** What kind of actor, in words. */
export const kindWord = (kind: string): string => words.sayOf('kind', kind);

/** What still waits, in words; a refusal is named by its code, as in the API. */
export const outcomeWord = (outcome: string): string => words.sayOf('waits', outcome);

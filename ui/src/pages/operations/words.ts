// The words of the pages on which the business is run: dunning, webhooks, jobs, health, corrections.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const { say, has, sayOf } = partWords<typeof english>({ en, de });

/** What a member of a row is called. */
export const nameOf = (name: string): string => sayOf('col', name);

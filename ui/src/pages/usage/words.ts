// The words of the page about usage.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export const { say } = words;

/** What became of an event. */
export const outcomeWord = (status: string): string => words.sayOf('outcome', status);

/** A notice that was given, as a mark says it. */
export const noticeWord = (notice: string): string => words.sayOf('notice', notice);

// The words of the page about one customer.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const own = partWords<typeof english>({ en, de });

export const { say, sayOf } = own;

export type CustomerKey = keyof typeof english;
/** What an act says of itself: its name, what will happen, the word on its button, what has happened. */
export const actWord = (name: string, part: string, values: Record<string, string | number>): string => say(`do.${name}.${part}` as CustomerKey, values);

// The words that the pages about invoices, payment methods and billing details share.

import { partWords } from '../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export const { say } = words;

/** What happened, in our words; what we have none for, in the server's. */
export const eventWord = (type: string, description: string): string => {
  const word = words.sayOf('event', type);
  return word === type ? description : word;
};

// The words of the reports on revenue, with what each figure means, and what each report shows.

import { partData, partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';
import declared from './reports.json?url';

export interface Drawn {
  kind: 'lines' | 'bars' | 'waterfall' | 'heat';
  /** Columns, all of one unit. */
  of?: readonly string[];
}

export interface Declared {
  /** The last part of its path, in the API and here. `asks`: what chooses, by the list of `choices` that it is of. */
  reports: readonly { name: string; charts: readonly Drawn[]; asks: Record<string, string> }[];
  choices: Record<string, readonly string[]>;
  /** Of which movements a figure consists; of all, if of none of a kind. */
  kinds: Record<string, string>;
  /** Of which upgrades: those that had the signal. */
  drivers: Record<string, string>;
}

export const words = partWords<typeof english>({ en, de });
export const declaredReports = partData<Declared>(declared);

// What the pages of this folder are made of, as data (boards.json): lists, what is shown of a row, by what rows are chosen, and what
// may be done. What a member is called and how its values read are words; how a value is drawn follows from what it is.

import { partData } from '../../components/part_words';
import type { Tone } from '../../components/Badge';
import address from './boards.json?url';

/** A row of an answer. */
export type Row = Record<string, unknown>;

export interface Act {
  /** Of its words: what it is called, what it does, what is said when it is done. */
  name: string;
  /** Its address: {id} is the row's. */
  path: string;
  method?: 'POST' | 'PUT' | 'DELETE';
  /** Where the row stands when it can be done; always when absent. */
  when?: readonly string[];
  /** What is to be said; a name that ends with "?" may stay empty. */
  asks?: readonly string[];
  /** What is said goes into the query. */
  asQuery?: boolean;
  /** Of the row, what goes along as it is. */
  keeps?: readonly string[];
  sets?: Row;
  /** First it is asked what it would come to; then that is done, by this id, with this of what was said. */
  preview?: { id: string; with: readonly string[]; amount: string };
  /** The row's amount is moved. */
  moves?: boolean;
  look?: 'danger';
}

export interface Board {
  /** Of its words, its file and, where a page has several, its place in the address. */
  name: string;
  path: string;
  /** None: it is no list. The first one names the row; what follows a "+" stands below it. */
  columns: readonly string[];
  key?: string;
  /** By what rows are chosen; without values it is typed. */
  filters?: Record<string, readonly string[]>;
  /** A row can be read alone. */
  opens?: boolean;
  acts?: readonly Act[];
  /** What may be done to the list. */
  heads?: readonly Act[];
  /** Whose decisions these are: those of the system's admins, or of admins and finance. */
  may?: 'money';
  /** It comes whole, not page by page. */
  isWhole?: boolean;
  /** It changes while it is looked at. */
  lives?: boolean;
}

interface Boards {
  pages: Record<string, readonly Board[]>;
  /** Words that say how something stands. */
  tones: Partial<Record<Tone, string>>;
}

const boards = partData<Boards>(address);

export const boardsOf = (page: string): readonly Board[] => boards().pages[page] ?? [];

export function toneOf(state: string): Tone {
  const found = Object.entries(boards().tones).find(([, states]) => states.split(' ').includes(state));
  return (found?.[0] ?? 'neutral') as Tone;
}

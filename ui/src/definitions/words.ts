// What the figures of all pages mean, as data: which page has which, where their rows are, and how it is said.

import { partData, partWords } from '../components/part_words';
import de from './de.json?url';
import declared from './definitions.json?url';
import type english from './en.json';
import en from './en.json?url';

export interface Definition {
  id: string;
  /** The pages that show it: "/admin/customers/:id". */
  at: readonly string[];
  /** Where its rows are; the second for operators, where it is another place. */
  rows: readonly string[];
  /** It has a numerator and a denominator. */
  isRatio?: true;
}

export const words = partWords<typeof english>({ en, de });
export const definitions = partData<readonly Definition[]>(declared);

/** Whether the path is the page's: ":id" stands for anything in its place. */
export const isAt = (page: string, path: string): boolean => new RegExp(`^${page.replace(/:\w+/g, '[^/]+')}/?$`).test(path);

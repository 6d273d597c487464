// The words of operators' pages about customers.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export const { say } = words;

export const wordOf = (group: 'access' | 'health' | 'interval' | 'status' | 'tier', name: string): string => words.sayOf(group, name);

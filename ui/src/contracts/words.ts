// The words about contracts.

import { partWords } from '../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export type ContractKey = keyof typeof english;
export const { say } = words;

export const sayOf = (group: 'status', name: string): string => words.sayOf(group, name);

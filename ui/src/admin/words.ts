// The words of operators' pages.

import { partWords } from '../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export type AdminKey = keyof typeof english;
export const { say: tell } = words;

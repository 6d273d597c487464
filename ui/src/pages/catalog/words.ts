// The words of the pages about versions of plans and price changes.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export const { say } = words;

export const changeWord = (status: string): string => words.sayOf('change', status);
export const moveWord = (status: string): string => words.sayOf('move', status);
export const reasonWord = (reason: string): string => words.sayOf('reason', reason);

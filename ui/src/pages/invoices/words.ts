// The words about the correction of an invoice, and about questions.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export type CorrectionKey = keyof typeof english;
export const { say } = words;

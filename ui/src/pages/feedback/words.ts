// The words of the page on which customers say what they think.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const { say } = partWords<typeof english>({ en, de });

// The words of the command palette and of the list of keys.

import { partWords } from '../part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const { say } = partWords<typeof english>({ en, de });

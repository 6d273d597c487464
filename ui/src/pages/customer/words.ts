// The words of the page about one customer.

import { partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const own = partWords<typeof english>({ en, de });

export const { say, sayOf } = own;

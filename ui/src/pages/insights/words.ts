// The words of the pages on which operators hear customers and try other prices, and what they show.

import type { Place } from '../../admin/listing';
import { partData, partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';
import declared from './places.json?url';

export const words = partWords<typeof english>({ en, de });
export const places = partData<readonly Place[]>(declared);

// The words of the pages about versions of plans and price changes, and what they show.

import type { Place } from '../../admin/listing';
import { partData, partWords } from '../../components/part_words';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';
import declared from './places.json?url';

export const words = partWords<typeof english>({ en, de });
const places = partData<readonly Place[]>(declared);

export const { say } = words;

export const parts = (): Place['parts'] => places()[0]?.parts ?? [];

// The words about a withdrawal.

import { partWords } from '../../../../components/part_words';
import { formatDate, formatTime } from '../../../../format/date';
import { locale } from '../../../../i18n';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

const words = partWords<typeof english>({ en, de });

export type WithdrawalKey = keyof typeof english;
export const { say } = words;

/** A moment as these words name it; they say the zone. */
export const momentOf = (instant: string) => ({ date: formatDate(instant, locale()), time: formatTime(instant, locale()) });

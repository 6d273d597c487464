// The words of the page about alerts.

import type { Money } from '../../api/types';
import { partWords } from '../../components/part_words';
import { formatMoney } from '../../format/money';
import { formatQuantity } from '../../format/quantity';
import { locale, tName } from '../../i18n';
import de from './de.json?url';
import type english from './en.json';
import en from './en.json?url';

export const { say } = partWords<typeof english>({ en, de });

/** What a rule watches. */
export const titleOf = (metric: string | null): string => (metric === null ? say('money') : tName('metric', metric));

/** A figure of a metric, or of money; null when it is not known. */
export function figureOf(metric: string | null, value: number | null, money: Money | null): string | null {
  if (metric === null) return money === null ? null : formatMoney(money, locale());
  return value === null ? null : formatQuantity(metric, value, locale());
}

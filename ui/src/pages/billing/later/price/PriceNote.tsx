// A new price of the plan, of which the customer was told by mail: what it will be, from when on, and that they may leave.

import type { ComingPrice, Subscription } from '../../../../api/types';
import { formatDate } from '../../../../format/date';
import { formatMoney } from '../../../../format/money';
import { locale, tName } from '../../../../i18n';
import { say } from './words';

export function PriceNote({ subscription, coming }: { subscription: Subscription; coming: ComingPrice }) {
  const words = {
    date: formatDate(coming.at, locale()),
    plan: tName('tier', subscription.tier),
    before: subscription.price === null ? '' : formatMoney(subscription.price, locale()),
    after: formatMoney(coming.price, locale()),
  };
  return <p class="inline-note tone-warning">{say(subscription.interval === 'year' ? 'year' : 'month', words)}</p>;
}

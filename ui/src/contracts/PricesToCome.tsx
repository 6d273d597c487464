// What a contract in force costs now, and each price to come with its day: the server's amounts, nothing is reckoned here.

import type { Contract } from '../api/contract_types';
import { formatDate } from '../format/date';
import { locale } from '../i18n';
import { priceText } from './TermsList';
import { say } from './words';

export function PricesToCome({ contract }: { contract: Contract }) {
  const { terms, price, prices } = contract;
  if (!terms || !price || !prices) return null;
  const isEnding = contract.renews === false && contract.endsAt !== null;
  return (
    <section class="sub-part" aria-label={say('prices.title')}>
      <h3>{say('prices.title')}</h3>
      <dl class="lines">
        <div><dt>{say('prices.now')}</dt><dd>{priceText(terms, price)}</dd></div>
        {prices.map(({ at, amount, renewal }) => (
          <div key={at}>
            <dt>{say(renewal ? 'prices.renewal' : 'prices.from', { date: formatDate(at, locale()) })}</dt>
            <dd>{priceText(terms, amount)}</dd>
          </div>
        ))}
        {isEnding && <div><dt>{say('prices.end', { date: formatDate(contract.endsAt ?? '', locale()) })}</dt><dd>{say('prices.nothing')}</dd></div>}
      </dl>
      <p class="hint">{say('prices.hint')}</p>
    </section>
  );
}

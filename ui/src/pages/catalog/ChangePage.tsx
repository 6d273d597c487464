// /admin/catalog/:id: one price change: what it comes to, whom it moves, who is left out and why, and what is decided about it.

import { wordOf } from '../../admin/cells';
import { Doing, Listing } from '../../admin/Listing';
import { filled } from '../../admin/listing';
import { mayDecide } from '../../admin/may';
import { readChange, type PriceChange, type PriceMove } from '../../api/catalog';
import { Badge } from '../../components/Badge';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { usePoll } from '../../lib/poll';
import type { Resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { CHANGE_TONES, isWorking } from './tones';
import { parts, say, words } from './words';

const LINES = 8;
const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);

function Sums({ change }: { change: PriceChange }) {
  if (change.sums.length === 0) return null;
  const money = (amount: number, currency: string): string => formatMoney({ amount, currency }, locale());
  return (
    <table class="data-table" aria-label={say('sums')}>
      <thead>
        <tr>
          <th scope="col">{say('currency')}</th><th scope="col" class="number">{say('moves')}</th><th scope="col" class="number">{say('perMonthBefore')}</th>
          <th scope="col" class="number">{say('perMonthAfter')}</th><th scope="col" class="number">{say('perMonthChange')}</th>
        </tr>
      </thead>
      <tbody>
        {change.sums.map(({ currency, moves, perMonthBefore, perMonthAfter, perMonthChange }) => (
          <tr key={currency}>
            <th scope="row" data-label={say('currency')}>{currency.toUpperCase()}</th>
            <td class="number" data-label={say('moves')}>{number(moves)}</td>
            <td class="number" data-label={say('perMonthBefore')}>{money(perMonthBefore, currency)}</td>
            <td class="number" data-label={say('perMonthAfter')}>{money(perMonthAfter, currency)}</td>
            <td class="number" data-label={say('perMonthChange')}>{perMonthChange > 0 ? '+' : ''}{money(perMonthChange, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many stand where; of those left out, why. */
function Counts({ change }: { change: PriceChange }) {
  const { hrefOf } = useAddress();
  const sums = new Map<string, { status: PriceMove['status']; reason: string | null; count: number }>();
  for (const { status, reason, count } of change.counts) {
    const why = status === 'superseded' ? null : reason;
    const known = sums.get(`${status}/${why}`);
    sums.set(`${status}/${why}`, { status, reason: why, count: count + (known?.count ?? 0) });
  }
  return (
    <dl class="lines" aria-label={say('counts')}>
      {[...sums.entries()].map(([key, { status, reason, count }]) => (
        <div key={key}>
          <dt><a href={hrefOf({ status, cursor: undefined })}>{wordOf('status', status, words)}</a>{reason !== null && `: ${wordOf('reason', reason, words)}`}</dt>
          <dd>{number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Impact({ of }: { of: Resource<PriceChange> }) {
  return (
    <Section title={say('change.title')} of={of} lines={LINES} className="data" aside={(change) => <Badge tone={CHANGE_TONES[change.status]}>{wordOf('status', change.status, words)}</Badge>}>
      {(change) => (
        <>
          <p>{say('facts', { from: change.fromVersions.join(', '), to: change.toVersion, date: formatDate(change.effectiveFrom, locale()), monthly: change.noticeDaysMonthly, yearly: change.noticeDaysYearly })}</p>
          <p role="status" class={isWorking(change.status) ? 'inline-note tone-warning' : 'visually-hidden'}>{wordOf('status', change.status, words)}</p>
          <p class="muted">{say('looked', { looked: number(change.lookedAt), moves: number(change.moves), left: number(change.leftOut) })}</p>
          <Sums change={change} />
          <Counts change={change} />
          {mayDecide() ? <Doing of="change" acts={parts()[0]?.acts} row={{ ...change }} about={['moves', 'hash']} subject="" words={words} onDone={() => void of.load()} /> : <p class="muted">{say('readOnly')}</p>}
        </>
      )}
    </Section>
  );
}

const cells = {
  fromVersion: ({ fromVersion, interval }: PriceMove) => say(interval === 'year' ? 'fromYear' : 'fromMonth', { version: fromVersion }),
};

export default function ChangePage({ id }: { id: string }) {
  const change = useResource(() => readChange(id), id);
  const at = change.data?.status;
  usePoll(() => void change.load(), at !== undefined && isWorking(at));
  const holders = parts()[1];
  const plan = change.data && tName('tier', change.data.tier);
  return (
    <div class="wide">
      <p><a href="/admin/catalog">{say('back')}</a></p>
      <PageTitle>{plan === undefined ? say('place.change') : say('changeRow', { plan, version: change.data?.toVersion ?? 0 })}</PageTitle>
      <Impact of={change} />
      {holders && 'columns' in holders && <Listing key={at} of={{ ...holders, path: filled(holders.path, { change: id }) }} words={words} cells={cells} row={{ change: id }} onDone={() => void change.load()} />}
    </div>
  );
}

// /admin/subscriptions: paid subscriptions by where they stand, how they moved in a period, and those that should have moved.

import { readBoard } from '../../api/today';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { useAddress } from '../../lib/address';
import { serverNow } from '../../lib/clock';
import { useResource } from '../../lib/use_resource';
import { Figures, moneyText, number, Parts } from './Figures';
import { words } from './words';

const LINES = 10;
const PERIODS = [7, 30, 90, 365];
const DAY_MS = 86_400_000;
const DATE_CHARS = 10;

/** Since the beginning of that day, UTC: the same link is the same board. */
const daysAgo = (days: number): string => `${new Date(serverNow() - days * DAY_MS).toISOString().slice(0, DATE_CHARS)}T00:00:00Z`;

export default function BoardPage() {
  const { query, hrefOf } = useAddress();
  const { from, status } = query;
  const of = useResource(() => readBoard(from), from);
  return (
    <div class="wide">
      <PageTitle>{words.say('place.board')}</PageTitle>
      <p class="lead">{words.say('lead.board')}</p>
      <Section title={words.say('value.places')} of={of} lines={LINES}>
        {(board) => (
          <Figures
            rows={board.places.map(({ name, count, mrr }) => ({
              name: `place.${name}`, value: number(count), note: moneyText(mrr), href: hrefOf({ status: name, rows: undefined }), isHere: name === status,
            }))}
          />
        )}
      </Section>
      <nav class="filters" aria-label={words.say('value.period')}>
        {PERIODS.map((days) => {
          const at = daysAgo(days);
          return <a key={days} class="button quiet" href={hrefOf({ from: at, rows: undefined })} aria-current={from === at || undefined}>{words.say('value.days', { days })}</a>;
        })}
      </nav>
      <Parts of="board" since={from} />
    </div>
  );
}

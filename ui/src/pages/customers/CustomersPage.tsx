// /admin/customers: customers as operators find them, with their plan, how they stand and what they bring in.

import { customersPath, listCustomers, type CustomerFilter, type CustomerLine } from '../../api/customers';
import { Badge, type Tone } from '../../components/Badge';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { countryName } from '../../format/countries';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatPercent } from '../../format/quantity';
import { locale, tName } from '../../i18n';
import { queryText, useAddress } from '../../lib/address';
import { FindForm } from './FindForm';
import { Views } from './Views';
import { say, wordOf } from './words';

const HEALTH_TONES: Record<CustomerLine['health'], Tone> = { good: 'good', watch: 'warning', at_risk: 'bad' };

/** What of how somebody stands is worth a line of its own. */
function notesOf(line: CustomerLine): string[] {
  const on = (instant: string): string => formatDate(instant, locale());
  return [
    line.parked ? say('parked') : '',
    line.access === 'full' ? '' : wordOf('access', line.access),
    line.pastDueSince === null ? '' : say('owesSince', { date: on(line.pastDueSince) }),
    line.trialEndsAt === null ? '' : say('trialEnds', { date: on(line.trialEndsAt) }),
    line.cancelAtPeriodEnd ? say('ends') : '',
  ].filter((note) => note !== '');
}

function Standing({ line }: { line: CustomerLine }) {
  return (
    <div class="whole">
      {wordOf('status', line.status)}
      {notesOf(line).map((note) => <p key={note} class="hint">{note}</p>)}
    </div>
  );
}

const columns = (): readonly Column<CustomerLine>[] => [
  {
    title: say('customer'),
    isHead: true,
    cell: ({ name, userId }) => (
      <div><a href={`/admin/customers/${encodeURIComponent(userId)}`}><bdi>{name === '' ? userId : name}</bdi></a><br /><code class="hint">{userId}</code></div>
    ),
  },
  {
    title: say('plan'),
    cell: ({ tier, interval }) => <div class="whole">{wordOf('tier', tier)}{interval !== null && <><br /><span class="hint">{wordOf('interval', interval)}</span></>}</div>,
  },
  { title: say('mrr'), isNumber: true, cell: ({ mrr }) => (mrr === null ? say('unknown') : formatMoney(mrr, locale())) },
  { title: say('status'), cell: (line) => <Standing line={line} /> },
  { title: say('health'), cell: ({ health }) => <Badge tone={HEALTH_TONES[health]}>{wordOf('health', health)}</Badge> },
  {
    title: say('usage'), isNumber: true,
    cell: ({ usagePercent, usageMetric }) => (usageMetric === null ? say('unknown') : <div>{formatPercent(usagePercent ?? 0, locale())}<p class="hint">{tName('metric', usageMetric)}</p></div>),
  },
  { title: say('country'), cell: ({ country }) => (country === null ? say('unknown') : countryName(country, locale())) },
  { title: say('owner'), cell: ({ ownerId, ownerName }) => ownerName ?? ownerId ?? say('unknown') },
  { title: say('since'), cell: ({ createdAt }) => <time dateTime={createdAt}>{formatDate(createdAt, locale())}</time> },
];

export default function CustomersPage() {
  const { query } = useAddress();
  const { q, tier, status, country, owner, cursor } = query;
  const filter: CustomerFilter = { q, tier, status, country, owner };
  const isFiltered = queryText({ ...filter }) !== '';
  const page = usePage(() => listCustomers(filter, cursor), queryText({ ...filter, cursor }));
  const hasMore = page.data?.nextCursor != null;
  const none = hasMore ? { title: say('moreTitle'), text: say('more') } : { title: say('noneTitle'), text: say('none') };
  return (
    <div class="wide">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <Views filter={filter} />
      <DataTable
        title={say('rows')}
        of={page}
        columns={columns()}
        keyOf={({ userId }) => userId}
        empty={isFiltered ? none : { title: say('emptyTitle'), text: say('empty') }}
        filter={<FindForm key={queryText({ ...filter })} filter={filter} />}
        path={customersPath(filter)}
        what="customers"
        order={(q ?? owner) === undefined ? 'newest' : 'name'}
      />
    </div>
  );
}

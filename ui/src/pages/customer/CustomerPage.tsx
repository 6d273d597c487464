// /admin/customers/:id: one customer, from what they are to all that happened with them, and what operators do for them.

import { useSignal } from '@preact/signals';

import { Doing } from '../../admin/Listing';
import { readCustomer, type CustomerDetail } from '../../api/customer';
import { Badge, type Tone } from '../../components/Badge';
import { Facts } from '../../components/Facts';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { countryName } from '../../format/countries';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { places, words } from './lists/words';
import { Tab, TABS } from './tabs';
import { say, sayOf } from './words';

const TONES: Record<string, Tone> = { watch: 'warning', at_risk: 'bad' };
const LINES = 8;

function Head({ id, detail, onDone }: { id: string; detail: CustomerDetail; onDone: () => void }) {
  const { standing, contract, parked, daysUntilDue } = detail;
  const acts = places().find(({ name }) => name === 'acts')?.parts[0]?.acts;
  return (
    <>
      <Facts
        className="facts"
        label={say('facts')}
        rows={[
          [say('plan'), `${tName('tier', standing.tier)} ${standing.interval === null ? '' : sayOf('interval', standing.interval)}`],
          [say('status'), sayOf('value', standing.status)],
          [say('mrr'), standing.mrr && formatMoney(standing.mrr, locale())],
          [say('health'), <Badge tone={TONES[standing.health] ?? 'good'}>{sayOf('health', standing.health)}</Badge>],
          [say('access'), sayOf('access', standing.access)],
          [say('billed'), daysUntilDue === 0 ? say('charged') : say('invoiced', { days: daysUntilDue })],
          [say('parked'), parked && <>{sayOf('parkedFor', parked.reason)}, {formatDate(parked.since, locale())}</>],
          [say('owesSince'), standing.pastDueSince && formatDate(standing.pastDueSince, locale())],
          [say('contract'), contract && <a href={`/admin/contracts/${contract.id}`}>{say('contractNo', { number: contract.number })}</a>],
          [say('email'), <bdi>{detail.email}</bdi>],
          [say('country'), standing.country && countryName(standing.country, locale())],
          [say('owner'), standing.ownerName ?? standing.ownerId],
          [say('since'), formatDate(standing.createdAt, locale())],
        ]}
      />
      <Doing of="customer" acts={acts} row={{ ...detail, customer: id }} subject="" words={words} onDone={onDone} />
    </>
  );
}

export default function CustomerPage({ id }: { id: string }) {
  const { query } = useAddress();
  const round = useSignal(0);
  const of = useResource(() => readCustomer(id), `${id},${round.value}`);
  const tab = TABS.find((name) => name === query['tab']) ?? TABS[0];
  const name = of.data?.standing.name || id;
  return (
    <div class="wide">
      <p><a href="/admin/customers">{say('back')}</a></p>
      <PageTitle title={name}><bdi>{name}</bdi></PageTitle>
      <Section title={say('facts')} of={of} lines={LINES} aside={() => <code class="hint">{id}</code>}>
        {(detail) => <Head id={id} detail={detail} onDone={() => { round.value += 1; }} />}
      </Section>
      <nav class="views" aria-label={say('tabs')}>
        {TABS.map((to) => (
          <a key={to} href={`?tab=${to}`} aria-current={to === tab ? 'page' : undefined}>{say(`tab.${to}`)}</a>
        ))}
      </nav>
      <Tab key={`${tab}${round.value}`} id={id} name={tab} />
    </div>
  );
}

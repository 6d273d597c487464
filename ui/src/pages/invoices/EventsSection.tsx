// What happened to an invoice, each with the way to its entry of the audit log.

import { eventsOf, getEvents, type InvoiceEvent } from '../../api/paying';
import { Rows, type Column } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { TakeAway } from '../../components/TakeAway';
import { formatDate, formatTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { queryText } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { eventWord, say } from '../../paying/words';

const LINES = 2;
const RANDOM_CHARS = 8;

/** The page of the log that begins with this entry: ids sort by time and end in chance, which may be anything up to its last. */
const entryHref = (auditId: string): string =>
  `/billing/activity${queryText({ open: auditId, cursor: auditId.slice(0, -RANDOM_CHARS) + 'z'.repeat(RANDOM_CHARS) })}`;

const columns = (): readonly Column<InvoiceEvent>[] => [
  { title: say('when'), cell: ({ createdAt }) => <time dateTime={createdAt}>{formatDate(createdAt, locale())} <span class="hint">{formatTime(createdAt, locale())}</span></time> },
  { title: say('what'), isHead: true, cell: ({ type, description }) => eventWord(type, description) },
  { title: say('amount'), isNumber: true, cell: ({ amount }) => (amount === null ? '' : formatMoney(amount, locale())) },
  { title: say('log'), cell: (event) => (event.auditId === null ? '' : <a href={entryHref(event.auditId)} aria-label={say('entryLabel', { what: eventWord(event.type, event.description) })}>{say('entry')}</a>) },
];

export function EventsSection({ id }: { id: string }) {
  const events = useResource(() => getEvents(id));
  return (
    <Section title={say('events')} of={events} lines={LINES} className="data" aside={() => <TakeAway path={eventsOf(id)} what="invoice_events" isWhole />}>
      {(rows) => (rows.length === 0 ? <p class="muted">{say('noEvents')}</p> : <Rows rows={rows} columns={columns()} keyOf={(row) => row.id} title={say('events')} />)}
    </Section>
  );
}

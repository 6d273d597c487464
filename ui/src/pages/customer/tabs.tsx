// What a customer's page has in its tabs: each a list, said by its columns.

import type { ComponentChildren } from 'preact';

import { Listing } from '../../admin/Listing';
import { filled } from '../../admin/listing';
import { maySeeEvidence, maySeeSystem } from '../../admin/may';
import { customerPath, naming, readPage, readWhole, type TimelineEntry } from '../../api/customer';
import type { Naming } from '../../api/http';
import type { Instant, Invoice, Member, MetricUsage, Money, Page, PaymentMethod } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { formatDate, formatExpiry, formatInstant } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatPercent, formatQuantity, isNumber } from '../../format/quantity';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { actsOnInvoice, type Act } from './acts';
import { places, words } from './lists/words';
import { actWord, say, sayOf, type CustomerKey } from './words';

export interface TabProps {
  id: string;
  /** Another one than before: the lists are read afresh. */
  round: number;
  onAct: (act: Act) => void;
}

const date = (at: Instant | null): ComponentChildren => at !== null && <time dateTime={at}>{formatDate(at, locale())}</time>;
const moment = (at: Instant | null): ComponentChildren => at !== null && <time dateTime={at}>{formatInstant(at, locale())}</time>;
const money = (amount: Money | null): ComponentChildren => amount && formatMoney(amount, locale());
const GOOD = ['paid', 'sent', 'local', 'succeeded', 'applied', 'delivered', 'recovered', 'active', 'ok', 'done', 'begun', 'created'];
const BAD = ['failed', 'exhausted', 'blocked', 'unpaid', 'canceled', 'uncollectible'];
const toneOf = (word: string): Tone => (GOOD.includes(word) ? 'good' : BAD.includes(word) ? 'bad' : 'neutral');
const word = (name: string | null): ComponentChildren => name && <Badge tone={toneOf(name)}>{sayOf('state', name)}</Badge>;

const column = <T,>(title: CustomerKey, cell: Column<T>['cell'], more: Partial<Column<T>> = {}): Column<T> => ({ title: say(title), cell, ...more });
const head = { isHead: true };
const number = { isNumber: true };

interface ListProps<T> {
  name: 'timeline' | 'usage' | 'invoices' | 'methods' | 'members';
  read: (cursor: string | undefined) => Promise<Page<T>>;
  columns: readonly Column<T>[];
  props: TabProps;
  keyOf: (row: T) => string;
  path?: string;
  naming?: Naming;
  filter?: ComponentChildren;
}

function List<T>({ name, read, props, path, filter, ...rest }: ListProps<T>) {
  const { query } = useAddress();
  const page = usePage(() => read(query['cursor']), [path, query['cursor'], props.id, props.round].join());
  return (
    <DataTable
      {...rest}
      {...(path === undefined ? {} : { path })}
      title={say(`tab.${name}`)}
      of={page}
      empty={{ title: say(`none.${name}`), text: say(`none.${name}.text`) }}
      filter={filter}
      what={name}
    />
  );
}

const acts = (list: readonly Act[], { onAct }: TabProps, of: string): ComponentChildren => list.length > 0 && (
  <div class="actions">
    {list.map((act) => <Button key={act.name} look="quiet" label={`${actWord(act.name, 'title', act.about ?? {})} ${of}`} onPress={() => onAct(act)}>{actWord(act.name, 'short', {})}</Button>)}
  </div>
);

const byId = ({ id }: { id: string }): string => id;

const KINDS = ['billing', 'mail', 'payment', 'note', 'webhook', 'delivery', 'audit'] as const;
const isSeen = (kind: string): boolean => (kind === 'audit' ? maySeeEvidence() : kind === 'webhook' || kind === 'delivery' ? maySeeSystem() : true);

/** To where the same is proved. */
const proofOf = (id: string, { kind, type }: TimelineEntry): string | null =>
  (maySeeEvidence() && (kind === 'billing' || kind === 'audit') ? `/admin/audit?userId=${encodeURIComponent(id)}&action=${type}` : null);

function Timeline(props: TabProps) {
  const { query, hrefOf } = useAddress();
  const { kind } = query;
  const path = customerPath(props.id, `/timeline${kind === undefined ? '' : `?kind=${kind}`}`);
  const choice = (value: string | undefined, label: string) => (
    <a key={label} class="button quiet" href={hrefOf({ kind: value, cursor: undefined })} aria-current={kind === value ? 'true' : undefined}>{label}</a>
  );
  return (
    <List<TimelineEntry>
      name="timeline"
      props={props}
      path={path}
      read={(cursor) => readPage(path, cursor)}
      keyOf={byId}
      filter={<nav class="actions" aria-label={say('kind')}>{choice(undefined, say('all'))}{KINDS.filter(isSeen).map((name) => choice(name, sayOf('kind', name)))}</nav>}
      columns={[
        column('when', ({ at }) => moment(at)),
        column('kind', ({ kind: of }) => <span class="whole">{sayOf('kind', of)}</span>),
        column('what', (entry) => (
          <div>
            {entry.text !== null && <bdi class="open-text">{entry.text}</bdi>}
            {entry.type !== '' && <p class="hint">{proofOf(props.id, entry) === null ? <code>{entry.type}</code> : <a href={proofOf(props.id, entry) ?? ''}><code>{entry.type}</code></a>}</p>}
          </div>
        ), head),
        column('status', ({ status }) => word(status)),
        column('amount', ({ amount }) => money(amount), number),
        column('about', ({ object, actor }) => <div>{object !== null && <code class="hint">{object}</code>}{actor !== null && <p class="hint">{say('by', { who: actor })}</p>}</div>),
      ]}
    />
  );
}

const quantity = (metric: string, value: number | null): string => (value === null ? '' : formatQuantity(metric, value, locale()));

const Usage = (props: TabProps) => (
  <List<MetricUsage>
    name="usage"
    props={props}
    read={() => readWhole('/api/billing/usage', 'metrics', props.id)}
    keyOf={({ metric }) => metric}
    columns={[
      column('metric', ({ metric }) => tName('metric', metric), head),
      column('used', ({ metric, used }) => quantity(metric, used), number),
      column('limit', ({ metric, limit }) => (isNumber(limit) ? quantity(metric, limit) : say('unlimited')), number),
      column('percent', ({ percent }) => percent !== null && formatPercent(percent, locale()), number),
      column('status', ({ state }) => word(state)),
      column('projected', ({ metric, projected }) => quantity(metric, projected), number),
      column('resets', ({ resetsAt }) => moment(resetsAt)),
    ]}
  />
);

const INVOICES = '/api/billing/invoices';

const Invoices = (props: TabProps) => (
  <List<Invoice>
    name="invoices"
    props={props}
    path={INVOICES}
    naming={naming(props.id)}
    read={(cursor) => readPage(INVOICES, cursor, props.id)}
    keyOf={byId}
    columns={[
      column('invoice', ({ number: of, id, hostedUrl }) => (hostedUrl === null ? of ?? id : <a href={hostedUrl}>{of ?? id}</a>), head),
      column('status', ({ status }) => word(status)),
      column('amount', ({ amount }) => money(amount), number),
      column('paid', ({ amountPaid }) => money(amountPaid), number),
      column('due', ({ dueDate }) => date(dueDate)),
      column('from', ({ createdAt }) => date(createdAt)),
      column('acts', (invoice) => acts(actsOnInvoice(invoice), props, invoice.number ?? invoice.id)),
    ]}
  />
);

const METHODS = '/api/billing/payment-methods';

/** Lists that are declared, of this customer. */
function Declared({ name, id, round }: TabProps & { name: string }) {
  return (
    <>
      {places().find((place) => place.name === name)?.parts.map((part) => 'columns' in part && (
        <Listing key={`${part.name}${round}`} of={{ ...part, path: filled(part.path, { customer: id }) }} words={words} />
      ))}
    </>
  );
}

const Subscriptions = (props: TabProps) => <Declared {...props} name="subscriptions" />;
const Notes = (props: TabProps) => <Declared {...props} name="notes" />;

const Payments = (props: TabProps) => (
  <>
    <Declared {...props} name="payments" />
    <List<PaymentMethod>
      name="methods"
      props={props}
      path={METHODS}
      naming={naming(props.id)}
      read={() => readWhole(METHODS, 'data', props.id)}
      keyOf={byId}
      columns={[
        column('method', ({ type, brand, last4 }) => <span class="whole">{tName('brand', brand ?? type)} ···· {last4}</span>, head),
        column('expires', ({ expiry }) => expiry && formatExpiry(expiry)),
        column('default', ({ isDefault }) => isDefault && say('yes')),
      ]}
    />
  </>
);

const Access = (props: TabProps) => (
  <List<Member>
    name="members"
    props={props}
    path="/api/billing/members"
    naming={naming(props.id)}
    read={() => readWhole('/api/billing/members', 'data', props.id)}
    keyOf={byId}
    columns={[
      column('who', ({ name, email, id }) => <div>{name !== null && <bdi>{name}</bdi>} <span class="hint">{email ?? id}</span></div>, head),
      column('role', ({ role }) => sayOf('role', role)),
      column('factors', ({ hasPasskey, hasTotp }) => [hasPasskey ? say('passkey') : '', hasTotp ? say('totp') : ''].filter((of) => of !== '').join(', ') || say('no')),
      column('from', ({ since }) => date(since)),
    ]}
  />
);

export const TABS = [
  ['timeline', Timeline], ['subscriptions', Subscriptions], ['usage', Usage], ['invoices', Invoices],
  ['payments', Payments], ['notes', Notes], ['access', Access],
] as const;

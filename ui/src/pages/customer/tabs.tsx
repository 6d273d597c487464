// What a customer's page has in its tabs: each a list, said by its columns.

import type { ComponentChildren } from 'preact';

import { maySeeEvidence, maySeeSystem } from '../../admin/may';
import { customerPath, naming, readCustomer, readPage, readWhole, type CustomerNote, type DunningCase, type Stretch, type TimelineEntry } from '../../api/customer';
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
import { actsOnCase, actsOnInvoice, type Act } from './acts';
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
  name: 'timeline' | 'subscriptions' | 'usage' | 'invoices' | 'methods' | 'cases' | 'notes' | 'members';
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

const planOf = (tier: string, interval: string | null): string => [tName('tier', tier), interval === null ? '' : sayOf('interval', interval)].join(' ').trim();

const Subscriptions = (props: TabProps) => (
  <List<Stretch>
    name="subscriptions"
    props={props}
    read={async () => ({ data: (await readCustomer(props.id)).subscriptions, nextCursor: null })}
    keyOf={byId}
    columns={[
      column('plan', ({ tier, interval, planVersion, id }) => <div>{planOf(tier, interval)} <span class="hint">{say('version', { version: planVersion })}</span><br /><code class="hint">{id}</code></div>, head),
      column('status', ({ status, endedAt }) => word(endedAt === null ? status : 'ended')),
      column('from', ({ createdAt }) => date(createdAt)),
      column('to', ({ endedAt, currentPeriodEnd }) => (endedAt === null ? <>{say('periodEnds')} {date(currentPeriodEnd)}</> : date(endedAt))),
      column('next', ({ cancelAtPeriodEnd, pendingTier, pendingInterval, trialEndsAt, endedAt }) => endedAt === null && (
        <>
          {cancelAtPeriodEnd && <p>{say('ends')}</p>}
          {pendingTier !== null && <p>{say('becomes', { plan: planOf(pendingTier, pendingInterval) })}</p>}
          {trialEndsAt !== null && <p>{say('trialEnds', { date: formatDate(trialEndsAt, locale()) })}</p>}
        </>
      )),
    ]}
  />
);

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

function Payments(props: TabProps) {
  const path = `/api/admin/dunning?userId=${encodeURIComponent(props.id)}`;
  return (
    <>
      <List<DunningCase>
        name="cases"
        props={props}
        path={path}
        read={(cursor) => readPage(path, cursor)}
        keyOf={byId}
        columns={[
          column('opened', ({ openedAt }) => moment(openedAt), head),
          column('status', ({ status }) => word(status)),
          column('invoice', ({ invoiceId }) => <code class="hint">{invoiceId}</code>),
          column('accessUntil', ({ accessUntil }) => moment(accessUntil)),
          column('attempts', ({ attempts, nextAttemptAt }) => (
            <div>
              {attempts.map(({ at, outcome, declineCode }) => <p key={at} class="hint">{moment(at)} {sayOf('state', outcome)} {declineCode && <code>{declineCode}</code>}</p>)}
              {nextAttemptAt !== null && <p class="hint">{say('nextAttempt')} {moment(nextAttemptAt)}</p>}
            </div>
          )),
          column('acts', (row) => acts(actsOnCase(row), props, row.invoiceId ?? row.id)),
        ]}
      />
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
}

const Notes = (props: TabProps) => (
  <List<CustomerNote>
    name="notes"
    props={props}
    path={customerPath(props.id, '/notes')}
    read={(cursor) => readPage(customerPath(props.id, '/notes'), cursor)}
    keyOf={byId}
    columns={[
      column('note', ({ note }) => <bdi class="open-text">{note}</bdi>, head),
      column('who', ({ author }) => <code class="hint">{author}</code>),
      column('when', ({ createdAt }) => moment(createdAt)),
    ]}
  />
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

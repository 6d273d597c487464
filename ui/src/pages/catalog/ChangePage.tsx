// /admin/catalog/:id: one price change: what it comes to, whom it moves, who is left out and why, and what is decided about it.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { decideMove, listMoves, movesPath, publishChange, readChange, withdrawChange, type PriceChange, type PriceMove } from '../../api/catalog';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { announce, noteSession } from '../../lib/app_state';
import { resource, type Resource } from '../../lib/resource';
import { mayDecide } from '../../admin/may';
import { ReasonDialog } from '../../admin/ReasonDialog';
import { DecideDialog } from './DecideDialog';
import { CHANGE_TONES, isWorking, MOVE_TONES } from './tones';
import { changeWord, moveWord, reasonWord, say } from './words';

const LINES = 8;
const LOOK_AGAIN_MS = 2_000;
const FILTERS = ['planned', 'left', 'notified', 'undelivered', 'scheduled', 'moved', 'dropped'] as const;
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
          <dt><a href={hrefOf({ status, cursor: undefined })}>{moveWord(status)}</a>{reason !== null && `: ${reasonWord(reason)}`}</dt>
          <dd>{number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Steps({ change, of }: { change: PriceChange; of: Resource<PriceChange> }) {
  const open = useSignal<'publish' | 'withdraw' | null>(null);
  const close = (): void => { open.value = null; };
  const done = (words: string): void => {
    close();
    announce(words);
    void of.load();
  };
  const canPublish = change.status === 'ready' && change.moves > 0;
  const canWithdraw = change.status === 'ready' || change.status === 'telling' || change.status === 'done';
  if (!mayDecide()) return <p class="muted">{say('readOnly')}</p>;
  if (!canPublish && !canWithdraw) return null;
  return (
    <>
      <div class="actions">
        {canPublish && <Button look="primary" onPress={() => { open.value = 'publish'; }}>{say('publish.open')}</Button>}
        {canWithdraw && <Button look="quiet" onPress={() => { open.value = 'withdraw'; }}>{say('withdraw.open')}</Button>}
      </div>
      {open.value === 'publish' && (
        <ReasonDialog
          title={say('publish.title')} label={say('reason')} confirm={say('publish.confirm')} isRequired onClose={close}
          work={async (reason) => {
            const answer = await publishChange(change.id, change.hash, reason);
            done(say('action' in answer ? 'publish.waits' : 'publish.done'));
          }}
        >
          <p>{say('publish.text', { moves: change.moves, count: change.moves })}</p>
          <p class="hash">{change.hash}</p>
        </ReasonDialog>
      )}
      {open.value === 'withdraw' && (
        <ReasonDialog
          title={say('withdraw.title')} label={say('reason')} confirm={say('withdraw.confirm')} look="danger" isRequired onClose={close}
          work={async (reason) => { await withdrawChange(change.id, reason); done(say('withdraw.done')); }}
        >
          <p>{say('withdraw.text')}</p>
        </ReasonDialog>
      )}
    </>
  );
}

function Impact({ of }: { of: Resource<PriceChange> }) {
  return (
    <Section title={say('impact')} of={of} lines={LINES} className="data" aside={(change) => <Badge tone={CHANGE_TONES[change.status]}>{changeWord(change.status)}</Badge>}>
      {(change) => (
        <>
          <p>{say('facts', { from: change.fromVersions.join(', '), to: change.toVersion, date: formatDate(change.effectiveFrom, locale()), monthly: change.noticeDaysMonthly, yearly: change.noticeDaysYearly })}</p>
          <p role="status" class={isWorking(change.status) ? 'inline-note tone-warning' : 'visually-hidden'}>{changeWord(change.status)}</p>
          <p class="muted">{say('looked', { looked: number(change.lookedAt), moves: number(change.moves), left: number(change.leftOut) })}</p>
          <Sums change={change} />
          <Counts change={change} />
          <Steps change={change} of={of} />
        </>
      )}
    </Section>
  );
}

function Holders({ id, change }: { id: string; change: Resource<PriceChange> }) {
  const { query, hrefOf } = useAddress();
  const { status, cursor } = query;
  const deciding = useSignal<PriceMove | null>(null);
  const state = change.data?.status ?? '';
  const page = usePage(() => listMoves(id, status, cursor), `${status ?? ''}/${cursor ?? ''}/${state}`);
  const columns: readonly Column<PriceMove>[] = [
    { title: say('customer'), isHead: true, cell: ({ userId }) => userId },
    { title: say('from'), cell: ({ fromVersion, interval }) => say(interval === 'year' ? 'fromYear' : 'fromMonth', { version: fromVersion }) },
    { title: say('before'), isNumber: true, cell: ({ priceBefore }) => formatMoney(priceBefore, locale()) },
    { title: say('after'), isNumber: true, cell: ({ priceAfter }) => formatMoney(priceAfter, locale()) },
    {
      title: say('state'),
      cell: ({ status: at, reason }) => <div><Badge tone={MOVE_TONES[at]}>{moveWord(at)}</Badge>{reason !== null && at !== 'superseded' && <p class="hint">{reasonWord(reason)}</p>}</div>,
    },
    { title: say('effective'), cell: ({ effectiveAt }) => (effectiveAt === null ? '–' : <time dateTime={effectiveAt}>{formatDate(effectiveAt, locale())}</time>) },
    {
      title: say('decision'),
      cell: (move) => (move.status === 'undelivered' && mayDecide()
        ? <Button label={say('decide.label', { userId: move.userId })} onPress={() => { deciding.value = move; }}>{say('decide.open')}</Button>
        : '–'),
    },
  ];
  return (
    <>
      <DataTable
        title={say('holdersTitle')}
        of={page}
        columns={columns}
        keyOf={({ userId }) => userId}
        empty={status === undefined ? { title: say('nobodyTitle'), text: say('nobody') } : { title: say('noMatchTitle'), text: say('noMatch') }}
        filter={
          <nav class="filters" aria-label={say('filter')}>
            <a class={`button ${status === undefined ? 'plain' : 'quiet'}`} aria-current={status === undefined ? 'true' : undefined} href={hrefOf({ status: undefined, cursor: undefined })}>{say('all')}</a>
            {FILTERS.map((name) => <a key={name} class={`button ${status === name ? 'plain' : 'quiet'}`} aria-current={status === name ? 'true' : undefined} href={hrefOf({ status: name, cursor: undefined })}>{moveWord(name)}</a>)}
          </nav>
        }
        path={movesPath(id, status)}
        what="price-change"
      />
      {deciding.value && (
        <DecideDialog
          move={deciding.value}
          startedAt={change.data?.startedAt ?? null}
          onClose={() => { deciding.value = null; }}
          work={async (decision) => {
            const { userId } = deciding.value ?? { userId: '' };
            await decideMove(id, userId, decision);
            deciding.value = null;
            announce(say('decide.done', { userId }));
            await Promise.all([page.load(), change.load()]);
          }}
        />
      )}
    </>
  );
}

export default function ChangePage({ id }: { id: string }) {
  const change = useMemo(() => resource(() => readChange(id), noteSession), [id]);
  const at = change.data?.status;
  useEffect(() => void change.load(), [change]);
  useEffect(() => {
    if (at === undefined || !isWorking(at)) return undefined;
    const timer = setInterval(() => void change.load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [change, at]);
  const plan = change.data && tName('tier', change.data.tier);
  return (
    <div class="wide">
      <p><a href="/admin/catalog">{say('back')}</a></p>
      <PageTitle>{plan === undefined ? say('changeTitleLoading') : say('changeRow', { plan, version: change.data?.toVersion ?? 0 })}</PageTitle>
      <Impact of={change} />
      <Holders id={id} change={change} />
    </div>
  );
}

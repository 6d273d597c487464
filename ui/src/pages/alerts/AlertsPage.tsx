// /billing/alerts: what a customer wants to be told of, how that stands, and what was told.

import { useSignal } from '@preact/signals';

import { ALERTS, ALERTS_TOLD, getAlerts, getAlertsTold, removeAlert, type AlertFiring, type UsageAlert } from '../../api/alerts';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { FormDialog } from '../../components/FormDialog';
import { later } from '../../components/later';
import { HoldsWithin } from '../../components/limits/HoldsWithin';
import { PageTitle } from '../../components/PageTitle';
import { formatDate, formatDateTime } from '../../format/date';
import { formatPercent } from '../../format/quantity';
import { locale } from '../../i18n';
import { useAddress } from '../../lib/address';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { useMember } from '../../lib/visitor';
import { figureOf, say, titleOf } from './words';

const AlertDialog = later(async () => (await import('./later/AlertDialog')).AlertDialog);

const percents = (values: readonly number[]): string => values.map((value) => formatPercent(value, locale())).join(', ');

function Standing({ alert }: { alert: UsageAlert }) {
  const value = figureOf(alert.metric, alert.value, alert.spend);
  const base = figureOf(alert.metric, alert.base, alert.budget);
  if (value === null) return <>{say('notSeen')}</>;
  return (
    <div class="whole">
      {base === null ? value : say('valueOf', { value, base })}
      {alert.percent !== null && <p class="hint">{formatPercent(alert.percent, locale())}{alert.asOf !== null && alert.metric === null && ` · ${say('asOf', { time: formatDateTime(alert.asOf, locale()) })}`}</p>}
      {base === null && <p class="hint">{say('noBase')}</p>}
      {alert.reached.length > 0 && <Badge tone={alert.action === 'block' && alert.reached.includes(100) ? 'bad' : 'warning'}>{say('reached', { percents: percents(alert.reached) })}</Badge>}
    </div>
  );
}

function basisOf(alert: UsageAlert): string {
  if (alert.basis === 'limit') return say('ofLimit');
  const figure = figureOf(alert.metric, alert.amount, alert.budget) ?? '';
  return alert.basis === 'money' ? say('ofBudget', { date: alert.cycleEndsAt === null ? '–' : formatDate(alert.cycleEndsAt, locale()) }) : say('ofAmount', { amount: figure });
}

const columns = (onRemove: (alert: UsageAlert) => void, hrefOf: (id: string) => string): readonly Column<UsageAlert>[] => [
  {
    title: say('what'), isHead: true,
    cell: (alert) => (
      <div>
        {titleOf(alert.metric)}<p class="hint">{basisOf(alert)}</p>
        {alert.action === 'block' && <><Badge tone="over">{say('blocks')}</Badge><HoldsWithin /></>}
      </div>
    ),
  },
  { title: say('stands'), cell: (alert) => <Standing alert={alert} /> },
  { title: say('thresholds'), cell: ({ thresholds }) => percents(thresholds) },
  { title: say('recipients'), cell: ({ recipients }) => say('people', { count: recipients.length }) },
  ...(mayChange() ? [{
    title: say('actions'),
    cell: (alert: UsageAlert) => (
      <div class="actions">
        <a class="button quiet" href={hrefOf(alert.id)} aria-label={say('changeNamed', { name: titleOf(alert.metric) })}>{say('change')}</a>
        <Button look="quiet" label={say('removeNamed', { name: titleOf(alert.metric) })} onPress={() => onRemove(alert)}>{say('remove')}</Button>
      </div>
    ),
  }] : []),
];

const toldColumns = (): readonly Column<AlertFiring>[] => [
  { title: say('when'), isHead: true, cell: ({ firedAt }) => <time dateTime={firedAt}>{formatDateTime(firedAt, locale())}</time> },
  { title: say('what'), cell: ({ metric }) => titleOf(metric) },
  { title: say('threshold'), isNumber: true, cell: ({ threshold }) => formatPercent(threshold, locale()) },
  {
    title: say('stood'), isNumber: true,
    cell: ({ metric, value, base, spend, budget }) => say('valueOf', { value: figureOf(metric, value, spend) ?? '', base: figureOf(metric, base, budget) ?? '' }),
  },
  { title: say('recipients'), isNumber: true, cell: ({ recipients }) => (recipients === 0 ? say('withHigher') : say('people', { count: recipients })) },
];

function Rules() {
  const { query, hrefOf, change } = useAddress();
  const page = usePage(getAlerts, '');
  const removed = useSignal<UsageAlert | null>(null);
  const chosen = page.data?.data.find(({ id }) => id === query['open']) ?? null;
  const isOpen = mayChange() && page.data !== undefined && (query['open'] === 'new' || chosen !== null);
  const close = (): void => change({ open: undefined });
  const reload = async (words: string): Promise<void> => {
    await page.load();
    announce(words);
  };
  return (
    <>
      <DataTable
        title={say('rules')}
        of={page}
        columns={columns((alert) => { removed.value = alert; }, (id) => hrefOf({ open: id }))}
        keyOf={({ id }) => id}
        empty={{ title: say('emptyTitle'), text: say('empty') }}
        filter={mayChange() ? <p><a class="button primary" href={hrefOf({ open: 'new' })}>{say('add')}</a></p> : <p class="muted">{say('viewer')}</p>}
        path={ALERTS}
        what="alerts"
      />
      {isOpen && <AlertDialog key={query['open']} alert={chosen} onClose={close} onDone={() => { close(); void reload(say('saved')); }} />}
      {removed.value !== null && (
        <FormDialog
          title={say('removeTitle')}
          confirm={say('remove')}
          look="danger"
          onClose={() => { removed.value = null; }}
          work={async (keys) => {
            const { id } = removed.value as UsageAlert;
            await keys.run(id, (key) => removeAlert(id, key));
            removed.value = null;
            void reload(say('removed'));
          }}
        >
          <p>{say(removed.value.action === 'block' ? 'removeCap' : 'removeText', { name: titleOf(removed.value.metric) })}</p>
        </FormDialog>
      )}
    </>
  );
}

function Told() {
  const { cursor } = useAddress().query;
  const page = usePage(() => getAlertsTold(cursor), cursor ?? '');
  return (
    <DataTable
      title={say('told')}
      of={page}
      columns={toldColumns()}
      keyOf={({ id }) => id}
      empty={{ title: say('noneToldTitle'), text: say('noneTold') }}
      path={ALERTS_TOLD}
      what="alerts_told"
    />
  );
}

export default function AlertsPage() {
  if (!useMember()) return null;
  return (
    <div class="wide">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <Rules />
      <details class="about">
        <summary>{say('always')}</summary>
        <p>{say('alwaysText')}</p>
      </details>
      <Told />
    </div>
  );
}

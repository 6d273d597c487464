// /billing/usage: what was used, cycle by cycle, of one meter at a time. What it shows stands in the address; the figures of the
// current cycle change as they are counted.

import { useEffect, useMemo } from 'preact/hooks';

import { getSubscription, getUpcoming, getUsage, UPCOMING_PAPER } from '../../api/billing';
import { watchUsage } from '../../api/live';
import { getDays, getPeriods, type UsageSeries } from '../../api/usage';
import type { MetricUsage, Usage } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Sparkline } from '../../components/chart/Sparkline';
import { summaryText } from '../../components/chart/speech';
import { Freshness } from '../../components/Freshness';
import { later } from '../../components/later';
import { HoldsWithin } from '../../components/limits/HoldsWithin';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Section } from '../../components/Section';
import { formatDate, formatDateTime, formatRange } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatPercent, formatQuantity, isNumber } from '../../format/quantity';
import { locale, t, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { noteSession, sessionEnded } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import { isStale } from '../../lib/fresh';
import { resource } from '../../lib/resource';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { percentOf, TONES } from '../../billing/usage_words';
import { byNeed, willBeBilled, withChanges } from '../../billing/usage_view';
import { choiceOf, cycleName } from './choice';
import { boundary, placesOf } from './format';
import { bucketsOf, cyclesOf, hoursOf, levelsOf, sumsOf, type Cycle } from './model';
import { say } from './words';

const MeterCharts = later(async () => (await import('./later/MeterCharts')).MeterCharts);
const Tail = later(async () => (await import('./later/Tail')).Tail);

const REFRESH_MS = 60_000;
const LINES = 8;

interface Known {
  usage: Usage;
  periods: UsageSeries[];
}

/** The figures now, and those of the cycles before; the first as they change. */
function useKnown() {
  const known = useMemo(() => resource<Known>(async () => {
    const [usage, periods] = await Promise.all([getUsage(), getPeriods()]);
    return { usage, periods };
  }, noteSession), []);
  const isWatching = known.data !== undefined && !sessionEnded.value;
  useEffect(() => void known.load(), []);
  useEffect(() => {
    if (!isWatching) return;
    const unwatch = watchUsage((changed) => {
      if (known.data) known.set({ ...known.data, usage: withChanges(known.data.usage, changed) });
    });
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void known.load();
    }, REFRESH_MS);
    return () => {
      unwatch();
      clearInterval(timer);
    };
  }, [isWatching]);
  return known;
}

function Trend({ row, cycle, days, asOf }: { row: MetricUsage; cycle: Cycle; days: readonly UsageSeries[]; asOf: string }) {
  // A day that began before the cycle did counts from there.
  const points = hoursOf(days.find(({ metric }) => metric === row.metric)?.points ?? []).map(({ ms, value }) => ({ ms: Math.max(ms, cycle.startMs), value }));
  const buckets = bucketsOf(cycle, 'day', '');
  const values = (row.kind === 'counter' ? sumsOf : levelsOf)(buckets, points, Date.parse(asOf));
  const format = (value: number): string => formatQuantity(row.metric, value, locale());
  const title = say('meterTrend', { metric: tName('metric', row.metric) });
  return <Sparkline values={values} title={title} summary={summaryText(values, placesOf(buckets, 'day'), format)} />;
}

/** One for each meter: links, since which one is shown stands in the address. */
function Meters({ rows, chosen, cycle, days, asOf }: {
  rows: readonly MetricUsage[]; chosen: string; cycle: Cycle; days: readonly UsageSeries[]; asOf: string;
}) {
  const { hrefOf } = useAddress();
  return (
    <nav class="meter-tabs" aria-label={say('meters')}>
      {byNeed(rows).map((row) => (
        <a key={row.metric} href={hrefOf({ metric: row.metric, open: undefined })} aria-current={row.metric === chosen ? 'true' : undefined}>
          <span class="meter-name">{tName('metric', row.metric)}</span>
          <span class="meter-figure">
            <strong>{cycle.isCurrent || row.kind === 'counter' ? formatQuantity(row.metric, cycle.totals[row.metric] ?? 0, locale()) : '–'}</strong>
            {cycle.isCurrent && isNumber(row.limit) && <span class="muted"> {formatPercent(percentOf(row), locale())}</span>}
          </span>
          {cycle.isCurrent && row.state !== 'ok' && isNumber(row.limit) && <Badge tone={TONES[row.state]}>{t(`usage.state.${row.state}`)}</Badge>}
          <Trend row={row} cycle={cycle} days={days} asOf={asOf} />
        </a>
      ))}
    </nav>
  );
}

function CycleChoice({ cycles, chosen }: { cycles: readonly Cycle[]; chosen: Cycle }) {
  const { change } = useAddress();
  const name = ({ startMs, endMs, isCurrent }: Cycle): string => {
    const range = formatRange(new Date(startMs).toISOString(), new Date(endMs).toISOString(), locale());
    return isCurrent ? say('cycleNow', { range }) : range;
  };
  return (
    <label class="cycle-choice">
      <span>{say('cycle')}</span>
      <select
        value={cycleName(chosen)}
        onChange={(event) => {
          const picked = cycles.find((cycle) => cycleName(cycle) === event.currentTarget.value);
          change({ cycle: picked && !picked.isCurrent ? cycleName(picked) : undefined, day: undefined });
        }}
      >
        {cycles.map((cycle) => <option key={cycle.startMs} value={cycleName(cycle)}>{name(cycle)}</option>)}
      </select>
    </label>
  );
}

/** Nothing ever came in: how to begin. */
function Nothing() {
  return (
    <div class="nothing-yet">
      <Empty title={say('emptyTitle')}>{say('empty')}</Empty>
      <Tail isFirst />
    </div>
  );
}

function Shown({ usage, periods }: Known) {
  const { query } = useAddress();
  const cycles = cyclesOf(usage, periods);
  const choice = choiceOf(query, usage.metrics, cycles, Date.parse(usage.asOf));
  const [start, end] = [choice?.cycle.startMs ?? 0, choice?.cycle.endMs ?? 0];
  const days = useMemo(() => resource(() => getDays(start, end), noteSession), [start, end]);
  useEffect(() => void days.load(), [start, end]);
  const isNew = cycles.length === 1 && usage.metrics.every(({ used, lastHeardAt }) => used === 0 && lastHeardAt === null);
  if (!choice || isNew) return <Nothing />;
  return (
    <>
      <div class="cycle-line">
        <CycleChoice cycles={cycles} chosen={choice.cycle} />
        <p class="muted">{say('cycleTimes', { start: boundary(start), end: boundary(end) })}</p>
      </div>
      <Meters rows={usage.metrics} chosen={choice.row.metric} cycle={choice.cycle} days={days.data ?? []} asOf={usage.asOf} />
      {isNumber(choice.row.limit) && <HoldsWithin />}
      <div class="charts-place">
        <MeterCharts
          key={`${choice.row.metric} ${choice.cycle.startMs}`}
          choice={choice}
          usage={usage}
        />
      </div>
      <Tail isFirst={usage.metrics.every(({ used }) => used === 0)} />
    </>
  );
}

export default function UsagePage() {
  if (!useMember()) return null;
  return (
    <div class="wide usage-page">
      <PageTitle>{say('title')}</PageTitle>
      <Watched />
      <Draft />
    </div>
  );
}

/** What is billed next, by the call that makes the draft of the invoice; plans have fixed prices, whatever is used. */
function Draft() {
  const draft = useResource(async () => (willBeBilled(await getSubscription()) ? getUpcoming() : null));
  return (
    <Section title={say('cost')} of={draft} lines={1}>
      {(next) => (next === null ? <p class="muted">{say('costNone')}</p> : (
        <p>
          <strong>{formatMoney(next.amountDue, locale())}</strong> {say('costOn', { date: formatDate(next.dueDate ?? next.periodStart, locale()) })}{' '}
          {next.estimated ? <span class="muted">{say('costEstimated')}</span> : <a href={UPCOMING_PAPER} target="_blank" rel="noreferrer" aria-label={`${say('costMatches')}, ${t('common.opensNewTab')}`}>{say('costMatches')}</a>}
        </p>
      ))}
    </Section>
  );
}

function Watched() {
  const known = useKnown();
  return (
    <Section title={say('figures')} of={known} lines={LINES} className="usage-now" aside={({ usage }) => <Freshness asOf={usage.asOf} />}>
      {(data) => (
        <>
          {isStale(data.usage.asOf, serverNow()) && <p class="inline-note tone-warning" role="status">{say('lags', { time: formatDateTime(data.usage.asOf, locale()) })}</p>}
          <Shown {...data} />
        </>
      )}
    </Section>
  );
}

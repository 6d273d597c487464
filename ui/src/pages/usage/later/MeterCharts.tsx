// One meter in one cycle: its bars, its running sum against the limit, its busiest hours.

import { useEffect, useMemo, useRef } from 'preact/hooks';

import { getHours, pointsPath, type GroupBy, type Span, type UsageHistory, type UsagePoint } from '../../../api/usage';
import type { MetricUsage, Usage } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { Chart } from '../../../components/chart/Chart';
import { HeatMap } from '../../../components/chart/HeatMap';
import type { Series, Value } from '../../../components/chart/geometry';
import type { Mark } from '../../../components/chart/speech';
import { Facts } from '../../../components/Facts';
import { ProblemNote } from '../../../components/ProblemNote';
import { Section } from '../../../components/Section';
import { Segmented } from '../../../components/Segmented';
import { TakeAway } from '../../../components/TakeAway';
import { formatDateTime } from '../../../format/date';
import { formatPercent, formatQuantity, isNumber } from '../../../format/quantity';
import { locale, t, tName, zone } from '../../../i18n';
import { useAddress } from '../../../lib/address';
import { noteSession } from '../../../lib/app_state';
import { serverNow } from '../../../lib/clock';
import { mayChange } from '../../../lib/may';
import { resource } from '../../../lib/resource';
import { useResource } from '../../../lib/use_resource';
import { limitWords, noteWords, TONES } from '../../../billing/usage_words';
import type { Choice } from '../choice';
import { axisFigure, dayName, hourNames, placesOf, weekdays } from '../format';
import { bucketsOf, dayOf, hourOf, hoursOf, levelsOf, sumsOf, type Bucket, type Cycle, type Hour } from '../model';
import { noticeWord, say } from '../words';
import { contributorsOf, forecastOf, groupsOf, hoursIn, lateOf, peaksOf, running, splitAt } from './model';

const GROUPS: readonly GroupBy[] = ['region', 'resource'];

const HOURS = 24;

/** Between two looks at bars that grow while somebody watches. */
const SETTLE_MS = 1000;

interface History {
  whole: UsageHistory;
  split: UsageHistory | null;
}

/** The hours of this cycle and of the one before, and this cycle's by group; again when more was counted. */
function useHistory({ row, cycle, before, group }: Choice) {
  const history = useMemo(() => {
    const span = (from: Cycle): Span => ({ fromMs: hourOf(from.startMs), toMs: cycle.endMs, metric: row.metric });
    return resource<History>(async () => {
      const [whole, split] = await Promise.all([getHours(span(before ?? cycle)), group ? getHours({ ...span(cycle), groupBy: group }) : null]);
      return { whole, split };
    }, noteSession);
  }, [group]);
  const latest = useRef<typeof history | null>(null);
  useEffect(() => {
    const wait = latest.current === history ? SETTLE_MS : 0;
    latest.current = history;
    const timer = setTimeout(() => void history.load(), wait);
    return () => clearTimeout(timer);
  }, [history, cycle.isCurrent ? row.used : 0]);
  return history;
}

interface View {
  choice: Choice;
  usage: Usage;
  points: readonly UsagePoint[];
  hours: Hour[];
  hoursBefore: Hour[];
  split: UsageHistory | null;
  asOfMs: number;
}

const isCounter = (row: MetricUsage): boolean => row.kind === 'counter';
const valuesOf = (row: MetricUsage, buckets: readonly Bucket[], hours: readonly Hour[], asOfMs: number): Value[] =>
  (isCounter(row) ? sumsOf : levelsOf)(buckets, hours, asOfMs);

const sum = (values: readonly Value[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** What the bars are made of: groups where they are asked for, else what lies within the limit and above it. */
function barSeries({ choice, hours, split, asOfMs }: View, buckets: readonly Bucket[]): Series[] {
  const { row, cycle, group } = choice;
  if (group && split) {
    const series = split.series.map((one) => {
      const label = (group === 'region' ? one.region : one.resource) ?? '';
      return { key: `=${label}`, name: label === '' ? say('unlabelled') : label, values: valuesOf(row, buckets, hoursOf(one.points), asOfMs) };
    });
    return groupsOf(series, say('others'));
  }
  const values = valuesOf(row, buckets, hours, asOfMs);
  if (!isCounter(row) || !cycle.isCurrent || !isNumber(row.limit)) return [{ key: 'used', name: say(isCounter(row) ? 'used' : 'level'), values }];
  const from = buckets[0]?.startMs ?? 0;
  const earlier = hours.filter(({ ms }) => ms < hourOf(from)).reduce((total, { value }) => total + value, 0);
  const { within, above } = splitAt(values, row.limit, earlier);
  return [{ key: 'within', name: say('within'), values: within }, { key: 'above', name: say('above'), values: above }];
}

const indexAt = (buckets: readonly Bucket[], ms: number): number => buckets.findIndex(({ startMs, endMs }) => ms >= startMs && ms < endMs);

function marksOf({ choice: { row, cycle }, usage }: View, buckets: readonly Bucket[]): Mark[] {
  if (!cycle.isCurrent) return [];
  const given = row.notices.flatMap(({ notice, at }) => (at === null ? [] : [{ index: indexAt(buckets, Date.parse(at)), name: noticeWord(notice) }]));
  const begin = { index: indexAt(buckets, Date.parse(usage.periodStart)), name: say('markBegin') };
  return [begin, ...given].filter(({ index }) => index >= 0);
}

/** The place that still grows. */
const runningOf = ({ choice, asOfMs }: View, buckets: readonly Bucket[]): number | null => {
  const index = choice.cycle.isCurrent ? indexAt(buckets, asOfMs) : -1;
  return index < 0 ? null : index;
};

const quantity = ({ metric }: MetricUsage) => (value: number): string => formatQuantity(metric, value, locale());

/** How a chart writes the figures of the meter, and its limit when that is shown. */
const figures = (row: MetricUsage, hasLimit: boolean) => ({
  format: quantity(row),
  formatTick: (value: number): string => axisFigure(row.metric, value),
  limit: hasLimit && isNumber(row.limit) ? { value: row.limit, name: say('limit', { limit: limitWords(row) }) } : null,
});

function useTable(name: string) {
  const { query, change } = useAddress();
  return { isOpen: query['table'] === name, onToggle: (isOpen: boolean) => change({ table: isOpen ? name : undefined }) };
}

function Bars({ view }: { view: View }) {
  const { change } = useAddress();
  const table = useTable('bars');
  const { row, cycle, by, day, group } = view.choice;
  const metric = tName('metric', row.metric);
  const buckets = bucketsOf(cycle, by, day);
  const places = placesOf(buckets, by);
  const isDays = by === 'day';
  const late = lateOf(buckets, view.points, isCounter(row) ? 'adjusted' : 'adjustedEvents');
  const isWhole = day !== dayOf(cycle.startMs) && day !== dayOf(cycle.endMs - 1);
  const ofHours = isWhole && buckets.length !== HOURS ? 'barsClocks' : 'barsHour';
  const span = { fromMs: hourOf(buckets[0]?.startMs ?? 0), toMs: buckets.at(-1)?.endMs ?? 0, metric: row.metric, groupBy: group };
  return (
    <Chart
      kind={isCounter(row) || group ? 'bars' : 'lines'}
      title={isDays ? say(isCounter(row) ? 'barsDay' : 'levels', { metric }) : say(ofHours, { metric, day: dayName(day), count: buckets.length })}
      places={places}
      ticks={places}
      series={barSeries(view, buckets)}
      {...figures(row, !isCounter(row) && cycle.isCurrent)}
      running={runningOf(view, buckets)}
      marks={marksOf(view, buckets)}
      part={late.some((value) => value !== null) ? { name: say(isCounter(row) ? 'adjusted' : 'adjustedEvents'), values: late, format: isCounter(row) ? quantity(row) : String } : undefined}
      onPick={isDays ? (index) => change({ by: 'hour', day: buckets[index]?.day }) : undefined}
      table={table}
      aside={<TakeAway path={pointsPath(span, by)} what={`usage_${row.metric}`} range={[dayOf(span.fromMs), dayOf(span.toMs)]} isWhole />}
    />
  );
}

/** The running sum, with the cycle before and what it may come to. */
function Sum({ view }: { view: View }) {
  const table = useTable('sum');
  const { choice: { row, cycle, before }, hours, hoursBefore, asOfMs } = view;
  const buckets = bucketsOf(cycle, 'day', '');
  const places = placesOf(buckets, 'day');
  const values = running(sumsOf(buckets, hours, asOfMs));
  const series: Series[] = [{ key: 'now', name: say('thisCycle'), values }];
  if (before) {
    const earlier = running(sumsOf(bucketsOf(before, 'day', ''), hoursBefore, asOfMs));
    series.push({ key: 'before', name: say('cycleBefore'), values: buckets.map((_, i) => earlier[i] ?? null), isAside: true });
  }
  const used = cycle.totals[row.metric] ?? 0;
  const forecast = cycle.isCurrent ? forecastOf(cycle, hours, used, serverNow()) : null;
  const now = runningOf(view, buckets);
  const format = quantity(row);
  return (
    <div class="usage-sum">
      <Chart
        kind="lines"
        title={say('sum', { metric: tName('metric', row.metric) })}
        places={places}
        ticks={places}
        series={series}
        {...figures(row, cycle.isCurrent)}
        range={forecast && now !== null ? { from: now, value: used, ...forecast } : null}
        running={now}
        table={table}
      />
      {forecast && (
        <p class="forecast">
          <strong>{say('forecast', { low: format(forecast.low), high: format(forecast.high) })}</strong> <span class="muted">{say('forecastHow')}</span>
        </p>
      )}
      {cycle.isCurrent && !forecast && <p class="muted">{say('forecastEarly')}</p>}
      {!cycle.isCurrent && <p class="muted">{say('pastLimit')}</p>}
    </div>
  );
}

const TOP_MAX = 5;

/** Of the day that was picked: which places and projects it consists of. */
function Top({ choice: { row, cycle, day } }: { choice: Choice }) {
  const hours = bucketsOf(cycle, 'hour', day);
  const span = { fromMs: hourOf(hours[0]?.startMs ?? 0), toMs: hours.at(-1)?.endMs ?? 0, metric: row.metric };
  const top = useResource(() => Promise.all(GROUPS.map(async (group) => contributorsOf((await getHours({ ...span, groupBy: group })).series, group))), day);
  return (
    <Section title={say('top', { day: dayName(day) })} of={top} lines={TOP_MAX}>
      {(groups) => (groups.every(({ length }) => length === 0) ? <p class="muted">{say('topNone')}</p> : GROUPS.map((group, i) => (
        <div key={group}>
          <p class="hint">{say(group === 'region' ? 'topRegion' : 'topResource')}</p>
          <Facts rows={(groups[i] ?? []).slice(0, TOP_MAX).map(({ name, value, percent }) => [
            name === '' ? say('unlabelled') : name,
            say('topShare', { value: formatQuantity(row.metric, value, locale()), percent: formatPercent(percent, locale()) }),
          ])} />
        </div>
      )))}
    </Section>
  );
}

function Peaks({ view }: { view: View }) {
  const table = useTable('peaks');
  const { choice: { row, cycle }, hours, asOfMs } = view;
  return (
    <HeatMap
      title={say('peaks', { metric: tName('metric', row.metric), zone: zone() })}
      rows={weekdays()}
      columns={hourNames()}
      values={peaksOf(cycle, hours, asOfMs)}
      format={quantity(row)}
      table={table}
    />
  );
}

function Choices({ choice: { by, day, group, cycle } }: { choice: Choice }) {
  const { change, hrefOf } = useAddress();
  const days = bucketsOf(cycle, 'day', '').map((of) => of.day);
  const at = days.indexOf(day);
  const [previous, next] = [days[at - 1], days[at + 1]];
  return (
    <div class="usage-choices">
      <Segmented
        legend={say('by')}
        value={by}
        options={[{ value: 'day', label: say('byDay') }, { value: 'hour', label: say('byHour') }]}
        onChange={(value) => change({ by: value === 'hour' ? value : undefined, day: undefined })}
      />
      <Segmented
        legend={say('group')}
        value={group ?? 'none'}
        options={[{ value: 'none', label: say('groupNone') }, { value: 'region', label: say('groupRegion') }, { value: 'resource', label: say('groupResource') }]}
        onChange={(value) => change({ group: value === 'none' ? undefined : value })}
      />
      {by === 'hour' && (
        <nav class="day-choice" aria-label={say('days')}>
          {previous !== undefined && <a class="button plain" href={hrefOf({ by: 'hour', day: previous })}>{say('dayBefore')}</a>}
          {next !== undefined && <a class="button plain" href={hrefOf({ by: 'hour', day: next })}>{say('dayAfter')}</a>}
        </nav>
      )}
    </div>
  );
}

function Head({ choice: { row, cycle }, usage, level }: { choice: Choice; usage: Usage; level: number | null }) {
  const words = quantity(row);
  const total = isCounter(row)
    ? say('total', { total: words(cycle.totals[row.metric] ?? 0) })
    : say(cycle.isCurrent ? 'levelNow' : 'levelThen', { total: cycle.isCurrent ? words(row.used) : level === null ? '–' : words(level) });
  const isUrgent = row.state === 'over' || row.state === 'blocked';
  return (
    <header class="meter-head">
      <h3>{tName('metric', row.metric)} {cycle.isCurrent && isNumber(row.limit) && <Badge tone={TONES[row.state]}>{t(`usage.state.${row.state}`)}</Badge>}</h3>
      <p>
        <strong>{total}</strong>
        {cycle.isCurrent && isNumber(row.limit) && <> {t('usage.of', { limit: limitWords(row) })}</>}
        {row.lastHeardAt !== null && <span class="muted"> · {say('heard', { time: formatDateTime(row.lastHeardAt, locale()) })}</span>}
      </p>
      {cycle.isCurrent && (
        <p class={`usage-note ${isUrgent ? 'is-urgent' : ''}`} role="status">
          {isNumber(row.limit) ? noteWords(row, usage.periodEnd) : limitWords(row)}
          {isUrgent && mayChange() && <> <a href="/pricing">{t('usage.upgrade')}</a></>}
        </p>
      )}
    </header>
  );
}

function About({ row }: { row: MetricUsage }) {
  return (
    <details class="about">
      <summary>{say('about')}</summary>
      <p>{say(isCounter(row) ? 'aboutCounter' : 'aboutGauge')} {say('aboutLate')}</p>
      <p>{say('aboutBlocked')}</p>
      <p>{say('boundary', { zone: zone() })} {say('aboutRows')}</p>
    </details>
  );
}

function viewOf(choice: Choice, usage: Usage, { whole, split }: History): View {
  const { row, cycle, before } = choice;
  const points = whole.series[0]?.points ?? [];
  const all = hoursOf(points);
  const total = (of: Cycle): number | undefined => (isCounter(row) ? (of.totals[row.metric] ?? 0) : undefined);
  return {
    choice, usage, split, points,
    hours: isCounter(row) ? hoursIn(cycle, all, total(cycle)) : all,
    hoursBefore: before ? hoursIn(before, all, total(before)) : [],
    asOfMs: Date.parse(whole.asOf),
  };
}

export function MeterCharts({ choice, usage }: { choice: Choice; usage: Usage }) {
  const history = useHistory(choice);
  const state = history.state.value;
  const view = state.status === 'ready' ? viewOf(choice, usage, state.data) : null;
  const level = view && !isCounter(choice.row) ? (levelsOf(bucketsOf(choice.cycle, 'day', ''), view.hours, view.asOfMs).at(-1) ?? null) : null;
  const isNone = view !== null && isCounter(choice.row) && sum(view.hours.map(({ value }) => value)) === 0;
  return (
    <div class="meter-charts" aria-busy={state.status === 'loading'}>
      <Head choice={choice} usage={usage} level={level} />
      <Choices choice={choice} />
      {state.status === 'failed' && <ProblemNote problem={state.problem} of="load" onRetry={() => void history.load()} />}
      {state.status === 'loading' && <div class="chart-bone" />}
      {isNone && <p class="muted">{say('emptyCycle')}</p>}
      {view && <Bars view={view} />}
      {view && isCounter(choice.row) && choice.by === 'hour' && <Top choice={choice} />}
      {view && isCounter(choice.row) && <Sum view={view} />}
      {view && isCounter(choice.row) && <Peaks view={view} />}
      <About row={choice.row} />
    </div>
  );
}

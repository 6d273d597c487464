// /admin/revenue/…: one page for all reports on recurring revenue, as they are declared (reports.json): figures with what they mean and
// where their rows are, charts, and the whole table. As of when and of what stands in the address: the same link is the same report.

import { request } from '../../api/http';
import type { Report, Row } from '../../api/revenue';
import { Rows } from '../../components/DataTable';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Section } from '../../components/Section';
import { TakeAway } from '../../components/TakeAway';
import { Chart } from '../../components/chart/Chart';
import { HeatMap } from '../../components/chart/HeatMap';
import { Waterfall } from '../../components/chart/Waterfall';
import { countryName } from '../../format/countries';
import { formatDate } from '../../format/date';
import { locale, tName } from '../../i18n';
import { queryText, useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { Choices } from './Choices';
import { isTime, lastDayOf, seriesOf, stepsOf, valueText } from './model';
import { declaredReports, words, type Drawn } from './words';

const BASE = '/admin/revenue';
const LINES = 12;

/** Of a grid: months after a begin, hours of a day. */
const isCell = (id: string): boolean => /^[mh]\d+$/.test(id);
const nameOf = (id: string): string => (isCell(id) ? words.say(id.startsWith('m') ? 'month' : 'hour', { n: id.slice(1) }) : words.sayOf('name', id));

/** "2026-03", "starter month", "DE", "mrr". */
function keyText(key: string): string {
  if (/^\d{4}-\d\d$/.test(key)) return new Intl.DateTimeFormat(locale(), { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${key}-01`));
  if (isTime(key)) return formatDate(key, locale());
  if (/^[A-Z]{2}$/.test(key)) return countryName(key, locale());
  if (words.has(`name.${key}`)) return nameOf(key);
  return key.split(' ').map((part) => (words.has(`key.${part}`) ? words.sayOf('key', part) : tName('tier', part))).join(', ');
}

/** Where the movements are of which it consists; without any, the customers. */
function rowsOf(id: string, from: string, to: string, driver?: string): string {
  const kind = declaredReports().kinds[id];
  return (kind ?? driver) === undefined ? '/admin/customers' : `${BASE}/rows${queryText({ kind, driver, from, to })}`;
}

function Figures({ report: { figures, currency, asOf, from } }: { report: Report }) {
  return (
    <ul class="figures">
      {figures.map(({ id, unit, value, before, reason }) => {
        const name = nameOf(id);
        const driver = declaredReports().drivers[id];
        return (
          <li key={id}>
            <a href={rowsOf(id, driver ? from : `${asOf.slice(0, 7)}-01`, asOf, driver)}>{name}</a>
            <strong class="figure">{value === null ? words.sayOf('sign', reason ?? '') : valueText(value, unit, currency, locale())}</strong>
            {reason !== null && <p class="hint">{words.sayOf('reason', reason)}</p>}
            {before !== null && <p class="hint">{words.say('before', { value: valueText(before, unit, currency, locale()) })}</p>}
            <details>
              <summary aria-label={words.say('whatOf', { name })}>{words.say('what')}</summary>
              <p class="hint">{words.sayOf('means', id)}</p>
              {words.has(`formula.${id}`) && <p class="hint"><code>{words.sayOf('formula', id)}</code></p>}
            </details>
          </li>
        );
      })}
    </ul>
  );
}

const isDrawn = ({ kind, of = [] }: Drawn, id: string): boolean => (kind === 'heat' ? isCell(id) : of.includes(id));

/** A chart is drawn of columns that this answer has figures of; what is no time and has none has no bar. */
const drawnOf = (report: Report, drawn: Drawn): Report => ({
  ...report,
  data: report.data.filter(({ key, values }) => drawn.kind === 'waterfall' || isTime(key) || report.columns.some(({ id }, at) => isDrawn(drawn, id) && (values[at] ?? null) !== null)),
});
const isThere = (drawn: Drawn, report: Report): boolean => drawn.kind === 'waterfall' || report.columns.some(({ id }) => isDrawn(drawn, id)) && drawnOf(report, drawn).data.length > 0;

function Drawing({ report, drawn: { kind, of = [] }, at }: { report: Report; drawn: Drawn; at: string }) {
  const { query, change } = useAddress();
  const { currency, columns, data } = report;
  const table = { isOpen: query['table'] === at, onToggle: (isOpen: boolean) => change({ table: isOpen ? at : undefined }) };
  if (kind === 'waterfall') {
    const money = (value: number): string => valueText(value, 'money', currency, locale());
    const steps = stepsOf(report).map((step) => ({ ...step, name: nameOf(step.id), text: money(step.isEnd ? step.to : step.to - step.from), reached: money(step.to) }));
    return <Waterfall title={words.say('waterfall')} summary={words.say('range', { from: formatDate(report.from, locale()), to: formatDate(report.asOf, locale()) })} steps={steps} heads={[words.say('step'), words.say('amount'), words.say('reached')]} table={table} />;
  }
  const unit = columns.find(({ id }) => isDrawn({ kind, of }, id))?.unit ?? 'count';
  const format = (value: number): string => valueText(value, unit, currency, locale());
  const places = data.map(({ key }) => keyText(key));
  if (kind === 'heat') {
    const months = columns.map(({ id }, place) => ({ id, place })).filter(({ id }) => isCell(id));
    return <HeatMap title={words.say(isTime(data[0]?.key ?? '') ? 'grid' : 'week')} rows={data.map(({ key }) => (isTime(key) ? key.slice(2) : keyText(key)))} columns={months.map(({ id }) => id.slice(1))} values={data.flatMap(({ values }) => months.map(({ place }) => values[place] ?? null))} format={format} table={table} />;
  }
  const running = data.findIndex(({ isPartial }) => isPartial);
  return (
    <Chart
      kind={kind} title={of.map(nameOf).join(', ')} places={places} ticks={places} series={seriesOf(report, of, nameOf)}
      format={format} formatTick={(value) => valueText(value, unit, currency, locale(), true)} running={running < 0 ? null : running} hasTrend={isTime(data[0]?.key ?? '')} table={table}
    />
  );
}

function Table({ report: { columns, data, currency, from, asOf }, title }: { report: Report; title: string }) {
  const cell = (row: Row, at: number) => {
    const value = row.values[at] ?? null;
    const { id = '', unit = 'count' } = columns[at] ?? {};
    if (value === null) return '–';
    const text = valueText(value, unit === 'day' ? unit : row.unit ?? unit, currency, locale());
    if (id === 'upgradesWith' && value) return <a href={rowsOf('', from, asOf, row.key)}>{text}</a>;
    return id in declaredReports().kinds && isTime(row.key) && value !== 0 ? <a href={rowsOf(id, row.key.length > 7 ? row.key : `${row.key}-01`, lastDayOf(row.key))}>{text}</a> : text;
  };
  return (
    <Rows<Row>
      title={title}
      rows={data}
      keyOf={({ key }) => key}
      columns={[
        {
          title: words.say('row'), isHead: true,
          cell: ({ key, isPartial }) => <div class="whole">{isTime(key) ? <time dateTime={key}>{keyText(key)}</time> : keyText(key)}{isPartial && <p class="hint">{words.say('partial')}</p>}</div>,
        },
        ...columns.map(({ id }, at) => ({ title: nameOf(id), isNumber: true, cell: (row: Row) => cell(row, at) })),
      ]}
    />
  );
}

export default function RevenuePage({ id }: { id: string }) {
  const { reports, choices } = declaredReports();
  const { query } = useAddress();
  const shown = reports.find(({ name }) => name === id) ?? reports[0];
  const { name = '', charts = [], asks = {} } = shown ?? {};
  const { asOf, from } = query;
  const path = `/api${BASE}/${name}${queryText({ asOf, from, ...Object.fromEntries(Object.keys(asks).map((ask) => [ask, query[ask]])) })}`;
  const of = useResource(() => request<Report>(path), path);
  const title = words.sayOf('report', name);
  return (
    <div class="wide">
      <PageTitle title={`${title} · ${words.say('title')}`}>{words.say('title')}</PageTitle>
      <nav class="views" aria-label={words.say('title')}>
        {reports.map((one, at) => <a key={one.name} href={(at === 0 ? BASE : `${BASE}/${one.name}`) + queryText({ asOf, from })} aria-current={one === shown ? 'page' : undefined}>{words.sayOf('report', one.name)}</a>)}
      </nav>
      <p class="lead">{words.sayOf('lead', name)}</p>
      <Choices key={path} asks={asks} choices={choices} />
      <Section title={title} of={of} lines={LINES} className="data" aside={() => <TakeAway path={path} what={`revenue-${name}`} isWhole />}>
        {(report) => (
          <>
            <p class="muted">{words.say('asOf', { date: formatDate(report.asOf, locale()) })}</p>
            {report.lacksRates && <p class="inline-note tone-warning">{words.say('lacksRates')}</p>}
            <Figures report={report} />
            {report.data.length > 0 && charts.map((drawn, at) => isThere(drawn, report) && <Drawing key={at} report={drawnOf(report, drawn)} drawn={drawn} at={String(at)} />)}
            {report.data.length > 0 ? (
              <details open={!report.columns.some(({ id }) => isCell(id))}>
                <summary>{words.say('whole')}</summary>
                <div class="scroll" tabIndex={0} role="region" aria-label={words.say('whole')}><Table report={report} title={title} /></div>
              </details>
            ) : <Empty title={words.say('noneTitle')}>{words.say('none')}</Empty>}
          </>
        )}
      </Section>
    </div>
  );
}

// How far each arm is from the control, day by day, with the interval that holds at any look, and the line of no difference.

import { request } from '../../../api/http';
import type { Money } from '../../../api/types';
import { Chart } from '../../../components/chart/Chart';
import { POINTS_MAX } from '../../../components/chart/geometry';
import { Empty, Section } from '../../../components/Section';
import { formatDate } from '../../../format/date';
import { formatMoney } from '../../../format/money';
import { locale } from '../../../i18n';
import { useAddress } from '../../../lib/address';
import { useResource } from '../../../lib/use_resource';
import { words } from '../words';

const LINES = 8;
const MILLIONTHS = 1e6;

interface Results {
  metric: string;
  arms: readonly { sold: { averagePrice: Money } | null }[];
  looks: readonly { at: string; arm: string; effect: number; low: number; high: number }[];
}

/** Points of a share, or money of a unit in a month. */
function wordingOf({ metric, arms }: Results): (millionths: number) => string {
  const currency = arms[0]?.sold?.averagePrice.currency ?? '';
  const points = new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 2 });
  return (millionths) => (metric === 'revenue' ? formatMoney({ amount: Math.round(millionths / MILLIONTHS), currency }, locale()) : points.format(millionths / MILLIONTHS));
}

export function Looks({ id }: { id: string }) {
  const path = `/api/admin/experiments/${encodeURIComponent(id)}/results`;
  const of = useResource(() => request<Results>(path), path);
  const { query, change } = useAddress();
  return (
    <Section title={words.say('chart.title')} of={of} lines={LINES}>
      {(results) => (results.looks.length === 0 ? <Empty title={words.say('looks.emptyTitle')}>{words.say('comparisons.empty')}</Empty> : <>
        <p class="muted">{words.say('chart.means')}</p>
        {[...new Set(results.looks.map(({ arm }) => arm))].map((arm) => {
          const looks = results.looks.filter((look) => look.arm === arm).slice(-POINTS_MAX);
          const days = looks.map(({ at }) => formatDate(at, locale()));
          const format = wordingOf(results);
          const line = (key: 'effect' | 'low' | 'high', name: string) => ({ key, name, values: looks.map((look) => look[key]), isAside: key !== 'effect' });
          const series = [line('effect', words.say('chart.effect')), line('low', words.say('chart.low')), line('high', words.say('chart.high'))];
          return (
            <Chart
              key={arm} kind="lines" title={words.say('chart.of', { arm })} places={days} ticks={days} series={series} format={format} formatTick={format}
              limit={{ value: 0, name: words.say('chart.zero') }} table={{ isOpen: query['table'] === arm, onToggle: (isOpen) => change({ table: isOpen ? arm : undefined }) }}
            />
          );
        })}
      </>)}
    </Section>
  );
}

// Below a line: how it came to its amount, computed once more by the server, and the usage of its time.

import { getExplanation, type Explanation } from '../../api/paying';
import type { InvoiceLine } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Facts } from '../../components/Facts';
import { ProblemNote } from '../../components/ProblemNote';
import { TakeAway } from '../../components/TakeAway';
import { formatRange } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { useResource } from '../../lib/use_resource';
import { say } from '../../paying/words';

const DATE_CHARS = 10;

type Period = NonNullable<InvoiceLine['period']>;

function Explained({ of }: { of: Explanation }) {
  const money = (amount: Explanation['recomputed']): string | null => (amount === null ? null : formatMoney(amount, locale()));
  const range = (period: Period | null): string | null => (period === null ? null : formatRange(period.start, period.end, locale()));
  return (
    <>
      <Facts
        rows={[
          [say('explain.plan'), of.tier === null ? null : say('explain.version', { plan: tName('tier', of.tier), version: String(of.planVersion) })],
          [say('explain.price'), of.price === null ? null : `${of.quantity} × ${money(of.price)} ${t(of.interval === 'year' ? 'common.perYear' : 'common.perMonth')}`],
          [say('explain.period'), range(of.period)],
          [say('explain.whole'), of.proration ? range(of.wholePeriod) : null],
          [t('sum.discount'), of.discount.amount === 0 ? null : `${money(of.discount)}${of.coupon === null ? '' : ` (${of.coupon})`}`],
          [t('sum.tax'), of.tax.amount === 0 ? null : money(of.tax)],
          [say('explain.formula'), of.formula === null ? null : <code>{of.formula}</code>],
          [say('explain.again'), of.recomputed === null ? null : <>{money(of.recomputed)} <Badge tone={of.agrees ? 'good' : 'bad'}>{say(of.agrees ? 'explain.agrees' : 'explain.differs')}</Badge></>],
        ]}
      />
      {of.reason !== null && <p class="hint">{of.reason}</p>}
    </>
  );
}

function Open({ id, n, period }: { id: string; n: number; period: Period | null }) {
  const explanation = useResource(() => getExplanation(id, n));
  const state = explanation.state.value;
  return (
    <div class="line-detail" aria-busy={state.status === 'loading'}>
      {state.status === 'failed' && <ProblemNote problem={state.problem} of="load" onRetry={() => void explanation.load()} />}
      {state.status === 'ready' && <Explained of={state.data} />}
      {period !== null && (
        <p class="actions">
          <a href={`/billing/usage?cycle=${period.start.slice(0, DATE_CHARS)}`}>{say('usage')}</a>
          <TakeAway path={`/api/billing/usage/points?granularity=day&from=${period.start}&to=${period.end}`} what="usage" range={[period.start, period.end]} isWhole />
        </p>
      )}
    </div>
  );
}

export function LineDetail({ id, n, line }: { id: string; n: number; line: InvoiceLine }) {
  const { query, change } = useAddress();
  const isOpen = query['line'] === String(n);
  return (
    <details
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open !== isOpen) change({ line: event.currentTarget.open ? String(n) : undefined });
      }}
    >
      <summary aria-label={say('explainLabel', { line: line.description })}>{say('explain')}</summary>
      {isOpen && <Open id={id} n={n} period={line.period} />}
    </details>
  );
}

// Usage of every metric against its limit. The bar ends at the hard limit, so the hatched part is the margin that is
// left for 48 hours.

import { useEffect } from 'preact/hooks';

import { watchUsage } from '../../api/live';
import type { MetricUsage, Usage, UsageNotice } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Freshness } from '../../components/Freshness';
import { Icon } from '../../components/Icon';
import { Empty, Section } from '../../components/Section';
import { formatDateTime, formatRange, formatUntil } from '../../format/date';
import { formatPercent, formatQuantity, isNumber } from '../../format/quantity';
import { locale, t, tName } from '../../i18n';
import { sessionEnded } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import type { BillingStore } from './store';
import { say } from './words';
import { byNeed, byTime, gaugeOf, withChanges } from '../../billing/usage_view';
import { limitWords, noteWords, percentOf, TONES } from '../../billing/usage_words';

const REFRESH_MS = 60_000;
const LINES = 9;
/** Those nearest to their limits; the rest behind them. */
const TOP = 3;

function Meter({ row }: { row: MetricUsage }) {
  const gauge = gaugeOf(row);
  if (!gauge || !isNumber(row.limit)) return null;
  const words = t('usage.meter', {
    used: formatQuantity(row.metric, row.used, locale()),
    limit: formatQuantity(row.metric, row.limit, locale()),
    percent: formatPercent(percentOf(row), locale()),
    state: t(`usage.state.${row.state}`),
  });
  return (
    <div
      class={`meter is-${row.state}`}
      role="meter"
      aria-label={tName('metric', row.metric)}
      aria-valuemin={0}
      aria-valuemax={Math.max(row.hardLimit ?? row.limit, row.used)}
      aria-valuenow={row.used}
      aria-valuetext={words}
      style={{ '--fill': `${gauge.fill}%`, '--limit': `${gauge.limit}%`, '--hard': `${gauge.hardLimit}%` }}
    >
      <div class="meter-margin" />
      <div class="meter-fill" />
      <div class="meter-limit" />
      {gauge.hardLimit < 100 && <div class="meter-hard" />}
    </div>
  );
}

/** Notices of early days do not know when they were sent, nor all of which limit. */
function noticeWords({ notice, limit }: UsageNotice, row: MetricUsage): string {
  const of = limit ?? (isNumber(row.limit) ? row.limit : 0);
  return t(`usage.notice.${notice}`, { limit: formatQuantity(row.metric, of, locale()) });
}

/** What was told, the first first: the customer sees here what the mails said. */
function Notices({ row }: { row: MetricUsage }) {
  if (row.notices.length === 0) return null;
  return (
    <ul class="usage-notices" aria-label={t('usage.notices', { metric: tName('metric', row.metric) })}>
      {byTime(row.notices).map((notice) => (
        <li key={notice.notice}>
          <Icon name="bell" />
          <span>{noticeWords(notice, row)}</span>
          {notice.at !== null && <time dateTime={notice.at}>{formatDateTime(notice.at, locale())}</time>}
        </li>
      ))}
    </ul>
  );
}

function UsageRow({ row, usage, canUpgrade }: { row: MetricUsage; usage: Usage; canUpgrade: boolean }) {
  const note = noteWords(row, usage.periodEnd);
  const isUrgent = row.state === 'over' || row.state === 'blocked';
  return (
    <li class={`usage-row is-${row.state}`}>
      <div class="usage-name">
        <h3>{tName('metric', row.metric)}</h3>
        {isNumber(row.limit) && <Badge tone={TONES[row.state]}>{t(`usage.state.${row.state}`)}</Badge>}
      </div>
      <p class="usage-figures">
        <strong>{formatQuantity(row.metric, row.used, locale())}</strong>
        {isNumber(row.limit) && <span class="muted"> {t('usage.of', { limit: limitWords(row) })}</span>}
        {isNumber(row.limit) && (
          <span class="usage-percent">
            <span class="visually-hidden">, </span>
            {formatPercent(percentOf(row), locale())}
          </span>
        )}
      </p>
      <Meter row={row} />
      <p class={`usage-note ${isUrgent ? 'is-urgent' : ''}`}>
        {isNumber(row.limit) ? note : limitWords(row)}
        {isUrgent && canUpgrade && <> <a href="/pricing">{t('usage.upgrade')}</a></>}
      </p>
      <Notices row={row} />
    </li>
  );
}

function Rows({ rows, ...of }: { rows: readonly MetricUsage[]; usage: Usage; canUpgrade: boolean }) {
  return <ul class="usage-rows">{rows.map((row) => <UsageRow key={row.metric} row={row} {...of} />)}</ul>;
}

export function UsageSection({ store }: { store: BillingStore }) {
  // Nobody is watched before the first figures are there, which only whoever is signed in gets, nor after the session.
  const isWatching = store.usage.data !== undefined && !sessionEnded.value;
  useEffect(() => {
    if (!isWatching) return;
    const unwatch = watchUsage((changed) => {
      if (store.usage.data) store.usage.set(withChanges(store.usage.data, changed));
    });
    // Also for the time up to which the figures are complete, and where events do not come through.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void store.usage.load();
    }, REFRESH_MS);
    return () => {
      unwatch();
      clearInterval(timer);
    };
  }, [store, isWatching]);

  const tiers = store.plans.data?.plans ?? [];
  const tier = store.subscription.data?.tier;
  const canUpgrade = tier !== undefined && tiers.findIndex((plan) => plan.tier === tier) < tiers.length - 1;
  return (
    <Section
      title={t('usage.title')}
      of={store.usage}
      lines={LINES}
      className="usage"
      aside={(usage) => <Freshness asOf={usage.asOf} />}
    >
      {(usage) => (
        <>
          <div class="usage-period">
            <p class="muted">
              {t('usage.period', {
                range: formatRange(usage.periodStart, usage.periodEnd, locale()),
                until: formatUntil(usage.periodEnd, serverNow(), locale()),
              })}
            </p>
            <p class="legend muted" aria-hidden="true">
              <span class="legend-limit" />{t('usage.legend.limit')}
              <span class="legend-hard" />{t('usage.legend.hard')}
            </p>
          </div>
          {usage.metrics.every((row) => row.used === 0) && (
            <Empty title={t('usage.emptyTitle')}>{t('usage.emptyText')}</Empty>
          )}
          <Rows rows={byNeed(usage.metrics).slice(0, TOP)} usage={usage} canUpgrade={canUpgrade} />
          <details class="usage-more">
            <summary>{say('usage.more', { count: usage.metrics.length - TOP })}</summary>
            <Rows rows={byNeed(usage.metrics).slice(TOP)} usage={usage} canUpgrade={canUpgrade} />
          </details>
          <p><a href="/billing/usage">{say('usage.all')}</a></p>
        </>
      )}
    </Section>
  );
}

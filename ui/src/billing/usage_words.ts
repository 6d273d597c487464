// What is said of a metric against its limit.

import type { LimitValue, MetricUsage, UsageState } from '../api/types';
import type { Tone } from '../components/Badge';
import { formatDate, formatDateTime } from '../format/date';
import { formatQuantity, isNumber } from '../format/quantity';
import { locale, t } from '../i18n';
import { serverNow } from '../lib/clock';
import { noteOf } from './usage_view';

export const TONES: Record<UsageState, Tone> = { ok: 'good', warning: 'warning', over: 'over', blocked: 'bad' };

export function limitText(metric: string, limit: LimitValue): string {
  if (isNumber(limit)) return formatQuantity(metric, limit, locale());
  if (limit === 'unlimited') return t('usage.unlimited');
  return limit === 'contract' ? t('usage.contract') : t('usage.tracked');
}

export const limitWords = ({ metric, limit }: MetricUsage): string => limitText(metric, limit);

export const percentOf = (row: MetricUsage): number =>
  row.percent ?? (isNumber(row.limit) && row.limit > 0 ? Math.floor((row.used * 100) / row.limit) : 0);

export function noteWords(row: MetricUsage, periodEnd: string): string | null {
  const quantity = (value: number | null): string => formatQuantity(row.metric, value ?? 0, locale());
  const limit = isNumber(row.limit) ? quantity(row.limit) : '';
  switch (noteOf(row, serverNow())) {
    case 'blocked':
      return row.kind === 'gauge'
        ? t('usage.note.blockedGauge', { hardLimit: quantity(row.hardLimit) })
        : t('usage.note.blocked', {
            hardLimit: quantity(row.hardLimit),
            time: formatDateTime(row.resetsAt ?? periodEnd, locale()),
          });
    case 'grace':
      return t('usage.note.grace', {
        hardLimit: quantity(row.hardLimit),
        limit,
        time: row.graceEndsAt === null ? '' : formatDateTime(row.graceEndsAt, locale()),
      });
    case 'grace_ended':
      return t(row.kind === 'gauge' ? 'usage.note.graceEndedGauge' : 'usage.note.graceEnded', { limit, time: formatDateTime(row.graceEndsAt ?? periodEnd, locale()) });
    case 'projected_over':
      return t('usage.note.projected', {
        projected: quantity(row.projected),
        date: formatDate(row.resetsAt ?? periodEnd, locale()),
      });
    case 'left':
      return t('usage.note.left', { remaining: quantity(Math.max(0, (row.limit as number) - row.used)) });
    case 'none':
      return null;
  }
}

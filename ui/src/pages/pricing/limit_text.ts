// A plan's limit in words: "10,000 / month", "25", "Unlimited".

import type { PlanLimit } from '../../api/types';
import { formatQuantity, measureOf } from '../../format/quantity';
import { locale, t, tName } from '../../i18n';

/** Metrics whose count starts again each month. */
const MONTHLY = new Set(['api_requests', 'bandwidth', 'build_minutes']);

export function limitText(metric: string, of: PlanLimit | undefined): string {
  const limit = of?.limit ?? null;
  if (limit === 'unlimited') return t('pricing.value.unlimited');
  if (limit === 'contract') return t('pricing.value.contract');
  if (typeof limit !== 'number') return t('pricing.value.tracked');
  const value = formatQuantity(metric, limit, locale());
  return MONTHLY.has(metric) ? t('pricing.value.monthly', { value }) : value;
}

/** The same with the metric's name, for a card: "10,000 API requests", "1 GB bandwidth". */
export function limitPhrase(metric: string, of: PlanLimit | undefined): { value: string; name: string } {
  const limit = of?.limit ?? null;
  const name = tName('metric', metric);
  if (typeof limit !== 'number') return { value: limitText(metric, of), name };
  const value = measureOf(metric) === 'duration'
    ? new Intl.NumberFormat(locale()).format(limit / 60)
    : formatQuantity(metric, limit, locale());
  return { value, name };
}

// Alerts, budgets and caps that a customer sets.

import { request } from './http';
import type { Instant, Money, Page } from './types';

export type AlertBasis = 'limit' | 'quantity' | 'money';

export interface AlertRule {
  basis: AlertBasis;
  /** Not of money. */
  metric?: string;
  /** In the metric's unit, or in minor units; not of the limit. */
  amount?: number;
  thresholds: number[];
  action: 'notify' | 'block';
  /** "account", ids of members, addresses. */
  recipients: string[];
  mayBlockNow?: boolean;
}

export interface UsageAlert {
  id: string;
  metric: string | null;
  basis: AlertBasis;
  amount: number | null;
  budget: Money | null;
  thresholds: number[];
  action: 'notify' | 'block';
  recipients: string[];
  value: number | null;
  base: number | null;
  spend: Money | null;
  percent: number | null;
  reached: number[];
  asOf: Instant | null;
  cycleEndsAt: Instant | null;
}

export interface AlertFiring {
  id: string;
  metric: string | null;
  threshold: number;
  value: number | null;
  base: number | null;
  spend: Money | null;
  budget: Money | null;
  recipients: number;
  firedAt: Instant;
}

export interface AlertPreview {
  value: number | null;
  base: number | null;
  percent: number | null;
  reached: number[];
  data: { at: Instant; threshold: number; value: number | null; spend: Money | null }[];
}

export const ALERTS = '/api/billing/alerts';
export const ALERTS_TOLD = `${ALERTS}/history`;

export const getAlerts = (): Promise<Page<UsageAlert>> => request(ALERTS);
export const getAlertsTold = (cursor: string | undefined): Promise<Page<AlertFiring>> =>
  request(`${ALERTS_TOLD}?limit=20${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);

export const previewOf = ({ basis, metric, amount, thresholds }: AlertRule): string =>
  `${ALERTS}/preview?${String(new URLSearchParams({
    basis, thresholds: thresholds.join(), ...(metric === undefined ? {} : { metric }), ...(amount === undefined ? {} : { amount: String(amount) }),
  }))}`;
export const previewAlert = (path: string): Promise<AlertPreview> => request(path);

/** Without an id a new one. */
export const setAlert = (id: string | null, rule: AlertRule, key: string): Promise<UsageAlert> =>
  request(id === null ? ALERTS : `${ALERTS}/${id}`, { method: id === null ? 'POST' : 'PUT', body: rule, key });
export const removeAlert = (id: string, key: string): Promise<void> => request(`${ALERTS}/${id}`, { method: 'DELETE', key });

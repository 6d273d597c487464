// Customers, as operators find them.

import { request } from './http';
import type { Instant, Interval, Money, Page } from './types';

export const CUSTOMER_STATUSES = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'incomplete_expired', 'canceled', 'absent'] as const;
export const CUSTOMER_TIERS = ['free', 'starter', 'professional', 'enterprise'] as const;

export interface CustomerLine {
  userId: string;
  /** Of a person or a company, in any script. */
  name: string;
  country: string | null;
  tier: (typeof CUSTOMER_TIERS)[number];
  interval: Interval | null;
  status: (typeof CUSTOMER_STATUSES)[number];
  access: 'full' | 'restricted' | 'none';
  /** null: the plan is not in the catalogue any more. */
  mrr: Money | null;
  pastDueSince: Instant | null;
  trialEndsAt: Instant | null;
  cancelAtPeriodEnd: boolean;
  parked: boolean;
  health: 'good' | 'watch' | 'at_risk';
  /** Of the limit of which the most is used; null: nothing is limited. */
  usagePercent: number | null;
  usageMetric: string | null;
  /** Which operator looks after them. */
  ownerId: string | null;
  ownerName: string | null;
  createdAt: Instant;
}

export interface CustomerFilter {
  q?: string | undefined;
  tier?: string | undefined;
  status?: string | undefined;
  country?: string | undefined;
  /** The id of the operator who looks after them. */
  owner?: string | undefined;
}

/** The list in the API, as it is asked for and as it is shown to be called. */
export function customersPath(filter: CustomerFilter): string {
  const set = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const query = new URLSearchParams(set).toString();
  return `/api/admin/customers${query === '' ? '' : `?${query}`}`;
}

export function listCustomers(filter: CustomerFilter, cursor: string | undefined): Promise<Page<CustomerLine>> {
  const path = customersPath(filter);
  const page = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  return request(`${path}${path.includes('?') ? '&' : '?'}limit=50${page}`);
}

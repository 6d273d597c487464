// One customer, as operators see them and act for them.

import type { CustomerLine } from './customers';
import { request, type Naming } from './http';
import type { Instant, Interval, Money } from './types';

export interface Stretch {
  id: string;
  tier: string;
  planVersion: number;
  interval: Interval | null;
  status: string;
  currentPeriodEnd: Instant;
  cancelAtPeriodEnd: boolean;
  pendingTier: string | null;
  pendingInterval: Interval | null;
  trialEndsAt: Instant | null;
  createdAt: Instant;
  endedAt: Instant | null;
}

export interface CustomerDetail {
  standing: CustomerLine;
  email: string;
  currency: string;
  language: string | null;
  timeZone: string | null;
  stripeCustomerId: string | null;
  /** 0: they are charged. */
  daysUntilDue: number;
  parked: { reason: string; since: Instant } | null;
  contract: { id: string; number: number; status: string } | null;
  subscriptions: Stretch[];
}

export interface TimelineEntry {
  id: string;
  at: Instant;
  kind: string;
  type: string;
  text: string | null;
  status: string | null;
  amount: Money | null;
  object: string | null;
  actor: string | null;
}

const ADMIN = '/api/admin';

export const customerPath = (id: string, what = ''): string => `${ADMIN}/customers/${encodeURIComponent(id)}${what}`;
export const readCustomer = (id: string): Promise<CustomerDetail> => request(customerPath(id));

export const naming = (userId: string): Naming => ({ 'turnpike-user': userId });

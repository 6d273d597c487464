// The call about what costs are made of. All sums are the server's.

import { request } from './http';
import type { Instant, Interval, Money } from './types';

export interface CostStep {
  step: 'line' | 'discount' | 'tax' | 'other' | 'balance' | 'due';
  /** Of a line. */
  description: string | null;
  amount: Money;
  from: Money;
  to: Money;
  period: { start: Instant; end: Instant } | null;
  proration: boolean;
}

export interface BilledLine {
  description: string;
  amount: Money;
  discount: Money;
  tax: Money;
  period: { start: Instant; end: Instant };
  proration: boolean;
  invoiceId: string;
  invoiceNumber: string | null;
}

export interface CostPrice {
  tier: string;
  planVersion: number;
  interval: Interval;
  price: Money;
  from: Instant;
  until: Instant | null;
}

export interface Costs {
  period: { start: Instant; end: Instant };
  forecast: { at: Instant; due: Money; estimated: boolean } | null;
  data: CostStep[];
  billed: BilledLine[];
  prices: CostPrice[];
}

export const COSTS = '/api/billing/costs';
export const getCosts = (): Promise<Costs> => request(COSTS);

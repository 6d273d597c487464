// What waits for operators, and paid subscriptions by where they stand.

import { request } from './http';
import type { Instant, Money, Page } from './types';

export const FIGURES = ['revenue', 'failed_payments', 'at_risk', 'approvals', 'parked', 'stuck', 'alerts', 'failures', 'differences', 'usage'] as const;
export const PLACES = ['trialing', 'active', 'cancelling', 'past_due', 'suspended', 'paused', 'ended'] as const;

export interface Figure {
  name: (typeof FIGURES)[number];
  state: 'good' | 'watch' | 'bad';
  count: number;
  amounts: Money[];
  at: Instant | null;
}

export interface Sum {
  name: string;
  count: number;
  mrr: Money[];
}

export interface Board {
  from: Instant;
  to: Instant;
  places: Sum[];
}

export const readToday = (): Promise<Page<Figure>> => request('/api/admin/today');
export const readBoard = (from: string | undefined): Promise<Board> => request(`/api/admin/subscriptions/board${from === undefined ? '' : `?from=${from}`}`);

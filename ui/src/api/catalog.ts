// Versions of plans and price changes, for operators.

import { request } from './http';
import { queryText } from '../lib/address';
import type { Instant, Interval, Money, Page, Plan } from './types';

export interface PlanVersion {
  plan: Plan & { version: number };
  isSold: boolean;
  trialDays: number;
  offeredAt: Instant | null;
  holdersMonthly: number;
  holdersYearly: number;
}

export interface CatalogVersions {
  currency: string;
  versions: PlanVersion[];
}

export type ChangeStatus = 'counting' | 'ready' | 'telling' | 'done' | 'withdrawing' | 'withdrawn';

export interface PriceChangeItem {
  id: string;
  tier: string;
  toVersion: number;
  effectiveFrom: Instant;
  status: ChangeStatus;
  createdAt: Instant;
  moves: number;
  leftOut: number;
}

export interface PriceChange extends PriceChangeItem {
  fromVersions: number[];
  noticeDaysMonthly: number;
  noticeDaysYearly: number;
  hash: string;
  createdBy: string | null;
  startedAt: Instant | null;
  withdrawnAt: Instant | null;
  lookedAt: number;
  sums: { currency: string; moves: number; perMonthBefore: number; perMonthAfter: number; perMonthChange: number }[];
  counts: { status: MoveStatus; reason: string | null; count: number }[];
}

export type MoveStatus = 'planned' | 'left' | 'notified' | 'undelivered' | 'scheduled' | 'moved' | 'dropped' | 'withdrawn' | 'superseded';

export interface PriceMove {
  userId: string;
  subscriptionId: string;
  interval: Interval;
  fromVersion: number;
  priceBefore: Money;
  priceAfter: Money;
  status: MoveStatus;
  reason: string | null;
  effectiveAt: Instant | null;
  toldAt: Instant | null;
}

export interface ChangeDraft {
  tier: string;
  fromVersions: number[];
  toVersion: number;
  effectiveFrom: Instant;
  noticeDaysMonthly?: number;
  noticeDaysYearly?: number;
}


const pathOf = (id: string, step = ''): string => `${CHANGES}/${encodeURIComponent(id)}${step}`;

export const CHANGES = '/api/admin/price-changes';

export const readVersions = (): Promise<CatalogVersions> => request('/api/admin/catalogue');
export const readChanges = (cursor: string | undefined): Promise<Page<PriceChangeItem>> => request(`${CHANGES}${queryText({ cursor, limit: '50' })}`);
export const readChange = (id: string): Promise<PriceChange> => request(pathOf(id));
export const planChange = (draft: ChangeDraft, key: string): Promise<PriceChange> => request(CHANGES, { method: 'POST', body: draft, key });

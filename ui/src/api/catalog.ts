// Versions of plans and price changes, for operators.

import type { Approval } from './contract_types';
import { request } from './http';
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

export type Decision = { decision: 'leave' } | { decision: 'move'; toldAt: Instant };

export const CHANGES = '/api/admin/price-changes';
const PER_PAGE = 50;

const pathOf = (id: string, step = ''): string => `${CHANGES}/${encodeURIComponent(id)}${step}`;
const pageOf = (path: string, cursor: string | undefined): string =>
  `${path}${path.includes('?') ? '&' : '?'}limit=${PER_PAGE}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;

export const readVersions = (): Promise<CatalogVersions> => request('/api/admin/catalogue');
export const listChanges = (cursor: string | undefined): Promise<Page<PriceChangeItem>> => request(pageOf(CHANGES, cursor));
export const readChange = (id: string): Promise<PriceChange> => request(pathOf(id));
export const planChange = (draft: ChangeDraft, key: string): Promise<PriceChange> => request(CHANGES, { method: 'POST', body: draft, key });
export const publishChange = (id: string, hash: string, reason: string): Promise<Approval | PriceChange> =>
  request(pathOf(id, '/publish'), { method: 'POST', body: { hash, reason } });
export const withdrawChange = (id: string, reason: string): Promise<PriceChange> =>
  request(pathOf(id, '/withdraw'), { method: 'POST', body: { reason } });

export const movesPath = (id: string, status: string | undefined): string => pathOf(id, `/subscriptions${status === undefined ? '' : `?status=${status}`}`);
export const listMoves = (id: string, status: string | undefined, cursor: string | undefined): Promise<Page<PriceMove>> =>
  request(pageOf(movesPath(id, status), cursor));
export const decideMove = (id: string, userId: string, decision: Decision): Promise<PriceMove> =>
  request(pathOf(id, `/subscriptions/${encodeURIComponent(userId)}`), { method: 'POST', body: decision });

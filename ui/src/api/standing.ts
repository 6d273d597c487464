// What of a contract and a withdrawal the overview has to know; all else about them is with their own pages.

import { request } from './http';
import type { Instant } from './types';

export interface Offer {
  id: string;
  number: number;
  status: string;
  validUntil: Instant | null;
}

export interface Withdrawable {
  open: boolean;
  until: Instant | null;
}

export const getOffers = async (): Promise<Offer[]> => (await request<{ data: Offer[] }>('/api/billing/contracts?limit=20')).data;
export const getWithdrawable = (): Promise<Withdrawable> => request('/api/billing/withdrawal');

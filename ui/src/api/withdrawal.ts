// The calls about a consumer's withdrawal: whether it is open, what is stated, and its confirmation.

import { request } from './http';
import type { Instant, Money } from './types';

export interface Withdrawal {
  id: string;
  status: 'ending' | 'paying_back' | 'done' | 'refused' | 'unpaid';
  statement: string;
  returned: Money;
  receivedAt: Instant;
}

export interface WithdrawalOffer {
  open: boolean;
  until: Instant | null;
  /** An early start was asked for: the time until then is paid for. */
  paysForTime: boolean;
  last: Withdrawal | null;
}

export interface WithdrawalStatement {
  statement: string;
  statementHash: string;
  receiptTo: string;
}

export const getWithdrawal = (): Promise<WithdrawalOffer> => request('/api/billing/withdrawal');

/** The first step: what is to be confirmed, in the language of the page. Nothing happens yet. */
export const stateWithdrawal = (name: string, language: 'en' | 'de', key: string): Promise<WithdrawalStatement> =>
  request(`/api/billing/withdraw?preview=true&language=${language}`, { method: 'POST', body: { name }, key });

/** The second one. */
export const withdraw = (name: string, statementHash: string, key: string): Promise<Withdrawal> =>
  request('/api/billing/withdraw', { method: 'POST', body: { name, confirm: statementHash }, key });

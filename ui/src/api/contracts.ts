// The calls about contracts: asking, with an account and without one, and answering an offer.

import type { Contract, Inquiry } from './contract_types';
import { request } from './http';
import type { Page } from './types';

const CONTRACTS = '/api/billing/contracts';
const contractPath = (id: string): string => `${CONTRACTS}/${encodeURIComponent(id)}`;

export const askWithoutAccount = (inquiry: Inquiry): Promise<{ id: string }> =>
  request('/api/contract-requests', { method: 'POST', body: inquiry });

export const askForContract = (message: string, key: string): Promise<Contract> =>
  request('/api/billing/contract-requests', { method: 'POST', body: { message }, key });

/** The newest first. */
export const getContracts = async (): Promise<Contract[]> => (await request<Page<Contract>>(`${CONTRACTS}?limit=20`)).data;
export const getContract = (id: string): Promise<Contract> => request(contractPath(id));
export const paperOf = (id: string): string => `${contractPath(id)}/pdf`;

export const acceptContract = (id: string, accepted: { termsHash: string; name: string }, key: string): Promise<Contract> =>
  request(`${contractPath(id)}/accept`, { method: 'POST', body: accepted, key });
export const declineContract = (id: string, reason: string, key: string): Promise<Contract> =>
  request(`${contractPath(id)}/decline`, { method: 'POST', body: reason === '' ? {} : { reason }, key });
/** Says that it does not renew. */
export const giveNotice = (id: string, key: string): Promise<Contract> => request(`${contractPath(id)}/notice`, { method: 'POST', body: {}, key });

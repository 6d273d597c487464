// The calls of the billing API, one function a route.

import { request, useCsrfToken } from './http';
import { Problem } from './problem';
import type {
  BankTransfer, BillingDetails, Catalogue, ChangePreview, GivenBack, Invoice, Nobody, Page, PaymentMethod, PlanChange, Session, SetupPage, Subscription, TaxId,
  UpcomingInvoice, Usage,
} from './types';

const BILLING = '/api/billing';
const INVOICES_PER_PAGE = 6;

/** Who is looking; null for a visitor without a session. */
export async function getSession(): Promise<Session | null> {
  const answer = await request<Session | Nobody>('/api/session');
  useCsrfToken(answer.csrfToken);
  return answer.personId === null ? null : answer;
}

export const signOut = (): Promise<void> => request('/api/session/sign-out', { method: 'POST', body: {} });

export const getPlans = (): Promise<Catalogue> => request(`${BILLING}/plans`);
export const getSubscription = (): Promise<Subscription> => request(`${BILLING}/subscription`);
export const getUsage = (): Promise<Usage> => request(`${BILLING}/usage`);

export const getInvoices = (cursor?: string): Promise<Page<Invoice>> =>
  request(`${BILLING}/invoices?limit=${INVOICES_PER_PAGE}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);

const invoicePath = (id: string): string => `${BILLING}/invoices/${encodeURIComponent(id)}`;

export const getInvoice = (id: string): Promise<Invoice> => request(invoicePath(id));
export const getGivenBack = (id: string): Promise<GivenBack> => request(`${invoicePath(id)}/given-back`);
export const pdfOf = (id: string): string => `${invoicePath(id)}/pdf`;

export const getDetails = (): Promise<BillingDetails> => request(`${BILLING}/details`);

interface TaxIds {
  data: TaxId[];
}
export const getTaxIds = async (): Promise<TaxId[]> => (await request<TaxIds>(`${BILLING}/tax-ids`)).data;
export const addTaxId = async (taxId: { type: string; value: string }, key: string): Promise<TaxId[]> =>
  (await request<TaxIds>(`${BILLING}/tax-ids`, { method: 'POST', body: taxId, key })).data;
export const removeTaxId = async (id: string, key: string): Promise<TaxId[]> =>
  (await request<TaxIds>(`${BILLING}/tax-ids/${encodeURIComponent(id)}`, { method: 'DELETE', key })).data;

/** Where to send money, as far as it is known here. */
export const getBankTransfer = (): Promise<BankTransfer> => request(`${BILLING}/bank-transfer`);
/** Asks the provider for the accounts; once is enough. */
export const openBankTransfer = (key: string): Promise<BankTransfer> => request(`${BILLING}/bank-transfer`, { method: 'POST', body: {}, key });

/** What will be charged next; null when nothing will be. */
export async function getUpcoming(): Promise<UpcomingInvoice | null> {
  try {
    return await request<UpcomingInvoice>(`${BILLING}/invoices/upcoming`);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export const getPaymentMethods = async (): Promise<PaymentMethod[]> =>
  (await request<{ data: PaymentMethod[] }>(`${BILLING}/payment-methods`)).data;

export const subscribe = (first: PlanChange, key: string): Promise<Subscription> =>
  request(`${BILLING}/subscribe`, { method: 'POST', body: first, key });

/** What it would cost, and what is to be agreed to, in the language of the page. */
export const previewChange = (change: PlanChange, language: 'en' | 'de'): Promise<ChangePreview> =>
  request(`${BILLING}/subscription?preview=true&language=${language}`, { method: 'PUT', body: change, key: crypto.randomUUID() });

export const changePlan = (change: PlanChange, key: string): Promise<Subscription> =>
  request(`${BILLING}/subscription`, { method: 'PUT', body: change, key });

/** Takes back a cancellation or a scheduled change. */
export const resume = (key: string): Promise<Subscription> =>
  request(`${BILLING}/subscription`, { method: 'PUT', body: { resume: true }, key });

export interface Cancellation {
  when: 'period_end';
  reason?: string;
  comment?: string;
}

export const cancel = (cancellation: Cancellation, key: string): Promise<Subscription> =>
  request(`${BILLING}/cancel`, { method: 'POST', body: cancellation, key });

export const payInvoice = (id: string, key: string): Promise<Invoice> =>
  request(`${BILLING}/invoices/${encodeURIComponent(id)}/pay`, { method: 'POST', body: {}, key });

export const openSetupPage = (returnUrl: string, key: string): Promise<SetupPage> =>
  request(`${BILLING}/payment-methods`, { method: 'POST', body: { type: 'card', returnUrl }, key });

export const removePaymentMethod = (id: string, key: string): Promise<void> =>
  request(`${BILLING}/payment-methods/${encodeURIComponent(id)}`, { method: 'DELETE', key });

export const makeDefaultPaymentMethod = (id: string, key: string): Promise<PaymentMethod> =>
  request(`${BILLING}/payment-methods/${encodeURIComponent(id)}/default`, { method: 'PUT', body: {}, key });

// The calls of the billing API, one function a route.

import { prefer } from '../i18n';
import { request, useCsrfToken } from './http';
import { Problem } from './problem';
import type {
  Catalogue, ChangePreview, Invoice, Nobody, Page, PaymentMethod, PlanChange, Session, Subscription, UpcomingInvoice, Usage,
} from './types';

const BILLING = '/api/billing';
const INVOICES_PER_PAGE = 6;

/** Who is looking; null for a visitor without a session. */
export async function getSession(): Promise<Session | null> {
  const answer = await request<Session | Nobody>('/api/session');
  useCsrfToken(answer.csrfToken);
  const who = answer.personId === null ? null : answer;
  prefer(who);
  return who;
}

export const signOut = (): Promise<void> => request('/api/session/sign-out', { method: 'POST', body: {} });

export const getPlans = (): Promise<Catalogue> => request(`${BILLING}/plans`);
export const getSubscription = (): Promise<Subscription> => request(`${BILLING}/subscription`);
export const getUsage = (): Promise<Usage> => request(`${BILLING}/usage`);

export const getInvoices = (cursor?: string): Promise<Page<Invoice>> =>
  request(`${BILLING}/invoices?limit=${INVOICES_PER_PAGE}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);

/** The draft of the next invoice on paper. */
export const UPCOMING_PAPER = `${BILLING}/invoices/upcoming/pdf`;
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

export const pause = (months: number, key: string): Promise<Subscription> =>
  request(`${BILLING}/subscription/pause`, { method: 'POST', body: { months }, key });

/** Ends a pause. */
export const goOn = (key: string): Promise<Subscription> => request(`${BILLING}/subscription/resume`, { method: 'POST', key });

export interface Cancellation {
  when: 'period_end';
  reason?: string;
  comment?: string;
}

export const cancel = (cancellation: Cancellation, key: string): Promise<Subscription> =>
  request(`${BILLING}/cancel`, { method: 'POST', body: cancellation, key });

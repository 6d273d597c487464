// The calls about invoices, what pays them, and whom they are made out to.

import { queryText } from '../lib/address';
import { request } from './http';
import type { BankTransfer, BillingDetails, GivenBack, Instant, Interval, Invoice, Money, Page, PaymentMethod, SetupPage, TaxId } from './types';

const BILLING = '/api/billing';
const INVOICES = `${BILLING}/invoices`;

export interface InvoiceFilter {
  state?: string | undefined;
  year?: string | undefined;
}

export const invoicesPath = ({ state, year }: InvoiceFilter): string => INVOICES + queryText({ state, year });
export const listInvoices = (filter: InvoiceFilter, cursor: string | undefined): Promise<Page<Invoice>> =>
  request(INVOICES + queryText({ ...filter, cursor }));

/** How a line came to its amount, computed once more. */
export interface Explanation {
  amount: Money;
  recomputed: Money | null;
  discount: Money;
  coupon: string | null;
  tax: Money;
  agrees: boolean;
  formula: string | null;
  reason: string | null;
  tier: string | null;
  planVersion: number | null;
  interval: Interval | null;
  price: Money | null;
  quantity: number;
  proration: boolean;
  period: { start: Instant; end: Instant };
  wholePeriod: { start: Instant; end: Instant } | null;
}

export interface InvoiceEvent {
  id: string;
  createdAt: Instant;
  type: string;
  description: string;
  amount: Money | null;
  auditId: string | null;
}

export interface InvoiceYear {
  year: number;
  invoices: number;
  billed: Money;
  credited: Money;
  paid: Money;
  due: Money;
}
export const YEARS = `${INVOICES}/years`;
export const getYears = async (): Promise<InvoiceYear[]> => (await request<Page<InvoiceYear>>(YEARS)).data;

const invoicePath = (id: string): string => `${INVOICES}/${encodeURIComponent(id)}`;

export const getInvoice = (id: string): Promise<Invoice> => request(invoicePath(id));
export const getExplanation = (id: string, line: number): Promise<Explanation> => request(`${invoicePath(id)}/lines/${line}/explain`);
export const eventsOf = (id: string): string => `${invoicePath(id)}/events`;
export const evidenceOf = (id: string): string => `${invoicePath(id)}/usage-evidence`;
export const getEvents = async (id: string): Promise<InvoiceEvent[]> => (await request<Page<InvoiceEvent>>(eventsOf(id))).data;
export const getGivenBack = (id: string): Promise<GivenBack> => request(`${invoicePath(id)}/given-back`);
export const pdfOf = (id: string): string => `${invoicePath(id)}/pdf`;

export const getDetails = (): Promise<BillingDetails> => request(`${BILLING}/details`);
export const setDetails = (details: BillingDetails, key: string): Promise<BillingDetails> =>
  request(`${BILLING}/details`, { method: 'PUT', body: details, key });

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

export const payInvoice = (id: string, key: string): Promise<Invoice> =>
  request(`${invoicePath(id)}/pay`, { method: 'POST', body: {}, key });

export const openSetupPage = (returnUrl: string, key: string): Promise<SetupPage> =>
  request(`${BILLING}/payment-methods`, { method: 'POST', body: { type: 'card', returnUrl }, key });

export const removePaymentMethod = (id: string, key: string): Promise<void> =>
  request(`${BILLING}/payment-methods/${encodeURIComponent(id)}`, { method: 'DELETE', key });

export const makeDefaultPaymentMethod = (id: string, key: string): Promise<PaymentMethod> =>
  request(`${BILLING}/payment-methods/${encodeURIComponent(id)}/default`, { method: 'PUT', body: {}, key });

export interface InvoiceQuestion {
  id: string;
  kind: 'question' | 'dispute';
  state: 'open' | 'answered' | 'settled';
  /** From 1 on; null: the whole invoice. */
  line: number | null;
  words: string | null;
  answer: string | null;
  settlement: 'explained' | 'corrected' | 'withdrawn' | null;
  createdAt: Instant;
}
const questionsOf = (id: string): string => `${invoicePath(id)}/questions`;
export const getQuestions = async (id: string): Promise<InvoiceQuestion[]> => (await request<Page<InvoiceQuestion>>(`${questionsOf(id)}?limit=50`)).data;
export const askAbout = (id: string, asked: { kind: InvoiceQuestion['kind']; words: string; line?: number }, key: string): Promise<InvoiceQuestion> =>
  request(questionsOf(id), { method: 'POST', body: asked, key });

// The calls about the correction of an issued invoice: what it would come to, and doing exactly that.

import { request } from './http';
import type { Instant, Money } from './types';

export interface CorrectionPreview {
  correctionId: string;
  /** To whom, a line each, as printed. */
  billedBefore: string[];
  billedAfter: string[];
  totalBefore: Money;
  totalAfter: Money;
  refunded: Money;
  due: Money;
  /** It moves money, or the invoice is overdue. */
  needsOperator: boolean;
  validUntil: Instant;
}

export interface Correction {
  id: string;
  newInvoiceId: string | null;
}

const pathOf = (invoiceId: string): string => `/api/billing/invoices/${encodeURIComponent(invoiceId)}/correct`;

/** The first step; nothing happens yet. Without a number, the one that is printed stays. */
export const showCorrection = (invoiceId: string, purchaseOrder: string, key: string): Promise<CorrectionPreview> =>
  request(`${pathOf(invoiceId)}?preview=true`, { method: 'POST', body: purchaseOrder === '' ? {} : { purchaseOrder }, key });

/** The second one. */
export const correctInvoice = (invoiceId: string, correctionId: string, key: string): Promise<Correction> =>
  request(pathOf(invoiceId), { method: 'POST', body: { correctionId }, key });

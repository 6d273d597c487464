// What operators do for a customer: each with what it asks for and the call it makes. How it is asked is ActDialog's.

import { act, type CustomerDetail } from '../../api/customer';
import type { Invoice, Money } from '../../api/types';
import { mayLookAs, mayMoveMoney, mayNote } from '../../admin/may';
import { moneyOf, moneyText } from '../../contracts/amounts';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';

export type Values = Record<string, string>;

export interface Act {
  name: string;
  /** What is asked for, by name, with what stands there at first. */
  asks: Values;
  /** What its words speak of. */
  about?: Record<string, string | number>;
  /** The answer leads there, or is what was done or waits. */
  run: (values: Values, key: string) => Promise<unknown>;
  /** Of `amount`. */
  currency?: string;
}

const pathOf = (what: string, id: string, step: string): string => `${what}/${encodeURIComponent(id)}/${step}`;

/** A typed amount; null when it is none. */
export const amountOf = ({ currency = '' }: Act, values: Values): Money | null => moneyOf(values['amount'] ?? '', currency, locale());

const said = ({ reason }: Values): Values => ({ reason: reason ?? '' });

export function actsOn(id: string, { parked, daysUntilDue }: CustomerDetail): Act[] {
  const of = (name: string, asks: Values, run: Act['run']): Act => ({ name, asks, run, about: { customer: id } });
  const on = (step: string): string => pathOf('customers', id, step);
  return [
    ...(mayLookAs() ? [of('impersonate', { reason: '' }, (values) => act('POST', 'impersonations', { userId: id, ...said(values) }))] : []),
    ...(mayNote() ? [of('note', { note: '' }, ({ note }) => act('POST', on('notes'), { note }))] : []),
    ...(mayMoveMoney() ? [of('terms', { days: String(daysUntilDue) }, ({ days }) => act('PUT', on('billing-terms'), { daysUntilDue: Number(days) }))] : []),
    ...(mayMoveMoney() && parked ? [of('release', { reason: '' }, (values) => act('POST', pathOf('parked', id, 'release'), said(values)))] : []),
  ];
}

export function actsOnInvoice(invoice: Invoice): Act[] {
  if (!mayMoveMoney()) return [];
  const { id: invoiceId, userId, number, amountPaid, amountDue } = invoice;
  const isPaid = invoice.status === 'paid' && amountPaid.amount > 0;
  const left = isPaid ? amountPaid : amountDue;
  const give = (name: string, path: string, asks: Values): Act => {
    const one: Act = {
      name,
      asks: { amount: moneyText(left, locale()), ...asks },
      about: { number: number ?? invoiceId, left: formatMoney(left, locale()) },
      currency: left.currency,
      run: (values, key) => {
        const { amount: _, ...rest } = values;
        return act('POST', path, { userId, invoiceId, amount: amountOf(one, values), ...rest }, key);
      },
    };
    return one;
  };
  return [
    ...(isPaid ? [give('refund', 'refunds', { reason: 'requested_by_customer' })] : []),
    ...(isPaid || (invoice.status === 'open' && left.amount > 0)
      ? [give('credit', 'credit-notes', { reason: 'order_change', ...(isPaid ? { returns: 'balance' } : {}) })]
      : []),
  ];
}

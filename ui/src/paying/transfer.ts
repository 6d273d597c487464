// The provider's accounts for a bank transfer as pairs of a name and a number, and the money that waits there.

import type { BankAddress, BankTransfer, Invoice, Money } from '../api/types';
import type { MessageKey } from '../i18n';

export interface BankFact {
  label: MessageKey;
  value: string;
}

/** In the order in which a bank's form asks for them; what an account has not, is left out. */
const FACTS: readonly [string, MessageKey][] = [
  ['account_holder_name', 'transfer.holder'],
  ['bank_name', 'transfer.bank'],
  ['routing_number', 'transfer.routing'],
  ['sort_code', 'transfer.sortCode'],
  ['swift_code', 'transfer.swift'],
  ['bic', 'transfer.bic'],
  ['bank_code', 'transfer.bankCode'],
  ['branch_code', 'transfer.branchCode'],
  ['account_number', 'transfer.account'],
  ['clabe', 'transfer.clabe'],
  ['iban', 'transfer.iban'],
];

export function factsOf(address: BankAddress): BankFact[] {
  const account = (address[address.type] ?? {}) as Record<string, unknown>;
  return FACTS.flatMap(([name, label]) => {
    const value = account[name];
    return typeof value === 'string' && value !== '' ? [{ label, value }] : [];
  });
}

/** What has arrived and pays nothing yet, a currency a piece. */
export const waitingOf = ({ available }: BankTransfer): Money[] =>
  Object.entries(available ?? {}).flatMap(([currency, amount]) => (amount > 0 ? [{ amount, currency }] : []));

/** Invoices that wait for a transfer: open, with a date until when. */
export const byTransfer = (invoices: readonly Invoice[]): Invoice[] =>
  invoices.filter((invoice) => invoice.status === 'open' && invoice.dueDate !== null);

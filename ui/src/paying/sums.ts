// What stands between the lines of an invoice and what is charged: discount, tax, and what the customer's balance adds.
// The figures are the server's; here is only which of them are worth a row, and by which name.

import type { Money } from '../api/types';
import type { MessageKey } from '../i18n';

export interface Sums {
  amount: Money;
  discount?: Money | null;
  tax?: Money | null;
  balance?: Money | null;
}

export interface SumRow {
  label: MessageKey;
  amount: Money;
}

const isSome = (money: Money | null | undefined): money is Money => money !== null && money !== undefined && money.amount !== 0;
const negative = (money: Money): Money => ({ ...money, amount: -money.amount });

/** A total below zero is credit, which goes to the balance instead of being paid by it. */
export const creditOf = ({ amount }: Sums): Money | null => (amount.amount < 0 ? negative(amount) : null);

export function sumRows(sums: Sums): SumRow[] {
  const rows: SumRow[] = [];
  if (isSome(sums.discount)) rows.push({ label: 'sum.discount', amount: negative(sums.discount) });
  if (isSome(sums.tax)) rows.push({ label: 'sum.tax', amount: sums.tax });
  if (isSome(sums.balance) && !creditOf(sums)) {
    rows.push({ label: sums.balance.amount < 0 ? 'sum.fromBalance' : 'sum.fromEarlier', amount: sums.balance });
  }
  return rows;
}

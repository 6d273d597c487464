// What is to be done, worked out from how the account stands apart from how it is drawn: the most urgent first.

import type { Offer, Withdrawable } from '../../api/standing';
import type { BillingDetails, Invoice, MetricUsage, PaymentMethod, Subscription } from '../../api/types';

export interface Standing {
  subscription: Subscription;
  invoices: readonly Invoice[];
  methods: readonly PaymentMethod[];
  usage: readonly MetricUsage[];
  contracts: readonly Offer[];
  /** null: it could not be read. */
  withdrawal: Withdrawable | null;
  details: BillingDetails | null;
}

export type Task =
  | { kind: 'pay' | 'transfer'; invoice: Invoice }
  | { kind: 'contract'; contract: Offer }
  | { kind: 'blocked' | 'over'; metric: string }
  | { kind: 'expired' | 'expires'; method: PaymentMethod }
  | { kind: 'card' | 'address' }
  | { kind: 'withdraw'; until: string };

const SOON_MS = 60 * 86_400_000;

/** A card is good to the end of its month. */
const endOf = ({ expiry }: PaymentMethod): number => (expiry === null ? Infinity : Date.UTC(expiry.year, expiry.month, 1));

export function tasksOf({ subscription, invoices, methods, usage, contracts, withdrawal, details }: Standing, nowMs: number): Task[] {
  const isPaid = subscription.stripeSubscriptionId !== null;
  const open = invoices.filter(({ status }) => status === 'open');
  const isByTransfer = open.some(({ dueDate }) => dueDate !== null);
  const method = methods.find(({ isDefault }) => isDefault) ?? methods[0];
  const tasks: Task[] = [
    ...open.map((invoice): Task => ({ kind: invoice.dueDate === null ? 'pay' : 'transfer', invoice })),
    ...contracts.filter(({ status }) => status === 'offered').map((contract): Task => ({ kind: 'contract', contract })),
    ...usage.flatMap(({ metric, state }): Task[] => (state === 'blocked' || state === 'over' ? [{ kind: state, metric }] : [])),
  ];
  if (isPaid && !subscription.cancelAtPeriodEnd) {
    if (method && endOf(method) <= nowMs + SOON_MS) tasks.push({ kind: endOf(method) <= nowMs ? 'expired' : 'expires', method });
    if (!method && !isByTransfer && subscription.status !== 'trialing') tasks.push({ kind: 'card' });
    if (details && details.address.country === null) tasks.push({ kind: 'address' });
  }
  if (withdrawal?.open === true && withdrawal.until !== null) tasks.push({ kind: 'withdraw', until: withdrawal.until });
  return tasks;
}

export type Step = 'usage' | 'plan' | 'card' | 'address';

/** Where somebody begins: what there is to do once, and whether it is done; null for whoever has begun. */
export function beginningOf({ subscription, invoices, methods, usage, details }: Standing): [Step, boolean][] | null {
  if (subscription.stripeSubscriptionId !== null || invoices.length > 0) return null;
  return [
    ['usage', usage.some(({ used, lastHeardAt }) => used > 0 || lastHeardAt !== null)],
    ['plan', false],
    ['card', methods.length > 0],
    ['address', details !== null && details.address.country !== null],
  ];
}

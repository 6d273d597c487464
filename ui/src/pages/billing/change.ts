// The decisions of the plan change dialog, apart from how it is drawn.

import type { ChangePreview, Interval, Money, Plan, PlanChange, Subscription } from '../../api/types';

export interface Choice {
  tier: string;
  interval: Interval;
  when: 'now' | 'period_end';
  /** A code that makes it cheaper; empty: none. */
  coupon: string;
}

export type Direction = 'first' | 'none' | 'up' | 'down';

const isFree = (plan: Plan): boolean => plan.prices.month?.amount === 0;

/** Plans with a price above zero are what one can change to here; free is a cancellation, the rest a contract. */
export const isForSale = (plan: Plan): boolean => plan.prices.month !== null && plan.prices.month.amount > 0;

export function directionOf(choice: Choice, current: Subscription, plans: readonly Plan[]): Direction {
  const rank = (tier: string): number => plans.findIndex((plan) => plan.tier === tier);
  if (plans.some((plan) => plan.tier === current.tier && isFree(plan))) return 'first';
  if (choice.tier === current.tier) {
    if (choice.interval === current.interval) return 'none';
    return choice.interval === 'year' ? 'up' : 'down';
  }
  return rank(choice.tier) > rank(current.tier) ? 'up' : 'down';
}

/** An upgrade counts from now; a downgrade may wait for the end of what is paid. */
export const whenFor = (direction: Direction, wanted: Choice['when']): Choice['when'] =>
  direction === 'down' ? wanted : 'now';

/** The request for a choice. What is not the person's to choose is left to the server. */
export function requestOf(choice: Choice, direction: Direction): PlanChange {
  const { tier, interval, when, coupon } = choice;
  const discount = coupon === '' ? {} : { coupon };
  return direction === 'down' ? { tier, interval, when, ...discount } : { tier, interval, ...discount };
}

const isSameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;

/** Whether a renewed quote asks for something else than the one before, or renews otherwise. */
export const isSamePrice = (a: ChangePreview, b: ChangePreview): boolean =>
  isSameMoney(a.amountDueNow, b.amountDueNow) &&
  a.renewal?.textHash === b.renewal?.textHash &&
  (a.nextInvoice === null
    ? b.nextInvoice === null
    : b.nextInvoice !== null && isSameMoney(a.nextInvoice.amount, b.nextInvoice.amount));

// The decisions of a change of plan, apart from how it is drawn.

import type { ChangePreview, Interval, LimitValue, Money, Plan, PlanChange, Subscription } from '../../api/types';
import { isForSale, isFree } from '../../billing/offer';
import { isNumber } from '../../format/quantity';
import { queryText, type Query } from '../../lib/address';

export interface Choice {
  tier: string;
  interval: Interval;
  when: 'now' | 'period_end';
  /** A code that makes it cheaper; empty: none. */
  coupon: string;
}

/** What the address asks for; what it does not say, or says of a plan that is not for sale, is as it is now. */
export function choiceOf(query: Query, current: Subscription, plans: readonly Plan[]): Choice {
  const forSale = plans.filter(isForSale).map(({ tier }) => tier);
  const tier = [query['to'], current.tier, forSale[0]].find((name) => name !== undefined && forSale.includes(name)) ?? current.tier;
  const interval = query['interval'] === 'year' || query['interval'] === 'month' ? query['interval'] : (current.interval ?? 'month');
  return { tier, interval, when: query['when'] === 'now' ? 'now' : 'period_end', coupon: query['coupon'] ?? '' };
}

/** The address of a choice. */
export const queryOf = ({ tier, interval, when, coupon }: Choice): string =>
  queryText({ to: tier, interval, when: when === 'now' ? when : undefined, coupon });

export type Direction = 'first' | 'none' | 'up' | 'down';

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

/** Limits that would be lower than now, by metric. */
export function lowered(from: Subscription['limits'], to: Plan['limits']): { metric: string; before: LimitValue; after: number }[] {
  return Object.entries(to).flatMap(([metric, { limit: after }]) => {
    const before = from[metric]?.limit ?? null;
    const isLower = isNumber(after) && (before === 'unlimited' || (isNumber(before) && after < before));
    return isLower ? [{ metric, before, after }] : [];
  });
}

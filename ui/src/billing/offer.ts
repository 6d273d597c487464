// What a plan's button offers to the one who is looking.

import type { Interval, Plan, Subscription } from '../api/types';

export type Offer =
  | 'start'
  | 'current'
  | 'upgrade'
  | 'downgrade'
  | 'switch_interval'
  | 'pending'
  | 'contact';

export interface Viewer {
  /** null: nobody is signed in. */
  subscription: Subscription | null;
}

export const isByContract = (plan: Plan): boolean => plan.prices.month === null && plan.prices.year === null;

export const isFree = (plan: Plan): boolean => plan.prices.month?.amount === 0;

/** Plans are ranked by their order in the catalogue. `interval` is the one shown on the page. */
export function offerOf(plan: Plan, plans: readonly Plan[], interval: Interval, viewer: Viewer): Offer {
  const current = viewer.subscription;
  if (current === null) return isByContract(plan) ? 'contact' : 'start';
  if (current.tier === plan.tier) {
    const canSwitch = !isFree(plan) && !isByContract(plan) && current.interval !== null && current.interval !== interval;
    return canSwitch ? 'switch_interval' : 'current';
  }
  if (current.pendingChange?.tier === plan.tier) return 'pending';
  if (isByContract(plan)) return 'contact';
  const rank = (tier: string): number => plans.findIndex((item) => item.tier === tier);
  if (rank(plan.tier) > rank(current.tier)) return 'upgrade';
  return isFree(plan) && current.cancelAtPeriodEnd ? 'pending' : 'downgrade';
}

/** Where the button leads: straight to the change, with the choice in the address. */
export function hrefOf(plan: Plan, interval: Interval, viewer: Viewer): string {
  const choice = isFree(plan) ? `/billing?to=${plan.tier}` : `/billing?to=${plan.tier}&interval=${interval}`;
  return viewer.subscription === null ? `/sign-in?next=${encodeURIComponent(choice)}` : choice;
}

/** The features that `plan` has and the plan before it has not. */
export function addedFeatures(plan: Plan, before: Plan | undefined): string[] {
  return Object.keys(plan.features).filter((name) => plan.features[name] === true && before?.features[name] !== true);
}

/** Every name that occurs, in the order in which the plans bring it. */
export const unionOf = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];

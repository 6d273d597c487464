// What plans are by their price.

import type { Plan } from '../api/types';

export const isFree = (plan: Plan): boolean => plan.prices.month?.amount === 0;

/** Plans with a price above zero are what one can change to here; free is a cancellation, the rest a contract. */
export const isForSale = (plan: Plan): boolean => plan.prices.month !== null && plan.prices.month.amount > 0;

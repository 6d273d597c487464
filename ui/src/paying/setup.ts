// The way to the hosted payment page and back. The card arrives by a webhook that may be a moment later than the
// visitor, so the page asks a few times, each time waiting longer.

import { getPaymentMethods } from '../api/billing';
import { openSetupPage } from '../api/paying';
import type { PaymentMethod } from '../api/types';

const KNOWN_KEY = 'turnpike.setup.known';
const RETURN_KEY = 'turnpike.setup.return';
const WAITS_MS = [0, 500, 1_000, 2_000, 4_000, 8_000];

/** What was being bought when a card was missing. */
interface BoughtChoice {
  tier: string;
  interval: string;
  coupon: string;
}

/** The page to come back to: where the methods are, or where a plan was being bought, with it. */
export function returnUrlOf(origin: string, choice: BoughtChoice | null): string {
  const url = new URL(choice ? '/billing/plan/change?setup=done' : '/billing/payment-methods?setup=done', origin);
  if (choice) {
    url.searchParams.set('to', choice.tier);
    url.searchParams.set('interval', choice.interval);
    if (choice.coupon !== '') url.searchParams.set('coupon', choice.coupon);
  }
  return url.href;
}

export async function goToSetupPage(
  known: readonly PaymentMethod[],
  choice: BoughtChoice | null,
  key: string,
): Promise<void> {
  const back = returnUrlOf(location.origin, choice);
  const { setupUrl } = await openSetupPage(back, key);
  sessionStorage.setItem(RETURN_KEY, back.slice(location.origin.length)); // for the form of our own (card-form.ts)
  sessionStorage.setItem(KNOWN_KEY, JSON.stringify(known.map((method) => method.id)));
  location.assign(setupUrl);
}

function knownBefore(): string[] {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(KNOWN_KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The payment methods once there is a new one among them; null when none came in time. */
export async function waitForNewMethod(
  fetchMethods: () => Promise<PaymentMethod[]> = getPaymentMethods,
  waits: readonly number[] = WAITS_MS,
  known: readonly string[] = knownBefore(),
): Promise<PaymentMethod[] | null> {
  for (const wait of waits) {
    await pause(wait);
    const methods = await fetchMethods();
    if (methods.some((method) => !known.includes(method.id))) return methods;
  }
  return null;
}

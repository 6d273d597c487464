// The data of the billing page and what has to be asked again after which change.

import {
  getInvoices, getPaymentMethods, getPlans, getSubscription, getUpcoming, getUsage, resume,
} from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { PaymentMethod, Subscription } from '../../api/types';
import { problemText } from '../../components/problem_text';
import { t } from '../../i18n';
import { announce, noteSession } from '../../lib/app_state';
import { asProblem, resource } from '../../lib/resource';
import { willBeBilled } from '../../billing/usage_view';

export type BillingStore = ReturnType<typeof createStore>;

export function createStore() {
  const plans = resource(getPlans);
  const subscription = resource(getSubscription, noteSession);
  const usage = resource(getUsage, noteSession);
  const upcoming = resource(async () => (willBeBilled(subscription.data) ? getUpcoming() : null), noteSession);
  const invoices = resource(() => getInvoices(), noteSession);
  const methods = resource(getPaymentMethods, noteSession);
  const keys = new Keyring();

  const loadSubscription = async (): Promise<void> => {
    await subscription.load();
    await upcoming.load();
  };

  const loadAll = async (): Promise<void> => {
    await Promise.all([loadSubscription(), ...[plans, usage, methods, invoices].map((part) => part.load())]);
  };

  /** After any change of the plan: its answer is shown at once, what follows from it is asked for. */
  const planChanged = (changed: Subscription): void => {
    subscription.set(changed);
    void usage.load();
    void upcoming.load();
    void invoices.load();
  };

  const takeBack = async (): Promise<void> => {
    try {
      planChanged(await keys.run('resume', resume));
      announce(t('plan.resumed'));
    } catch (error) {
      fail(error);
    }
  };

  /** For changes without a dialog of their own: the message line says what happened. */
  const fail = (error: unknown): void => {
    const problem = asProblem(error);
    if (!noteSession(problem)) announce(problemText(problem));
  };

  const tierOf = (tier: string) => plans.data?.plans.find((plan) => plan.tier === tier);
  const hasMethod = (): boolean | undefined => (methods.data ? methods.data.length > 0 : undefined);
  const setMethods = (data: PaymentMethod[]): void => methods.set(data);

  return {
    plans, subscription, usage, upcoming, invoices, methods, keys,
    loadAll, planChanged, takeBack, fail, tierOf, hasMethod, setMethods,
  };
}

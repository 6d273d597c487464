// The data of the billing page and what has to be asked again after which change.

import {
  getBankTransfer, getDetails, getInvoices, getPaymentMethods, getPlans, getSubscription, getTaxIds, getUpcoming, getUsage, resume,
} from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { Invoice, PaymentMethod, Subscription } from '../../api/types';
import { problemText } from '../../components/problem_text';
import { t } from '../../i18n';
import { announce, noteSession } from '../../lib/app_state';
import { asProblem, resource } from '../../lib/resource';
import { byTransfer } from './transfer';
import { willBeBilled } from '../../billing/usage_view';

export type BillingStore = ReturnType<typeof createStore>;

export function createStore() {
  const plans = resource(getPlans);
  const subscription = resource(getSubscription, noteSession);
  const usage = resource(getUsage, noteSession);
  const upcoming = resource(async () => (willBeBilled(subscription.data) ? getUpcoming() : null), noteSession);
  const invoices = resource(() => getInvoices(), noteSession);
  const methods = resource(getPaymentMethods, noteSession);
  const transfer = resource(async () => (byTransfer(invoices.data?.data ?? []).length > 0 ? getBankTransfer() : null), noteSession);
  const details = resource(getDetails, noteSession);
  const taxIds = resource(getTaxIds, noteSession);
  const keys = new Keyring();

  const loadSubscription = async (): Promise<void> => {
    await subscription.load();
    await upcoming.load();
  };

  /** Accounts for a transfer are asked for where an invoice waits for one. */
  const loadInvoices = async (): Promise<void> => {
    await invoices.load();
    await transfer.load();
  };

  const loadAll = async (): Promise<void> => {
    await Promise.all([loadSubscription(), loadInvoices(), ...[plans, usage, methods, details, taxIds].map((part) => part.load())]);
  };

  /** After any change of the plan: its answer is shown at once, what follows from it is asked for. */
  const planChanged = (changed: Subscription): void => {
    subscription.set(changed);
    void usage.load();
    void upcoming.load();
    void loadInvoices();
  };

  const takeBack = async (): Promise<void> => {
    try {
      planChanged(await keys.run('resume', resume));
      announce(t('plan.resumed'));
    } catch (error) {
      fail(error);
    }
  };

  const invoicePaid = (paid: Invoice): void => {
    const page = invoices.data;
    if (page) invoices.set({ ...page, data: page.data.map((item) => (item.id === paid.id ? paid : item)) });
    void loadSubscription();
  };

  const moreInvoices = async (): Promise<void> => {
    const page = invoices.data;
    if (!page?.nextCursor) return;
    try {
      const older = await getInvoices(page.nextCursor);
      invoices.set({ data: [...page.data, ...older.data], nextCursor: older.nextCursor });
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
    plans, subscription, usage, upcoming, invoices, methods, transfer, details, taxIds, keys,
    loadAll, planChanged, takeBack, invoicePaid, moreInvoices, fail, tierOf, hasMethod, setMethods,
  };
}

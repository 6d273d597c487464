// The data of the overview and what has to be asked again after which change.

import { getInvoices, getPaymentMethods, getUpcoming, getUsage } from '../../api/billing';
import { request } from '../../api/http';
import type { Money, Page } from '../../api/types';
import { createPlanStore } from '../../billing/plan/store';
import { willBeBilled } from '../../billing/usage_view';
import { noteSession } from '../../lib/app_state';
import { resource } from '../../lib/resource';

export type BillingStore = ReturnType<typeof createStore>;

export function createStore() {
  const plan = createPlanStore(() => {
    for (const part of [usage, upcoming, invoices]) void part.load();
  });
  const usage = resource(getUsage, noteSession);
  const upcoming = resource(async () => (willBeBilled(plan.subscription.data) ? getUpcoming() : null), noteSession);
  const invoices = resource(() => getInvoices(), noteSession);
  /** Of money, the smallest first; those of metrics stand with the meters. */
  const budgets = resource(async () => (await request<Page<{ id: string; budget: Money | null }>>('/api/billing/alerts')).data
    .flatMap(({ budget }) => budget ?? []).sort((a, b) => a.amount - b.amount), noteSession);
  const methods = resource(getPaymentMethods, noteSession);

  const loadAll = async (): Promise<void> => {
    const subscription = plan.subscription.load().then(() => upcoming.load());
    await Promise.all([subscription, ...[plan.plans, usage, methods, invoices, budgets].map((part) => part.load())]);
  };

  return { ...plan, usage, upcoming, invoices, methods, budgets, loadAll };
}

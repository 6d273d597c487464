// What a usage row says, worked out from the figures apart from how it is drawn.

import type { MetricUsage, Subscription, Usage, UsageNotice, UsageState } from '../api/types';
import { isNumber } from '../format/quantity';

/** Severity first: what needs a decision stands on top, then what is nearest to its limit. */
const SEVERITY: Record<UsageState, number> = { blocked: 3, over: 2, warning: 1, ok: 0 };

const shareOf = (row: MetricUsage): number => (isNumber(row.limit) && row.limit > 0 ? row.used / row.limit : -1);

export function byNeed(rows: readonly MetricUsage[]): MetricUsage[] {
  return [...rows].sort((a, b) => SEVERITY[b.state] - SEVERITY[a.state] || shareOf(b) - shareOf(a));
}

/** What is shown, with the metrics that changed in the place of theirs. */
export function withChanges(shown: Usage, changed: Usage): Usage {
  const fresh = new Map(changed.metrics.map((row) => [row.metric, row]));
  return { ...changed, metrics: shown.metrics.map((row) => fresh.get(row.metric) ?? row) };
}

/** Those of early days, which do not know when they were given, come first; what came at once keeps its order. */
export const byTime = (notices: readonly UsageNotice[]): UsageNotice[] =>
  [...notices].sort((a, b) => (a.at === null ? 0 : Date.parse(a.at)) - (b.at === null ? 0 : Date.parse(b.at)));

export interface Gauge {
  /** Positions on the bar, in percent of its length. The bar ends at the hard limit, or at what was used beyond it. */
  fill: number;
  warning: number;
  limit: number;
  hardLimit: number;
}

const WARNING_SHARE = 0.8;

/** null when there is no number to measure against. */
export function gaugeOf(row: MetricUsage): Gauge | null {
  if (!isNumber(row.limit) || row.limit <= 0) return null;
  const hard = row.hardLimit ?? row.limit;
  const end = Math.max(hard, row.used);
  const at = (value: number): number => Math.min(100, (Math.max(0, value) / end) * 100);
  return { fill: at(row.used), warning: at(row.limit * WARNING_SHARE), limit: at(row.limit), hardLimit: at(hard) };
}

export type UsageNote = 'blocked' | 'grace' | 'grace_ended' | 'projected_over' | 'left' | 'none';

/** The one sentence under a bar: the most urgent that is true. */
export function noteOf(row: MetricUsage, nowMs: number): UsageNote {
  if (!isNumber(row.limit)) return 'none';
  if (row.state === 'blocked') return row.graceEndsAt !== null && Date.parse(row.graceEndsAt) <= nowMs ? 'grace_ended' : 'blocked';
  if (row.state === 'over') return 'grace';
  if (row.kind === 'counter' && row.projected !== null && row.projected > row.limit) return 'projected_over';
  return 'left';
}

export type PlanNotice = 'past_due' | 'paused' | 'restricted' | 'incomplete' | 'cancelling' | 'pending_change' | 'none';

/** What the plan card has to say beside the plan itself. */
export function noticeOf(subscription: Subscription): PlanNotice {
  if (subscription.status === 'incomplete') return 'incomplete';
  if (subscription.status === 'paused') return 'paused';
  if (subscription.access === 'restricted') return 'restricted';
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') return 'past_due';
  if (subscription.cancelAtPeriodEnd) return 'cancelling';
  return subscription.pendingChange === null ? 'none' : 'pending_change';
}

/** Whether there will be a next invoice, as far as the subscription tells; unknown counts as yes. */
export function willBeBilled(subscription: Subscription | undefined): boolean {
  return subscription === undefined || (subscription.stripeSubscriptionId !== null && !subscription.cancelAtPeriodEnd && subscription.status !== 'paused');
}

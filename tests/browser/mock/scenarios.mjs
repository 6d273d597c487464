// One customer for each state that the pages have to show. Every scenario starts from the same noon, half-way through
// a month, so that figures and pictures stay the same from run to run.

import { planOf } from './catalogue.mjs';

export const NOW = '2026-11-21T14:05:40Z';
const START = '2026-11-06T14:05:40Z';
const END = '2026-12-06T14:05:40Z';
const YEAR_START = '2026-03-06T14:05:40Z';
const YEAR_END = '2027-03-06T14:05:40Z';
const GB = 1_000_000_000;

const usd = (amount) => ({ amount, currency: 'usd' });

const UNITS = {
  modules: ['gauge', 'count'], deployments: ['gauge', 'count'], api_requests: ['counter', 'requests'],
  bandwidth: ['counter', 'bytes'], build_minutes: ['counter', 'seconds'], collaborators: ['gauge', 'count'],
  storage: ['gauge', 'bytes'],
};

function stateOf(used, limit, hard, graceEndsAt) {
  if (typeof limit !== 'number' || used * 5 < limit * 4) return 'ok';
  if (used <= limit) return 'warning';
  return used >= hard || (graceEndsAt !== null && graceEndsAt <= NOW) ? 'blocked' : 'over';
}

function row(tier, metric, used, { graceEndsAt = null, projected = null, notices = [] } = {}) {
  const [kind, unit] = UNITS[metric];
  const { limit } = planOf(tier).limits[metric];
  const counted = typeof limit === 'number';
  const hardLimit = counted ? Math.floor((limit * 110) / 100) : null;
  return {
    metric, kind, unit, used, limit, hardLimit,
    remaining: counted ? Math.max(0, hardLimit - used) : null,
    percent: counted ? Math.floor((used * 100) / limit) : null,
    state: stateOf(used, limit, hardLimit, graceEndsAt),
    graceEndsAt, resetsAt: kind === 'counter' ? END : null, projected, lastHeardAt: null,
    notices: notices.map(([notice, at]) => ({ notice, at, limit: counted ? limit : null })),
  };
}

function usage(tier, used, extra = {}, asOf = '2026-11-21T14:05:31Z') {
  return { periodStart: START, periodEnd: END, asOf, metrics: Object.keys(used).map((metric) => row(tier, metric, used[metric], extra[metric])) };
}

function subscription(tier, interval, changes = {}) {
  const plan = planOf(tier);
  const isPaid = plan.prices.month === null || plan.prices.month.amount > 0;
  const [start, end] = interval === 'year' ? [YEAR_START, YEAR_END] : [START, END];
  return {
    id: `sub_tp_${tier}`, userId: 'user_42', tier, planVersion: 1, interval: isPaid ? interval : null,
    status: 'active', access: 'full', accessUntil: null,
    currentPeriodStart: isPaid ? start : null, currentPeriodEnd: isPaid ? end : null,
    usagePeriodStart: START, usagePeriodEnd: END, cancelAtPeriodEnd: false, resumesAt: null, pendingChange: null, priceChange: null,
    stripeSubscriptionId: isPaid ? 'sub_1Qx' : null,
    price: plan.prices[interval] ?? plan.prices.month ?? usd(0), limits: plan.limits, features: plan.features,
    ...changes,
  };
}

function invoice(index, date, amount, changes = {}) {
  const at = `${date}T14:05:40Z`;
  const id = `inv_${String(index).padStart(4, '0')}`;
  return {
    id, number: `TP-2026-${String(index).padStart(4, '0')}`, userId: 'user_42', status: 'paid', amount: usd(amount),
    amountDue: usd(0), amountPaid: usd(amount), state: 'paid', givenBack: usd(0), tax: usd(0), discount: usd(0), dueDate: null, periodStart: at, periodEnd: at, createdAt: at,
    stripeInvoiceId: `in_${index}`, hostedUrl: `/mock/hosted/invoice/${id}`, pdfUrl: null, corrects: null, correctedBy: null, ...changes,
  };
}

const invoices = (amount) => [
  invoice(311, '2026-11-06', amount), invoice(262, '2026-10-06', amount), invoice(208, '2026-09-06', amount),
  invoice(171, '2026-08-06', amount), invoice(139, '2026-07-06', amount), invoice(96, '2026-06-06', amount),
];

const VISA = { id: 'pm_1', type: 'card', brand: 'visa', last4: '4242', expiry: { month: 4, year: 2029 }, isDefault: true, stripePaymentMethodId: 'pm_visa' };
const MASTERCARD = { id: 'pm_2', type: 'card', brand: 'mastercard', last4: '4444', expiry: { month: 10, year: 2026 }, isDefault: false, stripePaymentMethodId: 'pm_mc' };

const IDLE = { api_requests: 0, bandwidth: 0, build_minutes: 0, modules: 0, deployments: 0, collaborators: 0, storage: 0 };
const BUSY_STARTER = {
  api_requests: 84_120, bandwidth: 10_412_000_000, build_minutes: 11_460, modules: 18, deployments: 11, collaborators: 2, storage: 38_400_000_000,
};
const STARTER_NOTES = {
  api_requests: { projected: 168_240 },
  bandwidth: {
    graceEndsAt: '2026-11-22T09:30:00Z', projected: 20_824_000_000,
    notices: [['warning', '2026-11-17T21:14:00Z'], ['limit_reached', '2026-11-20T09:30:00Z']],
  },
  deployments: {
    graceEndsAt: '2026-11-20T08:00:00Z',
    notices: [['warning', null], ['limit_reached', '2026-11-18T08:00:00Z'], ['grace_ending', '2026-11-19T20:00:00Z'], ['blocked', '2026-11-20T08:00:00Z']],
  },
};

function customer(changes) {
  return {
    session: {
      userId: 'user_42', email: 'ada@example.com', name: 'Ada Fern, Fernworks', mode: 'test', csrfToken: 'mock', personId: 'pers_1', personName: 'Ada Fern',
      personEmail: 'ada@example.com', role: 'owner', kind: 'portal', reason: null, expiresAt: '2026-11-28T14:05:40Z', needsSecondFactor: false, signInProvider: null,
    },
    subscription: subscription('free', 'month'), usage: usage('free', IDLE), invoices: [], methods: [], faults: {}, ...changes,
  };
}

const starter = (changes = {}) => customer({
  subscription: subscription('starter', 'month'), usage: usage('starter', BUSY_STARTER, STARTER_NOTES),
  invoices: invoices(2900), methods: [VISA, MASTERCARD], ...changes,
});

/** Name → a fresh customer. `faults` maps "METHOD path" to the problem that is answered instead. */
export const SCENARIOS = {
  new: () => customer({}),
  free: () => customer({
    usage: usage('free', { ...IDLE, api_requests: 9_999, bandwidth: 2_747_282_505, build_minutes: 2_310, modules: 2, deployments: 1, collaborators: 1, storage: 1_200_000_000 },
      { bandwidth: { graceEndsAt: null } }),
  }),
  starter: () => starter(),
  quick_quote: () => starter({ quoteLifeMs: 600 }),
  expired_quote: () => starter({ commitFault: { status: 409, code: 'quote_expired', detail: 'The quote has expired.' } }),
  declined: () => starter({ commitFault: { status: 402, code: 'payment_failed', detail: 'Your card has insufficient funds.' } }),
  confirm: () => starter({
    commitFault: { status: 402, code: 'payment_action_required', detail: '', actionUrl: '/mock/hosted/confirm' },
  }),
  lost_session: () => starter({ commitFault: { status: 401, code: 'session_expired', detail: 'Sign in again.' } }),
  down: () => starter({
    faults: Object.fromEntries(['subscription', 'usage', 'invoices', 'payment-methods'].map((part) =>
      [`GET /api/billing/${part}`, { status: 503, code: 'unavailable', detail: 'The database is being restarted.' }])),
  }),
  stale: () => starter({ usage: usage('starter', BUSY_STARTER, STARTER_NOTES, '2026-11-21T13:48:02Z') }),
  cancelling: () => starter({ subscription: subscription('starter', 'month', { cancelAtPeriodEnd: true }) }),
  pending: () => customer({
    subscription: subscription('professional', 'month', { pendingChange: { tier: 'starter', interval: 'month', at: END } }),
    usage: usage('professional', BUSY_STARTER), invoices: invoices(9900), methods: [VISA],
  }),
  yearly: () => customer({
    subscription: subscription('professional', 'year'),
    usage: usage('professional', { ...BUSY_STARTER, collaborators: 6, modules: 64 }), invoices: [invoice(51, '2026-03-06', 106920)], methods: [VISA],
  }),
  past_due: () => customer({
    subscription: subscription('professional', 'month', { status: 'past_due' }), usage: usage('professional', BUSY_STARTER),
    invoices: [
      invoice(312, '2026-11-06', 9900, { status: 'open', state: 'past_due', amountDue: usd(9900), amountPaid: usd(0) }),
      ...invoices(9900).slice(1),
    ],
    methods: [MASTERCARD],
  }),
  enterprise: () => customer({
    subscription: subscription('enterprise', 'year', { price: usd(500_000_00) }),
    usage: usage('enterprise', { ...BUSY_STARTER, bandwidth: 812 * GB, api_requests: 48_112_004 }), invoices: invoices(500_000_00), methods: [],
  }),
};

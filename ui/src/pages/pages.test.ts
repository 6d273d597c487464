// Guards the decisions of the pages: which offer, which note, which price.

import { describe, expect, test } from 'vitest';

import type { BankTransfer, ChangePreview, Invoice, MetricUsage, PaymentMethod, Plan, Subscription } from '../api/types';
import { directionOf, isSamePrice, requestOf, whenFor } from './plan/change';
import { lineWords } from '../paying/line_words';
import { returnUrlOf, waitForNewMethod } from '../paying/setup';
import { creditOf, sumRows } from '../paying/sums';
import { byTransfer, factsOf, waitingOf } from '../paying/transfer';
import { byNeed, byTime, gaugeOf, noteOf, noticeOf, willBeBilled, withChanges } from '../billing/usage_view';
import { isStale } from '../lib/fresh';
import { indexOf, ladderTo } from './pricing/ladder';
import { isForSale } from '../billing/offer';
import { safeNext } from '../lib/next';

const usd = (amount: number) => ({ amount, currency: 'usd' });

function plan(tier: string, month: number | null, features: string[] = []): Plan {
  return {
    tier, version: 1, name: tier, support: '', limits: {},
    prices: { month: month === null ? null : usd(month), year: month === null ? null : usd(month * 11) },
    features: Object.fromEntries(features.map((name) => [name, true])),
  };
}

const PLANS = [plan('free', 0, ['a']), plan('starter', 2900, ['a', 'b']), plan('professional', 9900, ['a', 'b', 'c']), plan('enterprise', null)];

function subscription(tier: string, changes: Partial<Subscription> = {}): Subscription {
  const isPaid = tier !== 'free';
  return {
    id: 's', userId: 'u', tier, planVersion: 1, interval: isPaid ? 'month' : null, status: 'active', access: 'full', accessUntil: null,
    currentPeriodStart: null, currentPeriodEnd: null, usagePeriodStart: '', usagePeriodEnd: '', cancelAtPeriodEnd: false,
    resumesAt: null, pendingChange: null, priceChange: null, stripeSubscriptionId: isPaid ? 'sub_1' : null, price: usd(isPaid ? 2900 : 0), limits: {}, features: {}, ...changes,
  };
}

function row(changes: Partial<MetricUsage>): MetricUsage {
  return {
    metric: 'api_requests', kind: 'counter', unit: 'requests', used: 0, limit: 10_000, hardLimit: 11_000, remaining: null,
    percent: null, state: 'ok', graceEndsAt: null, resetsAt: null, projected: null, lastHeardAt: null, notices: [], ...changes,
  };
}

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('usage', () => {
  test('what needs a decision stands first, then what is nearest to its limit', () => {
    const rows = [
      row({ metric: 'tracked', limit: null, used: 9e9 }), row({ metric: 'half', used: 5_000 }), row({ metric: 'low', used: 1 }),
      row({ metric: 'blocked', used: 11_000, state: 'blocked' }), row({ metric: 'warning', used: 8_000, state: 'warning' }),
      row({ metric: 'over', used: 10_500, state: 'over' }),
    ];
    expect(byNeed(rows).map((item) => item.metric)).toEqual(['blocked', 'over', 'warning', 'half', 'low', 'tracked']);
  });

  test('a change takes the place of what was shown; the rest and its order stay', () => {
    const instants = { periodStart: '2026-11-01T00:00:00Z', periodEnd: '2026-12-01T00:00:00Z', asOf: '2026-11-21T12:00:00Z' };
    const shown = { ...instants, metrics: [row({ metric: 'modules', used: 1 }), row({ metric: 'storage', used: 2 })] };
    const later = withChanges(shown, { ...instants, asOf: '2026-11-21T12:00:01Z', metrics: [row({ metric: 'modules', used: 3 })] });
    expect(later.metrics.map(({ metric, used }) => [metric, used])).toEqual([['modules', 3], ['storage', 2]]);
    expect(later.asOf).toBe('2026-11-21T12:00:01Z');
  });

  test('notices stand in the order in which they were given; those that do not know it come first', () => {
    const told = [
      { notice: 'limit_reached', at: '2026-11-21T12:00:00Z', limit: 10 }, { notice: 'grace_ending', at: '2026-11-23T00:00:00Z', limit: 10 },
      { notice: 'blocked', at: '2026-11-21T12:00:00Z', limit: 10 }, { notice: 'warning', at: null, limit: null },
    ] as const;
    expect(byTime(told).map(({ notice }) => notice)).toEqual(['warning', 'limit_reached', 'blocked', 'grace_ending']);
    expect(told[0].notice).toBe('limit_reached');
  });

  test('the bar ends at the hard limit, or at what was recorded beyond it', () => {
    expect(gaugeOf(row({ used: 5_500 }))).toMatchObject({ fill: 50, hardLimit: 100 });
    expect(gaugeOf(row({ used: 5_500 }))?.limit).toBeCloseTo(90.909, 3);
    expect(gaugeOf(row({ used: 22_000 }))).toMatchObject({ fill: 100, hardLimit: 50 });
    expect(gaugeOf(row({ limit: 'unlimited', hardLimit: null }))).toBeNull();
    expect(gaugeOf(row({ limit: null }))).toBeNull();
  });

  test.each([
    ['left', { used: 100 }],
    ['projected_over', { used: 100, projected: 10_001 }],
    ['left', { kind: 'gauge', used: 100, projected: 10_001 }],
    ['grace', { used: 10_001, state: 'over', graceEndsAt: '2026-11-22T12:00:00Z' }],
    ['blocked', { used: 11_000, state: 'blocked', graceEndsAt: '2026-11-22T12:00:00Z' }],
    ['blocked', { used: 11_000, state: 'blocked' }],
    ['grace_ended', { used: 10_500, state: 'blocked', graceEndsAt: '2026-11-21T12:00:00Z' }],
    ['none', { limit: null }],
  ] as const)('note %s for %j', (note, changes) => {
    expect(noteOf(row(changes), NOW)).toBe(note);
  });

  test('figures older than five minutes are called late', () => {
    expect(isStale('2026-11-21T11:55:00Z', NOW)).toBe(false);
    expect(isStale('2026-11-21T11:54:59Z', NOW)).toBe(true);
  });

  test.each([
    ['none', {}],
    ['past_due', { status: 'past_due' }],
    ['restricted', { status: 'past_due', access: 'restricted' }],
    ['incomplete', { status: 'incomplete', access: 'restricted' }],
    ['cancelling', { cancelAtPeriodEnd: true }],
    ['pending_change', { pendingChange: { tier: 'free', interval: null, at: '' } }],
  ] as const)('plan notice %s for %j', (notice, changes) => {
    expect(noticeOf(subscription('starter', changes))).toBe(notice);
  });
});

describe('plan change', () => {
  const choose = (tier: string, interval: 'month' | 'year' = 'month') => ({ tier, interval, when: 'period_end' as const, coupon: '' });

  test.each([
    ['first', 'free', choose('starter')],
    ['none', 'starter', choose('starter')],
    ['up', 'starter', choose('starter', 'year')],
    ['up', 'starter', choose('professional')],
    ['down', 'professional', choose('starter', 'year')],
  ] as const)('%s from %s to %j', (direction, from, choice) => {
    expect(directionOf(choice, subscription(from), PLANS)).toBe(direction);
  });

  test('year to month of the same plan is a step down; only steps down may wait', () => {
    expect(directionOf(choose('starter'), subscription('starter', { interval: 'year' }), PLANS)).toBe('down');
    expect([whenFor('up', 'period_end'), whenFor('first', 'period_end'), whenFor('down', 'period_end'), whenFor('down', 'now')]).toEqual(['now', 'now', 'period_end', 'now']);
  });

  test('only a step down says when; the rest is left to the server', () => {
    expect(requestOf(choose('starter'), 'down')).toEqual({ tier: 'starter', interval: 'month', when: 'period_end' });
    expect(requestOf(choose('starter'), 'up')).toEqual({ tier: 'starter', interval: 'month' });
    expect(requestOf(choose('starter'), 'first')).toEqual({ tier: 'starter', interval: 'month' });
  });

  test('an enterprise customer, whose price is in a contract, is not taken for a free one', () => {
    expect(directionOf(choose('starter'), subscription('enterprise', { stripeSubscriptionId: null, price: usd(0) }), PLANS)).toBe('down');
  });

  test('only priced plans are for sale', () => {
    expect(PLANS.filter(isForSale).map((item) => item.tier)).toEqual(['starter', 'professional']);
  });

  test('a renewed quote is the same only if both amounts are', () => {
    const quote = (now: number, next: number | null): ChangePreview => ({
      lines: [], amountDueNow: usd(now), amount: usd(now), tax: usd(0), discount: usd(0), balance: usd(0), estimated: false, nextInvoice: next === null ? null : { at: '', amount: usd(next) },
      featuresLost: [], limitsExceeded: [], quoteId: 'q', validUntil: null, renewal: null, earlyStart: null,
    });
    expect(isSamePrice(quote(1, 2), quote(1, 2))).toBe(true);
    expect(isSamePrice(quote(1, null), quote(1, null))).toBe(true);
    expect([isSamePrice(quote(1, 2), quote(2, 2)), isSamePrice(quote(1, 2), quote(1, 3)), isSamePrice(quote(1, 2), quote(1, null))]).toEqual([false, false, false]);
  });
});

describe('payment page', () => {
  const method = (id: string) => ({ id }) as PaymentMethod;

  test('the way back carries the choice', () => {
    expect(returnUrlOf('https://x.example', { tier: 'starter', interval: 'year', coupon: '' })).toBe('https://x.example/billing/plan/change?setup=done&to=starter&interval=year');
    expect(returnUrlOf('https://x.example', null)).toBe('https://x.example/billing/payment-methods?setup=done');
  });

  test('a card that comes late is waited for; one that was there before does not count', async () => {
    const answers = [[method('old')], [method('old')], [method('old'), method('new')]];
    const found = await waitForNewMethod(() => Promise.resolve(answers.shift() ?? []), [0, 0, 0], ['old']);
    expect(found?.map((item) => item.id)).toEqual(['old', 'new']);
  });

  test('it is not waited for longer than agreed', async () => {
    let asked = 0;
    const found = await waitForNewMethod(() => Promise.resolve((asked++, [method('old')])), [0, 0, 0], ['old']);
    expect([found, asked]).toEqual([null, 3]);
  });
});

describe('the sliders of the calculator', () => {
  test('have more steps where it is small, each of them whole and within bounds', () => {
    expect(ladderTo(1000)).toEqual([0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000]);
    expect(ladderTo(10_000_000).every((rung, n, all) => Number.isInteger(rung) && (n === 0 || rung > (all[n - 1] ?? 0)))).toBe(true);
    expect([ladderTo(0), ladderTo(1)]).toEqual([[0], [0, 1]]);
  });

  test('stand at the last step that is not above the amount', () => {
    const rungs = ladderTo(100);
    expect([0, 0.5, 1, 8, 100, 5000].map((value) => rungs[indexOf(rungs, value)])).toEqual([0, 0, 1, 7, 100, 100]);
  });
});

describe('sign-in', () => {
  test.each([
    ['/billing?to=starter&interval=year', '/billing?to=starter&interval=year'],
    ['/billing/plan/change?to=starter&interval=year', '/billing/plan/change?to=starter&interval=year'],
    ['/account/privacy', '/account/privacy'],
    ['/pricing', '/pricing'],
    ['/admin/contracts/cont_1', '/admin/contracts/cont_1'],
    ['/admin/../api', '/billing'],
    ['https://evil.example/billing', '/billing'],
    ['//evil.example', '/billing'],
    ['/billing/../api', '/billing'],
    ['javascript:alert(1)', '/billing'],
    [undefined, '/billing'],
  ])('%s leads to %s', (next, target) => {
    expect(safeNext(next)).toBe(target);
  });
});

describe('invoice lines', () => {
  test.each([
    ['Unused time on Starter after 21 Nov 2026', 'Unused time on Starter'],
    ['Remaining time on Professional after 01 Dec 2026', 'Remaining time on Professional'],
    ['Starter, one month', 'Starter, one month'],
    ['Our Best Plan for one year from 16 Jun 2026', 'Our Best Plan, one year'],
    ['Coupon WELCOME', 'Coupon WELCOME'],
    ['Unused time on Starter after all', 'Unused time on Starter after all'],
  ])('"%s" reads "%s"', (description, words) => {
    expect(lineWords(description)).toBe(words);
  });
});

describe('the next invoice', () => {
  test.each([
    [undefined, true],
    [subscription('free'), false],
    [subscription('starter'), true],
    [subscription('starter', { status: 'past_due' }), true],
    [subscription('starter', { cancelAtPeriodEnd: true }), false],
    [subscription('enterprise', { stripeSubscriptionId: null }), false],
  ])('of %o is asked for: %s', (current, isAsked) => {
    expect(willBeBilled(current)).toBe(isAsked);
  });
});

describe('sums', () => {
  const rows = (sums: Parameters<typeof sumRows>[0]) => sumRows(sums).map(({ label, amount }) => [label, amount.amount]);

  test('what is nothing has no row; a discount is taken off, tax is added', () => {
    expect(rows({ amount: usd(2_900), discount: usd(0), tax: null })).toEqual([]);
    expect(rows({ amount: usd(1_578), discount: usd(1_450), tax: usd(128) })).toEqual([['sum.discount', -1_450], ['sum.tax', 128]]);
  });

  test.each([
    ['pays a part', 2_900, -900, [['sum.fromBalance', -900]]],
    ['is owed from before', 2_900, 100, [['sum.fromEarlier', 100]]],
    ['gets the credit, which is said otherwise', -700, 700, []],
  ] as const)('the balance %s', (_what, amount, balance, expected) => {
    expect(rows({ amount: usd(amount), balance: usd(balance) })).toEqual(expected);
  });

  test('only a total below zero is credit', () => {
    expect(creditOf({ amount: usd(-700) })).toEqual(usd(700));
    expect(creditOf({ amount: usd(0) })).toBeNull();
  });
});

describe('bank transfer', () => {
  test('an account is told in the order in which a bank asks, without what it has not', () => {
    const address = { type: 'aba', aba: { account_number: '11', bank_name: 'A Bank', routing_number: '22', account_holder_name: null } };
    expect(factsOf(address)).toEqual([
      { label: 'transfer.bank', value: 'A Bank' }, { label: 'transfer.routing', value: '22' }, { label: 'transfer.account', value: '11' },
    ]);
    expect(factsOf({ type: 'pigeon' })).toEqual([]);
  });

  test('money that waits is named, nothing is not', () => {
    expect(waitingOf({ available: { usd: 500, eur: 0 } } as unknown as BankTransfer)).toEqual([usd(500)]);
    expect(waitingOf({ available: {} } as BankTransfer)).toEqual([]);
  });

  test('only open invoices with a date until when wait for one', () => {
    const invoice = (status: string, dueDate: string | null) => ({ status, dueDate }) as Invoice;
    expect(byTransfer([invoice('open', null), invoice('open', 'x'), invoice('paid', 'x')])).toEqual([invoice('open', 'x')]);
  });
});

test('no page imports from the folder of another: it would be fetched with it', () => {
  const files = import.meta.glob<string>('./*/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
  const strays = Object.entries(files).flatMap(([file, source]) =>
    [...source.matchAll(/(?:from |import\()'([^']+)'/g)]
      .map(([, target = '']) => new URL(target, `https://pages/src/pages/${file.slice(2)}`).pathname)
      .filter((path) => path.startsWith('/src/pages/') && path.split('/')[3] !== file.split('/')[1])
      .map((path) => `${file}: ${path}`));
  expect(strays).toEqual([]);
  expect(Object.keys(files).length).toBeGreaterThan(50);
});

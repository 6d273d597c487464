// Promise: a schedule takes a subscription through its phases at their instants, and lets go of it or ends it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const at = (year, month, day) => Date.UTC(year, month - 1, day, 12) / 1000;
const END = at(2015, 2, 28); // of the first period

async function scheduled(t) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const small = await sandbox.price(2900);
  const large = await sandbox.price(9900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: large.id }] });
  const schedule = await sandbox.post("/v1/subscription_schedules", { from_subscription: bought.id });
  const path = `/v1/subscription_schedules/${schedule.id}`;
  return { sandbox, customer, clock, small, large, bought, schedule, path, subscription: `/v1/subscriptions/${bought.id}` };
}

const current = (large, end_date = END) => ({ items: [{ price: large.id }], start_date: NOON, end_date });
const typesOf = async (sandbox, prefix) =>
  (await sandbox.events()).map(({ type }) => type).filter((type) => type.startsWith(prefix));

test("from a subscription: its items as one phase over its period", async (t) => {
  const { sandbox, schedule, bought, large, subscription } = await scheduled(t);
  assert.deepEqual([schedule.status, schedule.end_behavior, schedule.subscription], ["active", "release", bought.id]);
  assert.deepEqual(schedule.current_phase, { start_date: NOON, end_date: END });
  assert.deepEqual(schedule.phases[0].items.map(({ price, quantity }) => [price, quantity]), [[large.id, 1]]);
  assert.equal((await sandbox.get(subscription)).schedule, schedule.id);
  assert.deepEqual(await typesOf(sandbox, "subscription_schedule"), ["subscription_schedule.created"]);
});

test("a downgrade at the period's end: the renewal bills the new price, nothing is prorated", async (t) => {
  const { sandbox, clock, small, large, path, subscription, bought, schedule } = await scheduled(t);
  const next = { items: [{ price: small.id }], duration: { interval: "month" }, proration_behavior: "none" };
  const waiting = await sandbox.post(path, { phases: [current(large), next], end_behavior: "release" });
  assert.deepEqual(waiting.phases.map(({ start_date, end_date }) => [start_date, end_date]), [[NOON, END], [END, at(2015, 3, 28)]]);
  await sandbox.advance(clock, END - 1);
  assert.equal((await sandbox.get(subscription)).items.data[0].price.id, large.id);
  await sandbox.advance(clock, END + 2 * HOUR);
  const changed = await sandbox.get(subscription, { expand: ["latest_invoice"] });
  assert.equal(changed.items.data[0].price.id, small.id);
  assert.equal(changed.items.data[0].id, bought.items.data[0].id);
  assert.deepEqual(changed.latest_invoice.lines.data.map(({ amount }) => amount), [2900]);
  assert.deepEqual([changed.latest_invoice.status, changed.latest_invoice.billing_reason], ["paid", "subscription_cycle"]);
  assert.equal(changed.items.data[0].current_period_end, at(2015, 3, 31));
  assert.deepEqual((await sandbox.get(path)).current_phase, { start_date: END, end_date: at(2015, 3, 28) });
  await sandbox.advance(clock, at(2015, 3, 29));
  const released = await sandbox.get(path);
  assert.deepEqual([released.status, released.subscription, released.released_subscription], ["released", null, bought.id]);
  assert.equal(released.released_at, at(2015, 3, 28));
  const free = await sandbox.get(subscription);
  assert.deepEqual([free.status, free.schedule, free.cancel_at], ["active", null, null]);
  assert.deepEqual(await typesOf(sandbox, "subscription_schedule"), [
    "subscription_schedule.created",
    "subscription_schedule.updated",
    "subscription_schedule.updated",
    "subscription_schedule.expiring",
    "subscription_schedule.released",
  ]);
  assert.ok(schedule.id);
});

test("from a month to a year at the boundary", async (t) => {
  const { sandbox, clock, large, path, subscription } = await scheduled(t);
  const yearly = await sandbox.price(99000, "year");
  const next = { items: [{ price: yearly.id }], proration_behavior: "none" };
  const waiting = await sandbox.post(path, { phases: [current(large), { ...next, billing_cycle_anchor: "phase_start" }] });
  assert.equal(waiting.phases[1].end_date, at(2016, 2, 28));
  await sandbox.advance(clock, END + 2 * HOUR);
  const changed = await sandbox.get(subscription, { expand: ["latest_invoice"] });
  assert.deepEqual([changed.latest_invoice.total, changed.latest_invoice.status], [99000, "paid"]);
  assert.deepEqual([changed.billing_cycle_anchor, changed.items.data[0].current_period_end], [END, at(2016, 2, 28)]);
});

test("a change within the period is prorated as its phase says", async (t) => {
  const { sandbox, clock, small, large, path, subscription } = await scheduled(t);
  const half = NOON + 14 * DAY;
  const next = { items: [{ price: small.id }], end_date: at(2015, 4, 30), proration_behavior: "always_invoice" };
  await sandbox.post(path, { phases: [current(large, half), next] });
  await sandbox.advance(clock, half);
  const changed = await sandbox.get(subscription, { expand: ["latest_invoice", "customer"] });
  assert.deepEqual(changed.latest_invoice.lines.data.map(({ amount }) => amount), [-4950, 1450]);
  assert.equal(changed.customer.balance, -3500);
});

test("a phase with a discount and something sold once", async (t) => {
  const { sandbox, clock, small, large, path, subscription } = await scheduled(t);
  const coupon = await sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const setup = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 700, product: small.product });
  const next = {
    items: [{ price: small.id }],
    duration: { interval: "month" },
    discounts: [{ coupon: coupon.id }],
    add_invoice_items: [{ price: setup.id, quantity: 2 }],
    proration_behavior: "none",
    metadata: { season: "spring" },
  };
  const waiting = await sandbox.post(path, { phases: [current(large), next] });
  assert.deepEqual([waiting.phases[1].discounts[0].coupon, waiting.phases[1].add_invoice_items[0].quantity], [coupon.id, 2]);
  await sandbox.advance(clock, END + 2 * HOUR);
  const begun = await sandbox.get(subscription, { expand: ["latest_invoice"] });
  assert.deepEqual(begun.latest_invoice.lines.data.map(({ amount }) => amount), [1400, 2900]);
  assert.deepEqual([begun.latest_invoice.total, begun.metadata.season], [2150, "spring"]);
});

test("an end that cancels: known beforehand, and the schedule is completed", async (t) => {
  const { sandbox, clock, large, path, subscription } = await scheduled(t);
  const end = at(2015, 3, 31);
  await sandbox.post(path, { phases: [current(large, end)], end_behavior: "cancel" });
  assert.equal((await sandbox.get(subscription)).cancel_at, end);
  const refused = await sandbox.stripe.post(subscription, { cancel_at_period_end: "true" });
  assert.deepEqual([refused.status, refused.body.error.param], [400, "cancel_at_period_end"]);
  await sandbox.advance(clock, end + DAY);
  const over = await sandbox.get(path);
  assert.deepEqual([over.status, over.completed_at], ["completed", end]);
  const ended = await sandbox.get(subscription);
  assert.deepEqual([ended.status, ended.ended_at], ["canceled", end]);
  assert.equal((await sandbox.get("/v1/invoices", { subscription: ended.id })).data.length, 2);
});

test("released by hand it lets go of the end it has set, unless that is kept", async (t) => {
  for (const [fields, kept] of [[{}, null], [{ preserve_cancel_date: "true" }, at(2015, 3, 31)]]) {
    const { sandbox, large, path, subscription } = await scheduled(t);
    await sandbox.post(path, { phases: [current(large, at(2015, 3, 31))], end_behavior: "cancel" });
    assert.equal((await sandbox.post(`${path}/release`, fields)).status, "released");
    assert.equal((await sandbox.get(subscription)).cancel_at, kept);
    const again = await sandbox.stripe.post(`${path}/release`);
    assert.deepEqual([again.status, again.body.error.type], [400, "invalid_request_error"]);
  }
});

test("canceled, it takes the subscription with it; a subscription that ends takes its schedule", async (t) => {
  const one = await scheduled(t);
  assert.equal((await one.sandbox.post(`${one.path}/cancel`)).status, "canceled");
  assert.equal((await one.sandbox.get(one.subscription)).status, "canceled");
  const other = await scheduled(t);
  await other.sandbox.delete(other.subscription);
  assert.equal((await other.sandbox.get(other.path)).status, "canceled");
  assert.ok((await typesOf(other.sandbox, "subscription_schedule")).includes("subscription_schedule.canceled"));
});

test("one that begins later makes its subscription then", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const small = await sandbox.price(2900);
  const start_date = NOON + 5 * DAY;
  const phases = [{ items: [{ price: small.id, quantity: 3 }], duration: { interval: "month", interval_count: 2 } }];
  const made = await sandbox.post("/v1/subscription_schedules", { customer, start_date, phases });
  assert.deepEqual([made.status, made.subscription, made.current_phase], ["not_started", null, null]);
  assert.equal((await sandbox.get("/v1/subscription_schedules", { customer, scheduled: "true" })).data.length, 1);
  await sandbox.advance(clock, start_date);
  const begun = await sandbox.get(`/v1/subscription_schedules/${made.id}`, { expand: ["subscription.latest_invoice"] });
  assert.deepEqual([begun.status, begun.subscription.status], ["active", "active"]);
  assert.deepEqual([begun.subscription.start_date, begun.subscription.latest_invoice.amount_paid], [start_date, 8700]);
});

test("phases have taxes, discounts of an item, and prices of their own", async (t) => {
  const { sandbox, customer, clock, small } = await scheduled(t);
  await sandbox.post(`/v1/customers/${customer}`, { address: { country: "US", state: "NY", postal_code: "10001" } });
  await sandbox.post("/v1/tax/registrations", { active_from: NOON, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } } });
  const half = await sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const rate = await sandbox.post("/v1/tax_rates", { display_name: "VAT", percentage: 10, inclusive: false });
  const end = at(2015, 2, 28);
  const price_data = { currency: "usd", product: small.product, unit_amount: 1000, tax_behavior: "exclusive", recurring: { interval: "month" } };
  const made = await sandbox.post("/v1/subscription_schedules", { customer, start_date: "now", expand: ["subscription.latest_invoice"], phases: [
    { items: [{ price_data, discounts: [{ coupon: half.id }] }], end_date: end, automatic_tax: { enabled: true } },
    { items: [{ price: small.id }], duration: { interval: "month" }, default_tax_rates: [rate.id], automatic_tax: { enabled: false } },
  ] });
  const [first, second] = made.phases;
  assert.deepEqual([first.automatic_tax.enabled, first.items[0].discounts[0].coupon, second.default_tax_rates[0].id], [true, half.id, rate.id]);
  assert.deepEqual([made.subscription.latest_invoice.subtotal, made.subscription.latest_invoice.total], [500, 544]); // 8.875 % of 5.00
  await sandbox.advance(clock, end + 2 * HOUR);
  const later = await sandbox.get(`/v1/subscriptions/${made.subscription.id}`, { expand: ["latest_invoice"] });
  const taxes = later.latest_invoice.total_taxes.map(({ amount, tax_rate_details }) => [amount, tax_rate_details.tax_rate]);
  assert.deepEqual([later.automatic_tax.enabled, taxes], [false, [[145, rate.id]]]); // of 29.00 halved: the item keeps its discount
});

test("the default settings' automatic tax holds where a phase says nothing", async (t) => {
  const { sandbox, small } = await scheduled(t);
  const { customer } = await sandbox.customer();
  const phases = [{ items: [{ price: small.id }] }];
  const default_settings = { automatic_tax: { enabled: true } };
  const nowhere = await sandbox.stripe.post("/v1/subscription_schedules", { customer, start_date: "now", phases, default_settings });
  assert.deepEqual([nowhere.status, nowhere.body.error.code], [400, "customer_tax_location_invalid"]);
  await sandbox.post(`/v1/customers/${customer}`, { address: { country: "DE" } });
  const made = await sandbox.post("/v1/subscription_schedules", { customer, start_date: "now", phases, default_settings, expand: ["subscription"] });
  assert.deepEqual([made.default_settings.automatic_tax.enabled, made.subscription.automatic_tax.enabled], [true, true]);
});

test("what makes no sense is refused", async (t) => {
  const { sandbox, customer, small, large, bought, path } = await scheduled(t);
  const phases = [{ items: [{ price: small.id }] }];
  const cases = [
    ["/v1/subscription_schedules", { from_subscription: bought.id }, "from_subscription"],
    ["/v1/subscription_schedules", { from_subscription: bought.id, phases }, "phases"],
    ["/v1/subscription_schedules", {}, "customer"],
    ["/v1/subscription_schedules", { customer, start_date: "now" }, "phases"],
    ["/v1/subscription_schedules", { customer, start_date: NOON - 1, phases }, "start_date"],
    ["/v1/subscription_schedules", { customer: "cus_none", phases }, "customer"],
    [path, { phases }, "phases[0][start_date]"],
    [path, { phases: [{ ...current(large), start_date: NOON + 3 }] }, "phases[0][start_date]"],
    [path, { phases: [{ ...current(large), end_date: NOON }] }, "phases[end_date]"],
    [path, { phases: [{ ...current(large), duration: { interval: "month" } }] }, "phases[end_date]"],
    [path, { phases: [{ start_date: NOON }] }, "phases[0][items]"],
    [path, { phases: [{ ...current(large), items: [{ price: "price_none" }] }] }, "phases[0][items][0][price]"],
    [path, { phases: [{ ...current(large), trial: "true", trial_end: NOON + DAY }] }, "phases[trial_end]"],
    [path, { phases: [{ ...current(large), discounts: [{ coupon: "none" }] }] }, "phases[discounts]"],
    [path, { phases: [{ ...current(large), add_invoice_items: [{ price: "price_none" }] }] }, "phases[add_invoice_items][price]"],
    [path, { phases: [{ ...current(large), items: [{ quantity: 1 }] }] }, "phases[0][items][0][price]"],
    [path, { phases: [{ ...current(large), items: [{ price: large.id, discounts: [{ coupon: "none" }] }] }] }, "phases[discounts]"],
    [path, { phases: [{ ...current(large), default_tax_rates: ["txr_none"] }] }, "default_tax_rates[0]"],
    [path, { end_behavior: "renew" }, "end_behavior"],
  ];
  for (const [url, fields, param] of cases) {
    const { status, body } = await sandbox.stripe.post(url, fields);
    assert.deepEqual([status, body.error?.param], [400, param], JSON.stringify(fields));
  }
});

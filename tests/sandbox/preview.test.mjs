// Promise: a preview is the invoice that will come, to the cent, and leaves nothing behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const FEBRUARY = Date.UTC(2015, 1, 28, 12) / 1000;
const HALF = NOON + 14 * DAY; // half of the 28 days from 31 January to 28 February

const amounts = ({ lines }) => lines.data.map(({ amount }) => amount);
const preview = (sandbox, fields) => sandbox.post("/v1/invoices/create_preview", fields);

async function refusal(sandbox, fields) {
  const { status, body } = await sandbox.stripe.post("/v1/invoices/create_preview", fields);
  return [status, body.error?.code, body.error?.param];
}

// A subscription to one price, half way through its period.
async function subscribe(sandbox, unit_amount, fields = {}) {
  const who = await sandbox.customer();
  const price = await sandbox.price(unit_amount);
  const bought = await sandbox.post("/v1/subscriptions", { customer: who.customer, items: [{ price: price.id }], ...fields });
  await sandbox.advance(who.clock, HALF);
  return { ...who, price, bought, item: bought.items.data[0].id };
}

test("every change is previewed as it is then charged", async (t) => {
  const sandbox = await Sandbox.start(t);
  const large = await sandbox.price(4950);
  const yearly = await sandbox.price(31320, "year");
  const half = await sandbox.post("/v1/coupons", { percent_off: "50", duration: "forever" });
  const cases = [
    ["a larger plan", ({ item }) => ({ items: [{ id: item, price: large.id }], proration_behavior: "always_invoice", proration_date: HALF }), [-1450, 2475]],
    ["two of them", ({ item }) => ({ items: [{ id: item, quantity: 2 }], proration_behavior: "always_invoice" }), [-1450, 2900]],
    ["one more item", () => ({ items: [{ price: large.id }], proration_behavior: "always_invoice" }), [2475]],
    ["a new period now", () => ({ billing_cycle_anchor: { type: "now" } }), [-1450, 2900]],
    ["a year", ({ item }) => ({ items: [{ id: item, price: yearly.id }], billing_cycle_anchor: { type: "now" } }), [-1450, 31320]],
  ];
  for (const [name, change, wanted] of cases) {
    const one = await subscribe(sandbox, 2900);
    const fields = change(one);
    const before = (await sandbox.events()).length;
    const shown = await preview(sandbox, { subscription: one.bought.id, subscription_details: fields });
    assert.deepEqual(amounts(shown), wanted, name);
    assert.equal((await sandbox.events()).length, before, name);
    assert.deepEqual([shown.status, shown.number, shown.billing_reason], ["draft", null, "upcoming"], name);
    const changed = await sandbox.post(`/v1/subscriptions/${one.bought.id}`, { ...fields, expand: ["latest_invoice"] });
    assert.deepEqual(amounts(changed.latest_invoice), wanted, name);
    assert.deepEqual([changed.latest_invoice.total, changed.latest_invoice.amount_due], [shown.total, shown.amount_due], name);
  }
  const one = await subscribe(sandbox, 2900);
  const shown = await preview(sandbox, { subscription: one.bought.id, discounts: [{ coupon: half.id }] });
  assert.equal(shown.total, 1450);
  assert.equal((await sandbox.get(`/v1/coupons/${half.id}`)).times_redeemed, 0);
});

test("the next renewal: what waits, discounts that end, a balance, the tax of its place", async (t) => {
  const sandbox = await Sandbox.start(t);
  const once = await sandbox.post("/v1/coupons", { percent_off: "50", duration: "repeating", duration_in_months: 1 });
  const { customer, clock, bought, price } = await subscribe(sandbox, 2900, { discounts: [{ coupon: once.id }] });
  const large = await sandbox.price(4950);
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { items: [{ price: large.id }] });
  await sandbox.post("/v1/invoiceitems", { customer, amount: 500, currency: "usd" });
  await sandbox.post(`/v1/customers/${customer}/balance_transactions`, { amount: -1000, currency: "usd" });
  const address = { country: "US", state: "NY", postal_code: "10001" };
  await sandbox.post("/v1/tax/registrations", { active_from: NOON, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } } });
  await sandbox.post(`/v1/customers/${customer}`, { address });
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { automatic_tax: { enabled: "true" } });
  const shown = await preview(sandbox, { customer });
  assert.deepEqual([shown.period_end, shown.starting_balance], [FEBRUARY, -1000]);
  assert.equal(shown.lines.data.find(({ pricing, parent }) => pricing.price_details?.price === price.id &&
    !parent.subscription_item_details.proration).discount_amounts.length, 0); // the month is over
  await sandbox.advance(clock, FEBRUARY + 2 * 3600);
  const { latest_invoice } = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.deepEqual(amounts(latest_invoice), amounts(shown));
  assert.deepEqual([latest_invoice.total, latest_invoice.amount_due], [shown.total, shown.amount_due]);
});

test("an end that is agreed leaves nothing to bill; an end now credits what is left", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, bought } = await subscribe(sandbox, 2900);
  const subscription = bought.id;
  const ended = await preview(sandbox, { subscription, subscription_details: { cancel_now: "true" } });
  assert.deepEqual([amounts(ended), ended.amount_due, ended.ending_balance], [[-1450], 0, -1450]);
  assert.deepEqual(await refusal(sandbox, { subscription, subscription_details: { cancel_at_period_end: "true" } }), [404, "invoice_upcoming_none", undefined]);
  await sandbox.post(`/v1/subscriptions/${subscription}`, { cancel_at_period_end: "true" });
  assert.deepEqual(await refusal(sandbox, { customer }), [404, "invoice_upcoming_none", undefined]);
  await sandbox.delete(`/v1/subscriptions/${subscription}`);
  assert.deepEqual(await refusal(sandbox, { subscription }), [404, "invoice_upcoming_none", undefined]);
});

test("a subscription that is not there yet, for somebody who is not either", async (t) => {
  const sandbox = await Sandbox.start(t);
  await sandbox.post("/v1/tax/registrations", { active_from: NOON, country: "DE", country_options: { de: { type: "standard" } } });
  const price = await sandbox.price(2900);
  const { customer } = await sandbox.customer();
  const sold = await preview(sandbox, { customer, subscription_details: { items: [{ price: price.id, quantity: 2 }] } });
  assert.deepEqual([sold.total, sold.customer], [5800, customer]);
  assert.equal((await sandbox.get("/v1/subscriptions", { customer, status: "all" })).data.length, 0);
  const trial = await preview(sandbox, { customer, subscription_details: { items: [{ price: price.id }], trial_end: NOON + 7 * DAY } });
  assert.equal(trial.total, 0);
  const stranger = await preview(sandbox, {
    customer_details: { address: { country: "DE" } },
    automatic_tax: { enabled: "true" },
    subscription_details: { items: [{ price: price.id }] },
  });
  assert.deepEqual([stranger.total, stranger.customer], [3451, null]);
  const reversed = await preview(sandbox, {
    customer_details: { address: { country: "DE" }, tax_ids: [{ type: "eu_vat", value: "DE000000000" }] },
    automatic_tax: { enabled: "true" },
    subscription_details: { items: [{ price: price.id }] },
  });
  assert.deepEqual([reversed.total, reversed.total_taxes[0].taxability_reason], [2900, "reverse_charge"]);
  assert.equal((await sandbox.get("/v1/customers")).data.length, 1);
  const items = await preview(sandbox, { customer, invoice_items: [{ amount: 700, currency: "usd" }] });
  assert.deepEqual([amounts(items), (await sandbox.get("/v1/invoiceitems")).data.length], [[700], 0]);
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, bought } = await subscribe(sandbox, 2900);
  const other = await sandbox.customer();
  const subscription = bought.id;
  const cases = [
    [{}, 400, "parameter_missing", "customer"],
    [{ customer: other.customer }, 404, "invoice_upcoming_none", undefined],
    [{ customer: other.customer, subscription }, 400, undefined, "subscription"],
    [{ subscription: "sub_none" }, 400, "resource_missing", "subscription"],
    [{ subscription, subscription_details: { proration_date: NOON - 1 } }, 400, undefined, "proration_date"],
    [{ subscription, discounts: [{ coupon: "none" }] }, 400, "resource_missing", "discounts[0][coupon]"],
    [{ subscription, automatic_tax: { enabled: "true" } }, 400, "customer_tax_location_invalid", undefined],
    [{ customer, invoice_items: [{ amount: 5, currency: "zzz" }] }, 400, undefined, "currency"],
  ];
  for (const [fields, ...wanted] of cases) {
    assert.deepEqual(await refusal(sandbox, fields), wanted, JSON.stringify(fields));
  }
});

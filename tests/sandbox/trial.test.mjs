// Promise: trials begin, warn and end as Stripe's do, with and without a way to pay.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;

async function trial(t, fields, options) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer(options);
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: price.id }],
    expand: ["latest_invoice"],
    ...fields,
  });
  return { sandbox, customer, clock, price, bought, path: `/v1/subscriptions/${bought.id}` };
}

const noMethod = (sandbox, customer) => sandbox.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: "" } });

test("fourteen days: nothing to pay, a notice three days before, then the first bill", async (t) => {
  const { sandbox, clock, bought, path } = await trial(t, { trial_period_days: 14 });
  const end = NOON + 14 * DAY;
  assert.deepEqual([bought.status, bought.trial_start, bought.trial_end], ["trialing", NOON, end]);
  assert.deepEqual([bought.billing_cycle_anchor, bought.items.data[0].current_period_end], [end, end]);
  assert.deepEqual([bought.latest_invoice.status, bought.latest_invoice.total], ["paid", 0]);
  assert.equal(bought.latest_invoice.lines.data[0].description, "Trial period for Plan 2900");
  await sandbox.advance(clock, end - 3 * DAY - 1);
  const told = async () => (await sandbox.events({ type: "customer.subscription.trial_will_end" })).length;
  assert.equal(await told(), 0);
  await sandbox.advance(clock, end - 3 * DAY);
  assert.equal(await told(), 1);
  await sandbox.advance(clock, end);
  const begun = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([begun.status, begun.latest_invoice.status, begun.latest_invoice.total], ["active", "draft", 2900]);
  assert.equal(begun.latest_invoice.billing_reason, "subscription_cycle");
  assert.equal(begun.items.data[0].current_period_end, Date.UTC(2015, 2, 14, 12) / 1000);
  await sandbox.advance(clock, end + HOUR);
  const paid = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([paid.status, paid.latest_invoice.status], ["active", "paid"]);
  assert.equal(await told(), 1);
});

test("a short trial is announced at once", async (t) => {
  const { sandbox, clock } = await trial(t, { trial_end: NOON + DAY });
  await sandbox.advance(clock, NOON + 1);
  assert.equal((await sandbox.events({ type: "customer.subscription.trial_will_end" })).length, 1);
});

for (const [missing, status] of [["cancel", "canceled"], ["pause", "paused"], ["create_invoice", "past_due"]]) {
  test(`without a way to pay at its end: ${missing} gives ${status}`, async (t) => {
    const trial_settings = { end_behavior: { missing_payment_method: missing } };
    const { sandbox, customer, clock, path } = await trial(t, { trial_period_days: 7, trial_settings });
    await noMethod(sandbox, customer);
    await sandbox.advance(clock, NOON + 7 * DAY + 2 * HOUR);
    const over = await sandbox.get(path, { expand: ["latest_invoice"] });
    assert.equal(over.status, status);
    const reason = over.status_details?.paused.subscription.type;
    assert.equal(reason, missing === "pause" ? "trial_end_without_payment_method" : undefined);
    const paused = await sandbox.events({ type: "customer.subscription.paused" });
    assert.equal(paused.length, missing === "pause" ? 1 : 0);
    assert.equal(over.latest_invoice.total, missing === "create_invoice" ? 2900 : 0);
  });
}

test("ended early it is billed now; given later it credits what was paid", async (t) => {
  const { sandbox, clock, path } = await trial(t, { trial_period_days: 30 });
  await sandbox.advance(clock, NOON + 10 * DAY);
  const begun = await sandbox.post(path, { trial_end: "now", expand: ["latest_invoice"] });
  assert.deepEqual([begun.status, begun.trial_end], ["active", NOON + 10 * DAY]);
  assert.deepEqual([begun.latest_invoice.status, begun.latest_invoice.total], ["paid", 2900]);
  assert.equal(begun.billing_cycle_anchor, NOON + 10 * DAY);
  await sandbox.advance(clock, NOON + 24 * DAY);
  const again = await sandbox.post(path, { trial_end: NOON + 40 * DAY, expand: ["latest_invoice"] });
  assert.equal(again.status, "trialing");
  assert.deepEqual(again.latest_invoice.lines.data.map(({ amount }) => amount), [-1450, 0]);
  const longer = await sandbox.post(path, { trial_end: NOON + 50 * DAY });
  assert.deepEqual([longer.latest_invoice, longer.billing_cycle_anchor], [again.latest_invoice.id, NOON + 50 * DAY]);
});

test("with an anchor that stays, the first bill is the rest of the period that runs", async (t) => {
  const trial_settings = { end_behavior: { billing_cycle_anchor: "unchanged" } };
  const { sandbox, clock, bought, path } = await trial(t, { trial_period_days: 14, trial_settings });
  assert.equal(bought.billing_cycle_anchor, NOON);
  await sandbox.advance(clock, NOON + 14 * DAY + HOUR);
  const begun = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([begun.items.data[0].current_period_end, begun.latest_invoice.total], [NOON + 28 * DAY, 1450]);
});

test("impossible trials are refused", async (t) => {
  const { sandbox, customer, price, path } = await trial(t, { trial_period_days: 7 });
  const fields = { customer, items: [{ price: price.id }] };
  const cases = [
    ["/v1/subscriptions", { ...fields, trial_end: NOON - 1 }, "trial_end"],
    ["/v1/subscriptions", { ...fields, trial_end: NOON + 731 * DAY }, "trial_end"],
    ["/v1/subscriptions", { ...fields, trial_end: NOON + DAY, trial_period_days: 3 }, "trial_end"],
    ["/v1/subscriptions", { ...fields, trial_period_days: 731 }, "trial_period_days"],
    ["/v1/subscriptions", { ...fields, trial_end: "later" }, "trial_end"],
    [path, { trial_end: NOON - 1 }, "trial_end"],
    [path, { trial_settings: { end_behavior: { missing_payment_method: "hope" } } }, "trial_settings[end_behavior][missing_payment_method]"],
  ];
  for (const [url, given, param] of cases) {
    const { status, body } = await sandbox.stripe.post(url, given);
    assert.deepEqual([status, body.error.param], [400, param]);
  }
});

test("the trial that a price brings with it, when it is asked for", async (t) => {
  const { sandbox, customer, price } = await trial(t, {});
  const recurring = { interval: "month", trial_period_days: 5 };
  const offered = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 100, product: price.product, recurring });
  const buy = (fields) => sandbox.post("/v1/subscriptions", { customer, items: [{ price: offered.id }], ...fields });
  assert.deepEqual([(await buy({})).status, (await buy({ trial_from_plan: "true" })).trial_end], ["active", NOON + 5 * DAY]);
  const both = await sandbox.stripe.post("/v1/subscriptions", { customer, items: [{ price: offered.id }], trial_from_plan: "true", trial_period_days: 3 });
  assert.deepEqual([both.status, both.body.error.param], [400, "trial_end"]);
});

test("a price changed within a trial costs nothing and moves nothing, in both billing modes", async (t) => {
  for (const type of ["flexible", "classic"]) {
    const { sandbox, clock, bought, path } = await trial(t, { trial_period_days: 14, billing_mode: { type } });
    await sandbox.advance(clock, NOON + 3 * DAY);
    const yearly = await sandbox.price(9900, "year");
    const changed = await sandbox.post(path, { items: [{ id: bought.items.data[0].id, price: yearly.id }], proration_behavior: "always_invoice" });
    assert.deepEqual([changed.status, changed.latest_invoice, changed.billing_cycle_anchor], ["trialing", bought.latest_invoice.id, NOON + 14 * DAY]);
    assert.deepEqual([changed.items.data[0].current_period_start, changed.items.data[0].current_period_end], [NOON, NOON + 14 * DAY]);
    await sandbox.advance(clock, NOON + 14 * DAY + HOUR);
    assert.equal((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice.total, 9900);
  }
});

test("a trial that is not there cannot be ended: the change in the same call is prorated as ever", async (t) => {
  const { sandbox, clock, bought, path } = await trial(t, {});
  await sandbox.advance(clock, NOON + 14 * DAY);
  const large = await sandbox.price(9900);
  const { latest_invoice } = await sandbox.post(path, {
    items: [{ id: bought.items.data[0].id, price: large.id }],
    trial_end: "now",
    proration_behavior: "always_invoice",
    expand: ["latest_invoice"],
  });
  assert.deepEqual(latest_invoice.lines.data.map(({ amount }) => amount), [-1450, 4950]);
});

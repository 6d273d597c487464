// Promise: items can be read, added, changed and removed by themselves, and several intervals live together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const amounts = (invoice) => invoice.lines.data.map(({ amount }) => amount);

async function bought(t, fields = {}) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(1000);
  const subscription = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], ...fields });
  return { sandbox, customer, clock, price, subscription, path: `/v1/subscriptions/${subscription.id}` };
}

test("add, list, change, remove: each with its prorations", async (t) => {
  const { sandbox, clock, subscription, path } = await bought(t);
  const seat = await sandbox.price(2000);
  await sandbox.advance(clock, NOON + 14 * DAY);
  const added = await sandbox.post("/v1/subscription_items", {
    subscription: subscription.id,
    price: seat.id,
    quantity: 2,
    metadata: { team: "a" },
    proration_behavior: "always_invoice",
  });
  assert.deepEqual([added.object, added.quantity, added.metadata.team], ["subscription_item", 2, "a"]);
  assert.deepEqual(amounts((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice), [2000]);
  const listed = await sandbox.get("/v1/subscription_items", { subscription: subscription.id, limit: 1 });
  assert.deepEqual([listed.data.length, listed.has_more], [1, true]);
  const rest = await sandbox.get("/v1/subscription_items", { subscription: subscription.id, starting_after: listed.data[0].id });
  assert.deepEqual([rest.data.map(({ id }) => id), rest.has_more], [[added.id], false]);
  const url = `/v1/subscription_items/${added.id}`;
  assert.equal((await sandbox.get(url)).price.id, seat.id);
  const changed = await sandbox.post(url, { quantity: 5, proration_behavior: "always_invoice" });
  assert.equal(changed.quantity, 5);
  assert.deepEqual(amounts((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice), [-2000, 5000]);
  const removed = await sandbox.delete(`${url}?proration_behavior=always_invoice`);
  assert.deepEqual([removed.id, removed.deleted], [added.id, true]);
  assert.deepEqual(amounts((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice), [-5000]);
  assert.equal((await sandbox.stripe.get(url)).status, 404);
});

test("a month and a year in one subscription: each renews at its own time", async (t) => {
  const { sandbox, clock, subscription, path } = await bought(t);
  const yearly = await sandbox.price(9900, "year");
  const added = await sandbox.post("/v1/subscription_items", { subscription: subscription.id, price: yearly.id });
  assert.equal(added.current_period_end, Date.UTC(2016, 0, 31, 12) / 1000);
  for (const [month, day] of [[1, 28], [2, 31], [3, 30]]) {
    await sandbox.advance(clock, Date.UTC(2015, month, day, 12) / 1000 + 2 * HOUR);
    const { latest_invoice } = await sandbox.get(path, { expand: ["latest_invoice"] });
    // The year's share was pending and comes with the first renewal.
    assert.deepEqual([latest_invoice.status, amounts(latest_invoice)], ["paid", month === 1 ? [9900, 1000] : [1000]]);
  }
  const classic = await bought(t, { billing_mode: { type: "classic" } });
  const other = await classic.sandbox.price(9900, "year");
  const refused = await classic.sandbox.stripe.post("/v1/subscription_items", { subscription: classic.subscription.id, price: other.id });
  assert.deepEqual([refused.status, refused.body.error.param], [400, "items"]);
});

test("a price made for one item, and a discount on it", async (t) => {
  const { sandbox, subscription, price, clock, path } = await bought(t);
  const coupon = await sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const added = await sandbox.post("/v1/subscription_items", {
    subscription: subscription.id,
    price_data: { currency: "usd", product: price.product, unit_amount: 600, recurring: { interval: "month" } },
    discounts: [{ coupon: coupon.id }],
    proration_behavior: "none",
  });
  assert.equal(added.discounts.length, 1);
  await sandbox.advance(clock, NOON + 28 * DAY + 2 * HOUR);
  assert.equal((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice.total, 1300);
});

test("what makes no sense is refused", async (t) => {
  const { sandbox, subscription, price } = await bought(t);
  const once = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 5, product: price.product });
  const idle = await sandbox.price(300);
  await sandbox.post(`/v1/prices/${idle.id}`, { active: "false" });
  const item = `/v1/subscription_items/${subscription.items.data[0].id}`;
  const cases = [
    ["/v1/subscription_items", { price: price.id }, "subscription"],
    ["/v1/subscription_items", { subscription: subscription.id }, "items[price]"],
    ["/v1/subscription_items", { subscription: subscription.id, price: once.id }, "items[price]"],
    ["/v1/subscription_items", { subscription: subscription.id, price: idle.id }, "items[price]"],
    ["/v1/subscription_items", { subscription: subscription.id, price: "price_none" }, "items[price]"],
    [item, { quantity: -1 }, "quantity"],
    [item, { colour: "red" }, "colour"],
    [item, { proration_date: NOON - DAY, quantity: 2 }, "proration_date"],
  ];
  for (const [url, fields, param] of cases) {
    const { status, body } = await sandbox.stripe.post(url, fields);
    assert.deepEqual([status, body.error?.type, body.error?.param], [400, "invalid_request_error", param], JSON.stringify(fields));
  }
  assert.equal((await sandbox.stripe.delete(item)).status, 400); // the last one
  assert.equal((await sandbox.stripe.get("/v1/subscription_items/si_none")).status, 404);
  await sandbox.delete(`/v1/subscriptions/${subscription.id}`);
  assert.equal((await sandbox.stripe.post(item, { quantity: 2 })).status, 400);
});

test("what is sold once with it comes onto the next invoice that it makes", async (t) => {
  const { sandbox, customer, clock, price, subscription, path } = await bought(t);
  const setup = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 5000, product: price.product });
  const created = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: price.id }],
    trial_period_days: 7,
    add_invoice_items: [{ price: setup.id, quantity: 2 }],
    expand: ["latest_invoice"],
  });
  assert.deepEqual([created.status, amounts(created.latest_invoice), created.latest_invoice.status], ["trialing", [0, 10000], "paid"]);
  const price_data = { currency: "usd", product: price.product, unit_amount: 700 };
  const later = await sandbox.post(path, { add_invoice_items: [{ price_data }] });
  assert.equal(later.latest_invoice, subscription.latest_invoice);
  await sandbox.advance(clock, NOON + 28 * DAY);
  assert.deepEqual(amounts((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice), [700, 1000]);
  const now = await sandbox.post(path, { add_invoice_items: [{ price: setup.id }], proration_behavior: "always_invoice", expand: ["latest_invoice"] });
  assert.deepEqual([amounts(now.latest_invoice), now.latest_invoice.status], [[5000], "paid"]);
  const refused = await sandbox.stripe.post(path, { add_invoice_items: [{ price: price.id }] });
  assert.deepEqual([refused.status, refused.body.error.param], [400, "pricing[price]"]);
});

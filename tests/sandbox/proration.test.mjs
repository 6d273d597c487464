// Promise: every published figure about prorations comes out of the sandbox, in both billing modes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const april = (day) => Date.UTC(2015, 3, day) / 1000; // thirty days
const amounts = (invoice) => invoice.lines.data.map(({ amount }) => amount);
const classic = { billing_mode: { type: "classic" } };

// Steps on the clock of one subscription that begins on 1 April.
class Story {
  static async start(t, prices, fields = {}) {
    const story = new Story();
    story.sandbox = await Sandbox.start(t);
    Object.assign(story, await story.sandbox.customer({ at: april(1) }));
    const items = [];
    for (const unit_amount of prices) items.push({ price: (await story.sandbox.price(unit_amount)).id });
    story.bought = await story.sandbox.post("/v1/subscriptions", { customer: story.customer, items, ...fields });
    story.path = `/v1/subscriptions/${story.bought.id}`;
    return story;
  }

  item(index = 0) {
    return this.bought.items.data[index].id;
  }

  to(day) {
    return this.sandbox.advance(this.clock, april(day));
  }

  async change(unit_amount, fields = {}) {
    const price = await this.sandbox.price(unit_amount);
    return this.update({ items: [{ id: this.item(), price: price.id }], ...fields });
  }

  update(fields) {
    return this.sandbox.post(this.path, { ...fields, expand: ["latest_invoice", "customer"] });
  }

  invoice() {
    return this.sandbox.get(this.path, { expand: ["latest_invoice"] }).then(({ latest_invoice }) => latest_invoice);
  }
}

const NOW = { proration_behavior: "always_invoice" };
const NONE = { proration_behavior: "none" };

// name, prices at the start, fields at the start, steps, lines of the last invoice
const FIGURES = [
  ["10 to 20 half way", [1000], {}, [[16, 2000, NOW]], [-500, 1000]],
  ["20 to 10 with a third left", [2000], {}, [[21, 1000, NOW]], [-667, 333]],
  ["20 to 10 with a third left, classic", [2000], classic, [[21, 1000, NOW]], [-667, 333]],
  ["10 to 20 for nothing, and back: flexible", [1000], {}, [[11, 2000, NONE], [21, 1000, NOW]], [-333, 333]],
  ["10 to 20 for nothing, and back: classic", [1000], classic, [[11, 2000, NONE], [21, 1000, NOW]], [-667, 333]],
  ["two changes: each credits what the one before it debited", [1000], {}, [[11, 2000, NOW], [21, 4000, NOW]], [-667, 1333]],
  ["the last day of the month", [3000], {}, [[30, 6000, NOW]], [-100, 200]],
];

for (const [name, prices, fields, steps, lines] of FIGURES) {
  test(name, async (t) => {
    const story = await Story.start(t, prices, fields);
    let last;
    for (const [day, unit_amount, how] of steps) {
      await story.to(day);
      last = await story.change(unit_amount, how);
    }
    assert.deepEqual(amounts(last.latest_invoice), lines);
    assert.equal(last.latest_invoice.total, lines[0] + lines[1]);
    assert.equal(last.billing_cycle_anchor, april(1));
    for (const line of last.latest_invoice.lines.data) {
      assert.deepEqual([line.period.end, line.discountable], [april(31), false]);
      assert.equal(line.parent.subscription_item_details.proration, true);
    }
  });
}

for (const [mode, fields, credit] of [["flexible", {}, -417], ["classic", classic, -250]]) {
  test(`5.00 off 10 and 20, the 10 removed half way: ${mode} ${credit}`, async (t) => {
    const sandbox = await Sandbox.start(t);
    const { customer, clock } = await sandbox.customer({ at: april(1) });
    const coupon = await sandbox.post("/v1/coupons", { amount_off: 500, currency: "usd", duration: "forever" });
    const items = [{ price: (await sandbox.price(1000)).id }, { price: (await sandbox.price(2000)).id }];
    const bought = await sandbox.post("/v1/subscriptions", {
      customer, items, ...fields, discounts: [{ coupon: coupon.id }], expand: ["latest_invoice"],
    });
    const taken = bought.latest_invoice.lines.data.map(({ discount_amounts }) => discount_amounts[0].amount);
    assert.deepEqual([taken, bought.latest_invoice.total], [[166, 334], 2500]);
    await sandbox.advance(clock, april(16));
    await sandbox.delete(`/v1/subscription_items/${bought.items.data[0].id}?proration_behavior=always_invoice`);
    const { latest_invoice } = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
    assert.deepEqual([amounts(latest_invoice), latest_invoice.total], [[credit], credit]);
  });
}

test("an end inside the period is credited, taken back it is debited; each debit is credited by itself", async (t) => {
  const story = await Story.start(t, [1000]);
  await story.to(11);
  await story.update({ items: [{ id: story.item(), quantity: 2 }], ...NOW });
  await story.to(16);
  const ending = await story.update({ cancel_at: april(26), ...NOW });
  assert.deepEqual([ending.cancel_at, amounts(ending.latest_invoice)], [april(26), [-333]]);
  const staying = await story.update({ cancel_at: "", ...NOW });
  assert.deepEqual([staying.cancel_at, amounts(staying.latest_invoice)], [null, [333]]);
  const less = await story.update({ items: [{ id: story.item(), quantity: 1 }], ...NOW });
  assert.deepEqual(amounts(less.latest_invoice), [-667, -333, 500]);
});

test("prorations wait for the next invoice, are invoiced now, or are not made", async (t) => {
  const story = await Story.start(t, [1000]);
  const first = await story.invoice();
  await story.to(16);
  assert.equal((await story.change(2000)).latest_invoice.id, first.id);
  await story.to(31);
  assert.deepEqual(amounts(await story.invoice()), [-500, 1000, 2000]);
  const other = await Story.start(t, [1000]);
  await other.to(16);
  await other.change(2000, NONE);
  await other.to(31);
  assert.deepEqual(amounts(await other.invoice()), [2000]);
});

test("what is pending goes onto every invoice that the subscription makes", async (t) => {
  const story = await Story.start(t, [1000]);
  await story.to(16);
  await story.change(2000);
  const reset = await story.update({ billing_cycle_anchor: { type: "now" }, ...NONE });
  assert.deepEqual(amounts(reset.latest_invoice), [-500, 1000, 2000]);
});

test("what does not change the price makes no proration", async (t) => {
  const story = await Story.start(t, [1000]);
  const coupon = await story.sandbox.post("/v1/coupons", { percent_off: 10, duration: "forever" });
  await story.to(16);
  const first = await story.invoice();
  const changes = [
    { metadata: { a: "b" } },
    { discounts: [{ coupon: coupon.id }] },
    { payment_settings: { save_default_payment_method: "on_subscription" } },
    { cancel_at_period_end: "true" },
    { cancel_at_period_end: "false" },
    { items: [{ id: story.item(), quantity: 1 }] },
  ];
  for (const fields of changes) {
    assert.equal((await story.update({ ...fields, ...NOW })).latest_invoice.id, first.id, JSON.stringify(fields));
  }
  assert.equal((await story.sandbox.get("/v1/invoiceitems", { customer: story.customer })).data.length, 0);
});

test("a discount given in the same call counts for what remains, not for what was paid", async (t) => {
  const story = await Story.start(t, [1000]);
  const coupon = await story.sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  await story.to(16);
  const changed = await story.change(2000, { discounts: [{ coupon: coupon.id }], ...NOW });
  assert.deepEqual(amounts(changed.latest_invoice), [-500, 500]);
});

test("an instant given pins the amounts: preview and change agree", async (t) => {
  const story = await Story.start(t, [1000]);
  await story.to(18);
  const price = await story.sandbox.price(2000);
  const change = { items: [{ id: story.item(), price: price.id }], proration_date: april(16), ...NOW };
  const preview = await story.sandbox.post("/v1/invoices/create_preview", { subscription: story.bought.id, subscription_details: change });
  const changed = await story.update(change);
  assert.deepEqual(amounts(preview), [-500, 1000]);
  assert.deepEqual(amounts(changed.latest_invoice), amounts(preview));
});

test("an unpaid period is credited too", async (t) => {
  const story = await Story.start(t, [1000]);
  const bad = await story.sandbox.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", { customer: story.customer });
  await story.update({ default_payment_method: bad.id });
  await story.sandbox.advance(story.clock, april(31) + 7200);
  assert.equal((await story.invoice()).status, "open");
  await story.sandbox.advance(story.clock, april(31) + 15.5 * 86400); // half of May
  const less = await story.change(500, NOW);
  assert.deepEqual(amounts(less.latest_invoice), [-500, 250]);
  assert.deepEqual([less.latest_invoice.status, less.latest_invoice.amount_due, less.customer.balance], ["paid", 0, -250]);
});

test("credit is kept for the next invoice; a sum too small to charge is carried", async (t) => {
  const story = await Story.start(t, [2000]);
  await story.to(16);
  const less = await story.change(1000, NOW);
  assert.deepEqual([less.latest_invoice.total, less.latest_invoice.status, less.customer.balance], [-500, "paid", -500]);
  assert.deepEqual([less.latest_invoice.starting_balance, less.latest_invoice.ending_balance], [0, -500]);
  await story.sandbox.advance(story.clock, april(31) + 7200);
  const renewed = await story.invoice();
  assert.deepEqual([renewed.total, renewed.amount_due, renewed.starting_balance, renewed.ending_balance], [1000, 500, -500, 0]);
  const small = await story.update({ items: [{ id: story.item(), price: (await story.sandbox.price(1040)).id }], ...NOW });
  assert.deepEqual([small.latest_invoice.total > 0 && small.latest_invoice.total < 50, small.latest_invoice.amount_due], [true, 0]);
  assert.equal(small.customer.balance, small.latest_invoice.total);
});

test("from classic to flexible, and never back", async (t) => {
  const story = await Story.start(t, [1000], classic);
  const moved = await story.sandbox.post(`${story.path}/migrate`, { billing_mode: { type: "flexible" } });
  assert.deepEqual([moved.billing_mode.type, moved.billing_mode.updated_at], ["flexible", april(1)]);
  const again = await story.sandbox.stripe.post(`${story.path}/migrate`, { billing_mode: { type: "flexible" } });
  assert.deepEqual([again.status, again.body.error.param], [400, "billing_mode[type]"]);
  const back = await story.sandbox.stripe.post(`${story.path}/migrate`, { billing_mode: { type: "classic" } });
  assert.equal(back.status, 400);
  const nothing = await story.sandbox.stripe.post(`${story.path}/migrate`);
  assert.deepEqual([nothing.status, nothing.body.error.param], [400, "billing_mode"]);
});

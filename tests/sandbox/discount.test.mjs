// Promise: coupons, promotion codes and discounts take off what Stripe's do, to the cent, for as long
// as they say, and are refused in Stripe's way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const MONTHS = [Date.UTC(2015, 1, 28, 13), Date.UTC(2015, 2, 31, 13), Date.UTC(2015, 3, 30, 13)].map((ms) => ms / 1000);

// A subscription to prices of these amounts, under these discounts; { customer, clock, bought }.
async function subscribe(sandbox, amounts, discounts) {
  const { customer, clock } = await sandbox.customer();
  const items = [];
  for (const amount of amounts) items.push({ price: (await sandbox.price(amount)).id });
  const bought = await sandbox.post("/v1/subscriptions", { customer, items, discounts, expand: ["latest_invoice"] });
  return { customer, clock, bought };
}

async function refusal(sandbox, path, fields) {
  const { status, body } = await sandbox.stripe.post(path, fields);
  return [status, body.error?.code, body.error?.param];
}

test("a discount's share of each line, and the sums", async (t) => {
  const sandbox = await Sandbox.start(t);
  const cases = [
    // coupon, prices, what each line loses, total
    [{ amount_off: 500, currency: "usd" }, [1000, 2000], [166, 334], 2500],
    [{ percent_off: "25" }, [2900], [725], 2175],
    [{ percent_off: "33.33" }, [1000, 999], [333, 333], 1333],
    [{ percent_off: "12.5" }, [1], [0], 1],
    [{ percent_off: "100" }, [2900, 100], [2900, 100], 0],
    [{ amount_off: 99999, currency: "usd" }, [2900, 1], [2900, 1], 0],
    [{ amount_off: 1, currency: "usd" }, [1000, 1000, 1000], [0, 0, 1], 2999],
  ];
  for (const [fields, amounts, taken, total] of cases) {
    const coupon = await sandbox.post("/v1/coupons", { duration: "forever", ...fields });
    const { bought } = await subscribe(sandbox, amounts, [{ coupon: coupon.id }]);
    const invoice = bought.latest_invoice;
    const name = JSON.stringify(fields);
    assert.deepEqual(invoice.lines.data.map((line) => line.discount_amounts[0].amount), taken, name);
    assert.deepEqual(invoice.discounts, bought.discounts, name);
    assert.equal(invoice.total_discount_amounts[0].amount, taken.reduce((sum, amount) => sum + amount), name);
    assert.equal(invoice.subtotal, amounts.reduce((sum, amount) => sum + amount), name);
    assert.equal(invoice.total, total, name);
  }
});

test("once, repeating and forever end when they say", async (t) => {
  const sandbox = await Sandbox.start(t);
  const cases = [
    [{ duration: "once" }, [1450, 2900, 2900, 2900]],
    [{ duration: "repeating", duration_in_months: 2 }, [1450, 1450, 2900, 2900]],
    [{ duration: "forever" }, [1450, 1450, 1450, 1450]],
  ];
  for (const [duration, totals] of cases) {
    const coupon = await sandbox.post("/v1/coupons", { percent_off: "50", ...duration });
    const { clock, bought } = await subscribe(sandbox, [2900], [{ coupon: coupon.id }]);
    for (const month of MONTHS) await sandbox.advance(clock, month);
    const { data } = await sandbox.get("/v1/invoices", { subscription: bought.id });
    assert.deepEqual(data.reverse().map(({ amount_paid }) => amount_paid), totals, duration.duration);
    const { discounts } = await sandbox.get(`/v1/subscriptions/${bought.id}`);
    assert.equal(discounts.length, duration.duration === "forever" ? 1 : 0);
    assert.equal((await sandbox.get(`/v1/coupons/${coupon.id}`)).times_redeemed, 1);
  }
  const ended = (await sandbox.events({ type: "customer.discount.deleted" })).length;
  assert.equal(ended, 2);
});

test("flexible billing credits the discounted price: Stripe's own example", async (t) => {
  const sandbox = await Sandbox.start(t);
  const coupon = await sandbox.post("/v1/coupons", { duration: "forever", amount_off: 500, currency: "usd" });
  const april = (day) => Date.UTC(2015, 3, day) / 1000;
  const { customer, clock } = await sandbox.customer({ at: april(1) });
  const ten = await sandbox.price(1000);
  const twenty = await sandbox.price(2000);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: ten.id }, { price: twenty.id }],
    discounts: [{ coupon: coupon.id }],
  });
  await sandbox.advance(clock, april(16));
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { items: [{ id: bought.items.data[0].id, deleted: "true" }] });
  const { data } = await sandbox.get("/v1/invoiceitems", { customer });
  assert.deepEqual(data.map(({ amount }) => amount), [-417]);
});

test("a coupon for one product leaves the others alone", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const [one, other] = [await sandbox.price(1000), await sandbox.price(2000)];
  const coupon = await sandbox.post("/v1/coupons", { percent_off: "10", applies_to: { products: [other.product] } });
  const bought = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: one.id }, { price: other.id }],
    discounts: [{ coupon: coupon.id }],
    expand: ["latest_invoice"],
  });
  assert.deepEqual(bought.latest_invoice.lines.data.map(({ discount_amounts }) => discount_amounts.length), [0, 1]);
  assert.equal(bought.latest_invoice.total, 2800);
});

test("discounts are replaced, removed, and outlive their coupon", async (t) => {
  const sandbox = await Sandbox.start(t);
  const coupon = await sandbox.post("/v1/coupons", { id: "HALF", percent_off: "50", duration: "forever" });
  assert.equal(coupon.id, "HALF");
  const { clock, bought } = await subscribe(sandbox, [2900], [{ coupon: "HALF" }]);
  assert.deepEqual(await sandbox.delete("/v1/coupons/HALF"), { id: "HALF", object: "coupon", deleted: true });
  await sandbox.advance(clock, MONTHS[0]);
  const path = `/v1/subscriptions/${bought.id}`;
  const renewed = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.equal(renewed.latest_invoice.total, 1450);
  const kept = await sandbox.post(path, { discounts: [{ discount: bought.discounts[0] }] });
  assert.deepEqual(kept.discounts, bought.discounts);
  assert.deepEqual((await sandbox.post(path, { discounts: "" })).discounts, []);
  await sandbox.advance(clock, MONTHS[1]);
  assert.equal((await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice.total, 2900);
});

test("a promotion code is found in either case, and keeps its restrictions", async (t) => {
  const sandbox = await Sandbox.start(t);
  const coupon = await sandbox.post("/v1/coupons", { percent_off: "50" });
  const promotion = { type: "coupon", coupon: coupon.id };
  const code = await sandbox.post("/v1/promotion_codes", { promotion, code: "SPRING", max_redemptions: 1 });
  const { data } = await sandbox.get("/v1/promotion_codes", { code: "spring", active: "true" });
  assert.deepEqual(data.map(({ id }) => id), [code.id]);
  const { customer, bought } = await subscribe(sandbox, [2900], [{ promotion_code: code.id }]);
  assert.equal(bought.latest_invoice.total, 1450);
  const price = await sandbox.price(1000);
  const buy = async (promotion_code, of = customer) =>
    refusal(sandbox, "/v1/subscriptions", { customer: of, items: [{ price: price.id }], discounts: [{ promotion_code }] });
  const param = "discounts[0][promotion_code]";
  assert.deepEqual(await buy(code.id), [400, undefined, param]); // used up
  const first = await sandbox.post("/v1/promotion_codes", { promotion, restrictions: { first_time_transaction: "true" } });
  assert.deepEqual(await buy(first.id), [400, undefined, param]); // has paid before
  const large = await sandbox.post("/v1/promotion_codes", {
    promotion,
    restrictions: { minimum_amount: 1001, minimum_amount_currency: "usd" },
  });
  assert.deepEqual(await buy(large.id), [400, undefined, param]); // 10.00 is under the minimum
  const stranger = await sandbox.customer();
  const own = await sandbox.post("/v1/promotion_codes", { promotion, customer: stranger.customer });
  assert.deepEqual(await buy(own.id), [400, undefined, param]);
  assert.equal((await buy(own.id, stranger.customer))[0], 200);
  await sandbox.post(`/v1/promotion_codes/${own.id}`, { active: "false" });
  assert.deepEqual(await buy(own.id, stranger.customer), [400, undefined, param]);
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const used = await sandbox.post("/v1/coupons", { percent_off: "50", max_redemptions: 1 });
  const soon = Math.floor(Date.now() / 1000) + 3600;
  const late = await sandbox.post("/v1/coupons", { percent_off: "50", redeem_by: soon });
  const euros = await sandbox.post("/v1/coupons", { amount_off: 500, currency: "eur" });
  const sale = (discounts) => ({ customer, items: [{ price: price.id }], discounts });
  await sandbox.post("/v1/subscriptions", sale([{ coupon: used.id }]));
  await sandbox.post("/v1/promotion_codes", { promotion: { type: "coupon", coupon: euros.id }, code: "TWICE" });
  const cases = [
    ["/v1/coupons", {}, 400, "parameter_missing", "percent_off"],
    ["/v1/coupons", { percent_off: "5", amount_off: 5, currency: "usd" }, 400, "parameters_exclusive", "percent_off"],
    ["/v1/coupons", { percent_off: "100.1" }, 400, undefined, "percent_off"],
    ["/v1/coupons", { percent_off: "0" }, 400, undefined, "percent_off"],
    ["/v1/coupons", { percent_off: "five" }, 400, "parameter_invalid_integer", "percent_off"],
    ["/v1/coupons", { amount_off: 500 }, 400, "parameter_missing", "currency"],
    ["/v1/coupons", { amount_off: 500, currency: "zzz" }, 400, undefined, "currency"],
    ["/v1/coupons", { amount_off: 505, currency: "kwd" }, 400, undefined, "amount_off"],
    ["/v1/coupons", { percent_off: "5", duration: "repeating" }, 400, "parameter_missing", "duration_in_months"],
    ["/v1/coupons", { percent_off: "5", duration_in_months: 3 }, 400, undefined, "duration_in_months"],
    ["/v1/coupons", { percent_off: "5", redeem_by: 1 }, 400, undefined, "redeem_by"],
    ["/v1/coupons", { percent_off: "5", id: used.id }, 400, "resource_already_exists", "id"],
    ["/v1/promotion_codes", { promotion: { type: "coupon" } }, 400, "parameter_missing", "promotion[coupon]"],
    ["/v1/promotion_codes", { promotion: { type: "coupon", coupon: "none" } }, 400, "resource_missing", "promotion[coupon]"],
    ["/v1/promotion_codes", { promotion: { type: "coupon", coupon: euros.id }, code: "twice" }, 400, "resource_already_exists", "code"],
    ["/v1/promotion_codes", { promotion: { type: "coupon", coupon: euros.id }, code: "A B" }, 400, undefined, "code"],
    ["/v1/subscriptions", sale([{ coupon: used.id }]), 400, undefined, "discounts[0][coupon]"],
    ["/v1/subscriptions", sale([{ coupon: euros.id }]), 400, undefined, "discounts[0][coupon]"],
    ["/v1/subscriptions", sale([{ coupon: "none" }]), 400, "resource_missing", "discounts[0][coupon]"],
    ["/v1/subscriptions", sale([{ coupon: late.id, promotion_code: "x" }]), 400, "parameters_exclusive", "discounts[0][coupon]"],
  ];
  for (const [path, fields, ...wanted] of cases) {
    assert.deepEqual(await refusal(sandbox, path, fields), wanted, JSON.stringify(fields));
  }
  const tomorrow = await sandbox.customer({ at: soon });
  const expired = await refusal(sandbox, "/v1/subscriptions", { ...sale([{ coupon: late.id }]), customer: tomorrow.customer });
  assert.deepEqual(expired, [400, "coupon_expired", "discounts[0][coupon]"]);
});

// Promise: a person pays, subscribes or saves a method on the checkout page, and is sent back; the same
// session completes once only, and tells of money that comes days later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const CARD = { number: "4242 4242 4242 4242", expiry: "12 / 34", cvc: "123" };

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { email: "ada@example.com", test_clock: clock })).id;
  const once = (await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 1500, product_data: { name: "Shirt" } })).id;
  const monthly = (await sandbox.price(2900)).id;
  const session = (fields) => sandbox.post("/v1/checkout/sessions", { success_url: "http://shop.example/done?s={CHECKOUT_SESSION_ID}", ...fields });
  const submit = (made, fields) => http.request("POST", new URL(made.url).pathname, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: encodeForm(fields) });
  const see = async (made) => (await http.request("GET", new URL(made.url).pathname)).text;
  const read = (made, expand) => sandbox.get(`/v1/checkout/sessions/${made.id}`, { expand });
  return { sandbox, customer, clock, once, monthly, session, submit, see, read };
}

const typesOf = async (sandbox) => (await sandbox.events()).map(({ type }) => type);

test("a payment", async (t) => {
  const { sandbox, once, session, submit, see, read } = await opened(t);
  const made = await session({ mode: "payment", line_items: [{ price: once, quantity: 2 }], payment_intent_data: { description: "Two shirts", metadata: { order: "7" } } });
  assert.deepEqual([made.status, made.payment_status, made.amount_total, made.currency, made.payment_intent], ["open", "unpaid", 3000, "usd", null]);
  const page = await see(made);
  assert.ok(page.includes("Shirt × 2") && page.includes("Pay $30.00"));
  const declined = await submit(made, { number: "4000 0000 0000 9995" });
  assert.deepEqual([declined.status, declined.text.includes("insufficient funds")], [402, true]);
  const sent = await submit(made, CARD);
  assert.deepEqual([sent.status, sent.headers.location], [303, `http://shop.example/done?s=${made.id}`]);
  const done = await read(made, ["payment_intent.latest_charge", "line_items"]);
  assert.deepEqual([done.status, done.payment_status, done.payment_intent.amount_received, done.payment_intent.metadata.order], ["complete", "paid", 3000, "7"]);
  assert.deepEqual(done.line_items.data.map(({ description, quantity, amount_total }) => [description, quantity, amount_total]), [["Shirt", 2, 3000]]);
  assert.equal((await typesOf(sandbox)).at(-1), "checkout.session.completed");
});

test("a card that asks pays when the person approves", async (t) => {
  const { once, session, submit, read } = await opened(t);
  const made = await session({ mode: "payment", line_items: [{ price: once }] });
  const number = "4000002760003184";
  assert.ok((await submit(made, { number })).text.includes("Your bank asks"));
  assert.equal((await submit(made, { number, answer: "refuse" })).status, 402);
  assert.equal((await submit(made, { number, answer: "approve" })).status, 303);
  assert.equal((await read(made)).payment_status, "paid");
});

test("an authorization completes the session, and is not yet paid", async (t) => {
  const { sandbox, once, session, submit, read } = await opened(t);
  const made = await session({ mode: "payment", line_items: [{ price: once }], payment_intent_data: { capture_method: "manual" } });
  assert.equal((await submit(made, CARD)).status, 303);
  const done = await read(made);
  assert.deepEqual([done.status, done.payment_status], ["complete", "unpaid"]);
  assert.equal((await sandbox.post(`/v1/payment_intents/${done.payment_intent}/capture`)).status, "succeeded");
});

test("a bank debit: complete at once, paid or not days later", async (t) => {
  for (const [account, event, status] of [["000123456789", "async_payment_succeeded", "paid"], ["000222222227", "async_payment_failed", "unpaid"]]) {
    const { sandbox, customer, clock, once, session, submit, see, read } = await opened(t);
    const made = await session({ mode: "payment", customer, line_items: [{ price: once }], allowed_payment_method_types: ["card", "us_bank_account"] });
    assert.ok((await see(made)).includes("Use a US bank account instead"));
    assert.equal((await submit(made, { account, routing: "110000000" })).status, 303);
    assert.deepEqual([(await read(made)).status, (await read(made)).payment_status], ["complete", "unpaid"]);
    await sandbox.advance(clock, NOON + 6 * DAY);
    assert.equal((await read(made)).payment_status, status);
    assert.ok((await typesOf(sandbox)).includes(`checkout.session.${event}`));
  }
});

test("a subscription, with a trial, with a card that asks", async (t) => {
  const { sandbox, customer, monthly, session, submit, see, read } = await opened(t);
  const line_items = [{ price: monthly, quantity: 1 }];
  const made = await session({ mode: "subscription", customer, line_items, subscription_data: { metadata: { plan: "starter" } } });
  assert.ok((await see(made)).includes("$29.00 per month"));
  assert.equal((await submit(made, { number: "4000000000000341" })).status, 402);
  assert.equal((await sandbox.get("/v1/subscriptions", { customer, status: "all" })).data.length, 0);
  assert.equal((await submit(made, CARD)).status, 303);
  const done = await read(made, ["subscription", "invoice"]);
  assert.deepEqual([done.payment_status, done.subscription.status, done.subscription.metadata.plan, done.invoice.status], ["paid", "active", "starter", "paid"]);
  const trial = await session({ mode: "subscription", customer_email: "bob@example.com", line_items, subscription_data: { trial_period_days: 14 } });
  assert.deepEqual([trial.amount_total, trial.payment_status], [0, "no_payment_required"]);
  assert.equal((await submit(trial, CARD)).status, 303);
  const tried = await read(trial, ["subscription", "customer"]);
  assert.deepEqual([tried.subscription.status, tried.customer.email, tried.customer_details.email], ["trialing", "bob@example.com", "bob@example.com"]);
  const asked = await session({ mode: "subscription", customer, line_items });
  const number = "4000002760003184";
  assert.ok((await submit(asked, { number })).text.includes("Your bank asks"));
  assert.equal((await submit(asked, { number, answer: "approve" })).status, 303);
  assert.equal((await read(asked, ["subscription"])).subscription.status, "active");
});

test("what the page's own API does in its place", async (t) => {
  const { sandbox, once, session } = await opened(t);
  const made = await session({ mode: "payment", line_items: [{ price: once }] });
  assert.equal((await sandbox.get(`/v1/payment_pages/${made.id}`)).id, made.id);
  const confirm = (fields) => sandbox.stripe.post(`/v1/payment_pages/${made.id}/confirm`, { payment_method: "pm_card_visa", ...fields });
  assert.equal((await confirm({ expected_amount: 5 })).body.error.param, "expected_amount");
  assert.equal((await confirm({ payment_method: "pm_card_chargeDeclined" })).status, 402);
  assert.equal((await confirm({ expected_amount: 1500 })).body.status, "complete");
  assert.equal((await confirm()).status, 400);
});

test("a coupon is taken off what is paid now, line by line, and used up by what was bought", async (t) => {
  const { sandbox, customer, once, monthly, session, submit, see, read } = await opened(t);
  const coupon = await sandbox.post("/v1/coupons", { percent_off: 20, duration: "forever", max_redemptions: 2 });
  const code = await sandbox.post("/v1/promotion_codes", { promotion: { type: "coupon", coupon: coupon.id }, code: "TEA" });
  const used = async () => (await sandbox.get(`/v1/coupons/${coupon.id}`)).times_redeemed;
  const paid = await session({ mode: "payment", line_items: [{ price: once, quantity: 2 }], discounts: [{ coupon: coupon.id }], expand: ["line_items"] });
  assert.deepEqual([paid.amount_subtotal, paid.amount_total, paid.total_details.amount_discount], [3000, 2400, 600]);
  assert.deepEqual(paid.discounts, [{ coupon: coupon.id, promotion_code: null }]);
  assert.deepEqual(paid.line_items.data.map(({ amount_subtotal, amount_discount, amount_total }) => [amount_subtotal, amount_discount, amount_total]), [[3000, 600, 2400]]);
  const page = await see(paid);
  assert.ok(page.includes("Discount") && page.includes("−$6.00") && page.includes("Pay $24.00"), page);
  assert.equal(await used(), 0, "an open session uses nothing up");
  assert.equal((await submit(paid, CARD)).status, 303);
  assert.deepEqual([await used(), (await read(paid, ["payment_intent"])).payment_intent.amount_received], [1, 2400]);
  const bought = await session({ mode: "subscription", customer, line_items: [{ price: monthly }], discounts: [{ promotion_code: code.id }] });
  const late = await session({ mode: "payment", line_items: [{ price: once }], discounts: [{ coupon: coupon.id }] });
  assert.equal((await submit(bought, CARD)).status, 303);
  const { subscription } = await read(bought, ["subscription.latest_invoice"]);
  assert.deepEqual([bought.amount_total, subscription.latest_invoice.amount_paid, subscription.discounts.length, await used()], [2320, 2320, 1, 2]);
  const tooLate = await submit(late, CARD); // somebody was faster
  assert.deepEqual([tooLate.status, tooLate.text.includes("used up")], [402, true]);
  assert.equal((await read(late)).status, "open");
  assert.deepEqual((await sandbox.get("/v1/payment_intents", { limit: 3 })).data.map(({ status }) => status), ["succeeded", "succeeded"]);
});

test("what is sold once stands beside a subscription, and is paid with a trial, too", async (t) => {
  const { customer, once, monthly, session, submit, read } = await opened(t);
  const line_items = [{ price: monthly }, { price: once, quantity: 2 }];
  const made = await session({ mode: "subscription", customer, line_items });
  const trial = await session({ mode: "subscription", customer, line_items, subscription_data: { trial_period_days: 7 } });
  assert.deepEqual([made.amount_total, trial.amount_total, trial.payment_status], [5900, 3000, "unpaid"]);
  for (const [open, status, amount] of [[made, "active", 5900], [trial, "trialing", 3000]]) {
    assert.equal((await submit(open, CARD)).status, 303);
    const done = await read(open, ["subscription.latest_invoice"]);
    assert.deepEqual([done.payment_status, done.subscription.status, done.subscription.latest_invoice.amount_paid, done.subscription.items.data.length], ["paid", status, amount, 1]);
  }
});

test("what is refused", async (t) => {
  const { sandbox, customer, once, monthly } = await opened(t);
  const euro = (await sandbox.post("/v1/prices", { currency: "eur", unit_amount: 900, product_data: { name: "Cap" } })).id;
  const cent = (await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 10, product_data: { name: "Pin" } })).id;
  const now = Math.floor(Date.now() / 1000);
  for (const [fields, code, param] of [
    [{ mode: "payment" }, "parameter_missing", "line_items"],
    [{ mode: "setup", line_items: [{ price: once }] }, undefined, "line_items"],
    [{ mode: "payment", line_items: [{ price: monthly }] }, undefined, "line_items"],
    [{ mode: "subscription", line_items: [{ price: once }] }, undefined, "line_items"],
    [{ mode: "payment", line_items: [{ price: once }, { price: euro }] }, undefined, "line_items"],
    [{ mode: "payment", line_items: [{ price: cent }] }, "amount_too_small", "line_items"],
    [{ mode: "payment", line_items: [{ quantity: 1 }] }, "parameter_missing", "line_items"],
    [{ mode: "payment", line_items: [{ price: "price_none" }] }, "resource_missing", "line_items[0][price]"],
    [{ mode: "payment", line_items: [{ price: once, quantity: 0 }] }, "parameter_invalid_integer", "line_items[0][quantity]"],
    [{ mode: "payment", line_items: [{ price: once }], subscription_data: { description: "x" } }, undefined, "subscription_data"],
    [{ mode: "payment", line_items: [{ price: once }], customer, customer_email: "a@example.com" }, "parameters_exclusive", "customer_email"],
    [{ mode: "payment", line_items: [{ price: once }], expires_at: now + 60 }, undefined, "expires_at"],
    [{ mode: "payment", line_items: [{ price: once }], success_url: "done" }, "url_invalid", "success_url"],
    [{ mode: "payment", line_items: [{ price: once }], payment_method_types: ["card"] }, "payment_method_types_no_longer_supported", "payment_method_types"],
    [{ mode: "donation" }, undefined, "mode"],
    [{ mode: "setup", discounts: [{ coupon: "x" }] }, undefined, "discounts"],
    [{ mode: "payment", line_items: [{ price: once }], discounts: [{ coupon: "none" }] }, "resource_missing", "discounts[0][coupon]"],
    [{ mode: "payment", line_items: [{ price: once }], discounts: [{ coupon: "a" }, { coupon: "b" }] }, undefined, "discounts"],
    [{ mode: "payment", line_items: [{ price: once }], discounts: [{ coupon: "a" }], allow_promotion_codes: true }, "parameters_exclusive", "discounts"],
  ]) {
    const { status, body } = await sandbox.stripe.post("/v1/checkout/sessions", { success_url: "http://shop.example/", ...fields });
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], JSON.stringify(fields));
  }
  const made = await sandbox.post("/v1/checkout/sessions", { mode: "payment", success_url: "http://shop.example/", line_items: [{ price: once }] });
  assert.equal((await sandbox.post(`/v1/checkout/sessions/${made.id}/expire`)).status, "expired");
  assert.equal((await sandbox.stripe.post(`/v1/checkout/sessions/${made.id}/expire`)).status, 400);
});

test("a line may describe its product, and a metered price begins with nothing to pay", async (t) => {
  const sandbox = await Sandbox.start(t);
  const sell = (mode, item) => sandbox.stripe.post("/v1/checkout/sessions", { mode, success_url: "https://example.com/done", line_items: [item] });
  const price_data = { currency: "usd", unit_amount: 2000, product_data: { name: "Tea", description: "Green", metadata: { leaf: "whole" } } };
  const { body: once } = await sell("payment", { price_data, quantity: 2 });
  const { data: [line] } = await sandbox.get(`/v1/checkout/sessions/${once.id}/line_items`, { expand: ["data.price.product"] });
  assert.deepEqual([once.amount_total, line.description, line.price.product.metadata], [4000, "Tea", { leaf: "whole" }]);
  const { body: again } = await sell("subscription", { price_data: { ...price_data, recurring: { interval: "month" } }, quantity: 1 });
  const pay = (session) => fetch(session.url, { method: "POST", body: new URLSearchParams({ number: "4242424242424242" }), redirect: "manual" });
  assert.equal((await pay(again)).status, 303);
  assert.equal((await sandbox.get("/v1/products")).data.length, 2);
  const meter = await sandbox.post("/v1/billing/meters", { display_name: "Units", event_name: "units", default_aggregation: { formula: "sum" } });
  const price = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 5, recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Units" } });
  const { body: metered } = await sell("subscription", { price: price.id });
  assert.deepEqual([metered.amount_total, metered.payment_status], [0, "no_payment_required"]);
  assert.equal((await pay(metered)).status, 303);
  const { subscription } = await sandbox.get(`/v1/checkout/sessions/${metered.id}`, { expand: ["subscription"] });
  assert.deepEqual([subscription.status, subscription.latest_invoice, subscription.items.data[0].price.id], ["active", null, price.id]);
  const refusals = [
    [sell("subscription", { price: price.id, quantity: 1 }), undefined, "line_items"],
    [sell("payment", { price_data: { ...price_data, product: "prod_none" }, quantity: 1 }), "parameters_exclusive", "line_items[product]"],
    [sell("payment", { price_data: { currency: "usd", unit_amount: 2000 }, quantity: 1 }), "parameter_missing", "line_items[product]"],
    [sell("payment", { price_data: { ...price_data, product_data: { description: "Green" } }, quantity: 1 }), "parameter_missing", "line_items[0][price_data][product_data][name]"],
    [sell("payment", { price_data: { ...price_data, product_data: { name: "Tea", colour: "red" } }, quantity: 1 }), "parameter_unknown", "line_items[0][price_data][product_data][colour]"],
  ];
  for (const [answer, code, param] of refusals) {
    const { status, body } = await answer;
    assert.deepEqual([status, body.error.code, body.error.param], [400, code, param]);
  }
});

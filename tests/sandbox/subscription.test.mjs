// Promise: a subscription's life is Stripe's: first payment, renewal, change of plan, decline, end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;

test("bought, renewed at the month's end from the anchor, ended at the period's end", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: price.id }],
    expand: ["latest_invoice.payments"],
  });
  assert.equal(bought.status, "active");
  assert.deepEqual([bought.latest_invoice.status, bought.latest_invoice.amount_paid], ["paid", 2900]);
  assert.equal(bought.latest_invoice.payments.data[0].status, "paid");
  assert.equal(bought.items.data[0].current_period_end, Date.UTC(2015, 1, 28, 12) / 1000);

  await sandbox.advance(clock, Date.UTC(2015, 1, 28, 12, 30) / 1000);
  const path = `/v1/subscriptions/${bought.id}`;
  const renewed = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.equal(renewed.items.data[0].current_period_end, Date.UTC(2015, 2, 31, 12) / 1000);
  assert.deepEqual([renewed.latest_invoice.status, renewed.latest_invoice.number], ["draft", null]);
  await sandbox.advance(clock, Date.UTC(2015, 1, 28, 13) / 1000);
  const charged = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([charged.latest_invoice.status, charged.latest_invoice.billing_reason], ["paid", "subscription_cycle"]);

  const leaving = await sandbox.post(path, { cancel_at_period_end: "true" });
  assert.equal(leaving.cancel_at, Date.UTC(2015, 2, 31, 12) / 1000);
  await sandbox.advance(clock, Date.UTC(2015, 3, 2) / 1000);
  const ended = await sandbox.get(path);
  assert.deepEqual([ended.status, ended.ended_at], ["canceled", Date.UTC(2015, 2, 31, 12) / 1000]);
  const invoices = await sandbox.get("/v1/invoices", { subscription: bought.id });
  assert.equal(invoices.data.length, 2);
  assert.equal((await sandbox.get("/v1/subscriptions", { customer })).data.length, 0);
  assert.equal((await sandbox.get("/v1/subscriptions", { customer, status: "all" })).data.length, 1);
});

test("events come in order, with what changed", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const before = (await sandbox.events()).length;
  await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] }, { idempotencyKey: "buy" });
  const events = (await sandbox.events()).slice(before);
  const wanted = [
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice_payment.paid",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.subscription.updated",
  ];
  const types = events.map(({ type }) => type);
  assert.deepEqual(types.filter((type) => type !== "customer.updated"), wanted);
  const updated = events.at(-1);
  assert.deepEqual(updated.data.previous_attributes, { status: "incomplete" });
  assert.equal(updated.request.idempotency_key, "buy");
  assert.match(updated.request.id, /^req_/);
});

test("flexible billing credits what was debited: Stripe's own example", async (t) => {
  const sandbox = await Sandbox.start(t);
  const april = (day) => Date.UTC(2015, 3, day) / 1000;
  const { customer, clock } = await sandbox.customer({ at: april(1) });
  const ten = await sandbox.price(1000);
  const twenty = await sandbox.price(2000);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: ten.id }] });
  const path = `/v1/subscriptions/${bought.id}`;
  const item = bought.items.data[0].id;
  await sandbox.advance(clock, april(11));
  await sandbox.post(path, { items: [{ id: item, price: twenty.id }], proration_behavior: "none" });
  await sandbox.advance(clock, april(21));
  const back = await sandbox.post(path, {
    items: [{ id: item, price: ten.id }],
    proration_behavior: "always_invoice",
    expand: ["latest_invoice"],
  });
  assert.deepEqual(back.latest_invoice.lines.data.map(({ amount }) => amount), [-333, 333]);
  assert.deepEqual([back.latest_invoice.total, back.latest_invoice.status], [0, "paid"]);
});

test("a preview charges nothing and agrees with the change to the cent", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const small = await sandbox.price(2900);
  const large = await sandbox.price(9900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: small.id }] });
  await sandbox.advance(clock, NOON + 7 * DAY + 12345);
  const change = {
    items: [{ id: bought.items.data[0].id, price: large.id }],
    proration_behavior: "always_invoice",
    proration_date: NOON + 7 * DAY,
  };
  const events = (await sandbox.events()).length;
  const preview = await sandbox.post("/v1/invoices/create_preview", {
    subscription: bought.id,
    subscription_details: change,
  });
  assert.match(preview.id, /^upcoming_in_/);
  assert.deepEqual(preview.lines.data.map(({ amount }) => amount), [-2175, 7425]);
  assert.equal((await sandbox.events()).length, events);
  const path = `/v1/subscriptions/${bought.id}`;
  assert.equal((await sandbox.get(path)).items.data[0].price.id, small.id);
  const changed = await sandbox.post(path, { ...change, expand: ["latest_invoice"] });
  assert.equal(changed.latest_invoice.amount_due, preview.amount_due);
  assert.equal(changed.latest_invoice.status, "paid");
  const outside = await sandbox.stripe.post(path, { ...change, proration_date: NOON - 1 });
  assert.deepEqual([outside.status, outside.body.error.param], [400, "proration_date"]);
});

test("an anchor of now begins a new period at once; a downgrade leaves credit", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const monthly = await sandbox.price(2900);
  const yearly = await sandbox.price(31320, "year");
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: monthly.id }] });
  const path = `/v1/subscriptions/${bought.id}`;
  const items = (price) => [{ id: bought.items.data[0].id, price: price.id }];
  const now = { billing_cycle_anchor: { type: "now" } };
  await sandbox.advance(clock, NOON + 14 * DAY);
  const year = await sandbox.post(path, { items: items(yearly), ...now, expand: ["latest_invoice"] });
  assert.equal(year.billing_cycle_anchor, NOON + 14 * DAY);
  assert.deepEqual(year.latest_invoice.lines.data.map(({ amount }) => amount), [-1450, 31320]);
  assert.equal(year.latest_invoice.amount_paid, 31320 - 1450);
  const month = await sandbox.post(path, { items: items(monthly), ...now, expand: ["latest_invoice", "customer"] });
  assert.equal(month.latest_invoice.total, 2900 - 31320);
  assert.equal(month.latest_invoice.amount_due, 0);
  assert.equal(month.customer.balance, 2900 - 31320);
});

test("a card that fails: incomplete, then expired after 23 hours and its invoice void", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer({ token: "pm_card_chargeCustomerFail" });
  const price = await sandbox.price(2900);
  const fields = { customer, items: [{ price: price.id }] };
  const refused = await sandbox.stripe.post("/v1/subscriptions", { ...fields, payment_behavior: "error_if_incomplete" });
  assert.deepEqual([refused.status, refused.body.error.code], [402, "card_declined"]);
  assert.equal((await sandbox.get("/v1/subscriptions", { status: "all" })).data.length, 0);
  const bought = await sandbox.post("/v1/subscriptions", fields);
  assert.equal(bought.status, "incomplete");
  await sandbox.advance(clock, NOON + 23 * 3600);
  const over = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.deepEqual([over.status, over.latest_invoice.status], ["incomplete_expired", "void"]);
});

test("a renewal that fails makes it past due; paying the invoice makes it active", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const bad = await sandbox.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", { customer });
  const path = `/v1/subscriptions/${bought.id}`;
  await sandbox.post(path, { default_payment_method: bad.id });
  await sandbox.advance(clock, NOON + 30 * DAY);
  const late = await sandbox.get(path, { expand: ["latest_invoice", "customer"] });
  assert.deepEqual([late.status, late.latest_invoice.status, late.customer.delinquent], ["past_due", "open", true]);
  assert.equal(late.latest_invoice.attempt_count, 1);
  const pay = `/v1/invoices/${late.latest_invoice.id}/pay`;
  const declined = await sandbox.stripe.post(pay);
  assert.deepEqual([declined.status, declined.body.error.decline_code], [402, "generic_decline"]);
  assert.equal(declined.body.error.payment_intent.status, "requires_payment_method");
  const good = await sandbox.post("/v1/payment_methods/pm_card_mastercard/attach", { customer });
  assert.equal((await sandbox.post(pay, { payment_method: good.id })).status, "paid");
  assert.equal((await sandbox.get(path)).status, "active");
  assert.equal((await sandbox.stripe.post(pay)).body.error.message, "Invoice is already paid");
});

test("a bank debit is active at once and paid days later", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer({ token: "pm_usBankAccount_success" });
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], expand: ["latest_invoice"] });
  assert.deepEqual([bought.status, bought.latest_invoice.status], ["active", "open"]);
  await sandbox.advance(clock, NOON + 5 * DAY);
  assert.equal((await sandbox.get(`/v1/invoices/${bought.latest_invoice.id}`)).status, "paid");
});

test("without a method nothing is sold; with default_incomplete it waits for one", async (t) => {
  const sandbox = await Sandbox.start(t);
  const price = await sandbox.price(2900);
  const customer = (await sandbox.post("/v1/customers")).id;
  const fields = { customer, items: [{ price: price.id }] };
  const refused = await sandbox.stripe.post("/v1/subscriptions", fields);
  assert.deepEqual([refused.status, refused.body.error.code], [400, "resource_missing"]);
  const waiting = await sandbox.post("/v1/subscriptions", {
    ...fields,
    payment_behavior: "default_incomplete",
    expand: ["latest_invoice.confirmation_secret"],
  });
  assert.equal(waiting.status, "incomplete");
  assert.match(waiting.latest_invoice.confirmation_secret.client_secret, /^pi_\w+_secret_/);
  const wrong = await sandbox.stripe.post(`/v1/subscriptions/${waiting.id}`, { cancel_at_period_end: "true" });
  assert.equal(wrong.status, 400);
  await sandbox.delete(`/v1/subscriptions/${waiting.id}`);
  assert.equal((await sandbox.stripe.delete(`/v1/subscriptions/${waiting.id}`)).status, 404);
});

test("a bank that asks: incomplete until the person pays on the hosted page", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const { customer } = await sandbox.customer({ token: "pm_card_authenticationRequired" });
  const price = await sandbox.price(2900);
  const fields = { customer, items: [{ price: price.id }], expand: ["latest_invoice.payments.data.payment.payment_intent"] };
  const off = await sandbox.stripe.post("/v1/subscriptions", { ...fields, off_session: "true", payment_behavior: "error_if_incomplete" });
  assert.deepEqual([off.status, off.body.error.code], [402, "subscription_payment_intent_requires_action"]);
  const bought = await sandbox.post("/v1/subscriptions", fields);
  assert.equal(bought.status, "incomplete");
  assert.equal(bought.latest_invoice.payments.data[0].payment.payment_intent.status, "requires_action");
  const again = await sandbox.stripe.post(`/v1/invoices/${bought.latest_invoice.id}/pay`);
  assert.deepEqual([again.status, again.body.error.code], [402, "authentication_required"]);
  const page = new URL(bought.latest_invoice.hosted_invoice_url).pathname;
  assert.ok((await http.request("GET", page)).text.includes("$29.00"));
  assert.equal((await http.request("POST", page, { body: "pay=now" })).status, 200);
  assert.equal((await sandbox.get(`/v1/subscriptions/${bought.id}`)).status, "active");
  assert.equal((await http.request("POST", page, { body: "pay=now" })).status, 400);
});

test("ended at once with credit for the rest; a lookup key finds its price", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(2900);
  await sandbox.post(`/v1/prices/${price.id}`, { lookup_key: "starter" });
  const found = await sandbox.get("/v1/prices", { lookup_keys: ["starter", "none"] });
  assert.deepEqual(found.data.map(({ id }) => id), [price.id]);
  const taken = await sandbox.stripe.post("/v1/prices", { currency: "usd", unit_amount: 1, product: price.product, lookup_key: "starter" });
  assert.deepEqual([taken.status, taken.body.error.param], [400, "lookup_key"]);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  await sandbox.advance(clock, NOON + 21 * DAY);
  const ended = await sandbox.delete(`/v1/subscriptions/${bought.id}?prorate=true&invoice_now=true`);
  assert.deepEqual([ended.status, ended.cancellation_details.reason], ["canceled", "cancellation_requested"]);
  assert.equal((await sandbox.get(`/v1/customers/${customer}`)).balance, -725);
  await sandbox.advance(clock, NOON + 200 * DAY);
  assert.equal((await sandbox.get("/v1/invoices", { customer })).data.length, 2);
  await sandbox.delete(`/v1/test_helpers/test_clocks/${clock}`);
  assert.deepEqual(await sandbox.get(`/v1/customers/${customer}`), { id: customer, object: "customer", deleted: true });
});

test("a customer has at most 500 subscriptions that live", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const free = { billing_cycle_anchor: NOON + DAY, proration_behavior: "none" }; // no invoice now: this is about how many
  const fields = { customer, items: [{ price: price.id }], ...free };
  let last;
  for (let i = 0; i < 500; i++) last = await sandbox.post("/v1/subscriptions", fields);
  const { status, body } = await sandbox.stripe.post("/v1/subscriptions", fields);
  assert.deepEqual([status, body.error.code, body.error.param], [400, "customer_max_subscriptions", "customer"]);
  await sandbox.delete(`/v1/subscriptions/${last.id}`);
  assert.equal((await sandbox.post("/v1/subscriptions", fields)).status, "active");
});

test("which card is charged: the subscription's source before the customer's", async (t) => {
  const sandbox = await Sandbox.start(t);
  const customer = (await sandbox.post("/v1/customers", { source: "tok_visa" })).id;
  const other = (await sandbox.post("/v1/customers", { source: "tok_visa" })).default_source;
  const first = (await sandbox.get(`/v1/customers/${customer}`)).default_source;
  const second = (await sandbox.post(`/v1/customers/${customer}/sources`, { source: "tok_mastercard" })).id;
  assert.equal((await sandbox.post(`/v1/customers/${customer}`, { default_source: first })).default_source, first);
  const price = await sandbox.price(2900);
  const items = [{ price: price.id }];
  const charged = async () => (await sandbox.get("/v1/charges", { customer, limit: 1 })).data[0].payment_method;
  await sandbox.post("/v1/subscriptions", { customer, items });
  assert.equal(await charged(), first);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items, default_source: second });
  assert.deepEqual([bought.default_source, await charged()], [second, second]);
  assert.equal((await sandbox.post(`/v1/subscriptions/${bought.id}`, { default_source: first })).default_source, first);
  for (const path of [`/v1/customers/${customer}`, "/v1/subscriptions", `/v1/subscriptions/${bought.id}`]) {
    const fields = path === "/v1/subscriptions" ? { customer, items } : {};
    const { status, body } = await sandbox.stripe.post(path, { ...fields, default_source: other });
    assert.deepEqual([status, body.error.code, body.error.param], [400, "resource_missing", "default_source"], path);
  }
});

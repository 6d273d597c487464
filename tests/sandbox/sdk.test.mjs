// Promise: Stripe's official library works against the sandbox as it does against Stripe, unchanged
// but for the address. One test is one flow, written as its documentation would write it; every
// answer and every event on the way is held against Stripe's description.
import assert from "node:assert/strict";
import { test } from "node:test";
import StripeSdk from "stripe";
import { JudgingProxy } from "../harness/judging_proxy.mjs";
import { NOON, Receiver, Sandbox } from "./support.mjs";

const DAY = 86400;
const FAULTS = "/v1/test_helpers/sandbox/faults";

async function connect(t, options = {}) {
  const sandbox = await Sandbox.start(t);
  const proxy = await JudgingProxy.start(t, sandbox.origin);
  const { hostname: host, port } = new URL(proxy.origin);
  const make = (key = "sk_test_official") => new StripeSdk(key, { host, port, protocol: "http", telemetry: false, ...options });
  return { sandbox, proxy, make, stripe: make() };
}

// A flow as a test: gets the library and what stands behind it.
function flow(name, run, options) {
  test(name, async (t) => {
    const world = await connect(t, options);
    await run({ t, ...world });
    assert.deepEqual(world.proxy.problems, []);
  });
}

const monthly = (stripe, unit_amount, more = {}) =>
  stripe.prices.create({ currency: "usd", unit_amount, recurring: { interval: "month" }, product_data: { name: `Plan ${unit_amount}` }, ...more });

// A customer on a clock, with a card that pays.
async function customerOnClock(stripe, { at = NOON, token = "pm_card_visa" } = {}) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at });
  const customer = await stripe.customers.create({ email: "ada@example.com", test_clock: clock.id });
  const method = await stripe.paymentMethods.attach(token, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return { clock: clock.id, customer: customer.id, method: method.id };
}

async function advance(stripe, clock, frozen_time) {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time });
  for (;;) {
    const now = await stripe.testHelpers.testClocks.retrieve(clock);
    if (now.status === "ready") return now;
  }
}

flow("customers: create, change, read, list, delete", async ({ stripe }) => {
  const made = await stripe.customers.create({ name: "Ada", email: "ada@example.com", metadata: { team: "blue" } });
  assert.equal(made.lastResponse.apiVersion, "2026-10-28.endive");
  const changed = await stripe.customers.update(made.id, { description: "first", metadata: { team: "", floor: "2" } });
  assert.deepEqual([changed.description, changed.metadata], ["first", { floor: "2" }]);
  assert.equal((await stripe.customers.retrieve(made.id)).name, "Ada");
  assert.deepEqual((await stripe.customers.list({ email: "ada@example.com" })).data.map(({ id }) => id), [made.id]);
  assert.equal((await stripe.customers.del(made.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
});

flow("products and prices", async ({ stripe }) => {
  const product = await stripe.products.create({ name: "Tea", metadata: { leaf: "green" } });
  const price = await stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 2900, recurring: { interval: "month" }, lookup_key: "tea" });
  assert.deepEqual([price.unit_amount, price.recurring.interval, price.type], [2900, "month", "recurring"]);
  const found = await stripe.prices.list({ lookup_keys: ["tea"], expand: ["data.product"] });
  assert.equal(found.data[0].product.name, "Tea");
  assert.equal((await stripe.prices.update(price.id, { active: false })).active, false);
});

flow("pages: automatic pagination walks every object once, in both forms", async ({ stripe }) => {
  const made = [];
  for (let i = 0; i < 23; i++) made.unshift((await stripe.customers.create({ name: `c${i}` })).id);
  const seen = [];
  for await (const { id } of stripe.customers.list({ limit: 5 })) seen.push(id);
  assert.deepEqual(seen, made);
  const all = await stripe.customers.list({ limit: 10 }).autoPagingToArray({ limit: 100 });
  assert.deepEqual(all.map(({ id }) => id), made);
});

flow("expand: four levels, in lists too", async ({ stripe }) => {
  const { customer } = await customerOnClock(stripe);
  const price = await monthly(stripe, 2900);
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: price.id }], expand: ["latest_invoice.payments.data.payment.payment_intent"] });
  assert.equal(bought.latest_invoice.payments.data[0].payment.payment_intent.status, "succeeded");
  const { data } = await stripe.subscriptions.list({ customer, expand: ["data.customer.invoice_settings.default_payment_method"] });
  assert.equal(data[0].customer.invoice_settings.default_payment_method.card.brand, "visa");
});

flow("errors have the library's classes", async ({ stripe, make }) => {
  const errors = StripeSdk.errors;
  const rejects = (promise, kind, more) => assert.rejects(promise, (error) => {
    assert.ok(error instanceof kind, `${error.constructor.name}, not ${kind.name}: ${error.message}`);
    for (const [key, value] of Object.entries(more)) assert.equal(error[key], value, key);
    assert.match(error.requestId, /^req_/);
    return true;
  });
  await rejects(stripe.customers.retrieve("cus_none"), errors.StripeInvalidRequestError, { statusCode: 404, code: "resource_missing", param: "id" });
  await rejects(stripe.customers.create({ colour: "red" }), errors.StripeInvalidRequestError, { statusCode: 400, code: "parameter_unknown", param: "colour" });
  await rejects(make("sk_live_real").customers.list(), errors.StripeAuthenticationError, { statusCode: 401 });
  await rejects(make("rk_test_read").customers.create({}), errors.StripePermissionError, { statusCode: 403 });
  const { id: customer } = await stripe.customers.create({});
  await rejects(stripe.paymentMethods.attach("pm_card_visa_chargeDeclinedInsufficientFunds", { customer }), errors.StripeCardError,
    { statusCode: 402, code: "card_declined", decline_code: "insufficient_funds" });
  await stripe.customers.create({ name: "a" }, { idempotencyKey: "k" });
  await rejects(stripe.customers.create({ name: "b" }, { idempotencyKey: "k" }), errors.StripeIdempotencyError, { statusCode: 400 });
  await stripe.rawRequest("POST", FAULTS, { kind: "rate_limit" });
  await rejects(stripe.customers.list(), errors.StripeRateLimitError, { statusCode: 429, code: "rate_limit" });
  await stripe.rawRequest("POST", FAULTS, { kind: "error", times: 3 });
  await rejects(stripe.customers.list(), errors.StripeAPIError, { statusCode: 500 });
});

flow("idempotent retry: the library repeats what got lost, and it happens once", async ({ stripe }) => {
  for (const kind of ["lost_request", "lost_answer", "error", "lock_timeout", "key_in_use"]) {
    await stripe.rawRequest("POST", FAULTS, { kind, path: "/v1/customers", method: "POST" });
    assert.equal((await stripe.customers.create({ name: kind })).name, kind);
    assert.equal((await stripe.customers.list({ limit: 100 })).data.filter(({ name }) => name === kind).length, 1, kind);
  }
}, { maxNetworkRetries: 2 });

flow("webhooks: the library verifies the signature, before and after the secret was rolled", async ({ t, stripe }) => {
  const receiver = await Receiver.start(t);
  const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ["customer.created", "customer.updated"] });
  const customer = await stripe.customers.create({ name: "Ada" });
  const first = await receiver.next();
  const event = stripe.webhooks.constructEvent(first.text, first.headers["stripe-signature"], endpoint.secret);
  assert.deepEqual([event.type, event.data.object.id, event.api_version], ["customer.created", customer.id, "2026-10-28.endive"]);
  assert.throws(() => stripe.webhooks.constructEvent(`${first.text} `, first.headers["stripe-signature"], endpoint.secret),
    StripeSdk.errors.StripeSignatureVerificationError);
  const rolled = await stripe.rawRequest("POST", `/v1/test_helpers/webhook_endpoints/${endpoint.id}/roll_secret`, { expires_in: 3600 });
  await stripe.customers.update(customer.id, { name: "Ada L." });
  const second = await receiver.next();
  for (const secret of [endpoint.secret, rolled.secret]) {
    const changed = stripe.webhooks.constructEvent(second.text, second.headers["stripe-signature"], secret);
    assert.deepEqual(changed.data.previous_attributes, { name: "Ada" });
  }
  assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status, "disabled");
  assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
});

flow("events: read again what a webhook brought", async ({ stripe }) => {
  const customer = await stripe.customers.create({ name: "Ada" });
  await stripe.customers.update(customer.id, { name: "Bea" });
  const { data } = await stripe.events.list({ types: ["customer.created", "customer.updated"] });
  assert.deepEqual(data.map(({ type }) => type), ["customer.updated", "customer.created"]);
  const event = await stripe.events.retrieve(data[0].id);
  assert.deepEqual([event.data.object.name, event.data.previous_attributes], ["Bea", { name: "Ada" }]);
});

flow("test clocks: renewals at the month's end, each where the anchor puts it", async ({ stripe }) => {
  const { clock, customer } = await customerOnClock(stripe);
  const price = await monthly(stripe, 2900);
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
  assert.deepEqual([bought.status, bought.billing_mode.type], ["active", "flexible"]);
  for (let i = 1; i <= 3; i++) await advance(stripe, clock, NOON + i * 31 * DAY);
  const invoices = await stripe.invoices.list({ customer, status: "paid" });
  assert.equal(invoices.data.length, 4);
  const ends = invoices.data.map(({ lines }) => new Date(lines.data[0].period.start * 1000).toISOString().slice(5, 10));
  assert.deepEqual(ends, ["04-30", "03-31", "02-28", "01-31"]);
  assert.equal((await stripe.testHelpers.testClocks.del(clock)).deleted, true);
});

flow("subscriptions: upgrade at once, cancel at period end, resume, cancel", async ({ stripe }) => {
  const { customer, clock } = await customerOnClock(stripe);
  const [small, large] = [await monthly(stripe, 2900), await monthly(stripe, 9900)];
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: small.id }] });
  const item = bought.items.data[0];
  const half = (item.current_period_start + item.current_period_end) / 2;
  await advance(stripe, clock, half);
  const change = { items: [{ id: item.id, price: large.id }], proration_behavior: "always_invoice" };
  const preview = await stripe.invoices.createPreview({ customer, subscription: bought.id, subscription_details: change });
  const upgraded = await stripe.subscriptions.update(bought.id, { ...change, expand: ["latest_invoice"] });
  assert.deepEqual([preview.amount_due, upgraded.latest_invoice.amount_paid], [3500, 3500]);
  const ending = await stripe.subscriptions.update(bought.id, { cancel_at_period_end: true });
  assert.equal(ending.cancel_at, item.current_period_end);
  assert.equal((await stripe.subscriptions.update(bought.id, { cancel_at_period_end: false })).cancel_at, null);
  assert.equal((await stripe.subscriptions.cancel(bought.id)).status, "canceled");
});

flow("set-up: a card saved for later, with a person in between when it asks", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const intent = await stripe.setupIntents.create({ customer, usage: "off_session" });
  const done = await stripe.setupIntents.confirm(intent.id, { payment_method: "pm_card_visa", return_url: "http://shop.example/" });
  assert.equal(done.status, "succeeded");
  const asks = await stripe.setupIntents.create({ customer });
  const waits = await stripe.setupIntents.confirm(asks.id, { payment_method: "pm_card_authenticationRequired", return_url: "http://shop.example/" });
  assert.equal(waits.status, "requires_action");
  assert.equal((await stripe.paymentMethods.list({ customer })).data.length, 1);
});

flow("invoices: a renewal that is declined, paid by hand with another card", async ({ stripe }) => {
  const { customer, clock } = await customerOnClock(stripe);
  const price = await monthly(stripe, 2900);
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
  const bad = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await stripe.subscriptions.update(bought.id, { default_payment_method: bad.id });
  await advance(stripe, clock, NOON + 30 * DAY);
  const late = await stripe.subscriptions.retrieve(bought.id, { expand: ["latest_invoice"] });
  assert.deepEqual([late.status, late.latest_invoice.status, late.latest_invoice.attempt_count], ["past_due", "open", 1]);
  await assert.rejects(stripe.invoices.pay(late.latest_invoice.id), StripeSdk.errors.StripeCardError);
  const good = await stripe.paymentMethods.attach("pm_card_mastercard", { customer });
  assert.equal((await stripe.invoices.pay(late.latest_invoice.id, { payment_method: good.id })).status, "paid");
  assert.equal((await stripe.subscriptions.retrieve(bought.id)).status, "active");
});

flow("thin events: told that something happened, the library reads what", async ({ t, stripe }) => {
  const receiver = await Receiver.start(t);
  const include = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"];
  const destination = await stripe.v2.core.eventDestinations.create({ name: "thin", type: "webhook_endpoint", event_payload: "thin",
    enabled_events: ["v1.customer.created"], webhook_endpoint: { url: receiver.url }, include });
  assert.equal(destination.webhook_endpoint.url, receiver.url);
  const secret = destination.webhook_endpoint.signing_secret;
  const customer = await stripe.customers.create({ name: "Ada" });
  const message = await receiver.next();
  const notification = stripe.parseEventNotification(message.text, message.headers["stripe-signature"], secret);
  assert.deepEqual([notification.type, notification.related_object.id], ["v1.customer.created", customer.id]);
  assert.equal((await notification.fetchRelatedObject()).name, "Ada");
  assert.equal((await stripe.v2.core.events.retrieve(notification.id)).snapshot_event.startsWith("evt_"), true);
  const listed = [];
  for await (const { type } of stripe.v2.core.events.list({ limit: 1, object_id: customer.id })) listed.push(type);
  assert.deepEqual(listed, ["v1.customer.created"]);
  const ping = await stripe.v2.core.eventDestinations.ping(destination.id);
  assert.equal(ping.type, "v2.core.event_destination.ping");
  assert.equal(JSON.parse((await receiver.next()).text).id, ping.id);
  const disabled = await stripe.v2.core.eventDestinations.disable(destination.id);
  assert.deepEqual([disabled.status, disabled.status_details.disabled.reason], ["disabled", "user"]);
  assert.equal((await stripe.v2.core.eventDestinations.enable(destination.id)).status, "enabled");
  assert.deepEqual(Object.keys((await stripe.v2.core.eventDestinations.retrieve(destination.id)).webhook_endpoint), []);
  assert.equal((await stripe.v2.core.eventDestinations.del(destination.id)).id, destination.id);
});

flow("event destinations: snapshots as webhook endpoints get them", async ({ t, stripe }) => {
  const receiver = await Receiver.start(t);
  const destination = await stripe.v2.core.eventDestinations.create({ name: "whole", type: "webhook_endpoint", event_payload: "snapshot",
    enabled_events: ["product.created"], webhook_endpoint: { url: receiver.url }, include: ["webhook_endpoint.signing_secret"] });
  const product = await stripe.products.create({ name: "Tea" });
  const { text, headers } = await receiver.next();
  const event = stripe.webhooks.constructEvent(text, headers["stripe-signature"], destination.webhook_endpoint.signing_secret);
  assert.deepEqual([event.type, event.data.object.id], ["product.created", product.id]);
});

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

flow("coupons and promotion codes: a subscription sold at a discount", async ({ stripe }) => {
  const { customer } = await customerOnClock(stripe);
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: "repeating", duration_in_months: 3 });
  const code = await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id }, code: "SPRING" });
  assert.deepEqual((await stripe.promotionCodes.list({ code: "SPRING" })).data.map(({ id }) => id), [code.id]);
  const price = await monthly(stripe, 10000);
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: price.id }], discounts: [{ promotion_code: code.id }], expand: ["latest_invoice", "discounts"] });
  assert.deepEqual([bought.latest_invoice.total, bought.latest_invoice.total_discount_amounts[0].amount], [7500, 2500]);
  assert.equal(bought.discounts[0].source.coupon, coupon.id);
  await stripe.subscriptions.deleteDiscount(bought.id);
  assert.deepEqual((await stripe.subscriptions.retrieve(bought.id)).discounts, []);
  assert.equal((await stripe.coupons.del(coupon.id)).deleted, true);
});

flow("trials and pauses", async ({ stripe }) => {
  const { customer, clock } = await customerOnClock(stripe);
  const price = await monthly(stripe, 2900);
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: price.id }], trial_period_days: 14 });
  assert.deepEqual([bought.status, bought.trial_end - bought.trial_start], ["trialing", 14 * DAY]);
  await advance(stripe, clock, bought.trial_end + 2 * 3600);
  const begun = await stripe.subscriptions.retrieve(bought.id, { expand: ["latest_invoice"] });
  assert.deepEqual([begun.status, begun.latest_invoice.amount_paid], ["active", 2900]);
  const held = await stripe.subscriptions.update(bought.id, { pause_collection: { behavior: "void" } });
  assert.equal(held.pause_collection.behavior, "void");
  assert.equal((await stripe.subscriptions.update(bought.id, { pause_collection: "" })).pause_collection, null);
});

flow("schedules: a downgrade that waits for the period's end", async ({ stripe }) => {
  const { customer, clock } = await customerOnClock(stripe);
  const [small, large] = [await monthly(stripe, 2900), await monthly(stripe, 9900)];
  const bought = await stripe.subscriptions.create({ customer, items: [{ price: large.id }] });
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: bought.id });
  const { start_date, end_date } = schedule.phases[0];
  await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: "release", phases: [
    { items: [{ price: large.id, quantity: 1 }], start_date, end_date },
    { items: [{ price: small.id, quantity: 1 }], duration: { interval: "month", interval_count: 1 } },
  ] });
  await advance(stripe, clock, end_date + 2 * 3600);
  const after = await stripe.subscriptions.retrieve(bought.id, { expand: ["latest_invoice"] });
  assert.deepEqual([after.items.data[0].price.id, after.latest_invoice.amount_paid], [small.id, 2900]);
  assert.equal((await stripe.subscriptionSchedules.release(schedule.id)).status, "released");
});

flow("invoices by hand: items, finalized, sent, paid out of band, voided", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
  await stripe.invoiceItems.create({ customer, amount: 2000, currency: "usd", description: "work" });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include", collection_method: "send_invoice", days_until_due: 30 });
  assert.deepEqual([draft.status, draft.total, draft.number], ["draft", 2000, null]);
  const sent = await stripe.invoices.sendInvoice(draft.id);
  assert.deepEqual([sent.status, sent.amount_remaining], ["open", 2000]);
  assert.match(sent.number, /-0001$/);
  assert.equal((await stripe.invoices.pay(draft.id, { paid_out_of_band: true })).status, "paid");
  const other = await stripe.invoices.create({ customer });
  assert.equal((await stripe.invoices.del(other.id)).deleted, true);
  await stripe.invoiceItems.create({ customer, amount: 500, currency: "usd" });
  const third = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  await stripe.invoices.finalizeInvoice(third.id);
  assert.equal((await stripe.invoices.voidInvoice(third.id)).status, "void");
  const lines = [];
  for await (const { amount } of stripe.invoices.listLineItems(draft.id)) lines.push(amount);
  assert.deepEqual(lines, [2000]);
});

const cardOnly = { automatic_payment_methods: { enabled: true, allow_redirects: "never" } };

flow("payments: paid at once, declined, captured later, canceled", async ({ stripe }) => {
  const paid = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", payment_method: "pm_card_visa", confirm: true, ...cardOnly, expand: ["latest_charge.balance_transaction"] });
  assert.deepEqual([paid.status, paid.latest_charge.paid, paid.latest_charge.balance_transaction.type], ["succeeded", true, "charge"]);
  await assert.rejects(stripe.paymentIntents.create({ amount: 2000, currency: "usd", payment_method: "pm_card_chargeDeclined", confirm: true, ...cardOnly }),
    (error) => error.code === "card_declined" && error.payment_intent.status === "requires_payment_method");
  const held = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", capture_method: "manual", payment_method: "pm_card_visa", confirm: true, ...cardOnly });
  assert.deepEqual([held.status, held.amount_capturable], ["requires_capture", 2000]);
  assert.equal((await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 })).amount_received, 1500);
  const open = await stripe.paymentIntents.create({ amount: 2000, currency: "usd" });
  assert.equal((await stripe.paymentIntents.cancel(open.id)).status, "canceled");
});

flow("3-D Secure: the bank's page is where the intent leads", async ({ stripe }) => {
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", payment_method: "pm_card_threeDSecure2Required", confirm: true, return_url: "http://shop.example/back", automatic_payment_methods: { enabled: true } });
  assert.deepEqual([intent.status, intent.next_action.type], ["requires_action", "redirect_to_url"]);
  const { url } = intent.next_action.redirect_to_url;
  const page = await (await fetch(url)).text();
  const [, name, value] = /<button[^>]*name="(\w+)"[^>]*value="(\w+)"/.exec(page);
  const sent = await fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams({ [name]: value }) });
  assert.match(sent.headers.get("location"), /^http:\/\/shop\.example\/back\?payment_intent=pi_/);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "succeeded");
});

flow("ACH: a debit is under way for days, then it has arrived", async ({ stripe }) => {
  const { clock, customer } = await customerOnClock(stripe);
  const method = await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer });
  const intent = await stripe.paymentIntents.create({ amount: 5000, currency: "usd", customer, payment_method: method.id, confirm: true,
    allowed_payment_method_types: ["us_bank_account"], mandate_data: { customer_acceptance: { type: "offline" } } });
  assert.equal(intent.status, "processing");
  await advance(stripe, clock, NOON + 10 * DAY);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "succeeded");
});

flow("bank transfers: instructions, money in part, then whole", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const where = await stripe.customers.createFundingInstructions(customer, { currency: "usd", funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" } });
  assert.deepEqual(where.bank_transfer.financial_addresses.map(({ type }) => type).sort(), ["aba", "swift"]);
  const intent = await stripe.paymentIntents.create({ amount: 5000, currency: "usd", customer, confirm: true, allowed_payment_method_types: ["customer_balance"],
    payment_method_data: { type: "customer_balance" }, payment_method_options: { customer_balance: { funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" } } } });
  assert.equal(intent.next_action.display_bank_transfer_instructions.amount_remaining, 5000);
  await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 2000, currency: "usd" });
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).next_action.display_bank_transfer_instructions.amount_remaining, 3000);
  await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 3500, currency: "usd" });
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "succeeded");
  assert.deepEqual((await stripe.customers.retrieveCashBalance(customer)).available, { usd: 500 });
});

flow("refunds: in part, the rest, and no more", async ({ stripe }) => {
  const paid = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", payment_method: "pm_card_visa", confirm: true, ...cardOnly });
  const part = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
  assert.deepEqual([part.status, part.amount], ["succeeded", 500]);
  assert.equal((await stripe.refunds.create({ payment_intent: paid.id })).amount, 1500);
  await assert.rejects(stripe.refunds.create({ payment_intent: paid.id }), { code: "charge_already_refunded" });
  assert.equal((await stripe.charges.retrieve(paid.latest_charge)).refunded, true);
});

flow("disputes: evidence that wins", async ({ stripe }) => {
  const paid = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", payment_method: "pm_card_createDispute", confirm: true, ...cardOnly });
  const { data: [dispute] } = await stripe.disputes.list({ payment_intent: paid.id });
  assert.deepEqual([dispute.status, dispute.amount], ["needs_response", 2000]);
  const answered = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" }, submit: true });
  assert.ok(["under_review", "won"].includes(answered.status));
});

flow("checkout: a subscription sold on the hosted page", async ({ stripe }) => {
  const price = await monthly(stripe, 2900);
  const session = await stripe.checkout.sessions.create({ mode: "subscription", line_items: [{ price: price.id, quantity: 1 }], success_url: "http://shop.example/done", customer_email: "ada@example.com" });
  assert.deepEqual([session.status, session.payment_status, session.amount_total], ["open", "unpaid", 2900]);
  assert.equal((await fetch(session.url)).status, 200);
  assert.equal((await stripe.checkout.sessions.listLineItems(session.id)).data[0].amount_total, 2900);
  assert.equal((await stripe.checkout.sessions.expire(session.id)).status, "expired");
});

flow("portal: a session for a customer to look after itself", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
  const configuration = await stripe.billingPortal.configurations.create({ features: { payment_method_update: { enabled: true } } });
  const session = await stripe.billingPortal.sessions.create({ customer, configuration: configuration.id, return_url: "http://shop.example/" });
  assert.equal((await fetch(session.url)).status, 200);
});

flow("tax: ids of customers, rates by hand", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const id = await stripe.customers.createTaxId(customer, { type: "eu_vat", value: "DE000000000" });
  assert.equal((await stripe.customers.listTaxIds(customer)).data[0].id, id.id);
  const rate = await stripe.taxRates.create({ display_name: "VAT", percentage: 8.25, inclusive: false });
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: "usd", tax_rates: [rate.id] });
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  assert.deepEqual([invoice.total, invoice.total_taxes[0].amount], [1083, 83]);
});

flow("payment links: whoever opens one gets a checkout page of their own", async ({ stripe }) => {
  const price = await monthly(stripe, 2900);
  const link = await stripe.paymentLinks.create({ line_items: [{ price: price.id, quantity: 2 }] });
  const opened = await fetch(link.url, { redirect: "manual" });
  assert.equal(opened.status, 303);
  assert.equal((await fetch(opened.headers.get("location"))).status, 200);
  const { data: [session] } = await stripe.checkout.sessions.list({});
  assert.deepEqual([session.payment_link, session.mode, session.amount_total], [link.id, "subscription", 5800]);
  assert.equal((await stripe.paymentLinks.update(link.id, { active: false })).active, false);
  assert.equal((await fetch(link.url)).status, 400);
  await assert.rejects(stripe.paymentLinks.create({ line_items: [{ price: "price_none", quantity: 1 }] }), { statusCode: 400, param: "line_items[0][price]" });
  await assert.rejects(stripe.paymentLinks.create({ line_items: [] }), { code: "parameter_missing" });
});

flow("credit notes: an open invoice is lowered, and what was credited is numbered after it", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  await stripe.invoiceItems.create({ customer, amount: 2000, currency: "usd", description: "work" });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  const note = await stripe.creditNotes.create({ invoice: open.id, lines: [{ type: "custom_line_item", description: "too much", unit_amount: 500, quantity: 1 }] });
  assert.deepEqual([note.status, note.total, note.number], ["issued", 500, `${open.number}-CN-01`]);
  assert.equal((await stripe.invoices.retrieve(open.id)).amount_remaining, 1500);
  assert.equal((await stripe.creditNotes.voidCreditNote(note.id)).status, "void");
  assert.equal((await stripe.invoices.retrieve(open.id)).amount_remaining, 2000);
});

flow("meters: usage by both versions and by a stream, billed in tiers behind its period", async ({ stripe }) => {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await stripe.billing.meters.create({ display_name: "Requests", event_name: "requests", default_aggregation: { formula: "sum" } });
  const price = await stripe.prices.create({
    currency: "usd", recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Requests" },
    billing_scheme: "tiered", tiers_mode: "graduated", tiers: [{ up_to: 1000, unit_amount: 0 }, { up_to: "inf", unit_amount_decimal: "0.4" }],
  });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
  assert.equal(subscription.status, "active");
  const payload = (value) => ({ stripe_customer_id: customer, value });
  await stripe.billing.meterEvents.create({ event_name: "requests", payload: payload("900"), identifier: "first" });
  await assert.rejects(stripe.billing.meterEvents.create({ event_name: "requests", payload: payload("1"), identifier: "first" }), { code: "resource_already_exists" });
  const kept = await stripe.v2.billing.meterEvents.create({ event_name: "requests", payload: payload("150.5") });
  assert.equal(kept.object, "v2.billing.meter_event");
  await stripe.v2.billing.meterEvents.create({ event_name: "requests", payload: payload("7"), identifier: "wrong" });
  const adjustment = await stripe.v2.billing.meterEventAdjustments.create({ event_name: "requests", type: "cancel", cancel: { identifier: "wrong" } });
  assert.equal(adjustment.status, "complete");
  await assert.rejects(stripe.v2.billing.meterEvents.create({ event_name: "nothing", payload: payload("1") }), { type: "StripeInvalidRequestError", code: "resource_missing" });
  const session = await stripe.v2.billing.meterEventSession.create();
  const events = [1, 2, 3].map((i) => ({ event_name: "requests", payload: payload("100"), identifier: `s${i}` }));
  await stripe.v2.billing.meterEventStream.create({ events }, { apiKey: session.authentication_token });
  await assert.rejects(stripe.v2.billing.meterEventStream.create({ events }, { apiKey: "mtrtok_test_gone" }), { type: "TemporarySessionExpiredError" });
  const summaries = await stripe.billing.meters.listEventSummaries(meter.id, { customer, start_time: NOON - 60 * 60, end_time: NOON + 60 * 60 });
  assert.equal(summaries.data[0].aggregated_value, 1350.5);
  await advance(stripe, clock, subscription.items.data[0].current_period_end + 2 * 60 * 60);
  const invoice = (await stripe.invoices.list({ subscription: subscription.id })).data[0];
  const [line] = invoice.lines.data;
  assert.deepEqual([invoice.status, line.quantity, String(line.quantity_decimal), line.amount], ["paid", 1350, "1350.5", 140]); // 350.5 × 0.4 = 140.2
  const gone = await stripe.billing.meters.deactivate(meter.id);
  assert.deepEqual([gone.status, (await stripe.billing.meters.list({ status: "active" })).data.length], ["inactive", 0]);
  assert.equal((await stripe.billing.meters.reactivate(meter.id)).status, "active");
});

flow("credit grants: paid ahead, used up by what is metered", async ({ stripe }) => {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await stripe.billing.meters.create({ display_name: "Requests", event_name: "requests", default_aggregation: { formula: "sum" } });
  const price = await stripe.prices.create({ currency: "usd", unit_amount: 100, recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Requests" } });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
  const grant = await stripe.billing.creditGrants.create({ customer, category: "promotional", name: "Welcome",
    amount: { type: "monetary", monetary: { currency: "usd", value: 700 } }, applicability_config: { scope: { prices: [{ id: price.id }] } } });
  await stripe.billing.meterEvents.create({ event_name: "requests", payload: { stripe_customer_id: customer, value: "10" } });
  await advance(stripe, clock, subscription.items.data[0].current_period_end + 2 * 60 * 60);
  const invoice = (await stripe.invoices.list({ subscription: subscription.id, expand: ["data.total_pretax_credit_amounts.credit_balance_transaction"] })).data[0];
  assert.deepEqual([invoice.total, invoice.status], [300, "paid"]);
  assert.equal(invoice.total_pretax_credit_amounts[0].credit_balance_transaction.credit_grant, grant.id);
  const left = await stripe.billing.creditBalanceSummaries.retrieve({ customer, filter: { type: "credit_grant", credit_grant: grant.id } });
  assert.equal(left.balances[0].ledger_balance.monetary.value, 0);
  assert.equal((await stripe.billing.creditBalanceTransactions.list({ customer })).data.length, 2);
  await assert.rejects(stripe.billing.creditGrants.voidGrant(grant.id), { type: "StripeInvalidRequestError", param: "id" });
  assert.equal((await stripe.billing.creditGrants.update(grant.id, { metadata: { a: "b" } })).metadata.a, "b");
  assert.equal((await stripe.billing.creditGrants.expire(grant.id)).id, grant.id);
});

flow("SEPA: an account by IBAN saved under a mandate, and debited for a subscription in euro", async ({ stripe }) => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: NOON });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const method = await stripe.paymentMethods.create({ type: "sepa_debit", sepa_debit: { iban: "DE08370400440532013003" }, billing_details: { name: "Ada", email: "ada@example.com" } });
  const setup = await stripe.setupIntents.create({ customer: customer.id, payment_method: method.id, confirm: true, automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    mandate_data: { customer_acceptance: { type: "online", online: { ip_address: "127.0.0.1", user_agent: "test" } } } });
  assert.equal(setup.status, "succeeded");
  assert.equal((await stripe.mandates.retrieve(setup.mandate)).payment_method_details.type, "sepa_debit");
  const price = await monthly(stripe, 1900, { currency: "eur" });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], default_payment_method: method.id, expand: ["latest_invoice.payments.data.payment.payment_intent"] });
  assert.equal(subscription.latest_invoice.payments.data[0].payment.payment_intent.status, "processing");
  await advance(stripe, clock.id, NOON + 180);
  assert.equal((await stripe.invoices.retrieve(subscription.latest_invoice.id)).status, "paid");
  await assert.rejects(stripe.paymentMethods.create({ type: "sepa_debit", sepa_debit: { iban: "DE00" } }), { code: "invalid_bank_account_iban" });
});

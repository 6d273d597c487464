// Promise: a payment intent goes only where Stripe lets it go, and says why not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, ON_PAGE, Sandbox } from "./support.mjs";

const DAY = 86400;
const fields = (more) => ({ amount: 2000, currency: "usd", ...ON_PAGE, ...more });

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const make = (more) => sandbox.post("/v1/payment_intents", fields(more));
  const at = (intent, verb, more) => sandbox.stripe.post(`/v1/payment_intents/${intent.id}${verb}`, more);
  return { sandbox, make, at };
}

test("made, changed, confirmed", async (t) => {
  const { sandbox, make, at } = await opened(t);
  const intent = await make({ metadata: { order: "1" } });
  assert.deepEqual([intent.status, intent.amount_received], ["requires_payment_method", 0]);
  assert.match(intent.client_secret, new RegExp(`^${intent.id}_secret_`));
  const changed = (await at(intent, "", { amount: 2500, description: "Two", payment_method: "pm_card_visa" })).body;
  assert.deepEqual([changed.status, changed.amount, changed.description], ["requires_confirmation", 2500, "Two"]);
  const paid = (await at(intent, "/confirm")).body;
  assert.deepEqual([paid.status, paid.amount_received], ["succeeded", 2500]);
  const charge = await sandbox.get(`/v1/charges/${paid.latest_charge}`, { expand: ["balance_transaction"] });
  assert.deepEqual([charge.amount_captured, charge.metadata.order], [2500, "1"]);
  const { fee, net, status } = charge.balance_transaction;
  assert.deepEqual([fee, net, status], [103, 2397, "pending"]); // 2.9 % of 25.00 is 0.725
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.deepEqual(types, ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]);
});

test("held, then taken in part, or let go, or forgotten", async (t) => {
  const { sandbox, make, at } = await opened(t);
  const held = (more) => make({ payment_method: "pm_card_visa", capture_method: "manual", confirm: "true", ...more });
  const first = await held();
  assert.deepEqual([first.status, first.amount_capturable, first.amount_received], ["requires_capture", 2000, 0]);
  assert.equal((await at(first, "/capture", { amount_to_capture: 2001 })).body.error.code, "amount_too_large");
  const taken = (await at(first, "/capture", { amount_to_capture: 1500 })).body;
  assert.deepEqual([taken.status, taken.amount_received, taken.amount_capturable], ["succeeded", 1500, 0]);
  const charge = await sandbox.get(`/v1/charges/${taken.latest_charge}`);
  assert.deepEqual([charge.captured, charge.amount_captured, charge.amount_refunded], [true, 1500, 500]);
  assert.equal((await at(first, "/capture")).body.error.code, "payment_intent_unexpected_state");
  const second = await held();
  const more = (await at(second, "/increment_authorization", { amount: 3000 })).body;
  assert.equal(more.amount_capturable, 3000);
  const gone = (await at(second, "/cancel", { cancellation_reason: "duplicate" })).body;
  assert.deepEqual([gone.status, gone.cancellation_reason, gone.amount_capturable], ["canceled", "duplicate", 0]);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  const third = await held({ customer });
  await sandbox.advance(clock, NOON + 8 * DAY);
  const lapsed = await sandbox.get(`/v1/payment_intents/${third.id}`);
  assert.deepEqual([lapsed.status, lapsed.cancellation_reason], ["canceled", "expired"]);
  assert.ok((await sandbox.events()).some(({ type }) => type === "charge.expired"));
});

test("what is refused", async (t) => {
  const { sandbox, make, at } = await opened(t);
  const create = (more) => sandbox.stripe.post("/v1/payment_intents", fields(more));
  const done = await make({ payment_method: "pm_card_visa", confirm: "true" });
  const empty = await make();
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], payment_behavior: "default_incomplete", expand: ["latest_invoice.payments"] });
  const invoiced = { id: bought.latest_invoice.payments.data[0].payment.payment_intent };
  for (const [answer, status, code, param] of [
    [create({ amount: 49 }), 400, "amount_too_small", "amount"],
    [create({ amount: 0 }), 400, "parameter_invalid_integer", "amount"],
    [create({ amount: 100000000 }), 400, "amount_too_large", "amount"],
    [create({ amount: "ten" }), 400, "parameter_invalid_integer", "amount"],
    [create({ currency: "xyz" }), 400, undefined, "currency"],
    [create({ currency: "jpy", amount: 49 }), 400, "amount_too_small", "amount"],
    [create({ payment_method_types: ["card"] }), 400, "payment_method_types_no_longer_supported", "payment_method_types"],
    [create({ allowed_payment_method_types: ["alipay"] }), 400, "payment_method_unsupported_type", "allowed_payment_method_types"],
    [create({ customer: "cus_none" }), 400, "resource_missing", "customer"],
    [create({ payment_method: "pm_none" }), 400, "resource_missing", "payment_method"],
    [create({ off_session: "true" }), 400, undefined, "off_session"],
    [create({ return_url: "back" }), 400, "url_invalid", "return_url"],
    [create({ automatic_payment_methods: { enabled: "true" }, confirm: "true", payment_method: "pm_card_visa" }), 400, undefined, "return_url"],
    [create({ confirm: "true" }), 400, "payment_intent_unexpected_state", undefined],
    [create({ confirm: "true", payment_method: "pm_card_authenticationRequired", error_on_requires_action: "true" }), 402, "authentication_required", undefined],
    [create({ confirm: "true", allowed_payment_method_types: ["us_bank_account"], payment_method: "pm_card_visa" }), 400, "payment_intent_incompatible_payment_method", "payment_method"],
    [create({ capture_method: "never" }), 400, undefined, "capture_method"],
    [at(done, "", { amount: 100 }), 400, "payment_intent_unexpected_state", "amount"],
    [at(done, "/confirm"), 400, "payment_intent_unexpected_state", undefined],
    [at(done, "/cancel"), 400, "payment_intent_unexpected_state", undefined],
    [at(done, "/increment_authorization", { amount: 9000 }), 400, "payment_intent_unexpected_state", undefined],
    [at(empty, "/capture"), 400, "payment_intent_unexpected_state", undefined],
    [at(empty, "/apply_customer_balance"), 400, "payment_intent_unexpected_state", undefined],
    [at(empty, "/verify_microdeposits", { descriptor_code: "SM11AA" }), 400, "payment_intent_unexpected_state", undefined],
    [at(empty, "/cancel", { cancellation_reason: "whim" }), 400, undefined, "cancellation_reason"],
    [at(invoiced, "", { amount: 100 }), 400, "payment_intent_unexpected_state", undefined],
    [at(invoiced, "/cancel"), 400, "payment_intent_unexpected_state", undefined],
    [at({ id: "pi_none" }, "/confirm"), 404, "resource_missing", "intent"],
  ]) {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.error?.code, body.error?.param], [status, code, param], JSON.stringify(body.error ?? body));
  }
});

test("a declined intent takes another card", async (t) => {
  const { make, at, sandbox } = await opened(t);
  const intent = await make({ payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds" });
  const declined = await at(intent, "/confirm");
  assert.deepEqual([declined.status, declined.body.error.decline_code, declined.body.error.message], [402, "insufficient_funds", "Your card has insufficient funds."]);
  const paid = await at(intent, "/confirm", { payment_method: "pm_card_mastercard" });
  assert.deepEqual([paid.body.status, paid.body.last_payment_error], ["succeeded", null]);
  const charges = (await sandbox.get("/v1/charges", { payment_intent: intent.id })).data.map(({ status, failure_code }) => [status, failure_code]);
  assert.deepEqual(charges, [["succeeded", null], ["failed", "card_declined"]]);
});

test("charges of before intents: tokens, capture", async (t) => {
  const { sandbox } = await opened(t);
  const charge = (more) => sandbox.stripe.post("/v1/charges", { amount: 2000, currency: "usd", ...more });
  const paid = (await charge({ source: "tok_visa", description: "Old" })).body;
  assert.deepEqual([paid.status, paid.captured, paid.payment_intent], ["succeeded", true, null]);
  const held = (await charge({ source: "tok_mastercard", capture: "false" })).body;
  assert.equal(held.captured, false);
  const taken = await sandbox.post(`/v1/charges/${held.id}/capture`, { amount: 1200 });
  assert.deepEqual([taken.captured, taken.amount_captured], [true, 1200]);
  assert.equal((await sandbox.stripe.post(`/v1/charges/${held.id}/capture`)).body.error.code, "charge_already_captured");
  assert.equal((await sandbox.post(`/v1/charges/${paid.id}`, { description: "New", fraud_details: { user_report: "safe" } })).description, "New");
  for (const [more, status, code] of [
    [{ source: "tok_chargeDeclined" }, 402, "card_declined"],
    [{ source: "tok_none" }, 400, "resource_missing"],
    [{}, 400, "parameter_missing"],
    [{ source: "tok_visa", amount: 1 }, 400, "amount_too_small"],
  ]) {
    const answer = await charge(more);
    assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
  }
  const balance = await sandbox.get("/v1/balance");
  assert.deepEqual([balance.pending[0].amount, balance.available[0].amount], [2000 - 88 + 1200 - 65, 0]);
});

// Promise: money of a charge goes back as Stripe gives it back: in parts, never twice, and as late or as
// badly as its card or bank makes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, ON_PAGE, Sandbox } from "./support.mjs";

const DAY = 86400;

// A customer on a test clock who has paid 2000 with a token; { sandbox, customer, clock, intent }.
async function paid(t, token = "pm_card_visa") {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  const intent = await sandbox.post("/v1/payment_intents", {
    amount: 2000, currency: "usd", customer, payment_method: token, confirm: "true", ...ON_PAGE,
    mandate_data: { customer_acceptance: { type: "offline" } },
  });
  return { sandbox, customer, clock, intent };
}

const eventTypes = async (sandbox) => (await sandbox.events()).map(({ type }) => type);

test("in parts until nothing is left", async (t) => {
  const { sandbox, intent } = await paid(t);
  const charge = intent.latest_charge;
  const first = await sandbox.post("/v1/refunds", { charge, amount: 500, reason: "requested_by_customer", metadata: { order: "7" } });
  assert.deepEqual([first.status, first.amount, first.payment_intent, first.metadata.order], ["succeeded", 500, intent.id, "7"]);
  const over = await sandbox.stripe.post("/v1/refunds", { charge, amount: 1501 });
  assert.deepEqual([over.status, over.body.error.param], [400, "amount"]);
  assert.match(over.body.error.message, /\$15\.01.*\$15\.00/);
  const rest = await sandbox.post("/v1/refunds", { payment_intent: intent.id });
  assert.equal(rest.amount, 1500);
  const after = await sandbox.get(`/v1/charges/${charge}`);
  assert.deepEqual([after.refunded, after.amount_refunded], [true, 2000]);
  const again = await sandbox.stripe.post("/v1/refunds", { charge });
  assert.deepEqual([again.status, again.body.error.code], [400, "charge_already_refunded"]);
  assert.deepEqual((await sandbox.get("/v1/refunds", { charge })).data.map(({ id }) => id), [rest.id, first.id]);
  const changed = await sandbox.post(`/v1/refunds/${first.id}`, { metadata: { order: "8" } });
  assert.equal(changed.metadata.order, "8");
  assert.deepEqual((await eventTypes(sandbox)).slice(-6),
    ["refund.created", "charge.refunded", "refund.created", "charge.refunded", "charge.refund.updated", "refund.updated"]);
  const moved = await sandbox.get("/v1/balance_transactions", { source: first.id });
  assert.deepEqual(moved.data.map(({ type, amount, fee }) => [type, amount, fee]), [["refund", -500, 0]]);
});

test("an invoice that was refunded stays paid", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], expand: ["latest_invoice.payments"] });
  const payment_intent = bought.latest_invoice.payments.data[0].payment.payment_intent;
  assert.equal((await sandbox.post("/v1/refunds", { payment_intent })).amount, 2900);
  assert.equal((await sandbox.get(`/v1/invoices/${bought.latest_invoice.id}`)).status, "paid");
});

test("a card that refunds late, and one that cannot be refunded", async (t) => {
  for (const [token, first, last] of [["pm_card_pendingRefund", "pending", "succeeded"], ["pm_card_refundFail", "succeeded", "failed"]]) {
    const { sandbox, clock, intent } = await paid(t, token);
    const refund = await sandbox.post("/v1/refunds", { payment_intent: intent.id, amount: 700 });
    assert.equal(refund.status, first);
    await sandbox.advance(clock, NOON + 2 * DAY);
    const later = await sandbox.get(`/v1/refunds/${refund.id}`);
    const charge = await sandbox.get(`/v1/charges/${intent.latest_charge}`);
    assert.deepEqual([later.status, charge.amount_refunded], [last, last === "failed" ? 0 : 700]);
    const types = await eventTypes(sandbox);
    assert.equal(types.includes("refund.failed"), last === "failed");
    assert.ok(types.includes("charge.refund.updated"));
    if (last === "failed") assert.ok(later.failure_balance_transaction && later.failure_reason);
  }
});

test("a bank's refund takes days", async (t) => {
  const { sandbox, clock, intent } = await paid(t, "pm_usBankAccount_success");
  const early = await sandbox.stripe.post("/v1/refunds", { payment_intent: intent.id });
  assert.deepEqual([early.status, early.body.error.code], [400, "payment_intent_unexpected_state"]);
  await sandbox.advance(clock, NOON + 6 * DAY);
  const refund = await sandbox.post("/v1/refunds", { payment_intent: intent.id });
  assert.equal(refund.status, "pending");
  const cancel = await sandbox.stripe.post(`/v1/refunds/${refund.id}/cancel`);
  assert.deepEqual([cancel.status, cancel.body.error.code], [400, "status_transition_invalid"]);
  await sandbox.advance(clock, NOON + 16 * DAY);
  assert.equal((await sandbox.get(`/v1/refunds/${refund.id}`)).status, "succeeded");
});

test("what is refused", async (t) => {
  const { sandbox, intent, customer } = await paid(t);
  const open = await sandbox.post("/v1/payment_intents", { amount: 500, currency: "usd" });
  const held = await sandbox.post("/v1/payment_intents", { amount: 500, currency: "usd", payment_method: "pm_card_visa", capture_method: "manual", confirm: "true", ...ON_PAGE });
  for (const [fields, code, param] of [
    [{}, "parameter_missing", "payment_intent"],
    [{ charge: intent.latest_charge, payment_intent: intent.id }, "parameters_exclusive", "charge"],
    [{ charge: "ch_none" }, "resource_missing", "charge"],
    [{ payment_intent: open.id }, "payment_intent_unexpected_state", "payment_intent"],
    [{ payment_intent: held.id }, "payment_intent_unexpected_state", "payment_intent"],
    [{ charge: held.latest_charge }, "charge_not_refundable", undefined],
    [{ charge: intent.latest_charge, amount: 0 }, "parameter_invalid_integer", "amount"],
    [{ charge: intent.latest_charge, reason: "whim" }, undefined, "reason"],
    [{ charge: intent.latest_charge, colour: "red" }, "parameter_unknown", "colour"],
    [{ origin: "customer_balance", customer, currency: "usd", amount: 5 }, "parameter_missing", "instructions_email"],
    [{ origin: "customer_balance", customer, currency: "usd", amount: 5, instructions_email: "a@example.com" }, "insufficient_funds", "amount"],
  ]) {
    const { status, body } = await sandbox.stripe.post("/v1/refunds", fields);
    assert.deepEqual([status, body.error.code, body.error.param], [400, code, param], JSON.stringify(fields));
  }
  assert.equal((await sandbox.get("/v1/refunds")).data.length, 0);
});

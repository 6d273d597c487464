// Promise: an update that waits for its payment changes nothing until it is paid, and is forgotten after 23 hours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const HOUR = 3600;
const DAY = 86400;

// A subscription of 29.00 whose card is then `token`; the fields of an upgrade to 99.00.
async function upgrading(t, token) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const small = await sandbox.price(2900);
  const large = await sandbox.price(9900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: small.id }] });
  const path = `/v1/subscriptions/${bought.id}`;
  if (token) {
    const card = await sandbox.post(`/v1/payment_methods/${token}/attach`, { customer });
    await sandbox.post(path, { default_payment_method: card.id });
  }
  await sandbox.advance(clock, NOON + 14 * DAY);
  const upgrade = {
    items: [{ id: bought.items.data[0].id, price: large.id }],
    proration_behavior: "always_invoice",
    payment_behavior: "pending_if_incomplete",
    expand: ["latest_invoice.payments.data.payment.payment_intent"],
  };
  return { sandbox, customer, clock, small, large, bought, path, upgrade };
}

const priceOf = (subscription) => subscription.items.data[0].price.id;
const typesAfter = async (sandbox, count) => (await sandbox.events()).slice(count).map(({ type }) => type);

test("a card that pays: the change is made at once, nothing is pending", async (t) => {
  const { sandbox, large, path, upgrade } = await upgrading(t);
  const changed = await sandbox.post(path, upgrade);
  assert.deepEqual([changed.status, changed.pending_update, priceOf(changed)], ["active", null, large.id]);
  assert.deepEqual([changed.latest_invoice.status, changed.latest_invoice.total], ["paid", 3500]);
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.ok(!types.some((type) => type.includes("pending_update")));
});

test("a bank that asks: it waits, and paying the invoice applies it", async (t) => {
  const { sandbox, small, large, path, upgrade } = await upgrading(t, "pm_card_authenticationRequired");
  const asked = await sandbox.post(path, upgrade);
  assert.deepEqual([asked.status, priceOf(asked)], ["active", small.id]);
  assert.equal(asked.pending_update.expires_at, NOON + 14 * DAY + 23 * HOUR);
  assert.equal(asked.pending_update.subscription_items[0].price.id, large.id);
  const intent = asked.latest_invoice.payments.data[0].payment.payment_intent;
  assert.equal(intent.status, "requires_action");
  const before = (await sandbox.events()).length;
  const good = await sandbox.post("/v1/payment_methods/pm_card_visa/attach", { customer: asked.customer });
  await sandbox.post(`/v1/invoices/${asked.latest_invoice.id}/pay`, { payment_method: good.id });
  const applied = await sandbox.get(path);
  assert.deepEqual([applied.status, applied.pending_update, priceOf(applied)], ["active", null, large.id]);
  const types = await typesAfter(sandbox, before);
  assert.ok(types.includes("customer.subscription.pending_update_applied"));
  // The credit of the upgrade is what was debited: going back gives the whole of it again.
  const back = await sandbox.post(path, {
    items: [{ id: applied.items.data[0].id, price: small.id }],
    proration_behavior: "always_invoice",
    expand: ["latest_invoice"],
  });
  assert.deepEqual(back.latest_invoice.lines.data.map(({ amount }) => amount), [-4950, 1450]);
});

test("a card that is declined: it expires after 23 hours and its invoice is void", async (t) => {
  const { sandbox, clock, small, path, upgrade } = await upgrading(t, "pm_card_chargeCustomerFail");
  const declined = await sandbox.post(path, upgrade);
  assert.deepEqual([declined.status, priceOf(declined)], ["active", small.id]);
  assert.ok(declined.pending_update);
  const before = (await sandbox.events()).length;
  await sandbox.advance(clock, NOON + 14 * DAY + 23 * HOUR);
  const over = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([over.status, over.pending_update, over.latest_invoice.status], ["active", null, "void"]);
  const types = await typesAfter(sandbox, before);
  assert.ok(types.includes("customer.subscription.pending_update_expired"));
  assert.ok(types.includes("invoice.voided"));
});

test("it expires with the period, and a newer change takes its place", async (t) => {
  const { sandbox, clock, large, path, upgrade } = await upgrading(t, "pm_card_chargeCustomerFail");
  const end = Date.UTC(2015, 1, 28, 12) / 1000;
  await sandbox.advance(clock, end - 10 * HOUR);
  const first = await sandbox.post(path, upgrade);
  assert.equal(first.pending_update.expires_at, end);
  const second = await sandbox.post(path, { ...upgrade, items: [{ ...upgrade.items[0], quantity: 2 }] });
  assert.notEqual(second.latest_invoice.id, first.latest_invoice.id);
  assert.equal((await sandbox.get(`/v1/invoices/${first.latest_invoice.id}`)).status, "void");
  assert.equal(second.pending_update.subscription_items[0].quantity, 2);
  const voided = await sandbox.post(`/v1/invoices/${second.latest_invoice.id}/void`);
  assert.equal(voided.status, "void");
  assert.equal((await sandbox.get(path)).pending_update, null);
  assert.ok(large.id);
});

test("a subscription that ends forgets what waits, and voids its invoice", async (t) => {
  const { sandbox, path, upgrade } = await upgrading(t, "pm_card_chargeCustomerFail");
  const { latest_invoice } = await sandbox.post(path, upgrade);
  const ended = await sandbox.delete(path);
  assert.deepEqual([ended.status, ended.pending_update], ["canceled", null]);
  assert.equal((await sandbox.get(`/v1/invoices/${latest_invoice.id}`)).status, "void");
  assert.equal((await sandbox.events({ type: "customer.subscription.pending_update_expired" })).length, 1);
});

test("a new period that must be paid waits whole: anchor and all", async (t) => {
  const { sandbox, path, upgrade, bought } = await upgrading(t, "pm_card_authenticationRequired");
  const asked = await sandbox.post(path, { ...upgrade, billing_cycle_anchor: { type: "now" } });
  assert.equal(asked.billing_cycle_anchor, bought.billing_cycle_anchor);
  assert.equal(asked.pending_update.billing_cycle_anchor, NOON + 14 * DAY);
  assert.equal(asked.items.data[0].current_period_end, bought.items.data[0].current_period_end);
  assert.equal(asked.latest_invoice.total, 9900 - 1450);
});

test("what may not wait is refused, by name", async (t) => {
  const { sandbox, path, upgrade, customer, small } = await upgrading(t);
  const cases = [
    [{ ...upgrade, metadata: { a: "b" } }, "metadata"],
    [{ ...upgrade, description: "x" }, "description"],
    [{ ...upgrade, cancel_at_period_end: "true" }, "cancel_at_period_end"],
    [{ ...upgrade, default_payment_method: "" }, "default_payment_method"],
  ];
  for (const [fields, param] of cases) {
    const { status, body } = await sandbox.stripe.post(path, fields);
    assert.deepEqual([status, body.error.type, body.error.param], [400, "invalid_request_error", param]);
  }
  const fields = { customer, items: [{ price: small.id }], payment_behavior: "pending_if_incomplete" };
  const created = await sandbox.stripe.post("/v1/subscriptions", fields);
  assert.deepEqual([created.status, created.body.error.param], [400, "payment_behavior"]);
  const bank = await sandbox.post("/v1/payment_methods/pm_usBankAccount_success/attach", { customer });
  await sandbox.post(path, { default_payment_method: bank.id });
  const debit = await sandbox.stripe.post(path, upgrade);
  assert.deepEqual([debit.status, debit.body.error.param], [400, "payment_behavior"]);
  assert.equal((await sandbox.get(path)).pending_update, null);
});

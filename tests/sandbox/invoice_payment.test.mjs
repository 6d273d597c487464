// Promise: an invoice may be paid in parts by several payments, each credited once when its money is
// there; the default payment wants what is left, and nothing is lost or counted twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ON_PAGE, Sandbox } from "./support.mjs";

async function owed(t, amount = 10_000, balance = 0) {
  const sandbox = await Sandbox.start(t);
  const buyer = await sandbox.customer();
  const { customer } = buyer;
  if (balance) await sandbox.post(`/v1/customers/${customer}/balance_transactions`, { amount: balance, currency: "usd" });
  const draft = await sandbox.post("/v1/invoices", { customer });
  await sandbox.post("/v1/invoiceitems", { customer, invoice: draft.id, amount, currency: "usd" });
  const invoice = await sandbox.post(`/v1/invoices/${draft.id}/finalize`, { auto_advance: false });
  const pay = (amount, fields = {}) => sandbox.post("/v1/payment_intents", { amount, currency: "usd", customer, ...ON_PAGE, ...fields });
  const confirm = { confirm: true, payment_method: buyer.card };
  const attach = (intent) => sandbox.post(`/v1/invoices/${invoice.id}/attach_payment`, { payment_intent: intent.id });
  const payments = async () => (await sandbox.get("/v1/invoice_payments", { invoice: invoice.id })).data;
  const now = () => sandbox.get(`/v1/invoices/${invoice.id}`, { expand: ["payments"] });
  return { sandbox, ...buyer, invoice, pay, confirm, attach, payments, now };
}

const sums = ({ status, amount_paid, amount_remaining, amount_overpaid }) => [status, amount_paid, amount_remaining, amount_overpaid];
const shown = ({ is_default, status, amount_requested, amount_paid }) => [is_default, status, amount_requested, amount_paid];

test("what has arrived is credited at once, the rest is the default payment's", async (t) => {
  const { sandbox, invoice, pay, confirm, attach, payments } = await owed(t);
  const attached = await attach(await pay(4_000, confirm));
  assert.deepEqual(sums(attached), ["open", 4_000, 6_000, 0]);
  assert.deepEqual((await payments()).map(shown), [[false, "paid", 4_000, 4_000], [true, "open", 6_000, null]]);
  const paid = await sandbox.post(`/v1/invoices/${invoice.id}/pay`);
  assert.deepEqual(sums(paid), ["paid", 10_000, 0, 0]);
  assert.deepEqual((await payments()).map(shown), [[false, "paid", 4_000, 4_000], [true, "paid", 6_000, 6_000]]);
  const told = (await sandbox.events()).map(({ type }) => type).filter((type) => /^invoice(_payment)?\.(paid|updated|overpaid)/.test(type));
  assert.deepEqual(told.slice(-4), ["invoice_payment.paid", "invoice.updated", "invoice_payment.paid", "invoice.paid"]);
});

test("what arrives later is credited then; two payments and a balance pay the whole", async (t) => {
  const { sandbox, card, pay, attach, payments, now } = await owed(t, 10_000, -2_000);
  const first = await pay(3_000);
  const second = await pay(5_000);
  await attach(first);
  assert.deepEqual(sums(await attach(second)), ["open", 0, 8_000, 0]);
  await sandbox.post(`/v1/payment_intents/${second.id}/confirm`, { payment_method: card });
  assert.deepEqual(sums(await now()), ["open", 5_000, 3_000, 0]);
  await sandbox.post(`/v1/payment_intents/${first.id}/confirm`, { payment_method: card });
  const invoice = await now();
  assert.deepEqual(sums(invoice), ["paid", 8_000, 0, 0]);
  assert.deepEqual(invoice.payments.data, await payments());
  assert.deepEqual((await payments()).map(shown), [[false, "paid", 5_000, 5_000], [false, "paid", 3_000, 3_000], [true, "canceled", 3_000, null]]);
  const [event] = await sandbox.events({ type: "payment_intent.canceled" });
  assert.equal(event.data.object.cancellation_reason, "automatic");
});

test("too much is overpaid, on an open invoice and on a paid one", async (t) => {
  const { sandbox, card, pay, confirm, attach, now } = await owed(t);
  const late = await pay(700);
  await attach(late);
  assert.deepEqual(sums(await attach(await pay(12_000, confirm))), ["paid", 12_000, 0, 2_000]);
  await sandbox.post(`/v1/payment_intents/${late.id}/confirm`, { payment_method: card });
  assert.deepEqual(sums(await now()), ["paid", 12_700, 0, 2_700]);
  assert.equal((await sandbox.events({ type: "invoice.overpaid" })).length, 2);
});

test("a captured authorization counts with what was captured; a canceled one not at all", async (t) => {
  const { sandbox, pay, confirm, attach, payments, now } = await owed(t);
  const held = await pay(9_000, { ...confirm, capture_method: "manual" });
  const gone = await pay(1_000);
  await attach(held);
  await attach(gone);
  assert.deepEqual(sums(await now()), ["open", 0, 10_000, 0]);
  await sandbox.post(`/v1/payment_intents/${held.id}/capture`, { amount_to_capture: 2_500 });
  await sandbox.post(`/v1/payment_intents/${gone.id}/cancel`);
  assert.deepEqual(sums(await now()), ["open", 2_500, 7_500, 0]);
  assert.deepEqual((await payments()).map(shown), [[false, "canceled", 1_000, null], [false, "paid", 9_000, 2_500], [true, "open", 7_500, null]]);
});

test("a subscription goes active with the last part", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, card } = await sandbox.customer();
  const price = await sandbox.price(9_000);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], payment_behavior: "default_incomplete" });
  for (const [amount, status] of [[4_000, "incomplete"], [5_000, "active"]]) {
    const intent = await sandbox.post("/v1/payment_intents", { amount, currency: "usd", customer, ...ON_PAGE, confirm: true, payment_method: card });
    await sandbox.post(`/v1/invoices/${bought.latest_invoice}/attach_payment`, { payment_intent: intent.id });
    assert.equal((await sandbox.get(`/v1/subscriptions/${bought.id}`)).status, status);
  }
});

test("a credit note gives back what an attached payment brought", async (t) => {
  const { sandbox, invoice, pay, confirm, attach } = await owed(t);
  const intent = await pay(10_000, confirm);
  await attach(intent);
  const note = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 4_000, refund_amount: 4_000 });
  const charge = await sandbox.get(`/v1/charges/${intent.latest_charge}`);
  assert.deepEqual([note.post_payment_amount, charge.amount_refunded], [4_000, 4_000]);
});

test("what cannot be attached is refused, and what is half paid is not voided", async (t) => {
  const { sandbox, invoice, customer, pay, confirm, attach, payments } = await owed(t);
  const path = `/v1/invoices/${invoice.id}/attach_payment`;
  const other = await sandbox.post("/v1/customers", { email: "bob@example.com" });
  const draft = await sandbox.post("/v1/invoices", { customer });
  const taken = await pay(1_000);
  await attach(taken);
  const fresh = await pay(1_000);
  const canceled = await pay(1_000);
  await sandbox.post(`/v1/payment_intents/${canceled.id}/cancel`);
  const foreign = await pay(1_000, { customer: other.id });
  const euro = await pay(1_000, { currency: "eur" });
  const own = (await payments()).find(({ is_default }) => is_default).payment.payment_intent;
  for (const [target, fields, status, code, param] of [
    [path, {}, 400, "parameter_missing", "payment_intent"],
    [path, { payment_intent: "pi_none" }, 400, "resource_missing", "payment_intent"],
    [path, { payment_intent: taken.id }, 400, undefined, "payment_intent"],
    [path, { payment_intent: own }, 400, undefined, "payment_intent"],
    [path, { payment_intent: canceled.id }, 400, "payment_intent_unexpected_state", "payment_intent"],
    [path, { payment_intent: foreign.id }, 400, undefined, "payment_intent"],
    [path, { payment_intent: euro.id }, 400, undefined, "payment_intent"],
    [path, { payment_record: "pr_1" }, 400, "parameter_unknown", "payment_record"],
    [`/v1/invoices/${draft.id}/attach_payment`, { payment_intent: fresh.id }, 400, "invoice_not_editable", undefined],
    ["/v1/invoices/in_none/attach_payment", { payment_intent: fresh.id }, 404, "resource_missing", "invoice"],
  ]) {
    const { status: got, body } = await sandbox.stripe.post(target, fields);
    assert.deepEqual([got, body.error?.code, body.error?.param], [status, code, param], JSON.stringify(fields));
  }
  await attach(await pay(2_000, confirm));
  const voided = await sandbox.stripe.post(`/v1/invoices/${invoice.id}/void`);
  assert.deepEqual([voided.status, voided.body.error.type], [400, "invalid_request_error"]);
  assert.equal((await sandbox.post(`/v1/invoices/${invoice.id}/mark_uncollectible`)).status, "uncollectible");
});

test("a voided invoice takes no more money", async (t) => {
  const { sandbox, invoice, card, pay, attach, payments, now } = await owed(t);
  const intent = await pay(1_000);
  await attach(intent);
  await sandbox.post(`/v1/invoices/${invoice.id}/void`);
  await sandbox.post(`/v1/payment_intents/${intent.id}/confirm`, { payment_method: card });
  assert.deepEqual(sums(await now()), ["void", 0, 0, 0]);
  assert.deepEqual((await payments()).map(({ status }) => status), ["canceled", "canceled"]);
});

// Promise: money that arrives by bank transfer pays what Stripe would have it pay, in Stripe's order; an
// invoice is never paid in part, and what is left is the customer's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const transfer = { customer_balance: { funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" } } };

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  const intent = async (amount) => (await sandbox.post("/v1/payment_intents", {
    amount, currency: "usd", customer, allowed_payment_method_types: ["customer_balance"], payment_method_options: transfer,
    payment_method_data: { type: "customer_balance" }, confirm: "true",
  })).id;
  const invoice = async (amount) => {
    const price = await sandbox.price(amount);
    const bought = await sandbox.post("/v1/subscriptions", {
      customer, items: [{ price: price.id }], collection_method: "send_invoice", days_until_due: 30,
      payment_settings: { payment_method_types: ["customer_balance"] }, expand: ["latest_invoice"],
    });
    const { id, status } = bought.latest_invoice;
    return status === "draft" ? (await sandbox.post(`/v1/invoices/${id}/finalize`)).id : id;
  };
  const fund = (amount, reference) => sandbox.post(`/v1/test_helpers/customers/${customer}/fund_cash_balance`, { amount, currency: "usd", reference });
  const cash = async () => (await sandbox.get(`/v1/customers/${customer}/cash_balance`)).available?.usd ?? 0;
  const status = async (id) => (await sandbox.get(id.startsWith("pi_") ? `/v1/payment_intents/${id}` : `/v1/invoices/${id}`)).status;
  return { sandbox, clock, customer, intent, invoice, fund, cash, status };
}

test("the same instructions for a customer for ever", async (t) => {
  const { sandbox, customer } = await opened(t);
  const ask = (fields) => sandbox.stripe.post(`/v1/customers/${customer}/funding_instructions`, { currency: "usd", funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" }, ...fields });
  const { body } = await ask();
  assert.deepEqual(body.bank_transfer.financial_addresses.map(({ type }) => type), ["aba", "swift"]);
  assert.match(body.bank_transfer.financial_addresses[0].aba.account_number, /^\d{10}$/);
  assert.deepEqual((await ask()).body, body);
  for (const [currency, type] of [["eur", "eu_bank_transfer"], ["gbp", "gb_bank_transfer"], ["jpy", "jp_bank_transfer"], ["mxn", "mx_bank_transfer"]]) {
    assert.equal((await ask({ currency, bank_transfer: { type, ...(type.startsWith("eu") && { eu_bank_transfer: { country: "DE" } }) } })).status, 200, currency);
  }
  assert.equal((await ask({ currency: "cad" })).body.error.param, "currency");
  assert.equal((await ask({ bank_transfer: { type: "eu_bank_transfer" } })).body.error.param, "bank_transfer[type]");
  assert.equal((await ask({ funding_type: "cheque" })).body.error.param, "funding_type");
});

test("an intent is funded in part, then whole; the rest stays", async (t) => {
  const { sandbox, customer, intent, fund, cash } = await opened(t);
  const id = await intent(10000);
  const waiting = await sandbox.get(`/v1/payment_intents/${id}`);
  assert.deepEqual([waiting.status, waiting.next_action.display_bank_transfer_instructions.amount_remaining], ["requires_action", 10000]);
  await fund(4000);
  const part = await sandbox.get(`/v1/payment_intents/${id}`);
  assert.deepEqual([part.status, part.next_action.display_bank_transfer_instructions.amount_remaining, await cash()], ["requires_action", 6000, 0]);
  await fund(7000);
  assert.deepEqual([(await sandbox.get(`/v1/payment_intents/${id}`)).status, await cash()], ["succeeded", 1000]);
  const { data } = await sandbox.get(`/v1/customers/${customer}/cash_balance_transactions`);
  assert.deepEqual(data.reverse().map(({ type, net_amount, ending_balance }) => [type, net_amount, ending_balance]),
    [["funded", 4000, 4000], ["applied_to_payment", -4000, 0], ["funded", 7000, 7000], ["applied_to_payment", -6000, 1000]]);
  const types = (await sandbox.events()).map(({ type }) => type);
  const from = types.indexOf("customer_cash_balance_transaction.created");
  assert.deepEqual(types.slice(from, from + 4),
    ["customer_cash_balance_transaction.created", "cash_balance.funds_available", "customer_cash_balance_transaction.created", "payment_intent.partially_funded"]);
});

test("an invoice waits for the whole", async (t) => {
  const { sandbox, customer, invoice, fund, cash, status } = await opened(t);
  const id = await invoice(5000);
  await fund(3000);
  assert.deepEqual([await status(id), await cash()], ["open", 3000]);
  await fund(2500);
  assert.deepEqual([await status(id), await cash()], ["paid", 500]);
  assert.deepEqual((await sandbox.get(`/v1/customers/${customer}/payment_methods`)).data, []);
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.ok(types.indexOf("invoice.paid") > types.lastIndexOf("cash_balance.funds_available"));
});

test("money that is there pays an invoice as soon as it is final, unless it is too little", async (t) => {
  const { invoice, fund, cash, status } = await opened(t);
  await fund(4000);
  const first = await invoice(3000);
  const second = await invoice(3000);
  assert.deepEqual([await status(first), await status(second), await cash()], ["paid", "open", 1000]);
});

test("an invoice that is more than 30 days overdue is left out", async (t) => {
  const { sandbox, clock, invoice, fund, cash, status } = await opened(t);
  const old = await invoice(700);
  for (const days of [30, 59]) await sandbox.advance(clock, NOON + days * DAY);
  await fund(100);
  for (const days of [61]) await sandbox.advance(clock, NOON + days * DAY);
  await fund(700); // goes to the renewal's invoice, which is younger
  assert.deepEqual([await status(old), await cash()], ["open", 100]);
});

// invoices and intents by amount, the money and its reference (i0: number of the first invoice, p0: that
// of the first intent), what is paid, and what is left.
const ORDER = [
  ["the reference names an invoice", [[3000, 5000], []], 5000, "i1", ["i1"], 0],
  ["a named invoice waits, and no other is paid", [[3000, 5000], []], 4000, "i1", [], 4000],
  ["the reference names an intent", [[3000], [3000, 2000]], 2000, "p1", ["p1"], 0],
  ["one that is exactly the money", [[2000, 3000], []], 3000, "", ["i1"], 0],
  ["the smallest group that is exactly the money", [[1000, 2000, 3000, 1000], []], 5000, "", ["i1", "i2"], 0],
  ["among equal groups the one with more invoices", [[3000], [3000]], 3000, "", ["i0"], 0],
  ["then whole invoices, oldest first", [[1000, 2000, 4000], []], 3500, "", ["i0", "i1"], 500],
  ["one that does not fit is passed over", [[4000, 1000], []], 3500, "", ["i1"], 2500],
  ["the rest into intents", [[1000], [5000]], 2000, "", ["i0"], 0],
  ["an unknown reference is none", [[1000], []], 1000, "x", ["i0"], 0],
];

for (const [name, [invoices, intents], money, reference, expected, left] of ORDER) {
  test(`order: ${name}`, async (t) => {
    const { sandbox, invoice, intent, fund, cash, status } = await opened(t);
    const ids = {};
    for (const [i, amount] of invoices.entries()) ids[`i${i}`] = await invoice(amount);
    for (const [i, amount] of intents.entries()) ids[`p${i}`] = await intent(amount);
    const named = {
      i: async (id) => (await sandbox.get(`/v1/invoices/${id}`)).number,
      p: async (id) => (await sandbox.get(`/v1/payment_intents/${id}`)).next_action.display_bank_transfer_instructions.reference,
      x: async () => "NOBODY-1",
    };
    await fund(money, reference ? await named[reference[0]](ids[reference]) : undefined);
    const paid = [];
    for (const [key, id] of Object.entries(ids)) if (["paid", "succeeded"].includes(await status(id))) paid.push(key);
    assert.deepEqual([paid.sort(), await cash()], [expected, left]);
  });
}

test("by hand when the customer is set so", async (t) => {
  const { sandbox, customer, intent, fund, cash, status } = await opened(t);
  const path = `/v1/customers/${customer}/cash_balance`;
  const set = await sandbox.post(path, { settings: { reconciliation_mode: "manual" } });
  assert.deepEqual(set.settings, { reconciliation_mode: "manual", using_merchant_default: false });
  const id = await intent(1000);
  await fund(1500);
  assert.deepEqual([await status(id), await cash()], ["requires_action", 1500]);
  await sandbox.post(`/v1/payment_intents/${id}/apply_customer_balance`, { amount: 400 });
  assert.equal((await sandbox.get(`/v1/payment_intents/${id}`)).next_action.display_bank_transfer_instructions.amount_remaining, 600);
  await sandbox.post(`/v1/payment_intents/${id}/cancel`);
  assert.equal(await cash(), 1500);
  const empty = await sandbox.stripe.post(`/v1/payment_intents/${id}/apply_customer_balance`);
  assert.equal(empty.body.error.code, "payment_intent_unexpected_state");
  assert.equal((await sandbox.post(path, { settings: { reconciliation_mode: "merchant_default" } })).settings.using_merchant_default, true);
});

test("refunds go to the cash balance, and from there to the bank", async (t) => {
  const { sandbox, clock, customer, intent, fund, cash } = await opened(t);
  const id = await intent(1000);
  await fund(1000);
  assert.equal((await sandbox.post("/v1/refunds", { payment_intent: id, amount: 600 })).status, "succeeded");
  assert.equal(await cash(), 600);
  const back = { origin: "customer_balance", customer, currency: "usd", amount: 500, instructions_email: "ada@example.com" };
  const first = await sandbox.post("/v1/refunds", back);
  assert.deepEqual([first.status, first.charge, await cash()], ["requires_action", null, 100]);
  assert.equal((await sandbox.post(`/v1/refunds/${first.id}/cancel`)).status, "canceled");
  assert.equal(await cash(), 600);
  const second = await sandbox.post("/v1/refunds", back);
  const expired = await sandbox.post(`/v1/test_helpers/refunds/${second.id}/expire`);
  assert.deepEqual([expired.status, await cash()], ["failed", 600]);
  const third = await sandbox.post("/v1/refunds", back);
  await sandbox.advance(clock, NOON + 5 * DAY);
  assert.equal((await sandbox.get(`/v1/refunds/${third.id}`)).status, "succeeded");
  const { data } = await sandbox.get(`/v1/customers/${customer}/cash_balance_transactions`);
  assert.deepEqual(data.map(({ type }) => type).slice(0, 5), ["return_initiated", "return_canceled", "return_initiated", "return_canceled", "return_initiated"]);
});

test("what is refused", async (t) => {
  const { sandbox, customer } = await opened(t);
  const fund = `/v1/test_helpers/customers/${customer}/fund_cash_balance`;
  const pay = (fields) => sandbox.stripe.post("/v1/payment_intents", { amount: 1000, currency: "usd", confirm: "true", allowed_payment_method_types: ["customer_balance"], payment_method_data: { type: "customer_balance" }, ...fields });
  for (const [answer, status, param] of [
    [sandbox.stripe.post(fund, { amount: 0, currency: "usd" }), 400, "amount"],
    [sandbox.stripe.post(fund, { amount: 5, currency: "sek" }), 400, "currency"],
    [sandbox.stripe.post("/v1/test_helpers/customers/cus_none/fund_cash_balance", { amount: 5, currency: "usd" }), 404, "customer"],
    [sandbox.stripe.post(`/v1/customers/${customer}/cash_balance`, { settings: { reconciliation_mode: "never" } }), 400, "settings[reconciliation_mode]"],
    [pay({ payment_method_options: transfer }), 400, "customer"],
    [pay({ customer }), 400, "payment_method_options"],
  ]) {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.error.param], [status, param]);
  }
});

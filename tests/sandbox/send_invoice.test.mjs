// Promise: a subscription that is sent invoices is active at once, past due when one is late, and paid by transfer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const END = Date.UTC(2015, 1, 28, 12) / 1000;

async function sold(t, fields = {}) {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { email: "ada@example.com", test_clock: clock })).id;
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer,
    items: [{ price: price.id }],
    collection_method: "send_invoice",
    days_until_due: 14,
    expand: ["latest_invoice"],
    ...fields,
  });
  const read = () => sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  return { sandbox, clock, customer, price, bought, read, path: `/v1/subscriptions/${bought.id}` };
}

test("no method is needed: a draft for an hour, then sent, late after its days, settled when paid", async (t) => {
  const { sandbox, clock, bought, read } = await sold(t);
  assert.deepEqual([bought.status, bought.days_until_due, bought.latest_invoice.status], ["active", 14, "draft"]);
  assert.equal(bought.latest_invoice.collection_method, "send_invoice");
  await sandbox.advance(clock, NOON + HOUR);
  const sent = (await read()).latest_invoice;
  assert.deepEqual([sent.status, sent.due_date, sent.attempt_count], ["open", NOON + HOUR + 14 * DAY, 0]);
  assert.equal((await sandbox.events({ type: "invoice.sent" })).length, 1);
  await sandbox.advance(clock, sent.due_date);
  assert.equal((await read()).status, "past_due");
  assert.equal((await sandbox.events({ type: "invoice.overdue" })).length, 1);
  await sandbox.post(`/v1/invoices/${sent.id}/pay`, { paid_out_of_band: "true" });
  assert.equal((await read()).status, "active");
  await sandbox.advance(clock, END + 2 * HOUR);
  const next = await read();
  assert.deepEqual([next.status, next.latest_invoice.status, next.latest_invoice.amount_due], ["active", "open", 2900]);
});

test("a transfer pays it, by the settings that the invoice has from its subscription", async (t) => {
  const payment_settings = {
    payment_method_types: ["customer_balance"],
    payment_method_options: { customer_balance: { funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" } } },
  };
  const { sandbox, clock, customer, bought, read } = await sold(t, { payment_settings });
  assert.deepEqual(bought.latest_invoice.payment_settings.payment_method_types, ["customer_balance"]);
  assert.equal(bought.payment_settings.payment_method_options.customer_balance.bank_transfer.type, "us_bank_transfer");
  await sandbox.advance(clock, NOON + HOUR);
  await sandbox.post(`/v1/test_helpers/customers/${customer}/fund_cash_balance`, { amount: 2900, currency: "usd" });
  const paid = await read();
  assert.deepEqual([paid.status, paid.latest_invoice.status], ["active", "paid"]);
});

test("from charged to sent and back", async (t) => {
  const { sandbox, clock, path, read } = await sold(t);
  const charged = await sandbox.post(path, { collection_method: "charge_automatically" });
  assert.deepEqual([charged.collection_method, charged.days_until_due], ["charge_automatically", null]);
  const sent = await sandbox.post(path, { collection_method: "send_invoice", days_until_due: 3 });
  assert.equal(sent.days_until_due, 3);
  await sandbox.advance(clock, END + 2 * HOUR);
  const { latest_invoice } = await read();
  assert.deepEqual([latest_invoice.status, latest_invoice.due_date], ["open", END + HOUR + 3 * DAY]);
});

test("days and method must agree", async (t) => {
  const { sandbox, customer, price, path } = await sold(t);
  const fields = { customer, items: [{ price: price.id }] };
  const cases = [
    ["/v1/subscriptions", { ...fields, collection_method: "send_invoice" }, "days_until_due"],
    ["/v1/subscriptions", { ...fields, days_until_due: 3 }, "days_until_due"],
    ["/v1/subscriptions", { ...fields, collection_method: "pigeon" }, "collection_method"],
    [path, { days_until_due: -1 }, "days_until_due"],
    [path, { collection_method: "charge_automatically", days_until_due: 5 }, "days_until_due"],
    [path, { collection_method: "send_invoice", payment_behavior: "pending_if_incomplete", items: fields.items }, "collection_method"],
  ];
  for (const [url, given, param] of cases) {
    const { status, body } = await sandbox.stripe.post(url, given);
    assert.deepEqual([status, body.error?.param], [400, param], JSON.stringify(given));
  }
});

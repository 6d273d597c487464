// Promise: a bank debit and a bank transfer buy a plan too, from the order to the money, and a customer
// sees where the money is on its way.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, refused, subscription, usd } from "./support.mjs";

const TERMS = (userId) => `/api/admin/customers/${userId}/billing-terms`;
const TRANSFER = "/api/billing/bank-transfer";

test("a bank debit: the plan at once, the money four working days later", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-02T09:00:00Z" }); // a Monday
  const api = await newCustomer(server, "ada");
  const account = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_usBankAccount_success" }), 201);
  assert.deepEqual([account.type, account.last4, account.expiry], ["us_bank_account", "6789", null]);
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const ordered = await subscription(api);
  assert.deepEqual([ordered.status, ordered.access], ["active", "full"]);
  const [owed] = await invoices(api);
  assert.deepEqual([owed.status, owed.amountDue, owed.amountPaid], ["open", usd(2_900), usd(0)]);
  refused(await api.post(`/api/billing/invoices/${owed.id}/pay`), 409, "payment_in_progress");
  await server.clock.to("2026-03-06T08:00:00Z");
  assert.equal((await invoices(api))[0].status, "open", "not before the bank has said so");
  await server.clock.to("2026-03-09T00:00:00Z");
  const [paid] = await invoices(api);
  assert.deepEqual([paid.status, paid.amountPaid], ["paid", usd(2_900)]);
  const { data } = done(await (await server.stripe()).get("/v1/charges", { limit: 10 }));
  assert.deepEqual(data.map(({ amount, status }) => [amount, status]), [[2_900, "succeeded"]]);
});

// A customer who may pay on an invoice, with the plan bought and the invoice sent.
async function invoiced(t, days = 14) {
  const server = await startServer(t, { testClock: "2026-03-02T09:00:00Z" });
  const api = await newCustomer(server, "acme");
  const terms = done(await server.api.put(TERMS("acme"), { daysUntilDue: days }));
  assert.deepEqual(terms, { userId: "acme", daysUntilDue: days });
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);
  await server.clock.advance("PT2H"); // a first invoice that is sent is a draft for an hour
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "acme");
  const send = (amount, reference) =>
    stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount, currency: "usd", ...(reference && { reference }) });
  const wire = async (amount, reference) => {
    done(await send(amount, reference));
    await server.clock.advance("PT1S");
  };
  return { server, api, wire };
}

test("a transfer: instructions, too little waits, the rest pays", async (t) => {
  const { server, api, wire } = await invoiced(t);
  const ordered = await subscription(api);
  assert.deepEqual([ordered.tier, ordered.status, ordered.access], ["professional", "active", "full"]);
  const [sent] = await invoices(api);
  assert.deepEqual([sent.status, sent.amountDue], ["open", usd(9_900)]);
  assert.ok(Math.abs(Date.parse(sent.dueDate) - Date.parse("2026-03-16T09:00:00Z")) <= 7_200_000, sent.dueDate);
  const told = done(await server.api.get("/api/admin/outbox?userId=acme")).data.map(({ kind }) => kind);
  assert.ok(told.includes("invoice_available"), told.join());

  const where = done(await api.post(TRANSFER));
  assert.deepEqual(done(await api.get(TRANSFER)), where, "as it was last told");
  assert.deepEqual([where.currency, where.addresses.map(({ type }) => type)], ["usd", ["aba", "swift"]]);
  assert.match(where.addresses[0].aba.account_number, /^\d{10}$/);
  await wire(4_000, sent.number);
  assert.equal((await invoices(api))[0].status, "open", "an invoice is never paid in part by a transfer");
  assert.deepEqual(done(await api.post(TRANSFER)).available, { usd: 4_000 });
  await wire(6_000, sent.number);
  const [paid] = await invoices(api);
  assert.deepEqual([paid.status, paid.amountPaid], ["paid", usd(9_900)]);
  const after = done(await api.post(TRANSFER));
  assert.deepEqual([after.available, after.addresses], [{ usd: 100 }, where.addresses], "what is too much stays, and the account too");
});

test("unpaid past its due date: full for seven days more, then as free, until the money is there", async (t) => {
  const { server, api, wire } = await invoiced(t);
  const [sent] = await invoices(api);
  const due = Date.parse(sent.dueDate);
  const at = (days) => server.clock.to(new Date(due + days * 86_400_000).toISOString());
  await at(-0.1);
  assert.equal((await subscription(api)).status, "active");
  await at(1);
  const owing = await subscription(api);
  assert.deepEqual([owing.status, owing.access], ["past_due", "full"]);
  await at(7.1);
  assert.equal((await subscription(api)).access, "restricted");
  await wire(9_900, sent.number);
  const again = await subscription(api);
  assert.deepEqual([again.status, again.access], ["active", "full"]);
});

test("terms and instructions that cannot be are refused", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  refused(await server.api.put(TERMS("nobody"), { daysUntilDue: 14 }), 404, "customer_not_found");
  for (const daysUntilDue of [-1, 366, "14", 1.5]) refused(await server.api.put(TERMS("ada"), { daysUntilDue }), 422, "invalid_fields", "daysUntilDue");
  refused(await server.api.put(TERMS("ada"), {}), 422, "invalid_fields", "daysUntilDue");
  refused(await server.api.as("nobody").post(TRANSFER), 404, "customer_not_found");
  done(await server.api.put(TERMS("ada"), { daysUntilDue: 0 })); // charged again: a card is needed
  refused(await server.api.as("ada").post("/api/billing/subscribe", { tier: "starter" }), 409, "payment_method_required");
});

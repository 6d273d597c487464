// Promise: operators give money back once, never more than was paid, and both sides say the same of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, refused, subscriber, usd } from "./support.mjs";

const REFUNDS = "/api/admin/refunds";
const NOTES = "/api/admin/credit-notes";

// A customer who has paid $29.00, and that invoice.
async function payer(t, userId = "ada") {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const api = await subscriber(server, userId);
  await server.clock.advance("PT1S"); // what the provider tells has arrived
  const [invoice] = await invoices(api);
  assert.deepEqual([invoice.status, invoice.amountPaid], ["paid", usd(2_900)]);
  let keys = 0;
  const give = (path, body, options = {}) =>
    server.api.post(path, { userId, invoiceId: invoice.id, ...body }, { idempotencyKey: `give-${++keys}`, ...options });
  const given = async () => done(await api.get(`/api/billing/invoices/${invoice.id}/given-back`));
  return { server, api, invoice, give, given };
}

test("a part is refunded, then the rest, then nothing more", async (t) => {
  const { server, api, invoice, give, given } = await payer(t);
  const part = done(await give(REFUNDS, { amount: usd(900), reason: "requested_by_customer" }), 201);
  assert.deepEqual([part.status, part.amount], ["succeeded", usd(900)]);
  refused(await give(REFUNDS, { amount: usd(2_001) }), 409, "refund_too_large");
  const rest = done(await give(REFUNDS, {}), 201);
  assert.deepEqual(rest.amount, usd(2_000));
  refused(await give(REFUNDS, {}), 409, "refund_too_large");
  await server.clock.advance("PT1S");
  const { refunds, creditNotes } = await given();
  assert.deepEqual([refunds.map(({ amount }) => amount.amount), creditNotes], [[900, 2_000], []]);
  assert.equal((await invoices(api))[0].status, "paid", "a refund leaves the invoice as it is");

  const stripe = await server.stripe();
  const theirs = done(await stripe.get("/v1/refunds", { limit: 10 })).data;
  assert.deepEqual(theirs.map(({ amount }) => amount).sort(), [2_000, 900].sort());
  const { data } = done(await api.get("/api/billing/events"));
  assert.deepEqual(data.filter(({ type }) => type === "payment.refunded").map(({ amount }) => amount.amount).sort(), [2_000, 900].sort());
  const mails = done(await server.api.get("/api/admin/outbox?userId=ada")).data.filter(({ kind }) => kind === "refund");
  assert.equal(mails.length, 2);
  assert.equal(invoice.id, (await invoices(api))[0].id);
});

test("a request that is repeated gives money once, also after the process was killed", async (t) => {
  const { server, give } = await payer(t);
  const body = { amount: usd(500) };
  const first = done(await give(REFUNDS, body, { idempotencyKey: "once" }), 201);
  const again = done(await give(REFUNDS, body, { idempotencyKey: "once" }), 201);
  assert.equal(again.id, first.id);
  refused(await give(REFUNDS, { amount: usd(600) }, { idempotencyKey: "once" }), 422, "idempotency_mismatch");
  await server.kill();
  await server.start();
  const after = server.api.post(REFUNDS, { userId: "ada", invoiceId: (await invoices(server.api.as("ada")))[0].id, ...body }, { idempotencyKey: "once" });
  assert.equal(done(await after, 201).id, first.id);
  const stripe = await server.stripe();
  assert.equal(done(await stripe.get("/v1/refunds", { limit: 10 })).data.length, 1);
});

test("a credit note gives back to the card, to the balance, or says that it was done otherwise", async (t) => {
  const { server, api, give, given } = await payer(t);
  const card = done(await give(NOTES, { amount: usd(500), reason: "order_change", returns: "refund" }), 201);
  assert.deepEqual([card.status, card.amount, card.refunded], ["issued", usd(500), usd(500)]);
  const balance = done(await give(NOTES, { amount: usd(700), returns: "balance", memo: "For the outage" }), 201);
  assert.deepEqual([balance.credited, balance.refunded], [usd(700), usd(0)]);
  const otherwise = done(await give(NOTES, { amount: usd(200), returns: "out_of_band" }), 201);
  assert.deepEqual(otherwise.outOfBand, usd(200));
  refused(await give(NOTES, { amount: usd(1_501), returns: "balance" }), 409, "credit_too_large");
  await server.clock.advance("PT1S");
  const { refunds, creditNotes } = await given();
  assert.deepEqual(creditNotes.map(({ amount }) => amount.amount), [500, 700, 200]);
  assert.deepEqual(refunds.map(({ amount }) => amount.amount), [500]);
  assert.equal(new Set(creditNotes.map(({ number }) => number)).size, 3);

  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "ada");
  assert.equal(customers[0].balance, -700);
  await server.clock.to("2026-04-01T02:00:00Z"); // the balance pays a part of the renewal
  const [renewal] = await invoices(api);
  assert.deepEqual([renewal.amount, renewal.amountPaid], [usd(2_900), usd(2_200)]);
  const mails = done(await server.api.get("/api/admin/outbox?userId=ada")).data.filter(({ kind }) => kind === "credit_note");
  assert.equal(mails.length, 3);
});

test("what cannot be given back is refused, each with its reason", async (t) => {
  const { server, invoice, give } = await payer(t);
  await newCustomer(server, "bob");
  const key = { idempotencyKey: "refusals" };
  const body = { userId: "ada", invoiceId: invoice.id };
  refused(await server.api.post(REFUNDS, { ...body, userId: "nobody" }, key), 404, "customer_not_found");
  refused(await server.api.post(REFUNDS, { ...body, userId: "bob" }, key), 404, "invoice_not_found");
  refused(await give(REFUNDS, { amount: { amount: 100, currency: "eur" } }), 422, "currency_mismatch");
  for (const amount of [0, -1]) refused(await give(REFUNDS, { amount: usd(amount) }), 422, "invalid_fields", "amount.amount");
  refused(await give(REFUNDS, { amount: 100 }), 422, "invalid_fields", "amount");
  refused(await give(REFUNDS, { all: true }), 422, "invalid_fields", "all");
  refused(await give(NOTES, { returns: "voucher" }), 422, "invalid_fields", "returns");
  refused(await server.api.post(REFUNDS, body), 400, "idempotency_key_missing");
  refused(await give(REFUNDS, { reason: "whim" }), 502, "payment_provider_refused");
});

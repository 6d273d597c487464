// Promise: what happens to a customer's money is written to them, each fact once, in words that an
// operator can read in the outbox.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const OUTBOX = "/api/admin/outbox";

async function mailsOf(server, userId) {
  return done(await server.api.get(`${OUTBOX}?userId=${userId}&limit=100`)).data;
}

const kindsOf = (mails) => mails.map(({ kind }) => kind).sort();

test("a payment is followed by one receipt, also after a restart", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  await newCustomer(server, "bob");
  const [receipt] = await mailsOf(server, "ada");
  assert.equal(receipt.kind, "receipt");
  assert.deepEqual([receipt.to, receipt.status, receipt.sentAt], ["ada@example.com", "local", null]);
  await server.kill();
  await server.start();
  await server.clock.advance("P1D");
  assert.deepEqual(kindsOf(await mailsOf(server, "ada")), ["receipt"]);
  assert.deepEqual(await mailsOf(server, "bob"), []);
  await server.clock.advance("P1M");
  assert.deepEqual(kindsOf(await mailsOf(server, "ada")), ["receipt", "receipt"]);
});

test("the outbox is paged, filtered, and for operators alone", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  await subscriber(server, "bob");
  const first = done(await server.api.get(`${OUTBOX}?limit=1`));
  const second = done(await server.api.get(`${OUTBOX}?limit=1&cursor=${first.nextCursor}`));
  assert.deepEqual([first.data[0].userId, second.data[0].userId, second.nextCursor], ["bob", "ada", null]);
  assert.deepEqual(done(await server.api.get(`${OUTBOX}?status=failed`)).data, []);
  assert.equal(done(await server.api.get(`${OUTBOX}?status=local`)).data.length, 2);
  refused(await server.api.get(`${OUTBOX}?status=lost`), 422, "invalid_query", "status");
  refused(await server.api.get(`${OUTBOX}?limit=101`), 422, "invalid_query", "limit");
  refused(await server.api.get(`${OUTBOX}?user=ada`), 422, "invalid_query", "user");
  const { key } = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201);
  const [{ id }] = first.data;
  for (const path of [OUTBOX, `${OUTBOX}/${id}`]) {
    refused(await ada.withKey(key).get(path), 403, "scope_missing");
    refused(await ada.withKey("tp_test_no").get(path), 401, "key_invalid");
  }
  refused(await server.api.get(`${OUTBOX}/mail_nobody`), 404, "mail_not_found");
  assert.equal(done(await server.api.get(`${OUTBOX}/${id}`)).userId, "bob");
});

test("who is spoken to in German is written to in German", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada", { language: "de" });
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const [receipt] = await mailsOf(server, "ada");
  assert.match(receipt.subject, /^Turnpike: Beleg über 29,00\u00a0\$, Rechnung /);
  const { language, html } = done(await server.api.get(`${OUTBOX}/${receipt.id}`));
  assert.equal(language, "de");
  assert.match(html, /<html lang="de">/);
  const again = { userId: "ada", email: "ada@example.com", name: "Customer ada", language: "en" };
  refused(await server.api.post("/api/customers", again), 409, "customer_conflict");
  refused(await server.api.post("/api/customers", { ...again, language: "fr" }), 422, "invalid_fields", "language");
});

// Promise: what many ask for at the same moment happens as if they had asked one after the other: a plan is bought once,
// money goes back once, a code is used once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, subscriber } from "./support.mjs";

const MANY = 12;
const times = (run) => Promise.all(Array.from({ length: MANY }, (_, i) => run(i)));
const countOf = (answers) => answers.reduce((counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }), {});

test("many upgrades at the same moment, each under its own key: one is made and charged", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  const before = (await invoices(ada)).length;
  const answers = await times((i) => ada.put("/api/billing/subscription", { tier: "professional" }, { idempotencyKey: `up-${i}` }));
  assert.equal(countOf(answers)[200], 1, JSON.stringify(countOf(answers)));
  for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
    assert.equal(status, 409);
    assert.match(body.code, /^(operation_in_progress|no_change)$/);
  }
  assert.equal(done(await ada.get("/api/billing/subscription")).tier, "professional");
  assert.equal((await invoices(ada)).length, before + 1, "one invoice for all of them");
});

test("many purchases at the same moment: one subscription, one invoice", async (t) => {
  const server = await startServer(t);
  const bob = await customerWithCard(server, "bob");
  const answers = await times((i) => bob.post("/api/billing/subscribe", { tier: "starter" }, { idempotencyKey: `buy-${i}` }));
  assert.equal(countOf(answers)[201], 1, JSON.stringify(countOf(answers)));
  for (const { body } of answers.filter(({ status }) => status !== 201)) assert.match(body.code, /^(operation_in_progress|already_subscribed)$/);
  assert.equal((await invoices(bob)).length, 1);
});

test("many refunds at the same moment give back no more than was paid", async (t) => {
  const server = await startServer(t);
  const cyd = await subscriber(server, "cyd");
  await server.clock.advance("PT1S"); // what the provider tells has arrived
  const [{ id, amountPaid: total }] = await invoices(cyd);
  const part = { amount: 1_000, currency: "usd" };
  const answers = await times((i) => server.api.post("/api/admin/refunds", { userId: "cyd", invoiceId: id, amount: part }, { idempotencyKey: `back-${i}` }));
  for (const { status, body } of answers.filter(({ status }) => status >= 300)) {
    assert.equal(status, 409);
    assert.match(body.code, /^(operation_in_progress|refund_too_large)$/);
  }
  const { refunds } = done(await cyd.get(`/api/billing/invoices/${id}/given-back`));
  const sum = refunds.reduce((all, { amount }) => all + amount.amount, 0);
  assert.ok(refunds.length >= 1 && sum <= total.amount, `${sum} of ${total.amount}`);
  assert.equal(refunds.length, answers.filter(({ status }) => status < 300).length, "each that was answered, and no other");
});

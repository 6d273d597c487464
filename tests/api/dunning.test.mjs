// Promise: a payment that fails opens a case; it is tried again on days 3, 7 and 14, access is full for
// seven days, the customer is told at each step how to mend it, and paid closes it at once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscriber, subscription, usd } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";
const CASES = "/api/admin/dunning";

// A card that the bank declines, made the one that is charged.
export async function useCard(api, token) {
  const method = done(await api.post(METHODS, { paymentMethodId: token }), 201);
  done(await api.put(`${METHODS}/${method.id}/default`));
  return method;
}

export async function cases(server, query) {
  return done(await server.api.get(`${CASES}?${new URLSearchParams(query)}`)).data;
}

async function caseOf(server, userId) {
  const [only, ...others] = await cases(server, { userId });
  assert.deepEqual(others, []);
  return only;
}

async function mailsTo(server, userId) {
  const mails = done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data;
  return mails.reverse().map(({ kind }) => kind);
}

// What is on its way has arrived.
const settle = (server) => server.clock.advance("PT1S");

// A subscriber whose renewal has just been declined.
async function fallBehind(server, userId, token = "pm_card_chargeCustomerFail") {
  const api = await subscriber(server, userId);
  await useCard(api, token);
  const { currentPeriodEnd } = await subscription(api);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H"); // Stripe charges a renewal an hour after it has begun
  return api;
}

const outcomes = ({ attempts }) => attempts.map(({ origin, outcome, declineCode }) => [origin, outcome, declineCode]);
const act = (server, { id }, move, body, idempotencyKey = `${move}-${id}`) =>
  server.api.post(`${CASES}/${id}/${move}`, { reason: "said so", ...body }, { idempotencyKey });

test("a declined renewal: full on day 6.9, restricted on day 7.1, free after the third retry, four attempts", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "debtor");
  const opened = await caseOf(server, "debtor");
  assert.deepEqual([opened.status, opened.kind, opened.retries, opened.needsNewMethod], ["open", "payment", 0, false]);
  assert.equal(Date.parse(opened.accessUntil) - Date.parse(opened.openedAt), 7 * 86_400_000);
  assert.equal(Date.parse(opened.nextAttemptAt) - Date.parse(opened.openedAt), 3 * 86_400_000);
  assert.deepEqual(outcomes(opened), [["provider", "failed", "generic_decline"]]);
  assert.deepEqual(await mailsTo(server, "debtor"), ["receipt", "payment_failed"]);
  const day = (days) => server.clock.to(new Date(Date.parse(opened.openedAt) + days * 86_400_000).toISOString());

  await day(3.1);
  assert.deepEqual(outcomes(await caseOf(server, "debtor")), [["provider", "failed", "generic_decline"], ["retry", "failed", "generic_decline"]]);
  await day(6.9);
  const owing = await subscription(api);
  assert.deepEqual([owing.tier, owing.status, owing.access, owing.limits.modules.limit], ["starter", "past_due", "full", 25]);
  await day(7.1);
  const restricted = await subscription(api);
  assert.deepEqual([restricted.tier, restricted.status, restricted.access], ["starter", "past_due", "restricted"]);
  assert.deepEqual([restricted.limits.modules.limit, restricted.features.private_modules], [3, false]);
  assert.equal(done(await server.api.post("/api/usage/take", { userId: "debtor", metric: "modules", amount: 4 })).allowed, false);

  await day(13.9);
  assert.equal((await subscription(api)).tier, "starter");
  await day(14.1);
  const fallen = await subscription(api);
  assert.deepEqual([fallen.tier, fallen.status, fallen.access], ["free", "active", "full"]);
  const ended = await caseOf(server, "debtor");
  assert.equal(ended.status, "exhausted");
  assert.equal(ended.attempts.length, 4);
  assert.deepEqual(ended.attempts.map(({ at }) => Math.round((Date.parse(at) - Date.parse(opened.openedAt)) / 86_400_000)), [0, 3, 7, 14]);
  assert.equal(ended.nextAttemptAt, null);
  assert.deepEqual(await mailsTo(server, "debtor"), [
    "receipt", "payment_failed", "retry_failed", "access_ending", "access_restricted", "subscription_ending", "moved_to_free",
  ]);
  const there = await atStripe(await server.stripe(), "debtor");
  assert.deepEqual(there.subscriptions.map(({ status }) => status), ["canceled"]);
  await day(40);
  assert.equal((await caseOf(server, "debtor")).attempts.length, 4, "an ended case is not tried again");
});

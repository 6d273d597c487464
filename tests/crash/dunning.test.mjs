// Guards the promise of dunning: the days on which a failed payment is tried again are each charged once,
// here and at the provider, whenever the process is killed on the way.
//
// The clock is told to pass a day of the schedule and the server dies at a random moment of that. After
// the restart the clock goes on; in the end the case has the four attempts of one that nothing disturbed,
// and the provider has heard of four charges, no more.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, done, subscriber, subscription } from "../api/support.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

const DAY_MS = 86_400_000;
const METHODS = "/api/billing/payment-methods";

// A subscriber whose renewal has been declined; the instant at which that was known.
async function fallBehind(server, userId) {
  const api = await subscriber(server, userId);
  const bad = done(await api.post(METHODS, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`${METHODS}/${bad.id}/default`));
  const { currentPeriodEnd } = await subscription(api);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H");
  return Date.parse((await caseOf(server, userId)).openedAt);
}

async function caseOf(server, userId) {
  const { data } = done(await server.api.get(`/api/admin/dunning?userId=${userId}`));
  assert.equal(data.length, 1);
  return data[0];
}

// Every charge of the customer's renewal that the provider has refused.
async function declines(server, userId) {
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, userId);
  const charges = done(await stripe.get("/v1/charges", { customer: customers[0].id, limit: 100 })).data;
  return charges.filter(({ status }) => status === "failed").length;
}

// To the instant, with the server killed on the way.
async function disturbedAdvance(server, chance, to, calmMs) {
  const advance = answerOf(server.clock.to(to));
  await Promise.all([advance, killAfter(server, chance.fraction() * calmMs)]);
  await server.start();
  await server.clock.to(to);
}

test("kill -9 while a retry is in flight: each day is charged once", async (t) => {
  const rounds = Math.ceil(killsWanted(6) / 3);
  const chance = new Chance(t, 1977);
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  for (let round = 0; round < rounds; round++) {
    const userId = `debtor-${round}`;
    const opened = await fallBehind(server, userId);
    const day = (days) => new Date(opened + days * DAY_MS).toISOString();
    const started = performance.now();
    await server.clock.to(day(1));
    const calmMs = Math.max(20, performance.now() - started);
    for (const days of [3, 7, 14]) {
      await server.clock.to(day(days - 0.1));
      await disturbedAdvance(server, chance, day(days + 0.1), calmMs);
    }
    const ended = await caseOf(server, userId);
    assert.deepEqual(ended.attempts.map(({ outcome }) => outcome), ["failed", "failed", "failed", "failed"], userId);
    assert.equal(await declines(server, userId), 4, userId);
    assert.equal(ended.status, "exhausted");
    assert.equal((await subscription(server.api.as(userId))).tier, "free");
  }
});

// Guards the promise of the clock: months that pass while the process is killed end as months that
// nothing disturbed. Renewals, invoices and webhooks are each done once, and none is left out.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, done, invoices, subscriber, subscription, usageOf } from "../api/support.mjs";
import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

const CUSTOMERS = [
  { userId: "monthly", plan: { tier: "starter" } },
  { userId: "annual", plan: { tier: "professional", interval: "year" } },
  { userId: "leaving", plan: { tier: "starter" }, cancels: true },
];
const UNTIL = "2026-04-20T12:00:00Z"; // three renewals, and the end of the one who leaves

async function populate(server) {
  for (const { userId, plan, cancels } of CUSTOMERS) {
    const api = await subscriber(server, userId, plan);
    if (cancels) done(await api.post("/api/billing/cancel", { when: "period_end" }));
    const events = [usageEvent({ userId, value: 7 }), usageEvent({ userId, metric: "modules", set: 3 })];
    done(await server.api.sendEvents(events));
  }
}

// Advances to the end of the story. A request that the death of the server left unanswered is made
// again; its target is an instant, so that nothing passes twice.
async function liveThrough(server, chance, momentsMs) {
  for (const ms of momentsMs) {
    const advanced = answerOf(server.api.post("/api/test/clock", { to: UNTIL }));
    await Promise.all([killAfter(server, ms), advanced]);
    await server.start();
  }
  await server.clock.to(UNTIL);
}

// Everything that the API tells of a customer and the sandbox of its charges, without the names that
// differ from one run to the next.
async function dump(server, stripe, userId) {
  const api = server.api.as(userId);
  const { id, stripeSubscriptionId, ...plan } = await subscription(api);
  const list = (await invoices(api)).map((one) => ({
    ...Object.fromEntries(["status", "amount", "amountDue", "amountPaid", "periodStart", "periodEnd"].map((name) => [name, one[name]])),
  }));
  const there = await atStripe(stripe, userId);
  assert.equal(there.invoices.length, list.length, `${userId}: both sides have the same invoices`);
  const usage = done(await api.get("/api/billing/usage"));
  const query = new URLSearchParams({ from: "2026-01-01T00:00:00Z", to: UNTIL, granularity: "period" });
  return {
    plan,
    isPaid: stripeSubscriptionId !== null,
    invoices: list.sort((a, b) => a.periodStart.localeCompare(b.periodStart)),
    charged: there.invoices.map((one) => [one.status, one.amount_paid, one.attempt_count]).sort(),
    usage: [usage.periodStart, usage.periodEnd, usage.metrics],
    history: done(await api.get(`/api/billing/usage?${query}`)).series,
    modules: (await usageOf(api, "modules")).used,
    events: done(await api.get("/api/billing/events?limit=100")).data.map(({ type }) => type).sort(),
  };
}

async function dumpAll(server) {
  const stripe = await server.stripe();
  return Promise.all(CUSTOMERS.map(({ userId }) => dump(server, stripe, userId)));
}

test("kill -9 while months pass leaves what an undisturbed run leaves", async (t) => {
  const kills = killsWanted(12);
  const chance = new Chance(t, 320);
  const calm = await startServer(t);
  await populate(calm);
  const started = performance.now();
  await calm.clock.to(UNTIL);
  const tookMs = performance.now() - started;
  const expected = await dumpAll(calm);
  assert.equal(expected[0].invoices.length, 4);
  assert.equal(expected[2].plan.tier, "free");

  // The moments come in groups, so that an advance is cut early, late, and more than once.
  const perServer = 4;
  for (let killed = 0; killed < kills; killed += perServer) {
    const moments = Array.from({ length: Math.min(perServer, kills - killed) }, () => chance.fraction() * tookMs * 0.6);
    const server = await startServer(t);
    await populate(server);
    await liveThrough(server, chance, moments);
    assert.deepEqual(await dumpAll(server), expected);
    await server.stop();
  }
});

test("a start with more undelivered events than can go out at once gets ready", async (t) => {
  const server = await startServer(t);
  const stripe = await server.stripe();
  const dead = { url: "http://127.0.0.1:1/", enabled_events: ["*"] }; // nobody listens there
  done(await stripe.post("/v1/webhook_endpoints", dead));
  for (let i = 0; i < 40; i++) done(await stripe.post("/v1/customers", { email: `${i}@example.com` }));
  await server.kill();
  await server.start();
  const { data } = done(await (await server.stripe()).get("/v1/events", { limit: 100, type: "customer.created" }));
  assert.equal(data.length, 40);
});

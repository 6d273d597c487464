// Guards the promise of billing: a change that was asked for happens once, here and at the provider,
// whenever the process is killed, and both sides tell the same story afterwards.
//
// Every customer walks the same way (card, plan, upgrade, end at the period's end), and the server dies
// at a random moment of it, sometimes twice. The client does what clients do: it asks again with the
// same Idempotency-Key until it is answered. What comes out must equal a walk that nothing disturbed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, done, invoices, subscription } from "../api/support.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

// The one who ends at once takes another way for the last step: a deletion carries no key.
const STEPS = [
  { method: "post", path: "/api/billing/payment-methods", body: { paymentMethodId: "pm_card_visa" }, status: 201 },
  { method: "post", path: "/api/billing/subscribe", body: { tier: "starter" }, status: 201 },
  { method: "put", path: "/api/billing/subscription", body: { tier: "professional" }, status: 200 },
  { method: "post", path: "/api/billing/cancel", body: { when: "period_end", reason: "other" }, status: 200 },
];
const ENDING = [...STEPS.slice(0, 2), { method: "post", path: "/api/billing/cancel", body: { when: "now" }, status: 200 }];
const SECOND_KILL = 0.3;

// Asks until there is an answer; the server may be dead, or about to be.
async function insist(server, userId, { method, path, body, status }, idempotencyKey) {
  for (;;) {
    const answer = await answerOf(server.api.as(userId)[method](path, body, { idempotencyKey }));
    if (answer !== null) return done(answer, status);
    await server.revived;
  }
}

async function walk(server, userId, steps) {
  for (const [i, step] of steps.entries()) await insist(server, userId, step, `${userId}-${i}`);
}

// The walk of one customer, with the server killed on the way.
async function disturbedWalk(server, chance, { userId, steps }, walkMs) {
  let revive;
  server.revived = new Promise((fulfil) => (revive = fulfil));
  const death = async () => {
    await killAfter(server, chance.fraction() * walkMs);
    if (chance.fraction() < SECOND_KILL) {
      await server.start();
      await killAfter(server, chance.fraction() * walkMs);
    }
    await server.start();
    revive();
  };
  await Promise.all([death(), walk(server, userId, steps)]);
}

// What a customer has on either side, without the names that differ from one to the next.
async function storyOf(server, stripe, userId) {
  const api = server.api.as(userId);
  const here = await subscription(api);
  const there = await atStripe(stripe, userId);
  const list = await invoices(api);
  const methods = done(await api.get("/api/billing/payment-methods")).data;
  const [customer] = there.customers;
  const cards = done(await stripe.get("/v1/payment_methods", { customer: customer.id, type: "card" })).data;
  const intents = done(await stripe.get("/v1/payment_intents", { customer: customer.id, limit: 100 })).data;

  assert.equal(there.customers.length, 1, "one customer at the provider");
  const inForce = there.subscriptions.filter(({ status }) => status !== "canceled").map(({ id }) => id);
  assert.deepEqual(inForce, here.stripeSubscriptionId === null ? [] : [here.stripeSubscriptionId]);
  assert.equal(there.subscriptions.length, 1, "one subscription");
  assert.deepEqual(list.map((one) => one.stripeInvoiceId).sort(), there.invoices.map(({ id }) => id).sort());
  assert.deepEqual(methods.map((one) => one.stripePaymentMethodId), cards.map(({ id }) => id));
  for (const invoice of list) {
    const same = there.invoices.find(({ id }) => id === invoice.stripeInvoiceId);
    assert.deepEqual(
      [invoice.status, invoice.amount.amount, invoice.amountPaid.amount, invoice.number],
      [same.status, same.total, same.amount_paid, same.number],
    );
  }
  const paid = intents.filter(({ status }) => status === "succeeded").map((one) => one.amount_received);
  return {
    plan: [here.tier, here.interval, here.status, here.access, here.cancelAtPeriodEnd],
    atStripe: there.subscriptions.map((one) => [one.status, one.cancel_at_period_end, one.items.data.length]),
    invoices: list.map((one) => [one.status, one.amount.amount, one.amountPaid.amount]).sort(),
    charged: paid.sort(),
    methods: methods.map((one) => [one.brand, one.last4, one.isDefault]),
    events: done(await api.get("/api/billing/events?limit=100")).data.map(({ type }) => type).sort(),
  };
}

async function waitingCalls(server) {
  const { text } = await server.api.get("/metrics");
  return Number(/^turnpike_outbox_pending (\d+)$/m.exec(text)[1]);
}

// One undisturbed walk: how long it takes, and its story.
async function calmWalk(server, userId, steps) {
  await server.api.createCustomer(userId);
  const started = performance.now();
  await walk(server, userId, steps);
  const walkMs = performance.now() - started;
  await server.clock.advance("PT1H"); // answers when all that is under way has arrived
  return { walkMs, story: await storyOf(server, await server.stripe(), userId) };
}

test("kill -9 between any two steps of a purchase changes nothing about what is bought and paid", async (t) => {
  const kills = killsWanted(12);
  const chance = new Chance(t, 2026);
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const staying = await calmWalk(server, "calm", STEPS);
  assert.deepEqual(staying.story.invoices, [["paid", 2_900, 2_900], ["paid", 7_000, 7_000]]);
  assert.deepEqual(staying.story.charged, [2_900, 7_000]);
  await server.clock.to("2026-01-15T14:00:00Z");
  const ending = await calmWalk(server, "calm-end", ENDING);
  assert.equal(ending.story.plan[0], "free");
  assert.deepEqual(ending.story.charged, [2_900]);

  await server.clock.to("2026-01-16T12:00:00Z");
  const customers = Array.from({ length: kills }, (_, i) => {
    const isEnding = i % 3 === 2;
    const { walkMs, story } = isEnding ? ending : staying;
    return { userId: `customer-${i}`, steps: isEnding ? ENDING : STEPS, walkMs, story };
  });
  for (const customer of customers) {
    await server.api.createCustomer(customer.userId);
    await disturbedWalk(server, chance, customer, customer.walkMs);
  }
  await server.clock.advance("PT1H");
  assert.equal(await waitingCalls(server), 0);
  const stripe = await server.stripe();
  for (const { userId, story } of customers) {
    assert.deepEqual(await storyOf(server, stripe, userId), story, userId);
  }
});

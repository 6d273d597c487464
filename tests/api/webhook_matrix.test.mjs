// Promise: in whatever order the events of a story come, as it happens or days late, twice, or not at
// all until a reconciliation, the end is the provider's.
//
// The story: somebody subscribes, changes their card, and the renewal is declined. It happens once at the
// sandbox of a second program, to many customers at the same time; a listener takes every event and
// keeps it back. Each customer then gets the events of their own in an order of their own, signed here
// and posted by hand: nothing else tells the server under test anything. Of every second customer the
// answer to the call that made the subscription, and all memory of it, is lost, so that events are all
// that tells of it.
//
// The six events that decide are taken in each of their 720 orders (TURNPIKE_PERMUTATIONS=720; by default
// a sample of them), all others of the story at places drawn in between.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, subscription } from "./support.mjs";

const NOW = "2026-01-31T12:00:00Z";
const SECRET = "whsec_stories";
const ORDERS = 720;
const PEOPLE_A_WORLD = 24;
const SAMPLE = Number(process.env.TURNPIKE_PERMUTATIONS ?? 24);
const DECIDING = [
  "customer.subscription.created",
  "invoice.created",
  "invoice.finalized",
  "invoice.payment_failed",
  "customer.subscription.updated",
  "payment_method.attached",
];

// Numbers from 0 to 1 that are the same in every run (a linear congruence, its high bits).
function drawFrom(seed) {
  let state = BigInt(seed) * 2n + 1n;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
}

function shuffled(list, draw) {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(draw() * left.length), 1)[0]);
}

// The order of that number: 0 is as it happened, 719 fully reversed.
function order(number) {
  const left = [...DECIDING];
  return DECIDING.map((_, i) => {
    const count = left.length;
    const rest = Array.from({ length: count - 1 }, (_, k) => k + 1).reduce((product, k) => product * k, 1);
    return left.splice(Math.floor(number / rest) % count, 1)[0];
  });
}

// Which orders are lived through: the first and the last, and others drawn from between.
function sample(count) {
  if (count >= ORDERS) return Array.from({ length: ORDERS }, (_, i) => i);
  const between = Array.from({ length: ORDERS - 2 }, (_, i) => i + 1);
  return [0, ORDERS - 1, ...shuffled(between, drawFrom(1)).slice(0, Math.max(0, count - 2))];
}

// --- the two programs, and the events between them ---

async function start(t) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: SECRET };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", url], env });
  const stripe = await provider.stripe();
  return { provider, server, stripe, held: await holdBack(t, stripe) };
}

// Every event of the sandbox as it was sent, whole, in the order of what happened.
async function holdBack(t, stripe) {
  const held = [];
  const listener = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts).toString("utf8");
    held.push({ raw, ...JSON.parse(raw) });
    response.end();
  });
  await new Promise((fulfil) => listener.listen(0, "127.0.0.1", fulfil));
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  const url = `http://127.0.0.1:${listener.address().port}/`;
  done(await stripe.post("/v1/webhook_endpoints", { url, enabled_events: ["*"] }));
  return held;
}

async function post(server, at, { raw }) {
  const mac = createHmac("sha256", SECRET).update(`${at}.${raw}`).digest("hex");
  const headers = { "Stripe-Signature": `t=${at},v1=${mac}` };
  done(await server.api.withKey(undefined).post("/api/webhooks/stripe", undefined, { raw, headers }));
}

// --- the story ---

// Somebody with a plan. `isForgotten`: the call reached the provider and was done; here nobody knows.
// The first to buy is not forgotten: their purchase makes the price that the others find.
async function subscribe({ server, stripe }, userId, isForgotten) {
  const api = await customerWithCard(server, userId);
  if (!isForgotten) {
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    return;
  }
  const { customers } = await atStripe(stripe, userId);
  const [price] = done(await stripe.get("/v1/prices", { lookup_keys: ["turnpike_starter_v1_month_usd"] })).data;
  const metadata = { subscription_id: `subs_0${createHmac("sha256", "id").update(userId).digest("hex").slice(0, 25)}` };
  done(await stripe.post("/v1/subscriptions", { customer: customers[0].id, items: [{ price: price.id }], metadata }));
}

// At the provider alone: a card that will be declined becomes the one that is charged.
async function changeCard(stripe, customer) {
  const card = done(await stripe.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", { customer }));
  done(await stripe.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: card.id } }));
}

// Both clocks stand still between the stages; the last is days later.
const STAGES = ["subscribed", "drafted", "declined", "days later"];
async function advance({ provider, server }, stage) {
  if (stage === "drafted") await provider.clock.to("2026-02-28T12:00:00Z");
  if (stage === "declined") await provider.clock.advance("PT1H");
  if (stage === "days later") await provider.clock.advance("P2D");
  await provider.clock.advance("PT0S"); // what it has sent has arrived
  await server.clock.to(await provider.clock.now());
}

// What has happened since the last stage, to its customers. Prices and products are nobody's.
function handOut(held, from, people) {
  const bills = new Map(held.map(({ data: { object } }) => [object.id, object.customer]));
  const ownerOf = ({ id, object, customer, invoice }) => (object === "customer" ? id : (customer ?? bills.get(invoice)));
  const owners = new Map(people.map((person) => [person.customerId, person]));
  for (const event of held.slice(from)) owners.get(ownerOf(event.data.object))?.pending.push(event);
  return held.length;
}

// --- deliveries ---

// The last event of each deciding type comes in the order of that number, all others somewhere.
function arrange(events, number, draw) {
  const deciding = order(number).flatMap((type) => events.findLast((event) => event.type === type) ?? []);
  const queue = [...deciding];
  for (const event of events) {
    if (!deciding.includes(event)) queue.splice(Math.floor(draw() * (queue.length + 1)), 0, event);
  }
  return queue;
}

// What this customer's events of this stage are, in order: half of those that have happened, or, when
// all is late, nothing before the last stage. There some come once more, backwards.
function due(person, stage) {
  const { draw, number } = person;
  const isLast = stage === STAGES.length - 1;
  const [now, later] = [[], []];
  for (const event of person.pending) (isLast || (!person.isLate && draw() < 1 / 2) ? now : later).push(event);
  person.pending = later;
  const queue = arrange(now, number, draw);
  const again = isLast ? person.delivered.filter(() => draw() < 1 / 4).reverse() : [];
  person.delivered.push(...queue);
  return [...queue, ...again];
}

// In this order, some twice. `isBurst`: none waits for the effect of the one before.
async function deliver({ server }, events, { draw, isBurst }) {
  const at = Date.parse(await server.clock.now()) / 1000;
  for (const event of events) {
    await post(server, at, event);
    if (draw() < 1 / 3) await post(server, at, event);
    if (!isBurst) await server.clock.advance("PT0S");
  }
  await server.clock.advance("PT0S");
}

// All of them live through the story; each gets their share of its events stage by stage.
async function live(world, people, isLost = () => false) {
  for (const person of people) {
    await subscribe(world, person.userId, person.isForgotten);
    person.customerId = (await atStripe(world.stripe, person.userId)).customers[0].id;
    await changeCard(world.stripe, person.customerId);
  }
  let seen = 0;
  for (const [stage, name] of STAGES.entries()) {
    await advance(world, name);
    seen = handOut(world.held, seen, people);
    for (const person of people) await deliver(world, due(person, stage).filter((event) => !isLost(person, event)), person);
  }
}

function peopleOf(numbers) {
  return numbers.map((number, i) => ({
    number,
    userId: `order_${number}`,
    draw: drawFrom(number + 1000),
    isForgotten: i % 2 === 1,
    isLate: SAMPLE === ORDERS || i % 4 < 2, // of all orders each is meant as it is
    isBurst: i % 3 !== 0,
    pending: [],
    delivered: [],
  }));
}

const named = ({ userId, isForgotten, isLate, isBurst, delivered }) =>
  `${userId}${isForgotten ? ", forgotten" : ""}${isLate ? ", late" : ""}${isBurst ? ", a burst" : ""}: ${delivered.map(({ type }) => type).join(" ")}`;

// --- the two views, in the same words ---

const instant = (at) => new Date(typeof at === "number" ? at * 1000 : at).toISOString();
const byNumber = (a, b) => a.number.localeCompare(b.number);

async function seenHere({ server }, userId) {
  const api = server.api.as(userId);
  const plan = await subscription(api);
  const bills = (await invoices(api)).map(({ stripeInvoiceId, number, status, amount, amountDue, amountPaid }) => {
    return { id: stripeInvoiceId, number, status, total: amount.amount, due: amountDue.amount, paid: amountPaid.amount };
  });
  const methods = done(await api.get("/api/billing/payment-methods")).data;
  const [debt, ...others] = done(await server.api.get(`/api/admin/dunning?userId=${userId}`)).data;
  assert.deepEqual(others, [], "one case");
  return {
    subscription: { id: plan.stripeSubscriptionId, status: plan.status, ends: plan.cancelAtPeriodEnd, price: plan.price.amount },
    period: [plan.currentPeriodStart, plan.currentPeriodEnd].map(instant),
    began: instant(plan.usagePeriodStart),
    invoices: bills.sort(byNumber),
    card: methods.find(({ isDefault }) => isDefault)?.stripePaymentMethodId,
    cards: methods.map(({ stripePaymentMethodId }) => stripePaymentMethodId).sort(),
    declined: debt?.attempts.map(({ outcome, declineCode }) => [outcome, declineCode]),
  };
}

async function seenThere({ stripe }, userId) {
  const { customers, subscriptions, invoices: bills } = await atStripe(stripe, userId);
  const [{ id, invoice_settings }] = customers;
  const [{ items, status, cancel_at_period_end, ...bought }, ...more] = subscriptions;
  assert.deepEqual(more, [], "bought once");
  const [item] = items.data;
  const cards = done(await stripe.get(`/v1/customers/${id}/payment_methods`)).data;
  const charges = done(await stripe.get("/v1/charges", { customer: id })).data;
  return {
    subscription: { id: bought.id, status, ends: cancel_at_period_end, price: item.price.unit_amount },
    period: [item.current_period_start, item.current_period_end].map(instant),
    began: instant(item.current_period_start),
    invoices: bills
      .map(({ id, number, status, total, amount_due, amount_paid }) => ({ id, number, status, total, due: amount_due, paid: amount_paid }))
      .sort(byNumber),
    card: invoice_settings.default_payment_method,
    cards: cards.map((card) => card.id).sort(),
    declined: charges.filter((charge) => charge.status === "failed").map((charge) => ["failed", charge.outcome.reason]),
  };
}

// The end of the story: the same in both views, with full access, as long as the seven days last.
async function checkEnd(world, userId, what) {
  const there = await seenThere(world, userId);
  assert.deepEqual(await seenHere(world, userId), there, what);
  assert.equal(there.subscription.status, "past_due", what);
  assert.deepEqual(there.invoices.map(({ status, due, paid }) => [status, due, paid]), [["paid", 2900, 2900], ["open", 2900, 0]], what);
  assert.deepEqual(there.declined, [["failed", "generic_decline"]], what);
  const plan = await subscription(world.server.api.as(userId));
  assert.deepEqual([plan.tier, plan.access, plan.limits.modules.limit], ["starter", "full", 25], what);
}

// A world of two programs for every so many people.
async function inWorlds(t, numbers, live) {
  for (let from = 0; from < numbers.length; from += PEOPLE_A_WORLD) {
    const some = peopleOf(numbers.slice(from, from + PEOPLE_A_WORLD));
    await t.test(`orders ${from} to ${from + some.length - 1}`, async (t) => live(await start(t), some));
  }
}

async function reconcile(server, ...args) {
  return JSON.parse((await runTurnpike(["reconcile", "--data", server.data, "--json", ...args])).stdout);
}

test("in every order, as it happens and late, with duplicates; and the first retry is made once", async (t) => {
  await inWorlds(t, sample(SAMPLE), async (world, people) => {
    await live(world, people);
    for (const person of people) {
      for (const type of DECIDING) assert.ok(person.delivered.some((event) => event.type === type), type);
      await checkEnd(world, person.userId, named(person));
    }
    await world.provider.clock.advance("P3DT2H");
    await world.server.clock.to(await world.provider.clock.now());
    for (const { userId, customerId } of people) {
      const charges = done(await world.stripe.get("/v1/charges", { customer: customerId })).data;
      assert.deepEqual(charges.map(({ status }) => status), ["failed", "failed", "succeeded"], userId);
    }
    // No read was stored behind a later one, and nothing twice.
    assert.doesNotMatch(world.server.stderr, / error | webhook\.again /);
    assert.equal((await reconcile(world.server)).found, 0, "nothing is left to be reconciled");
  });
});

test("with losses, of which a reconciliation of one customer finds all", async (t) => {
  await inWorlds(t, sample(SAMPLE / 4), async (world, people) => {
    await live(world, people, ({ draw }) => draw() < 1 / 2);
    for (const person of people) {
      const first = await reconcile(world.server, "--user", person.userId);
      assert.deepEqual([first.status, first.leftOver], ["done", 0], named(person));
      await checkEnd(world, person.userId, named(person));
      assert.equal((await reconcile(world.server, "--user", person.userId)).found, 0);
    }
  });
});

test("with every event lost, a reconciliation of everybody finds all", async (t) => {
  const world = await start(t);
  const people = peopleOf(sample(4));
  await live(world, people, () => true);
  assert.equal(done(await world.server.api.get("/api/admin/webhooks")).data.length, 0);
  const first = await reconcile(world.server);
  assert.deepEqual([first.status, first.leftOver], ["done", 0]);
  assert.ok(first.repaired >= people.length);
  for (const person of people) await checkEnd(world, person.userId, named(person));
  assert.equal((await reconcile(world.server)).found, 0);
});

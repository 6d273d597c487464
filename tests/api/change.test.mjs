// Promise: what a change of plan costs is said before to the cent, charged exactly so, and takes
// effect when it was said to; what was scheduled can be taken back until then.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, newCustomer, refused, sameInstant, subscriber, subscription, usageOf, usd } from "./support.mjs";

const SUBSCRIPTION = "/api/billing/subscription";

const change = (api, body, options) => api.put(SUBSCRIPTION, body, options);
const preview = async (api, body) => done(await api.put(`${SUBSCRIPTION}?preview=true`, body));
const cancel = (api, body = {}, options) => api.post("/api/billing/cancel", body, options);
const FINAL = "PT1H"; // Stripe finalizes and charges a renewal an hour after it has begun
const sum = (lines) => lines.reduce((total, { amount }) => total + amount.amount, 0);

// Instants within the first periods after 31 January 2028, 10:00, a leap year.
const INSTANTS = [
  "2028-01-31T10:00:00Z", // at once
  "2028-01-31T10:00:01Z",
  "2028-02-14T22:13:07Z",
  "2028-02-29T09:59:59Z", // the period's last second
  "2028-02-29T10:00:00Z", // just renewed, on a clamped anchor
  "2028-03-31T09:59:59Z",
  "2028-04-01T00:00:00Z",
];
const CHANGES = [
  { from: { tier: "starter" }, to: { tier: "professional" } },
  { from: { tier: "starter" }, to: { tier: "starter", interval: "year" } },
  { from: { tier: "starter" }, to: { tier: "professional", interval: "year" } },
  { from: { tier: "starter", interval: "year" }, to: { tier: "professional" } },
];

// The invoice that `api`'s customer has and had not before.
async function newInvoice(api, before) {
  const known = new Set(before.map(({ id }) => id));
  const fresh = (await invoices(api)).filter(({ id }) => !known.has(id));
  assert.equal(fresh.length, 1, "one invoice comes of a change");
  return done(await api.get(`/api/billing/invoices/${fresh[0].id}`));
}

async function assertChargedAsPreviewed(server, stripe, userId, to) {
  const api = server.api.as(userId);
  const before = await invoices(api);
  const said = await preview(api, to);
  assert.equal(sum(said.lines), said.amountDueNow.amount, "an upgrade costs what its lines add up to");
  sameInstant(said.validUntil, new Date(Date.parse(await server.clock.now()) + 15 * 60_000).toISOString());
  const changed = done(await change(api, { ...to, quoteId: said.quoteId }));
  assert.equal(changed.tier, to.tier);
  const mirrored = await newInvoice(api, before);
  assert.deepEqual([mirrored.status, mirrored.amount, mirrored.amountPaid], ["paid", said.amountDueNow, said.amountDueNow]);
  const sold = done(await stripe.get(`/v1/invoices/${mirrored.stripeInvoiceId}`));
  assert.deepEqual([sold.total, sold.amount_paid], [said.amountDueNow.amount, said.amountDueNow.amount]);
  const amounts = (lines) => lines.map(({ amount }) => amount.amount).filter((amount) => amount !== 0).sort((a, b) => a - b);
  assert.deepEqual(amounts(mirrored.lines), amounts(said.lines));
  const next = done(await api.get("/api/billing/invoices/upcoming"));
  assert.deepEqual([next.amount, Date.parse(next.dueDate)], [said.nextInvoice.amount, Date.parse(said.nextInvoice.at)]);
  return said;
}

test("a commit with a quote charges exactly the preview, at any instant", async (t) => {
  const server = await startServer(t, { testClock: INSTANTS[0] });
  const stripe = await server.stripe();
  const name = (instant, index) => `c${INSTANTS.indexOf(instant)}-${index}`;
  // Every instant for the upgrade within an interval, every second one for the others.
  const changesAt = (instant) => [...CHANGES.entries()].filter(([index]) => index === 0 || (INSTANTS.indexOf(instant) + index) % 2 === 0);
  for (const instant of INSTANTS) {
    for (const [index, { from }] of changesAt(instant)) await subscriber(server, name(instant, index), from);
  }
  for (const instant of INSTANTS) {
    await server.clock.to(instant);
    for (const [index, { from, to }] of changesAt(instant)) {
      await t.test(`${instant} ${JSON.stringify(from)} to ${JSON.stringify(to)}`, () =>
        assertChargedAsPreviewed(server, stripe, name(instant, index), to));
    }
  }
});

test("changes of plan", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const use = async (userId, metric, value) => {
    const answer = done(await server.api.post("/api/usage/take", { userId, metric, amount: value }));
    assert.equal(answer.allowed, true, answer.detail);
  };

  await t.test("half a month of the difference, in numbers", async () => {
    const api = await subscriber(server, "half");
    await server.clock.to("2026-04-25T00:00:00Z"); // 15 of 30 days
    const said = await preview(api, { tier: "professional" });
    assert.deepEqual(said.lines.map(({ amount, proration }) => [amount.amount, proration]), [[-1_450, true], [4_950, true]]);
    assert.deepEqual(said.amountDueNow, usd(3_500));
    assert.deepEqual(said.nextInvoice.amount, usd(9_900));
    sameInstant(said.nextInvoice.at, "2026-05-10T00:00:00Z");
    assert.deepEqual([said.featuresLost, said.limitsExceeded], [[], []]);
    assert.equal((await subscription(api)).tier, "starter", "a preview changes nothing");
    assert.equal((await invoices(api)).length, 1);
  });

  await t.test("an upgrade is in force at once and resets no counter", async () => {
    const api = await subscriber(server, "grower");
    await use("grower", "api_requests", 60_000);
    const before = await subscription(api);
    await server.clock.advance("P3D");
    const changed = done(await change(api, { tier: "professional" }));
    assert.deepEqual([changed.tier, changed.limits.modules.limit, changed.price], ["professional", 100, usd(9_900)]);
    assert.equal(changed.stripeSubscriptionId, before.stripeSubscriptionId);
    for (const member of ["usagePeriodStart", "usagePeriodEnd", "currentPeriodStart", "currentPeriodEnd"]) {
      assert.equal(changed[member], before[member], member);
    }
    const requests = await usageOf(api, "api_requests");
    assert.deepEqual([requests.used, requests.limit], [60_000, 1_000_000]);
  });

  await t.test("starting a paid plan begins a usage period", async () => {
    const api = await customerWithCard(server, "starting");
    await use("starting", "api_requests", 5_000);
    await server.clock.advance("P1D");
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    assert.equal((await usageOf(api, "api_requests")).used, 0);
    sameInstant((await subscription(api)).usagePeriodStart, await server.clock.now());
  });

  await t.test("a downgrade waits for the renewal, says what is lost, and can be taken back", async () => {
    const api = await subscriber(server, "shrinker", { tier: "professional" });
    await use("shrinker", "modules", 40);
    const said = await preview(api, { tier: "starter" });
    assert.deepEqual([said.lines, said.amountDueNow], [[], usd(0)]);
    assert.deepEqual(said.nextInvoice.amount, usd(2_900));
    assert.ok(said.featuresLost.includes("team_management"));
    assert.deepEqual(said.limitsExceeded, [{ metric: "modules", used: 40, limit: 25 }]);
    const pending = done(await change(api, { tier: "starter" }));
    assert.deepEqual([pending.tier, pending.pendingChange.tier, pending.pendingChange.interval], ["professional", "starter", "month"]);
    sameInstant(pending.pendingChange.at, pending.currentPeriodEnd);
    assert.equal((await invoices(api)).length, 1, "nothing is charged now");

    const resumed = done(await change(api, { resume: true }));
    assert.deepEqual([resumed.tier, resumed.pendingChange], ["professional", null]);
    refused(await change(api, { resume: true }), 409, "nothing_to_resume");

    done(await change(api, { tier: "starter" }));
    await server.clock.to(pending.currentPeriodEnd);
    const renewed = await subscription(api);
    assert.deepEqual([renewed.tier, renewed.pendingChange, renewed.limits.modules.limit], ["starter", null, 25]);
    assert.deepEqual((await invoices(api))[0].amount, usd(2_900));
    const modules = await usageOf(api, "modules");
    assert.deepEqual([modules.used, modules.state], [40, "blocked"]);
  });

  await t.test("a second change replaces the one that waits", async () => {
    const api = await subscriber(server, "fickle", { tier: "professional" });
    done(await change(api, { tier: "starter" }));
    assert.equal(done(await change(api, { tier: "professional" })).pendingChange, null, "back to what it is");
    done(await change(api, { tier: "starter" }));
    const yearly = done(await change(api, { interval: "year", when: "now" }));
    assert.deepEqual([yearly.tier, yearly.interval, yearly.pendingChange], ["professional", "year", null]);
    done(await change(api, { tier: "free" }));
    const leaving = await subscription(api);
    assert.equal(leaving.tier, "professional");
    assert.ok(leaving.cancelAtPeriodEnd);
    const back = done(await change(api, { resume: true }));
    assert.deepEqual([back.cancelAtPeriodEnd, back.pendingChange], [false, null]);
  });

  await t.test("a downgrade now gives a credit that the next invoice uses", async () => {
    const api = await subscriber(server, "saver", { tier: "professional" });
    const end = (await subscription(api)).currentPeriodEnd;
    const said = await preview(api, { tier: "starter", when: "now" });
    assert.deepEqual(said.amountDueNow, usd(0));
    const credit = -sum(said.lines);
    assert.equal(credit, 7_000, "the whole period at either price");
    assert.deepEqual(said.nextInvoice.amount, usd(0));
    const changed = done(await change(api, { tier: "starter", when: "now", quoteId: said.quoteId }));
    assert.deepEqual([changed.tier, changed.pendingChange], ["starter", null]);
    await server.clock.to(end);
    await server.clock.advance(FINAL);
    const [renewal] = await invoices(api);
    assert.deepEqual([renewal.status, renewal.amount, renewal.amountDue, renewal.amountPaid], ["paid", usd(2_900), usd(0), usd(0)]);
    await server.clock.advance("P1M");
    await server.clock.advance("P1M");
    const dues = (await invoices(api)).map(({ amountDue }) => amountDue.amount).slice(0, 3).reverse();
    assert.deepEqual(dues, [0, 0, 3 * 2_900 - credit]);
  });

  await t.test("from month to year at once, with a new period", async () => {
    const api = await subscriber(server, "yearly");
    await server.clock.advance("PT1S"); // one more second of the month is used, which rounds to nothing
    const now = await server.clock.now();
    const changed = done(await change(api, { interval: "year" }));
    assert.deepEqual([changed.interval, changed.price], ["year", usd(31_320)]);
    sameInstant(changed.currentPeriodStart, now);
    assert.equal(Date.parse(changed.currentPeriodEnd) - Date.parse(now), 365 * 86_400_000);
    assert.deepEqual((await invoices(api))[0].amountPaid, usd(31_320 - 2_900));
  });

  await t.test("from year to month at the period's end", async () => {
    const api = await subscriber(server, "monthly", { tier: "starter", interval: "year" });
    const pending = done(await change(api, { interval: "month" }));
    assert.deepEqual([pending.interval, pending.pendingChange.interval], ["year", "month"]);
    await server.clock.to(pending.currentPeriodEnd);
    const renewed = await subscription(api);
    assert.deepEqual([renewed.interval, renewed.price, renewed.pendingChange], ["month", usd(2_900), null]);
    assert.deepEqual((await invoices(api))[0].amount, usd(2_900));
  });

  await t.test("cancelled at the period's end, resumed, cancelled again, and then free", async () => {
    const api = await subscriber(server, "leaver");
    const ending = done(await cancel(api, { reason: "too_expensive", comment: "It was nice." }));
    assert.deepEqual([ending.tier, ending.status, ending.access, ending.cancelAtPeriodEnd], ["starter", "active", "full", true]);
    refused(await api.get("/api/billing/invoices/upcoming"), 404, "no_upcoming_invoice");
    const resumed = done(await change(api, { resume: true }));
    assert.equal(resumed.cancelAtPeriodEnd, false);
    done(await cancel(api));
    await server.clock.to(ending.currentPeriodEnd);
    const free = await subscription(api);
    assert.deepEqual([free.tier, free.stripeSubscriptionId, free.cancelAtPeriodEnd, free.price], ["free", null, false, usd(0)]);
    assert.equal(free.limits.modules.limit, 3);
    sameInstant(free.usagePeriodStart, ending.currentPeriodEnd);
    assert.equal((await invoices(api)).length, 1);
    refused(await cancel(api), 409, "not_subscribed");
    const types = done(await api.get("/api/billing/events")).data.map(({ type }) => type);
    assert.ok(types.includes("subscription.cancel_reason"), types.join());
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    assert.equal((await invoices(api)).length, 2);
  });

  await t.test("cancelled now", async () => {
    const api = await subscriber(server, "impatient");
    const free = done(await cancel(api, { when: "now" }));
    assert.deepEqual([free.tier, free.access, free.stripeSubscriptionId], ["free", "full", null]);
    const { subscriptions } = await atStripe(await server.stripe(), "impatient");
    assert.deepEqual(subscriptions.map(({ status }) => status), ["canceled"]);
    refused(await change(api, { resume: true }), 409, "nothing_to_resume");
  });

  await t.test("an upgrade that the bank declines changes nothing", async () => {
    const api = await subscriber(server, "broke");
    const failing = { paymentMethodId: "pm_card_chargeCustomerFail" };
    const method = done(await api.post("/api/billing/payment-methods", failing), 201);
    done(await api.put(`/api/billing/payment-methods/${method.id}/default`));
    await server.clock.advance("P1D");
    const answer = refused(await change(api, { tier: "professional" }), 402, "payment_failed");
    assert.equal(answer.declineCode, "generic_decline");
    const same = await subscription(api);
    assert.deepEqual([same.tier, same.status, same.access], ["starter", "active", "full"]);
    const { subscriptions } = await atStripe(await server.stripe(), "broke");
    assert.deepEqual(subscriptions.map(({ status, items }) => [status, items.data[0].price.unit_amount]), [["active", 2_900]]);
  });

  await t.test("a quote holds 15 minutes, for its own change, once", async () => {
    const api = await subscriber(server, "slow");
    const upgrade = { tier: "professional" };
    const old = await preview(api, upgrade);
    await server.clock.advance("PT15M1S");
    refused(await change(api, { ...upgrade, quoteId: old.quoteId }), 409, "quote_expired");
    const fresh = await preview(api, upgrade);
    refused(await change(api, { interval: "year", quoteId: fresh.quoteId }), 409, "quote_expired");
    refused(await change(api, { ...upgrade, quoteId: "quot_nobody" }), 409, "quote_expired");
    const other = await subscriber(server, "other");
    refused(await change(other, { ...upgrade, quoteId: fresh.quoteId }), 409, "quote_expired");
    assert.equal((await invoices(api)).length, 1, "what was refused was not charged");
    await server.clock.advance("PT10M");
    done(await change(api, { ...upgrade, quoteId: fresh.quoteId }));
    assert.deepEqual((await invoices(api))[0].amountPaid, fresh.amountDueNow);
  });

  await t.test("repeated keys, double clicks", async () => {
    const api = await subscriber(server, "clicker");
    await server.clock.advance("P1D");
    const once = { idempotencyKey: "up-1" };
    const upgrade = { tier: "professional" };
    const answers = await Promise.all([change(api, upgrade, once), change(api, upgrade, once)]);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    assert.deepEqual(answers[0].body, answers[1].body);
    refused(await change(api, { tier: "starter" }, once), 422, "idempotency_mismatch");
    refused(await cancel(api, {}, once), 422, "idempotency_mismatch");
    assert.equal((await invoices(api)).length, 2);
    const cancelled = await Promise.all([cancel(api), cancel(api)]);
    for (const { status, body } of cancelled) {
      assert.ok(status === 200 || ["operation_in_progress", "no_change"].includes(body.code), JSON.stringify(body));
    }
    assert.equal((await subscription(api)).cancelAtPeriodEnd, true);
  });

  await t.test("what makes no sense", async () => {
    const api = await subscriber(server, "odd");
    refused(await change(api, { tier: "starter" }), 409, "no_change");
    refused(await change(api, { tier: "enterprise" }), 409, "contract_required");
    refused(await change(api, {}), 422, "invalid_fields", "(body)");
    refused(await change(api, { when: "now" }), 422, "invalid_fields", "(body)");
    refused(await change(api, { resume: true, tier: "free" }), 422, "invalid_fields", "resume");
    refused(await change(api, { tier: "gold", interval: 12, when: "later", amount: 0 }), 422, "invalid_fields", "tier", "interval", "when", "amount");
    refused(await change(api, { tier: "professional", coupon: "HALF" }), 422, "coupon_unknown");
    refused(await api.put(`${SUBSCRIPTION}?preview=perhaps`, { tier: "professional" }), 422, "invalid_query", "preview");
    refused(await cancel(api, { when: "yesterday", why: "" }), 422, "invalid_fields", "when", "why");
    const free = await newCustomer(server, "unpaid");
    refused(await change(free, { tier: "professional" }), 409, "not_subscribed");
    refused(await cancel(free), 409, "not_subscribed");
    refused(await change(server.api.as("nobody"), { tier: "professional" }), 404, "customer_not_found");
    const said = await preview(free, { tier: "professional" });
    assert.deepEqual(said.amountDueNow, usd(9_900), "the preview of a first purchase is its price");
  });
});

// Promise: a plan is bought once however often it is asked for, and a purchase that fails changes
// nothing, neither here nor at the provider.
import assert from "node:assert/strict";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, newCustomer, refused, sameInstant, subscriber, subscription, usd } from "./support.mjs";

const SUBSCRIBE = "/api/billing/subscribe";
const NOW = "2026-01-15T12:00:00Z";

async function assertStillFree(server, api, userId) {
  const { tier, status, access, stripeSubscriptionId } = await subscription(api);
  assert.deepEqual([tier, status, access, stripeSubscriptionId], ["free", "active", "full", null]);
  const stripe = await atStripe(await server.stripe(), userId);
  const live = stripe.subscriptions.filter((one) => !["canceled", "incomplete_expired"].includes(one.status));
  assert.deepEqual(live, []);
  assert.deepEqual(stripe.invoices.filter((one) => one.amount_paid > 0), []);
}

test("buying a plan", async (t) => {
  const server = await startServer(t, { testClock: NOW });

  await t.test("everybody begins on free", async () => {
    const api = await newCustomer(server, "newcomer");
    const free = await subscription(api);
    assert.deepEqual([free.tier, free.planVersion, free.status, free.access], ["free", 1, "active", "full"]);
    assert.deepEqual([free.stripeSubscriptionId, free.pendingChange, free.cancelAtPeriodEnd], [null, null, false]);
    assert.deepEqual(free.price, usd(0));
    assert.deepEqual(free.limits.api_requests, { limit: 10_000, softLimitPercent: 110 });
    assert.equal(free.limits.storage.limit, null);
    sameInstant(free.usagePeriodStart, NOW);
    sameInstant(free.usagePeriodEnd, "2026-02-15T12:00:00Z");
    assert.deepEqual(await invoices(api), []);
    refused(await api.get("/api/billing/invoices/upcoming"), 404, "no_upcoming_invoice");
  });

  await t.test("starter by the month: paid, listed, and in force at once", async () => {
    const api = await customerWithCard(server, "buyer");
    const bought = done(await api.post(SUBSCRIBE, { tier: "starter" }), 201);
    const members = "id userId tier planVersion interval status access accessUntil currentPeriodStart currentPeriodEnd usagePeriodStart usagePeriodEnd cancelAtPeriodEnd resumesAt pendingChange priceChange stripeSubscriptionId price limits features";
    assert.deepEqual(Object.keys(bought), members.split(" "));
    assert.deepEqual([bought.userId, bought.tier, bought.planVersion, bought.interval], ["buyer", "starter", 1, "month"]);
    assert.deepEqual([bought.status, bought.access, bought.cancelAtPeriodEnd, bought.pendingChange], ["active", "full", false, null]);
    assert.match(bought.stripeSubscriptionId, /^sub_/);
    assert.deepEqual(bought.price, usd(2_900));
    assert.equal(bought.limits.modules.limit, 25);
    assert.equal(bought.features.private_modules, true);
    assert.equal(bought.features.team_management, false);
    for (const name of ["currentPeriodStart", "usagePeriodStart"]) sameInstant(bought[name], NOW);
    for (const name of ["currentPeriodEnd", "usagePeriodEnd"]) sameInstant(bought[name], "2026-02-15T12:00:00Z");
    assert.deepEqual(await subscription(api), bought);

    const [invoice, ...more] = await invoices(api);
    assert.deepEqual(more, []);
    assert.deepEqual([invoice.status, invoice.amount, invoice.amountPaid, invoice.tax], ["paid", usd(2_900), usd(2_900), usd(0)]);
    assert.equal(invoice.userId, "buyer");
    assert.ok(invoice.number);
    const whole = done(await api.get(`/api/billing/invoices/${invoice.id}`));
    assert.deepEqual(whole.lines.map(({ amount }) => amount), [usd(2_900)]);
    sameInstant(whole.lines[0].period.end, "2026-02-15T12:00:00Z");
    const pdf = await api.get(`/api/billing/invoices/${invoice.id}/pdf`);
    assert.deepEqual([pdf.status, pdf.headers.location], [303, invoice.pdfUrl]);
    const next = done(await api.get("/api/billing/invoices/upcoming"));
    assert.deepEqual([next.amount, next.amountDue], [usd(2_900), usd(2_900)]);
    sameInstant(next.periodStart, "2026-02-15T12:00:00Z");

    const entitled = done(await server.api.get("/api/entitlements?userId=buyer"));
    assert.deepEqual([entitled.tier, entitled.entitledTier, entitled.access], ["starter", "starter", "full"]);
    assert.deepEqual(entitled.features, bought.features);
    const types = done(await api.get("/api/billing/events")).data.map(({ type }) => type);
    assert.ok(types.includes("subscription.started") || types.includes("subscription.created"), types.join());
  });

  await t.test("professional by the year, with a card named in the request", async () => {
    const api = await newCustomer(server, "annual");
    const plan = { tier: "professional", interval: "year", paymentMethodId: "pm_card_visa" };
    const bought = done(await api.post(SUBSCRIBE, plan), 201);
    assert.deepEqual([bought.interval, bought.price], ["year", usd(106_920)]);
    sameInstant(bought.currentPeriodEnd, "2027-01-15T12:00:00Z");
    sameInstant(bought.usagePeriodEnd, "2026-02-15T12:00:00Z");
    assert.deepEqual((await invoices(api)).map(({ amountPaid }) => amountPaid), [usd(106_920)]);
    const methods = done(await api.get("/api/billing/payment-methods")).data;
    assert.deepEqual(methods.map(({ isDefault }) => isDefault), [true]);
  });

  await t.test("a declined card: 402 with the bank's word, and still on free", async () => {
    const api = await customerWithCard(server, "declined", "pm_card_chargeCustomerFail");
    const answer = refused(await api.post(SUBSCRIBE, { tier: "starter" }), 402, "payment_failed");
    assert.equal(answer.declineCode, "generic_decline");
    await assertStillFree(server, api, "declined");
    done(await api.post(SUBSCRIBE, { tier: "starter", paymentMethodId: "pm_card_visa" }), 201);
    assert.deepEqual((await invoices(api)).filter(({ status }) => status === "paid").length, 1);
  });

  await t.test("a bank that asks: 402 with the page where the customer confirms, which buys the plan", async (st) => {
    const api = await customerWithCard(server, "careful", "pm_card_authenticationRequired");
    const answer = refused(await api.post(SUBSCRIBE, { tier: "starter" }), 402, "payment_action_required");
    assert.match(answer.actionUrl, /^http:\/\/127\.0\.0\.1:\d+\//);
    assert.equal((await subscription(api)).limits.modules.limit, 3, "nothing is in force that is not paid");
    const page = new HttpClient(new URL(answer.actionUrl).origin);
    st.after(() => page.close());
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const paid = await page.request("POST", answer.actionUrl, { headers, body: "pay=now" });
    assert.ok(paid.status < 400, paid.text);
    await server.clock.advance("PT1S"); // its webhooks have been applied
    const bought = await subscription(api);
    assert.deepEqual([bought.tier, bought.status, bought.access], ["starter", "active", "full"]);
    assert.deepEqual((await invoices(api)).map(({ status, amountPaid }) => [status, amountPaid]), [["paid", usd(2_900)]]);
  });

  await t.test("who is asked and tries again pays once", async () => {
    const api = await customerWithCard(server, "restless", "pm_card_authenticationRequired");
    refused(await api.post(SUBSCRIBE, { tier: "starter" }), 402, "payment_action_required");
    done(await api.post(SUBSCRIBE, { tier: "professional", paymentMethodId: "pm_card_visa" }), 201);
    await server.clock.advance("P2D"); // what was left incomplete has expired
    assert.equal((await subscription(api)).tier, "professional");
    const { subscriptions, invoices: sold } = await atStripe(await server.stripe(), "restless");
    assert.deepEqual(subscriptions.filter(({ status }) => status === "active").length, 1);
    assert.deepEqual(sold.filter(({ amount_paid }) => amount_paid > 0).map(({ amount_paid }) => amount_paid), [9_900]);
  });

  await t.test("without a payment method", async () => {
    const api = await newCustomer(server, "cardless");
    refused(await api.post(SUBSCRIBE, { tier: "starter" }), 409, "payment_method_required");
    await assertStillFree(server, api, "cardless");
  });

  await t.test("twice", async () => {
    const api = await subscriber(server, "eager");
    refused(await api.post(SUBSCRIBE, { tier: "starter" }), 409, "already_subscribed");
    refused(await api.post(SUBSCRIBE, { tier: "professional" }), 409, "already_subscribed");
    assert.equal((await invoices(api)).length, 1);
  });

  await t.test("what is not for sale", async () => {
    const api = await customerWithCard(server, "curious");
    refused(await api.post(SUBSCRIBE, { tier: "enterprise" }), 409, "contract_required");
    refused(await api.post(SUBSCRIBE, { tier: "starter", coupon: "HALF" }), 422, "coupon_unknown");
    refused(await api.post(SUBSCRIBE, { tier: "free" }), 409, "no_change");
    refused(await api.post(SUBSCRIBE, { tier: "gold" }), 422, "invalid_fields", "tier");
    refused(await api.post(SUBSCRIBE, {}), 422, "invalid_fields", "tier");
    refused(await api.post(SUBSCRIBE, { tier: "gold", interval: "week", price: 1 }), 422, "invalid_fields", "tier", "interval", "price");
    refused(await api.post(SUBSCRIBE, { tier: "starter", paymentMethodId: "pm_nobody" }), 404, "payment_method_not_found");
    refused(await server.api.as("nobody").post(SUBSCRIBE, { tier: "starter" }), 404, "customer_not_found");
    await assertStillFree(server, api, "curious");
  });

  await t.test("a repeated key answers as the first time, also after a restart", async () => {
    const api = await customerWithCard(server, "patient");
    const once = { idempotencyKey: "buy-1" };
    const first = done(await api.post(SUBSCRIBE, { tier: "starter" }, once), 201);
    assert.deepEqual(done(await api.post(SUBSCRIBE, { tier: "starter" }, once), 201), first);
    refused(await api.post(SUBSCRIBE, { tier: "professional" }, once), 422, "idempotency_mismatch");
    await server.kill();
    await server.start();
    const again = server.api.as("patient");
    assert.deepEqual(done(await again.post(SUBSCRIBE, { tier: "starter" }, once), 201), first);
    assert.equal((await invoices(again)).length, 1);
    refused(await again.post(SUBSCRIBE, { tier: "starter" }, { idempotencyKey: "x".repeat(256) }), 400, "invalid_idempotency_key");
  });

  await t.test("a refusal is repeated as it was, too", async () => {
    const api = await customerWithCard(server, "stubborn", "pm_card_chargeCustomerFail");
    const once = { idempotencyKey: "buy-2" };
    refused(await api.post(SUBSCRIBE, { tier: "starter" }, once), 402, "payment_failed");
    const [before] = [(await atStripe(await server.stripe(), "stubborn")).subscriptions.length];
    refused(await api.post(SUBSCRIBE, { tier: "starter" }, once), 402, "payment_failed");
    assert.equal((await atStripe(await server.stripe(), "stubborn")).subscriptions.length, before);
  });

  for (const [userId, keys] of [["double", ["click", "click"]], ["double-keys", ["left", "right"]], ["double-bare", [undefined, undefined]]]) {
    await t.test(`a double click buys and charges once (${userId})`, async () => {
      const api = await customerWithCard(server, userId);
      const clicks = keys.map((idempotencyKey) => api.post(SUBSCRIBE, { tier: "starter" }, { idempotencyKey }));
      const answers = await Promise.all(clicks);
      const good = answers.filter(({ status }) => status === 201);
      const bad = answers.filter(({ status }) => status !== 201);
      assert.equal(good.length, keys[0] === keys[1] && keys[0] ? 2 : 1, answers.map(({ text }) => text).join("\n"));
      for (const answer of bad) {
        assert.equal(answer.status, 409);
        assert.ok(["operation_in_progress", "already_subscribed"].includes(answer.body.code), answer.text);
      }
      const stripe = await atStripe(await server.stripe(), userId);
      assert.equal(stripe.customers.length, 1);
      assert.equal(stripe.subscriptions.length, 1);
      assert.deepEqual(stripe.invoices.map(({ amount_paid }) => amount_paid), [2_900]);
      assert.equal((await invoices(api)).length, 1);
    });
  }
});

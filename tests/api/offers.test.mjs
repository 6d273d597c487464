// Promise: what lowers a price is in the preview, in the charge and in every invoice that it was promised
// for, and nowhere else; a trial costs nothing until it ends, once for each customer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, customerWithCard, done, invoices, newCustomer, planIn, refused, sameInstant, startSelling, subscriber, subscription, usd } from "./support.mjs";

const SUBSCRIPTION = "/api/billing/subscription";
const SUBSCRIBE = "/api/billing/subscribe";
const COUPONS = [
  { code: "HALF", name: "Half off", percentOff: 50, duration: "forever" },
  { code: "ONCE", name: "Ten dollars", amountOff: 1_000, duration: "once" },
  { code: "TWO", name: "Two months", percentOff: 25, duration: "repeating", months: 2 },
  { code: "PRO", name: "For professionals", percentOff: 10, duration: "forever", tiers: ["professional"] },
  { code: "OLD", name: "Gone", percentOff: 10, duration: "forever", expiresAt: "2026-04-01T00:00:00Z" },
];

const startWith = (t, change) => startSelling(t, change, { testClock: "2026-04-10T00:00:00Z" });

const change = (api, body) => api.put(SUBSCRIPTION, body);
const preview = async (api, body) => done(await api.put(`${SUBSCRIPTION}?preview=true`, body));

async function paidInOrder(api) {
  return (await invoices(api)).map(({ amountPaid }) => amountPaid.amount).reverse();
}

async function renew(server, api) {
  await server.clock.to((await subscription(api)).currentPeriodEnd);
  await server.clock.advance("PT1H");
}

test("coupons", async (t) => {
  const server = await startWith(t, (it) => (it.coupons = COUPONS));

  for (const [coupon, expected] of [["HALF", [1_450, 1_450, 1_450, 1_450]], ["ONCE", [1_900, 2_900, 2_900, 2_900]], ["TWO", [2_175, 2_175, 2_900, 2_900]]]) {
    await t.test(`${coupon} is on the invoices that it is for`, async () => {
      const api = await customerWithCard(server, coupon.toLowerCase());
      done(await api.post(SUBSCRIBE, { tier: "starter", coupon }), 201);
      for (let month = 1; month < expected.length; month++) await renew(server, api);
      assert.deepEqual(await paidInOrder(api), expected);
    });
  }

  await t.test("what cannot be given is refused, and nothing is bought", async () => {
    const api = await customerWithCard(server, "hopeful");
    refused(await api.post(SUBSCRIBE, { tier: "starter", coupon: "NOBODY" }), 422, "coupon_unknown");
    refused(await api.post(SUBSCRIBE, { tier: "starter", coupon: "half" }), 422, "coupon_unknown");
    refused(await api.post(SUBSCRIBE, { tier: "starter", coupon: "OLD" }), 409, "coupon_expired");
    refused(await api.post(SUBSCRIBE, { tier: "starter", coupon: "PRO" }), 409, "coupon_not_applicable");
    assert.deepEqual(await invoices(api), []);
    assert.equal((await subscription(api)).tier, "free");
    refused(await change(api, { coupon: "HALF" }), 409, "not_subscribed");
  });

  await t.test("given, replaced and taken away between two renewals", async () => {
    const api = await subscriber(server, "changing");
    refused(await change(api, { coupon: "PRO" }), 409, "coupon_not_applicable");
    done(await change(api, { coupon: "HALF" }));
    refused(await change(api, { coupon: "HALF" }), 409, "no_change");
    await renew(server, api);
    done(await change(api, { coupon: "TWO" }));
    await renew(server, api);
    done(await change(api, { removeCoupon: true }));
    refused(await change(api, { removeCoupon: true }), 409, "no_change");
    await renew(server, api);
    assert.deepEqual(await paidInOrder(api), [2_900, 1_450, 2_175, 2_900]);
    refused(await change(api, { removeCoupon: true, coupon: "HALF" }), 422, "invalid_fields", "removeCoupon");
  });

  await t.test("in the preview of a first plan as in its charge, and not beyond the invoices that it is for", async () => {
    for (const known of [false, true]) { // by the provider, which prices it then
      for (const [coupon, due, next] of [["HALF", 1_450, 1_450], ["ONCE", 1_900, 2_900], ["TWO", 2_175, 2_175]]) {
        const api = await newCustomer(server, `first-${coupon}-${known}`.toLowerCase());
        const addCard = async () => done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
        if (known) await addCard();
        const shown = await preview(api, { tier: "starter", coupon });
        assert.deepEqual([shown.amountDueNow, shown.discount, shown.nextInvoice.amount], [usd(due), usd(2_900 - due), usd(next)], `${coupon} ${known}`);
        assert.equal(shown.estimated, !known);
        if (!known) await addCard();
        done(await api.post(SUBSCRIBE, { tier: "starter", coupon }), 201);
        await renew(server, api);
        assert.deepEqual(await paidInOrder(api), [due, next]);
      }
    }
  });

  await t.test("with an upgrade: previewed, charged so, and given back when it is declined", async () => {
    const api = await subscriber(server, "upgrader");
    const { currentPeriodStart, currentPeriodEnd } = await subscription(api);
    await server.clock.to(new Date((Date.parse(currentPeriodStart) + Date.parse(currentPeriodEnd)) / 2).toISOString());
    const bad = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
    const [good] = done(await api.get("/api/billing/payment-methods")).data.filter(({ id }) => id !== bad.id);
    done(await api.put(`/api/billing/payment-methods/${bad.id}/default`));
    refused(await change(api, { tier: "professional", coupon: "PRO" }), 402, "payment_failed");
    await server.clock.advance("PT1S"); // what was given is taken back
    done(await api.put(`/api/billing/payment-methods/${good.id}/default`));
    const stripe = await server.stripe();
    const discounts = async () => (await atStripe(stripe, "upgrader")).subscriptions[0].discounts.length;
    assert.equal(await discounts(), 0, "a declined upgrade has not changed the coupon");
    const said = await preview(api, { tier: "professional", coupon: "PRO" });
    assert.deepEqual(said.amountDueNow, usd(-1_450 + 4_455));
    refused(await change(api, { tier: "professional", quoteId: said.quoteId }), 409, "quote_expired");
    done(await change(api, { tier: "professional", coupon: "PRO", quoteId: said.quoteId }));
    assert.equal((await invoices(api))[0].amountPaid.amount, said.amountDueNow.amount);
    assert.equal(await discounts(), 1);
    await renew(server, api);
    assert.equal((await invoices(api))[0].amountPaid.amount, 8_910);
    // A plan that it is not for: it goes.
    done(await change(api, { tier: "starter" }));
    await renew(server, api);
    assert.equal((await invoices(api))[0].amountPaid.amount, 2_900);
  });
});

test("trials", async (t) => {
  const server = await startWith(t, (it) => {
    const [starter, professional] = ["starter", "professional"].map((tier) => planIn(it, tier));
    starter.trialDays = 14;
    professional.trialDays = 30;
    professional.trialWithoutPaymentMethod = true;
  });

  await t.test("nothing is due until it ends; then it is billed", async () => {
    const api = await customerWithCard(server, "trying");
    const said = await preview(api, { tier: "starter" });
    assert.deepEqual([said.lines, said.amountDueNow, said.nextInvoice.amount], [[], usd(0), usd(2_900)]);
    sameInstant(said.nextInvoice.at, "2026-04-24T00:00:00Z");
    const trying = done(await api.post(SUBSCRIBE, { tier: "starter" }), 201);
    assert.deepEqual([trying.tier, trying.status, trying.access, trying.limits.modules.limit], ["starter", "trialing", "full", 25]);
    sameInstant(trying.currentPeriodEnd, "2026-04-24T00:00:00Z");
    assert.deepEqual((await paidInOrder(api)).filter((amount) => amount > 0), []);
    const reminders = async () => done(await server.api.get("/api/admin/outbox?userId=trying")).data.filter(({ kind }) => kind === "trial_ending");
    assert.deepEqual(await reminders(), []);
    await server.clock.to("2026-04-22T12:00:00Z"); // notices go out once a day
    assert.equal((await reminders()).length, 1);
    await server.clock.to("2026-04-24T01:00:01Z");
    assert.equal((await reminders()).length, 1, "once");
    const after = await subscription(api);
    assert.deepEqual([after.status, after.access], ["active", "full"]);
    assert.deepEqual((await paidInOrder(api)).filter((amount) => amount > 0), [2_900]);
  });

  await t.test("without a payment method where the catalogue says so: it ends with the trial", async () => {
    const api = await newCustomer(server, "cardless");
    refused(await api.post(SUBSCRIBE, { tier: "starter" }), 409, "payment_method_required");
    assert.equal(done(await api.post(SUBSCRIBE, { tier: "professional" }), 201).status, "trialing");
    await server.clock.advance("P31D");
    const after = await subscription(api);
    assert.deepEqual([after.tier, after.stripeSubscriptionId], ["free", null]);
    assert.deepEqual((await paidInOrder(api)).filter((amount) => amount > 0), []);
  });

  await t.test("once for each customer", async () => {
    const api = server.api.as("trying");
    done(await api.post("/api/billing/cancel", { when: "now" }));
    assert.equal(done(await api.post(SUBSCRIBE, { tier: "starter" }), 201).status, "active");
    assert.deepEqual((await paidInOrder(api)).filter((amount) => amount > 0).slice(-1), [2_900]);
  });
});

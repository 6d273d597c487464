// Promise: a subscription's life is that of its calendar and its payments: month ends are clamped from
// the anchor, an upgrade takes effect when it is paid and not before, what waits comes when it was said,
// and whatever stands in the way is put aside, never charged twice.
import assert from "node:assert/strict";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, refused, sameInstant, subscriber, subscription, usageOf, usd } from "./support.mjs";

const SUBSCRIPTION = "/api/billing/subscription";
const METHODS = "/api/billing/payment-methods";
const ASKING = "pm_card_authenticationRequired";

const change = (api, body, options) => api.put(SUBSCRIPTION, body, options);
const preview = async (api, body) => done(await api.put(`${SUBSCRIPTION}?preview=true`, body));
const day = (instant) => instant.slice(0, 10);

// The customer's default becomes this card; gives the one that was before.
async function switchCard(api, card) {
  const before = done(await api.get(METHODS)).data.find(({ isDefault }) => isDefault);
  const added = done(await api.post(METHODS, { paymentMethodId: card }), 201);
  done(await api.put(`${METHODS}/${added.id}/default`));
  return before;
}

// The customer confirms on the hosted page, as the mail's link leads to it.
async function confirm(t, server, url) {
  const page = new HttpClient(new URL(url).origin);
  t.after(() => page.close());
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const paid = await page.request("POST", url, { headers, body: "pay=now" });
  await server.clock.advance("PT1S"); // its webhooks have been applied
  return paid;
}

async function paidAtStripe(server, userId) {
  const { invoices: sold } = await atStripe(await server.stripe(), userId);
  return sold.map(({ amount_paid }) => amount_paid).filter((amount) => amount > 0).sort((a, b) => a - b);
}

test("from 31 January: 28 February, 31 March, 30 April, 31 May", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-31T09:30:00Z" });
  const api = await subscriber(server, "month-end");
  const expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
  for (const [index, date] of expected.entries()) {
    const { currentPeriodStart, currentPeriodEnd } = await subscription(api);
    assert.equal(day(currentPeriodStart), date);
    assert.equal((await invoices(api)).length, index + 1);
    await server.clock.to(currentPeriodEnd);
    await server.clock.advance("PT1H");
  }
  const billed = await invoices(api);
  assert.deepEqual(billed.map(({ status, amountPaid }) => [status, amountPaid.amount]), Array(6).fill(["paid", 2_900]));
});

test("a yearly plan from 29 February tiles for eight years", async (t) => {
  const server = await startServer(t, { testClock: "2028-02-29T10:00:00Z" });
  const api = await subscriber(server, "leap", { tier: "starter", interval: "year" });
  for (let year = 1; year <= 8; year++) {
    await server.clock.to((await subscription(api)).currentPeriodEnd);
    await server.clock.advance("PT1H");
  }
  const billed = (await invoices(api)).reverse();
  assert.deepEqual(billed.map(({ status, amountPaid }) => [status, amountPaid.amount]), Array(9).fill(["paid", 31_320]));
  const periods = [];
  for (const { id } of billed) {
    const { lines } = done(await api.get(`/api/billing/invoices/${id}`));
    assert.equal(lines.length, 1);
    periods.push(lines[0].period);
  }
  const starts = [2028, 2029, 2030, 2031, 2032, 2033, 2034, 2035, 2036].map((year) => `${year}-02-${year % 4 === 0 ? 29 : 28}`);
  assert.deepEqual(periods.map(({ start }) => day(start)), starts);
  periods.slice(1).forEach(({ start }, index) => sameInstant(start, periods[index].end));
});

test("an upgrade that the bank wants confirmed", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });

  // A subscriber half way through a month of 30 days whose card asks; the refusal of an upgrade.
  async function asked(userId, body = { tier: "professional" }) {
    const api = await subscriber(server, userId);
    const before = await switchCard(api, ASKING);
    const said = await preview(api, body);
    const answer = refused(await change(api, { ...body, quoteId: said.quoteId }), 402, "payment_action_required");
    assert.match(answer.actionUrl, /^http:\/\/127\.0\.0\.1:\d+\//);
    return { api, before, said, answer };
  }

  await t.test("changes nothing until it is paid, and then all of it", async (st) => {
    const { api, said, answer } = await asked("confirms");
    const waiting = await subscription(api);
    assert.deepEqual([waiting.tier, waiting.status, waiting.access, waiting.limits.modules.limit], ["starter", "active", "full", 25]);
    assert.deepEqual(await paidAtStripe(server, "confirms"), [2_900]);
    const paid = await confirm(st, server, answer.actionUrl);
    assert.ok(paid.status < 400, paid.text);
    const upgraded = await subscription(api);
    assert.deepEqual([upgraded.tier, upgraded.status, upgraded.limits.modules.limit], ["professional", "active", 100]);
    assert.deepEqual(await paidAtStripe(server, "confirms"), [2_900, said.amountDueNow.amount]);
  });

  await t.test("is forgotten after 23 hours: all is as it was, and the quote was not used up", async () => {
    const { api } = await asked("forgets");
    await server.clock.advance("PT23H1M");
    const same = await subscription(api);
    assert.deepEqual([same.tier, same.status, same.access], ["starter", "active", "full"]);
    assert.deepEqual((await invoices(api)).map(({ status }) => status).sort(), ["paid", "void"]);
    await switchCard(api, "pm_card_visa");
    assert.equal(done(await change(api, { tier: "professional" })).tier, "professional");
  });

  await t.test("another card takes its place: the invoice that waited is void, and one is paid", async (st) => {
    const { api, before, said, answer } = await asked("impatient");
    done(await api.put(`${METHODS}/${before.id}/default`));
    assert.equal(done(await change(api, { tier: "professional", quoteId: said.quoteId })).tier, "professional");
    const late = await confirm(st, server, answer.actionUrl);
    assert.equal((await subscription(api)).tier, "professional");
    assert.deepEqual(await paidAtStripe(server, "impatient"), [2_900, said.amountDueNow.amount], late.text?.slice(0, 200));
  });

  await t.test("an end is not outlived by what waits", async (st) => {
    const { api, answer } = await asked("leaver");
    assert.equal(done(await api.post("/api/billing/cancel", {})).cancelAtPeriodEnd, true);
    await confirm(st, server, answer.actionUrl);
    assert.deepEqual(await paidAtStripe(server, "leaver"), [2_900]);
    assert.equal((await subscription(api)).tier, "starter");
  });
});

test("a decline changes nothing, leaves nothing open, and the quote stays good", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const api = await subscriber(server, "broke");
  const good = await switchCard(api, "pm_card_chargeCustomerFail");
  await server.clock.to("2026-04-25T00:00:00Z");
  const said = await preview(api, { tier: "professional" });
  assert.deepEqual(said.amountDueNow, usd(3_500));
  const answer = refused(await change(api, { tier: "professional", quoteId: said.quoteId }), 402, "payment_failed");
  assert.equal(answer.declineCode, "generic_decline");
  await server.clock.advance("PT1S");
  const same = await subscription(api);
  assert.deepEqual([same.tier, same.status, same.access], ["starter", "active", "full"]);
  assert.deepEqual((await invoices(api)).map(({ status }) => status).sort(), ["paid", "void"]);
  done(await api.put(`${METHODS}/${good.id}/default`));
  assert.equal(done(await change(api, { tier: "professional", quoteId: said.quoteId })).tier, "professional");
  assert.deepEqual(await paidAtStripe(server, "broke"), [2_900, 3_500]);
  refused(await change(api, { tier: "professional", quoteId: said.quoteId }), 409, "no_change");
});

test("a first purchase that the bank wants confirmed, and another one: never two", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const api = await customerWithCard(server, "restless", ASKING);
  const first = refused(await api.post("/api/billing/subscribe", { tier: "starter" }), 402, "payment_action_required");
  const second = refused(await api.post("/api/billing/subscribe", { tier: "professional" }), 402, "payment_action_required");
  await confirm(t, server, first.actionUrl); // the page of what was given up
  assert.equal((await subscription(api)).tier, "free");
  await confirm(t, server, second.actionUrl);
  const bought = await subscription(api);
  assert.deepEqual([bought.tier, bought.status], ["professional", "active"]);
  assert.deepEqual(await paidAtStripe(server, "restless"), [9_900]);
  const { subscriptions } = await atStripe(await server.stripe(), "restless");
  assert.deepEqual(subscriptions.map(({ status }) => status).sort(), ["active", "incomplete_expired"]);
});

test("what waits for the period's end", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const schedules = async (userId) => {
    const stripe = await server.stripe();
    const { customers } = await atStripe(stripe, userId);
    const list = done(await stripe.get("/v1/subscription_schedules", { customer: customers[0].id })).data;
    return list.map(({ status }) => status);
  };

  await t.test("a downgrade goes on in the same subscription and usage period, and begins the grace", async () => {
    const api = await subscriber(server, "shrinker", { tier: "professional" });
    done(await server.api.post("/api/usage/take", { userId: "shrinker", metric: "modules", amount: 26 }));
    const before = await subscription(api);
    const said = await preview(api, { tier: "starter" });
    assert.deepEqual([said.lines, said.amountDueNow, said.nextInvoice.amount], [[], usd(0), usd(2_900)]);
    assert.deepEqual(said.limitsExceeded, [{ metric: "modules", used: 26, limit: 25 }]);
    done(await change(api, { tier: "starter", quoteId: said.quoteId }));
    assert.deepEqual(await schedules("shrinker"), ["active"]);
    await server.clock.to(before.currentPeriodEnd);
    await server.clock.advance("PT1H");
    const after = await subscription(api);
    assert.deepEqual([after.tier, after.pendingChange, after.stripeSubscriptionId], ["starter", null, before.stripeSubscriptionId]);
    assert.deepEqual((await invoices(api))[0].amountPaid, usd(2_900));
    const modules = await usageOf(api, "modules");
    assert.equal(modules.state, "over");
    sameInstant(modules.graceEndsAt, new Date(Date.parse(before.currentPeriodEnd) + 48 * 3_600_000).toISOString());
  });

  await t.test("from year to month: the same subscription, and no counter begins anew", async () => {
    const api = await subscriber(server, "monthly", { tier: "starter", interval: "year" });
    const before = await subscription(api);
    done(await change(api, { interval: "month" }));
    await server.clock.to(before.currentPeriodEnd);
    await server.clock.advance("PT1H");
    const after = await subscription(api);
    assert.deepEqual([after.interval, after.price, after.stripeSubscriptionId], ["month", usd(2_900), before.stripeSubscriptionId]);
    assert.equal(Date.parse(after.usagePeriodStart), Date.parse(before.currentPeriodEnd));
    assert.deepEqual((await invoices(api))[0].amountPaid, usd(2_900));
    await server.clock.to(after.currentPeriodEnd);
    await server.clock.advance("PT1H");
    assert.deepEqual((await invoices(api)).slice(0, 2).map(({ amountPaid }) => amountPaid), [usd(2_900), usd(2_900)]);
  });

  for (const [name, body, tier] of [
    ["an upgrade at once", { tier: "professional", interval: "year", when: "now" }, "professional"],
    ["a return to what there is", { tier: "professional" }, "professional"],
    ["resume", { resume: true }, "professional"],
  ]) {
    await t.test(`is let go by ${name}`, async () => {
      const userId = name.replaceAll(" ", "-");
      const api = await subscriber(server, userId, { tier: "professional" });
      done(await change(api, { tier: "starter" }));
      const after = done(await change(api, body));
      assert.deepEqual([after.tier, after.pendingChange, after.cancelAtPeriodEnd], [tier, null, false]);
      assert.deepEqual(await schedules(userId), ["released"]);
      await server.clock.to(after.currentPeriodEnd);
      assert.equal((await subscription(api)).tier, "professional");
    });
  }

  await t.test("an end takes its place, and a change takes the end's", async () => {
    const api = await subscriber(server, "wavering", { tier: "professional" });
    done(await change(api, { tier: "starter" }));
    const ending = done(await api.post("/api/billing/cancel", {}));
    assert.deepEqual([ending.cancelAtPeriodEnd, ending.pendingChange], [true, null]);
    const waiting = done(await change(api, { tier: "starter" }));
    assert.deepEqual([waiting.cancelAtPeriodEnd, waiting.pendingChange.tier], [false, "starter"]);
    await server.clock.to(waiting.currentPeriodEnd);
    const after = await subscription(api);
    assert.deepEqual([after.tier, after.status], ["starter", "active"]);
  });
});

test("an end at once, with the unused time as credit when asked", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const balance = async (userId) => (await atStripe(await server.stripe(), userId)).customers[0].balance;
  for (const [userId, body, left] of [["plain", { when: "now" }, 0], ["credit", { when: "now", credit: true }, -1_450]]) {
    await t.test(JSON.stringify(body), async () => {
      const api = await subscriber(server, userId);
      const { currentPeriodStart, currentPeriodEnd } = await subscription(api);
      await server.clock.to(new Date((Date.parse(currentPeriodStart) + Date.parse(currentPeriodEnd)) / 2).toISOString());
      assert.equal(done(await api.post("/api/billing/cancel", body)).tier, "free");
      assert.equal(await balance(userId), left);
    });
  }
  const api = await subscriber(server, "later");
  refused(await api.post("/api/billing/cancel", { when: "period_end", credit: true }), 422, "invalid_fields", "credit");
});

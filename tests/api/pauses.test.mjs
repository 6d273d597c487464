// Promise: while a plan is paused nothing is billed and the limits of free apply; it goes on by hand or on its day, once,
// and what was paid and unused is taken off then. It is refused where it would leave something undone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startBehindLine } from "../harness/line.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscriber, subscription } from "./support.mjs";

const NOW = "2026-03-01T12:00:00Z";
const REASON = "Their season is over";
let keys = 0;
const once = () => ({ idempotencyKey: `pause-${++keys}` });
const mails = async (server, userId, kind) => done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data.filter((mail) => mail.kind === kind);
const paid = async (api) => (await invoices(api)).map(({ amountPaid }) => amountPaid.amount);
const pauseOf = (userId) => `/api/admin/customers/${userId}/pause`;
const resumeOf = (userId) => `/api/admin/customers/${userId}/resume`;

test("an operator pauses a plan, and lets it go on by hand", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  const root = server.api;
  await server.clock.to("2026-03-17T00:00:00Z");
  await firstOperator(server);
  const support = await operator(server, "sue", "support");

  await t.test("after it was shown what it comes to", async () => {
    const shown = done(await root.post(`${pauseOf("ada")}?preview=true`, { reason: REASON }));
    assert.deepEqual([shown.tier, shown.access, shown.resumesAt, shown.price.amount], ["starter", "restricted", null, 2_900]);
    assert.equal((await subscription(ada)).status, "active");
    refused(await support.post(pauseOf("ada"), { reason: REASON }, once()), 403, "role_forbidden");
  });

  await t.test("once a key, and the customer is told", async () => {
    const key = once();
    const paused = done(await root.post(pauseOf("ada"), { reason: REASON }, key));
    assert.deepEqual([paused.status, paused.access, paused.resumesAt], ["paused", "restricted", null]);
    assert.equal(done(await root.post(pauseOf("ada"), { reason: REASON }, key)).status, "paused");
    await server.clock.advance("PT1S");
    const [mail, ...more] = await mails(server, "ada", "subscription_paused");
    assert.equal(more.length, 0);
    assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /goes\s+on\s+when\s+you\s+say\s+so/);
    const [row] = done(await server.api.get("/api/admin/audit?userId=ada&action=subscription.pause")).data;
    assert.equal(row.reason, REASON);
    refused(await root.post(pauseOf("ada"), { reason: REASON }, once()), 409, "subscription_paused");
  });

  await t.test("then nothing is billed, and the limits of free apply", async () => {
    await server.clock.to("2026-05-10T00:00:00Z");
    assert.deepEqual(await paid(ada), [2_900]);
    const [there] = (await atStripe(await server.stripe(), "ada")).subscriptions;
    assert.equal(there.status, "paused");
    const gate = done(await server.api.get("/api/entitlements?userId=ada"));
    assert.equal(gate.entitledTier, "free");
    refused(await ada.put("/api/billing/subscription", { tier: "professional" }, once()), 409, "subscription_not_active");
  });

  await t.test("it goes on with a new period, less what was unused", async () => {
    const shown = done(await root.post(`${resumeOf("ada")}?preview=true`, { reason: "They are back" }));
    assert.deepEqual([shown.access, shown.resumesAt], ["full", null]);
    const key = once();
    const back = done(await root.post(resumeOf("ada"), { reason: "They are back" }, key));
    assert.deepEqual([back.status, back.access], ["active", "full"]);
    done(await root.post(resumeOf("ada"), { reason: "They are back" }, key));
    await server.clock.advance("PT2H");
    const sums = await paid(ada);
    assert.equal(sums.length, 2);
    assert.ok(sums[0] > 1_300 && sums[0] < 1_600, `half of it was unused: ${sums[0]}`);
    assert.equal((await mails(server, "ada", "subscription_resumed")).length, 1);
    refused(await root.post(resumeOf("ada"), { reason: REASON }, once()), 409, "subscription_not_paused");
  });
});

test("a pause ends by itself on its day", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  const root = await firstOperator(server);
  const until = "2026-05-01T00:00:00Z";
  const paused = done(await root.post(pauseOf("ada"), { reason: REASON, until }, once()));
  assert.equal(paused.resumesAt, until);
  await server.clock.to("2026-04-30T23:00:00Z");
  assert.equal((await subscription(ada)).status, "paused");
  await server.clock.to("2026-05-01T00:01:00Z");
  const back = await subscription(ada);
  assert.deepEqual([back.status, back.resumesAt], ["active", null]);
  await server.clock.to("2026-05-20T00:00:00Z");
  assert.equal((await mails(server, "ada", "subscription_resumed")).length, 1);
  assert.equal((await invoices(ada)).length, 2);
});

test("customers pause what they pay by the month", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  const path = "/api/billing/subscription/pause";
  const shown = done(await ada.post(`${path}?preview=true`, { months: 2 }));
  assert.equal(shown.resumesAt, "2026-05-01T12:00:00Z");
  refused(await ada.post(path, { months: 4 }, once()), 422, "invalid_fields", "months");
  refused(await ada.post(path, {}, once()), 422, "invalid_fields", "months");

  await t.test("in two tabs it is one pause", async () => {
    const answers = await Promise.all([ada.post(path, { months: 2 }, once()), ada.post(path, { months: 2 }, once())]);
    assert.ok(answers.some(({ status }) => status === 200));
    for (const answer of answers.filter(({ status }) => status !== 200)) assert.ok(["operation_in_progress", "subscription_paused"].includes(answer.body.code), answer.text);
    assert.equal((await subscription(ada)).resumesAt, "2026-05-01T12:00:00Z");
    await server.clock.advance("PT1S");
    assert.equal((await mails(server, "ada", "subscription_paused")).length, 1);
  });

  await t.test("and let it go on earlier; the day does nothing more", async () => {
    await server.clock.to("2026-04-10T00:00:00Z");
    assert.equal(done(await ada.post("/api/billing/subscription/resume", undefined, once())).status, "active");
    await server.clock.to("2026-05-03T00:00:00Z");
    assert.equal((await subscription(ada)).status, "active");
    assert.equal((await mails(server, "ada", "subscription_resumed")).length, 1);
    refused(await ada.post("/api/billing/subscription/resume", undefined, once()), 409, "subscription_not_paused");
  });

  await t.test("by the year it is not theirs to pause", async () => {
    const eve = await subscriber(server, "eve", { tier: "starter", interval: "year" });
    refused(await eve.post(path, { months: 1 }, once()), 409, "pause_not_offered");
    assert.equal(done(await server.api.post(pauseOf("eve"), { reason: REASON }, once())).status, "paused");
  });
});

test("a pause is refused where it would leave something undone", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const bob = await customerWithCard(server, "bob");
  const api = server.api;
  refused(await api.post(pauseOf("bob"), { reason: REASON }, once()), 409, "not_subscribed");
  refused(await api.post(resumeOf("bob"), { reason: REASON }, once()), 409, "not_subscribed");
  refused(await api.post(pauseOf("nobody"), { reason: REASON }, once()), 404, "customer_not_found");
  done(await bob.post("/api/billing/subscribe", { tier: "starter" }), 201);
  refused(await api.post(pauseOf("bob"), {}, once()), 422, "invalid_fields", "reason");
  refused(await api.post(pauseOf("bob"), { reason: REASON }), 400, "idempotency_key_missing");
  refused(await api.post(pauseOf("bob"), { reason: REASON, until: NOW }, once()), 422, "pause_out_of_range");
  refused(await api.post(pauseOf("bob"), { reason: REASON, until: "2027-03-02T00:00:00Z" }, once()), 422, "pause_out_of_range");
  refused(await api.post(resumeOf("bob"), { reason: REASON }, once()), 409, "subscription_not_paused");
  refused(await api.post(pauseOf("bob"), { reason: REASON, tier: "professional" }, once()), 409, "pause_changed");
  done(await bob.post("/api/billing/cancel", { when: "period_end" }, once()));
  refused(await api.post(pauseOf("bob"), { reason: REASON }, once()), 409, "pause_fixed");
  refused(await api.post(`${pauseOf("bob")}?preview=true`, { reason: REASON }), 409, "pause_fixed");
});

test("a paused plan that is cancelled ends at once: its period stands still, and what was paid and not used is kept", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  await server.clock.to("2026-03-17T00:00:00Z");
  done(await ada.post("/api/billing/subscription/pause", { months: 1 }, once()));
  done(await ada.post("/api/billing/cancel", { when: "period_end" }, once()));
  assert.equal((await subscription(ada)).tier, "free");
  await server.clock.to("2026-05-01T00:00:00Z");
  const [credit, first] = await invoices(ada);
  assert.equal(first.amount.amount, 2_900);
  assert.ok(credit.amount.amount < -1_400 && credit.amount.amount > -1_500, `half of it was unused: ${credit.amount.amount}`);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1S");
  const [again] = await invoices(ada);
  assert.deepEqual([again.amount.amount, again.amountPaid.amount], [2_900, 2_900 + credit.amount.amount], "it pays for the next one");
});

test("what it goes on with is charged, and owed where the payment fails", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  done(await ada.post("/api/billing/subscription/pause", { months: 1 }, once()));
  const added = done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await ada.put(`/api/billing/payment-methods/${added.id}/default`, undefined, once()));
  await server.clock.to("2026-05-03T00:00:00Z");
  const back = await subscription(ada);
  assert.equal(back.status, "past_due");
  assert.equal((await invoices(ada)).filter(({ status }) => status === "open").length, 1);
  refused(await server.api.post(pauseOf("ada"), { reason: REASON }, once()), 409, "subscription_not_active");
});

for (const how of ["lose", "fail"]) {
  test(`one pause and one end of it, when the provider's first answers come to nothing (${how})`, async (t) => {
    const left = { "/pause": 1, "/resume": 1 };
    const disturb = (method, path) => {
      const end = Object.keys(left).find((each) => method === "POST" && path.startsWith("/v1/subscriptions/") && path.endsWith(each));
      return end !== undefined && left[end]-- > 0 ? how : "pass";
    };
    const { server, stripe } = await startBehindLine(t, disturb, { now: NOW });
    const ada = await customerWithCard(server, "ada");
    done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
    assert.equal(done(await ada.post("/api/billing/subscription/pause", { months: 1 }, once())).status, "paused");
    assert.equal(done(await ada.post("/api/billing/subscription/resume", undefined, once())).status, "active");
    assert.equal((await mails(server, "ada", "subscription_paused")).length, 1);
    assert.equal((await mails(server, "ada", "subscription_resumed")).length, 1);
    const there = await atStripe(stripe, "ada");
    assert.deepEqual(there.invoices.map(({ total }) => total).sort((a, b) => a - b), [0, 2_900], "all of the first period was unused");
    assert.equal(there.subscriptions.length, 1);
    assert.deepEqual(left, { "/pause": -1, "/resume": -1 });
  });
}

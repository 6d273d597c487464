// Promise: a consumer who may withdraw does so in two steps, has a receipt with the words and the time at once, and is
// paid back what they have paid, once, whatever dies in between; nobody else is taken for one.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, sameInstant, startSelling, subscription, usd } from "./support.mjs";

const WITHDRAW = "/api/billing/withdraw";
const FIRST = `${WITHDRAW}?preview=true`;
const OFFER = "/api/billing/withdrawal";
const SUBSCRIPTION = "/api/billing/subscription";
const START = "2026-03-01T10:00:00Z";

async function consumer(server, userId, { country = "DE", tier = "starter", interval = "month", early = false, ...fields } = {}) {
  const api = await newCustomer(server, userId, { country, ...fields });
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  const { earlyStart } = done(await api.put(`${SUBSCRIPTION}?preview=true`, { tier, interval }));
  const consent = early ? { earlyStartConsent: earlyStart.textHash } : {};
  done(await api.post("/api/billing/subscribe", { tier, interval, ...consent }), 201);
  return api;
}

const offer = async (api) => done(await api.get(OFFER));
const state = async (api, body = {}) => done(await api.post(FIRST, body));
const confirm = (api, { statementHash }, body = {}) => api.post(WITHDRAW, { confirm: statementHash, ...body });
// The clock answers once nothing is under way: no step that follows another, nothing that the provider tells.
const quiet = async ({ clock }) => clock.to(await clock.now());
const refundsOf = async (api) => {
  const { data } = done(await api.get("/api/billing/invoices?limit=100"));
  const given = await Promise.all(data.map(({ id }) => api.get(`/api/billing/invoices/${id}/given-back`)));
  return given.flatMap((answer) => done(answer).refunds.map(({ amount }) => amount.amount)).sort((a, b) => a - b);
};

test("a consumer thinks again", async (t) => {
  const server = await startServer(t, { testClock: START });

  await t.test("it is open for the days after that of the purchase, and says until when", async () => {
    const api = await consumer(server, "ada");
    const now = await offer(api);
    assert.deepEqual([now.open, now.reason, now.paysForTime, now.last], [true, null, false, null]);
    sameInstant(now.until, "2026-03-16T10:00:00Z");
  });

  await t.test("first it is stated, and nothing has happened", async () => {
    const api = server.api.as("ada");
    const said = await state(api, { name: "Ada Fern" });
    const { id } = await subscription(api);
    assert.equal(said.statement, `I withdraw from my contract for the plan Starter (monthly), which I concluded on 1 March 2026. Subscription: ${id}. Name: Ada Fern. Confirmation to: ada@example.com`);
    assert.deepEqual([said.receiptTo, said.paysForTime], ["ada@example.com", false]);
    assert.match((done(await api.post(`${FIRST}&language=de`, {}))).statement, /^Ich widerrufe meinen Vertrag über den Tarif Starter \(monatlich\), den ich geschlossen habe am 1\. März 2026\./);
    refused(await api.post(WITHDRAW, {}), 422, "invalid_fields", "confirm");
    refused(await api.post(WITHDRAW, { confirm: "yes" }), 422, "invalid_fields", "confirm");
    refused(await confirm(api, said), 409, "withdrawal_changed"); // another name
    refused(await confirm(api, said, { name: "Somebody Else" }), 409, "withdrawal_changed");
    assert.deepEqual([(await subscription(api)).tier, (await offer(api)).last], ["starter", null]);
  });

  await t.test("then it is confirmed: received, ended, paid back in full, told by mail", async () => {
    const api = server.api.as("ada");
    await server.clock.advance("P10D");
    const said = await state(api, { name: "Ada Fern" });
    const at = await server.clock.now();
    const made = done(await confirm(api, said, { name: "Ada Fern" }), 201);
    sameInstant(made.receivedAt, at);
    assert.deepEqual([made.statement, made.statementHash, made.tier], [said.statement, said.statementHash, "starter"]);
    await quiet(server);
    const { open, reason, last } = await offer(api);
    assert.deepEqual([open, reason, last.status, last.returned], [false, "not_subscribed", "done", usd(2900)]);
    assert.deepEqual([(await subscription(api)).tier, await refundsOf(api)], ["free", [2900]]);
    const { data } = done(await server.api.get("/api/admin/outbox?userId=ada&limit=100"));
    const receipts = data.filter(({ kind }) => kind === "withdrawal_received");
    assert.equal(receipts.length, 1);
    const { text } = done(await server.api.get(`/api/admin/outbox/${receipts[0].id}`));
    const words = text.replace(/\s+/g, " ");
    assert.ok(words.includes(said.statement), text);
    assert.ok(words.includes("It arrived on 11 March 2026, 10:00 UTC."), text);
    const { data: events } = done(await api.get("/api/billing/events?limit=100"));
    const types = events.map(({ type }) => type);
    for (const type of ["subscription.withdrawn", "withdrawal.done", "subscription.ended"]) assert.ok(types.includes(type), type);
  });

  await t.test("confirming it again is answered the same, and pays back nothing more", async () => {
    const api = server.api.as("ada");
    const { last } = await offer(api);
    assert.equal(done(await confirm(api, last, { name: "Ada Fern" })).id, last.id);
    assert.equal(done(await confirm(api, last)).id, last.id);
    refused(await api.post(FIRST, {}), 409, "not_subscribed");
    assert.deepEqual(await refundsOf(api), [2900]);
  });

  await t.test("with an upgrade in between all of it goes back", async () => {
    const api = await consumer(server, "una");
    await server.clock.advance("P3D");
    done(await api.put(SUBSCRIPTION, { tier: "professional" }));
    done(await confirm(api, await state(api)), 201);
    await quiet(server);
    const { last } = await offer(api);
    const paid = await refundsOf(api);
    assert.deepEqual([last.status, paid.length, paid.reduce((a, b) => a + b)], ["done", 2, last.returned.amount]);
    assert.ok(last.returned.amount > 9000, `${last.returned.amount}`);
  });

  await t.test("who asked for an early start pays for the time until then", async () => {
    const api = await consumer(server, "eve", { early: true });
    const { currentPeriodStart, currentPeriodEnd } = await subscription(api);
    await server.clock.advance("P6DT5H");
    assert.equal((await offer(api)).paysForTime, true);
    const said = await state(api);
    assert.equal(said.paysForTime, true);
    done(await confirm(api, said), 201);
    await quiet(server);
    const { last } = await offer(api);
    const whole = Date.parse(currentPeriodEnd) - Date.parse(currentPeriodStart);
    const kept = Math.floor((2900 * (Date.parse(last.receivedAt) - Date.parse(currentPeriodStart))) / whole);
    assert.deepEqual([last.status, last.paysForTime, last.returned, await refundsOf(api)], ["done", true, usd(2900 - kept), [2900 - kept]]);
  });

  await t.test("operators see all of them", async () => {
    const { data } = done(await server.api.get("/api/admin/withdrawals"));
    assert.deepEqual(data.map(({ userId, status }) => [userId, status]), [["eve", "done"], ["una", "done"], ["ada", "done"]]);
    const page = done(await server.api.get("/api/admin/withdrawals?limit=1"));
    assert.equal(done(await server.api.get(`/api/admin/withdrawals?limit=5&cursor=${page.nextCursor}`)).data.length, 2);
    assert.equal(done(await server.api.get("/api/admin/withdrawals?userId=una")).data.length, 1);
    refused(await server.api.get("/api/admin/withdrawals?limit=0"), 422, "invalid_query", "limit");
    refused(await server.api.get("/api/admin/withdrawals?status=done"), 422, "invalid_query", "status");
    refused(await server.api.withKey("").get("/api/admin/withdrawals"), 401, "key_missing");
  });
});

test("who may not withdraw", async (t) => {
  const server = await startSelling(t, (document) => {
    document.consumer = { withdrawal: { countries: ["DE", "AT"], days: 7, tiers: ["starter"] } };
  }, { testClock: START });
  const isRefused = async (api, code) => {
    refused(await api.post(FIRST, {}), 409, code);
    refused(await api.post(WITHDRAW, { confirm: "0".repeat(64) }), 409, code);
    const { open, reason } = await offer(api);
    assert.deepEqual([open, reason], [false, code]);
    assert.equal((await offer(api)).last, null);
  };

  await t.test("without a paid plan there is nothing", async () => isRefused(await newCustomer(server, "free", { country: "DE" }), "not_subscribed"));
  await t.test("elsewhere", async () => isRefused(await consumer(server, "us", { country: "US" }), "withdrawal_not_offered"));
  await t.test("from another plan", async () => isRefused(await consumer(server, "pro", { tier: "professional" }), "withdrawal_not_offered"));
  await t.test("a business", async () => {
    const api = await consumer(server, "firm");
    done(await api.post("/api/billing/tax-ids", { type: "eu_vat", value: "DE123456789" }), 201);
    await isRefused(api, "withdrawal_not_offered");
  });
  await t.test("once the time is over, to the second", async () => {
    const api = await consumer(server, "late");
    await server.clock.advance("P7DT23H59M59S");
    assert.equal((await offer(api)).open, true);
    const said = await state(api);
    await server.clock.advance("PT1S");
    refused(await confirm(api, said), 409, "withdrawal_over");
    await isRefused(api, "withdrawal_over");
    assert.equal((await subscription(api)).tier, "starter");
  });
  await t.test("a stranger, and a person whose proof is old", async () => {
    refused(await server.api.as("nobody").get(OFFER), 404, "customer_not_found");
    refused(await server.api.as("nobody").post(FIRST, {}), 404, "customer_not_found");
    refused(await server.api.withKey("").as("us").get(OFFER), 401, "key_missing");
    refused(await server.api.as("us").get(`${OFFER}?x=1`), 422, "invalid_query", "x");
    await consumer(server, "pia");
    const pia = await Person.ofPortal(server, "pia");
    const said = done(await pia.post(FIRST, {}));
    refused(await pia.post(WITHDRAW, { confirm: said.statementHash }), 401, "step_up_required");
    const fresh = await Person.ofPortal(server, "pia", { authentication: await vouched(server) });
    done(await fresh.post(WITHDRAW, { confirm: said.statementHash }), 201);
  });
});

test("whatever dies in between, it comes to its end, and once", async (t) => {
  const server = await startServer(t, { testClock: START });
  await consumer(server, "ada");
  done(await server.api.as("ada").put(SUBSCRIPTION, { tier: "professional" }));
  const said = await state(server.api.as("ada"));
  done(await confirm(server.api.as("ada"), said), 201);
  for (let i = 0; i < 3; i += 1) {
    await server.kill();
    await server.start();
    done(await confirm(server.api.as("ada"), said));
  }
  await server.clock.advance("PT10M"); // a call whose answer was lost is made again a little later
  const api = server.api.as("ada");
  const { last } = await offer(api);
  assert.deepEqual([last.status, last.returned], ["done", usd(9900)]);
  assert.deepEqual(await refundsOf(api), [2900, 7000]);
  assert.equal((await subscription(api)).tier, "free");
  const { data } = done(await server.api.get("/api/admin/outbox?userId=ada&limit=100"));
  assert.equal(data.filter(({ kind }) => kind === "withdrawal_received").length, 1);
});

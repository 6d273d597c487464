// Promise: customers are told of what they use, and of what it will cost, at the thresholds that they chose: each once in a cycle and
// anew when the limit or the rule changes, with discounts and credit counted in, and across power cuts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, eventually, newCustomer, refused, startSelling, subscriber, usd } from "./support.mjs";

const ALERTS = "/api/billing/alerts";
const NOW = "2026-03-01T12:00:00Z";

const limit = (fields) => ({ basis: "limit", metric: "api_requests", thresholds: [50, 90], recipients: ["account"], ...fields });
const budget = (amount, fields) => ({ basis: "money", amount, thresholds: [80, 100], recipients: ["account"], ...fields });
const add = async (api, rule, options) => done(await api.post(ALERTS, rule, options), 201);
const list = async (api) => done(await api.get(ALERTS)).data;
const history = async (api) => done(await api.get(`${ALERTS}/history`)).data;
const told = async (api) => (await history(api)).map(({ threshold }) => threshold).reverse();

const use = async (server, userId, value, fields) => done(await server.api.sendEvents(usageEvent({ userId, value, ...fields })));
const mails = async (server, userId, kind) =>
  done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data.filter((mail) => mail.kind === kind);

// A budget is looked at by the job once it is made or changed.
const seen = async (api) => (await eventually(async () => (await list(api))[0], ({ spend }) => spend !== null)).spend;

test("alerts on what is used", async (t) => {
  const server = await startServer(t, { testClock: NOW });

  await t.test("each threshold is told once, on the unit that reaches it, and a mail goes to everybody named", async () => {
    const api = await newCustomer(server, "ada");
    const rule = await add(api, limit({ recipients: ["account", "ops@example.com"] }));
    assert.deepEqual([rule.value, rule.base, rule.percent, rule.reached], [0, 10_000, 0, []]);
    await use(server, "ada", 4_999);
    assert.deepEqual(await told(api), []);
    await use(server, "ada", 1);
    assert.deepEqual(await told(api), [50]);
    await use(server, "ada", 3_000);
    await use(server, "ada", 900);
    assert.deepEqual(await told(api), [50]);
    await use(server, "ada", 100);
    assert.deepEqual(await told(api), [50, 90]);
    await use(server, "ada", 5);
    const sent = await mails(server, "ada", "usage_alert");
    assert.deepEqual(sent.map(({ to }) => to).sort(), ["ada@example.com", "ada@example.com", "ops@example.com", "ops@example.com"]);
    assert.match(sent[0].subject, /90/);
    const [newest] = await history(api);
    assert.deepEqual([newest.alertId, newest.value, newest.base, newest.recipients, newest.spend], [rule.id, 9_000, 10_000, 2, null]);
    assert.deepEqual((await list(api))[0].reached, [50, 90]);
    assert.equal((await mails(server, "ada", "usage_80")).length, 1, "the notices that everybody gets come beside it");
  });

  await t.test("several at once are one mail; what is reached when a rule is made is told at once", async () => {
    const api = await newCustomer(server, "bo");
    await use(server, "bo", 9_500);
    await add(api, limit());
    assert.deepEqual(await told(api), [50, 90]);
    assert.deepEqual((await history(api)).map(({ recipients }) => recipients), [1, 0]);
    assert.equal((await mails(server, "bo", "usage_alert")).length, 1);
  });

  await t.test("takes count as events do", async () => {
    const api = await newCustomer(server, "cy");
    await add(api, { ...limit(), basis: "quantity", amount: 10, thresholds: [100] });
    for (let i = 0; i < 3; i += 1) done(await server.api.post("/api/usage/take", { userId: "cy", metric: "api_requests", amount: 5 }));
    assert.deepEqual((await history(api)).map(({ threshold, value }) => [threshold, value]), [[100, 10]]);
  });

  await t.test("a gauge is told again once it has fallen five points below", async () => {
    const api = await newCustomer(server, "di");
    await add(api, { basis: "quantity", metric: "storage", amount: 1_000, thresholds: [80], recipients: ["account"] });
    const set = (value) => server.api.sendEvents({ ...usageEvent({ userId: "di" }), type: "storage", data: { set: value } });
    for (const value of [800, 760, 900, 751, 800, 750, 799, 800]) done(await set(value));
    assert.deepEqual((await history(api)).map(({ value }) => value), [800, 800]);
  });

  await t.test("another amount arms it anew, the same one does not", async () => {
    const api = await newCustomer(server, "ed");
    await use(server, "ed", 600);
    const rule = { ...limit(), basis: "quantity", amount: 1_000, thresholds: [50] };
    const { id } = await add(api, rule);
    assert.deepEqual(await told(api), [50]);
    done(await api.put(`${ALERTS}/${id}`, { ...rule, recipients: ["ops@example.com"] }));
    assert.deepEqual(await told(api), [50]);
    done(await api.put(`${ALERTS}/${id}`, { ...rule, amount: 1_200 }));
    assert.deepEqual(await told(api), [50, 50]);
    done(await api.put(`${ALERTS}/${id}`, { ...rule, amount: 12_000 }));
    assert.deepEqual(await told(api), [50, 50]);
  });

  await t.test("a plan with a larger limit arms it anew, and so does the next cycle", async () => {
    const api = await subscriber(server, "flo");
    await add(api, limit({ thresholds: [50] }));
    await use(server, "flo", 60_000);
    assert.deepEqual(await told(api), [50]);
    done(await api.put("/api/billing/subscription", { tier: "professional" }));
    await use(server, "flo", 450_000);
    assert.deepEqual((await history(api)).map(({ base, value }) => [base, value]), [[1_000_000, 510_000], [100_000, 60_000]]);
    await server.clock.advance("P1M1D");
    await use(server, "flo", 500_000);
    assert.deepEqual(await told(api), [50, 50, 50]);
  });

  await t.test("a power cut neither loses nor repeats one", async () => {
    const api = await newCustomer(server, "gil");
    await add(api, limit({ thresholds: [50] }));
    await use(server, "gil", 4_999);
    await server.kill();
    await server.start();
    const again = server.api.as("gil");
    await use(server, "gil", 1);
    assert.deepEqual(await told(again), [50]);
    await server.kill();
    await server.start();
    await use(server, "gil", 100);
    assert.deepEqual(await told(server.api.as("gil")), [50]);
    assert.ok(api);
  });

  await t.test("a webhook endpoint and the history hear of it", async () => {
    const events = done(await server.api.as("ada").get("/api/billing/events?limit=100")).data.filter(({ type }) => type === "usage.alert");
    assert.deepEqual(events.map(({ metadata }) => metadata.threshold), [90, 50]);
  });

  await t.test("removed: silent, and its history stays", async () => {
    const api = await newCustomer(server, "hal");
    const { id } = await add(api, limit({ thresholds: [10, 20] }));
    await use(server, "hal", 1_000);
    done(await api.delete(`${ALERTS}/${id}`), 204);
    await use(server, "hal", 1_500);
    assert.deepEqual([await list(api), await told(api)], [[], [10]]);
    refused(await api.delete(`${ALERTS}/${id}`), 404, "usage_alert_not_found");
  });
});

test("budgets are held against the next invoice, with discounts and credit", async (t) => {
  const coupon = { code: "HALF", name: "Half off", percentOff: 50, duration: "forever" };
  const server = await startSelling(t, (it) => { it.coupons = [coupon]; }, { testClock: NOW });

  await t.test("the full price reaches 80 %, half of it does not", async () => {
    const full = await subscriber(server, "full");
    await add(full, budget(3_000));
    assert.deepEqual(await seen(full), usd(2_900));
    assert.deepEqual((await history(full)).map(({ threshold, spend, budget: of }) => [threshold, spend, of]), [[80, usd(2_900), usd(3_000)]]);
    assert.equal((await mails(server, "full", "budget_alert")).length, 1);
    const half = await subscriber(server, "half", { tier: "starter", coupon: "HALF" });
    await add(half, budget(3_000));
    assert.deepEqual(await seen(half), usd(1_450));
    assert.deepEqual(await told(half), []);
  });

  await t.test("credit that pays for it is no spend", async () => {
    const api = await subscriber(server, "credit");
    const stripe = await server.stripe();
    const [{ id }] = done(await stripe.get("/v1/customers", { email: "credit@example.com" })).data;
    done(await stripe.post(`/v1/customers/${id}/balance_transactions`, { amount: -1_000, currency: "usd" }));
    await add(api, budget(2_300));
    assert.deepEqual(await seen(api), usd(1_900));
    assert.deepEqual(await told(api), [80]);
  });

  await t.test("an upgrade is a larger bill; each invoice is told of once", async () => {
    const api = await subscriber(server, "grow");
    await add(api, budget(9_900));
    await seen(api);
    assert.deepEqual(await told(api), []);
    done(await api.put("/api/billing/subscription", { tier: "professional" }));
    await eventually(() => told(api), ({ length }) => length > 0);
    assert.deepEqual(await told(api), [80, 100]);
    await server.clock.advance("P3D");
    assert.deepEqual(await told(api), [80, 100]);
    await server.clock.advance("P1M");
    assert.deepEqual(await told(api), [80, 100, 80, 100]);
  });

  await t.test("nothing will be billed: nothing is reached", async () => {
    const api = await newCustomer(server, "free");
    await add(api, budget(100));
    assert.deepEqual(await seen(api), usd(0));
    assert.deepEqual(await told(api), []);
  });
});

test("what a rule would have told", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "ada");
  const preview = async (query) => done(await api.get(`${ALERTS}/preview?${query}`));

  await use(server, "ada", 6_000, { time: NOW });
  await server.clock.advance("P10D");
  await use(server, "ada", 3_000);
  const first = await preview("basis=limit&metric=api_requests&thresholds=50,90");
  assert.deepEqual(first.data.map(({ at, threshold, value }) => [at, threshold, value]),
    [["2026-03-11T12:00:00Z", 90, 9_000], ["2026-03-01T12:00:00Z", 50, 6_000]]);
  assert.deepEqual([first.value, first.base, first.percent, first.reached], [9_000, 10_000, 90, [50, 90]]);
  await server.clock.advance("P1M");
  const later = await preview("basis=quantity&metric=api_requests&amount=9000&thresholds=100");
  assert.deepEqual([later.value, later.reached, later.data.length], [0, [], 1], "cycles of before are looked at, too");
  assert.deepEqual((await preview("basis=money&amount=100&thresholds=80")).data, []);
  refused(await api.get(`${ALERTS}/preview?basis=limit&thresholds=80`), 422, "invalid_query", "metric");
  refused(await api.get(`${ALERTS}/preview?basis=limit&metric=api_requests&thresholds=80,70`), 422, "invalid_query", "thresholds");
});

test("what is refused says what is wrong", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "ada");
  const table = [
    [{ ...limit(), metric: "kittens" }, "metric"],
    [{ ...limit(), metric: undefined }, "metric"],
    [budget(100, { metric: "api_requests" }), "metric"],
    [{ ...limit(), amount: 5 }, "amount"],
    [{ ...limit(), basis: "quantity" }, "amount"],
    [budget(0), "amount"],
    [limit({ thresholds: [] }), "thresholds"],
    [limit({ thresholds: [90, 50] }), "thresholds"],
    [limit({ thresholds: [1, 2, 3, 4, 5, 6] }), "thresholds"],
    [limit({ recipients: [] }), "recipients"],
    [limit({ recipients: ["not an address"] }), "recipients.0"],
    [limit({ recipients: ["account", "account"] }), "recipients.1"],
    [budget(100, { action: "block" }), "action"],
    [limit({ action: "block" }), "thresholds"],
  ];
  for (const [body, ...fields] of table) refused(await api.post(ALERTS, body), 422, "invalid_fields", ...fields);
  refused(await api.post(ALERTS, { ...limit(), metric: "storage" }), 409, "usage_alert_no_limit");
  refused(await api.post(ALERTS, limit({ recipients: ["pers_00000000000000000000000000"] })), 409, "usage_alert_recipient_unknown");
  refused(await api.put(`${ALERTS}/alrt_nothing`, limit()), 404, "usage_alert_not_found");
  refused(await server.api.as("nobody").post(ALERTS, limit()), 404, "customer_not_found");

  const options = { idempotencyKey: "one" };
  const made = await add(api, limit(), options);
  assert.equal((await add(api, limit(), options)).id, made.id);
  refused(await api.post(ALERTS, limit({ thresholds: [1] }), options), 422, "idempotency_mismatch");
  for (let i = 1; i < 20; i += 1) await add(api, limit());
  refused(await api.post(ALERTS, limit()), 409, "usage_alerts_full");
});

test("a cap lets nothing through beyond it, and lifts when it goes", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "ada");
  const take = async (amount, metric = "api_requests") => done(await server.api.post("/api/usage/take", { userId: "ada", metric, amount }));
  const cap = (amount, fields) => ({ ...limit(), basis: "quantity", amount, thresholds: [100], action: "block", ...fields });

  const { id } = await add(api, cap(500));
  assert.equal((await take(500)).allowed, true);
  assert.deepEqual(await told(api), [100]);
  const [mail] = await mails(server, "ada", "usage_alert");
  assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /everything more is refused/);
  const denied = await take(1);
  assert.deepEqual([denied.allowed, denied.reason, denied.limit, denied.hardLimit, denied.upgradeTo], [false, "hard_limit", 500, 500, null]);
  assert.match(denied.detail, /cap of 500 that the account has set.*raise or remove the cap/);
  assert.equal((await mails(server, "ada", "usage_blocked")).length, 0, "the cap is not the plan's limit");

  await server.kill();
  await server.start();
  const again = server.api.as("ada");
  assert.equal((await take(1)).allowed, false, "also after a power cut");
  refused(await again.put(`${ALERTS}/${id}`, cap(400)), 409, "usage_alert_blocks_now");
  assert.equal(done(await again.put(`${ALERTS}/${id}`, cap(400, { mayBlockNow: true }))).base, 400);
  done(await again.put(`${ALERTS}/${id}`, cap(600)));
  assert.deepEqual([(await take(100)).allowed, (await take(1)).allowed], [true, false]);
  refused(await again.put(`${ALERTS}/${id}`, cap(10_001)), 409, "usage_alert_above_limit");
  done(await again.delete(`${ALERTS}/${id}`), 204);
  assert.deepEqual([(await take(10_000)).allowed, (await take(10_000)).upgradeTo], [true, "starter"]);

  const storage = cap(10, { metric: "storage" });
  await add(again, storage);
  assert.equal((await take(11, "storage")).allowed, false, "what the plan does not limit can be capped");
});

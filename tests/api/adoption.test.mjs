// Promise: who uses what they may is told, and which limits and missing features come before upgrades, against who does not upgrade; to the
// day, to the customer, and without a figure where there is too little to say.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, eventually, newCustomer, refused, subscriber } from "./support.mjs";

const REVENUE = "/api/admin/revenue";

const reading = (api) => async (query = "") => {
  const report = done(await api.get(`${REVENUE}/adoption${query}`));
  const ids = report.columns.map(({ id }) => id);
  return {
    figures: Object.fromEntries(report.figures.map((figure) => [figure.id, figure.value ?? figure.reason])),
    rows: Object.fromEntries(report.data.map(({ key, values }) => [key, Object.fromEntries(values.map((value, at) => [ids[at], value]))])),
  };
};

test("what customers reach for, and the upgrades that come of it", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-10T12:00:00Z" });
  const { api, clock } = server;
  const report = reading(api);
  const take = async (userId, amount) => done(await api.post("/api/usage/take", { userId, metric: "api_requests", amount })).allowed;
  const asks = async (userId, feature) => done(await api.get(`/api/entitlements?userId=${userId}&feature=${feature}`)).features[feature];
  const upgradesOf = async (driver, more = "") => done(await api.get(`${REVENUE}/rows?driver=${encodeURIComponent(driver)}${more}`)).data.map(({ userId }) => userId);
  const ann = await customerWithCard(server, "ann");
  const dan = await customerWithCard(server, "dan");
  for (const id of ["bob", "cid"]) await newCustomer(server, id);

  await t.test("with nothing there, nothing is made up", async () => {
    const { figures, rows } = await report();
    assert.deepEqual(figures, { upgrades: 0, driven: "no_base", drivenByWarning: "no_base", drivenByBlock: "no_base", drivenByFeature: "no_base", baseRate: "not_recorded", lift: "few_data" });
    assert.deepEqual(rows.api_requests, { entitled: 4, adopting: 0, adoption: 0, daily: 0, stickiness: null });
    assert.deepEqual(rows.custom_domains, { entitled: 0, adopting: null, adoption: null, daily: null, stickiness: null });
    assert.deepEqual((await report("?by=driver")).rows, {});
  });

  await t.test("a warning, a block and a feature that is missing are heard, once a day", async () => {
    assert.equal(await take("ann", 9000), true, "90 % of 10,000: a warning");
    for (let i = 0; i < 3; i++) assert.equal(await take("ann", 20_000), false, "a block");
    assert.equal(await take("dan", 20_000), false);
    for (let i = 0; i < 2; i++) assert.equal(await asks("ann", "custom_domains"), false);
    assert.equal(await asks("bob", "public_modules"), true);
    const { rows } = await eventually(() => report("?by=driver"), ({ rows }) => rows["denied_feature custom_domains"] !== undefined);
    assert.deepEqual(Object.keys(rows), ["any", "block", "block api_requests", "denied_feature", "denied_feature custom_domains", "warning", "warning api_requests"]);
    assert.deepEqual([rows.any.baseRate, rows.block.baseRate, rows["warning api_requests"].baseRate], [5000, 5000, 2500], "of four customers, this day");
    const { rows: subjects } = await eventually(report, (got) => got.rows.public_modules.adopting !== null);
    assert.deepEqual(subjects.public_modules, { entitled: 4, adopting: 1, adoption: 2500, daily: null, stickiness: null });
    assert.deepEqual(subjects.api_requests, { entitled: 4, adopting: 1, adoption: 2500, daily: 0, stickiness: 357 });
    assert.deepEqual([subjects.custom_domains.adopting, subjects.advanced_analytics.adopting], [0, null], "what nobody asked for is not known");
  });

  await t.test("an upgrade is held against the 14 days before it, and others against it", async () => {
    await clock.advance("P2D");
    done(await ann.post("/api/billing/subscribe", { tier: "starter" }), 201);
    const { figures } = await report();
    // Three days of four customers, 12; on three each a signal of ann and dan counted, 6; less the day of the upgrade: 5 of 11.
    assert.deepEqual(figures, { upgrades: 1, driven: 10_000, drivenByWarning: 10_000, drivenByBlock: 10_000, drivenByFeature: 10_000, baseRate: 4545, lift: "few_data" });
    for (const driver of ["upgrade", "any", "block", "block api_requests", "warning api_requests", "denied_feature custom_domains"]) assert.deepEqual(await upgradesOf(driver), ["ann"], driver);
    assert.deepEqual([await upgradesOf("block bandwidth"), await upgradesOf("any", "&userId=bob"), await upgradesOf("any", "&to=2026-01-11")], [[], [], []]);
  });

  await t.test("with twenty upgrades there is a ratio", async () => {
    for (let i = 0; i < 19; i++) await subscriber(server, `new${i}`);
    const { figures, rows } = await report("?by=driver");
    assert.deepEqual(figures, { upgrades: 20, driven: 500, drivenByWarning: 500, drivenByBlock: 500, drivenByFeature: 500, baseRate: 4545, lift: 11 });
    assert.deepEqual(rows["warning api_requests"], { upgradesWith: 1, driven: 500, baseRate: 1818, lift: 28 }, "2 of 11 days");
    const { rows: subjects } = await report();
    assert.deepEqual([subjects.api_requests.entitled, subjects.custom_domains.entitled, subjects.api_requests.adoption], [23, 20, 435]);
    const page = done(await api.get(`${REVENUE}/rows?driver=upgrade&limit=15`));
    const next = done(await api.get(`${REVENUE}/rows?driver=upgrade&limit=15&cursor=${page.nextCursor}`));
    assert.equal(new Set([...page.data, ...next.data].map(({ userId }) => userId)).size, 20);
    assert.deepEqual([next.data.length, next.nextCursor], [5, null]);
  });

  await t.test("a past day is as it was", async () => {
    const { figures } = await report("?asOf=2026-01-11");
    assert.deepEqual([figures.upgrades, figures.driven, figures.baseRate], [0, "no_base", 5000]);
    assert.equal((await report("?asOf=2026-01-09")).figures.baseRate, "not_recorded");
  });

  await t.test("after 14 days a signal leads to nothing, after 28 a use is over", async () => {
    await clock.to("2026-01-24T12:00:00Z");
    done(await dan.post("/api/billing/subscribe", { tier: "starter" }), 201);
    assert.deepEqual([(await upgradesOf("upgrade", "&limit=100")).length, await upgradesOf("any")], [21, ["ann"]]);
    assert.equal((await report("?asOf=2026-02-06")).rows.public_modules.adopting, 1);
    assert.equal((await report("?asOf=2026-02-07")).rows.public_modules.adopting, 0);
    const { figures } = await report("?from=2026-01-24");
    assert.deepEqual([figures.upgrades, figures.driven, figures.baseRate], [1, 0, 0]);
  });

  await t.test("a smaller plan, or a trial, is no upgrade; a larger one is, of who pays", async () => {
    await clock.advance("P1D");
    done(await ann.put("/api/billing/subscription", { tier: "professional" }));
    assert.deepEqual(await upgradesOf("upgrade", "&from=2026-01-25"), ["ann"]);
    assert.equal((await report("?from=2026-01-25")).figures.driven, 0);
  });

  await t.test("the table is CSV, too", async () => {
    const { text } = await api.get(`${REVENUE}/adoption?by=driver`, { headers: { accept: "text/csv" } });
    assert.equal(text.split("\r\n")[0], '"key","isPartial","unit","upgradesWith","driven","baseRate","lift"');
    assert.match(text, /"warning api_requests",false,"",1,/);
  });

  await t.test("nonsense is refused by name, and who may not read money reads none", async () => {
    refused(await api.get(`${REVENUE}/adoption?by=hour`), 422, "invalid_query", "by");
    refused(await api.get(`${REVENUE}/adoption?from=2026-02-30`), 422, "invalid_query", "from");
    refused(await api.get(`${REVENUE}/adoption?from=2020-01-01`), 422, "invalid_query", "from");
    for (const driver of ["used_feature", "any api_requests", "nothing"]) refused(await api.get(`${REVENUE}/rows?driver=${encodeURIComponent(driver)}`), 422, "invalid_query", "driver");
    refused(await api.get("/api/entitlements?userId=ann&feature=teleport"), 422, "invalid_query", "feature");
    refused(await api.get("/api/entitlements?userId=nobody&feature=custom_domains"), 404, "customer_not_found");
    const stranger = api.withKey(await server.createKey("usage:write"));
    refused(await stranger.get(`${REVENUE}/adoption`), 403, "scope_missing");
    refused(await stranger.get(`${REVENUE}/rows?driver=any`), 403, "scope_missing");
  });
});

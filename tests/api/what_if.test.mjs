// Promise: another catalogue tried on past months gives, to the cent, what was billed when it is the one in force, and what its
// prices would have come to when it is not; nothing is changed by it, and it can be watched, cancelled and repeated.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { customerWithCard, done, invoices, newCustomer, planIn, refused, startSelling, subscriber, usd } from "./support.mjs";

const RUNS = "/api/admin/what-if";
const NOBODY = "what_00000000000000000000000000";
const CATALOGUE = resolve(import.meta.dirname, "../../catalog/plans.json");
const COUPON = { code: "HALF", name: "Half off", percentOff: 50, duration: "forever" };

const catalogue = async (change = () => {}) => {
  const document = JSON.parse(await readFile(CATALOGUE, "utf8"));
  document.coupons = [COUPON];
  change(document);
  return document;
};
const priced = (tier, month, year) => (document) => { planIn(document, tier).prices = { month, year }; };

// Done, or ended otherwise: the clock answers when all is quiet.
async function ended(server, id) {
  await server.clock.advance("PT1S");
  return done(await server.api.get(`${RUNS}/${id}`));
}

async function tried(server, body) {
  return ended(server, done(await server.api.post(RUNS, body), 201).id);
}

const byUser = async (server, id, query = "") => new Map(done(await server.api.get(`${RUNS}/${id}/customers?limit=100${query}`)).data.map((row) => [row.userId, row]));
const billed = async (api) => (await invoices(api)).reduce((sum, { total }) => sum + total.amount, 0);

test("what another catalogue would have come to", async (t) => {
  const server = await startSelling(t, (document) => { document.coupons = [COUPON]; }, { testClock: "2026-01-05T12:00:00Z" });
  const api = {
    ada: await subscriber(server, "ada"), // three whole months
    bob: await subscriber(server, "bob", { tier: "starter", coupon: "HALF" }),
    cleo: await subscriber(server, "cleo"), // upgrades within a month: a credit, and a part
    yves: await subscriber(server, "yves", { tier: "starter", interval: "year" }),
    idle: await newCustomer(server, "idle"),
    card: await customerWithCard(server, "card"),
  };
  await server.clock.to("2026-01-20T09:30:07Z");
  done(await api.cleo.put("/api/billing/subscription", { tier: "professional" }));
  for (const [userId, value] of [["ada", 60_000], ["idle", 9_000]]) done(await server.api.sendEvents(usageEvent({ userId, value })));
  await server.clock.to("2026-04-10T12:00:00Z");
  const root = await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");

  await t.test("the catalogue in force gives what was billed, to the cent, for everybody", async () => {
    for (const holders of ["keep", "move"]) {
      const run = await tried(server, { catalogue: await catalogue(), months: 3, holders });
      assert.deepEqual([run.status, run.percent, run.keptLines, run.more, run.less, run.hits], ["done", 100, 0, 0, 0, 0], holders);
      assert.deepEqual([run.from, run.to, run.billedBefore, run.mrrBefore], ["2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", run.billedAfter, run.mrrAfter]);
      const rows = await byUser(server, run.id);
      assert.deepEqual([...rows.keys()].sort(), ["ada", "bob", "cleo", "yves"]);
      for (const [userId, row] of rows) {
        const inSpan = (await invoices(api[userId])).filter(({ createdAt }) => createdAt < "2026-04-01");
        const sum = inSpan.reduce((total, invoice) => total + invoice.amount.amount, 0);
        assert.deepEqual([row.billedBefore, row.billedAfter, row.side], [usd(sum), usd(sum), "same"], userId);
      }
      assert.ok(run.lines >= 10, `${run.lines} lines`);
    }
  });

  await t.test("another price changes the lines of its plan, with coupons and parts of months", async () => {
    const run = await tried(server, { catalogue: await catalogue(priced("starter", 3900, 42120)), months: 3 });
    const rows = await byUser(server, run.id);
    const of = (userId) => [rows.get(userId).billedBefore.amount, rows.get(userId).billedAfter.amount, rows.get(userId).side];
    assert.deepEqual(of("ada"), [3 * 2900, 3 * 3900, "more"]);
    assert.deepEqual(of("bob"), [3 * 1450, 3 * 1950, "more"]);
    assert.deepEqual(of("yves"), [31320, 42120, "more"]);
    // A month of starter less the share that was given back, at either price; what professional costs is the same.
    const seconds = (Date.parse("2026-02-05T12:00:00Z") - Date.parse("2026-01-20T09:30:07Z")) / 1000;
    const kept = (price) => price - Math.round((price * seconds) / (31 * 86400));
    const [before, after, side] = of("cleo");
    assert.deepEqual([after - before, side], [kept(3900) - kept(2900), "more"]);
    assert.deepEqual([run.more, run.less, run.same, run.customers], [4, 0, 0, 4]);
    assert.deepEqual([run.mrrBefore, run.mrrAfter], [usd(2900 + 2900 + 9900 + 2610), usd(3900 + 3900 + 9900 + 3510)]);
    const plans = done(await auditor.get(`${RUNS}/${run.id}/plans`)).data;
    assert.equal(plans.reduce((sum, plan) => sum + plan.billedAfter.amount, 0), run.billedAfter.amount);
    assert.deepEqual(plans.map(({ tier, customers }) => [tier, customers]).sort(), [["professional", 1], ["starter", 3]]);
    assert.equal((await byUser(server, run.id, "&side=less")).size, 0);
    assert.equal((await byUser(server, run.id, "&side=more")).size, 4);
  });

  await t.test("a lower limit names who would be above it, and was not", async () => {
    const run = await tried(server, { catalogue: await catalogue((document) => {
      planIn(document, "starter").limits.api_requests.limit = 50_000;
      planIn(document, "free").limits.api_requests.limit = 5_000;
    }), months: 3 });
    const rows = await byUser(server, run.id, "&hits=true");
    assert.deepEqual([...rows.values()].map(({ userId, hits, side }) => [userId, hits, side]), [["ada", "api_requests", "same"], ["idle", "api_requests", "same"]]);
    assert.equal(run.hits, 2);
  });

  await t.test("only closed months, as many as asked", async () => {
    const run = await tried(server, { catalogueText: JSON.stringify(await catalogue(priced("starter", 2000, 21600)), null, 2), months: 1 });
    const rows = await byUser(server, run.id);
    assert.deepEqual([run.from, rows.get("ada").billedBefore, rows.get("ada").billedAfter, rows.get("ada").side], ["2026-03-01T00:00:00Z", usd(2900), usd(2000), "less"]);
    assert.deepEqual([rows.get("yves").billedBefore, rows.get("yves").side], [usd(0), "less"], "the year was billed before; a month brings less");
  });

  await t.test("nothing is changed by it", async () => {
    assert.equal((await invoices(api.ada)).length, 4);
    assert.equal(done(await api.ada.get("/api/billing/subscription")).price.amount, 2900);
    assert.ok(await billed(api.ada).catch(() => true));
  });

  await t.test("what is wrong is said as at the start", async () => {
    const start = async (body) => root.post(RUNS, body);
    const { detail } = refused(await start({ catalogue: await catalogue((document) => { planIn(document, "starter").prices = { month: -1, year: 5 }; }) }), 422, "what_if_catalogue");
    assert.match(detail, /candidate: \/plans\/\d+\/prices\/month: expected /);
    assert.match(refused(await start({ catalogue: [] }), 422, "what_if_catalogue").detail, /candidate/);
    assert.match(refused(await start({ catalogue: await catalogue((document) => { document.plans = document.plans.filter(({ tier }) => tier !== "starter"); }) }), 422, "what_if_catalogue").detail, /starter|\/plans/);
    const renumbered = await catalogue((document) => { planIn(document, "starter").version += 1; });
    assert.match(refused(await start({ catalogue: renumbered, holders: "keep" }), 422, "what_if_plan_missing").detail, /version 1 of starter/);
    const euros = JSON.parse(JSON.stringify(await catalogue()).replaceAll('"usd"', '"eur"'));
    assert.match(refused(await start({ catalogue: euros }), 422, "what_if_currency").detail, /expected usd, not eur/);
    refused(await start({}), 422, "invalid_fields", "catalogue");
    assert.match(refused(await start({ catalogueText: "{\n\"currency\": usd" }), 422, "what_if_catalogue").detail, /candidate: line 2/);
    refused(await start({ catalogue: await catalogue(), priceChangeId: "pric_1" }), 422, "invalid_fields", "catalogue");
    refused(await start({ catalogue: await catalogue(), months: 25 }), 422, "invalid_fields", "months");
    refused(await start({ priceChangeId: "pric_00000000000000000000000000" }), 404, "price_change_not_found");
    refused(await auditor.post(RUNS, { catalogue: await catalogue() }), 403, "role_forbidden");
  });

  await t.test("runs are listed, and only the newest has its customers", async () => {
    const { data, nextCursor } = done(await auditor.get(`${RUNS}?limit=2`));
    assert.deepEqual(data.map(({ status }) => status), ["done", "superseded"]);
    assert.ok(done(await auditor.get(`${RUNS}?cursor=${nextCursor}`)).data.length >= 2);
    assert.deepEqual(done(await auditor.get(`${RUNS}/${data[1].id}/customers`)).data, []);
    const csv = await auditor.get(`${RUNS}/${data[0].id}/customers?side=less`, { headers: { Accept: "text/csv" } });
    assert.match(csv.text, /billedAfter\.minor.*\r\n/);
    assert.match(csv.text, /ada.*2000,20\.00/);
    refused(await auditor.get(`${RUNS}?limit=0`), 422, "invalid_query");
    refused(await auditor.get(`${RUNS}?side=more`), 422, "invalid_query");
    refused(await server.api.withKey(undefined).get(RUNS), 401, "key_missing");
    for (const path of [NOBODY, `${NOBODY}/customers`, `${NOBODY}/plans`]) {
      refused(await auditor.get(`${RUNS}/${path}`), 404, "what_if_not_found");
      refused(await server.api.withKey(undefined).get(`${RUNS}/${path}`), 401, "key_missing");
      refused(await server.api.withKey(await server.createKey("usage:write")).get(`${RUNS}/${path}`), 403, "scope_missing");
    }
    refused(await auditor.get(`${RUNS}/${data[0].id}/customers?side=both`), 422, "invalid_query");
    const jobs = done(await auditor.get("/api/admin/jobs")).data.filter(({ name }) => name === "what_if");
    assert.deepEqual([jobs[0].id, jobs[0].status, jobs[0].percent], [data[0].id, "done", 100]);
  });
});

test("a run is cancelled as far as it came, and survives a crash", async (t) => {
  const server = await startSelling(t, () => {}, { testClock: "2026-02-05T12:00:00Z" });
  for (let i = 0; i < 200; i += 1) await newCustomer(server, `user${String(i).padStart(3, "0")}`);
  const root = await firstOperator(server);
  const document = JSON.parse(await readFile(CATALOGUE, "utf8"));
  const { id } = done(await root.post(RUNS, { catalogue: document }), 201);
  const other = await root.post(RUNS, { catalogue: document });
  if (other.status !== 201) refused(other, 409, "what_if_busy");
  await server.kill();
  await server.start();
  const run = await ended(server, id);
  assert.ok(["done", "superseded"].includes(run.status), run.status);
  refused(await server.api.post(`${RUNS}/${id}/cancel`, {}), 409, "what_if_over");
  refused(await server.api.post(`${RUNS}/${NOBODY}/cancel`, {}), 404, "what_if_not_found");
  const again = done(await server.api.post(RUNS, { catalogue: document }), 201);
  const cancelled = done(await server.api.post(`${RUNS}/${again.id}/cancel`, {}));
  assert.deepEqual([cancelled.status, cancelled.lookedAt < 200, cancelled.percent < 100], ["cancelled", true, true]);
  refused(await server.api.withKey(undefined).post(`${RUNS}/${again.id}/cancel`, {}), 401, "key_missing");
});

// Promise: what customers bring is told to the cent on any day, from facts that were written with what they tell of; every figure leads to
// its customers, opening and movements come to the closing, and what is not known is not made up.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { usageEvent } from "../harness/events.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { TURNPIKE } from "../harness/program.mjs";
import { Server, startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const REVENUE = "/api/admin/revenue";
const REPORTS = ["adoption", "churn", "cohorts", "conversion", "dunning", "expansion", "forecast", "geography", "ltv", "movements", "overview", "plans", "reconciliation",
  "retention", "targets", "usage"];

const reading = (api) => async (name, query = "") => {
  const report = done(await api.get(`${REVENUE}/${name}${query}`));
  const figures = Object.fromEntries(report.figures.map((figure) => [figure.id, figure]));
  const ids = report.columns.map(({ id }) => id);
  const rows = Object.fromEntries(report.data.map(({ key, values }) => [key, Object.fromEntries(values.map((value, at) => [ids[at], value]))]));
  return { ...report, figures, rows };
};
const value = ({ figures }, id) => figures[id].value;
const facts = async (api, query) => done(await api.get(`${REVENUE}/rows?limit=100&${query}`)).data;
const told = (rows) => rows.map(({ kind, reason, moved }) => [kind, reason, moved.amount]);

async function proved(report) {
  const { figures, data, columns } = await report("reconciliation");
  for (const id of ["differencesOfDays", "differencesOfMonths"]) assert.equal(figures[id].value, 0, id);
  if (figures.provedOn.value !== null) assert.equal(figures.differencesProved.value, 0, "the proof of the night");
  const at = columns.findIndex(({ id }) => id === "difference");
  assert.ok(data.every(({ values }) => values[at] === 0), "each month adds up");
}

test("revenue from the first sale on", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-10T12:00:00Z" });
  const { api, clock } = server;
  const report = reading(api);

  await t.test("with nobody there, nothing is made up", async () => {
    const overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "paying"), overview.currency, overview.lacksRates], [0, 0, "usd", false]);
    for (const [id, reason] of [["arpa", "no_base"], ["logoChurn", "no_base"], ["quickRatio", "no_base"], ["ltv", "no_margin"], ["cac", "no_spend"], ["nrrOfYear", "no_base"]]) {
      assert.deepEqual([overview.figures[id].value, overview.figures[id].reason], [null, reason], id);
    }
    assert.equal(overview.data.length, 12);
    await proved(report);
  });

  await newCustomer(server, "free");
  const ann = await subscriber(server, "ann");
  await subscriber(server, "pro", { tier: "professional", interval: "year" });

  await t.test("a sale is new revenue, the price of a year a twelfth", async () => {
    const overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "arr"), value(overview, "paying"), value(overview, "free")], [2900 + 8910, 34800 + 106920, 2, 1]);
    assert.deepEqual([value(overview, "new"), value(overview, "arpa"), value(overview, "arpuAll"), value(overview, "asp")], [11810, 5905, 3937, 5905]);
    assert.equal(overview.figures.quickRatio.reason, "infinite");
    assert.deepEqual(told(await facts(api, "kind=new")), [["new", "purchase", 8910], ["new", "purchase", 2900]]);
    const [fact] = await facts(api, "userId=ann&kind=new");
    assert.deepEqual([fact.tierBefore, fact.tier, fact.interval, fact.after.currency], ["free", "starter", "month", "usd"]);
    const entries = done(await api.get("/api/admin/audit?userId=ann&limit=100")).data;
    assert.ok(entries.some(({ seq, sequence }) => (seq ?? sequence) === fact.auditSequence), "the entry is in the audit log");
  });

  await t.test("an upgrade is expansion, of the old plan and the new one", async () => {
    await clock.advance("P5D");
    done(await ann.put("/api/billing/subscription", { tier: "professional" }));
    const [fact] = await facts(api, "userId=ann");
    assert.deepEqual(told([fact]), [["expansion", "upgrade", 7000]]);
    const plans = await report("plans");
    assert.equal(plans.rows["professional month"].mrr, 9900);
    assert.equal(plans.rows["starter month"]?.mrr ?? 0, 0);
    const starter = await report("movements", "?tier=starter");
    const month = starter.rows["2026-01"];
    assert.equal(month.opening + month.netNew + month.transfers + month.fx, month.closing);
    assert.deepEqual([month.new, month.transfers, month.closing], [2900, -2900, 0]);
  });

  await t.test("an end that is asked for lowers what is committed, and is churn when access ends", async () => {
    done(await ann.post("/api/billing/cancel", {}));
    let overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "committedMrr"), value(overview, "churn")], [9900 + 8910, 8910, 0]);
    done(await ann.put("/api/billing/subscription", { resume: true }));
    overview = await report("overview");
    assert.equal(value(overview, "committedMrr"), 9900 + 8910);
    done(await ann.post("/api/billing/cancel", {}));
    await clock.advance("P1M");
    overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "churn"), value(overview, "paying")], [8910, 9900, 1]);
    const [fact] = await facts(api, "userId=ann");
    assert.deepEqual([fact.kind, fact.reason, fact.effectiveAt.slice(0, 10)], ["churn", "canceled", "2026-02-10"]);
    assert.deepEqual([value(overview, "logoChurn"), value(overview, "voluntaryChurn"), value(overview, "involuntaryChurn")], [5000, 5000, 0]);
    assert.equal(overview.figures.lifetime.reason, "no_base", "nobody paid as the closed months began");
    const { data } = await report("churn");
    assert.equal(data.at(-1).key, "2026-02");
    await proved(report);
  });

  await t.test("any day of the past is what it was", async () => {
    const of = async (day) => (await report("overview", `?asOf=${day}`)).figures;
    assert.deepEqual([(await of("2026-01-09")).mrr.value, (await of("2026-01-10")).mrr.value, (await of("2026-01-15")).mrr.value], [0, 11810, 18810]);
    const days = await report("movements", "?asOf=2026-01-16&from=2026-01-09&by=day");
    assert.deepEqual(days.data.map(({ key }) => key), ["2026-01-09", "2026-01-10", "2026-01-11", "2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16"]);
    assert.deepEqual([days.rows["2026-01-10"].new, days.rows["2026-01-15"].expansion, days.rows["2026-01-16"].closing], [11810, 7000, 18810]);
    assert.equal((await report("overview", "?asOf=2020-05-17")).figures.mrr.value, 0);
  });

  await t.test("cohorts and conversion wait for their time", async () => {
    const cohorts = await report("cohorts", "?measure=customers");
    assert.deepEqual([cohorts.rows["2026-01"].m0, cohorts.rows["2026-01"].m1, cohorts.rows["2026-01"].m2], [2, 1, null]);
    assert.equal((await report("cohorts", "?measure=mrr")).rows["2026-01"].m1, 8910);
    assert.equal((await report("cohorts", "?basis=signup&measure=customers")).rows["2026-01"].m0, 3);
    const conversion = await report("conversion");
    assert.deepEqual([conversion.rows["2026-01"].signups, conversion.rows["2026-01"].conversion14, conversion.rows["2026-01"].conversion30, conversion.rows["2026-01"].ever], [3, 6667, null, 2]);
  });

  await t.test("countries of few accounts are told together", async () => {
    for (const id of ["d1", "d2", "d3", "d4", "d5"]) await newCustomer(server, id, { country: "DE" });
    await newCustomer(server, "f1", { country: "FR" });
    const places = await report("geography");
    assert.deepEqual(Object.keys(places.rows).sort(), ["DE", "other"]);
    assert.equal(places.rows.DE.accounts, 5);
    assert.equal(places.rows.other.mrr, 8910);
  });

  await t.test("what is entered is used from then on, and stands in the audit log", async () => {
    done(await api.put(`${REVENUE}/spend`, { month: "2026-01", amount: 100000 }));
    done(await api.put(`${REVENUE}/spend`, { month: "2026-01", amount: 120000 }));
    assert.deepEqual(done(await api.get(`${REVENUE}/spend`)).data.map(({ month, amount }) => [month, amount]), [["2026-01", 120000]]);
    done(await api.put(`${REVENUE}/targets/gross_margin`, { value: 8000, reason: "From the books" }));
    done(await api.put(`${REVENUE}/targets/mrr`, { value: 500000, reason: "The board" }));
    const targets = await report("targets");
    assert.deepEqual([targets.figures.grossMargin.value, targets.rows.mrr.target, targets.rows.mrr.actual, targets.rows.free.target], [8000, 500000, 8910, 10000]);
    assert.equal(targets.data.find(({ key }) => key === "mrr").unit, "money");
    assert.equal((await report("targets", "?asOf=2026-01-20")).rows.mrr.target, 4430000, "as it was then");
    const entries = done(await api.get("/api/admin/audit?action=revenue_target.enter")).data;
    assert.equal(entries.length, 2);
    done(await api.post(`${REVENUE}/rates`, { currency: "eur", micros: 1100000 }), 201);
    assert.equal(done(await api.get(`${REVENUE}/rates`)).data[0].micros, 1100000);
    await proved(report);
  });

  await t.test("every report is a table for spreadsheets, too, and every id has its meaning", async () => {
    const known = new Set(done(await api.get(`${REVENUE}/definitions`)).data.map(({ id }) => id));
    for (const name of REPORTS) {
      const { figures, columns } = await report(name);
      for (const id of [...Object.keys(figures), ...columns.map((column) => column.id)]) assert.ok(known.has(id), `${name}: ${id}`);
      const csv = await api.get(`${REVENUE}/${name}`, { headers: { accept: "text/csv" } });
      assert.equal(csv.text.split("\r\n")[0], ["key", "isPartial", "unit", ...columns.map((column) => column.id)].map((id) => `"${id}"`).join(), name);
    }
    const rows = await api.get(`${REVENUE}/rows?kind=churn`, { headers: { accept: "text/csv" } });
    assert.match(rows.text, /"ann",/);
  });

  await t.test("a page follows the other", async () => {
    const all = (await facts(api, "from=2026-01-01")).map(({ userId, kind }) => `${userId} ${kind}`);
    const seen = [];
    for (let cursor = ""; cursor !== null;) {
      const page = done(await api.get(`${REVENUE}/rows?limit=2&from=2026-01-01${cursor}`));
      seen.push(...page.data.map(({ userId, kind }) => `${userId} ${kind}`));
      cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    assert.deepEqual(seen, all);
  });

  const root = await firstOperator(server);

  await t.test("who is erased takes nothing of the sums along", async () => {
    const before = await report("overview");
    done(await api.post("/api/admin/customers/f1/erasure", { reason: "a letter" }), 202);
    const [approval] = done(await api.get("/api/admin/approvals?status=pending")).data;
    done(await root.post(`/api/admin/approvals/${approval.id}/approve`, { reason: "as asked" }));
    const after = await report("overview");
    assert.deepEqual([value(after, "free"), value(after, "mrr"), value(after, "paying")], [value(before, "free") - 1, value(before, "mrr"), value(before, "paying")]);
    assert.deepEqual(told(await facts(api, "userId=f1")), [["left", "erased", 0], ["signup", "signed_up", 0]]);
    await proved(report);
  });

  await t.test("each role sees and changes what it may; nonsense is refused by name", async () => {
    const support = await operator(server, "sue", "support");
    done(await root.get(`${REVENUE}/overview`));
    done(await support.get(`${REVENUE}/overview`));
    refused(await support.put(`${REVENUE}/targets/mrr`, { value: 1, reason: "Me" }), 403, "role_forbidden");
    const stranger = api.withKey(await server.createKey("billing:write"));
    for (const path of [...REPORTS, "rows", "definitions", "rates", "spend"].map((name) => `${REVENUE}/${name}`)) {
      refused(await api.withKey(undefined).get(path), 401, "key_missing");
      refused(await api.withKey("tp_test_nothing").get(path), 401, "key_invalid");
      refused(await stranger.get(path), 403, "scope_missing");
    }
    for (const name of REPORTS) {
      refused(await api.get(`${REVENUE}/${name}?asOf=2026-02-30`), 422, "invalid_query");
      refused(await api.get(`${REVENUE}/${name}?from=2020-01-01`), 422, "invalid_query");
      refused(await api.get(`${REVENUE}/${name}?from=2029-01-01`), 422, "invalid_query");
    }
    refused(await api.get(`${REVENUE}/overview?tier=gold`), 422, "invalid_query");
    refused(await api.get(`${REVENUE}/rows?cursor=here`), 422, "invalid_query");
    refused(await api.get(`${REVENUE}/rows?from=soon-enough`), 422, "invalid_query");
    refused(await api.post(`${REVENUE}/rates`, { currency: "usd", micros: 1000000 }), 422, "revenue_rate_of_reporting");
    refused(await api.post(`${REVENUE}/rates`, { currency: "xxq", micros: 1000000 }), 422, "invalid_fields");
    refused(await api.post(`${REVENUE}/rates`, { currency: "eur", micros: 0 }), 422, "invalid_fields");
    refused(await stranger.post(`${REVENUE}/rates`, { currency: "eur", micros: 1 }), 403, "scope_missing");
    refused(await api.put(`${REVENUE}/spend`, { month: "2031-01", amount: 1 }), 422, "revenue_month_to_come");
    refused(await api.put(`${REVENUE}/spend`, { month: "2026-13", amount: 1 }), 422, "invalid_fields");
    refused(await stranger.put(`${REVENUE}/spend`, { month: "2026-01", amount: 1 }), 403, "scope_missing");
    refused(await api.put(`${REVENUE}/targets/happiness`, { value: 1, reason: "Why not" }), 404, "revenue_target_unknown");
    refused(await api.put(`${REVENUE}/targets/logo_churn`, { value: 10001, reason: "Why not" }), 422, "revenue_target_range");
    refused(await api.put(`${REVENUE}/targets/mrr`, { value: 1 }), 422, "invalid_fields");
  });
});

test("what time and payments do to revenue", async (t) => {
  const server = await startSelling(t, (catalogue) => {
    catalogue.coupons = [{ code: "HALF", name: "Half", percentOff: 50, duration: "repeating", months: 3 }, { code: "ONCE", name: "Once", percentOff: 50, duration: "once" }];
  }, { testClock: "2026-01-15T00:00:00Z" });
  const { api, clock } = server;
  const report = reading(api);

  await t.test("a coupon that comes again is taken off until it has run out, one of one invoice is not", async () => {
    await subscriber(server, "half", { tier: "starter", coupon: "HALF" });
    await subscriber(server, "once", { tier: "starter", coupon: "ONCE" });
    const overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "listMrr")], [1450 + 2900, 5800]);
    await clock.to("2026-04-14T23:00:00Z");
    assert.equal(value(await report("overview"), "mrr"), 4350);
    await clock.to("2026-04-16T00:00:00Z");
    assert.equal(value(await report("overview"), "mrr"), 5800);
    assert.deepEqual(told(await facts(api, "userId=half")).at(0), ["expansion", "discount_expired", 1450]);
    const causes = await report("expansion");
    assert.equal(causes.rows["expansion discount_expired"].amount, 1450);
  });

  await t.test("who does not pay is at risk, then gone, against their will", async () => {
    const late = await subscriber(server, "late");
    const { id } = done(await late.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
    done(await late.put(`/api/billing/payment-methods/${id}/default`));
    await clock.to("2026-05-17T00:00:00Z");
    let overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "atRiskMrr")], [8700, 2900]);
    await clock.advance("P8D");
    overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "atRiskMrr"), value(overview, "churn")], [5800, 0, 2900]);
    assert.deepEqual(told(await facts(api, "userId=late")).at(0), ["churn", "involuntary", -2900]);
    await clock.advance("P1M");
    assert.deepEqual(told(await facts(api, "userId=late")).filter(([kind]) => kind === "churn"), [["churn", "involuntary", -2900]], "once");
    const month = (await report("churn")).rows["2026-05"];
    assert.deepEqual([month.involuntaryChurn > 0, month.voluntaryChurn], [true, 0]);
    const dunning = (await report("dunning")).rows["2026-05"];
    assert.deepEqual([dunning.unpaidMrr, dunning.unpaidCustomers, dunning.recoveredMrr], [2900, 1, 0]);
    await proved(report);
  });
});

test("what is used is told by hour, metric and region, as of any day", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-12T00:30:00Z" }); // a Monday
  const { api, clock } = server;
  const report = reading(api);
  const use = async (userId, value, fields = {}) => {
    const { accepted } = done(await api.sendEvents(usageEvent({ userId, value, ...fields })));
    assert.equal(accepted, 1, JSON.stringify(fields));
  };
  await newCustomer(server, "tokyo", { timeZone: "Asia/Tokyo" });
  for (const id of ["c1", "c2", "c3", "c4", "c5"]) await newCustomer(server, id);

  await t.test("nothing is used, and nothing is made up", async () => {
    const empty = await report("usage");
    assert.deepEqual([value(empty, "used"), value(empty, "hourMax"), empty.figures.usedGrowth.reason, empty.figures.peakOn.reason], [0, 0, "no_base", "no_base"]);
    assert.equal(empty.data.length, 7);
  });

  await t.test("hours of the week are those on the clocks of customers, peaks are UTC's", async () => {
    await use("tokyo", 100, { region: "apac" });
    await use("c1", 7, { region: "eu" });
    const usage = await report("usage");
    assert.deepEqual([usage.rows.mon.h9, usage.rows.mon.h0, value(usage, "used"), value(usage, "hourMax"), value(usage, "users")], [100, 7, 107, 107, 2]);
    assert.equal(value(usage, "peakOn"), Date.UTC(2026, 0, 12) / 86_400_000);
    assert.equal(usage.from, "2025-12-16", "four weeks");
  });

  await t.test("a customer who moves is where they were until then", async () => {
    done(await api.put("/api/customers/tokyo/preferences", { language: null, timeZone: "Europe/Berlin" }));
    await clock.to("2026-01-13T12:10:00Z");
    await use("tokyo", 5, { region: "apac" });
    const { rows } = await report("usage");
    assert.deepEqual([rows.mon.h9, rows.tue.h13], [100, 5]);
  });

  await t.test("a region of few customers is told with others", async () => {
    for (const id of ["c1", "c2", "c3", "c4", "c5"]) await use(id, 2, { region: "eu" });
    const { rows } = await report("usage", "?by=region");
    assert.deepEqual(Object.keys(rows), ["eu", "other"]);
    assert.deepEqual([rows.eu.used, rows.eu.users, rows.other.used, rows.other.users], [17, 5, 105, null]);
    assert.deepEqual((await report("geography", "?by=region")).rows.eu, rows.eu);
  });

  await t.test("growth is against as many days before; each metric has its row", async () => {
    await use("c2", 60, { metric: "build_minutes" });
    const { rows } = await report("usage", "?by=metric&from=2026-01-13");
    assert.deepEqual([rows.api_requests.used, rows.api_requests.usedBefore, rows.api_requests.usedGrowth], [15, 107, -8598]);
    assert.deepEqual([rows.build_minutes.used, rows.build_minutes.usedGrowth, rows.bandwidth.users], [60, null, 0]);
  });

  await t.test("a day that is past is as it was, but for what was learned late", async () => {
    assert.equal(value(await report("usage", "?asOf=2026-01-12"), "used"), 107);
    await use("c3", 1, { time: "2026-01-12T03:00:00Z" });
    assert.equal(value(await report("usage", "?asOf=2026-01-12"), "used"), 108);
    await clock.to("2026-03-01T00:00:00Z");
    const later = await report("usage");
    assert.deepEqual([value(later, "used"), value(later, "users"), value(await report("usage", "?asOf=2026-02-08"), "users")], [0, 0, 6]);
  });

  await t.test("what is billed for use stands by month beside MRR", async () => {
    const months = await report("usage", "?by=month");
    assert.deepEqual([months.rows["2026-02"].mrr, months.rows["2026-02"].usageRevenue, months.rows["2026-02"].runRate], [0, 0, 0]);
    assert.equal((await report("overview", "?country=DE")).figures.runRate.reason, "not_recorded");
  });

  await t.test("what is no counter and no way to group is refused by name", async () => {
    refused(await api.get(`${REVENUE}/usage?metric=modules`), 422, "invalid_query");
    refused(await api.get(`${REVENUE}/usage?by=planet`), 422, "invalid_query");
    refused(await api.get(`${REVENUE}/geography?by=hour`), 422, "invalid_query");
  });
});

test("a business that was played is told as it was declared", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "turnpike-revenue-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const [data, population] = [join(home, "data"), join(home, "population.json")];
  const declared = { free: 60, starter: 24, professional: 6, enterprise: 1 };
  await writeFile(population, JSON.stringify({ ...declared, cancelledPermille: 300, downgradedPermille: 200, failingPermille: 1000, mendedPercent: 0 }));
  const args = ["simulate", "--data", data, "--days", "140", "--population", population, "--json"];
  const played = await promisify(execFile)(TURNPIKE, args); // longer than other commands may take
  const { mrr, arr } = JSON.parse(played.stdout);
  const server = new Server(data, { testClock: "2025-05-22T00:00:00Z" });
  await server.start({ key: await server.createKey() });
  t.after(() => server.dispose());
  const report = reading(server.api);

  await t.test("to the cent, customer by customer and plan by plan", async () => {
    const overview = await report("overview");
    assert.deepEqual([value(overview, "mrr"), value(overview, "arr"), value(overview, "paying"), value(overview, "free")], [mrr, arr, 31, 60]);
    const { rows } = await report("plans");
    assert.deepEqual([rows["starter month"].paying, rows["professional month"].paying], [24, 6]);
    assert.equal(rows["free month"].accounts, 60);
    for (const month of Object.values((await report("movements")).rows)) {
      const sum = month.opening + month.netNew + month.transfers + month.fx;
      assert.ok(Math.abs(sum - month.closing) <= 2, "each is rounded for show");
    }
    assert.ok((await facts(server.api, "kind=churn")).length > 0, "somebody left");
    await proved(report);
    const { figures } = await report("reconciliation");
    assert.equal(figures.differencesProved.value, 0);
  });
});

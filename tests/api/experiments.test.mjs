// Promise (B9, in every arm): what an experiment shows is what is charged. Who saw a price keeps it through sign-up, previews, purchase
// and the experiment's end; who pays is never priced anew; and what was registered never changes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { draft, arm, EXPERIMENTS, LOWER, move, plan, running, shop, starterIn, Visitor, visitorOf } from "../harness/experiments.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { customerWithCard, done, invoices, newCustomer, refused, subscriber, subscription, usd } from "./support.mjs";

const NOBODY = "expt_00000000000000000000000000";
const unitsOf = async (server, id, query = "") => done(await server.api.get(`${EXPERIMENTS}/${id}/units?limit=100${query}`)).data;

/** Who had been a visitor signs up: an account, a card, a session in the same browser. */
async function signedUp(server, visitor, userId) {
  const api = await customerWithCard(server, userId);
  const person = await Person.ofPortal(server, userId, { authentication: await vouched(server) });
  const session = person.cookie;
  const both = { headers: { Cookie: [visitor.cookie, session].filter(Boolean).join("; ") } };
  return { api, person, both, session };
}
const starterOf = ({ plans }) => plans.find(({ tier }) => tier === "starter");

test("in each arm the price that is seen is charged, from the first look to the invoice", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  for (const [name, price, version] of [["control", 2_900, 1], ["lower", LOWER, 2]]) {
    await t.test(name, async () => {
      const visitor = await visitorOf(server, price);
      assert.equal(await visitor.price(), price, "at the second look as well");
      const [unit] = (await unitsOf(server, id)).filter(({ unitId }) => unitId === visitor.id);
      assert.deepEqual([unit.arm, unit.userId, unit.source, unit.excluded, unit.page, unit.device, unit.versions],
        [name, null, "rendered", null, "pricing", "desktop", `starter=${version === 2 ? 2 : 0} professional=0`]);
      const { api, person, both } = await signedUp(server, visitor, `ada_${name}`);
      const shown = done(await person.get("/api/billing/plans", both));
      assert.deepEqual([starterOf(shown).prices.month, starterOf(shown).version], [usd(price), version]);
      const estimate = done(await person.get("/api/billing/plans/estimate", both));
      assert.deepEqual(starterOf({ plans: estimate.data }).month, usd(price));
      const preview = done(await person.put("/api/billing/subscription?preview=true", { tier: "starter" }, both));
      assert.deepEqual([preview.amountDueNow, preview.nextInvoice.amount], [usd(price), usd(price)]);
      done(await person.post("/api/billing/subscribe", { tier: "starter" }, both), 201);
      const { planVersion, price: paid } = await subscription(api);
      assert.deepEqual([planVersion, paid], [version, usd(price)]);
      assert.deepEqual((await invoices(api)).map(({ amount, status }) => [amount, status]), [[usd(price), "paid"]]);
      const [linked] = (await unitsOf(server, id)).filter(({ unitId }) => unitId === visitor.id);
      assert.deepEqual([linked.userId, linked.arm, linked.excluded], [`ada_${name}`, name, null]);
      const file = done(await server.api.get(`${EXPERIMENTS}/${id}/units?status=counted&limit=100`)).data;
      assert.ok(file.some(({ unitId }) => unitId === visitor.id));
    });
  }
});

test("the end changes nobody's price; who saw one is given it for 30 days, then nobody is", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const seen = await visitorOf(server, LOWER);
  const late = await visitorOf(server, LOWER);
  const payer = await signedUp(server, await visitorOf(server, LOWER), "bob");
  done(await payer.person.post("/api/billing/subscribe", { tier: "starter" }, payer.both), 201);
  const ended = done(await move(server, id, "end", { reason: "enough was seen" }));
  assert.equal(ended.state, "ended");
  assert.equal(await new Visitor(server).price(), 2_900);
  assert.equal(await seen.price(), LOWER);
  const ada = await signedUp(server, seen, "ada");
  done(await ada.person.post("/api/billing/subscribe", { tier: "starter" }, ada.both), 201);
  assert.deepEqual((await subscription(ada.api)).price, usd(LOWER));
  await server.clock.advance("P31D");
  assert.equal(await late.price(), 2_900);
  await server.clock.advance("P2D");
  for (const { api } of [payer, ada]) {
    assert.equal((await subscription(api)).planVersion, 2);
    assert.deepEqual((await invoices(api)).map(({ amount }) => amount), [usd(LOWER), usd(LOWER)], "the renewal costs the same");
  }
  await server.clock.advance("P60D");
  assert.deepEqual((await unitsOf(server, id)).map(({ userId }) => userId).sort(), ["ada", "bob"], "strangers are forgotten after 90 days");
});

test("nobody is put into an arm who pays, who has not allowed it, who objects, or who is a machine", async (t) => {
  const server = await shop(t);
  const id = await running(server, { arms: [arm("control", 1), arm("lower", 9_999, { versions: { professional: 0, starter: 2 } })] });
  const priceOf = async (person) => starterOf(done(await person.get("/api/billing/plans"))).prices.month.amount;

  await t.test("an account that pays", async () => {
    await subscriber(server, "payer");
    done(await server.api.as("payer").put("/api/billing/privacy", { analytics: false, experiments: true, feedbackMail: false, marketing: false }));
    assert.equal(await priceOf(await Person.ofPortal(server, "payer")), 2_900);
  });
  await t.test("an account that was never asked, and one that allows it", async () => {
    await newCustomer(server, "cleo");
    const cleo = await Person.ofPortal(server, "cleo");
    assert.equal(await priceOf(cleo), 2_900);
    done(await server.api.as("cleo").put("/api/billing/privacy", { analytics: false, experiments: true, feedbackMail: false, marketing: false }));
    assert.equal(await priceOf(cleo), LOWER);
    assert.equal(starterOf(done(await server.api.get("/api/billing/plans"))).prices.month.amount, 2_900, "a machine asks");
    assert.deepEqual((await unitsOf(server, id)).map(({ unitId, userId, page }) => [unitId, userId, page]), [["cleo", "cleo", "plans"]]);
  });
  await t.test("a browser that objects, a crawler, a frame of another site", async () => {
    for (const headers of [{ "sec-gpc": "1" }, { "user-agent": "Examplebot/1.0" }]) {
      const { html, line } = await new Visitor(server, headers).open();
      assert.deepEqual([starterIn(html), line], [2_900, null]);
    }
    assert.equal((await unitsOf(server, id)).length, 1);
  });
  await t.test("a cookie that is none of ours", async () => {
    const forged = new Visitor(server);
    forged.cookie = "__Host-visitor=visitor_cheap";
    assert.notEqual((await forged.open()).line, null);
    assert.match(forged.id, /^visitor_[0-9a-f]{32}$/);
  });
});

test("whose account saw two arms keeps the first, is in no figure, and is listed", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const phone = await visitorOf(server, 2_900);
  await server.clock.advance("PT1M");
  const laptop = await visitorOf(server, LOWER);
  const { person, session } = await signedUp(server, phone, "ada");
  const price = async (visitor) => starterIn((await visitor.open("/pricing", session)).html);
  assert.equal(await price(phone), 2_900);
  assert.equal(await price(laptop), 2_900);
  assert.deepEqual((await unitsOf(server, id, "&status=excluded")).map(({ unitId, userId, excluded }) => [unitId, userId, excluded]).sort(),
    [[phone.id, "ada", "crossed"], [laptop.id, "ada", "crossed"]].sort());
  const { arms } = done(await server.api.get(`${EXPERIMENTS}/${id}/results`));
  assert.equal(arms.reduce((sum, { excluded }) => sum + excluded, 0), 2);
  for (const { speed } of arms) {
    assert.ok(speed.pages > 0 && speed.meanMicroseconds > 0 && speed.slowPpm <= 1e6, "each page that an arm shows is timed");
  }
  done(await person.post("/api/billing/subscribe", { tier: "starter" }, { headers: { Cookie: `${laptop.cookie}; ${session}` } }), 201);
  assert.deepEqual((await subscription(server.api.as("ada"))).price, usd(2_900));
});

test("the page of an arm: another headline, a plan that is recommended, years first, a sentence by country", async (t) => {
  const server = await shop(t);
  const id = await running(server, {
    arms: [arm("control", 1), arm("years", 9_999, { headline: "Pay once a year", emphasis: "professional", interval: "year" })],
    disclosure: "This price is part of a test.", disclosureCountries: "US FR",
  }, { name: "years_first" });
  const visitor = new Visitor(server);
  const { html } = await visitor.open();
  for (const part of ["Pay once a year", "Recommended", "This price is part of a test."]) assert.ok(html.includes(part), part);
  assert.match(html, /value="year" id="by-year" autocomplete="off" checked/);
  assert.match((await visitor.open("/pricing?interval=month")).html, /value="month" id="by-month" autocomplete="off" checked/);
  for (const [userId, country, says] of [["ada", "US", true], ["bert", "DE", false]]) {
    await server.api.createCustomer(userId, { country });
    const { session } = { session: (await Person.ofPortal(server, userId)).cookie };
    const seen = await new Visitor(server).open("/pricing");
    const own = new Visitor(server);
    own.cookie = seen.line.split(";")[0];
    assert.equal((await own.open("/pricing", session)).html.includes("This price is part of a test."), says, country);
  }
  assert.ok((await unitsOf(server, id)).length >= 2);
});

test("drafting: what contradicts itself is named, place by place", async (t) => {
  const server = await shop(t);
  const post = (more, fields) => server.api.post(EXPERIMENTS, draft(more, fields));
  const lower = { versions: { professional: 0, starter: 2 } };
  const bad = async (more, ...fields) => refused(await post(more), 422, "experiment_invalid", ...fields);
  await bad({ arms: [arm("control", 5_000), arm("lower", 4_999, lower)] }, "plan.arms.1.weight");
  await bad({ arms: [arm("control", 5_000), arm("lower", 2_500, lower), arm("years", 2_501, { interval: "year" })] }, "plan.arms.2.weight");
  await bad({ arms: [arm("control", 10_000)] }, "plan.arms");
  await bad({ arms: [arm("control", 5_000), arm("control", 5_000, lower)] }, "plan.arms.1.name");
  await bad({ arms: [arm("control", 5_000), arm("lower", 5_000)] }, "plan.arms.1.versions");
  await bad({ arms: [arm("control", 5_000), arm("lower", 5_000, { versions: { professional: 0, starter: 9 } })] }, "plan.arms.1.versions");
  await bad({ range: { from: 0, to: 5_000 } }, "plan.range");
  await bad({ metric: "revenue" }, "plan.cut");
  await bad({ mdePpm: 960_000 }, "plan.mdePpm");
  refused(await post({ alphaPpm: 0 }), 422, "invalid_fields", "plan.alphaPpm");
  refused(await post({ daysLeast: 13 }), 422, "invalid_fields", "plan.daysLeast");
  const made = done(await post(), 201);
  assert.deepEqual([made.state, made.planHash, made.plan.arms[1].versions.starter], ["draft", null, 2]);
  const { mdeFeasiblePpm, ...feasible } = made.feasibility;
  assert.deepEqual(feasible, { isFeasible: true, unitsEach: 1_471, unitsAll: 2_942, days: 75, weeks: 11, mdeRelativePpm: 500_000, advice: "run" });
  assert.ok(mdeFeasiblePpm > 22_000 && mdeFeasiblePpm < 25_000, "a little less would fit as well");
  refused(await post(), 409, "experiment_name_taken");
  refused(await server.api.get(`${EXPERIMENTS}/${NOBODY}`), 404, "experiment_not_found");
  done(await post({}, { name: "another_one" }), 201);
  const page = done(await server.api.get(`${EXPERIMENTS}?limit=1`));
  assert.deepEqual(page.data.map(({ name }) => name), ["another_one"]);
  assert.deepEqual(done(await server.api.get(`${EXPERIMENTS}?limit=1&cursor=${page.nextCursor}`)).data.map(({ name }) => name), ["starter_price"]);
  refused(await server.api.get(`${EXPERIMENTS}?limit=0`), 422, "invalid_query");
  refused(await server.api.withKey(undefined).get(EXPERIMENTS), 401, "key_missing");
  refused(await server.api.withKey("tpk_no").get(EXPERIMENTS), 401, "key_invalid");

  await t.test("before the start it says whether the traffic is enough, and what would be", async () => {
    const path = `${EXPERIMENTS}/${made.id}`;
    const weak = done(await server.api.put(path, draft({ mdePpm: 5_000 }))).feasibility;
    assert.deepEqual([weak.isFeasible, weak.unitsEach, weak.advice, weak.mdeFeasiblePpm], [false, 31_234, "presentation", mdeFeasiblePpm]);
    assert.equal(done(await server.api.put(path, draft({ mdePpm: mdeFeasiblePpm }))).feasibility.isFeasible, true);
    assert.equal(done(await server.api.put(path, draft({ mdePpm: mdeFeasiblePpm - 1 }))).feasibility.isFeasible, false);
    const unknown = done(await server.api.put(path, draft({}, { monthlyUnits: 0 }))).feasibility;
    assert.deepEqual([unknown.advice, unknown.days, unknown.weeks, unknown.mdeFeasiblePpm], ["traffic", null, null, null]);
  });
  await t.test("a draft changes; what is registered is hashed, and does not", async () => {
    const path = `${EXPERIMENTS}/${made.id}`;
    done(await server.api.put(path, draft({ windowDays: 7 })));
    refused(await server.api.put(`${EXPERIMENTS}/${NOBODY}`, draft({}, { name: "none" })), 404, "experiment_not_found");
    refused(await server.api.put(path, draft({}, { name: "another_one" })), 409, "experiment_name_taken");
    refused(await server.api.put(path, draft({ arms: [arm("control", 10_000)] })), 422, "experiment_invalid", "plan.arms");
    const registered = done(await move(server, made.id, "register"));
    assert.equal(registered.state, "registered");
    refused(await server.api.put(path, draft({ arms: [arm("control", 4_000), arm("lower", 6_000, lower)] })), 409, "experiment_fixed");
    const sorted = (value) => (Array.isArray(value) ? value.map(sorted) : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value);
    const text = JSON.stringify(sorted({ monthlyUnits: 1_200, name: "starter_price", plan: registered.plan }));
    assert.equal(registered.planHash, createHash("sha256").update(text).digest("hex"));
    const { data } = done(await server.api.get("/api/admin/audit?action=experiment.move&limit=10"));
    assert.deepEqual(data[0].row.after, { name: "starter_price", planHash: registered.planHash, state: "registered" });
  });
});

test("moving on: only where there is a way, and only what can be found", async (t) => {
  const server = await shop(t);
  const make = async (more, fields) => done(await server.api.post(EXPERIMENTS, draft(more, fields)), 201).id;
  const id = await make({ mdePpm: 5_000 });
  refused(await move(server, NOBODY, "register"), 404, "experiment_not_found");
  refused(await move(server, id, "start"), 409, "experiment_state");
  refused(await move(server, id, "restart"), 422, "invalid_fields", "event");
  refused(await move(server, id, "register"), 422, "experiment_infeasible");
  done(await move(server, id, "register", { acceptsWeakness: true }));
  done(await move(server, id, "start"));
  refused(await move(server, await make({}, { name: "beside" }), "start"), 409, "experiment_state");

  await t.test("two at a time only in one layer, with ranges apart", async () => {
    for (const [name, more, says] of [["whole", {}, 409], ["layered", { layer: "prices", range: { from: 0, to: 5_000 } }, 409]]) {
      const other = await make(more, { name });
      done(await move(server, other, "register", { acceptsWeakness: true }));
      refused(await move(server, other, "start"), says, "experiment_overlaps");
    }
    done(await move(server, id, "end"));
    const [first, second, third] = [["one", 0, 5_000], ["two", 4_999, 10_000], ["three", 5_000, 10_000]].map(([name, from, to]) => make({ layer: "prices", range: { from, to } }, { name }));
    for (const one of [await first, await second, await third]) done(await move(server, one, "register", { acceptsWeakness: true }));
    done(await move(server, await first, "start"));
    refused(await move(server, await second, "start"), 409, "experiment_overlaps");
    done(await move(server, await third, "start"));
    done(await move(server, await first, "end"));
    done(await move(server, await third, "end"));
  });

  await t.test("a pause: nobody new sees it, who did goes on; the decision waits for the days", async () => {
    const other = await running(server, {}, { name: "paused_one" });
    const seen = await visitorOf(server, LOWER);
    done(await move(server, other, "pause"));
    assert.equal(await new Visitor(server).price(), 2_900);
    assert.equal(await seen.price(), LOWER);
    done(await move(server, other, "resume"));
    await server.clock.advance("P10D");
    done(await move(server, other, "end"));
    refused(await move(server, other, "decide", { arm: "none" }), 422, "experiment_arm_unknown");
    refused(await move(server, other, "decide", { arm: "lower" }), 409, "experiment_too_soon");
    const decided = done(await move(server, other, "decide", { arm: "control" }));
    assert.deepEqual([decided.state, decided.decidedArm], ["decided", "control"]);
    assert.deepEqual(decided.log.map(({ event }) => event), ["register", "start", "pause", "resume", "end", "decide"]);
  });
});

test("by hand and from elsewhere: tried out without being counted, taken over once", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const path = `${EXPERIMENTS}/${id}`;
  await newCustomer(server, "qa");
  done(await server.api.as("qa").put("/api/billing/privacy", { analytics: false, experiments: true, feedbackMail: false, marketing: false }));
  for (const name of ["control", "lower"]) done(await server.api.put(`${path}/overrides`, { unitId: "qa", arm: name }), 204);
  const qa = await Person.ofPortal(server, "qa");
  assert.equal(starterOf(done(await qa.get("/api/billing/plans"))).prices.month.amount, LOWER);
  assert.deepEqual((await unitsOf(server, id)).map(({ unitId, source, excluded }) => [unitId, source, excluded]), [["qa", "override", "override"]]);
  refused(await server.api.put(`${path}/overrides`, { unitId: "qa", arm: "control" }), 409, "experiment_unit_seen");
  refused(await server.api.put(`${path}/overrides`, { unitId: "x", arm: "none" }), 422, "experiment_arm_unknown");
  refused(await server.api.put(`${EXPERIMENTS}/${NOBODY}/overrides`, { unitId: "x", arm: "lower" }), 404, "experiment_not_found");

  const units = (...list) => ({ units: list.map(([unitId, name]) => ({ unitId, arm: name, exposedAt: "2026-03-01T09:00:00Z" })) });
  assert.deepEqual(done(await server.api.post(`${path}/units`, units(["a", "lower"], ["b", "control"]))), { imported: 2, excluded: 0 });
  assert.deepEqual(done(await server.api.post(`${path}/units`, units(["a", "lower"], ["b", "lower"]))), { imported: 0, excluded: 1 });
  assert.deepEqual((await unitsOf(server, id, "&status=excluded")).map(({ unitId, arm: name, excluded }) => [unitId, name, excluded]),
    [["b", "control", "imported_twice"], ["qa", "lower", "override"]]);
  refused(await server.api.post(`${path}/units`, units(["c", "none"])), 422, "experiment_arm_unknown");
  for (const exposedAt of ["2026-03-01T12:00:01Z", "2024-02-29T12:00:00Z"]) {
    refused(await server.api.post(`${path}/units`, { units: [...units(["d", "lower"]).units, { unitId: "e", arm: "lower", exposedAt }] }), 422, "experiment_unit_time");
  }
  assert.equal((await unitsOf(server, id)).some(({ unitId }) => unitId === "d"), false, "none of them is taken");
  refused(await server.api.post(`${path}/units`, { units: [] }), 422, "invalid_fields", "units");
  refused(await server.api.post(`${EXPERIMENTS}/${NOBODY}/units`, units(["c", "lower"])), 404, "experiment_not_found");
  refused(await server.api.get(`${EXPERIMENTS}/${NOBODY}/units`), 404, "experiment_not_found");
  refused(await server.api.get(`${path}/units?status=some`), 422, "invalid_query");
  refused(await server.api.get(`${path}/units?limit=0`), 422, "invalid_query");
  done(await move(server, id, "end"));
  refused(await server.api.post(`${path}/units`, units(["c", "lower"])), 409, "experiment_state");
  refused(await server.api.put(`${path}/overrides`, { unitId: "x", arm: "lower" }), 409, "experiment_state");
});

/** So many of each arm from elsewhere, of whom the first have an account that has bought. */
async function imported(server, id, counts) {
  for (const [name, count] of Object.entries(counts)) {
    for (let from = 0; from < count; from += 1_000) {
      const units = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => ({ unitId: `${name}-${from + i}`, arm: name, exposedAt: "2026-03-01T12:00:00Z" }));
      done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units }));
    }
  }
}

test("the figures: of units whose window is over, with an interval; and what they would be by hand", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const path = `${EXPERIMENTS}/${id}/results`;
  for (const userId of ["p1", "p2", "p3"]) {
    await subscriber(server, userId);
    done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units: [{ unitId: `u-${userId}`, userId, arm: userId === "p1" ? "control" : "lower", exposedAt: "2026-03-01T12:00:00Z" }] }));
  }
  await imported(server, id, { control: 99, lower: 98 });
  const before = done(await server.api.get(path));
  assert.deepEqual(before.arms.map(({ exposed, counted, mean }) => [exposed, counted, mean]), [[100, 0, null], [100, 0, null]]);
  assert.deepEqual([before.hidden, before.hasRunEnough, before.comparisons, before.looks], ["none", false, [], []]);
  await server.clock.advance("P15D");
  const after = done(await server.api.get(path));
  assert.deepEqual(after.arms.map(({ counted, mean }) => [counted, mean]), [[100, 10_000], [100, 20_000]]);
  assert.equal(after.hasRunEnough, true);
  const [one] = after.comparisons;
  // V = .01 x .99 / 100 + .02 x .98 / 100 = 2.95e-4; tau 0.025: L = sqrt(V / (V + t2)) exp(t2 d2 / (2 V (V + t2)))
  const [v, t2] = [2.95e-4, 6.25e-4];
  const likelihood = Math.sqrt(v / (v + t2)) * Math.exp(t2 * 1e-4 / (2 * v * (v + t2)));
  assert.deepEqual([one.arm, one.effect, one.p, one.isEffect], ["lower", 10_000, "1", false]);
  assert.ok(Math.abs(Number(one.likelihoodRatio) - likelihood) < 1e-4, one.likelihoodRatio);
  const half = Math.sqrt(v * (v + t2) / t2 * (2 * Math.log(20) + Math.log((v + t2) / v)));
  assert.ok(Math.abs((one.high - one.low) / 2e6 - half) < 1e-6 && one.low + one.high === 20_000);
  assert.deepEqual(after.looks.map(({ arm: name, units, effect }) => [name, units, effect]), [["lower", 200, 10_000]]);
  assert.deepEqual([after.sampleRatio.p, after.sampleRatio.isFailed], ["1", false]);
  assert.deepEqual(after.slices, [["country", null], ["device", null], ["day", "2026-03-01T00:00:00Z"]].map(([by, of]) => ({ by, of, units: 200, p: "1", status: "pass" })));
  assert.deepEqual(after.arms.map(({ sold }) => [sold.paying, sold.conversionPpm, sold.averagePrice, sold.annualPpm, sold.starterPpm]),
    [[1, 10_000, usd(2_900), 0, 1_000_000], [2, 20_000, usd(2_900), 0, 1_000_000]]);
  refused(await server.api.get(`${EXPERIMENTS}/${NOBODY}/results`), 404, "experiment_not_found");
  refused(await server.api.withKey(undefined).get(path), 401, "key_missing");
  refused(await server.api.withKey("tpk_no").get(path), 401, "key_invalid");
});

test("revenue counts in the month and is cut; the fixed method shows nothing before its number is there", async (t) => {
  const server = await shop(t);
  const id = await running(server, { metric: "revenue", cut: 5_000, tau: 500, method: "fixed", horizon: 100 });
  await subscriber(server, "pro", { tier: "professional" });
  done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units: [{ unitId: "pro", userId: "pro", arm: "lower", exposedAt: "2026-03-01T12:00:00Z" }] }));
  await imported(server, id, { control: 99, lower: 98 });
  await server.clock.advance("P15D");
  const path = `${EXPERIMENTS}/${id}/results`;
  const early = done(await server.api.get(path));
  assert.deepEqual([early.hidden, early.comparisons, early.looks, early.arms[1].mean, early.arms[1].sold], ["horizon", [], [], null, null]);
  done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units: ["c", "d"].map((unitId, i) => ({ unitId, arm: i === 0 ? "control" : "lower", exposedAt: "2026-03-01T12:00:00Z" })) }));
  const there = done(await server.api.get(path));
  assert.deepEqual([there.hidden, there.arms.map(({ mean }) => mean)], ["none", [0, 50_000_000]], "99.00 counts as 50.00, of 100 units");
  assert.equal(there.comparisons[0].effect, 50_000_000);
  assert.deepEqual([there.arms[1].sold.averagePrice, there.arms[1].sold.professionalPpm], [usd(9_900), 1_000_000], "what was paid, uncut");
});

test("arms that are not filled as they are weighted hide the figures, and pause by themselves", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  await imported(server, id, { control: 700, lower: 500 });
  const path = `${EXPERIMENTS}/${id}`;
  const off = done(await server.api.get(`${path}/results`));
  // 100^2 / 600 twice: 33.33
  assert.deepEqual([off.hidden, off.sampleRatio.isFailed, off.sampleRatio.chiSquare], ["srm", true, "33.33"]);
  assert.deepEqual(off.slices.filter(({ status }) => status === "fail").map(({ by, of }) => [by, of]), [["country", null], ["device", null], ["day", "2026-03-01T00:00:00Z"]]);
  await server.clock.advance("P1D");
  const paused = done(await server.api.get(path));
  assert.deepEqual([paused.state, paused.log.at(-1).event, paused.log.at(-1).actor], ["paused", "srm", null]);
  refused(await move(server, id, "resume"), 409, "experiment_srm");
  await server.clock.advance("P20D");
  done(await move(server, id, "end"));
  refused(await move(server, id, "decide", { arm: "lower" }), 409, "experiment_srm");
  done(await move(server, id, "decide", { arm: "control" }));
});

test("the figures of 60,000 units, on 90 days, are there at once", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const path = `${EXPERIMENTS}/${id}`;
  for (const [userId, name] of [["p1", "control"], ["p2", "lower"], ["p3", "lower"]]) {
    await subscriber(server, userId, { tier: "starter", interval: userId === "p3" ? "year" : "month" });
    done(await server.api.post(`${path}/units`, { units: [{ unitId: `u-${userId}`, userId, arm: name, exposedAt: "2026-03-01T12:00:00Z" }] }));
  }
  const first = Date.parse("2025-12-01T06:00:00Z");
  for (let from = 0; from < 60_000; from += 1_000) {
    const units = Array.from({ length: 1_000 }, (_, i) => ({ unitId: `v-${from + i}`, arm: Math.floor((from + i) / 90) % 2 ? "lower" : "control", exposedAt: new Date(first + 86_400_000 * ((from + i) % 90)).toISOString().replace(".000", "") }));
    done(await server.api.post(`${path}/units`, { units }));
  }
  await server.clock.advance("P16D");
  const began = performance.now();
  const { arms, looks, slices, comparisons, hidden } = done(await server.api.get(`${path}/results`));
  t.diagnostic(`${Math.round(performance.now() - began)} ms`);
  assert.deepEqual([hidden, arms.map(({ exposed, counted, sold }) => [exposed, counted, sold.paying])], ["none", [[30_031, 30_031, 1], [29_972, 29_972, 2]]]);
  assert.deepEqual(arms.map(({ sold }) => sold.annualPpm), [0, 500_000]);
  // A day of exposure is a look once its windows are over; none until both arms differ in something.
  assert.deepEqual([looks.at(-1).at, looks.at(-1).units, comparisons[0].effect], ["2026-03-15T00:00:00Z", 60_003, Math.round(1e6 * (2 / 29_972 - 1 / 30_031))]);
  assert.deepEqual([slices.length, slices.every(({ status }) => status === "pass")], [93, true]);
});

test("guardrails: who leaves, goes to a lower plan, has money given back, or writes to us", async (t) => {
  const server = await shop(t);
  const id = await running(server, { windowDays: 7, guardrailPpm: 9_000 });
  const path = `${EXPERIMENTS}/${id}`;
  const exposed = (units) => server.api.post(`${path}/units`, { units: units.map(([unitId, userId, name]) => ({ unitId, ...(userId && { userId }), arm: name, exposedAt: "2026-03-01T12:00:00Z" })) });
  await subscriber(server, "writer");
  await subscriber(server, "mover", { tier: "professional" });
  await subscriber(server, "leaver");
  done(await exposed([["u1", "writer", "lower"], ["u2", "mover", "lower"], ["u3", "leaver", "lower"], ...Array.from({ length: 97 }, (_, i) => [`l${i}`, "", "lower"]), ...Array.from({ length: 100 }, (_, i) => [`c${i}`, "", "control"])]));
  await server.clock.advance("PT1H");
  done(await server.api.as("writer").post("/api/billing/feedback", { comment: "What is an event?", page: "/billing", consent: true }), 201);
  done(await server.api.as("mover").put("/api/billing/subscription", { tier: "starter" }));
  done(await server.api.as("leaver").post("/api/billing/cancel", {}));
  await server.clock.advance("P35D");
  const { arms } = done(await server.api.get(`${path}/results`));
  const told = (arm) => Object.fromEntries(arm.guardrails.map(({ name, units, ppm, isBroken }) => [name, [units, ppm, isBroken]]));
  assert.deepEqual(told(arms[0]), { refunds: [0, 0, false], failures: [0, 0, false], cancellations: [0, 0, false], downgrades: [0, 0, false], contacts: [0, 0, false] });
  assert.deepEqual(told(arms[1]), { refunds: [0, 0, false], failures: [0, 0, false], cancellations: [1, 10_000, true], downgrades: [1, 10_000, true], contacts: [1, 10_000, true] });
});

test("who saw a higher price is given the lower one, with a reason: what they saw stays written down, and they are in no figure", async (t) => {
  const server = await shop(t);
  const id = await running(server);
  const path = `${EXPERIMENTS}/${id}/matches`;
  const match = (unitId, more = {}, query = "") => server.api.post(path + query, { unitId, arm: "lower", reason: "a colleague pays less", ...more });
  const visitor = await visitorOf(server, 2_900);
  const cheap = await visitorOf(server, LOWER);
  const prices = [{ tier: "starter", interval: "month", before: usd(2_900), after: usd(LOWER) }, { tier: "starter", interval: "year", before: usd(31_320), after: usd(20_520) }];

  assert.deepEqual(done(await match(visitor.id, {}, "?preview=true")), { unitId: visitor.id, arm: "lower", prices });
  assert.equal(await visitor.price(), 2_900, "a preview changes nothing");
  assert.deepEqual(done(await match(visitor.id)), { unitId: visitor.id, arm: "lower", prices });
  assert.equal(await visitor.price(), LOWER);
  const [unit] = (await unitsOf(server, id)).filter(({ unitId }) => unitId === visitor.id);
  assert.deepEqual([unit.arm, unit.versions, unit.excluded], ["control", "starter=0 professional=0", "matched"]);
  const { data: [{ row }] } = done(await server.api.get("/api/admin/audit?action=experiment.match&limit=1"));
  assert.deepEqual(row.after, { arm: "lower", unitId: visitor.id });
  assert.notEqual(row.reason, null, "as a fingerprint");

  await t.test("it is what they are charged, and what their account was shown is found", async () => {
    const ada = await signedUp(server, visitor, "ada");
    done(await ada.person.post("/api/billing/subscribe", { tier: "starter" }, ada.both), 201);
    assert.deepEqual((await subscription(ada.api)).price, usd(LOWER));
    assert.deepEqual((await unitsOf(server, id, "&userId=ada")).map(({ unitId }) => unitId), [visitor.id]);
    assert.deepEqual(await unitsOf(server, id, "&userId=ada&status=counted"), []);
    assert.deepEqual(await unitsOf(server, id, "&userId=nobody"), []);
    refused(await server.api.get(`${EXPERIMENTS}/${id}/units?userId=`), 422, "invalid_query");
    refused(await match(visitor.id), 409, "experiment_unit_pays");
  });
  await t.test("no other is", async () => {
    refused(await match(cheap.id), 422, "experiment_not_lower");
    refused(await match(cheap.id, { arm: "control" }), 422, "experiment_not_lower");
    refused(await match(cheap.id, { arm: "none" }), 422, "experiment_arm_unknown");
    refused(await match("visitor_none"), 422, "experiment_unit_unknown");
    refused(await match("visitor_none", {}, "?preview=true"), 422, "experiment_unit_unknown");
    refused(await match(cheap.id, { reason: "" }), 422, "invalid_fields", "reason");
    refused(await server.api.post(`${EXPERIMENTS}/${NOBODY}/matches`, { unitId: "x", arm: "lower", reason: "none" }), 404, "experiment_not_found");
    refused(await server.api.withKey(undefined).post(path, {}), 401, "key_missing");
    refused(await server.api.withKey("tpk_no").post(path, {}), 401, "key_invalid");
    const late = await visitorOf(server, 2_900);
    done(await move(server, id, "end"));
    await server.clock.advance("P31D");
    refused(await match(late.id), 409, "experiment_state");
  });
});

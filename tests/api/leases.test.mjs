// Promise: what is used and what nodes hold never pass the hard limit together; every unit a node
// reports is counted once, whatever is lost or repeated; and what is not spent comes back.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, refused, sameInstant, subscriber, usageOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const METRIC = "api_requests";

// A node that keeps the figures of one customer's counter as libturnpike would.
class Node {
  constructor(server, node, userId, { epoch = "E1", metric = METRIC } = {}) {
    Object.assign(this, { server, node, userId, epoch, metric });
    this.figures = { taken: 0, released: 0, returned: 0, recorded: 0 };
  }

  exchange(counters, more = {}) {
    return this.server.api.post("/api/leases", { node: this.node, epoch: this.epoch, counters, ...more });
  }

  // Reports, wishes, and gives what the server says of the counter.
  async report(more = {}, envelope = {}) {
    const counter = { userId: this.userId, metric: this.metric, ...this.figures, ...more };
    const answer = done(await this.exchange([counter], envelope));
    assert.deepEqual(answer.rejected, []);
    this.incarnation = answer.incarnation;
    return answer.counters.find((row) => row.userId === this.userId && row.metric === this.metric);
  }

  async rejected(more, envelope) {
    const counter = { userId: this.userId, metric: this.metric, ...this.figures, ...more };
    const answer = done(await this.exchange([counter], envelope));
    assert.deepEqual(answer.counters, []);
    return answer.rejected.map(({ code }) => code).join();
  }

  unspent(granted) {
    const { taken, released, returned } = this.figures;
    return granted - taken + released - returned;
  }
}

const wish = (wanted, rate = 0) => ({ wanted, rate });
const take = (server, userId, amount) => server.api.post("/api/usage/take", { userId, metric: METRIC, amount });
// The figures of /metrics that begin with turnpike_leases_ and are not zero.
async function figuresOf(server) {
  const { text } = await server.api.get("/metrics");
  const lines = [...text.matchAll(/^turnpike_leases_(\w+?)(?:\{metric="(\w+)"\})? (\d+)$/gm)].filter(([, , , value]) => value !== "0");
  return Object.fromEntries(lines.map(([, name, metric, value]) => [metric ? `${name} ${metric}` : name, Number(value)]));
}

const leasesOf = async (server, query) => done(await server.api.get(`/api/leases?${new URLSearchParams(query)}`)).data;

async function seriesOf(api, granularity) {
  const series = done(await api.get(`/api/billing/usage?granularity=${granularity}&from=2026-01-15T00:00:00Z&to=2026-03-01T00:00:00Z`));
  return series.series.filter(({ metric }) => metric === METRIC).flatMap(({ points }) => points.map(({ value }) => value));
}

test("leases", async (t) => {
  const server = await startServer(t, { testClock: NOW });

  await t.test("a grant counts against the hard limit and is no use before it is spent", async () => {
    const api = await newCustomer(server, "first");
    const node = new Node(server, "n-first", "first");
    const answer = await node.report(wish(1_000, 10));
    // A = 11,000: the horizon is 55 s, so 60 s at 10/s; and half of the band of 1,000 as reserve.
    assert.deepEqual([answer.mode, answer.granted, answer.reserve, answer.recall], ["lease", 1_100, 500, false]);
    assert.deepEqual([answer.state, answer.used, answer.limit, answer.hardLimit, answer.remaining], ["ok", 0, 10_000, 11_000, 10_000]);
    assert.deepEqual([answer.reason, answer.graceEndsAt, answer.upgradeTo, answer.expiresInMs], ["within_limit", null, null, 120_000]);
    sameInstant(answer.periodStart, NOW);
    sameInstant(answer.periodEnd, "2026-02-15T12:00:00Z");
    assert.equal(answer.periodEndsInMs, 31 * 86_400_000);
    assert.equal((await usageOf(api, METRIC)).used, 0);
    assert.equal(done(await take(server, "first", 9_901)).allowed, false, "1,100 of 11,000 are out");
    assert.equal(done(await take(server, "first", 9_900)).allowed, true);
  });

  await t.test("reports are cumulative: repeated, lost or overtaken, each unit counts once", async () => {
    const api = await newCustomer(server, "steady");
    const node = new Node(server, "n-steady", "steady");
    const { granted } = await node.report(wish(400, 5));
    node.figures = { taken: 300, released: 20, returned: 0, recorded: 7 };
    assert.equal((await node.report()).used, 287);
    assert.equal((await node.report()).used, 287, "repeated");
    assert.equal((await node.report({ taken: 100, released: 0, recorded: 0 })).used, 287, "overtaken: it goes backwards");
    const refill = await node.report(wish(400, 5));
    assert.equal(refill.granted, granted + 280, "what was spent is filled up");
    assert.equal((await usageOf(api, METRIC)).used, 287);
    const [source] = done(await api.get("/api/billing/usage/sources")).data.filter(({ source }) => source.startsWith("turnpike:lease:"));
    assert.deepEqual([source.source, source.received, source.counted, source.duplicate, source.rejected], ["turnpike:lease:n-steady", 1, 1, 0, 0]);
    assert.deepEqual(await seriesOf(api, "hour"), [287]);
  });

  await t.test("two nodes together never hold more than half of what is left", async () => {
    await newCustomer(server, "pair");
    const [a, b] = [new Node(server, "na", "pair"), new Node(server, "nb", "pair")];
    const first = await a.report(wish(1_000_000, 10_000));
    assert.equal(first.granted, 5_500);
    const second = await b.report(wish(1_000_000, 10_000));
    assert.equal(second.granted, 1_375 + 250, "a quarter of 5,500, and its part of the reserve");
    const held = await leasesOf(server, { userId: "pair" });
    assert.deepEqual(held.map(({ node, state, outstanding }) => [node, state, outstanding]), [["na", "open", 5_500], ["nb", "open", 1_625]]);
    assert.deepEqual((await leasesOf(server, { node: "nb", userId: "pair" })).map(({ node }) => node), ["nb"]);
  });

  await t.test("a denied take calls back what is out, and the next one gets it", async () => {
    await newCustomer(server, "wanted");
    const node = new Node(server, "nr", "wanted");
    await node.report(wish(1_000_000, 10_000));
    const answer = done(await take(server, "wanted", 5_501));
    assert.deepEqual([answer.allowed, answer.reason, answer.used], [false, "hard_limit", 0]);
    const told = done(await node.exchange([])).counters.filter(({ userId }) => userId === "wanted");
    assert.deepEqual(told.map(({ recall, mode, granted }) => [recall, mode, granted]), [[true, "ask", 5_500]]);
    node.figures.returned = 5_500;
    assert.deepEqual([(await node.report()).recall, (await node.report(wish(10))).mode], [false, "ask"], "for a while nobody else gets it");
    assert.equal(done(await take(server, "wanted", 11_000)).allowed, true);
    await server.clock.advance("PT11S");
    assert.equal((await node.report(wish(10))).mode, "ask", "nothing is left");
  });

  await t.test("near the limit the server decides alone, and nothing is stranded", async () => {
    await newCustomer(server, "brink");
    const node = new Node(server, "nz", "brink");
    await node.report(wish(1_000, 1));
    assert.equal(done(await take(server, "brink", 9_400)).allowed, true);
    const { granted, mode } = await node.report();
    assert.equal(mode, "lease");
    assert.equal(done(await take(server, "brink", 11_000 - 9_400 - granted - 10)).allowed, true);
    const asked = await node.report(wish(1_000, 1));
    assert.deepEqual([asked.mode, asked.recall, asked.granted, asked.reserve], ["ask", true, granted, 0]);
    node.figures.returned = node.unspent(granted);
    await node.report();
    assert.equal(done(await take(server, "brink", granted + 10)).allowed, true);
    assert.equal(done(await take(server, "brink", 1)).allowed, false);
    assert.equal(done(await take(server, "brink", 0)).used, 11_000);
  });

  await t.test("notices fire once, on what is used and not on what is out", async () => {
    const api = await newCustomer(server, "noted");
    const node = new Node(server, "n-noted", "noted");
    const { granted } = await node.report(wish(1_000_000, 100_000));
    assert.equal(granted, 5_500);
    const types = async () => done(await api.get("/api/billing/events?limit=100")).data.map(({ type }) => type).filter((type) => type.startsWith("usage."));
    assert.deepEqual(await types(), []);
    node.figures.recorded = 8_000;
    assert.equal((await node.report()).state, "warning");
    await node.report();
    assert.deepEqual(await types(), ["usage.warning"]);
    node.figures.taken = 2_500;
    const over = await node.report();
    assert.deepEqual([over.state, over.reason, over.upgradeTo], ["over", "within_grace", "starter"]);
    sameInstant(over.graceEndsAt, new Date(Date.parse(await server.clock.now()) + 48 * 3_600_000).toISOString());
    assert.deepEqual((await types()).sort(), ["usage.limit_reached", "usage.warning"]);
  });

  await t.test("what had happened already counts past the hard limit; what was not granted does not", async () => {
    const api = await newCustomer(server, "bounds");
    const node = new Node(server, "n-bounds", "bounds");
    const { granted } = await node.report(wish(100));
    assert.equal(await node.rejected({ taken: granted + 1 }), "spent_above_grant");
    assert.equal(await node.rejected({ taken: 5, returned: granted - 4 }), "spent_above_grant");
    assert.equal(await node.rejected({ taken: 5, released: 6 }), "released_above_taken");
    assert.equal((await usageOf(api, METRIC)).used, 0);
    assert.equal((await node.report({ taken: granted, recorded: 20_000 })).used, granted + 20_000);
    const [source] = done(await api.get("/api/billing/usage/sources")).data;
    assert.deepEqual([source.received, source.counted, source.duplicate, source.rejected], [4, 1, 0, 3]);
  });

  await t.test("gauges are asked for, and what has no limit is only counted", async () => {
    const api = await newCustomer(server, "kinds");
    const modules = new Node(server, "n-kinds", "kinds", { metric: "modules" });
    assert.equal((await modules.report(wish(5))).mode, "ask");
    assert.equal(await modules.rejected({ recorded: 1 }), "not_a_counter");
    assert.equal((await usageOf(api, "modules")).used, 0);
  });

  await t.test("a later epoch ends the earlier one, whose rest goes back with its last word", async () => {
    const api = await newCustomer(server, "reborn");
    const old = new Node(server, "nx", "reborn", { epoch: "E1" });
    const { granted } = await old.report(wish(1_000, 10));
    old.figures.taken = 40;
    const young = new Node(server, "nx", "reborn", { epoch: "E2" });
    await young.report(wish(10));
    assert.equal(await old.rejected(wish(10)), "epoch_ended");
    assert.equal(done(await take(server, "reborn", 11_000 - granted)).allowed, false);
    const last = await old.report({}, { final: true });
    assert.deepEqual([last.used, last.granted], [40, granted]);
    await old.report({}, { final: true });
    assert.equal((await usageOf(api, METRIC)).used, 40);
    const brief = new Node(server, "n-brief", "reborn");
    await brief.report({}, { final: true });
    assert.equal(await brief.rejected(wish(10)), "epoch_ended", "overtaken by its last word");
    await brief.report({}, { final: true });
    const held = await leasesOf(server, { userId: "reborn" });
    assert.deepEqual(held.map(({ epoch }) => epoch), ["E2"]);
    const [{ outstanding }] = held;
    assert.equal(done(await take(server, "reborn", 11_000 - 40 - outstanding)).allowed, true);
  });

  await t.test("a lease that the server does not know is not guessed at", async () => {
    await newCustomer(server, "stranger");
    const node = new Node(server, "n-stranger", "stranger");
    assert.equal(await node.rejected({ taken: 5 }), "lease_unknown");
    assert.equal(await node.rejected({ recorded: 5, periodStart: "2026-02-15T12:00:00Z" }), "lease_unknown", "a period to come");
    assert.equal(await node.rejected({ recorded: 5, periodStart: "2026-01-15T12:00:01Z" }), "lease_unknown", "no period begins then");
    assert.equal(await node.rejected({ recorded: 5, periodStart: "2020-01-15T12:00:00Z" }), "lease_unknown", "long before the customer");
    assert.equal((await node.report({ recorded: 5 })).used, 5, "what needs no lease is counted");
    node.incarnation = 1;
    refused(await node.exchange([], { incarnation: 2 }), 409, "incarnation_changed");
    assert.equal(done(await node.exchange([], { incarnation: 1 })).incarnation, 1);
    assert.equal(await new Node(server, "n-nobody", "nobody").rejected({}), "customer_not_found");
  });

  await t.test("bad input is refused, each field by its name, and nothing is counted", async () => {
    const api = await newCustomer(server, "spoilt");
    const node = new Node(server, "n-spoilt", "spoilt");
    const good = { userId: "spoilt", metric: METRIC };
    const bad = async (counter, ...fields) => refused(await node.exchange([{ ...good, ...counter }]), 422, "invalid_fields", ...fields.map((field) => `counters.0.${field}`));
    await bad({ taken: -1, wanted: 1.5, recorded: "7" }, "taken", "wanted", "recorded");
    await bad({ taken: 2 ** 52 + 1 }, "taken");
    await bad({ metric: "requests" }, "metric");
    await bad({ periodStart: "yesterday" }, "periodStart");
    await bad({ userId: "" }, "userId");
    await bad({ spent: 4 }, "spent");
    refused(await node.exchange(Array(1_001).fill(good)), 422, "invalid_fields", "counters");
    refused(await node.exchange([], { node: "" }), 422, "invalid_fields", "node");
    refused(await node.exchange([], { epoch: "two words" }), 422, "invalid_fields", "epoch");
    refused(await node.exchange([], { epoch: "x".repeat(65) }), 422, "invalid_fields", "epoch");
    refused(await node.exchange([], { final: 1, incarnation: 0 }), 422, "invalid_fields", "final", "incarnation");
    refused(await server.api.post("/api/leases", { node: "n1" }), 422, "invalid_fields", "counters", "epoch");
    refused(await server.api.get("/api/leases?limit=0"), 422, "invalid_query", "limit");
    assert.equal((await usageOf(api, METRIC)).used, 0);
  });

  await t.test("a thousand counters in one exchange; one that is bad harms none of the others", async () => {
    await newCustomer(server, "many");
    const node = new Node(server, "n-many", "many");
    const counters = Array.from({ length: 1_000 }, (_, i) => ({ userId: i === 500 ? "nobody" : "many", metric: METRIC, recorded: i }));
    const answer = done(await node.exchange(counters));
    assert.deepEqual([answer.counters.length, answer.rejected.length], [999, 1]);
    assert.equal(answer.counters.at(-1).used, 999);
  });

  await t.test("the list goes on where its page ended, whatever the cursor", async () => {
    const all = await leasesOf(server, { limit: 100 });
    const seen = [];
    let cursor;
    do {
      const page = done(await server.api.get(`/api/leases?${new URLSearchParams({ limit: 3, ...(cursor && { cursor }) })}`));
      seen.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen, all);
    assert.ok(all.length > 10);
    assert.equal((await server.api.get("/api/leases?cursor=zzz")).status, 200);
    assert.deepEqual(await leasesOf(server, { userId: "nobody" }), []);
  });
});

test("leases end with their usage period; late reports count in theirs, while it is open", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "turn");
  const node = new Node(server, "n-turn", "turn");
  const { granted, periodStart } = await node.report(wish(2_000, 30));
  await server.clock.advance("P1M");
  assert.equal(done(await take(server, "turn", 11_000)).allowed, true, "nothing of the last period is out");
  node.figures.taken = 100;
  const late = await node.report({ periodStart });
  assert.deepEqual([late.recall, late.mode, late.expiresInMs, late.periodEndsInMs], [true, "ask", 0, 0]);
  assert.equal(late.granted, granted);
  assert.equal((await usageOf(api, METRIC)).used, 11_000);
  assert.deepEqual(await seriesOf(api, "period"), [100, 11_000]);
  node.figures.returned = granted - 100;
  assert.equal((await node.report({ periodStart })).recall, false);
  await server.clock.advance("P3D");
  node.figures.taken = 120;
  assert.equal(await node.rejected({ periodStart }), "period_closed");
});

test("an upgrade widens what is handed out, a smaller limit calls it back", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await customerWithCard(server, "mover");
  await server.clock.advance("PT1M");
  const node = new Node(server, "n-mover", "mover");
  const free = await node.report(wish(1_000_000, 10_000));
  node.figures.taken = 500;
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);

  // A paid subscription begins a usage period: what was out belongs to the one before.
  const told = done(await node.exchange([])).counters;
  assert.deepEqual(told.map(({ recall, periodStart }) => [recall, periodStart]), [[true, free.periodStart]]);
  node.figures.returned = node.unspent(free.granted);
  await node.report({ periodStart: free.periodStart });
  assert.equal((await usageOf(api, METRIC)).used, 0);
  node.figures = { taken: 0, released: 0, returned: 0, recorded: 0 };
  const paid = await node.report(wish(1_000_000, 10_000));
  assert.equal(paid.hardLimit, 1_100_000);
  assert.equal(paid.granted, 550_000);
  node.figures.taken = 1_000;
  await node.report();

  const paidPeriod = { periodStart: paid.periodStart };
  const builds = new Node(server, "n-mover", "mover", { metric: "build_minutes" });
  assert.equal((await builds.report(wish(50_000, 100))).granted, 6_600);
  done(await api.post("/api/billing/cancel", { when: "now" }));
  assert.equal((await usageOf(api, METRIC)).hardLimit, 11_000);
  const back = done(await node.exchange([])).counters.filter(({ recall }) => recall);
  assert.deepEqual(back.map(({ metric }) => metric).sort(), ["api_requests", "build_minutes"]);
  node.figures.returned = node.unspent(paid.granted);
  await node.report(paidPeriod);
});

test("between paid plans the period goes on, and so do its leases", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await subscriber(server, "riser");
  const node = new Node(server, "n-riser", "riser");
  const starter = await node.report(wish(1_000_000, 1_000_000));
  assert.equal(starter.granted, 55_000);
  node.figures.taken = 30_000;
  await node.report();
  done(await api.put("/api/billing/subscription", { tier: "professional", interval: "month" }));
  assert.deepEqual(done(await node.exchange([])).counters, [], "a larger limit calls nothing back");
  const professional = await node.report(wish(1_000_000, 1_000_000));
  assert.deepEqual([professional.used, professional.hardLimit, professional.periodStart], [30_000, 1_100_000, starter.periodStart]);
  assert.equal(professional.granted, 55_000 + (1_100_000 - 55_000) / 2, "half of what was left then");
});

test("access that ends within a period calls back what is out above the smaller limit, and only that", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await subscriber(server, "debtor");
  const card = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`/api/billing/payment-methods/${card.id}/default`));
  await server.clock.to((await usageOf(api, METRIC)).resetsAt);
  await server.clock.advance("PT1H"); // the renewal is charged, and declined
  await server.clock.advance("P6DT23H");
  const requests = new Node(server, "n-debtor", "debtor");
  const builds = new Node(server, "n-debtor", "debtor", { metric: "build_minutes" });
  const { granted, mode } = await requests.report(wish(1_000_000, 1_000_000));
  assert.equal(mode, "lease");
  assert.ok(granted > 11_000, "more than the hard limit of the plan without access");
  const kept = await builds.report(wish(10, 1));
  assert.deepEqual(done(await requests.exchange([])).counters, []);
  requests.figures.taken = 100;
  await requests.report();

  await server.clock.advance("PT3H"); // past the seventh day
  assert.equal((await usageOf(api, METRIC)).hardLimit, 11_000);
  const told = done(await requests.exchange([])).counters;
  assert.deepEqual(told.map(({ metric, recall, granted }) => [metric, recall, granted]), [[METRIC, true, granted]]);
  assert.ok(kept.granted > 0, "a lease within the smaller limit stays");
  assert.equal(done(await take(server, "debtor", 1)).allowed, false, "what is out counts until it is back");
  requests.figures.returned = requests.unspent(granted);
  await requests.report();
  assert.deepEqual(done(await requests.exchange([])).counters, [], "called back once");
  assert.equal(done(await take(server, "debtor", 10_901)).allowed, false);
  assert.equal(done(await take(server, "debtor", 10_900)).allowed, true);
});

test("a period that gives way in the moment in which it began takes its leases along", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await customerWithCard(server, "quick");
  const node = new Node(server, "n-quick", "quick");
  const { granted } = await node.report(wish(1_000_000, 10_000));
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  node.figures.taken = 100;
  const told = await node.report();
  assert.deepEqual([told.used, told.recall, told.granted], [100, true, granted]);
  assert.equal(done(await take(server, "quick", 110_000 - granted + 1)).allowed, false);
  node.figures.returned = granted - 100;
  await node.report();
  assert.equal(done(await take(server, "quick", 109_900)).allowed, true);
});

test("a lease that is not renewed is held until its node returns", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  await newCustomer(server, "held");
  const node = new Node(server, "n-held", "held");
  const { granted, expiresInMs } = await node.report(wish(1_000, 10));
  assert.equal(expiresInMs, 120_000);
  await server.clock.advance("PT2M1S");
  assert.equal((await leasesOf(server, { userId: "held" }))[0].state, "open", "the node's clock may be slow");
  await server.clock.advance("PT2S");
  assert.equal((await leasesOf(server, { userId: "held" }))[0].state, "held");
  assert.deepEqual(await figuresOf(server), { held: 1, "outstanding api_requests": granted });
  assert.equal(done(await take(server, "held", 11_000 - granted + 1)).allowed, false);

  await server.kill();
  await server.start();
  assert.equal(done(await take(server, "held", 11_000 - granted + 1)).allowed, false, "a restart forgets nothing");
  node.figures.taken = 200;
  const back = await node.report({}, { incarnation: node.incarnation });
  assert.deepEqual([back.used, back.granted], [200, granted]);
  assert.equal((await leasesOf(server, { userId: "held" }))[0].state, "open");

  refused(await server.api.post("/api/admin/leases/reclaim", { node: "n1" }), 422, "invalid_fields", "reason");
  const reclaim = (more) => server.api.post("/api/admin/leases/reclaim", { node: "n-held", reason: "Burned", ...more });
  assert.equal(done(await reclaim({ userId: "nobody" })).reclaimed, 0);
  assert.equal(done(await reclaim({ metric: "bandwidth" })).reclaimed, 0);
  assert.deepEqual(await figuresOf(server), { open: 1, recalled: 1, "outstanding api_requests": granted - 200 });
  assert.deepEqual(done(await reclaim({})), { reclaimed: 1, amount: granted - 200, more: false });
  assert.deepEqual(await figuresOf(server), { reclaimed: 1, "reclaimed_amount api_requests": granted - 200 });
  assert.equal(done(await take(server, "held", 10_800)).allowed, true);
  const [line] = done(await server.api.as("held").get("/api/billing/events?limit=100")).data.filter(({ type }) => type === "usage.lease_reclaimed");
  assert.match(line.description, /n-held .*Burned/);
});

test("reclaimed by rule: free at once, and what was spent unheard counts on top", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  assert.equal(done(await server.api.get("/api/admin/leases/policy")).policy, "hold");
  refused(await server.api.put("/api/admin/leases/policy", { policy: "forget", reason: "why not" }), 422, "invalid_fields", "policy");
  assert.equal(done(await server.api.put("/api/admin/leases/policy", { policy: "reclaim", reason: "Nodes come and go" })).policy, "reclaim");
  const api = await newCustomer(server, "loose");
  const node = new Node(server, "n-loose", "loose");
  const { granted } = await node.report(wish(1_000, 10));
  node.figures.taken = 100;
  await node.report();
  await server.clock.advance("PT21M");
  assert.equal((await leasesOf(server, { userId: "loose" }))[0].state, "reclaimed");
  assert.equal(done(await take(server, "loose", 10_900)).allowed, true);
  node.figures.taken = 350;
  const back = await node.report(wish(1_000, 10));
  assert.deepEqual([back.used, back.granted, back.recall], [11_250, granted, true]);
  assert.equal(await node.rejected({ taken: granted + 1 }), "spent_above_grant");
  assert.deepEqual(await figuresOf(server), { reclaimed: 1, "reclaimed_amount api_requests": granted - 350 });
  node.figures.returned = granted - 350;
  assert.equal((await node.report()).recall, false);
  assert.deepEqual(await figuresOf(server), {}, "all is accounted for");
  assert.equal((await usageOf(api, METRIC)).used, 11_250);
});

test("a server that is killed knows after its start what it has granted", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  await newCustomer(server, "reboot");
  const nodes = ["na", "nb", "nc"].map((name) => new Node(server, name, "reboot"));
  const granted = [];
  for (const node of nodes) granted.push((await node.report(wish(400, 4))).granted);
  const out = granted.reduce((a, b) => a + b);
  await server.kill();
  await server.start();
  nodes.forEach((node, i) => (node.figures.taken = granted[i]));
  for (const node of nodes) await node.report();
  for (const node of nodes) await node.report();
  assert.equal((await usageOf(server.api.as("reboot"), METRIC)).used, out);
  assert.equal(done(await take(server, "reboot", 11_000 - out + 1)).allowed, false);
  assert.equal(done(await take(server, "reboot", 11_000 - out)).allowed, true);
});

// Promise: where a customer sees what is used, they see what they were told of its limit, and when: of counters in this
// usage period, of gauges for as long as the level stands; a watcher sees it come, and a restart forgets none of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../harness/event_stream.mjs";
import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber, usageOf } from "./support.mjs";

const NOW = "2026-01-31T12:00:00Z";
const HOUR_MS = 3_600_000;
const later = (hours) => new Date(Date.parse(NOW) + hours * HOUR_MS).toISOString().replace(".000Z", "Z");
const given = (hours, notice, limit) => ({ notice, at: later(hours), limit });

test("notices on the dashboard", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const take = (userId, metric, amount) => server.api.post("/api/usage/take", { userId, metric, amount });
  const record = async (userId, metric, data) =>
    assert.equal(done(await server.api.sendEvents(usageEvent({ userId, metric, ...data }))).accepted, 1);
  const noticesOf = async (userId, metric) => (await usageOf(server.api.as(userId), metric)).notices;

  await t.test("nobody was told of anything at first", async () => {
    const api = await newCustomer(server, "grows");
    const { metrics } = done(await api.get("/api/billing/usage"));
    assert.deepEqual(metrics.map(({ notices }) => notices), Array(7).fill([]));
    await record("grows", "api_requests", { value: 7_999 });
    assert.deepEqual(await noticesOf("grows", "api_requests"), []);
  });

  await t.test("each threshold with its instant and its limit, once however often it is passed", async () => {
    await newCustomer(server, "held");
    await record("held", "modules", { set: 3 });
    await record("grows", "api_requests", { value: 1 });
    const warned = [given(0, "warning", 10_000)];
    assert.deepEqual(await noticesOf("grows", "api_requests"), warned);
    await server.clock.advance("PT1H");
    await record("grows", "api_requests", { value: 2_500 });
    const reached = [...warned, given(1, "limit_reached", 10_000)];
    assert.deepEqual(await noticesOf("grows", "api_requests"), reached);
    await server.clock.advance("PT1H");
    await record("grows", "api_requests", { value: 1 });
    assert.deepEqual(await noticesOf("grows", "api_requests"), reached, "as first told");
    assert.deepEqual(await noticesOf("grows", "bandwidth"), []);
  });

  await t.test("a denial is seen by who watches, though no figure has moved", async () => {
    const stream = await openStream(new URL("/api/billing/usage/live", server.url),
      { Authorization: `Bearer ${server.key}`, "Turnpike-User": "grows" });
    const { data } = await stream.next();
    const of = (list) => list.find(({ metric }) => metric === "api_requests");
    const { used, notices } = of(data.metrics);
    assert.deepEqual([used, notices.length], [10_501, 2]);
    assert.equal(done(await take("grows", "api_requests", 500)).allowed, false);
    const { message } = await stream.until((one) => of(one.data.metrics)?.notices.length > 2);
    assert.deepEqual(of(message.data.metrics).notices.at(-1), given(2, "blocked", 10_000));
    assert.equal(of(message.data.metrics).used, used);
    stream.close();
  });

  await t.test("twelve hours before its end the grace is spoken of; a restart forgets nothing", async () => {
    await server.clock.advance("PT35H");
    const all = ["warning", "limit_reached", "grace_ending", "blocked"];
    const hours = [0, 1, 37, 2];
    const told = all.map((notice, i) => given(hours[i], notice, 10_000));
    assert.deepEqual(await noticesOf("grows", "api_requests"), told);
    await server.kill();
    await server.start();
    assert.deepEqual(await noticesOf("grows", "api_requests"), told);
  });

  await t.test("a gauge's go when it has fallen, and come anew when it has risen", async () => {
    assert.deepEqual(await noticesOf("held", "modules"), [given(0, "warning", 3), given(0, "limit_reached", 3)]);
    await record("held", "modules", { set: 1 });
    assert.deepEqual(await noticesOf("held", "modules"), []);
    await record("held", "modules", { value: 2 });
    assert.deepEqual(await noticesOf("held", "modules"), [given(37, "warning", 3), given(37, "limit_reached", 3)]);
  });

  await t.test("a larger plan takes away what does not hold of its limit", async () => {
    const api = await subscriber(server, "bought", { tier: "starter" });
    await record("bought", "api_requests", { value: 80_000 });
    assert.deepEqual(await noticesOf("bought", "api_requests"), [given(37, "warning", 100_000)]);
    done(await api.put("/api/billing/subscription", { tier: "professional" }));
    assert.deepEqual(await noticesOf("bought", "api_requests"), []);
    await record("bought", "api_requests", { value: 820_000 });
    assert.deepEqual(await noticesOf("bought", "api_requests"), [given(37, "warning", 1_000_000)]);
  });

  await t.test("a new usage period begins without any; gauges carry theirs on", async () => {
    await server.clock.advance("P1M");
    assert.deepEqual(await noticesOf("grows", "api_requests"), []);
    assert.equal((await noticesOf("held", "modules")).length, 2);
    await record("grows", "api_requests", { value: 8_000 });
    const [warning, ...others] = await noticesOf("grows", "api_requests");
    assert.deepEqual([warning.notice, others.length], ["warning", 0]);
  });

  await t.test("they are their customer's alone, and a key's that may read", async () => {
    refused(await server.api.as("nobody").get("/api/billing/usage"), 404, "customer_not_found");
    refused(await server.api.get("/api/billing/usage"), 400, "customer_required");
    const other = server.api.withKey(await server.createKey("customers:write")).as("grows");
    refused(await other.get("/api/billing/usage"), 403, "scope_missing");
  });
});

// Promise: what came in after its hour was past is added up beside the hour's total, once, and is the same after a
// power cut and when all is added up from the journal again; a bar that has grown since somebody looked says so.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { usageEvent } from "../harness/events.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const NOON = "2026-01-15T12:00:00Z";
const SPAN = "from=2026-01-15T00:00:00Z&to=2026-01-17T00:00:00Z";

async function rebuild(server, ...options) {
  const result = await runTurnpike(["rebuild-usage", "--data", server.data, ...options], {});
  return { ...result, json: result.stdout.startsWith("{") ? JSON.parse(result.stdout) : undefined };
}

async function plant(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), sql]);
}

test("late events", async (t) => {
  const server = await startServer(t, { testClock: NOON });
  const api = await newCustomer(server, "ada");
  const send = async (...events) => done(await server.api.sendEvents(events.map((event) => usageEvent({ userId: "ada", ...event }))));
  const points = async (query) => {
    const { data } = done(await server.api.as("ada").get(`/api/billing/usage/points?${SPAN}&${query}`));
    return data.map(({ at, value, events, adjusted, adjustedEvents, region }) => [at.slice(11, 16), value, events, adjusted, adjustedEvents, ...(region === null ? [] : [region])]);
  };
  const hours = () => points("granularity=hour&metric=api_requests");
  const late = { id: "late-1", value: 40, region: "fra", time: "2026-01-15T12:10:00Z" };

  await t.test("what comes within its hour and 15 minutes is not late, however old", async () => {
    await send({ value: 5, time: NOON });
    await server.clock.to("2026-01-15T13:15:00Z");
    await send({ value: 7, time: NOON });
    assert.deepEqual(await hours(), [["12:00", 12, 2, 0, 0]]);
  });

  await t.test("what comes later is in the total, and beside it as adjusted; a duplicate adds nothing", async () => {
    await server.clock.to("2026-01-15T13:15:01Z");
    assert.equal((await send(late)).accepted, 1);
    assert.equal((await send(late)).duplicate, 1);
    await send({ value: 3 }); // of now
    assert.deepEqual(await hours(), [["12:00", 52, 3, 40, 1], ["13:00", 3, 1, 0, 0]]);
  });

  await t.test("by day, by period, by region, in days of a zone and as series it is the same sum", async () => {
    assert.deepEqual(await points("granularity=day&metric=api_requests"), [["00:00", 55, 4, 40, 1]]);
    assert.deepEqual(await points("granularity=day&metric=api_requests&timeZone=Europe/Berlin"), [["23:00", 55, 4, 40, 1]]);
    assert.deepEqual(await points("granularity=day&metric=api_requests&groupBy=region"), [["00:00", 15, 3, 0, 0, ""], ["00:00", 40, 1, 40, 1, "fra"]]);
    const { series } = done(await api.get(`/api/billing/usage?${SPAN}&granularity=period&metric=api_requests`));
    assert.deepEqual(series[0].points.map(({ value, adjusted, adjustedEvents }) => [value, adjusted, adjustedEvents]), [[55, 40, 1]]);
    const csv = await api.get(`/api/billing/usage/points?${SPAN}&granularity=hour&metric=api_requests`, { headers: { Accept: "text/csv" } });
    assert.match(csv.text, /^"metric","unit",.*,"events","adjusted","adjustedEvents"\r\n/);
  });

  await t.test("of a gauge, which is a level, the events are counted alone", async () => {
    await send({ metric: "modules", set: 4, time: NOON }, { metric: "modules", set: 6 });
    assert.deepEqual(await points("granularity=hour&metric=modules"), [["12:00", 4, 1, 0, 1], ["13:00", 6, 1, 0, 0]]);
  });

  await t.test("a batch of early and late ones for the same hours, and another's, is split event by event", async () => {
    await newCustomer(server, "bob");
    const mixed = Array.from({ length: 100 }, (_, i) => usageEvent({ userId: i % 10 === 0 ? "bob" : "ada", metric: "bandwidth", value: 1, time: i % 3 === 0 ? NOON : "2026-01-15T13:05:00Z" }));
    assert.equal(done(await server.api.sendEvents(mixed)).accepted, 100);
    assert.deepEqual(await points("granularity=hour&metric=bandwidth"), [["12:00", 30, 30, 30, 30], ["13:00", 60, 60, 0, 0]]);
  });

  await t.test("after a power cut it is the same, and so says the journal", async () => {
    const metrics = ["api_requests", "modules", "bandwidth"];
    const all = () => Promise.all(metrics.flatMap((metric) => ["hour", "day"].map((by) => points(`granularity=${by}&metric=${metric}`))));
    await send({ value: 2, time: NOON }, { metric: "modules", set: 5, time: NOON });
    await server.kill(); // rows may lag: they are added to from the journal
    const { code, json, stderr } = await rebuild(server, "--json");
    assert.deepEqual([code, json.differences], [0, []], stderr);
    await server.start();
    const before = await all();
    assert.deepEqual(before[0], [["12:00", 54, 4, 42, 2], ["13:00", 3, 1, 0, 0]]);
    await server.restart();
    assert.deepEqual(await all(), before, "nothing is added twice");
    assert.equal((await send(late)).duplicate, 1);
    assert.deepEqual(await all(), before);
  });

  await t.test("a sum that says something else is named and repaired; one that was never kept is none", async () => {
    await server.kill();
    await plant(server, `
      update usage_records set adjusted = adjusted + 1 where user_id = 'ada' and metric = 'api_requests' and period = 'hour' and region = 'fra';
      update usage_records set adjusted = null, adjusted_events = null where user_id = 'bob';`);
    const { code, json } = await rebuild(server, "--json");
    assert.equal(code, 1);
    assert.deepEqual(json.differences.map(({ kind, stored, rebuilt, storedAdjusted, rebuiltAdjusted }) => [kind, stored, rebuilt, storedAdjusted, rebuiltAdjusted]), [["hour", 40, 40, 41, 40]]);
    assert.match((await rebuild(server)).stdout, /late stored: 41 in 1 {2}rebuilt: 40 in 1$/m);
    assert.equal((await rebuild(server, "--repair", "--json")).code, 0);
    assert.deepEqual((await rebuild(server, "--json")).json.differences, []);
    await server.start();
    assert.deepEqual((await hours())[0], ["12:00", 54, 4, 42, 2]);
  });

  await t.test("a total of before it was kept does not know it, and says 0", async () => {
    done(await server.api.sendEvents([usageEvent({ userId: "bob", metric: "bandwidth", value: 9, time: NOON })]));
    const { data } = done(await server.api.as("bob").get(`/api/billing/usage/points?${SPAN}&granularity=hour&metric=bandwidth`));
    assert.deepEqual([data[0].value, data[0].adjusted, data[0].adjustedEvents], [13, 0, 0]);
  });

  await t.test("it is not asked for in vain: a span, a zone, a customer that is none", async () => {
    const ada = server.api.as("ada");
    refused(await ada.get("/api/billing/usage/points?from=2026-01-16T00:00:00Z&to=2026-01-15T00:00:00Z"), 422, "invalid_query", "from");
    refused(await ada.get("/api/billing/usage/points?timeZone=Nowhere"), 422, "invalid_query", "timeZone");
    refused(await server.api.as("nobody").get("/api/billing/usage/points"), 404, "customer_not_found");
  });
});

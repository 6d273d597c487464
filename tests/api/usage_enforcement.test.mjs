// Promise: how soon caps and limits hold for use that is reported is measured by the running server, and told as measured: never below
// the truth, nothing where nothing was measured.
import assert from "node:assert/strict";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const PATH = "/api/billing/usage/enforcement";
const NOTHING = { p50Microseconds: null, p99Microseconds: null, slowestMicroseconds: null, isFew: true };

const take = (server, amount) => server.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount });
const health = async (server) => done(await server.api.get("/api/admin/health")).data.find(({ id }) => id === "enforcement_p99");

test("how soon a cap holds", async (t) => {
  const server = await startServer(t);
  const api = await newCustomer(server, "ada");
  const told = async () => done(await api.get(PATH));
  const waits = [];
  const report = async (value, fields) => {
    const before = performance.now();
    const answer = done(await server.api.sendEvents({ ...usageEvent({ userId: "ada", value }), ...fields }));
    waits.push((performance.now() - before) * 1000);
    return answer;
  };
  const isAsMeasured = ({ p50Microseconds: p50, p99Microseconds: p99, slowestMicroseconds: slowest }) => {
    assert.ok(p50 >= 1 && p50 <= p99 && p99 <= slowest, `${p50} ${p99} ${slowest}`);
    assert.ok(slowest <= Math.max(...waits), `${slowest} µs is longer than any request took: ${Math.max(...waits)}`);
  };

  await t.test("nothing is told where nothing was counted: what is refused or sent again is no measurement, nor is a take", async () => {
    const { windowSeconds, ...rest } = await told();
    assert.deepEqual(rest, NOTHING);
    assert.ok(windowSeconds >= 0 && windowSeconds < 600);
    assert.equal((await report(1, { time: "2020-01-01T00:00:00Z" })).rejected, 1);
    done(await take(server, 1));
    assert.equal((await told()).p99Microseconds, null);
    assert.deepEqual([(await health(server)).value, (await health(server)).status], [null, "unknown"]);
  });

  await t.test("what is reported is measured, and no measurement is longer than its request took", async () => {
    await report(1);
    const one = await told();
    isAsMeasured(one);
    assert.deepEqual([one.p50Microseconds, one.isFew], [one.slowestMicroseconds, true]);
    for (let i = 0; i < 120; i += 1) await report(1);
    const many = await told();
    isAsMeasured(many);
    assert.equal(many.isFew, false);
    assert.ok((await health(server)).value > 0);
    const again = usageEvent({ userId: "ada" });
    done(await server.api.sendEvents(again));
    const before = await told();
    done(await server.api.sendEvents(again));
    assert.deepEqual({ ...await told(), windowSeconds: 0 }, { ...before, windowSeconds: 0 });
  });

  await t.test("once it is answered, the cap refuses the next take", async () => {
    const used = 1 + 1 + 120 + 1;
    done(await api.post("/api/billing/alerts", { basis: "quantity", metric: "api_requests", amount: used + 10, thresholds: [100], action: "block", recipients: ["account"] }), 201);
    assert.equal(done(await take(server, 1)).allowed, true);
    await report(9);
    const { allowed, reason } = (await take(server, 1)).body;
    assert.deepEqual([allowed, typeof reason], [false, "string"]);
  });

  await t.test("it is of this server since it started", async () => {
    await server.stop();
    await server.start();
    const { windowSeconds, ...rest } = done(await server.api.as("ada").get(PATH));
    assert.deepEqual(rest, NOTHING);
    assert.ok(windowSeconds < 600);
  });

  await t.test("refusals", async () => {
    refused(await server.api.as("nobody").get(PATH), 404, "customer_not_found");
    refused(await server.api.get(PATH), 400, "customer_required");
    refused(await server.api.withKey("tk_none").get(PATH), 401, "key_invalid");
    refused(await server.api.post(PATH, {}), 405, "method_not_allowed");
  });
});

// Promise: what is stored of usage can be added up once more from the journal: each total that says something else is
// named, and repaired when that is asked for; nothing is touched while a server runs, nor what the journal cannot tell.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { usageEvent } from "../harness/events.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, usageOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const HOUR = { metric: "api_requests", kind: "hour", start: NOW };

async function rebuild(server, ...options) {
  const result = await runTurnpike(["rebuild-usage", "--data", server.data, ...options], {});
  return { ...result, json: result.stdout.startsWith("{") ? JSON.parse(result.stdout) : undefined };
}

// Straight into the file, past all that keeps it right.
async function plant(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), sql]);
}

test("totals beside the journal", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  await newCustomer(server, "ada");
  await newCustomer(server, "bob");
  const send = async (...events) => assert.equal(done(await server.api.sendEvents(events)).accepted, events.length);
  await send(
    usageEvent({ userId: "ada", source: "edge", value: 5, region: "fra" }),
    usageEvent({ userId: "ada", source: "edge", value: 7, region: "iad" }),
    usageEvent({ userId: "ada", metric: "modules", set: 2 }),
    usageEvent({ userId: "bob", source: "edge", metric: "bandwidth", value: 1_000 }));
  assert.equal(done(await server.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 100, id: "t" })).allowed, true);

  // How many of its requests' events are on the account of the source "edge".
  const edgeOf = async (userId) => {
    const sources = done(await server.api.as(userId).get("/api/billing/usage/sources")).data;
    const edge = sources.find(({ source, metric }) => source === "edge" && metric === "api_requests");
    assert.equal(edge.received, edge.counted + edge.duplicate + edge.rejected);
    return edge.counted;
  };

  await t.test("a folder on which a server runs is refused, as is one without a database", async () => {
    const busy = await rebuild(server);
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /another process/i);
    const empty = await mkdtemp(join(tmpdir(), "turnpike-none-"));
    t.after(() => rm(empty, { recursive: true, force: true }));
    const none = await runTurnpike(["rebuild-usage", "--data", empty], {});
    assert.equal(none.code, 1);
    assert.match(none.stderr, /There is no database in/);
    assert.equal((await runTurnpike(["rebuild-usage", "everything"], {})).code, 2);
    assert.equal((await runTurnpike(["rebuild-usage", "--repairs"], {})).code, 2);
  });

  await t.test("after a power cut they are equal: what was behind is added first", async () => {
    await server.kill();
    const { code, json, stderr } = await rebuild(server, "--json");
    assert.deepEqual([code, json.differences, json.older, json.repaired], [0, [], 0, false], stderr);
    assert.ok(json.compared >= 8, `${json.compared} compared`);
    assert.match((await rebuild(server)).stdout, /^\d+ totals and accounts compared, 0 differ\.\n$/);
  });

  await t.test("each row that was changed, is missing, or is one too many is named with both figures", async () => {
    await plant(server, `
      update usage_records set value = value + 3 where user_id = 'ada' and period = 'hour' and region = 'fra';
      delete from usage_records where user_id = 'bob' and metric = 'bandwidth' and period = 'period';
      insert into usage_records (user_id, metric, period, timestamp, region, resource, value, events, updated_at, batch)
        values ('bob', 'build_minutes', 'day', ${Date.parse("2026-01-15")}, '', 'x', 60, 1, 0, 1);
      update usage_sources set counted = counted + 1, received = received + 1 where user_id = 'ada' and source = 'edge' and metric = 'api_requests';`);
    const { code, json } = await rebuild(server, "--json");
    assert.equal(code, 1);
    assert.deepEqual(json.differences.map(({ start, ...rest }) => ({ ...rest, ...(rest.kind === "hour" && { start }) })), [
      { userId: "ada", ...HOUR, stored: 8, rebuilt: 5, region: "fra", storedEvents: 1, rebuiltEvents: 1 },
      { userId: "ada", metric: "api_requests", kind: "account", source: "edge", storedEvents: 3, rebuiltEvents: 2 },
      { userId: "bob", metric: "bandwidth", kind: "period", stored: 0, rebuilt: 1_000, storedEvents: 0, rebuiltEvents: 1 },
      { userId: "bob", metric: "build_minutes", kind: "day", stored: 60, rebuilt: 0, resource: "x", storedEvents: 1, rebuiltEvents: 0 },
    ]);
    const { stdout } = await rebuild(server);
    assert.match(stdout, /^ada  api_requests  hour 2026-01-15T12:00:00Z region=fra  stored: 8  rebuilt: 5  events stored: 1  rebuilt: 1$/m);
    assert.match(stdout, /^ada  api_requests  account source=edge  events stored: 3  rebuilt: 2$/m);
    assert.match(stdout, /, 4 differ\.\n$/);
  });

  await t.test("to look changes nothing; to repair does, once, and the server goes by it", async () => {
    const repaired = await rebuild(server, "--repair", "--json");
    assert.deepEqual([repaired.code, repaired.json.differences.length, repaired.json.repaired], [0, 4, true]);
    assert.deepEqual((await rebuild(server, "--json")).json.differences, []);
    await server.start();
    assert.equal((await usageOf(server.api.as("ada"), "api_requests")).used, 112);
    assert.equal((await usageOf(server.api.as("ada"), "modules")).used, 2);
    assert.equal((await usageOf(server.api.as("bob"), "bandwidth")).used, 1_000);
    assert.equal(await edgeOf("ada"), 2);
  });

  await t.test("what the journal has forgotten is told apart, and left alone", async () => {
    await server.clock.advance("P120D");
    await server.restart(); // with an empty journal: its numbers go on, or a power cut would lose what rows have not
    await newCustomer(server, "carol");
    await send(usageEvent({ userId: "carol", value: 9 }), usageEvent({ userId: "ada", source: "edge", value: 4 }));
    await server.kill();
    assert.deepEqual((await rebuild(server, "--json")).json.differences, []);
    await plant(server, `
      update usage_records set value = value + 1 where user_id = 'ada' and period = 'hour' and timestamp = ${Date.parse(NOW)};
      update usage_records set value = value + 1 where user_id = 'carol' and period = 'hour';`);
    const { code, json } = await rebuild(server, "--repair", "--json");
    assert.deepEqual(json.differences.map(({ userId, stored, rebuilt }) => [userId, stored, rebuilt]), [["carol", 10, 9]]);
    assert.equal(code, 0);
    assert.ok(json.older > 0);
    assert.match((await rebuild(server)).stdout, /, 0 differ; \d+ are older than the journal\.\n$/);
    await server.start();
    assert.equal(await edgeOf("ada"), 3);
  });
});

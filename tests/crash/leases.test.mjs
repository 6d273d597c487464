// Guards the promise of leases: what all processes let through never passes the hard limit, and what a
// flush acknowledged is counted, though the server is killed and restarted at random, and a process too;
// and of each threshold that use over leases crosses its customer is told once.
//
// Three processes meter with libturnpike against one server. TURNPIKE_SECONDS=60 for the long run.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { expectStatus } from "../harness/http.mjs";
import { TURNPIKE } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { Chance } from "./support.mjs";
import { toldOnce } from "./told.mjs";

const EDGE_LOAD = join(dirname(TURNPIKE), "tests/crash/edge_load");
const LIMIT = 10_000; // api_requests of the plan `free`
const HARD_LIMIT = 11_000; // 110 % of it
const WARNING = 8_000;
const SECONDS = Number(process.env.TURNPIKE_SECONDS ?? 6);
const UP_MS = { least: 300, most: 1500 };
const DOWN_MS_MAX = 400;

function startLoad(server, { node, journal = "-", seconds = SECONDS, seed, users }) {
  const args = [`unix:${server.data}/turnpike.sock`, node, journal, String(seconds), String(seed), ...users];
  const child = spawn(EDGE_LOAD, args, { stdio: ["ignore", "pipe", "pipe"] });
  const load = { child, node, lines: {}, log: "" };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const whole = (rest + text).split("\n");
    rest = whole.pop();
    for (const line of whole) {
      const [what, ...words] = line.split(" ");
      load.lines[what] = figuresOf(words);
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text) => (load.log += text));
  load.ended = new Promise((fulfil) => child.on("close", (code, signal) => fulfil({ code, signal })));
  return load;
}

function figuresOf(words) {
  const users = {};
  for (let i = 0; i < words.length; i += 4) {
    const [spent, recorded, unknown] = words.slice(i + 1, i + 4).map(Number);
    users[words[i]] = { spent, recorded, unknown };
  }
  return users;
}

async function makeUsers(server, count) {
  const users = Array.from({ length: count }, (_, i) => `user-${i}`);
  for (const userId of users) {
    expectStatus(await server.api.post("/api/customers", { userId, email: `${userId}@example.com`, name: userId }), 201);
  }
  return users;
}

async function usedOf(server, userId) {
  const { metrics } = expectStatus(await server.api.as(userId).get("/api/billing/usage"), 200).body;
  const of = (name) => metrics.find(({ metric }) => metric === name).used;
  return { requests: of("api_requests"), bytes: of("bandwidth") };
}

const sumOf = (loads, what, userId, name) => loads.reduce((sum, { lines }) => sum + (lines[what]?.[userId]?.[name] ?? 0), 0);

// A denial is told of as well, where there was one.
async function toldAsUsed(server, userId, used) {
  const due = [...(used >= WARNING ? ["warning"] : []), ...(used >= LIMIT ? ["limit_reached"] : [])];
  const told = await toldOnce(server, userId);
  assert.deepEqual(told.filter((name) => name !== "blocked"), due, `${userId}: of ${used} used`);
}

async function killAtRandom(server, chance, until) {
  let kills = 0;
  while (Date.now() < until) {
    await delay(chance.between(UP_MS.least, UP_MS.most));
    await server.kill();
    kills++;
    await delay(chance.between(0, DOWN_MS_MAX));
    await server.start();
  }
  return kills;
}

test("three processes and a server that dies at random keep the limit and lose nothing", async (t) => {
  const chance = new Chance(t, 20260415);
  const server = await startServer(t, { testClock: null });
  const users = await makeUsers(server, Math.min(64, Math.max(3, Math.floor(SECONDS / 2))));
  const loads = [1, 2, 3].map((i) => startLoad(server, { node: `edge-${i}`, seed: chance.between(1, 1e9), users }));
  const kills = await killAtRandom(server, chance, Date.now() + SECONDS * 1000);
  for (const load of loads) assert.deepEqual(await load.ended, { code: 0, signal: null }, load.log);
  let total = 0;
  for (const userId of users) {
    const used = await usedOf(server, userId);
    const spent = sumOf(loads, "done", userId, "spent");
    const unknown = sumOf(loads, "done", userId, "unknown");
    total += spent;
    assert.ok(spent <= HARD_LIMIT, `${userId}: ${spent} let through`);
    assert.ok(used.requests <= HARD_LIMIT, `${userId}: ${used.requests} counted`);
    assert.ok(used.requests >= spent && used.requests <= spent + unknown, `${userId}: ${spent} let through, ${unknown} not known, ${used.requests} counted`);
    assert.equal(used.bytes, sumOf(loads, "done", userId, "recorded"), `${userId}: what was recorded is counted once`);
    await toldAsUsed(server, userId, used.requests);
  }
  assert.ok(total > 0);
  t.diagnostic(`${kills} kills, ${total} requests let through for ${users.length} customers`);
});

test("a process that is killed loses nothing that was acknowledged, and its journal tells the rest", async (t) => {
  const server = await startServer(t, { testClock: null });
  const users = await makeUsers(server, 2);
  const journal = join(server.data, "edge.journal");
  const first = startLoad(server, { node: "edge-1", journal, seconds: 60, seed: 7, users });
  const acked = () => first.lines.acked;
  while (!acked()) await delay(20);
  await server.stop(); // what follows is known to the journal alone
  const before = structuredClone(first.lines.spent);
  while (first.lines.spent[users[0]].spent <= before[users[0]].spent) await delay(20);
  const known = structuredClone(first.lines.spent);
  await delay(300); // three syncs of the journal
  first.child.kill("SIGKILL");
  await first.ended;
  await server.start();
  const second = startLoad(server, { node: "edge-1", journal, seconds: 1, seed: 8, users });
  assert.deepEqual(await second.ended, { code: 0, signal: null }, second.log);
  for (const userId of users) {
    const used = await usedOf(server, userId);
    const again = second.lines.done[userId];
    const least = known[userId];
    assert.ok(used.requests >= least.spent + again.spent, `${userId}: ${least.spent} and ${again.spent}, counted ${used.requests}`);
    assert.ok(used.bytes >= least.recorded + again.recorded);
    assert.ok(used.requests <= HARD_LIMIT);
  }
});

// Promise: a start with more customers than are read at once knows each of them with their usage, those
// who are asked for while others are still being read, and those who are not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer } from "./support.mjs";

const CUSTOMERS = 1_700; // three pages, and one that is not full
const AT_ONCE = 50;
const LOOK_MS = 20;

const names = Array.from({ length: CUSTOMERS }, (_, i) => `customer-${i}`);
const usedBy = (name) => names.indexOf(name) + 1;

async function inTurns(items, act) {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(act));
}

async function expectUsage(server, asked) {
  const items = asked.map((userId) => ({ userId, metric: "api_requests", amount: 1 }));
  const { results } = done(await server.api.post("/api/usage/check/batch", items));
  assert.deepEqual(
    results.map(({ used }) => used),
    asked.map(usedBy),
  );
}

async function allAreKnown(server) {
  const known = async () => Number(/^turnpike_gate_customers\S* (\d+)/m.exec((await server.api.get("/metrics")).text)[1]);
  while ((await known()) < CUSTOMERS) await delay(LOOK_MS);
  assert.equal(await known(), CUSTOMERS);
}

test("every customer is known after a start", { timeout: 120_000 }, async (t) => {
  const server = await startServer(t);
  await inTurns(names, (name) => newCustomer(server, name));
  const events = names.map((userId) => usageEvent({ userId, value: usedBy(userId) }));
  assert.equal(done(await server.api.sendEvents(events)).accepted, CUSTOMERS);
  await server.kill();
  await server.start();
  await expectUsage(server, names.slice(-300)); // at once: the last in line
  assert.equal(done(await server.api.sendEvents(events)).duplicate, CUSTOMERS);
  await allAreKnown(server);
  for (let i = 0; i < CUSTOMERS; i += 850) await expectUsage(server, names.slice(i, i + 850));
  await server.restart();
  await allAreKnown(server);
  await expectUsage(server, names.slice(0, 850));
});

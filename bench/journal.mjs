// Exactly once at speed: 100,000 events with random ids, sent twice, shuffled, in batches of 1,000;
// beside the same rows in a plain table with a unique key.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { Api } from "../tests/harness/api.mjs";
import { usageEvent } from "../tests/harness/events.mjs";
import { expectStatus } from "../tests/harness/http.mjs";
import { IS_QUICK, ROOT, row, startOnEmpty } from "./support/measure.mjs";

const EVENTS = IS_QUICK ? 10_000 : 100_000;
const BATCH = 1_000;
const TYPE = "application/cloudevents-batch+json";

function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const k = Math.floor(Math.random() * (i + 1));
    [list[i], list[k]] = [list[k], list[i]];
  }
  return list;
}

// The events in a new order, as bodies ready to go.
function bodiesOf(events) {
  const mixed = shuffle(events);
  return Array.from({ length: EVENTS / BATCH }, (_, i) => JSON.stringify(mixed.slice(i * BATCH, (i + 1) * BATCH)));
}

async function pass(api, bodies, connections) {
  const total = { accepted: 0, duplicate: 0, rejected: 0 };
  const waiting = [...bodies];
  const connection = async () => {
    while (waiting.length > 0) {
      const { body } = expectStatus(await api.post("/api/usage/events", undefined, { raw: waiting.pop(), type: TYPE }), 200);
      for (const name of Object.keys(total)) total[name] += body[name];
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  return { ...total, perSecond: EVENTS / ((performance.now() - started) / 1_000) };
}

const plain = JSON.parse(execFileSync("python3", [join(ROOT, "bench/support/plain.py"), String(EVENTS), String(BATCH)], { encoding: "utf8" }));
for (const connections of [1, 8]) {
  const server = await startOnEmpty();
  await server.api.createCustomer("ada");
  const events = Array.from({ length: EVENTS }, () => usageEvent({ userId: "ada", id: randomUUID(), value: 1 }));
  const [first, again] = [bodiesOf(events), bodiesOf(events)];
  const api = new Api(server.url, { key: server.key }); // without the checks that stories make of each answer
  const counted = await pass(api, first, connections);
  const repeated = await pass(api, again, connections);
  api.close();
  assert.deepEqual([counted.accepted, counted.duplicate, counted.rejected], [EVENTS, 0, 0]);
  assert.deepEqual([repeated.accepted, repeated.duplicate, repeated.rejected], [0, EVENTS, 0]);
  row(`events counted, ${connections} connections (SQLite, a row an event)`, counted.perSecond, "/s", plain.first);
  row(`events found to be duplicates, ${connections} connections`, repeated.perSecond, "/s", plain.again);
  await server.stop();
  await server.dispose();
}

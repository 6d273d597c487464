// Guards the promise of a purge: killed in its middle, again and again, the next start finishes exactly what was agreed to:
// each customer's books go once, who came back or is held is left, and the audit log has each of it once and verifies.
import assert from "node:assert/strict";
import { test } from "node:test";

import { done, newCustomer, startSelling } from "../api/support.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { killsWanted } from "./support.mjs";

const CUSTOMERS = 400; // sixteen lose their key in a turn
const KILLS = killsWanted(4);
const LANES = 8;
const RETENTION = "/api/admin/retention";
// However many looks it takes: a purge of so many is longer than what others wait for.
async function settled(server, id, status) {
  let plan = await planOf(server, id);
  while (plan.status !== status) plan = await planOf(server, id);
  return plan;
}

const planOf = async (server, id) => done(await server.api.get(`${RETENTION}/plans/${id}`));

async function inLanes(count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const nameOf = (index) => `c${String(index).padStart(5, "0")}`;

// Every row of the audit log with an action; its chain is the customer's.
async function rowsOf(server, action) {
  const told = await runTurnpike(["audit", "export", "--data", server.data]);
  assert.equal(told.code, 0, told.stderr);
  return told.stdout.trim().split("\n").map((line) => JSON.parse(line).row).filter((row) => row.action === action);
}

test(`a purge that is killed ${KILLS} times is finished once`, async (t) => {
  const rules = (catalogue) => { catalogue.approvals = { purge: { when: "never" } }; };
  const server = await startSelling(t, rules, { testClock: "2026-03-01T12:00:00Z" });
  await inLanes(CUSTOMERS, (index) => newCustomer(server, nameOf(index)));
  // Ten years of nights, each with its work: more than one request may take.
  for (let year = 2027; year <= 2037; year++) await server.clock.to(`${year}-01-01T00:00:01Z`);
  done(await server.api.post(`${RETENTION}/holds`, { userId: nameOf(7), reason: "A case", until: "2038-01-01T00:00:00Z" }), 201);
  const first = done(await server.api.post(`${RETENTION}/dry-run`, {}), 202).id;
  const whole = await settled(server, first, "ready");
  assert.deepEqual([whole.customers, whole.skipped], [CUSTOMERS - 1, 1]);
  done(await server.api.post(`${RETENTION}/purge`, { planId: first, reason: "as each year" }));

  // Given up in the middle, it goes no further, not after a kill either; the next plan has the rest.
  let under = await planOf(server, first);
  while (under.purged === 0) under = await planOf(server, first);
  const given = done(await server.api.post(`${RETENTION}/plans/${first}/cancel`, { reason: "A hold is missing" }));
  assert.equal(given.status, "cancelled");
  assert.ok(given.purged > 0 && given.purged < whole.customers && given.finishedAt !== null, `${given.purged}`);
  await server.kill();
  await server.start();
  const { id } = done(await server.api.post(`${RETENTION}/dry-run`, {}), 202);
  const plan = await settled(server, id, "ready");
  assert.deepEqual(await planOf(server, first), given, "what was given up stays as it was");
  assert.deepEqual([plan.customers, plan.skipped], [whole.customers - given.purged, 1]);
  done(await server.api.post(`${RETENTION}/purge`, { planId: id, reason: "as each year" }));

  const seen = [];
  for (let kills = 0; kills < KILLS; kills++) {
    let now = await planOf(server, id);
    const before = now.purged;
    while (now.status === "running" && now.purged <= before) now = await planOf(server, id);
    await server.kill();
    seen.push(now.purged);
    await server.start();
  }
  t.diagnostic(`killed when so many had gone: ${seen.join(", ")}`);
  assert.ok(seen[0] < plan.customers, "in the middle");

  const last = await settled(server, id, "done");
  assert.deepEqual([last.customers, last.purged, last.skipped, last.hash], [plan.customers, plan.customers, 1, plan.hash]);
  for (const kind of last.kinds) assert.ok(kind.purged !== null, kind.kind);
  const destroyed = (await rowsOf(server, "retention.books_destroyed")).map(({ chain }) => chain);
  assert.deepEqual([destroyed.length, new Set(destroyed).size], [whole.customers, whole.customers], "each once");
  assert.equal((await rowsOf(server, "retention.cancel")).length, 1);
  assert.equal((await rowsOf(server, "retention.purged")).length, 1);
  const verified = await runTurnpike(["audit", "verify", "--data", server.data, "--json"]);
  assert.equal(verified.code, 0, verified.stdout);
  const again = done(await server.api.post(`${RETENTION}/dry-run`, {}), 202);
  const rest = await settled(server, again.id, "ready");
  assert.equal(rest.customers, 0, "nothing is left to go");
});

test("a sweep that is killed goes on with the next night, and takes nothing twice", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.retention = { periods: { idempotencyKeys: "P1D" } }; }, { testClock: "2026-03-01T12:00:00Z" });
  const count = 1_500; // several turns
  await inLanes(count, (index) => server.api.post("/api/customers", { userId: nameOf(index), email: `${nameOf(index)}@example.com`, name: "Someone" }, { idempotencyKey: `key-${index}` }).then((answer) => done(answer, 201)));
  const due = async () => done(await server.api.get(RETENTION)).kinds.find(({ kind }) => kind === "idempotencyKeys").due;
  const advanced = server.clock.advance("P3D").catch(() => null);
  await server.kill();
  await advanced;
  await server.start();
  await server.clock.to("2026-03-06T12:00:00Z");
  assert.equal(await due(), 0);
  done(await server.api.as(nameOf(count - 1)).get("/api/billing/subscription"));
  const verified = await runTurnpike(["audit", "verify", "--data", server.data]);
  assert.equal(verified.code, 0, verified.stdout);
});

// Guards the evidence: a change and its row are one. However the process is killed, whoever was answered
// finds the row, no row tells of a change that is not there, and the chains hold.
import assert from "node:assert/strict";
import { test } from "node:test";

import { done } from "../api/support.mjs";
import { Api } from "../harness/api.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { Chance, answerOf, killAfter, killsWanted } from "./support.mjs";

const AT_ONCE = 8;

// Makes customers, each with terms of its own, until the server dies. What was answered is remembered.
async function work(api, round, lane, answered) {
  for (let i = 0; ; i += 1) {
    const userId = `c${round}_${lane}_${i}`;
    const made = await answerOf(api.post("/api/customers", { userId, email: `${userId}@example.com`, name: userId }));
    if (!made) return;
    answered.push([userId, "customer.create"]);
    const terms = await answerOf(api.put(`/api/admin/customers/${userId}/billing-terms`, { daysUntilDue: 14 }));
    if (!terms) return;
    answered.push([userId, "billing_terms.set"]);
  }
}

async function rowsOf(server) {
  const { code, stdout, stderr } = await runTurnpike(["audit", "export", "--data", server.data]);
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line).row);
}

async function customersOf(server) {
  const all = [];
  let cursor = "";
  do {
    const page = done(await server.api.get(`/api/customers?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`));
    all.push(...page.data.map(({ userId }) => userId));
    cursor = page.nextCursor ?? "";
  } while (cursor);
  return all;
}

test("a change and its row are one, whenever the process dies", async (t) => {
  const chance = new Chance(t, 4711);
  const server = await startServer(t);
  const answered = [];
  for (let round = 0; round < killsWanted(8); round += 1) {
    const api = new Api(server.url, { key: server.key });
    const lanes = Array.from({ length: AT_ONCE }, (_, lane) => work(api, round, lane, answered));
    await killAfter(server, chance.between(20, 250));
    await Promise.all(lanes);
    api.close();
    await server.start();
    const rows = await rowsOf(server);
    const told = new Set(rows.map(({ chain, action }) => `${chain} ${action}`));
    for (const [userId, action] of answered) assert.ok(told.has(`${userId} ${action}`), `${action} of ${userId} was answered, and has no row`);
    const made = rows.filter(({ action }) => action === "customer.created").map(({ chain }) => chain);
    assert.deepEqual(made.sort(), (await customersOf(server)).sort(), "a row for each customer, a customer for each row");
    const verified = await runTurnpike(["audit", "verify", "--data", server.data]);
    assert.equal(verified.code, 0, verified.stdout);
  }
  assert.ok(answered.length > 0);
  t.diagnostic(`${answered.length} changes answered`);
});

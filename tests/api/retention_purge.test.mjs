// Promise: what has been kept long enough goes, and nothing else: counted before, agreed to by a second person, each
// customer judged anew; the books of the others still open, the audit log verifies, and an old backup opens no more.
import assert from "node:assert/strict";
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";
import { customerWithCard, done, eventually, invoices, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const RETENTION = "/api/admin/retention";

async function folder(t) {
  const path = await makeDataFolder();
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function keyFile(t) {
  const path = join(await folder(t), "key");
  await writeFile(path, KEY);
  await chmod(path, 0o400);
  return path;
}

const planOf = async (server, id) => done(await server.api.get(`${RETENTION}/plans/${id}`));
const settled = (server, id, status) => eventually(() => planOf(server, id), (plan) => plan.status === status);

async function counted(server) {
  const { id } = done(await server.api.post(`${RETENTION}/dry-run`, {}), 202);
  return settled(server, id, "ready");
}

const customersOf = async (server, id) => done(await server.api.get(`${RETENTION}/plans/${id}/customers?limit=100`)).data;
const kindOf = (schedule, kind) => schedule.kinds.find((one) => one.kind === kind);
const linesOf = async (api) => Promise.all((await invoices(api)).map(async ({ id }) => done(await api.get(`/api/billing/invoices/${id}`)).lines.length));
const endNow = async (api) => done(await api.post("/api/billing/cancel", { when: "now" }));

test("the schedule says of everything how long and why", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.retention = { country: "DE", periods: { webhooksOut: "P10D" } }; }, { testClock: "2026-03-01T12:00:00Z" });
  const schedule = done(await server.api.get(RETENTION));
  assert.deepEqual([schedule.country, schedule.sweeps, schedule.planId], ["DE", true, null]);
  assert.deepEqual([schedule.nextSweepAt, schedule.nextCountAt], ["2026-03-02T00:00:00Z", "2026-04-01T04:00:00Z"]);
  const periods = Object.fromEntries(schedule.kinds.map(({ kind, period }) => [kind, period]));
  assert.deepEqual([periods.books, periods.invoices, periods.letters], ["P10Y", "P8Y", "P6Y"]);
  assert.deepEqual([periods.webhooksOut, periods.webhooksIn, periods.auditLog], ["P10D", "P30D", null]);
  const out = kindOf(schedule, "webhooksOut");
  assert.deepEqual([out.how, out.minimum, out.cutoff, out.due], ["sweep", "P1D", "2026-02-19T12:00:00Z", 0]);
  assert.deepEqual([kindOf(schedule, "auditLog").how, kindOf(schedule, "auditLog").minimum], ["none", "P12M"]);
  for (const { what, basis, countedFrom } of schedule.kinds) assert.ok(what && basis && countedFrom);
  refused(await server.api.get(`${RETENTION}?x=1`), 422, "invalid_query", "x");
  refused(await server.api.as("ada").post(RETENTION, {}), 405, "method_not_allowed");
});

test("a catalogue that keeps books too shortly is refused", async (t) => {
  for (const [retention, said] of [
    [{ country: "DE", periods: { books: "P9Y" } }, "/retention/periods/books: expected at least P10Y"],
    [{ periods: { origins: "P6M" } }, "/retention/periods/origins: expected at least P12M"],
    [{ periods: { everything: "P1Y" } }, "no such field"],
    [{ periods: { exports: "a week" } }, "ISO 8601"],
  ]) {
    await assert.rejects(startSelling(t, (catalogue) => { catalogue.retention = retention; }), (error) => {
      assert.ok(error.message.includes(said), error.message);
      return true;
    });
  }
});

test("sweeps go by the catalogue's periods, and past who is held", async (t) => {
  const start = "2026-03-01T12:00:00Z";
  const server = await startSelling(t, (catalogue) => { catalogue.retention = { periods: { mailTexts: "P7D", origins: "P12M" } }; }, { testClock: start });
  const ada = await subscriber(server, "ada");
  const bob = await subscriber(server, "bob");
  await server.clock.advance("PT1H");
  const until = "2027-12-01T00:00:00Z";
  const hold = done(await server.api.post(`${RETENTION}/holds`, { userId: "bob", reason: "Case 12 O 345/26", until }), 201);
  assert.deepEqual([hold.userId, hold.reason, hold.until, hold.liftedAt], ["bob", "Case 12 O 345/26", until, null]);
  const texts = async (userId) => {
    const { data } = done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`));
    const first = data.find(({ kind }) => kind === "receipt");
    return done(await server.api.get(`/api/admin/outbox/${first.id}`)).text;
  };
  await endNow(ada);
  await endNow(bob);
  assert.ok((await texts("ada")) && (await texts("bob")));
  await server.clock.advance("P8D");
  assert.ok(!(await texts("ada")));
  assert.ok(await texts("bob"), "bob is held");
  done(await server.api.delete(`${RETENTION}/holds/bob`), 204);
  refused(await server.api.delete(`${RETENTION}/holds/bob`), 404, "retention_not_held");
  await server.clock.advance("P2D");
  assert.ok(!(await texts("bob")));
});

test("holds: refusals, list, and their end", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await newCustomer(server, "ada");
  const holds = `${RETENTION}/holds`;
  const hold = (fields) => server.api.post(holds, { userId: "ada", reason: "A case", until: "2026-06-01T00:00:00Z", ...fields });
  refused(await hold({ userId: "nobody" }), 404, "customer_not_found");
  refused(await hold({ until: "2026-02-01T00:00:00Z" }), 422, "invalid_hold");
  refused(await hold({ until: "2060-02-01T00:00:00Z" }), 422, "invalid_hold");
  refused(await hold({ reason: "x" }), 422, "invalid_fields", "reason");
  refused(await hold({ until: "tomorrow" }), 422, "invalid_fields", "until");
  done(await hold(), 201);
  refused(await hold(), 409, "retention_held");
  refused(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 409, "retention_held");
  assert.equal(done(await server.api.get(`${holds}?status=held`)).data.length, 1);
  refused(await server.api.get(`${holds}?status=perhaps`), 422, "invalid_query", "status");
  refused(await server.api.get(`${holds}?limit=0`), 422, "invalid_query", "limit");
  refused(await server.api.get(`${holds}?x=1`), 422, "invalid_query", "x");
  await server.clock.to("2026-06-02T00:00:00Z");
  assert.equal(done(await server.api.get(`${holds}?status=held`)).data.length, 0);
  const [ended] = done(await server.api.get(holds)).data;
  assert.deepEqual([ended.liftedAt, ended.liftedBy], ["2026-06-01T00:00:00Z", null]);
  done(await hold({ until: "2026-08-01T00:00:00Z" }), 201);
  done(await hold({ until: "2026-08-01T00:00:00Z" }).then(() => server.api.delete(`${holds}/ada`)), 204);
  done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202);
});

test("eleven years later", async (t) => {
  const env = { TURNPIKE_KEY_FILE: await keyFile(t) };
  const server = await startServer(t, { env, testClock: "2026-03-01T12:00:00Z" });
  const turnpike = (...args) => runTurnpike(args, { env });
  const kim = await firstOperator(server, "kim");
  const lee = await operator(server, "lee", "admin");
  const shelf = await folder(t);
  // ada was erased; ben and fred only ended, and ben will be back; cleo is held; dora came back in 2031.
  const [ada, ben, cleo, dora, fred] = await Promise.all(["ada", "ben", "cleo", "dora", "fred"].map((name) => subscriber(server, name)));
  await server.clock.advance("PT1H");
  await Promise.all([ada, ben, cleo, dora, fred].map(endNow));
  await server.clock.advance("PT1H");
  done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202);
  const [{ id: erasure }] = done(await server.api.get("/api/admin/approvals?status=pending")).data;
  done(await (await signedInAgain(server, kim, 2)).post(`/api/admin/approvals/${erasure}/approve`, { reason: "as asked" }));
  await server.clock.to("2031-05-01T12:00:00Z");
  done(await dora.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1H");
  await endNow(dora);
  await server.clock.to("2036-12-31T23:00:00Z");
  let plan;
  let again;

  await t.test("on the last day of the tenth year nothing is due", async () => {
    plan = await counted(server);
    assert.deepEqual([plan.customers, plan.skipped, plan.lookedAt], [0, 0, 5]);
    assert.equal((await turnpike("backup", join(shelf, "before"), "--data", server.data)).code, 0);
  });

  await t.test("on the first of the next a count names whose books may go", async () => {
    done(await server.api.post(`${RETENTION}/holds`, { userId: "cleo", reason: "A case", until: "2038-01-01T00:00:00Z" }), 201);
    await server.clock.to("2037-01-01T00:00:01Z");
    const older = plan;
    again = done(await server.api.post(`${RETENTION}/dry-run`, {}), 202);
    plan = await settled(server, again.id, "ready");
    assert.deepEqual([plan.customers, plan.skipped, plan.purged], [3, 1, 0]);
    assert.match(plan.hash, /^[0-9a-f]{64}$/);
    assert.equal((await planOf(server, older.id)).status, "superseded");
    assert.deepEqual((await customersOf(server, plan.id)).map(({ userId, status, reason, isErased, invoices: count, dueAt }) => [userId, status, reason, isErased, count, dueAt]), [
      ["ada", "planned", null, true, 1, "2037-01-01T00:00:00Z"],
      ["ben", "planned", null, false, 1, "2037-01-01T00:00:00Z"],
      ["cleo", "skipped", "held", false, 1, "2037-01-01T00:00:00Z"],
      ["fred", "planned", null, false, 1, "2037-01-01T00:00:00Z"],
    ]);
    const schedule = done(await server.api.get(RETENTION));
    assert.deepEqual([schedule.planId, kindOf(schedule, "books").due], [plan.id, 3]);
    assert.deepEqual(await linesOf(ben), [1], "counting destroys nothing");
    refused(await server.api.post(`${RETENTION}/purge`, { planId: older.id, reason: "too old" }), 409, "retention_plan_not_ready");
    refused(await server.api.post(`${RETENTION}/purge`, { planId: "rpln_none", reason: "as each year" }), 404, "retention_plan_not_found");
    refused(await server.api.post(`${RETENTION}/purge`, { planId: plan.id }), 422, "invalid_fields", "reason");
    refused(await server.api.get(`${RETENTION}/plans/rpln_none`), 404, "retention_plan_not_found");
    refused(await server.api.post(`${RETENTION}/plans/rpln_none/cancel`, { reason: "none" }), 404, "retention_plan_not_found");
    refused(await server.api.post(`${RETENTION}/plans/${plan.id}/cancel`, {}), 422, "invalid_fields", "reason");
    refused(await server.api.get(`${RETENTION}/plans/${plan.id}/cancel`), 405, "method_not_allowed");
    assert.equal(done(await server.api.post(`${RETENTION}/plans/${plan.id}/cancel`, { reason: "Too late" })).status, "ready", "it is not under way");
    refused(await server.api.get(`${RETENTION}/plans/rpln_none/customers`), 404, "retention_plan_not_found");
    refused(await server.api.get(`${RETENTION}/plans/${plan.id}/customers?limit=0`), 422, "invalid_query", "limit");
    const first = done(await server.api.get(`${RETENTION}/plans/${plan.id}/customers?limit=2`));
    const rest = done(await server.api.get(`${RETENTION}/plans/${plan.id}/customers?limit=2&cursor=${first.nextCursor}`));
    assert.deepEqual([first.data.length, rest.data.map(({ userId }) => userId), rest.nextCursor], [2, ["cleo", "fred"], null]);
  });

  await t.test("it goes only once a second person agrees; who came back meanwhile is left", async () => {
    const one = await signedInAgain(server, kim, 3);
    const two = await signedInAgain(server, lee, 2);
    const asked = done(await one.post(`${RETENTION}/purge`, { planId: plan.id, reason: "as each year" }), 202);
    assert.deepEqual([asked.action, asked.status, asked.before.booksOfCustomers, asked.before.hash], ["purge", "pending", 3, plan.hash]);
    refused(await one.post(`${RETENTION}/purge`, { planId: plan.id, reason: "as each year" }), 409, "approval_waiting");
    refused(await one.post(`/api/admin/approvals/${asked.id}/approve`, {}), 403, "approval_own");
    assert.equal((await planOf(server, plan.id)).status, "ready");
    done(await ben.post("/api/billing/subscribe", { tier: "starter" }), 201); // after the plan was counted
    assert.equal(done(await two.post(`/api/admin/approvals/${asked.id}/approve`, {})).status, "executed");
    const carriedOut = await settled(server, plan.id, "done");
    assert.deepEqual([carriedOut.customers, carriedOut.purged, carriedOut.skipped], [3, 2, 2]);
    assert.ok(carriedOut.kinds.every(({ purged }) => purged !== null));
    const left = Object.fromEntries((await customersOf(server, plan.id)).map(({ userId, status, reason }) => [userId, `${status} ${reason}`]));
    assert.deepEqual(left, { ada: "purged null", ben: "skipped newer", cleo: "skipped held", fred: "purged null" });
    refused(await one.post(`${RETENTION}/purge`, { planId: plan.id, reason: "as each year" }), 409, "retention_plan_not_ready");
    assert.deepEqual(await linesOf(cleo), [1]);
    assert.deepEqual(await linesOf(dora), [1, 1]);
    assert.deepEqual(await linesOf(ben), [1, 1]);
    assert.deepEqual(await linesOf(fred), [0]);
    await server.clock.advance("PT1M");
    const actions = done(await server.api.get("/api/admin/audit?limit=100")).data.map(({ action, outcome }) => `${action} ${outcome}`);
    for (const row of ["retention.count created", "retention.hold created", "retention.purge approval_required", "retention.purge done"]) assert.ok(actions.includes(row), `${row} in ${actions}`);
  });

  await t.test("the backup of before does not open them with today's keys; the audit log verifies", async () => {
    assert.equal((await turnpike("backup", join(shelf, "after"), "--data", server.data)).code, 0);
    const verified = await turnpike("audit", "verify", "--data", server.data, "--json");
    assert.equal(verified.code, 0, verified.stderr);
    const restored = `${server.data}-restored`;
    t.after(() => rm(restored, { recursive: true, force: true }));
    const back = await turnpike("restore", join(shelf, "before"), "--data", restored);
    assert.equal(back.code, 0, back.stderr);
    const old = new Server(restored, { env });
    t.after(() => old.dispose());
    await old.start({ key: await old.createKey() });
    assert.deepEqual(await linesOf(old.api.as("cleo")), [1]);
    assert.deepEqual(await linesOf(old.api.as("dora")), [1, 1]);
    assert.deepEqual(await linesOf(old.api.as("fred")), [0]);
    refused(await old.api.as("ada").get("/api/billing/invoices"), 410, "customer_erased");
  });
});

test("who only ended gets a new key: what is to come is kept again", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.approvals = { purge: { when: "never" } }; }, { testClock: "2026-03-01T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1H");
  await endNow(ada);
  await server.clock.to("2037-02-01T04:00:00Z"); // the first of a month: counted by itself, and told
  const { planId } = done(await server.api.get(RETENTION));
  const plan = await settled(server, planId, "ready");
  assert.deepEqual([plan.customers, plan.createdBy], [1, null]);
  const mails = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "retention_due");
  assert.ok(mails.length >= 1);
  done(await server.api.post(`${RETENTION}/purge`, { planId, reason: "as each year" }));
  assert.equal((await settled(server, planId, "done")).purged, 1);
  assert.deepEqual(await linesOf(ada), [0]);
  assert.equal((await counted(server)).customers, 0, "nothing is left to go");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1H");
  assert.deepEqual(await linesOf(ada), [1, 0]);
});

test("a plan grows old, and only one is worked on", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { id } = await counted(server);
  await server.clock.advance("P31D");
  refused(await server.api.post(`${RETENTION}/purge`, { planId: id, reason: "as each year" }), 409, "retention_plan_not_ready");
  const first = await counted(server);
  done(await server.api.post(`${RETENTION}/purge`, { planId: first.id, reason: "rows alone" }));
  assert.equal((await settled(server, first.id, "done")).purged, 0);
});

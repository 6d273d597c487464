// Promise: facts of revenue prove themselves: what was changed behind the program's back is found the next night where anything happened, and
// within a week where nothing did; and sums that were lost are made anew from the facts, byte for byte, while nobody waits.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { firstOperator, operator } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const REVENUE = "/api/admin/revenue";
const REBUILDS = `${REVENUE}/rebuilds`;
const NOBODY = "rebu_00000000000000000000000000";
const SUMS = ["revenue_days", "revenue_months", "revenue_cohorts", "revenue_accounts"];

const python = async (server, script, argument) => {
  const answer = await promisify(execFile)("python3", ["-c", `import json,sqlite3,sys; c=sqlite3.connect(sys.argv[1]); ${script}; c.commit()`, join(server.data, "turnpike.db"), argument]);
  return answer.stdout;
};

/** What somebody with the database in hand may do to it. */
async function tamper(server, sql) {
  await server.stop();
  await python(server, "c.executescript(sys.argv[2])", `drop trigger if exists revenue_movements_stay; ${sql}`);
  await server.start();
}

/** All that is made of the facts, but for the night in which an account is proved. */
const sums = (server) => python(server, `
for t in json.loads(sys.argv[2]):
  names=[row[1] for row in c.execute("pragma table_info(%s)" % t) if row[1]!="turn"]
  print(t, sorted(c.execute("select %s from %s" % (",".join(names), t)), key=repr))`, JSON.stringify(SUMS));

async function ended(api, id) {
  for (;;) {
    const run = done(await api.get(`${REBUILDS}/${id}`));
    if (run.status !== "running") return run;
  }
}
const rebuilt = async (api, body = {}) => ended(api, done(await api.post(REBUILDS, body), 201).id);
const told = ({ status, days, months, cohorts, accounts, corrected }) => [status, days, months, cohorts, accounts, corrected];
const CLEAN = ["done", 0, 0, 0, 0, 0];

async function business(t) {
  const server = await startServer(t, { testClock: "2026-01-10T12:00:00Z" });
  const ann = await subscriber(server, "ann");
  await subscriber(server, "pro", { tier: "professional", interval: "year" });
  const bob = await subscriber(server, "bob");
  await newCustomer(server, "free");
  done(await bob.post("/api/billing/cancel", {}));
  await server.clock.advance("P5D");
  done(await ann.put("/api/billing/subscription", { tier: "professional" }));
  await server.clock.advance("P40D");
  return server;
}

const differences = async (api) => done(await api.get(`${REVENUE}/reconciliation`)).figures.find(({ id }) => id === "differencesProved").value;

async function nightsUntilFound(server) {
  for (let night = 1; night <= 7; night += 1) {
    await server.clock.advance("P1D");
    if (await differences(server.api) > 0) return night;
  }
  return Infinity;
}

test("sums are made anew from the facts", async (t) => {
  const server = await business(t);
  const before = await sums(server);

  await t.test("where all is well, nothing differs and nothing changes", async () => {
    assert.deepEqual(told(await rebuilt(server.api, { dryRun: true })), CLEAN);
    assert.deepEqual(told(await rebuilt(server.api)), CLEAN);
    assert.equal(await sums(server), before);
  });

  await t.test("what was damaged is counted, and made anew byte for byte", async () => {
    await tamper(server, "delete from revenue_days where kind = 'new';"
      + "update revenue_months set amount = amount + 6, paying = paying - 1 where kind = 'expansion'; delete from revenue_cohorts where basis = 'signup';"
      + "insert into revenue_months select 700, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number, 1, 1, 0, 1, 1, 1, 0, 1, 1 from revenue_months limit 1;"
      + "update revenue_accounts set arr = arr + 600, month_opening = 1 where user_id = 'ann';");
    const damaged = await sums(server);
    const found = await rebuilt(server.api, { dryRun: true });
    assert.ok(found.days > 0 && found.months > 1 && found.cohorts > 0 && found.accounts === 1 && found.corrected === 0, JSON.stringify(found));
    assert.equal(await sums(server), damaged, "a dry run writes nothing");
    const run = await rebuilt(server.api);
    assert.deepEqual([run.days, run.cohorts, run.accounts, run.percent, run.done], [found.days, found.cohorts, 1, 100, run.total]);
    assert.equal(await sums(server), before);
    assert.deepEqual(told(await rebuilt(server.api, { dryRun: true })), CLEAN);
  });

  await t.test("rows stay; what they say wrongly is corrected by another", async () => {
    await tamper(server, "update subscriptions set tier = 'starter' where user_id = 'ann' and ended_at is null;");
    const [rows, run] = [done(await server.api.get(`${REVENUE}/rows?userId=ann&limit=100`)).data, await rebuilt(server.api)];
    assert.deepEqual(told(run), ["done", 0, 0, 0, 0, 1]);
    const after = done(await server.api.get(`${REVENUE}/rows?userId=ann&limit=100`)).data;
    assert.deepEqual(after.slice(1), rows);
    assert.deepEqual([after[0].kind, after[0].reason, after[0].moved.amount], ["contraction", "correction", -7000]);
    assert.deepEqual(told(await rebuilt(server.api)), CLEAN);
  });

  await t.test("it is a job with its own entry in the log, for who may", async () => {
    const root = await firstOperator(server);
    const auditor = await operator(server, "aud", "auditor");
    const jobs = done(await auditor.get("/api/admin/jobs")).data.filter(({ name }) => name === "revenue_rebuild");
    const { data, nextCursor } = done(await auditor.get(`${REBUILDS}?limit=1`));
    assert.deepEqual([jobs[0].id, jobs[0].status, jobs[0].percent], [data[0].id, "done", 100]);
    assert.ok(done(await auditor.get(`${REBUILDS}?cursor=${nextCursor}`)).data.length >= 4);
    const entries = done(await root.get("/api/admin/audit?action=revenue_rebuild.start&limit=100")).data;
    assert.ok(entries.length >= 5);
    refused(await auditor.post(REBUILDS, {}), 403, "role_forbidden");
    refused(await auditor.post(`${REBUILDS}/${data[0].id}/cancel`), 403, "role_forbidden");
    refused(await root.post(REBUILDS, { dryRun: "perhaps" }), 422, "invalid_fields", "dryRun");
    refused(await root.get(`${REBUILDS}?limit=0`), 422, "invalid_query");
    refused(await root.get(`${REBUILDS}/${NOBODY}`), 404, "revenue_rebuild_not_found");
    refused(await root.post(`${REBUILDS}/${NOBODY}/cancel`), 404, "revenue_rebuild_not_found");
    refused(await root.post(`${REBUILDS}/${data[0].id}/cancel`), 409, "revenue_rebuild_over");
    for (const path of [REBUILDS, `${REBUILDS}/${NOBODY}`]) {
      refused(await server.api.withKey(undefined).get(path), 401, "key_missing");
      refused(await server.api.withKey(await server.createKey("usage:write")).get(path), 403, "scope_missing");
    }
    for (const path of [REBUILDS, `${REBUILDS}/${NOBODY}/cancel`]) {
      refused(await server.api.withKey(undefined).post(path, {}), 401, "key_missing");
      refused(await server.api.withKey(await server.createKey("usage:write")).post(path, {}), 403, "scope_missing");
    }
  });

  await t.test("the command says what differs", async () => {
    const command = (...options) => runTurnpike(["revenue", "rebuild", "--data", server.data, ...options]);
    const clean = await command();
    assert.deepEqual([clean.code, clean.stdout], [0, "0 sums of days, 0 of months, 0 of cohorts, 0 accounts, 0 accounts whose rows were not as their subscription differ.\n"]);
    await tamper(server, "delete from revenue_cohorts where basis = 'payment';");
    const found = await command("--dry-run");
    assert.equal(found.code, 1);
    assert.match(found.stdout, /^0 sums of days, 0 of months, [1-9]\d* of cohorts, /);
    const json = await command("--json");
    assert.deepEqual([json.code, JSON.parse(json.stdout).status], [0, "done"]);
    assert.equal((await command("--dry-run")).code, 0);
    assert.equal((await command("--url", "nowhere")).code, 2);
  });
});

test("a rebuild goes on after a crash, is cancelled, and there is one at a time", async (t) => {
  const server = await business(t);
  for (let i = 0; i < 450; i += 1) await newCustomer(server, `user${String(i).padStart(3, "0")}`);
  const answers = await Promise.all([server.api.post(REBUILDS, {}), server.api.post(REBUILDS, {})]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  refused(answers.find(({ status }) => status === 409), 409, "revenue_rebuild_busy");
  const { id } = answers.find(({ status }) => status === 201).body;
  await server.kill();
  await server.start();
  assert.deepEqual(told(await ended(server.api, id)), CLEAN);
  const { body: run } = await server.api.post(REBUILDS, {});
  const answer = await server.api.post(`${REBUILDS}/${run.id}/cancel`, {});
  if (answer.status === 200) assert.deepEqual([answer.body.status, answer.body.percent < 100], ["cancelled", true]);
  else refused(answer, 409, "revenue_rebuild_over");
});

test("a night proves what was touched, a week proves all", async (t) => {
  const server = await business(t);
  await server.clock.advance("P8D");
  assert.equal(await differences(server.api), 0);

  await t.test("an untouched account and an old sum within seven nights", async () => {
    await tamper(server, "update revenue_accounts set arr = arr + 6 where user_id = 'pro';");
    assert.ok(await nightsUntilFound(server) <= 7);
    done(await server.api.post(REBUILDS, {}), 201);
    await server.clock.advance("P1D");
    assert.equal(await differences(server.api), 0, "gone with the rebuild");
    await tamper(server, "update revenue_movements set arr_after = arr_after + 6 where user_id = 'ann' and kind = 'new';");
    assert.ok(await nightsUntilFound(server) <= 7);
    await server.clock.advance("P1D");
    assert.ok(await differences(server.api) > 0, "each night until it is gone");
    await tamper(server, "update revenue_movements set arr_after = arr_after - 6 where user_id = 'ann' and kind = 'new';");
    await server.clock.advance("P8D");
    assert.equal(await differences(server.api), 0);
  });

  await t.test("a sum of a month in which something happened, the next night", async () => {
    await subscriber(server, "new");
    await tamper(server, "update revenue_months set amount = amount + 6 where kind = 'new';");
    await server.clock.advance("P1D");
    assert.ok(await differences(server.api) > 0);
  });
});

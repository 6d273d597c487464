// Promise: operators see what runs by the clock and what takes long, and how the system is; a row that a job cannot do is set aside, holds
// up nobody, is shown with its cause, and is done once it is mended; an event that cannot be applied is given up in the end.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, eventually, refused, subscriber, subscription } from "./support.mjs";

// Straight into the file, past all that keeps it right.
async function plant(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), sql]);
}

async function useCard(api, token) {
  const { id } = done(await api.post("/api/billing/payment-methods", { paymentMethodId: token }), 201);
  done(await api.put(`/api/billing/payment-methods/${id}/default`));
}

// Whoever may read bills is no operator; and what is asked for must be there to ask for.
async function refusesOthers(server, path) {
  const key = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
  refused(await server.api.withKey(undefined).get(path), 401, "key_missing");
  refused(await server.api.withKey(key).get(path), 403, "scope_missing");
  refused(await server.api.get(`${path}?limit=0`), 422, "invalid_query");
}

const casesOf = async (server, userId) => done(await server.api.get(`/api/admin/dunning?userId=${userId}`)).data;
const setAside = async (server) => done(await server.api.get("/api/admin/set-aside")).data;
const jobs = async (server) => new Map(done(await server.api.get("/api/admin/jobs")).data.map((job) => [job.id, job]));

test("a case that cannot be read is set aside, and the others are retried on their day", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  const bob = await subscriber(server, "bob");
  for (const api of [ada, bob]) await useCard(api, "pm_card_chargeCustomerFail");
  await server.clock.to((await subscription(bob)).currentPeriodEnd);
  await server.clock.advance("PT1H");
  const [{ id }] = await casesOf(server, "ada");
  await plant(server, "update dunning_cases set kind = 'befogged' where user_id = 'ada'");
  await server.clock.advance("P3DT1H");
  assert.equal((await casesOf(server, "bob"))[0].retries, 1, "nobody waits for another's row");
  const [row, ...others] = await setAside(server);
  assert.deepEqual(others, []);
  assert.deepEqual([row.id, row.job, row.error.split(":")[0]], [id, "dunning", "corrupt"]);
  assert.ok(row.attempts >= 1 && Date.parse(row.nextAt) > Date.parse(row.lastAt));
  const { dunning } = Object.fromEntries(await jobs(server));
  assert.deepEqual([dunning.status, dunning.kind], ["scheduled", "scheduled"], "the job itself goes on");
  assert.ok(dunning.done >= 1 && dunning.nextAt !== null);

  refused(await server.api.post("/api/admin/set-aside/dunn_nowhere/retry"), 404, "set_aside_not_found");
  refused(await server.api.withKey(undefined).post(`/api/admin/set-aside/${id}/retry`), 401, "key_missing");
  const key = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
  refused(await server.api.withKey(key).post(`/api/admin/set-aside/${id}/retry`), 403, "scope_missing");
  await plant(server, "update dunning_cases set kind = 'payment' where user_id = 'ada'");
  done(await server.api.post(`/api/admin/set-aside/${id}/retry`), 204);
  await server.clock.advance("PT1S");
  assert.deepEqual(await setAside(server), []);
  assert.equal((await casesOf(server, "ada"))[0].retries, 1);
});

test("jobs: long work with how it ended, what runs by the clock with its next time", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await subscriber(server, "ada");
  const { id } = done(await server.api.post("/api/admin/reconciliations", {}), 201);
  await server.clock.advance("P1D");
  const all = await jobs(server);
  const walk = all.get(id);
  assert.deepEqual([walk.name, walk.kind, walk.status, walk.percent], ["reconciliation", "long", "done", 100]);
  assert.ok(walk.startedAt !== null && walk.finishedAt !== null && walk.etaAt === null);
  const retention = all.get("retention");
  assert.ok(retention.done >= 1);
  assert.deepEqual([retention.failures, retention.nextAt], [0, "2026-01-17T00:00:00Z"]);
  await refusesOthers(server, "/api/admin/jobs");
  await refusesOthers(server, "/api/admin/set-aside");
});

test("health: each figure with its bounds, and the worst of them", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await subscriber(server, "ada");
  const read = async () => {
    const health = done(await server.api.get("/api/admin/health"));
    return { ...health, of: Object.fromEntries(health.data.map((row) => [row.id, row])) };
  };
  const before = await read();
  assert.deepEqual([before.of.backup_age.status, before.of.backup_age.value], ["warn", null], "nobody has taken one");
  assert.equal(before.of.charging_frozen.status, "ok");
  assert.ok(before.of.clock_skew.value <= 1, "the sandbox goes by the same clock");
  for (const queue of ["outbox_age", "events_age", "deliveries_age"]) assert.deepEqual([before.of[queue].value, before.of[queue].status], [0, "ok"], queue);
  assert.deepEqual([before.of.usage_age.value, before.of.usage_age.status], [null, "unknown"], "nobody has used anything");
  done(await server.api.sendEvents(usageEvent({ userId: "ada" })));
  await server.clock.advance("P2D");
  const later = await read();
  assert.deepEqual([later.of.usage_age.value, later.of.usage_age.status], [2 * 86_400, "warn"]);
  await plant(server, "update webhook_events set status = 'received', next_attempt_at = 4102444800000 where rowid = (select min(rowid) from webhook_events)");
  const waiting = (await read()).of.events_age;
  assert.ok(waiting.value >= 2 * 86_400 - 1 && waiting.status === "bad", JSON.stringify(waiting));
  assert.ok(before.of.database.value > 4096 && before.of.disk_free.value > 0 && before.of.http_p50.value > 0);
  done(await server.api.post("/api/admin/backups", { kind: "backup", takenAt: "2026-01-14T11:00:00Z", files: 1, bytes: 1, outcome: "good" }), 201);
  const after = await read();
  assert.deepEqual([after.of.backup_age.status, after.of.backup_age.value, after.status], ["bad", 73 * 3600, "bad"]);
  await refusesOthers(server, "/api/admin/health");
});

test("an event that cannot be applied for a reason of its own is tried, given up, and applied once its row is mended", async (t) => {
  const server = await startServer(t);
  const stripe = await server.stripe();
  const ada = await subscriber(server, "ada");
  const { stripeSubscriptionId } = await subscription(ada);
  await server.clock.advance("PT1S");
  const events = async () => done(await server.api.get("/api/admin/webhooks?type=customer.subscription.updated")).data;
  const before = (await events()).length;
  const event = async () => (await events()).at(-1 - before);
  await plant(server, "update subscriptions set status = 'befogged' where user_id = 'ada'");
  done(await stripe.post(`/v1/subscriptions/${stripeSubscriptionId}`, { cancel_at_period_end: true }));
  const waits = await eventually(event, (row) => row?.attempts > 0);
  assert.equal(waits.status, "received");
  assert.match(waits.lastError, /^corrupt/);
  await plant(server, `update webhook_events set attempts = 29 where stripe_event_id = '${waits.id}'`);
  await server.clock.advance("PT1S"); // ends once nothing waits any more
  const dead = await event();
  assert.deepEqual([dead.status, dead.attempts, dead.finishedAt === null], ["failed", 30, false]);
  await plant(server, "update subscriptions set status = 'active' where user_id = 'ada'");
  done(await server.api.post(`/api/admin/webhooks/${waits.id}/replay`));
  await server.clock.advance("PT1S");
  assert.equal((await event()).status, "applied");
  assert.equal((await subscription(ada)).cancelAtPeriodEnd, true);
});

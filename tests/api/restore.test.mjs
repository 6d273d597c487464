// Promise: a backup is taken while the server runs and is refused when it is damaged; after a restore
// nothing is charged until everything has been compared with the provider: never a second charge.
import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscriber, subscription } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

// The provider stands outside, so that it is not restored with us.
async function start(t) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_stories" };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", url], env });
  return { server, stripe: await provider.stripe() };
}

async function run(...args) {
  const result = await runTurnpike(args, {});
  return { ...result, json: result.stdout.startsWith("{") ? JSON.parse(result.stdout) : undefined };
}

async function folderFor(t, server, name) {
  const folder = `${server.data}-${name}`;
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// The walk that a frozen server begins by itself ends before it is quiet.
async function walked(server) {
  for (;;) {
    const [walk] = done(await server.api.get("/api/admin/reconciliations?limit=1")).data;
    if (walk && walk.status !== "running") return walk;
    await new Promise((fulfil) => setImmediate(fulfil));
  }
}

test("backup, charge, restore the older copy, start: no second charge, and the provider's state", async (t) => {
  const { server, stripe } = await start(t);
  const ada = await customerWithCard(server, "ada");
  const backup = await folderFor(t, server, "backup");

  const taken = await run("backup", backup, "--data", server.data, "--json");
  assert.equal(taken.code, 0, taken.stderr);
  assert.equal(taken.json.files, 1);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const after = await subscription(ada);
  const [paid] = await invoices(ada);
  assert.equal(paid.status, "paid");

  const busy = await run("restore", backup, "--data", server.data, "--replace");
  assert.equal(busy.code, 1, "a server runs on it");
  await server.stop();
  const unasked = await run("restore", backup, "--data", server.data);
  assert.equal(unasked.code, 1);
  assert.match(unasked.stderr, /--replace/);
  const restored = await run("restore", backup, "--data", server.data, "--replace", "--json");
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal(restored.json.incarnation, 2);

  await server.start();
  const walk = await walked(server);
  assert.equal(walk.reason, "restore");
  assert.equal(walk.status, "done", walk.lastError);
  assert.equal(walk.leftOver, 0);
  assert.ok(walk.examined >= 3, "her record, the subscription, its invoice");
  const charging = done(await server.api.get("/api/admin/charging"));
  assert.equal(charging.frozen, false);
  assert.equal(charging.incarnation, 2);
  assert.deepEqual(charging.history.map(({ type }) => type).sort(), ["charging.frozen", "charging.released"]);

  const now = server.api.as("ada");
  refused(await now.post("/api/billing/subscribe", { tier: "starter" }), 409, "already_subscribed");
  assert.equal((await subscription(now)).stripeSubscriptionId, after.stripeSubscriptionId);
  assert.equal((await subscription(now)).tier, "starter");
  assert.deepEqual((await invoices(now)).map(({ stripeInvoiceId, status }) => [stripeInvoiceId, status]),
    [[paid.stripeInvoiceId, "paid"]]);
  const charges = done(await stripe.get("/v1/charges", { limit: 100 })).data;
  assert.equal(charges.length, 1, "charged once");
  assert.equal((await atStripe(stripe, "ada")).subscriptions.length, 1);
  const again = done(await server.api.post("/api/admin/reconciliations", {}), 201);
  await walked(server);
  assert.equal(done(await server.api.get(`/api/admin/reconciliations/${again.id}`)).found, 0);
});

test("while a difference is left, nothing is charged until an operator lifts the freeze with a reason", async (t) => {
  const { server, stripe } = await start(t);
  await customerWithCard(server, "ada");
  const backup = await folderFor(t, server, "backup");
  assert.equal((await run("backup", backup, "--data", server.data)).code, 0);
  done(await stripe.post("/v1/customers", { metadata: { user_id: "ada" } })); // a second record of hers
  await server.stop();
  assert.equal((await run("restore", backup, "--data", server.data, "--replace")).code, 0);
  await server.start();
  const walk = await walked(server);
  assert.equal(walk.leftOver, 1);
  const ada = server.api.as("ada");
  const { detail } = refused(await ada.post("/api/billing/subscribe", { tier: "starter" }), 503, "charging_frozen");
  assert.match(detail, /restored backup/);
  assert.match((await server.api.get("/metrics")).text, /^turnpike_charging_frozen 1$/m);
  assert.deepEqual(done(await server.api.get("/api/admin/differences?status=open")).data.map(({ kind, safe }) => [kind, safe]),
    [["customer_twice", false]]);
  refused(await server.api.post("/api/admin/charging/release", {}), 422, "invalid_fields", "reason");
  const lifted = done(await server.api.post("/api/admin/charging/release", { reason: "Looked at the second record" }));
  assert.equal(lifted.frozen, false);
  assert.ok(lifted.history.some(({ description }) => description === "Looked at the second record"));
  refused(await server.api.post("/api/admin/charging/release", { reason: "once more" }), 409, "not_frozen");
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
});

test("a backup of server and sandbox together, and what is refused", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  await subscriber(server, "ada");
  const backup = await folderFor(t, server, "backup");
  const taken = await run("backup", backup, "--data", server.data, "--json");
  assert.equal(taken.code, 0, taken.stderr);
  assert.equal(taken.json.files, 2);
  const manifest = JSON.parse(await readFile(join(backup, "manifest.json"), "utf8"));
  assert.deepEqual(manifest.files.map(({ name }) => name), ["turnpike.db", "sandbox.db"]);
  assert.ok(manifest.files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));

  const twice = await run("backup", backup, "--data", server.data);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /not empty/);
  const nowhere = await run("backup", `${backup}-2`, "--data", `${server.data}-nowhere`);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /does not exist/);
  await rm(`${backup}-2`, { recursive: true, force: true });
  assert.equal((await run("backup", "--data", server.data)).code, 2, "no folder named");

  const target = await folderFor(t, server, "restored");
  await mkdir(target);
  assert.equal((await run("restore", backup, "--data", target)).code, 0);

  const damaged = await folderFor(t, server, "damaged");
  assert.equal((await run("backup", damaged, "--data", server.data)).code, 0);
  await appendFile(join(damaged, "turnpike.db"), "x");
  const bad = await run("restore", damaged, "--data", `${target}-2`);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /damaged/);
  await writeFile(join(damaged, "manifest.json"), "{}");
  const empty = await run("restore", damaged, "--data", `${target}-2`);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /not the manifest of a backup/);
  const none = await run("restore", `${damaged}-none`, "--data", `${target}-2`);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /is this a backup/);
});

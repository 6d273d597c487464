// Promise: what differs from the provider is found, repaired where that is safe, and shown where it
// is not; over the API, from the command line, of everybody and of one customer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, refused, subscriber, subscription } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

// Charges through a sandbox that tells it nothing: every event is lost.
async function start(t) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_stories" };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", url], env });
  return { provider, server, stripe: await provider.stripe() };
}

async function run(server, ...args) {
  return runTurnpike(["reconcile", "--data", server.data, ...args]);
}

test("a walk repairs what was missed", async (t) => {
  const { server, stripe } = await start(t);
  const ada = await subscriber(server, "ada");
  await subscriber(server, "bob");
  const { stripeSubscriptionId } = await subscription(ada);
  const first = await run(server, "--json");
  assert.equal(first.code, 0, first.stderr);

  done(await stripe.post(`/v1/subscriptions/${stripeSubscriptionId}`, { cancel_at_period_end: true }));
  assert.equal((await subscription(ada)).cancelAtPeriodEnd, false, "nobody has told");

  await t.test("a dry run finds and leaves", async () => {
    const dry = await run(server, "--dry-run", "--user", "ada", "--json");
    assert.equal(dry.code, 1, "something is left");
    const walk = JSON.parse(dry.stdout);
    assert.deepEqual([walk.dryRun, walk.userId, walk.found, walk.repaired, walk.leftOver], [true, "ada", 1, 0, 1]);
    assert.equal((await subscription(ada)).cancelAtPeriodEnd, false);
    const [difference] = done(await server.api.get(`/api/admin/differences?reconciliationId=${walk.id}`)).data;
    assert.deepEqual(
      [difference.userId, difference.kind, difference.safe, difference.here, difference.there, difference.status],
      ["ada", "subscription_cancel", true, "goes on", "ends", "open"],
    );
  });

  await t.test("another customer's walk does not touch it", async () => {
    assert.equal((await run(server, "--user", "bob")).code, 0);
    assert.equal((await subscription(ada)).cancelAtPeriodEnd, false);
  });

  await t.test("her own walk repairs it, and says so", async () => {
    const walk = await run(server, "--user", "ada");
    assert.equal(walk.code, 0, walk.stderr);
    assert.match(walk.stdout, /repaired {2}subscription_cancel {2}ada/);
    assert.match(walk.stdout, /, 1 differences, 1 repaired, 0 left\./);
    assert.equal((await subscription(ada)).cancelAtPeriodEnd, true);
    const again = JSON.parse((await run(server, "--user", "ada", "--json")).stdout);
    assert.equal(again.found, 0);
  });

  await t.test("the walk over everybody first fetches the events that never came", async () => {
    done(await stripe.post(`/v1/subscriptions/${stripeSubscriptionId}`, { cancel_at_period_end: false }));
    const walk = await run(server, "--json");
    assert.equal(walk.code, 0, walk.stderr);
    assert.equal((await subscription(ada)).cancelAtPeriodEnd, false);
    const updated = done(await server.api.get("/api/admin/webhooks?type=customer.subscription.updated&status=applied"));
    assert.ok(updated.data.some(({ objectId }) => objectId === stripeSubscriptionId));
    assert.equal(JSON.parse((await run(server, "--json")).stdout).found, 0);
  });
});

test("what cannot be asked for", async (t) => {
  const { server } = await start(t);
  refused(await server.api.post("/api/admin/reconciliations", { userId: "nobody" }), 404, "customer_not_found");
  refused(await server.api.post("/api/admin/reconciliations", { user: "ada" }), 422, "invalid_fields", "user");
  refused(await server.api.get("/api/admin/reconciliations/reco_none"), 404, "reconciliation_not_found");
  refused(await server.api.get("/api/admin/differences?status=lost"), 422, "invalid_query", "status");
  const key = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
  refused(await server.api.withKey(key).post("/api/admin/reconciliations", {}), 403, "scope_missing");
  const nobody = await run(server, "--user", "nobody");
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /no customer with this userId/);
  const both = await runTurnpike(["reconcile", "--data", server.data, "--url", server.url]);
  assert.equal(both.code, 2);
  await server.stop();
  const down = await run(server);
  assert.equal(down.code, 1);
  assert.match(down.stderr, /No server answers/);
});

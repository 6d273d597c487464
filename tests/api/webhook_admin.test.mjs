// Promise: an operator sees every event that came and what became of it; what failed waits, visibly,
// and is played again; a secret that is being rolled loses no event; thin events count like others.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { makeDataFolder, startServer } from "../harness/server.mjs";
import { done, eventually, refused, subscriber, subscription } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const NOW_S = Date.parse(NOW) / 1000;
const SECRETS = ["whsec_new", "whsec_old"];

async function start(t) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: SECRETS.join("\n") };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", url], env });
  return { provider, server };
}

function sign(body, secret) {
  return `t=${NOW_S},v1=${createHmac("sha256", secret).update(`${NOW_S}.${body}`).digest("hex")}`;
}

function send(server, event, secret = SECRETS[0]) {
  const raw = JSON.stringify(event);
  const headers = { "Stripe-Signature": sign(raw, secret) };
  return server.api.withKey(undefined).post("/api/webhooks/stripe", undefined, { raw, headers });
}

function snapshot(id, type, object) {
  return { id, object: "event", api_version: "2026-10-28.endive", created: NOW_S, type, data: { object } };
}

const shown = (server, id) => server.api.get(`/api/admin/webhooks/${id}`);
const settled = (server, id) =>
  eventually(async () => done(await shown(server, id)), ({ status }) => status !== "received");

test("what came, and what became of it", async (t) => {
  const { server } = await start(t);
  const ada = await subscriber(server, "ada");
  const { stripeSubscriptionId: sub } = await subscription(ada);

  await t.test("both secrets are good while one is being rolled, and no third", async () => {
    done(await send(server, snapshot("evt_new", "customer.subscription.updated", { id: sub }), "whsec_new"));
    done(await send(server, snapshot("evt_old", "customer.subscription.updated", { id: sub }), "whsec_old"));
    refused(await send(server, snapshot("evt_no", "invoice.paid", { id: "in_1" }), "whsec_third"), 400, "signature_invalid");
    assert.equal((await settled(server, "evt_old")).status, "applied");
    refused(await shown(server, "evt_no"), 404, "webhook_not_found");
  });

  await t.test("a thin event leads to its object", async () => {
    const thin = {
      id: "evt_thin", object: "v2.core.event", type: "v1.customer.subscription.updated", created: NOW, livemode: false,
      related_object: { id: sub, type: "subscription", url: `/v1/subscriptions/${sub}` },
    };
    done(await send(server, thin));
    const event = await settled(server, "evt_thin");
    assert.equal(event.status, "applied");
    assert.equal(event.objectId, sub);
    assert.deepEqual(event.body, thin);
  });

  await t.test("types and objects that nobody knows are kept and shown, never an error", async () => {
    done(await send(server, snapshot("evt_strange", "something.never_heard_of", { id: "x_1", state: "brand_new" })));
    done(await send(server, snapshot("evt_foreign", "customer.subscription.updated", { id: "sub_nobody" })));
    assert.equal((await settled(server, "evt_strange")).status, "ignored");
    assert.equal((await settled(server, "evt_foreign")).status, "ignored");
    assert.equal((await subscription(ada)).status, "active");
  });

  await t.test("the list is paged, and narrowed by status and type", async () => {
    const seen = [];
    let cursor = "";
    do {
      const page = done(await server.api.get(`/api/admin/webhooks?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`));
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? "";
    } while (cursor);
    for (const id of ["evt_new", "evt_old", "evt_thin", "evt_strange", "evt_foreign"]) {
      assert.equal(seen.filter((one) => one === id).length, 1, `${id} in ${seen}`);
    }
    const ignored = done(await server.api.get("/api/admin/webhooks?status=ignored&type=something.never_heard_of")).data;
    assert.deepEqual(ignored.map(({ id }) => id), ["evt_strange"]);
    assert.equal(ignored[0].body, undefined, "what it said is shown for one only");
    refused(await server.api.get("/api/admin/webhooks?status=lost"), 422, "invalid_query", "status");
    refused(await server.api.get("/api/admin/webhooks?cursor=nonsense"), 422, "invalid_query", "cursor");
    refused(await server.api.get("/api/admin/webhooks?type="), 422, "invalid_query", "type");
  });

  await t.test("an event is played again, without harm", async () => {
    const before = await subscription(ada);
    const again = done(await server.api.post("/api/admin/webhooks/evt_thin/replay"));
    assert.equal(again.id, "evt_thin");
    const event = await settled(server, "evt_thin");
    assert.equal(event.status, "applied");
    assert.equal(event.attempts, 1);
    assert.deepEqual(await subscription(ada), before);
    refused(await server.api.post("/api/admin/webhooks/evt_nowhere/replay"), 404, "webhook_not_found");
  });

  await t.test("only an administrator sees and plays", async () => {
    const key = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
    refused(await server.api.withKey(key).get("/api/admin/webhooks"), 403, "scope_missing");
    refused(await server.api.withKey(key).post("/api/admin/webhooks/replay"), 403, "scope_missing");
    refused(await server.api.withKey(undefined).get("/api/admin/webhooks/evt_new"), 401, "key_missing");
  });
});

test("an event whose object the provider refuses to show is a dead letter, until it is played again", async (t) => {
  const { server } = await start(t);
  // A path that no object can have: the provider answers that there is no such address, for good.
  done(await send(server, snapshot("evt_dead", "invoice.paid", { id: "in_1/../../x" })));
  const dead = await settled(server, "evt_dead");
  assert.equal(dead.status, "failed");
  assert.ok(dead.lastError.length > 0);
  assert.deepEqual(done(await server.api.get("/api/admin/webhooks?status=failed")).data.map(({ id }) => id), ["evt_dead"]);
  const { text } = await server.api.get("/metrics");
  assert.match(text, /^turnpike_webhooks_failed_total 1$/m);
  assert.deepEqual(done(await server.api.post(`/api/admin/webhooks/replay?until=${dead.receivedAt}`)), { count: 0 }, "it came later");
  refused(await server.api.post("/api/admin/webhooks/replay?since=yesterday"), 422, "invalid_query");
  assert.deepEqual(done(await server.api.post(`/api/admin/webhooks/replay?since=${dead.receivedAt}`)), { count: 1 });
  assert.equal((await settled(server, "evt_dead")).status, "failed");
  assert.deepEqual(done(await server.api.post("/api/admin/webhooks/replay")), { count: 1 });
  assert.equal((await settled(server, "evt_dead")).status, "failed");
  const { data } = done(await server.api.get("/api/admin/outbox"));
  const alerts = data.filter(({ kind }) => kind === "webhook_failed");
  assert.equal(alerts.length, 1, "the operators are told once a day, not once an event");
  const alert = done(await server.api.get(`/api/admin/outbox/${alerts[0].id}`));
  assert.equal(alert.status, "local", "no address for alerts was given");
  assert.match(alert.text, /invoice\.paid[\s\S]*evt_dead[\s\S]*in_1/);
  assert.ok(alert.text.includes(dead.lastError.split(" ")[0]));
});

test("a secret is rolled without a restart: the file is read again on SIGHUP, and kept when it is no good", async (t) => {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "secrets");
  await writeFile(file, "whsec_one\n");
  const args = ["--stripe-url", url, "--stripe-webhook-secret-file", file];
  const server = await startServer(t, { testClock: NOW, args, env: { TURNPIKE_STRIPE_KEY: "sk_test_stories" } });
  let signals = 0;
  const reread = async (content) => {
    await (content === null ? rm(file) : writeFile(file, content));
    process.kill(server.pid, "SIGHUP");
    signals += 1;
    const count = async () => {
      await server.api.get("/readyz");
      return server.stderr.match(/webhook\.secrets_reread/g)?.length ?? 0;
    };
    assert.equal(await eventually(count, (seen) => seen === signals), signals);
  };
  const answers = async (...secrets) => {
    const event = (secret) => snapshot(`evt_${secret}_${signals}`, "invoice.paid", { id: "in_1" });
    return Promise.all(secrets.map(async (secret) => (await send(server, event(secret), secret)).status));
  };
  assert.deepEqual(await answers("whsec_one", "whsec_two"), [200, 400]);
  await reread("whsec_two\nwhsec_one\n");
  assert.deepEqual(await answers("whsec_one", "whsec_two"), [200, 200]);
  await reread("whsec_two\n");
  assert.deepEqual(await answers("whsec_one", "whsec_two"), [400, 200]);
  for (const bad of ["", "\n \n", "whsec_three\nsk_test_4242\n", `whsec_${"3".repeat(5000)}`, null]) {
    await reread(bad);
    assert.deepEqual(await answers("whsec_two", "whsec_three"), [200, 400]);
  }
  assert.doesNotMatch(server.stderr, /whsec_(one|two|three)|sk_test_4242/, "no secret is logged");
});

test("SIGHUP ends no server, whatever it charges through", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  process.kill(server.pid, "SIGHUP");
  await eventually(async () => (await server.api.get("/readyz")).status === 200 && server.stderr, (log) => /there_is_no_file/.test(log));
  assert.match(server.stderr, /secrets_reread problem=there_is_no_file/);
  done(await server.api.get("/healthz"));
});

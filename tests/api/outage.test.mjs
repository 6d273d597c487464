// Promise: a payment provider that fails, or whose answer is lost, costs time and nothing else: the
// call is made again under the same key, and the customer is charged once.
import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, subscription } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

// A sandbox with a line before it that `disturb(method, path)` may cut: "refuse" answers 500 in its
// place, "lose" lets the call through and drops the answer. Every call's key is noted.
async function startBehindLine(t, disturb) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const calls = [];
  const line = createServer((incoming, outgoing) => {
    const what = disturb(incoming.method, incoming.url);
    calls.push({ call: `${incoming.method} ${incoming.url}`, key: incoming.headers["idempotency-key"], what });
    if (what === "refuse") {
      outgoing.writeHead(500, { "Content-Type": "application/json" });
      outgoing.end('{"error":{"type":"api_error","message":"Out of order"}}');
      return;
    }
    const out = forward(new URL(incoming.url, url), { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (what === "lose") {
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(out);
  });
  await new Promise((fulfil) => line.listen(0, "127.0.0.1", fulfil));
  t.after(() => line.close());
  const stripeUrl = `http://127.0.0.1:${line.address().port}`;
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_stories" };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", stripeUrl], env });
  return { server, calls, stripe: await provider.stripe() };
}

for (const how of ["refuse", "lose"]) {
  test(`one purchase, one charge, when the provider's first answer is a ${how === "lose" ? "lost one" : "failure"}`, async (t) => {
    let left = 1;
    const isPurchase = (method, path) => method === "POST" && path === "/v1/subscriptions";
    const { server, calls, stripe } = await startBehindLine(t, (method, path) => (isPurchase(method, path) && left-- > 0 ? how : "pass"));
    const api = await customerWithCard(server, "ada");
    done(await api.post("/api/billing/subscribe", { tier: "starter" }, { idempotencyKey: "buy" }), 201);

    const tries = calls.filter(({ call }) => call === "POST /v1/subscriptions");
    assert.deepEqual(tries.map(({ what }) => what), [how, "pass"]);
    assert.ok(tries[0].key);
    assert.equal(tries[0].key, tries[1].key, "the same work has the same key");
    const sold = await atStripe(stripe, "ada");
    assert.equal(sold.subscriptions.length, 1);
    assert.deepEqual(sold.invoices.map(({ amount_paid }) => amount_paid), [2_900]);
    assert.deepEqual((await invoices(api)).map(({ status }) => status), ["paid"]);
    assert.equal((await subscription(api)).status, "active");
  });
}

test("a power cut while the answer is under way: the purchase ends by itself after the restart", async (t) => {
  let cut;
  const isCut = new Promise((fulfil) => (cut = fulfil));
  let left = 1;
  const { server, calls, stripe } = await startBehindLine(t, (method, path) => {
    if (method !== "POST" || path !== "/v1/subscriptions" || left-- <= 0) return "pass";
    cut();
    return "lose";
  });
  const api = await customerWithCard(server, "ada");
  const asked = api.post("/api/billing/subscribe", { tier: "starter" }, { idempotencyKey: "buy" }).catch(() => "cut off");
  await isCut;
  await server.kill();
  assert.equal(await asked, "cut off");
  await server.start();
  const again = server.api.as("ada");
  const bought = done(await again.post("/api/billing/subscribe", { tier: "starter" }, { idempotencyKey: "buy" }), 201);
  assert.equal(bought.tier, "starter");
  const keys = calls.filter(({ call }) => call === "POST /v1/subscriptions").map(({ key }) => key);
  assert.equal(new Set(keys).size, 1);
  const sold = await atStripe(stripe, "ada");
  assert.deepEqual(sold.invoices.map(({ amount_paid }) => amount_paid), [2_900]);
});

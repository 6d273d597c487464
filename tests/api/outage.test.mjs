// Promise: a payment provider that fails, is busy, or whose answer is lost, costs time and nothing else:
// the call is made again under the same key, and the customer is charged once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startBehindLine } from "../harness/line.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscription } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const isPurchase = (method, path) => method === "POST" && path === "/v1/subscriptions";
const isChange = (method, path) => method === "POST" && /^\/v1\/subscriptions\/sub_/.test(path);

// Disturbs the first call that `matches`, and no other.
function first(matches, how) {
  let left = 1;
  return (method, path) => (matches(method, path) && left-- > 0 ? how : "pass");
}

// What the provider has taken from the customer, in all.
async function taken(stripe, userId) {
  const sold = await atStripe(stripe, userId);
  return sold.invoices.map(({ amount_paid }) => amount_paid).sort((a, b) => a - b);
}

const WAYS = {
  refuse: "a failure",
  fail: "a failure after it was done",
  lose: "lost",
  busy: "that the object is locked",
  conflict: "that the key is in use",
};

for (const [how, words] of Object.entries(WAYS)) {
  test(`one purchase, one charge, when the provider's first answer is ${words}`, async (t) => {
    const { server, calls, stripe } = await startBehindLine(t, first(isPurchase, how), { now: NOW });
    const api = await customerWithCard(server, "ada");
    done(await api.post("/api/billing/subscribe", { tier: "starter" }, { idempotencyKey: "buy" }), 201);

    const tries = calls.filter(({ call }) => call === "POST /v1/subscriptions");
    assert.deepEqual(tries.map(({ what }) => what), [how, "pass"]);
    assert.ok(tries[0].key);
    assert.equal(tries[0].key, tries[1].key, "the same work has the same key");
    assert.equal((await atStripe(stripe, "ada")).subscriptions.length, 1);
    assert.deepEqual(await taken(stripe, "ada"), [2_900]);
    assert.deepEqual((await invoices(api)).map(({ status }) => status), ["paid"]);
    assert.equal((await subscription(api)).status, "active");
  });

  test(`one upgrade, one charge, when the provider's first answer is ${words}`, async (t) => {
    const { server, stripe } = await startBehindLine(t, first(isChange, how), { now: NOW });
    const api = await customerWithCard(server, "ada");
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    const changed = done(await api.put("/api/billing/subscription", { tier: "professional" }, { idempotencyKey: "up" }));
    assert.equal(changed.tier, "professional");
    assert.deepEqual(await taken(stripe, "ada"), [2_900, 7_000]);
    assert.deepEqual((await invoices(api)).map(({ amountPaid }) => amountPaid.amount).sort(), [2_900, 7_000]);
  });
}

test("a power cut while the answer is under way: the purchase ends by itself after the restart", async (t) => {
  let cut;
  const isCut = new Promise((fulfil) => (cut = fulfil));
  let left = 1;
  const disturb = (method, path) => {
    if (!isPurchase(method, path) || left-- <= 0) return "pass";
    cut();
    return "lose";
  };
  const { server, calls, stripe } = await startBehindLine(t, disturb, { now: NOW });
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
  assert.deepEqual(await taken(stripe, "ada"), [2_900]);
});

test("a preview while the provider is away says so, and nothing is changed", async (t) => {
  let isAway = false;
  const { server } = await startBehindLine(t, () => (isAway ? "refuse" : "pass"), { now: NOW });
  const api = await customerWithCard(server, "ada");
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);
  done(await api.put("/api/billing/subscription?preview=true", { tier: "starter" }));
  isAway = true;
  refused(await api.put("/api/billing/subscription?preview=true", { tier: "starter" }), 503, "payment_provider_unavailable");
  isAway = false;
  assert.equal((await subscription(api)).tier, "professional");
  done(await api.put("/api/billing/subscription?preview=true", { tier: "starter" }));
});

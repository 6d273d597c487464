// Promise: an event of the provider's is believed only when it is signed, kept before it is
// acknowledged, applied once, and in any order leads to the same state.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { done, invoices, refused, subscriber, subscription } from "./support.mjs";

const PATH = "/api/webhooks/stripe";
const SECRET = "whsec_stories";
const NOW = "2026-01-15T12:00:00Z";
const NOW_S = Date.parse(NOW) / 1000;

// The sandbox keeps its endpoint's secret to itself, so that a server that is told one of ours, and
// charges through a sandbox beside it, is what signed events are sent to.
async function startWithSecret(t) {
  const provider = await startServer(t, { testClock: NOW });
  const { url } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: SECRET };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", url], env });
  return { server, stripe: await provider.stripe() };
}

function sign(body, { at = NOW_S, secret = SECRET } = {}) {
  return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
}

function eventOf(type, object, id = `evt_${Math.random().toString(36).slice(2)}`) {
  return { id, object: "event", api_version: "2026-10-28.endive", created: NOW_S, type, data: { object } };
}

function send(server, event, options = {}) {
  const raw = typeof event === "string" ? event : JSON.stringify(event);
  const headers = { "Stripe-Signature": options.signature ?? sign(raw, options) };
  return server.api.withKey(undefined).post(PATH, undefined, { raw, headers });
}

async function figure(server, name) {
  const { text } = await server.api.get("/metrics");
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? NaN);
}

test("signed events", async (t) => {
  const { server, stripe } = await startWithSecret(t);
  const ada = await subscriber(server, "ada");
  const { stripeSubscriptionId } = await subscription(ada);
  const object = { id: stripeSubscriptionId, object: "subscription" };

  await t.test("one that is signed is received, and twice is once", async () => {
    const before = await subscription(ada);
    const event = eventOf("customer.subscription.updated", { ...object, status: "canceled" });
    assert.deepEqual(done(await send(server, event)), { received: true });
    assert.deepEqual(done(await send(server, event)), { received: true });
    await server.clock.advance("PT1S");
    assert.deepEqual(await subscription(ada), before, "what an event claims is read from the provider, not believed");
    assert.equal((await invoices(ada)).length, 1);
  });

  await t.test("in any order, of objects known and unknown", async () => {
    const before = await subscription(ada);
    for (const type of ["customer.subscription.updated", "customer.subscription.created", "customer.subscription.deleted"]) {
      done(await send(server, eventOf(type, object), { at: NOW_S + 1 }));
    }
    done(await send(server, eventOf("invoice.paid", { id: "in_nobody", object: "invoice" })));
    done(await send(server, eventOf("customer.subscription.updated", { id: "sub_nobody", object: "subscription" })));
    done(await send(server, eventOf("payment_method.attached", { id: "pm_nobody", object: "payment_method" })));
    await server.clock.advance("PT1S");
    assert.deepEqual(await subscription(ada), before);
  });

  await t.test("whose record was deleted there buys anew with another one", async () => {
    const bob = await subscriber(server, "bob");
    const find = async () => done(await stripe.get("/v1/customers", { email: "bob@example.com" })).data;
    const [gone] = await find();
    const { stripeSubscriptionId: ended } = await subscription(bob);
    done(await stripe.delete(`/v1/customers/${gone.id}`));
    done(await send(server, eventOf("customer.subscription.deleted", { id: ended, object: "subscription" })));
    done(await send(server, eventOf("customer.deleted", { id: gone.id, object: "customer" })));
    await server.clock.advance("PT1S");
    assert.equal((await subscription(bob)).tier, "free");
    assert.deepEqual(done(await bob.get("/api/billing/payment-methods")).data, []);
    done(await bob.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
    done(await bob.post("/api/billing/subscribe", { tier: "starter" }), 201);
    const [anew] = await find();
    assert.notEqual(anew.id, gone.id);
  });

  await t.test("a type of no concern is kept and ignored", async () => {
    done(await send(server, eventOf("radar.early_fraud_warning.created", { id: "issfr_1" })));
    done(await send(server, eventOf("something.never_heard_of", {})));
    await server.clock.advance("PT1S");
    assert.equal((await server.api.get("/healthz")).status, 200);
  });

  await t.test("what is not signed, or signed wrongly, is refused with the reason", async () => {
    const event = eventOf("customer.subscription.deleted", object);
    const raw = JSON.stringify(event);
    const good = sign(raw);
    const wrong = {
      missing: "",
      garbage: "hello",
      "no time": good.replace(/t=\d+,/, ""),
      "no signature": `t=${NOW_S}`,
      "another secret": sign(raw, { secret: "whsec_other" }),
      "another body": sign(`${raw} `),
      "an old scheme": good.replace("v1=", "v0="),
      "five minutes and a second old": sign(raw, { at: NOW_S - 301 }),
    };
    const reasons = new Set();
    for (const [what, signature] of Object.entries(wrong)) {
      const { detail } = refused(await send(server, event, { signature }), 400, "signature_invalid");
      assert.ok(detail.length > 10, what);
      reasons.add(detail);
    }
    assert.ok(reasons.size >= 4, [...reasons].join("; "));
    const unsigned = await server.api.withKey(undefined).post(PATH, undefined, { raw });
    refused(unsigned, 400, "signature_invalid");
    await server.clock.advance("PT1S");
    assert.equal((await subscription(ada)).status, "active");
    done(await send(server, event), 200); // the id was not kept by any of the refusals
  });

  await t.test("signed, but no event", async () => {
    const malformed = refused(await send(server, '{"id": "evt_1",\n "type" }'), 400, "malformed_json");
    assert.match(malformed.detail, /line 2, column \d+/);
    refused(await send(server, "[]"), 422, "invalid_fields");
    refused(await send(server, { id: "evt_2" }), 422, "invalid_fields");
    refused(await send(server, { id: "", type: "invoice.paid" }), 422, "invalid_fields");
    refused(await send(server, { id: "evt_3", type: "x".repeat(256) }), 422, "invalid_fields");
    refused(await send(server, JSON.stringify({ id: "evt_4", padding: "x".repeat(1_100_000) })), 413, "body_too_large");
    refused(await server.api.get(PATH), 405, "method_not_allowed");
  });
});

test("the sandbox's own events arrive signed, and what it sends twice counts once", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  const stripe = await server.stripe();
  const { currentPeriodEnd } = await subscription(ada);
  // Listed before the renewal: the provider shows the events of 30 days only.
  const types = done(await stripe.get("/v1/events", { limit: 100 })).data.map(({ type }) => type);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H");
  assert.deepEqual((await invoices(ada)).map(({ status }) => status), ["paid", "paid"]);
  for (const type of ["customer.subscription.created", "customer.subscription.updated", "invoice.paid", "payment_method.attached"]) {
    assert.ok(types.includes(type), type);
  }
  await server.kill();
  await server.start();
  assert.equal((await invoices(server.api.as("ada"))).length, 2);
  assert.equal(await figure(server, "turnpike_webhooks_waiting"), 0);
});

test("an event changed on its way is refused", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const caught = [];
  const listener = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    caught.push({ body, signature: request.headers["stripe-signature"] });
    response.end();
  });
  await new Promise((fulfil) => listener.listen(0, "127.0.0.1", fulfil));
  t.after(() => listener.close());
  const stripe = await server.stripe();
  const url = `http://127.0.0.1:${listener.address().port}/`;
  done(await stripe.post("/v1/webhook_endpoints", { url, enabled_events: ["customer.created"] }));
  done(await stripe.post("/v1/customers", { email: "eve@example.com" }));
  await server.clock.advance("PT1S");
  assert.equal(caught.length, 1);
  assert.match(caught[0].signature, /^t=\d+,v1=[0-9a-f]{64}$/);
  const http = new HttpClient(server.url);
  t.after(() => http.close());
  const headers = { "Content-Type": "application/json", "Stripe-Signature": caught[0].signature };
  const answer = await http.request("POST", PATH, { headers, body: caught[0].body });
  refused(answer, 400, "signature_invalid"); // another endpoint's secret signed it
});

// Promise: where Stripe's account retries by itself, an invoice is taken over, and it is collected by one
// engine: ours from then on, Stripe's until then, never both.
//
// `turnpike sandbox --retry-days` is such an account, in a program of its own. Its customer stands on one
// of its test clocks, which goes on together with the server's.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { Sandbox } from "../sandbox/support.mjs";
import { done, invoices, newCustomer, subscription } from "./support.mjs";

const START = "2026-03-10T00:00:00Z";
const RENEWED = Date.parse("2026-04-10T00:00:00Z");
const [HOUR, DAY] = [3_600_000, 86_400_000];
const FAILED = RENEWED + HOUR; // Stripe charges a renewal an hour after it has begun
const METHODS = "/api/billing/payment-methods";

// Takes the sandbox's deliveries and hands them on as they are, unless they are held: then it says that
// nobody is there, and keeps them.
async function startRelay(t) {
  const relay = { held: [], isHeld: false, to: null };
  const pass = ({ body, headers }) => relay.to.request("POST", "/api/webhooks/stripe", { body, headers });
  const listener = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { "stripe-signature": signature } = request.headers;
    const message = { body: Buffer.concat(parts), headers: { "Content-Type": "application/json", "Stripe-Signature": signature } };
    if (relay.isHeld) relay.held.push(message);
    const status = relay.isHeld ? 200 : (await pass(message)).status;
    response.writeHead(status).end();
  });
  await new Promise((fulfil) => listener.listen(0, "127.0.0.1", fulfil));
  t.after(() => {
    relay.to?.close();
    listener.closeAllConnections();
    listener.close();
  });
  relay.url = `http://127.0.0.1:${listener.address().port}/`;
  relay.release = async () => {
    relay.isHeld = false;
    for (const message of relay.held.splice(0)) done(await pass(message));
  };
  return relay;
}

// A server, its Stripe with retries after 3, 5 and 7 days, and somebody whose renewal will be declined.
async function start(t) {
  const sandbox = await Sandbox.start(t, undefined, ["--retry-days", "3,5,7"]);
  const relay = await startRelay(t);
  const { secret } = await sandbox.post("/v1/webhook_endpoints", { url: relay.url, enabled_events: ["*"] });
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: secret };
  const server = await startServer(t, { testClock: START, args: ["--stripe-url", sandbox.origin], env });
  relay.to = new HttpClient(server.url);
  const clock = await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: Date.parse(START) / 1000 });
  await newCustomer(server, "debtor");
  const metadata = { user_id: "debtor" };
  const customer = await sandbox.post("/v1/customers", { email: "debtor@example.com", metadata, test_clock: clock.id });
  const linked = await runTurnpike(["reconcile", "--data", server.data]);
  assert.match(linked.stdout, /repaired {2}customer_unlinked {2}debtor/);
  const world = { sandbox, relay, server, api: server.api.as("debtor"), clock: clock.id, customer: customer.id };
  done(await world.api.post(METHODS, { paymentMethodId: "pm_card_visa" }), 201);
  done(await world.api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await useCard(world, "pm_card_chargeCustomerFail");
  return world;
}

async function useCard({ api }, token) {
  const method = done(await api.post(METHODS, { paymentMethodId: token }), 201);
  done(await api.put(`${METHODS}/${method.id}/default`));
}

// Both clocks, a day at a time once there is something to collect: ours, then Stripe's, whose events
// arrive while it moves.
async function to({ sandbox, server, clock }, at) {
  let now = Math.max(Date.parse(await server.clock.now()), Math.min(RENEWED, at - 1));
  while (now < at) {
    now = Math.min(now + DAY, at);
    await server.clock.to(new Date(now).toISOString());
    if (now / 1000 > (await frozen(sandbox, clock))) await sandbox.advance(clock, now / 1000);
    await deliveries(sandbox);
    await server.clock.advance("PT0S");
  }
}

async function frozen(sandbox, clock) {
  return (await sandbox.get(`/v1/test_helpers/test_clocks/${clock}`)).frozen_time;
}

// Until no event is on its way any more.
async function deliveries(sandbox) {
  for (;;) {
    const events = await sandbox.events();
    if (events.every(({ pending_webhooks }) => pending_webhooks === 0)) return;
  }
}

// How often the renewal was tried, as Stripe has it.
async function tries({ sandbox, customer }) {
  const { data } = await sandbox.get("/v1/charges", { customer, limit: 100 });
  return data.filter(({ created }) => created * 1000 >= RENEWED).map(({ status }) => status).reverse();
}

async function renewal({ sandbox, customer }) {
  const { data } = await sandbox.get("/v1/invoices", { customer });
  return data[0];
}

async function theCase({ server }) {
  const [only, ...others] = done(await server.api.get("/api/admin/dunning?userId=debtor")).data;
  assert.deepEqual(others, []);
  return only;
}

const listed = ({ attempts }) => attempts.map(({ origin, outcome }) => `${origin} ${outcome}`);

test("a declined renewal is taken over, tried on our days, and never on Stripe's", async (t) => {
  const world = await start(t);
  await to(world, FAILED);
  assert.deepEqual(listed(await theCase(world)), ["provider failed"]);
  const taken = await renewal(world);
  assert.deepEqual([taken.auto_advance, taken.next_payment_attempt, taken.attempt_count], [false, null, 1]);
  const updated = await world.sandbox.events({ type: "invoice.updated" });
  assert.ok(updated.some(({ data }) => data.previous_attributes?.next_payment_attempt === FAILED / 1000 + 3 * 86_400), "Stripe had meant to");

  for (const [days, wanted] of [[2.9, 1], [3.1, 2], [6.9, 2], [7.1, 3], [8.1, 3], [13.9, 3]]) {
    await to(world, FAILED + days * DAY);
    assert.equal((await tries(world)).length, wanted, `tries by day ${days}`);
  }
  assert.equal((await subscription(world.api)).access, "restricted");
  done(await world.api.post(METHODS, { paymentMethodId: "pm_card_visa" }), 201);
  await to(world, FAILED + 13.95 * DAY);
  assert.deepEqual(await tries(world), ["failed", "failed", "failed", "succeeded"]);
  const closed = await theCase(world);
  assert.deepEqual([closed.status, closed.nextAttemptAt], ["recovered", null]);
  assert.deepEqual(listed(closed), ["provider failed", "retry failed", "retry failed", "new_method succeeded"]);
  assert.deepEqual([(await renewal(world)).status, (await invoices(world.api))[0].status], ["paid", "paid"]);
  assert.equal((await subscription(world.api)).access, "full");
  await to(world, FAILED + 16 * DAY);
  assert.equal((await tries(world)).length, 4, "what is paid is not tried again");
});

test("what Stripe has tried before it was told to stop is seen, and uses up no day of ours", async (t) => {
  const world = await start(t);
  world.relay.isHeld = true; // nobody hears of the failure, and Stripe tries again on its third day
  await to(world, FAILED + 3.1 * DAY);
  assert.deepEqual(await tries(world), ["failed", "failed"]);
  assert.equal(await theCase(world), undefined);
  await world.relay.release();
  await to(world, FAILED + 3.2 * DAY);
  const opened = await theCase(world);
  assert.deepEqual([opened.status, opened.retries], ["open", 0]);
  assert.equal((await renewal(world)).next_payment_attempt, null);

  await to(world, FAILED + 18 * DAY); // Stripe's days would have been 8 and 15, ours are 6, 10 and 17
  const ended = await theCase(world);
  assert.equal(ended.status, "exhausted");
  // Of those that Stripe had made before anybody knew, the last is listed.
  assert.deepEqual(listed(ended), ["provider failed", "retry failed", "retry failed", "retry failed"]);
  assert.deepEqual(await tries(world), ["failed", "failed", "failed", "failed", "failed"]);
  assert.equal((await subscription(world.api)).tier, "free");
});

test("while Stripe cannot be told to stop, its engine is the one", async (t) => {
  const world = await start(t);
  const { sandbox, clock } = world;
  const fault = await sandbox.post("/v1/test_helpers/sandbox/faults", { kind: "error", method: "POST", path: "/v1/invoices/*", times: 1000 });
  await world.server.clock.to(new Date(FAILED).toISOString());
  await sandbox.advance(clock, FAILED / 1000);
  while ((await theCase(world)) === undefined); // it is opened, and Stripe will not be told
  await sandbox.advance(clock, (FAILED + 3.1 * DAY) / 1000);
  assert.deepEqual(await tries(world), ["failed", "failed"], "the second is Stripe's");
  assert.notEqual((await renewal(world)).next_payment_attempt, null);
  await sandbox.delete(`/v1/test_helpers/sandbox/faults/${fault.id}`);
  await world.server.clock.advance("PT0S"); // answers when the call has been taken
  assert.equal((await renewal(world)).next_payment_attempt, null);
  await to(world, FAILED + 20 * DAY);
  const ended = await theCase(world);
  assert.equal(ended.status, "exhausted");
  const all = ["provider failed", "provider failed", "retry failed", "retry failed", "retry failed"];
  assert.deepEqual(listed(ended), all);
  assert.equal((await tries(world)).length, 5, "two of Stripe's, three of ours");
});

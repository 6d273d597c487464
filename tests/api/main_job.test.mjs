// Promise: the main job, end to end, with a power cut between any two steps: a real log is metered
// exactly once, the gate closes at the hard limit, a plan is bought, the gate opens, and the one
// invoice is paid and listed.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, sameInstant, usageOf, usd } from "./support.mjs";

const LOG = resolve(import.meta.dirname, "../../../shared/data/access.log");
const skip = existsSync(LOG) ? false : `the access log ${LOG} is not there`;
const START = "2015-05-17T00:00:00Z";
const AFTER = "2015-05-21T00:00:00Z"; // the log's last line is of 20 May, 21:05:59
const REQUESTS = 9_999;
const BYTES = 2_747_282_505;
const MALFORMED_LINE = 8_899;

async function importLog(server) {
  const args = ["import", "access-log", LOG, "--user", "ada", "--url", server.url, "--json"];
  const { code, stdout, stderr } = await runTurnpike(args, { env: { TURNPIKE_KEY: server.key } });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

async function powerCut(server) {
  await server.kill();
  await server.start();
}

async function assertMetered(server, used = REQUESTS, state = "warning") {
  const requests = await usageOf(server.api.as("ada"), "api_requests");
  assert.deepEqual([requests.used, requests.limit, requests.state], [used, 10_000, state]);
  const bandwidth = await usageOf(server.api.as("ada"), "bandwidth");
  assert.deepEqual([bandwidth.used, bandwidth.limit, bandwidth.state], [BYTES, 1_000_000_000, "blocked"]);
}

async function take(server, amount, metric = "api_requests") {
  return done(await server.api.post("/api/usage/take", { userId: "ada", metric, amount }));
}

test("the log is metered, the gate closes, starter is bought, the invoice is paid", { skip }, async (t) => {
  const server = await startServer(t, { testClock: START });
  await server.api.createCustomer("ada");
  await powerCut(server);
  await server.clock.to(AFTER);
  await powerCut(server);
  sameInstant(await server.clock.now(), AFTER);

  const first = await importLog(server);
  assert.deepEqual([first.lines, first.wellFormed, first.malformed], [10_000, REQUESTS, 1]);
  assert.equal(first.malformedLines[0].line, MALFORMED_LINE);
  assert.equal(first.bytesSent, BYTES);
  assert.equal(first.events.duplicate + first.events.rejected, 0);
  assert.ok(first.events.accepted > REQUESTS);
  await powerCut(server);
  await assertMetered(server);

  const again = await importLog(server);
  assert.deepEqual(again.events, { accepted: 0, duplicate: first.events.accepted, rejected: 0, reasons: {} });
  await powerCut(server);
  await assertMetered(server);

  const allowed = await take(server, 1_001);
  assert.deepEqual([allowed.allowed, allowed.used, allowed.hardLimit], [true, 11_000, 11_000]);
  await powerCut(server);
  const denied = await take(server, 1);
  assert.deepEqual([denied.allowed, denied.reason, denied.state], [false, "hard_limit", "blocked"]);
  assert.deepEqual([denied.used, denied.upgradeTo], [11_000, "starter"]);
  assert.match(denied.detail, /hard limit of 11000.*upgrade to starter.*wait until 2015-06-17/s);
  await powerCut(server);
  await assertMetered(server, 11_000, "over");

  const card = { paymentMethodId: "pm_card_visa" };
  const method = done(await server.api.as("ada").post("/api/billing/payment-methods", card), 201);
  assert.deepEqual([method.brand, method.last4, method.isDefault], ["visa", "4242", true]);
  await powerCut(server);
  const bought = done(await server.api.as("ada").post("/api/billing/subscribe", { tier: "starter" }), 201);
  assert.deepEqual([bought.tier, bought.status, bought.access], ["starter", "active", "full"]);
  await powerCut(server);

  const open = await take(server, 1);
  assert.deepEqual([open.allowed, open.state, open.limit], [true, "ok", 100_000]);
  assert.equal((await take(server, 1, "bandwidth")).allowed, true);
  await powerCut(server);

  const { data } = done(await server.api.as("ada").get("/api/billing/invoices"));
  assert.equal(data.length, 1);
  const [invoice] = data;
  assert.deepEqual([invoice.status, invoice.amount, invoice.amountPaid], ["paid", usd(2_900), usd(2_900)]);
  const stripe = await server.stripe();
  const charged = done(await stripe.get("/v1/invoices")).data;
  assert.deepEqual(charged.map(({ id, amount_paid }) => [id, amount_paid]), [[invoice.stripeInvoiceId, 2_900]]);
});

test("a customer who signs up after the log was written is metered alike", { skip }, async (t) => {
  const server = await startServer(t, { testClock: START });
  await server.clock.to(AFTER);
  await server.api.createCustomer("ada");
  const report = await importLog(server);
  assert.equal(report.malformedLines[0].line, MALFORMED_LINE);
  assert.equal(report.events.rejected, 0);
  await assertMetered(server);
  assert.deepEqual((await importLog(server)).events.accepted, 0);
  assert.equal((await take(server, 1_001)).allowed, true);
  assert.equal((await take(server, 1)).allowed, false);
});

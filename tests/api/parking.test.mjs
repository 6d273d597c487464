// Promise: a renewal above three times the usual is held before it is charged, never billed silently, and goes
// on when an operator has looked.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, refused, subscriber, usd } from "./support.mjs";

const PARKED = "/api/admin/parked";

// A subscriber on whose next renewal somebody has put `amount` more.
async function renewed(t, amount) {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const api = await subscriber(server, "ada");
  const stripe = await server.stripe();
  const { customers, subscriptions } = await atStripe(stripe, "ada");
  const item = { customer: customers[0].id, subscription: subscriptions[0].id, amount, currency: "usd", description: "A slip" };
  done(await stripe.post("/v1/invoiceitems", item));
  await server.clock.to("2026-04-01T03:00:00Z");
  const charges = async () => done(await stripe.get("/v1/charges", { limit: 10 })).data.map((charge) => charge.amount);
  return { server, api, charges };
}

test("above three times the usual: parked, told, and charged only when it is let go", async (t) => {
  const { server, api, charges } = await renewed(t, 6_000);
  assert.deepEqual(await charges(), [2_900], "the renewal is not charged");
  const { data } = done(await server.api.get(PARKED));
  assert.deepEqual(data.map(({ userId, amount }) => [userId, amount]), [["ada", usd(8_900)]]);
  const history = done(await api.get("/api/billing/events")).data.map(({ type }) => type);
  assert.ok(history.some((type) => type.includes("parked")), history.join());
  assert.match((await server.api.get("/metrics")).text, /turnpike_\w*parked\w* 1\n/);
  await server.clock.to("2026-04-05T00:00:00Z");
  assert.deepEqual(await charges(), [2_900], "nor later");

  const release = (userId, body) => server.api.post(`${PARKED}/${userId}/release`, body);
  refused(await release("ada", {}), 422, "invalid_fields", "reason");
  refused(await release("nobody", { reason: "Looked at" }), 409, "customer_not_parked");
  done(await release("ada", { reason: "The slip was meant" }), 204);
  await server.clock.to("2026-04-05T03:00:00Z");
  assert.deepEqual((await charges()).sort(), [2_900, 8_900].sort());
  assert.deepEqual((await invoices(api)).map(({ status, amountPaid }) => [status, amountPaid.amount]), [["paid", 8_900], ["paid", 2_900]]);
  refused(await release("ada", { reason: "Again" }), 409, "customer_not_parked");
  assert.deepEqual(done(await server.api.get(PARKED)).data, []);
});

test("up to three times the usual is charged as ever", async (t) => {
  const { server, charges } = await renewed(t, 5_800);
  assert.deepEqual((await charges()).sort(), [2_900, 8_700].sort());
  assert.deepEqual(done(await server.api.get(PARKED)).data, []);
});

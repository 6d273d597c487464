// Promise: a renewal above three times the usual is held before it is charged, never billed silently, and goes
// on when an operator has looked. The same holds while a payment is disputed, until the bank has decided.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscriber, usd } from "./support.mjs";

const PARKED = "/api/admin/parked";

// A subscriber on whose next renewal somebody has put `amount` more.
async function renewed(t, amount, options = {}) {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z", ...options });
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

const OUTBOX = "/api/admin/outbox";
const warnings = async (server) => done(await server.api.get("/readyz")).warnings;
const alerts = async (server) =>
  done(await server.api.get(`${OUTBOX}?limit=100`)).data.filter(({ kind }) => kind === "customer_parked");

test("the operators are told by mail, once, and whoever probes the server sees it", async (t) => {
  const smtp = await startSmtp(t);
  const args = [...smtp.args, "--alerts-to", "ops@nova.example", "--alerts-language", "de"];
  const { server } = await renewed(t, 6_000, { args, env: smtp.env });
  await server.clock.to("2026-04-01T04:00:00Z");
  const mail = smtp.mails.find(({ to }) => to === "ops@nova.example");
  assert.match(mail.text, /Kunde ada ist angehalten/);
  assert.match(mail.text, /mehr als\s+dreimal/);
  assert.match(mail.text, /89,00\s\$[\s\S]*29,00\s\$/);
  assert.equal(smtp.mails.filter(({ to }) => to === "ops@nova.example").length, 1);
  assert.deepEqual(smtp.mails.filter(({ to }) => to === "ada@example.com").map(({ subject }) => /angehalten|parked/.test(subject)), [false], "the customer is not");
  assert.deepEqual(await warnings(server), ["customers_parked"]);
  done(await server.api.post(`${PARKED}/ada/release`, { reason: "The slip was meant" }), 204);
  assert.deepEqual(await warnings(server), []);
});

test("without an address for alerts the mail stays in the outbox", async (t) => {
  const smtp = await startSmtp(t);
  const { server } = await renewed(t, 6_000, { args: smtp.args, env: smtp.env });
  const [alert, ...others] = await alerts(server);
  assert.deepEqual([alert.status, alert.userId, others], ["local", "ada", []]);
  assert.match(alert.subject, /customer ada is parked, \$89\.00/);
});

test("what renews while the customer is parked is held too, and goes on with them", async (t) => {
  const { server, api, charges } = await renewed(t, 6_000);
  await server.clock.to("2026-05-03T00:00:00Z");
  assert.deepEqual(await charges(), [2_900], "neither April nor May");
  assert.equal((await alerts(server)).length, 1);
  refused(await api.put("/api/billing/subscription", { tier: "professional" }), 409, "customer_parked");
  done(await server.api.post(`${PARKED}/ada/release`, { reason: "The slip was meant" }), 204);
  await server.clock.to("2026-05-03T03:00:00Z");
  assert.deepEqual((await charges()).sort(), [2_900, 2_900, 8_900].sort());
});

// A subscriber whose payment for an upgrade was taken back, three days before the renewal.
async function disputed(t) {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const stripe = await server.stripe();
  const api = await subscriber(server, "ada");
  const methods = "/api/billing/payment-methods";
  const [good] = done(await api.get(methods)).data;
  await server.clock.to("2026-03-29T00:00:00Z");
  const bad = done(await api.post(methods, { paymentMethodId: "pm_card_createDispute" }), 201);
  done(await api.put(`${methods}/${bad.id}/default`));
  done(await api.put("/api/billing/subscription", { tier: "professional" }));
  done(await api.put(`${methods}/${good.id}/default`));
  await server.clock.advance("PT1S");
  const [dispute] = done(await stripe.get("/v1/disputes")).data;
  const decide = async (evidence) => {
    done(await stripe.post(`/v1/disputes/${dispute.id}`, { evidence: { uncategorized_text: evidence } }));
    await server.clock.advance("PT1S");
  };
  const paid = async () => done(await stripe.get("/v1/charges", { limit: 10 })).data.filter((charge) => charge.paid).length;
  return { server, api, decide, paid };
}

test("disputed: nothing more is charged until the bank has decided for us", async (t) => {
  const { server, api, decide, paid } = await disputed(t);
  const [row] = done(await server.api.get(PARKED)).data;
  assert.deepEqual([row.userId, row.reason, row.amount, row.usual], ["ada", "payment_disputed", usd(677), null]);
  assert.ok(row.stripeInvoiceId);
  assert.match((await alerts(server))[0].subject, /customer ada is parked/);
  refused(await api.put("/api/billing/subscription", { interval: "year" }), 409, "customer_parked");
  await server.clock.to("2026-04-05T00:00:00Z");
  assert.equal(await paid(), 2, "the renewal waits");
  assert.equal(done(await api.get("/api/billing/subscription")).access, "full");

  await decide("winning_evidence");
  assert.deepEqual(done(await server.api.get(PARKED)).data, []);
  await server.clock.to("2026-04-05T03:00:00Z");
  assert.equal(await paid(), 3, "now it is charged");
  const history = done(await api.get("/api/billing/events?limit=100")).data;
  assert.ok(history.some(({ type, description }) => type === "customer.released" && description === "The bank has decided"));
});

test("disputed and lost: the customer may buy anew at once", async (t) => {
  const { server, api, decide, paid } = await disputed(t);
  await decide("losing_evidence");
  assert.deepEqual(done(await server.api.get(PARKED)).data, []);
  assert.equal(done(await api.get("/api/billing/subscription")).tier, "free");
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  assert.equal(await paid(), 3);
});

test("an operator may let go on who is disputed, and the dispute does not park them again", async (t) => {
  const { server, decide, paid } = await disputed(t);
  done(await server.api.post(`${PARKED}/ada/release`, { reason: "A misunderstanding, she said" }), 204);
  await server.clock.to("2026-04-01T03:00:00Z");
  assert.equal(await paid(), 3);
  await decide("winning_evidence");
  assert.deepEqual(done(await server.api.get(PARKED)).data, []);
});

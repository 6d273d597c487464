// Promise: what an invoice was counted from can be taken away as a table, whose rows come to each line to the cent, and
// whose days come to each total to the unit, whatever was used; late events and corrections are told apart.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const START = "2026-04-03T10:20:00Z";
const BATCH = "application/cloudevents-batch+json";
const post = (server, event) => server.api.post("/api/usage/events", undefined, { raw: JSON.stringify([event]), type: BATCH });
const sent = (answer, accepted) => assert.equal(done(answer).accepted, accepted, answer.text);
const evidence = (api, invoice) => api.get(`/api/billing/invoices/${invoice.id}/usage-evidence`);

// Every line's rows come to its amount; every counter's days and edges to its total.
function addsUp(rows, lines) {
  lines.forEach((line, i) => {
    const of = rows.filter((row) => row.line === i + 1);
    assert.equal(of.reduce((sum, { amount }) => sum + amount.amount, 0), line.amount.amount, JSON.stringify(of));
    assert.ok(of.every(({ amount }) => amount.currency === line.amount.currency));
    for (const total of of.filter((row) => row.kind === "total")) {
      assert.equal(total.within + total.beyond, total.value);
      if (["storage", "collaborators", "deployments", "modules"].includes(total.metric)) continue;
      const parts = of.filter(({ kind, metric, periodStart, periodEnd }) => ["day", "edge"].includes(kind) && metric === total.metric
        && periodStart >= total.periodStart && periodEnd <= total.periodEnd);
      assert.equal(parts.reduce((sum, { value }) => sum + value, 0), total.value, JSON.stringify({ total, parts }));
    }
  });
}

test("of random usage, rows come to the lines and days to the totals; an upgrade has two lines", async (t) => {
  const server = await startServer(t, { testClock: START });
  const ada = await subscriber(server, "ada");
  let used = 0;
  let at = new Date(START);
  for (let day = 0; day < 12; day += 1) {
    for (let i = 0; i < randomInt(1, 4); i += 1) {
      const value = randomInt(1, 300);
      sent(await post(server, usageEvent({ userId: "ada", metric: "api_requests", value, time: at.toISOString(), ...(i === 1 && { region: "eu" }) })), 1);
      used += value;
    }
    const hours = randomInt(20, 30);
    at = new Date(at.getTime() + hours * 3_600_000);
    await server.clock.advance(`PT${hours}H`);
  }
  done(await ada.put("/api/billing/subscription", { tier: "professional", when: "now" }));
  const [upgrade, first] = await invoices(ada);
  for (const invoice of [upgrade, first]) {
    const { lines } = done(await ada.get(`/api/billing/invoices/${invoice.id}`));
    const { data } = done(await evidence(ada, invoice));
    addsUp(data, lines);
    const credits = lines.flatMap((line, i) => (line.amount.amount < 0 ? [i + 1] : []));
    assert.ok(data.every(({ kind, line }) => !credits.includes(line) || kind === "price"), "a credit is of the price alone");
  }
  const { data, asOf } = done(await evidence(ada, first));
  assert.ok(Date.parse(asOf) > 0);
  const total = data.find(({ kind, metric }) => kind === "total" && metric === "api_requests");
  assert.deepEqual([total.value, total.unit, total.unitPrice], [used, "requests", { amount: 0, currency: "usd" }]);
  assert.ok(total.included > 0);
  assert.deepEqual(data.find(({ kind }) => kind === "price").text, "2900 x 1 = 2900");
  assert.ok(data.filter(({ kind }) => kind === "day").every(({ late }) => late === false));

  const csv = await ada.get(`/api/billing/invoices/${first.id}/usage-evidence`, { headers: { accept: "text/csv" } });
  assert.equal(csv.status, 200, csv.text);
  const [head, ...rows] = csv.text.trimEnd().split("\r\n");
  assert.match(head, /^"line","kind","periodStart","periodEnd","metric","unit","value",/);
  assert.equal(rows.length, data.length);
});

test("what was counted after the period had ended says so, and what no formula knows is a row of its own", async (t) => {
  const server = await startSelling(t, () => {}, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "ada");
  done(await stripe.post("/v1/invoiceitems", { customer: customers[0].id, amount: 1_100, currency: "usd", description: "Moving in" }));
  await server.clock.to("2026-05-02T00:00:00Z");
  sent(await post(server, usageEvent({ userId: "ada", metric: "api_requests", value: 7, time: "2026-04-30T12:00:00Z" })), 1);
  const [renewal, first] = await invoices(ada);
  const late = done(await evidence(ada, first)).data.filter(({ kind }) => kind === "day");
  assert.deepEqual(late.map(({ value, late: is, events }) => [value, is, events]), [[7, true, 1]]);

  const { lines } = done(await ada.get(`/api/billing/invoices/${renewal.id}`));
  const { data } = done(await evidence(ada, renewal));
  addsUp(data, lines);
  const unmatched = data.find(({ kind }) => kind === "unmatched");
  assert.deepEqual([unmatched.amount.amount, unmatched.metric, unmatched.value], [1_100, null, null]);
  assert.match(unmatched.text, /no plan of the catalogue/);
});

test("nobody sees what is another's, and what is not there is said so", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  const [first] = await invoices(ada);
  refused(await evidence(ada, { id: "invo_none" }), 404, "invoice_not_found");
  const eve = await newCustomer(server, "eve");
  refused(await evidence(eve, first), 404, "invoice_not_found");
  const answer = await evidence(ada.withKey("wrong"), first);
  assert.equal(answer.status, 401, answer.text);
});

// Promise: what a customer's costs are made of is told by the same figures as the next invoice: the steps follow each other without a
// gap and end at what is charged, a change within the period stands as parts of its own, and each price has its days.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const COSTS = "/api/billing/costs";
const NEW_YORK = { line1: "1 High St", city: "New York", state: "NY", postalCode: "10001", country: "US" };

const costsOf = async (api) => done(await api.get(COSTS));
const steps = ({ data }) => data.map(({ step, amount, from, to }) => [step, amount.amount, from.amount, to.amount]);

// Each step begins where the one before ended; the last is the whole way.
function follow(costs) {
  let at = 0;
  for (const { from, amount, to } of costs.data.slice(0, -1)) {
    assert.equal(from.amount, at);
    at += amount.amount;
    assert.equal(to.amount, at);
  }
  const last = costs.data.at(-1);
  assert.deepEqual([last.step, last.from.amount, last.to.amount, last.amount.amount], ["due", 0, at, at]);
  assert.equal(costs.forecast.due.amount, at);
}

test("a change in the middle of the period stands as three parts, and the next invoice as its steps", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  const before = await costsOf(ada);
  assert.deepEqual(steps(before), [["line", 2_900, 0, 2_900], ["due", 2_900, 0, 2_900]]);
  assert.deepEqual(before.billed.map(({ amount }) => amount.amount), [2_900]);

  await server.clock.to("2026-04-16T00:00:00Z");
  done(await ada.put("/api/billing/subscription", { tier: "professional", when: "now" }));
  const costs = await costsOf(ada);
  assert.deepEqual(costs.billed.map(({ amount, proration }) => [amount.amount, proration]), [[2_900, false], [-1_450, true], [4_950, true]]);
  const [upgrade, first] = await invoices(ada);
  assert.deepEqual(costs.billed.map(({ invoiceId }) => invoiceId), [first.id, upgrade.id, upgrade.id]);
  assert.deepEqual(costs.billed.map(({ period }) => period.start), ["2026-04-01T00:00:00Z", "2026-04-16T00:00:00Z", "2026-04-16T00:00:00Z"]);
  assert.deepEqual(costs.period, { start: "2026-04-01T00:00:00Z", end: "2026-05-01T00:00:00Z" });
  follow(costs);
  const next = done(await ada.get("/api/billing/invoices/upcoming"));
  assert.deepEqual([costs.forecast.due, costs.forecast.at, costs.forecast.estimated], [next.amountDue, next.dueDate, next.estimated]);
});

test("discount, tax and balance are steps, to the cent those of the next invoice", async (t) => {
  const server = await startSelling(t, (it) => {
    it.coupons = [{ code: "HALF", name: "Half off", percentOff: 50, duration: "forever" }];
  }, { testClock: "2026-04-01T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  done(await stripe.post("/v1/tax/registrations", {
    active_from: Date.parse("2026-03-01") / 1000, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } },
  }));
  const ada = await customerWithCard(server, "ada");
  done(await ada.put("/api/billing/details", { email: "ada@example.com", name: "Ada", address: NEW_YORK }));
  done(await ada.post("/api/billing/subscribe", { tier: "starter", coupon: "HALF" }), 201);
  const [{ id }] = await invoices(ada);
  const give = { userId: "ada", invoiceId: id, amount: { amount: 300, currency: "usd" }, returns: "balance" };
  done(await server.api.post("/api/admin/credit-notes", give, { idempotencyKey: "give" }), 201);
  await server.clock.advance("PT1S");

  const costs = await costsOf(ada);
  const next = done(await ada.get("/api/billing/invoices/upcoming"));
  follow(costs);
  const amounts = Object.fromEntries(costs.data.map(({ step, amount }) => [step, amount.amount]));
  assert.deepEqual(amounts, { line: 2_900, discount: -1_450, tax: next.tax.amount, balance: -300, due: next.amountDue.amount });
  assert.ok(amounts.tax > 0);

  const csv = await ada.get(COSTS, { headers: { accept: "text/csv" } });
  const lines = csv.text.trim().split("\r\n");
  assert.equal(csv.status, 200);
  assert.match(lines[0], /^"step","description","amount\.minor","amount\.amount","amount\.currency","from\.minor"/);
  assert.deepEqual(lines.slice(1).map((line) => JSON.parse(line.split(",")[0])), ["line", "discount", "tax", "balance", "due"]);
});

test("the price in force and the one to come have their days", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada", { tier: "professional" });
  const prices = async () => (await costsOf(ada)).prices.map(({ tier, price, from, until }) => [tier, price.amount, from, until]);
  assert.deepEqual(await prices(), [["professional", 9_900, "2026-04-01T00:00:00Z", null]]);
  done(await ada.put("/api/billing/subscription", { tier: "starter", when: "period_end" }));
  assert.deepEqual(await prices(), [
    ["professional", 9_900, "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"],
    ["starter", 2_900, "2026-05-01T00:00:00Z", null],
  ]);
  done(await ada.put("/api/billing/subscription", { resume: true }));
  done(await ada.post("/api/billing/cancel", {}));
  const ending = await costsOf(ada);
  assert.deepEqual([ending.forecast, ending.data], [null, []]);
  assert.equal(ending.billed.length, 1);
});

test("the free plan costs nothing; and who asks without a right is refused", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const free = await costsOf(await newCustomer(server, "free"));
  assert.deepEqual([free.forecast, free.data, free.billed, free.prices], [null, [], [], []]);
  refused(await server.api.get(COSTS), 400, "customer_required");
  refused(await server.api.as("nobody").get(COSTS), 404, "customer_not_found");
  refused(await server.api.as("free").withKey("hello").get(COSTS), 401, "key_invalid");
});

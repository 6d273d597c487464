// Promise: any invoice line leads to the formula, the plan's version and the calendar that made it,
// and computing it once more gives the same cents; a parked or unknown line is never guessed at.
import assert from "node:assert/strict";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, planIn, refused, startSelling, subscriber, usd } from "./support.mjs";

const explain = (api, invoice, n) => api.get(`/api/billing/invoices/${invoice.id}/lines/${n}/explain`);

test("every line of a first month and of an upgrade half way through the next", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  await server.clock.to("2026-04-16T00:00:00Z");
  done(await ada.put("/api/billing/subscription", { tier: "professional", when: "now" }));
  const [upgrade, first] = await invoices(ada);

  const whole = done(await explain(ada, first, 1));
  assert.equal(whole.agrees, true);
  assert.equal(whole.formula, "2900 x 1 = 2900");
  assert.deepEqual([whole.tier, whole.planVersion, whole.interval], ["starter", 1, "month"]);

  const lines = done(await ada.get(`/api/billing/invoices/${upgrade.id}`)).lines;
  assert.equal(lines.length, 2);
  const explained = await Promise.all(lines.map(async (_, i) => done(await explain(ada, upgrade, i + 1))));
  assert.deepEqual(explained.map(({ agrees }) => agrees), [true, true], JSON.stringify(explained));
  assert.deepEqual(explained.map(({ recomputed }) => recomputed.amount).sort((a, b) => a - b), [-1450, 4950]);
  assert.ok(explained.some(({ formula }) => formula === "-2900 x 1296000 s / 2592000 s = -1450"));
  assert.equal(Date.parse(explained[0].wholePeriod.start), Date.parse("2026-04-01T00:00:00Z"));

  refused(await explain(ada, first, 2), 404, "line_not_found");
  refused(await explain(ada, first, 0), 404, "line_not_found");
  refused(await explain(ada, first, "one"), 404, "line_not_found");
  refused(await explain(ada, { id: "invo_none" }, 1), 404, "invoice_not_found");
  await subscriber(server, "eve");
  refused(await explain(server.api.as("eve"), first, 1), 404, "invoice_not_found");
});

// What is found by recomputing: nothing, where the invoices are right.
async function nothingFound(server, userId) {
  const started = done(await server.api.post("/api/admin/reconciliations", { userId }), 201);
  await server.clock.advance("PT1M");
  const walk = done(await server.api.get(`/api/admin/reconciliations/${started.id}`));
  assert.deepEqual([walk.status, walk.found], ["done", 0], JSON.stringify(walk));
}

async function explainAll(api, invoice) {
  const { lines } = done(await api.get(`/api/billing/invoices/${invoice.id}`));
  return Promise.all(lines.map(async (_, i) => done(await explain(api, invoice, i + 1))));
}

test("with a coupon, a trial and tax, each line is computed once more, credits by what was debited", async (t) => {
  const server = await startSelling(t, (it) => {
    it.coupons = [
      { code: "HALF", name: "Half off", percentOff: 50, duration: "forever" },
      { code: "ONCE", name: "Ten dollars", amountOff: 1_000, duration: "once" },
    ];
    planIn(it, "professional").trialDays = 14;
  }, { testClock: "2026-04-01T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  done(await stripe.post("/v1/tax/registrations", {
    active_from: Date.parse("2026-03-01") / 1000, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } },
  }));
  const NEW_YORK = { line1: "1 High St", city: "New York", state: "NY", postalCode: "10001", country: "US" };
  const customer = async (userId) => {
    const api = await customerWithCard(server, userId);
    done(await api.put("/api/billing/details", { email: `${userId}@example.com`, name: "Example Ltd", address: NEW_YORK }));
    return api;
  };
  const [half, once, trying] = [await customer("half"), await customer("once"), await customer("trying")];
  done(await half.post("/api/billing/subscribe", { tier: "starter", coupon: "HALF" }), 201);
  done(await once.post("/api/billing/subscribe", { tier: "starter", coupon: "ONCE" }), 201);
  done(await trying.post("/api/billing/subscribe", { tier: "professional" }), 201);

  const [first] = await invoices(half);
  assert.ok(first.tax.amount > 0);
  assert.deepEqual([first.discount, first.amount.amount], [usd(1_450), 1_450 + first.tax.amount]);
  const [whole] = await explainAll(half, first);
  assert.deepEqual([whole.amount, whole.discount, whole.recomputedDiscount], [usd(2_900), usd(1_450), usd(1_450)]);
  assert.deepEqual([whole.coupon, whole.agrees, whole.tax], ["HALF", true, first.tax]);

  const [free] = await explainAll(trying, (await invoices(trying))[0]);
  assert.deepEqual([free.amount, free.formula, free.agrees], [usd(0), "trial = 0", true]);

  await server.clock.to("2026-04-16T00:00:00Z");
  const expected = { half: ["-1450 x 1296000 s / 2592000 s = -725", "(9900 x 1 - 4950) x 1296000 s / 2592000 s = 2475"],
    once: ["-1900 x 1296000 s / 2592000 s = -950", "9900 x 1 x 1296000 s / 2592000 s = 4950"] };
  for (const [userId, formulas] of Object.entries(expected)) {
    const api = server.api.as(userId);
    const said = done(await api.put("/api/billing/subscription?preview=true", { tier: "professional" }));
    done(await api.put("/api/billing/subscription", { tier: "professional", quoteId: said.quoteId }));
    const lines = await explainAll(api, (await invoices(api))[0]);
    assert.deepEqual(lines.map(({ formula }) => formula).sort(), formulas.sort(), userId);
    assert.deepEqual(lines.map(({ agrees }) => agrees), [true, true], JSON.stringify(lines));
  }
  await server.clock.to("2026-05-02T00:00:00Z");
  for (const userId of ["half", "once", "trying"]) await nothingFound(server, userId);
});

test("a coupon of an amount is shared with what the provider bills beside the plan", async (t) => {
  const server = await startSelling(t, (it) => {
    it.coupons = [{ code: "TEN", name: "Ten dollars", amountOff: 1_000, duration: "forever" }];
  }, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await customerWithCard(server, "ada");
  done(await ada.post("/api/billing/subscribe", { tier: "starter", coupon: "TEN" }), 201);
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "ada");
  done(await stripe.post("/v1/invoiceitems", { customer: customers[0].id, amount: 1_100, currency: "usd", description: "Moving in" }));
  await server.clock.to("2026-05-02T00:00:00Z");

  const [renewal] = await invoices(ada);
  assert.deepEqual([renewal.discount, renewal.amount], [usd(1_000), usd(3_000)]);
  const lines = await explainAll(ada, renewal);
  const plan = lines.find(({ tier }) => tier === "starter");
  assert.deepEqual([plan.discount, plan.recomputedDiscount, plan.agrees], [usd(725), usd(725), true]);
  assert.match(lines.find((line) => line !== plan).reason, /no plan of the catalogue/);
  await nothingFound(server, "ada");
});

test("from the command line: text for people, JSON for programs, refusals in a sentence", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  const [first] = await invoices(ada);
  const run = (...args) => runTurnpike(["explain", "--data", server.data, ...args]);
  const text = await run(first.id, "--user", "ada");
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /, paid: 2900 usd with tax of 0 usd[\s\S]*1\. 1 × Starter[\s\S]*starter version 1, 2900 usd a month\n {2}formula {2}2900 x 1 = 2900\n[\s\S]*agrees {3}yes/);
  const json = JSON.parse((await run(first.id, "1", "--user", "ada", "--json")).stdout);
  assert.deepEqual([json.invoice.id, json.lines.length, json.lines[0].line, json.lines[0].agrees], [first.id, 1, 1, true]);
  for (const [args, words] of [
    [[first.id, "2", "--user", "ada"], /no line "2": it has 1/],
    [["invo_none", "--user", "ada"], /invoice_not_found/],
    [[first.id, "--user", "nobody"], /not_found/],
  ]) {
    const refusal = await run(...args);
    assert.deepEqual([refusal.code, refusal.stdout], [1, ""]);
    assert.match(refusal.stderr, words);
  }
  assert.equal((await run(first.id)).code, 2);
});

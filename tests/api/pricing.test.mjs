// Promise (B9): the price that a visitor sees is the price that they are charged. The page, the estimate, the preview and the
// first invoice say one amount, for each plan and interval; and the estimate is what the vectors say, in every currency.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, planIn, refused, startSelling } from "./support.mjs";

const VECTORS = JSON.parse(await readFile(new URL("../vectors/estimate.json", import.meta.url), "utf8"));
const PATH = "/api/billing/plans/estimate";

const queryOf = (use) => (Object.keys(use).length === 0 ? "" : `?${new URLSearchParams(use)}`);

/** The plans that are sold, at the prices of one of the file's catalogues. */
const sell = (t, name) => startSelling(t, (document) => {
  document.currency = VECTORS.catalogues[name].currency;
  for (const plan of document.plans) plan.version = 2; // the first were offered when the key was made
  for (const [tier, prices] of Object.entries(VECTORS.catalogues[name].prices)) planIn(document, tier).prices = prices;
});

for (const name of Object.keys(VECTORS.catalogues)) {
  test(`the estimate is what the vectors say, in ${name}`, async (t) => {
    const { api } = await sell(t, name);
    const estimate = async (use) => done(await api.get(PATH + queryOf(use)));
    for (const { name: title, use, cheapest, tightest, exceeds } of VECTORS.cases.filter(({ catalogue }) => catalogue === name)) {
      const answer = await estimate(use);
      for (const by of ["cheapestByMonth", "cheapestByYear"]) {
        assert.deepEqual(answer.data.filter((plan) => plan[by]).map(({ tier }) => tier), [cheapest], title);
      }
      assert.deepEqual(answer.tightest, tightest, title);
      for (const { tier, enough, lines } of answer.data) {
        assert.deepEqual(lines.filter(({ fit }) => fit === "exceeded").map(({ metric }) => metric), exceeds[tier] ?? [], title);
        assert.equal(enough, exceeds[tier] === undefined, title);
        for (const { metric, amount } of lines) assert.equal(amount, use[metric] ?? 0, title);
      }
    }
    const { currency, data } = await estimate({});
    assert.equal(currency, name);
    for (const { catalogue, tier, savingPercent, monthsToPayOff, ...amounts } of VECTORS.prices.filter((row) => row.catalogue === name)) {
      const plan = data.find((row) => row.tier === tier);
      for (const [what, amount] of Object.entries(amounts)) {
        assert.deepEqual(plan[what], amount === null ? null : { amount, currency: catalogue }, `${tier} ${what}`);
      }
      assert.deepEqual([plan.savingPercent, plan.monthsToPayOff], [savingPercent, monthsToPayOff], tier);
    }
  });
}

test("the estimate is for everybody, and as a table", async (t) => {
  const { api } = await startServer(t);
  const nobody = api.withKey(undefined);
  const { data } = done(await nobody.get(`${PATH}?api_requests=92000`));
  const csv = await nobody.get(`${PATH}?api_requests=92000`, { headers: { accept: "text/csv" } });
  const [names, ...rows] = csv.text.trim().split("\r\n");
  assert.match(names, /^"?tier"?,/);
  assert.equal(rows.length, data.length);
  assert.match(csv.text, /"starter",1,"Starter","true","true","true",2900,29\.00,"usd",/);

  await t.test("and refuses what is no amount, by name", async () => {
    refused(await nobody.get(`${PATH}?modules=-1&storage=1.5`), 422, "invalid_query", "modules", "storage");
    refused(await nobody.get(`${PATH}?api_requests=9007199254740993`), 422, "invalid_query", "api_requests");
    refused(await nobody.get(`${PATH}?requests=1`), 422, "invalid_query", "requests");
    refused(await nobody.get(`${PATH}?modules=1&modules=2`), 422, "invalid_query", "modules");
    refused(await nobody.post(PATH, {}), 405, "method_not_allowed");
  });
});

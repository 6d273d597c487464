// Promise: operators see every version of every plan, since when it is offered, and how many have it, counted as of now.
import assert from "node:assert/strict";
import { test } from "node:test";

import { NEW, shop } from "../harness/prices.mjs";
import { done, newCustomer, sameInstant, subscriber, usd } from "./support.mjs";

const PATH = "/api/admin/catalogue";

test("versions of plans with their holders", async (t) => {
  const { server, sell } = await shop(t);
  await newCustomer(server, "free");
  await subscriber(server, "ada");
  await subscriber(server, "bob", { tier: "starter", interval: "year" });
  await subscriber(server, "cleo", { tier: "professional" });
  await server.clock.advance("P2D");
  await sell("starter", NEW);
  await subscriber(server, "dora");
  const read = async () => done(await server.api.get(PATH));
  const { currency, versions } = await read();
  assert.equal(currency, "usd");
  const counts = (list) => Object.fromEntries(list.map(({ plan, holdersMonthly, holdersYearly }) => [`${plan.tier} ${plan.version}`, [holdersMonthly, holdersYearly]]));
  assert.deepEqual(counts(versions), { "free 1": [1, 0], "starter 2": [1, 0], "starter 1": [1, 1], "professional 1": [1, 0], "enterprise 1": [0, 0] });
  const [sold, old] = versions.filter(({ plan }) => plan.tier === "starter");
  assert.deepEqual([sold.isSold, old.isSold, sold.plan.prices.month, old.plan.prices.month], [true, false, usd(3_500), usd(2_900)]);
  assert.deepEqual([sold.plan.limits.modules.limit, old.plan.limits.modules.limit], [77, 25]);
  sameInstant(sold.offeredAt, "2026-02-02T10:00:00Z");

  await t.test("who leaves is counted no more", async () => {
    done(await server.api.as("dora").post("/api/billing/cancel", {}));
    await server.clock.advance("P1M");
    assert.deepEqual(counts((await read()).versions)["starter 2"], [0, 0]);
    assert.deepEqual(counts((await read()).versions)["free 1"], [2, 0]);
  });
});

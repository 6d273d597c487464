// Promise: any invoice line leads to the formula, the plan's version and the calendar that made it,
// and computing it once more gives the same cents; a parked or unknown line is never guessed at.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, invoices, refused, subscriber } from "./support.mjs";

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
  assert.ok(explained.some(({ formula }) => formula === "-2900 x 1 x 1296000 s / 2592000 s = -1450"));
  assert.equal(Date.parse(explained[0].wholePeriod.start), Date.parse("2026-04-01T00:00:00Z"));

  refused(await explain(ada, first, 2), 404, "line_not_found");
  refused(await explain(ada, first, 0), 404, "line_not_found");
  refused(await explain(ada, first, "one"), 404, "line_not_found");
  refused(await explain(ada, { id: "invo_none" }, 1), 404, "invoice_not_found");
  await subscriber(server, "eve");
  refused(await explain(server.api.as("eve"), first, 1), 404, "invoice_not_found");
});

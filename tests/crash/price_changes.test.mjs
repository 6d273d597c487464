// Guards the promise of price changes: who is told and moved, is so once, whenever the process is killed on the way.
//
// A change is agreed to, told, given to the provider and billed at a renewal; at each of these the server dies at a
// random moment. In the end there is one mail, one subscription, one invoice a month, and the new price from the day that was told.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, done, invoices, subscriber, subscription } from "../api/support.mjs";
import { operator } from "../harness/operators.mjs";
import { CHANGES, NEW, people, planned, shop } from "../harness/prices.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

// When the provider is told, when it renews, and when that is charged.
const DAYS = ["2026-04-27T10:00:01Z", "2026-04-30T10:00:00Z", "2026-04-30T11:00:01Z"];
const HOLDERS = ["ada", "bob", "cleo"];

test("kill -9 on each day of a price change: told once, moved once, one invoice a month at its price", async (t) => {
  const rounds = Math.ceil(killsWanted(8) / (DAYS.length + 1));
  const chance = new Chance(t, 2291);
  for (let round = 0; round < rounds; round++) {
    const { server, sell } = await shop(t);
    for (const userId of HOLDERS) await subscriber(server, userId);
    await server.clock.advance("PT2H");
    await sell("starter", NEW);
    const { kim, lee } = await people(server);
    const change = await planned(server, kim);
    const asked = done(await kim.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 202);
    const agreeing = answerOf(lee.post(`/api/admin/approvals/${asked.id}/approve`, {}));
    const [answer] = await Promise.all([agreeing, killAfter(server, chance.fraction() * 40)]);
    await server.start();
    const { status } = done(await server.api.get(`/api/admin/approvals/${asked.id}`));
    assert.ok(status === "executed" || (status === "pending" && answer === null), status);
    if (status === "pending") { // it died before anything was written: somebody agrees once more
      const mia = await operator(server, "mia", "finance");
      done(await mia.post(`/api/admin/approvals/${asked.id}/approve`, {}));
    }
    await server.clock.advance("PT1H");
    for (const day of DAYS) {
      await server.clock.to(new Date(Date.parse(day) - 2_000).toISOString());
      const advance = answerOf(server.clock.to(day));
      await Promise.all([advance, killAfter(server, chance.fraction() * 80)]);
      await server.start();
      await server.clock.to(day);
    }
    await server.clock.to("2026-05-31T13:00:00Z");
    const { data } = done(await server.api.get(`${CHANGES}/${change.id}/subscriptions`));
    assert.deepEqual(data.map(({ userId, status: stands }) => [userId, stands]), HOLDERS.map((userId) => [userId, "moved"]));
    for (const userId of HOLDERS) {
      const api = server.api.as(userId);
      const bills = (await invoices(api)).map(({ amount }) => amount.amount).reverse();
      assert.deepEqual(bills, [2_900, 2_900, 2_900, 3_500, 3_500], userId);
      assert.equal((await subscription(api)).planVersion, 2);
      const mails = done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data;
      assert.equal(mails.filter(({ kind }) => kind === "price_change").length, 1, userId);
      const events = done(await api.get("/api/billing/events?limit=100")).data.map(({ type }) => type);
      for (const type of ["price_change.notified", "price_change.applied"]) assert.equal(events.filter((one) => one === type).length, 1, type);
      const theirs = await atStripe(await server.stripe(), userId);
      assert.deepEqual([theirs.subscriptions.length, theirs.invoices.length], [1, 5]);
    }
    await server.stop();
  }
});

// Guards the promise of contracts: what becomes due happens once, whenever the process is killed on the way.
//
// A contract with a start to come, a ramp and a renewal lives for four months; on each of its days the clock is
// told to pass, and the server dies at a random moment of that. In the end there is one subscription, and one
// invoice for each interval, at its price.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, customerWithCard, done, invoices, usd } from "../api/support.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

const TERMS = { amount: usd(10_000), interval: "month", termMonths: 2, startsAt: "2026-03-10T00:00:00Z", ramp: [{ month: 1, amount: usd(11_000) }],
  renewal: "auto", upliftBasisPoints: 1_000 };
// The days on which something is done, and the hour after it.
const DAYS = ["2026-03-10T00:00:01Z", "2026-03-10T01:00:01Z", "2026-04-10T00:00:01Z", "2026-04-10T01:00:01Z", "2026-05-10T00:00:01Z", "2026-05-10T02:00:00Z"];

async function accepted(server, userId) {
  const kim = await operator(server, `kim-${userId}`, "finance");
  const lee = await operator(server, `lee-${userId}`, "finance");
  const { id } = done(await kim.post("/api/admin/contracts", { userId, terms: TERMS }), 201);
  const { approvalId } = done(await kim.post(`/api/admin/contracts/${id}/submit`, {}), 202);
  done(await lee.post(`/api/admin/approvals/${approvalId}/approve`, {}));
  const owner = await Person.ofPortal(server, userId, { authentication: await vouched(server) });
  const { termsHash } = done(await owner.get(`/api/billing/contracts/${id}`));
  done(await owner.post(`/api/billing/contracts/${id}/accept`, { termsHash, name: "Ada" }));
}

test("kill -9 on each day of a contract: one subscription, one invoice an interval, each at its price", async (t) => {
  const rounds = Math.ceil(killsWanted(6) / DAYS.length);
  const chance = new Chance(t, 1815);
  for (let round = 0; round < rounds; round++) {
    const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
    const userId = `signer-${round}`;
    await firstOperator(server);
    await customerWithCard(server, userId);
    await accepted(server, userId);
    for (const day of DAYS) {
      const before = new Date(Date.parse(day) - 2_000).toISOString();
      await server.clock.to(before);
      const advance = answerOf(server.clock.to(day));
      await Promise.all([advance, killAfter(server, chance.fraction() * 80)]);
      await server.start();
      await server.clock.to(day);
    }
    await server.clock.to("2026-05-11T00:00:00Z");
    const api = server.api.as(userId);
    const { data } = done(await api.get("/api/billing/contracts"));
    assert.deepEqual(data.map(({ version, status }) => [version, status]), [[2, "active"], [1, "renewed"]]);
    const bills = (await invoices(api)).map(({ amount, status }) => [amount.amount, status]).reverse();
    assert.deepEqual(bills, [[10_000, "paid"], [11_000, "paid"], [12_100, "paid"]]);
    const theirs = await atStripe(await server.stripe(), userId);
    assert.deepEqual([theirs.subscriptions.length, theirs.invoices.length], [1, 3]);
    await server.stop();
  }
});

// Promise: operators see how dunning has gone in figures that are those of the cases, exact in each currency, and what another policy
// would have made of the same cases; what nobody can know is called so, and nothing is changed by asking.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, refused, subscriber, subscription, usd } from "./support.mjs";

const SUMMARY = "/api/admin/dunning/summary";
const SIMULATION = "/api/admin/dunning/simulation";

async function useCard(api, token) {
  const { id } = done(await api.post("/api/billing/payment-methods", { paymentMethodId: token }), 201);
  done(await api.put(`/api/billing/payment-methods/${id}/default`));
}

test("dunning in figures, and another policy tried", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  const bob = await subscriber(server, "bob");
  for (const api of [ada, bob]) await useCard(api, "pm_card_chargeCustomerFail");
  await server.clock.to((await subscription(bob)).currentPeriodEnd);
  const opened = await server.clock.now();
  await server.clock.advance("PT1H");

  await t.test("what is owed, by age; the first charge, and why it was declined", async () => {
    const seen = done(await server.api.get(SUMMARY));
    assert.deepEqual([seen.opened, seen.recoveryPercent], [2, null]);
    assert.deepEqual(seen.atRisk, [{ ageDays: 0, count: 2, amount: usd(5800) }]);
    assert.deepEqual(seen.byStatus, [{ status: "open", count: 2, amount: usd(5800) }]);
    assert.deepEqual(seen.byAttempt, [{ attempt: 1, outcome: "failed", count: 2 }]);
    assert.deepEqual(seen.byDecline.map(({ isHard, count }) => [isHard, count]), [[false, 2]]);
    const [first] = done(await server.api.get("/api/admin/dunning")).data;
    assert.deepEqual(first.amount, usd(2900));
    assert.equal(done(await server.api.get(`/api/admin/dunning?openedBefore=${opened}`)).data.length, 0);
    assert.equal(done(await server.api.get("/api/admin/dunning?openedBefore=2027-01-01T00:00:00Z")).data.length, 2);
  });

  await t.test("a retry, a payment, and a case that is given up", async () => {
    await server.clock.advance("P4D");
    await useCard(ada, "pm_card_visa");
    await server.clock.advance("P11D");
    const seen = done(await server.api.get(SUMMARY));
    assert.deepEqual(seen.atRisk, []);
    assert.deepEqual(seen.byStatus, [{ status: "exhausted", count: 1, amount: usd(2900) }, { status: "recovered", count: 1, amount: usd(2900) }]);
    assert.equal(seen.recoveryPercent, 50);
    const outcomes = seen.byAttempt.map(({ attempt, outcome, count }) => `${attempt} ${outcome} ${count}`);
    assert.deepEqual(outcomes, ["1 failed 2", "2 failed 2", "3 failed 1", "3 succeeded 1", "4 failed 1"]);
    assert.equal(done(await server.api.get(`${SUMMARY}?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`)).opened, 0);
  });

  await t.test("a shorter policy would have lost who paid late; a longer one would have tried when nobody did", async () => {
    const by = ({ outcomes }) => Object.fromEntries(outcomes.map((row) => [row.outcome, row]));
    const same = done(await server.api.get(SIMULATION));
    assert.deepEqual([same.cases, same.inForce, same.dunning], [2, { retryDays: [3, 7, 14], accessDays: 7 }, { retryDays: [3, 7, 14], accessDays: 7 }]);
    assert.deepEqual(by(same).recovered, { outcome: "recovered", casesWere: 1, amountWas: usd(2900), casesWouldBe: 1, amountWouldBe: usd(2900) });
    assert.equal(by(same).ended.casesWouldBe, 1);
    const shorter = done(await server.api.get(`${SIMULATION}?retryDays=1,3&accessDays=2`));
    assert.deepEqual([by(shorter).recovered.casesWouldBe, by(shorter).ended.casesWouldBe, shorter.restrictedWouldBe], [0, 2, 2]);
    const longer = done(await server.api.get(`${SIMULATION}?retryDays=3,7,14,21`));
    assert.deepEqual([by(longer).recovered.casesWouldBe, by(longer).unknown.casesWouldBe], [1, 1]);
    assert.deepEqual(longer.inForce, same.inForce, "nothing is changed by asking");
  });

  await t.test("what is refused", async () => {
    const key = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
    for (const path of [SUMMARY, SIMULATION]) {
      refused(await server.api.withKey(undefined).get(path), 401, "key_missing");
      refused(await server.api.withKey(key).get(path), 403, "scope_missing");
    }
    refused(await server.api.get(`${SUMMARY}?from=yesterday`), 422, "invalid_query", "from");
    for (const days of ["7,3", "0", "91", "1,2,3,4,5,6,7,8,9", ","]) refused(await server.api.get(`${SIMULATION}?retryDays=${days}`), 422, "invalid_query");
    refused(await server.api.get(`${SIMULATION}?accessDays=91`), 422, "invalid_query", "accessDays");
  });
});

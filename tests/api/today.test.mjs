// Promise: operators see at once what waits for them, what is at risk and which subscriptions are stuck, each as a figure whose rows
// are one call away and come to the same number; each role sees what it may see elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber, usd } from "./support.mjs";

const BOARD = "/api/admin/subscriptions/board";
const LIST = "/api/admin/subscriptions";
const TODAY = "/api/admin/today";
const PLACES = ["trialing", "active", "cancelling", "past_due", "suspended", "paused", "ended"];

async function declineFromNowOn(api) {
  const methods = "/api/billing/payment-methods";
  const { id } = done(await api.post(methods, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`${methods}/${id}/default`));
}

async function rowsOf(api, query) {
  const rows = [];
  for (let cursor = ""; cursor !== null;) {
    const page = done(await api.get(`${LIST}?limit=2&${query}${cursor}`));
    rows.push(...page.data);
    cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return rows;
}

test("the board and today", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { api, clock } = server;
  const board = async (query = "") => done(await api.get(`${BOARD}${query}`));
  const figures = async (who = api) => Object.fromEntries(done(await who.get(TODAY)).data.map((figure) => [figure.name, figure]));

  await t.test("with nobody there, all is nothing, and good", async () => {
    const { places, stuck, flows, isCut } = await board();
    assert.deepEqual(places.map(({ name, count }) => [name, count]), PLACES.map((name) => [name, 0]));
    assert.deepEqual([stuck, flows, isCut], [[], [], false]);
    const today = await figures();
    for (const { name, state, count, amounts } of Object.values(today)) {
      if (name !== "differences") assert.deepEqual([state, count, amounts], ["good", 0, []], name);
    }
  });

  await newCustomer(server, "free");
  for (const id of ["a1", "a2", "a3"]) await subscriber(server, id);
  await subscriber(server, "pro", { tier: "professional", interval: "year" });
  await declineFromNowOn(await subscriber(server, "late"));
  done(await (await subscriber(server, "goes")).post("/api/billing/cancel", {}));
  done(await (await subscriber(server, "gone")).post("/api/billing/cancel", { when: "now" }));

  await t.test("each place has its rows, and they bring in what is said", async () => {
    const { places, flows } = await board();
    const of = Object.fromEntries(places.map((place) => [place.name, place]));
    assert.deepEqual([of.active.count, of.cancelling.count, of.ended.count], [5, 1, 1]);
    for (const { name, count, mrr } of places) {
      const rows = await rowsOf(api, `status=${name}`);
      assert.equal(rows.length, count, name);
      assert.ok(rows.every(({ status }) => status === name));
      const sum = rows.reduce((total, row) => total + row.mrr.amount, 0);
      assert.equal(mrr[0]?.amount ?? 0, sum, name);
    }
    const flow = (from, to) => flows.find((one) => one.from === from && one.to === to)?.count ?? 0;
    assert.deepEqual([flow("new", "active"), flow("active", "cancelling"), flow("active", "ended")], [7, 1, 1]);
    assert.deepEqual((await rowsOf(api, "status=cancelling")).map(({ userId }) => userId), ["goes"]);
    assert.deepEqual((await rowsOf(api, "")).length, 6, "free ones are not sold");
    const revenue = (await figures()).revenue;
    assert.deepEqual([revenue.count, revenue.amounts.length], [6, 1]);
    const customers = done(await api.get("/api/admin/customers?limit=100")).data;
    assert.equal(revenue.amounts[0].amount, customers.reduce((total, { mrr }) => total + mrr.amount, 0), "the sum of what the list of customers says");
  });

  await t.test("a payment that fails is at risk, then suspended, and its money is counted once", async () => {
    await clock.advance("P1M");
    await clock.advance("PT2H");
    const today = await figures();
    assert.deepEqual([today.failed_payments.state, today.failed_payments.count, today.failed_payments.amounts], ["watch", 1, [usd(2900)]]);
    assert.deepEqual([today.at_risk.count, today.at_risk.amounts], [1, [usd(2900)]]);
    assert.deepEqual((await rowsOf(api, "status=past_due")).map(({ userId }) => userId), ["late"]);
    const { flows } = await board();
    assert.ok(flows.some(({ from, to }) => from === "active" && to === "past_due"));
    assert.ok(flows.some(({ from, to }) => from === "cancelling" && to === "ended"));
    await clock.advance("P8D");
    assert.deepEqual((await rowsOf(api, "status=suspended")).map(({ userId }) => userId), ["late"]);
    assert.equal((await figures()).stuck.count, 0, "what the clock of the product moves is never stuck");
    assert.deepEqual(await rowsOf(api, "stuck=any"), []);
  });

  await t.test("periods that are over have their own moves", async () => {
    const early = await board("?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z");
    assert.equal(early.flows.find(({ from, to }) => from === "new" && to === "active").count, 7);
    assert.ok(!early.flows.some(({ to }) => to === "past_due"));
    assert.equal(early.places.find(({ name }) => name === "ended").count, 1);
    const nothing = await board("?from=2025-03-01T00:00:00Z&to=2025-03-02T00:00:00Z");
    assert.deepEqual(nothing.flows, []);
  });

  await t.test("each role sees its figures; strangers none", async () => {
    const root = await firstOperator(server);
    const support = await operator(server, "sue", "support");
    assert.equal(Object.keys(await figures(root)).length, 10);
    const seen = await figures(support);
    assert.ok("failed_payments" in seen && "stuck" in seen && !("failures" in seen) && !("alerts" in seen), Object.keys(seen).join());
    done(await support.get(BOARD));
    done(await support.get(LIST));
    for (const path of [TODAY, BOARD, LIST]) {
      refused(await api.withKey(undefined).get(path), 401, "key_missing");
      refused(await api.withKey("tp_test_nothing").get(path), 401, "key_invalid");
      refused(await api.withKey(await server.createKey("billing:write")).get(path), 403, "scope_missing");
    }
    refused(await api.get(`${LIST}?status=gold`), 422, "invalid_query");
    refused(await api.get(`${LIST}?stuck=always`), 422, "invalid_query");
    refused(await api.get(`${BOARD}?from=yesterday`), 422, "invalid_query");
  });
});

// Guards the promise of approvals: what two people have agreed to is done once, whichever call to the provider is
// under way when the process is killed after they have, before the provider hears of it or after it has done it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { done, invoices, subscriber, usd } from "../api/support.mjs";
import { startBehindLine } from "../harness/line.mjs";
import { firstOperator } from "../harness/operators.mjs";
import { answerOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

for (const moment of ["before", "after"]) {
  test(`kill -9 between agreeing and the provider's answer, ${moment} it has heard of it: one refund`, async (t) => {
    let cut = null; // once armed: what happens at the call that gives money back
    const disturb = (method, path) => (method === "POST" && path === "/v1/refunds" && cut !== null ? cut : "pass");
    const { server, stripe, calls } = await startBehindLine(t, disturb, { now: NOW });
    await subscriber(server, "ada", { tier: "professional", interval: "year" });
    const [invoice] = await invoices(server.api.as("ada"));
    const wanted = { userId: "ada", invoiceId: invoice.id, amount: usd(60_000) };
    const key = { idempotencyKey: "the-refund" };
    const asked = done(await server.api.post("/api/admin/refunds", wanted, key), 202);
    const second = await firstOperator(server);

    let died;
    const death = new Promise((fulfil) => (died = fulfil));
    cut = async (call, pass) => {
      cut = null;
      if (moment === "after") await pass();
      await server.kill();
      died();
      return null;
    };
    const answer = await answerOf(second.post(`/api/admin/approvals/${asked.id}/approve`));
    if (answer !== null) assert.equal(done(answer).status, "executed");
    await death;
    await server.start();
    const refund = done(await server.api.post("/api/admin/refunds", wanted, key), 201);
    assert.deepEqual([refund.status, refund.amount], ["succeeded", usd(60_000)]);
    assert.equal(done(await server.api.get(`/api/admin/approvals/${asked.id}`)).status, "executed");
    const there = done(await stripe.get("/v1/refunds", { limit: 10 })).data;
    assert.deepEqual(there.map(({ amount }) => amount), [60_000]);
    const keys = calls.filter(({ call }) => call === "POST /v1/refunds").map(({ key }) => key);
    assert.equal(new Set(keys).size, 1, "the same call under the same key");
  });
}

// Promise: money leaves the account's balance for a bank and comes from one as with Stripe: never more
// than has arrived, in a bank's days, told at each step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const available = async (sandbox) => (await sandbox.get("/v1/balance")).available.find(({ currency }) => currency === "usd").amount;

// A payment that does not wait for its money: 20.00 less Stripe's fee.
const earn = (sandbox) =>
  sandbox.post("/v1/payment_intents", { amount: 2000, currency: "usd", confirm: true, payment_method: "pm_card_bypassPending",
    automatic_payment_methods: { enabled: true, allow_redirects: "never" } });

test("a payout takes what has arrived, and no more", async (t) => {
  const sandbox = await Sandbox.start(t);
  const none = await sandbox.stripe.post("/v1/payouts", { amount: 1, currency: "usd" });
  assert.deepEqual([none.status, none.body.error.code, none.body.error.param], [400, "balance_insufficient", "amount"]);
  await earn(sandbox);
  const all = await available(sandbox);
  assert.ok(all > 1800 && all < 2000);
  const payout = await sandbox.post("/v1/payouts", { amount: 1100, currency: "usd", description: "rent" });
  assert.deepEqual([payout.status, payout.type, await available(sandbox)], ["pending", "bank_account", all - 1100]);
  const moved = await sandbox.get(`/v1/balance_transactions/${payout.balance_transaction}`);
  assert.deepEqual([moved.amount, moved.type, moved.source], [-1100, "payout", payout.id]);
  assert.equal((await sandbox.stripe.post("/v1/payouts", { amount: all, currency: "usd" })).status, 400);
  assert.deepEqual((await sandbox.post(`/v1/payouts/${payout.id}`, { metadata: { a: "b" } })).metadata, { a: "b" });
  assert.equal((await sandbox.post(`/v1/payouts/${payout.id}/cancel`)).status, "canceled");
  assert.equal(await available(sandbox), all);
  assert.match((await sandbox.stripe.post(`/v1/payouts/${payout.id}/cancel`)).body.error.message, /pending/);
  const types = (await sandbox.events({ type: "payout.*" })).map(({ type }) => type);
  assert.deepEqual(types, ["payout.created", "payout.updated", "payout.canceled"]);
});

test("a top-up is on its way first; both are refused by name", async (t) => {
  const sandbox = await Sandbox.start(t);
  const topup = await sandbox.post("/v1/topups", { amount: 2000, currency: "usd" });
  assert.deepEqual([topup.status, topup.balance_transaction, await available(sandbox)], ["pending", null, 0]);
  assert.equal((await sandbox.get("/v1/topups", { status: "pending" })).data[0].id, topup.id);
  const cases = [
    ["/v1/topups", {}, 400, "amount"],
    ["/v1/topups", { amount: 0, currency: "usd" }, 400, "amount"],
    ["/v1/topups", { amount: 1, currency: "gold" }, 400, "currency"],
    ["/v1/payouts", { amount: 1 }, 400, "currency"],
    ["/v1/payouts/po_none", {}, 404, "id"],
    ["/v1/payouts/po_none/cancel", {}, 404, "id"],
  ];
  for (const [path, fields, status, param] of cases) {
    const answer = await sandbox.stripe.post(path, fields);
    assert.deepEqual([answer.status, answer.body.error.param], [status, param], path);
  }
});

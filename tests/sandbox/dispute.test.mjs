// Promise: a disputed payment is taken back at once, and given back only when the dispute is won.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, ON_PAGE, Sandbox } from "./support.mjs";

const DAY = 86400;

async function disputed(t, token) {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  const intent = await sandbox.post("/v1/payment_intents", {
    amount: 2000, currency: "usd", customer, payment_method: token, confirm: "true", ...ON_PAGE, expand: ["latest_charge"],
  });
  const { data } = await sandbox.get("/v1/disputes", { payment_intent: intent.id });
  return { sandbox, clock, intent, dispute: data[0] };
}

const typesOf = async (sandbox) => (await sandbox.events()).map(({ type }) => type).filter((type) => type.startsWith("charge.dispute"));
const net = async (sandbox) => (await sandbox.get("/v1/balance_transactions", { limit: 100 })).data.reduce((sum, one) => sum + one.net, 0);

test("fought and won, fought and lost, left alone, given up", async (t) => {
  const cases = [
    [{ evidence: { uncategorized_text: "winning_evidence" } }, "won", ["updated", "funds_reinstated", "closed"]],
    [{ evidence: { uncategorized_text: "losing_evidence" } }, "lost", ["updated", "closed"]],
    [{ evidence: { customer_name: "Ada" }, submit: "false" }, "needs_response", ["updated"]],
    [{ evidence: { customer_name: "Ada" } }, "under_review", ["updated"]],
    [{ metadata: { seen: "1" } }, "needs_response", ["updated"]],
    ["close", "lost", ["closed"]],
  ];
  for (const [answer, status, events] of cases) {
    const { sandbox, dispute } = await disputed(t, "pm_card_createDispute");
    assert.deepEqual([dispute.status, dispute.reason, dispute.amount, dispute.is_charge_refundable], ["needs_response", "fraudulent", 2000, false]);
    const path = `/v1/disputes/${dispute.id}`;
    const after = answer === "close" ? await sandbox.post(`${path}/close`) : await sandbox.post(path, answer);
    assert.equal(after.status, status, JSON.stringify(answer));
    assert.deepEqual(await typesOf(sandbox), ["created", "funds_withdrawn", ...events].map((name) => `charge.dispute.${name}`));
    // 2.9 % and 30 cents stay with Stripe; 15.00 is the fee of a dispute that is not won.
    assert.equal(await net(sandbox), status === "won" ? 2000 - 88 : 2000 - 88 - 2000 - 1500);
    if (status === "won" || status === "lost") {
      const again = await sandbox.stripe.post(`${path}/close`);
      assert.deepEqual([again.status, again.body.error.code], [400, "status_transition_invalid"]);
    }
  }
});

test("a disputed charge is not refunded; an inquiry's may be", async (t) => {
  for (const [token, reason, status, refundable] of [
    ["pm_card_createDispute", "fraudulent", "needs_response", false],
    ["pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response", false],
    ["pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response", true],
  ]) {
    const { sandbox, intent, dispute } = await disputed(t, token);
    assert.deepEqual([dispute.reason, dispute.status], [reason, status]);
    assert.equal((await sandbox.get(`/v1/charges/${intent.latest_charge.id}`)).disputed, true);
    const refund = await sandbox.stripe.post("/v1/refunds", { payment_intent: intent.id });
    assert.deepEqual([refund.status, refund.body.error?.code], refundable ? [200, undefined] : [400, "charge_disputed"], token);
    assert.equal((await typesOf(sandbox)).includes("charge.dispute.funds_withdrawn"), !refundable);
  }
});

test("evidence that comes too late is lost", async (t) => {
  for (const [token, end] of [["pm_card_createDispute", "lost"], ["pm_card_createDisputeInquiry", "warning_closed"]]) {
    const { sandbox, clock, dispute } = await disputed(t, token);
    assert.ok(dispute.evidence_details.due_by > NOON + 7 * DAY);
    await sandbox.advance(clock, dispute.evidence_details.due_by + DAY);
    const after = await sandbox.get(`/v1/disputes/${dispute.id}`);
    assert.deepEqual([after.status, after.evidence_details.past_due], [end, true]);
    const late = await sandbox.stripe.post(`/v1/disputes/${dispute.id}`, { evidence: { customer_name: "Ada" } });
    assert.equal(late.status, 400);
  }
});

test("what is refused", async (t) => {
  const { sandbox, dispute } = await disputed(t, "pm_card_createDispute");
  for (const [path, fields, status, code] of [
    ["du_none", {}, 404, "resource_missing"],
    [dispute.id, { evidence: { colour: "red" } }, 400, "parameter_unknown"],
    [dispute.id, { submit: "perhaps" }, 400, undefined],
  ]) {
    const answer = await sandbox.stripe.post(`/v1/disputes/${path}`, fields);
    assert.deepEqual([answer.status, answer.body.error.code], [status, code], path);
  }
});

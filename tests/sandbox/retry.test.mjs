// Promise: the account's own retries come on their days and end as they were told to, a hard decline is
// not charged again with the same method, and a draft waits for those who have to know of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Receiver, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const RENEWAL = Date.UTC(2015, 1, 28, 12) / 1000;
const FAILED = RENEWAL + HOUR;

// A subscription whose next payment is refused by `token`; nothing is renewed yet.
async function doomed(sandbox, token = "pm_card_chargeCustomerFail") {
  const who = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer: who.customer, items: [{ price: price.id }] });
  const card = await sandbox.post(`/v1/payment_methods/${token}/attach`, { customer: who.customer });
  await sandbox.post(`/v1/customers/${who.customer}`, { invoice_settings: { default_payment_method: card.id } });
  return { ...who, path: `/v1/subscriptions/${bought.id}` };
}

const latest = async (sandbox, path) => {
  const { status, latest_invoice } = await sandbox.get(path, { expand: ["latest_invoice"] });
  return { status, invoice: latest_invoice };
};

test("without retries a failed renewal is left alone", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { path, clock } = await doomed(sandbox);
  await sandbox.advance(clock, FAILED + 14 * DAY);
  const { status, invoice } = await latest(sandbox, path);
  assert.deepEqual([status, invoice.attempt_count, invoice.next_payment_attempt, invoice.auto_advance], ["past_due", 1, null, false]);
});

test("retries on their days, and what becomes of the subscription behind the last", async (t) => {
  for (const [end, wanted] of [["cancel", "canceled"], ["unpaid", "unpaid"], ["past_due", "past_due"], ["pause", "paused"]]) {
    const sandbox = await Sandbox.start(t, undefined, ["--retry-days", "3,5,7", "--retry-end", end]);
    const { path, clock } = await doomed(sandbox);
    let at = FAILED;
    for (const [attempts, days] of [[1, 3], [2, 5], [3, 7]]) {
      await sandbox.advance(clock, at);
      const { status, invoice } = await latest(sandbox, path);
      assert.deepEqual([status, invoice.attempt_count, invoice.next_payment_attempt], ["past_due", attempts, at + days * DAY], end);
      at += days * DAY;
    }
    await sandbox.advance(clock, at);
    const { status, invoice } = await latest(sandbox, path);
    assert.deepEqual([status, invoice.status, invoice.attempt_count, invoice.next_payment_attempt], [wanted, "open", 4, null], end);
    assert.equal((await sandbox.events({ type: "invoice.payment_failed" })).length, 4);
  }
});

test("who takes the invoice over is the only one who retries", async (t) => {
  const sandbox = await Sandbox.start(t, undefined, ["--retry-days", "3,5,7"]);
  const { path, clock } = await doomed(sandbox);
  await sandbox.advance(clock, FAILED);
  const { invoice } = await latest(sandbox, path);
  const taken = await sandbox.post(`/v1/invoices/${invoice.id}`, { auto_advance: "false" });
  assert.equal(taken.next_payment_attempt, null);
  await sandbox.advance(clock, FAILED + 10 * DAY);
  assert.equal((await sandbox.get(`/v1/invoices/${invoice.id}`)).attempt_count, 1);
  await sandbox.stripe.post(`/v1/invoices/${invoice.id}/pay`);
  const after = await sandbox.get(`/v1/invoices/${invoice.id}`);
  assert.deepEqual([after.attempt_count, after.next_payment_attempt], [1, null]); // by hand: not counted
});

test("a hard decline is not charged again until there is another method", async (t) => {
  const sandbox = await Sandbox.start(t, undefined, ["--retry-days", "3,5,7"]);
  const { path, clock, customer } = await doomed(sandbox, "pm_card_authenticationRequired");
  const charges = async () => (await sandbox.get("/v1/charges", { customer })).data.length;
  await sandbox.advance(clock, FAILED);
  const before = await charges();
  await sandbox.advance(clock, FAILED + 3 * DAY);
  const { invoice } = await latest(sandbox, path);
  assert.deepEqual([invoice.attempt_count, invoice.next_payment_attempt, await charges()], [2, FAILED + 8 * DAY, before]);
  const good = await sandbox.post("/v1/payment_methods/pm_card_visa/attach", { customer });
  await sandbox.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: good.id } });
  await sandbox.advance(clock, FAILED + 8 * DAY);
  const { status, invoice: paid } = await latest(sandbox, path);
  assert.deepEqual([status, paid.status, paid.attempt_count], ["active", "paid", 3]);
});

test("an endpoint that refuses invoice.created holds up the draft, for three days at most", { timeout: 60_000 }, async (t) => {
  const sandbox = await Sandbox.start(t);
  const receiver = await Receiver.start(t);
  receiver.status = 500;
  await sandbox.post("/v1/webhook_endpoints", { url: receiver.url, enabled_events: ["invoice.created"] });
  const { customer, clock } = await sandbox.customer();
  const { id } = await sandbox.post("/v1/invoices", { customer, auto_advance: "true" });
  await sandbox.post("/v1/invoiceitems", { customer, invoice: id, amount: 1000, currency: "usd" });
  const draft = await sandbox.get(`/v1/invoices/${id}`);
  await receiver.next();
  while (!sandbox.process.stderr.includes("webhook_failed")) await sandbox.get(`/v1/invoices/${id}`);
  await sandbox.advance(clock, draft.created + 24 * HOUR);
  assert.equal((await sandbox.get(`/v1/invoices/${id}`)).status, "draft");
  await sandbox.advance(clock, draft.created + 73 * HOUR);
  assert.equal((await sandbox.get(`/v1/invoices/${id}`)).status, "paid");
});

test("retry options that make no sense are refused", async (t) => {
  for (const options of [["--retry-days", "0"], ["--retry-days", "3,x"], ["--retry-days", "1,2,3,4,5,6,7,8,9"], ["--retry-end", "later"]]) {
    await assert.rejects(Sandbox.start(t, undefined, options), options.join(" "));
  }
});

// Promise: each of the eight states is entered and left as Stripe's table says, over HTTP.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const END = Date.UTC(2015, 1, 28, 12) / 1000; // of the first period

async function world(t, { retries, ...options } = {}) {
  const sandbox = await Sandbox.start(t, undefined, retries);
  const { customer, clock, card } = await sandbox.customer(options);
  const price = await sandbox.price(2900);
  const items = [{ price: price.id }];
  const buy = (fields = {}) => sandbox.post("/v1/subscriptions", { customer, items, expand: ["latest_invoice"], ...fields });
  const read = ({ id }) => sandbox.get(`/v1/subscriptions/${id}`, { expand: ["latest_invoice"] });
  const update = ({ id }, fields) => sandbox.post(`/v1/subscriptions/${id}`, { ...fields, expand: ["latest_invoice"] });
  const attach = (token) => sandbox.post(`/v1/payment_methods/${token}/attach`, { customer });
  const failing = async (subscription) => update(subscription, { default_payment_method: (await attach("pm_card_chargeCustomerFail")).id });
  return { sandbox, customer, clock, card, price, items, buy, read, update, attach, failing };
}

const types = async (sandbox, before) => (await sandbox.events()).slice(before).map(({ type }) => type);

// --- created ---

for (const [name, token, fields, status, invoice] of [
  ["paid", "pm_card_visa", {}, "active", "paid"],
  ["declined", "pm_card_chargeCustomerFail", {}, "incomplete", "open"],
  ["asked by the bank", "pm_card_authenticationRequired", {}, "incomplete", "open"],
  ["left to the client", "pm_card_visa", { payment_behavior: "default_incomplete" }, "incomplete", "open"],
  ["debited from a bank account", "pm_usBankAccount_success", {}, "active", "open"],
  ["sent as an invoice", "pm_card_chargeCustomerFail", { collection_method: "send_invoice", days_until_due: 30 }, "active", "draft"],
  ["in a trial", "pm_card_chargeCustomerFail", { trial_period_days: 3 }, "trialing", "paid"],
]) {
  test(`created and ${name}: ${status}`, async (t) => {
    const { buy } = await world(t, { token });
    const bought = await buy(fields);
    assert.deepEqual([bought.status, bought.latest_invoice.status], [status, invoice]);
  });
}

test("created with nothing to pay: active", async (t) => {
  const { sandbox, customer, buy } = await world(t);
  const free = await sandbox.price(0);
  await sandbox.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: "" } });
  const bought = await buy({ items: [{ price: free.id }] });
  assert.deepEqual([bought.status, bought.latest_invoice.status, bought.latest_invoice.total], ["active", "paid", 0]);
});

test("created where failing is an error: 402, and nothing is there", async (t) => {
  const { sandbox, customer, items } = await world(t, { token: "pm_card_chargeCustomerFail" });
  const refused = await sandbox.stripe.post("/v1/subscriptions", { customer, items, payment_behavior: "error_if_incomplete" });
  assert.deepEqual([refused.status, refused.body.error.type, refused.body.error.code], [402, "card_error", "card_declined"]);
  assert.equal((await sandbox.get("/v1/subscriptions", { customer, status: "all" })).data.length, 0);
});

// --- incomplete ---

test("incomplete, paid in time: active, and the method that paid is kept when asked", async (t) => {
  const { sandbox, customer, buy, read } = await world(t, { token: "pm_card_chargeCustomerFail" });
  const bought = await buy({ payment_settings: { save_default_payment_method: "on_subscription" } });
  const good = await sandbox.post("/v1/payment_methods/pm_card_visa/attach", { customer });
  await sandbox.post(`/v1/invoices/${bought.latest_invoice.id}/pay`, { payment_method: good.id });
  const paid = await read(bought);
  assert.deepEqual([paid.status, paid.default_payment_method], ["active", good.id]);
});

test("incomplete, not paid in 23 hours: expired, its invoice void, and nothing can be changed", async (t) => {
  const { sandbox, clock, buy, read } = await world(t, { token: "pm_card_chargeCustomerFail" });
  const bought = await buy();
  await sandbox.advance(clock, NOON + 23 * HOUR - 1);
  assert.equal((await read(bought)).status, "incomplete");
  await sandbox.advance(clock, NOON + 23 * HOUR);
  const over = await read(bought);
  assert.deepEqual([over.status, over.latest_invoice.status, over.ended_at], ["incomplete_expired", "void", NOON + 23 * HOUR]);
  const refused = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, { description: "x" });
  assert.deepEqual([refused.status, refused.body.error.code], [400, "invalid_canceled_subscription_fields"]);
});

test("incomplete, its invoice voided: expired at once", async (t) => {
  const { sandbox, buy, read } = await world(t, { token: "pm_card_chargeCustomerFail" });
  const bought = await buy();
  await sandbox.post(`/v1/invoices/${bought.latest_invoice.id}/void`);
  assert.equal((await read(bought)).status, "incomplete_expired");
});

test("incomplete takes metadata and a payment method, nothing else", async (t) => {
  const { sandbox, buy, update, attach } = await world(t, { token: "pm_card_chargeCustomerFail" });
  const bought = await buy();
  const card = await attach("pm_card_visa");
  const changed = await update(bought, { metadata: { a: "b" }, default_payment_method: card.id });
  assert.deepEqual([changed.status, changed.metadata.a], ["incomplete", "b"]);
  for (const fields of [{ cancel_at_period_end: "true" }, { items: [{ id: bought.items.data[0].id, quantity: 2 }] }, { description: "x" }]) {
    assert.equal((await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, fields)).status, 400);
  }
});

// --- active and past due ---

test("a renewal that fails: past_due; paying the newest invoice settles it", async (t) => {
  const { sandbox, clock, buy, read, failing, attach } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, END + 2 * HOUR);
  const late = await read(bought);
  assert.deepEqual([late.status, late.latest_invoice.status], ["past_due", "open"]);
  const good = await attach("pm_card_visa");
  await sandbox.post(`/v1/invoices/${late.latest_invoice.id}/pay`, { payment_method: good.id });
  assert.equal((await read(bought)).status, "active");
});

test("two renewals that fail: the older one paid leaves it past_due, the newer one settles it", async (t) => {
  const { sandbox, clock, buy, read, failing, attach } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, END + 2 * HOUR);
  const older = (await read(bought)).latest_invoice.id;
  await sandbox.advance(clock, Date.UTC(2015, 2, 31, 15) / 1000);
  const newer = (await read(bought)).latest_invoice.id;
  assert.notEqual(newer, older);
  const payment_method = (await attach("pm_card_visa")).id;
  await sandbox.post(`/v1/invoices/${older}/pay`, { payment_method });
  assert.equal((await read(bought)).status, "past_due");
  await sandbox.post(`/v1/invoices/${newer}/pay`, { payment_method });
  assert.equal((await read(bought)).status, "active");
});

test("the newest invoice voided: the one before it speaks, and void ones are skipped", async (t) => {
  const { sandbox, clock, buy, read, failing } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, END + 2 * HOUR);
  const late = await read(bought);
  await sandbox.post(`/v1/invoices/${late.latest_invoice.id}/void`);
  assert.equal((await read(bought)).status, "active"); // the first one was paid
});

test("the newest invoice written off counts as settled", async (t) => {
  const { sandbox, clock, buy, read, failing } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, END + 2 * HOUR);
  const late = await read(bought);
  await sandbox.post(`/v1/invoices/${late.latest_invoice.id}/mark_uncollectible`);
  assert.equal((await read(bought)).status, "active");
});

test("unpaid: invoices go on as drafts, and the newest one paid makes it active", async (t) => {
  const retries = ["--retry-days", "3", "--retry-end", "unpaid"];
  const { sandbox, clock, buy, read, failing, attach } = await world(t, { retries });
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, END + 4 * DAY);
  const unpaid = await read(bought);
  assert.deepEqual([unpaid.status, unpaid.latest_invoice.status], ["unpaid", "open"]);
  await sandbox.advance(clock, Date.UTC(2015, 2, 31, 15) / 1000);
  const next = await read(bought);
  assert.deepEqual([next.status, next.latest_invoice.status, next.latest_invoice.auto_advance], ["unpaid", "draft", false]);
  const payment_method = (await attach("pm_card_visa")).id;
  await sandbox.post(`/v1/invoices/${unpaid.latest_invoice.id}/pay`, { payment_method });
  assert.equal((await read(bought)).status, "unpaid");
  await sandbox.post(`/v1/invoices/${next.latest_invoice.id}/pay`, { payment_method });
  assert.equal((await read(bought)).status, "active");
});

test("retries used up: the schedule of a subscription that is canceled for it is aborted", async (t) => {
  const retries = ["--retry-days", "3", "--retry-end", "cancel"];
  const { sandbox, clock, buy, read, failing } = await world(t, { retries });
  const bought = await buy();
  const schedule = await sandbox.post("/v1/subscription_schedules", { from_subscription: bought.id });
  const phases = [{ items: [{ price: bought.items.data[0].price.id }], start_date: NOON, duration: { interval: "year" } }];
  await sandbox.post(`/v1/subscription_schedules/${schedule.id}`, { phases });
  await failing(bought);
  await sandbox.advance(clock, END + 4 * DAY);
  const ended = await read(bought);
  assert.deepEqual([ended.status, ended.cancellation_details.reason], ["canceled", "payment_failed"]);
  assert.equal((await sandbox.events({ type: "subscription_schedule.aborted" })).length, 1);
});

test("the only invoice voided after an upgrade that failed: active again", async (t) => {
  const { sandbox, buy, read, failing, update, customer } = await world(t);
  const bought = await buy();
  await failing(bought);
  const large = await sandbox.price(9900);
  const late = await update(bought, { items: [{ id: bought.items.data[0].id, price: large.id }], proration_behavior: "always_invoice" });
  assert.deepEqual([late.status, late.items.data[0].price.id], ["past_due", large.id]);
  await sandbox.post(`/v1/invoices/${late.latest_invoice.id}/void`);
  assert.equal((await read(bought)).status, "active");
  assert.ok(customer);
});

// --- payment_behavior of an update ---

for (const [payment_behavior, status, kept] of [
  ["allow_incomplete", "past_due", true],
  ["default_incomplete", "past_due", true],
  ["error_if_incomplete", "active", false],
  ["pending_if_incomplete", "active", false],
]) {
  test(`an upgrade that is declined under ${payment_behavior}: ${status}`, async (t) => {
    const { sandbox, buy, read, failing } = await world(t);
    const bought = await buy();
    await failing(bought);
    const large = await sandbox.price(9900);
    const fields = { items: [{ id: bought.items.data[0].id, price: large.id }], proration_behavior: "always_invoice", payment_behavior };
    const answer = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, fields);
    assert.equal(answer.status, payment_behavior === "error_if_incomplete" ? 402 : 200);
    const after = await read(bought);
    assert.deepEqual([after.status, after.items.data[0].price.id === large.id], [status, kept]);
    assert.equal(after.latest_invoice.id === bought.latest_invoice.id, payment_behavior === "error_if_incomplete");
  });
}

// --- which method is charged ---

test("the subscription's method is charged before the customer's", async (t) => {
  const { sandbox, clock, buy, read, update, attach, card } = await world(t);
  const bought = await buy();
  const own = await attach("pm_card_mastercard");
  await update(bought, { default_payment_method: own.id });
  const paid = async () => {
    const { latest_invoice } = await read(bought);
    const charges = await sandbox.get("/v1/charges", { limit: 1 });
    return [latest_invoice.status, charges.data[0].payment_method];
  };
  await sandbox.advance(clock, END + 2 * HOUR);
  assert.deepEqual(await paid(), ["paid", own.id]);
  await update(bought, { default_payment_method: "" });
  await sandbox.advance(clock, Date.UTC(2015, 2, 31, 15) / 1000);
  assert.deepEqual(await paid(), ["paid", card]);
});

// --- paused ---

test("paused: unused time is credited, nothing renews; resumed: a new period, paid now", async (t) => {
  const { sandbox, clock, buy, read } = await world(t);
  const bought = await buy();
  await sandbox.advance(clock, NOON + 14 * DAY);
  const before = (await sandbox.events()).length;
  const paused = await sandbox.post(`/v1/subscriptions/${bought.id}/pause`);
  assert.equal(paused.status, "paused");
  assert.deepEqual(paused.status_details.paused, {
    subscription: { type: "pause_requested" },
    transitioned_at: NOON + 14 * DAY,
    type: "subscription",
  });
  assert.ok((await types(sandbox, before)).includes("customer.subscription.paused"));
  await sandbox.advance(clock, END + 9 * DAY);
  assert.equal((await sandbox.get("/v1/invoices", { subscription: bought.id })).data.length, 1);
  const resumed = await sandbox.post(`/v1/subscriptions/${bought.id}/resume`, { expand: ["latest_invoice"] });
  assert.deepEqual([resumed.status, resumed.status_details], ["active", undefined]);
  assert.equal(resumed.billing_cycle_anchor, END + 9 * DAY);
  assert.deepEqual(resumed.latest_invoice.lines.data.map(({ amount }) => amount), [-1450, 2900]);
  assert.equal(resumed.latest_invoice.amount_paid, 1450);
  assert.ok((await types(sandbox, before)).includes("customer.subscription.resumed"));
  assert.equal((await read(bought)).items.data[0].current_period_start, END + 9 * DAY);
});

test("resumed with the old anchor: what is left of the running period is debited", async (t) => {
  const { sandbox, clock, buy } = await world(t);
  const bought = await buy();
  await sandbox.advance(clock, NOON + 14 * DAY);
  await sandbox.post(`/v1/subscriptions/${bought.id}/pause`, { bill_for: { unused_time_from: { type: "none" } }, invoicing_behavior: "invoice" });
  await sandbox.advance(clock, END + 15.5 * DAY); // half of the period up to 31 March
  const resumed = await sandbox.post(`/v1/subscriptions/${bought.id}/resume`, {
    billing_cycle_anchor: { type: "unchanged" },
    proration_behavior: "always_invoice",
    expand: ["latest_invoice"],
  });
  assert.deepEqual([resumed.status, resumed.billing_cycle_anchor], ["active", NOON]);
  assert.deepEqual(resumed.latest_invoice.lines.data.map(({ amount }) => amount), [1450]);
  assert.equal(resumed.items.data[0].current_period_end, Date.UTC(2015, 2, 31, 12) / 1000);
});

test("resumed only when paid: it waits, and stays paused when 23 hours pass", async (t) => {
  const { sandbox, clock, buy, read, failing, attach } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.advance(clock, NOON + DAY);
  const path = `/v1/subscriptions/${bought.id}`;
  await sandbox.post(`${path}/pause`);
  const fields = { payment_behavior: "resume_on_payment_success", expand: ["latest_invoice"] };
  const waiting = await sandbox.post(`${path}/resume`, fields);
  assert.deepEqual([waiting.status, waiting.latest_invoice.status], ["paused", "open"]);
  await sandbox.advance(clock, NOON + DAY + 23 * HOUR);
  const still = await read(bought);
  assert.deepEqual([still.status, still.latest_invoice.status], ["paused", "void"]);
  const again = await sandbox.post(`${path}/resume`, fields);
  await sandbox.post(`/v1/invoices/${again.latest_invoice.id}/pay`, { payment_method: (await attach("pm_card_visa")).id });
  assert.equal((await read(bought)).status, "active");
});

test("resumed with an attempt that fails: past_due", async (t) => {
  const { sandbox, buy, failing } = await world(t);
  const bought = await buy();
  await failing(bought);
  await sandbox.post(`/v1/subscriptions/${bought.id}/pause`, { bill_for: { unused_time_from: { type: "none" } } });
  const resumed = await sandbox.post(`/v1/subscriptions/${bought.id}/resume`);
  assert.equal(resumed.status, "past_due");
});

test("only what runs is paused, only what is paused is resumed", async (t) => {
  const { sandbox, buy } = await world(t);
  const bought = await buy();
  const path = `/v1/subscriptions/${bought.id}`;
  assert.equal((await sandbox.stripe.post(`${path}/resume`)).status, 400);
  await sandbox.post(`${path}/pause`);
  assert.equal((await sandbox.stripe.post(`${path}/pause`)).status, 400);
  const wrong = await sandbox.stripe.post(`${path}/resume`, { payment_behavior: "allow_incomplete" });
  assert.deepEqual([wrong.status, wrong.body.error.param], [400, "payment_behavior"]);
  await sandbox.delete(path);
  assert.equal((await sandbox.stripe.post(`${path}/resume`)).status, 400);
  assert.equal((await sandbox.stripe.post("/v1/subscriptions/sub_none/pause")).status, 404);
});

// --- collection paused ---

for (const [behavior, status] of [["keep_as_draft", "draft"], ["void", "void"], ["mark_uncollectible", "uncollectible"]]) {
  test(`collection paused, ${behavior}: the renewal's invoice is ${status}, the state stays`, async (t) => {
    const { sandbox, clock, buy, read, update } = await world(t);
    const bought = await buy();
    await update(bought, { pause_collection: { behavior, resumes_at: END + 10 * DAY } });
    await sandbox.advance(clock, END + 2 * HOUR);
    const held = await read(bought);
    assert.deepEqual([held.status, held.latest_invoice.status], ["active", status]);
    await sandbox.advance(clock, END + 10 * DAY);
    assert.equal((await read(bought)).pause_collection, null);
    await sandbox.advance(clock, Date.UTC(2015, 2, 31, 15) / 1000);
    assert.equal((await read(bought)).latest_invoice.status, "paid");
  });
}

test("a pause of collection cannot end in the past", async (t) => {
  const { sandbox, buy } = await world(t);
  const bought = await buy();
  const { status, body } = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, { pause_collection: { behavior: "void", resumes_at: NOON } });
  assert.deepEqual([status, body.error.param], [400, "pause_collection[resumes_at]"]);
});

// --- canceled ---

test("ended by DELETE, by an instant, by the period's end, with its customer", async (t) => {
  const { sandbox, clock, customer, buy, read, update } = await world(t);
  const [now, later, atEnd, last] = [await buy(), await buy(), await buy(), await buy()];
  await sandbox.delete(`/v1/subscriptions/${now.id}`);
  const dated = await update(later, { cancel_at: NOON + 3 * DAY, proration_behavior: "none" });
  assert.deepEqual([dated.status, dated.cancel_at, dated.canceled_at, dated.cancel_at_period_end], ["active", NOON + 3 * DAY, NOON, false]);
  const leaving = await update(atEnd, { cancel_at_period_end: "true" });
  assert.deepEqual([leaving.status, leaving.cancel_at], ["active", END]);
  await sandbox.advance(clock, END + 2 * HOUR);
  for (const [subscription, ended_at] of [[now, NOON], [later, NOON + 3 * DAY], [atEnd, END]]) {
    const over = await read(subscription);
    assert.deepEqual([over.status, over.ended_at, over.latest_invoice.billing_reason], ["canceled", ended_at, "subscription_create"]);
  }
  assert.equal((await read(last)).status, "active");
  await sandbox.delete(`/v1/customers/${customer}`);
  assert.equal((await read(last)).status, "canceled");
});

test("the period's end as a word, and taken back", async (t) => {
  const { sandbox, buy, update } = await world(t);
  const bought = await buy();
  for (const word of ["min_period_end", "max_period_end", "max_billed_until"]) {
    assert.equal((await update(bought, { cancel_at: word })).cancel_at, END);
    const back = await update(bought, { cancel_at: "" });
    assert.deepEqual([back.cancel_at, back.canceled_at, back.cancellation_details.reason], [null, null, null]);
  }
  await update(bought, { cancel_at_period_end: "true" });
  const stays = await update(bought, { cancel_at_period_end: "false" });
  assert.deepEqual([stays.cancel_at, stays.canceled_at, stays.cancel_at_period_end], [null, null, false]);
  for (const fields of [{ cancel_at: NOON }, { cancel_at: NOON + 5, cancel_at_period_end: "true" }, { cancel_at: "soon" }]) {
    const { status, body } = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, fields);
    assert.deepEqual([status, body.error.param], [400, "cancel_at"]);
  }
});

test("an end in a later period shortens that period's bill", async (t) => {
  const { sandbox, clock, buy, read, update } = await world(t);
  const bought = await buy();
  const end = END + 15.5 * DAY; // half way to 31 March
  await update(bought, { cancel_at: end });
  await sandbox.advance(clock, END + 2 * HOUR);
  const last = await read(bought);
  assert.deepEqual([last.latest_invoice.total, last.latest_invoice.lines.data[0].period.end], [1450, end]);
  await sandbox.advance(clock, end);
  assert.deepEqual([(await read(bought)).status, (await read(bought)).ended_at], ["canceled", end]);
});

test("canceled takes words only, and is found only when asked for", async (t) => {
  const { sandbox, customer, buy, update } = await world(t);
  const bought = await buy();
  await sandbox.delete(`/v1/subscriptions/${bought.id}`);
  const noted = await update(bought, { metadata: { a: "b" }, cancellation_details: { comment: "moved", feedback: "too_complex" } });
  assert.deepEqual([noted.metadata.a, noted.cancellation_details.comment], ["b", "moved"]);
  const refused = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, { cancel_at_period_end: "false" });
  assert.deepEqual([refused.status, refused.body.error.code], [400, "invalid_canceled_subscription_fields"]);
  assert.equal((await sandbox.stripe.delete(`/v1/subscriptions/${bought.id}`)).status, 404);
  const count = async (fields) => (await sandbox.get("/v1/subscriptions", { customer, ...fields })).data.length;
  assert.deepEqual([await count({}), await count({ status: "all" }), await count({ status: "canceled" }), await count({ status: "ended" })], [0, 1, 1, 1]);
});

// --- lists ---

test("lists are filtered by state, price, collection, period and clock", async (t) => {
  const { sandbox, clock, price, buy } = await world(t);
  const other = await sandbox.price(100, "year");
  const monthly = await buy();
  const yearly = await buy({ items: [{ price: other.id }], collection_method: "send_invoice", days_until_due: 5 });
  const ids = async (fields) => (await sandbox.get("/v1/subscriptions", fields)).data.map(({ id }) => id);
  assert.deepEqual(await ids({}), [yearly.id, monthly.id]);
  assert.deepEqual(await ids({ price: price.id }), [monthly.id]);
  assert.deepEqual(await ids({ plan: other.id }), [yearly.id]);
  assert.deepEqual(await ids({ collection_method: "send_invoice" }), [yearly.id]);
  assert.deepEqual(await ids({ status: "active", current_period_end: { gt: END } }), [yearly.id]);
  assert.deepEqual(await ids({ current_period_end: { lte: END } }), [monthly.id]);
  assert.deepEqual(await ids({ test_clock: clock, limit: 1 }), [yearly.id]);
  assert.deepEqual(await ids({ status: "paused" }), []);
  const wrong = await sandbox.stripe.get("/v1/subscriptions", { status: "sleeping" });
  assert.deepEqual([wrong.status, wrong.body.error.param], [400, "status"]);
});

test("the hosted page settles an update that the bank asked about", async (t) => {
  const { sandbox, buy, read, update, attach } = await world(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const bought = await buy();
  await update(bought, { default_payment_method: (await attach("pm_card_authenticationRequired")).id });
  const large = await sandbox.price(9900);
  const asked = await update(bought, { items: [{ id: bought.items.data[0].id, price: large.id }], proration_behavior: "always_invoice" });
  assert.equal(asked.status, "past_due");
  const page = new URL(asked.latest_invoice.hosted_invoice_url).pathname;
  assert.equal((await http.request("POST", page, { body: "pay=now" })).status, 200);
  assert.equal((await read(bought)).status, "active");
});

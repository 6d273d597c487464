// Promise: a payment that fails opens a case; it is tried again on days 3, 7 and 14, access is full for
// seven days, the customer is told at each step how to mend it, and paid closes it at once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, refused, subscriber, subscription, usd } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";
const CASES = "/api/admin/dunning";

// A card that the bank declines, made the one that is charged.
export async function useCard(api, token) {
  const method = done(await api.post(METHODS, { paymentMethodId: token }), 201);
  done(await api.put(`${METHODS}/${method.id}/default`));
  return method;
}

export async function cases(server, query) {
  return done(await server.api.get(`${CASES}?${new URLSearchParams(query)}`)).data;
}

async function caseOf(server, userId) {
  const [only, ...others] = await cases(server, { userId });
  assert.deepEqual(others, []);
  return only;
}

async function mailsTo(server, userId) {
  const mails = done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data;
  return mails.reverse().map(({ kind }) => kind);
}

// What is on its way has arrived.
const settle = (server) => server.clock.advance("PT1S");

// A subscriber whose renewal has just been declined.
async function fallBehind(server, userId, token = "pm_card_chargeCustomerFail") {
  const api = await subscriber(server, userId);
  await useCard(api, token);
  const { currentPeriodEnd } = await subscription(api);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H"); // Stripe charges a renewal an hour after it has begun
  return api;
}

// The button on the provider's page of an invoice; a card that asks for approval has it by the press.
async function payHosted(url) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ pay: "now" }), redirect: "manual" });
  return answer.status;
}

const outcomes = ({ attempts }) => attempts.map(({ origin, outcome, declineCode }) => [origin, outcome, declineCode]);
const act = (server, { id }, move, body, idempotencyKey = `${move}-${id}`) =>
  server.api.post(`${CASES}/${id}/${move}`, { reason: "said so", ...body }, { idempotencyKey });

test("a declined renewal: full on day 6.9, restricted on day 7.1, free after the third retry, four attempts", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "debtor");
  const opened = await caseOf(server, "debtor");
  assert.deepEqual([opened.status, opened.kind, opened.retries, opened.needsNewMethod], ["open", "payment", 0, false]);
  assert.equal(Date.parse(opened.accessUntil) - Date.parse(opened.openedAt), 7 * 86_400_000);
  assert.equal(Date.parse(opened.nextAttemptAt) - Date.parse(opened.openedAt), 3 * 86_400_000);
  assert.deepEqual(outcomes(opened), [["provider", "failed", "generic_decline"]]);
  assert.deepEqual(await mailsTo(server, "debtor"), ["receipt", "payment_failed"]);
  const day = (days) => server.clock.to(new Date(Date.parse(opened.openedAt) + days * 86_400_000).toISOString());

  await day(3.1);
  assert.deepEqual(outcomes(await caseOf(server, "debtor")), [["provider", "failed", "generic_decline"], ["retry", "failed", "generic_decline"]]);
  await day(6.9);
  const owing = await subscription(api);
  assert.deepEqual([owing.tier, owing.status, owing.access, owing.limits.modules.limit], ["starter", "past_due", "full", 25]);
  await day(7.1);
  const restricted = await subscription(api);
  assert.deepEqual([restricted.tier, restricted.status, restricted.access], ["starter", "past_due", "restricted"]);
  assert.deepEqual([restricted.limits.modules.limit, restricted.features.private_modules], [3, false]);
  assert.equal(done(await server.api.post("/api/usage/take", { userId: "debtor", metric: "modules", amount: 4 })).allowed, false);

  await day(13.9);
  assert.equal((await subscription(api)).tier, "starter");
  await day(14.1);
  const fallen = await subscription(api);
  assert.deepEqual([fallen.tier, fallen.status, fallen.access], ["free", "active", "full"]);
  const ended = await caseOf(server, "debtor");
  assert.equal(ended.status, "exhausted");
  assert.equal(ended.attempts.length, 4);
  assert.deepEqual(ended.attempts.map(({ at }) => Math.round((Date.parse(at) - Date.parse(opened.openedAt)) / 86_400_000)), [0, 3, 7, 14]);
  assert.equal(ended.nextAttemptAt, null);
  assert.deepEqual(await mailsTo(server, "debtor"), [
    "receipt", "payment_failed", "retry_failed", "access_ending", "access_restricted", "subscription_ending", "moved_to_free",
  ]);
  const there = await atStripe(await server.stripe(), "debtor");
  assert.deepEqual(there.subscriptions.map(({ status }) => status), ["canceled"]);
  await day(40);
  assert.equal((await caseOf(server, "debtor")).attempts.length, 4, "an ended case is not tried again");
});

test("the first payment declined is no case: nothing was sold", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await customerWithCard(server, "buyer", "pm_card_chargeCustomerFail");
  refused(await api.post("/api/billing/subscribe", { tier: "starter" }), 402, "payment_failed");
  await server.clock.advance("P2D");
  assert.deepEqual(await cases(server, { userId: "buyer" }), []);
});

test("an upgrade that the bank declines is no case either", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "climber");
  await useCard(api, "pm_card_chargeCustomerFail");
  refused(await api.put("/api/billing/subscription", { tier: "professional" }), 402, "payment_failed");
  await server.clock.advance("P2D");
  assert.deepEqual(await cases(server, { userId: "climber" }), []);
  assert.equal((await subscription(api)).access, "full");
});

test("a new card is charged at once, and what was restricted is restored", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "mender");
  await server.clock.advance("P8D");
  assert.equal((await subscription(api)).access, "restricted");
  done(await api.post(METHODS, { paymentMethodId: "pm_card_mastercard" }), 201); // nobody says that it is the default
  await settle(server);
  const [invoice] = await invoices(api);
  assert.deepEqual([invoice.status, invoice.amountPaid], ["paid", usd(2_900)]);
  const methods = done(await api.get(METHODS)).data;
  assert.equal(methods.find(({ isDefault }) => isDefault).brand, "mastercard");
  const mended = await caseOf(server, "mender");
  assert.equal(mended.status, "recovered");
  assert.deepEqual(outcomes(mended).map((row) => row.slice(0, 2)), [["provider", "failed"], ["retry", "failed"], ["retry", "failed"], ["new_method", "succeeded"]]);
  const restored = await subscription(api);
  assert.deepEqual([restored.status, restored.access, restored.limits.modules.limit], ["active", "full", 25]);
  assert.equal(done(await server.api.post("/api/usage/take", { userId: "mender", metric: "modules", amount: 15 })).allowed, true);
  assert.equal((await mailsTo(server, "mender")).at(-1), "access_restored");
  await server.clock.advance("P20D");
  assert.equal((await caseOf(server, "mender")).attempts.length, 4);
});

test("who must confirm is not charged again without them: the days go on, the hosted page pays", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "absent", "pm_card_authenticationRequired");
  const opened = await caseOf(server, "absent");
  assert.deepEqual([opened.needsNewMethod, outcomes(opened)], [true, [["provider", "failed", "authentication_required"]]]);
  assert.equal((await mailsTo(server, "absent")).at(-1), "payment_action_required");
  refused(await act(server, opened, "retry"), 409, "case_needs_method");
  const charges = async () => (await atStripe(await server.stripe(), "absent")).invoices[0].attempt_count;
  const before = await charges();
  await server.clock.advance("P8D");
  const later = await caseOf(server, "absent");
  assert.deepEqual(outcomes(later).map((row) => row[1]), ["failed", "skipped", "skipped"]);
  assert.equal(await charges(), before, "nothing was charged");
  assert.equal((await subscription(api)).access, "restricted");

  const [invoice] = await invoices(api);
  assert.ok(await payHosted(invoice.hostedUrl) < 400);
  await settle(server);
  assert.equal((await caseOf(server, "absent")).status, "recovered");
  assert.equal((await subscription(api)).access, "full");
});

test("the link of a mail shows the one invoice, without signing in, and leads to where it is paid", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "linked", "pm_card_authenticationRequired");
  const { data } = done(await server.api.get("/api/admin/outbox?userId=linked"));
  const failed = data.find(({ kind }) => kind === "payment_action_required");
  const { text } = done(await server.api.get(`/api/admin/outbox/${failed.id}`));
  const link = new URL(text.match(/\S+\/pay\/\S+/)[0]);
  const [invoice] = await invoices(api);
  const open = (path) => fetch(server.url + path);
  const page = await open(link.pathname);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
  const html = await page.text();
  for (const part of [invoice.number, "$29.00", invoice.hostedUrl]) assert.ok(html.includes(part), part);
  assert.ok(!html.includes("linked@example.com") && !html.includes("linked"), "nobody is named");

  const changed = (at) => link.pathname.slice(0, at) + (link.pathname[at] === "0" ? "1" : "0") + link.pathname.slice(at + 1);
  for (const path of [changed(8), changed(link.pathname.length - 1), "/pay/x", link.pathname.split(".")[0]]) {
    assert.equal((await open(path)).status, 410, path);
  }
  assert.ok(await payHosted(invoice.hostedUrl) < 400);
  await settle(server);
  const paid = await (await open(link.pathname)).text();
  assert.ok(paid.includes("is paid") && !paid.includes("Pay now"));
  await server.clock.advance("P7D");
  assert.equal((await open(link.pathname)).status, 410, "after 7 days");
});

test("operators pause, extend, resume and retry, each once a key and for a reason", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "guarded");
  const opened = await caseOf(server, "guarded");
  const move = (name, body, key) => act(server, opened, name, body, key);

  await t.test("what is refused", async () => {
    const stranger = { headers: { Authorization: "Bearer tp_test_none" } };
    for (const name of ["pause", "resume", "extend", "retry", "write_off"]) {
      const at = name === "extend" ? { until: "2026-05-01T00:00:00Z" } : {};
      const post = (body, options) => server.api.post(`${CASES}/${opened.id}/${name}`, { ...at, ...body }, options);
      refused(await post({ reason: "x" }), 400, "idempotency_key_missing");
      refused(await post({}, { idempotencyKey: "k" }), 422, "invalid_fields", "reason");
      refused(await post({ reason: "" }, { idempotencyKey: "k" }), 422, "invalid_fields", "reason");
      refused(await post({ reason: "x" }, { idempotencyKey: "k", ...stranger }), 401, "key_invalid");
      refused(await act(server, { id: "dunn_01jd3k5t9x7m0c8a4w2e6r1q5z" }, name, at), 404, "case_not_found");
      refused(await act(server, { id: "x" }, name, at), 404, "case_not_found");
    }
    const path = `${CASES}/${opened.id}/pause`;
    refused(await server.api.post(path, { reason: "x", until: "2026-05-01T00:00:00Z" }, { idempotencyKey: "k" }), 422, "invalid_fields", "until");
    refused(await move("extend", {}), 422, "invalid_fields", "until");
    refused(await move("resume"), 409, "case_move_refused");
    refused(await move("extend", { until: opened.openedAt }), 409, "case_move_refused");
    refused(await server.api.get(CASES, stranger), 401, "key_invalid");
    const { key } = done(await server.api.post("/api/keys", { scopes: ["billing:write", "billing:read"] }), 201);
    const headers = { Authorization: `Bearer ${key}` };
    refused(await server.api.get(CASES, { headers }), 403, "scope_missing");
    refused(await server.api.post(path, { reason: "x" }, { idempotencyKey: "k", headers }), 403, "scope_missing");
    refused(await server.api.get(`${CASES}?status=lost`), 422, "invalid_query", "status");
    refused(await server.api.get(`${CASES}?cursor=dunn_nobody`), 422, "invalid_query", "cursor");
    assert.deepEqual(await caseOf(server, "guarded"), opened, "nothing was done");
  });

  await t.test("a pause holds the retries and nothing is charged, whatever card there is", async () => {
    const paused = done(await move("pause", {}, "p-1"));
    assert.deepEqual([paused.status, paused.nextAttemptAt], ["paused", null]);
    assert.deepEqual(done(await move("pause", {}, "p-1")), paused, "the key has done it");
    refused(await move("pause", { reason: "another" }, "p-1"), 422, "idempotency_mismatch");
    refused(await move("pause", {}, "p-2"), 409, "case_move_refused");
    refused(await move("retry", {}, "r-1"), 409, "case_move_refused");
    await server.clock.advance("P4D");
    assert.equal((await caseOf(server, "guarded")).attempts.length, 1);
  });

  await t.test("an extension keeps access full for longer", async () => {
    const until = "2026-05-01T00:00:00Z";
    assert.equal(Date.parse(done(await move("extend", { until })).accessUntil), Date.parse(until));
    await server.clock.advance("P5D");
    assert.equal((await subscription(api)).access, "full");
    assert.deepEqual(await cases(server, { status: "paused" }), [await caseOf(server, "guarded")]);
    assert.deepEqual(await cases(server, { status: "open" }), []);
  });

  await t.test("a retry by hand is charged at once, and uses up no day", async () => {
    done(await move("resume")); // two days of the schedule have passed: both are made up for at once
    await settle(server);
    const resumed = await caseOf(server, "guarded");
    assert.deepEqual([resumed.retries, resumed.attempts.length], [2, 3]);
    done(await move("retry", {}, "r-2"));
    await settle(server);
    const tried = await caseOf(server, "guarded");
    assert.equal(tried.retries, resumed.retries);
    assert.deepEqual(outcomes(tried).at(-1), ["operator", "failed", "generic_decline"]);
    done(await move("retry", {}, "r-2"));
    await settle(server);
    assert.equal((await caseOf(server, "guarded")).attempts.length, tried.attempts.length, "once a key");
  });

  await t.test("all of it is in the customer's history", async () => {
    const { data } = done(await api.get("/api/billing/events?limit=100"));
    const types = data.map(({ type }) => type);
    for (const type of ["dunning.opened", "dunning.pause", "dunning.extend", "dunning.resume"]) assert.ok(types.includes(type), type);
    assert.match(data.find(({ type }) => type === "dunning.pause").description, /said so/);
  });
});

test("what the customer tries on the hosted page is seen, and uses up no day", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "trier");
  const [invoice] = await invoices(api);
  assert.ok(await payHosted(invoice.hostedUrl) >= 400);
  await settle(server);
  const tried = await caseOf(server, "trier");
  assert.deepEqual([tried.retries, tried.status], [0, "open"]);
  assert.deepEqual(outcomes(tried), [["provider", "failed", "generic_decline"], ["customer", "failed", "generic_decline"]]);
});

test("a case that is paused is paid by the customer, once a key", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "payer");
  const opened = await caseOf(server, "payer");
  done(await act(server, opened, "pause"));
  await useCard(api, "pm_card_mastercard");
  await settle(server);
  const [invoice] = await invoices(api);
  assert.equal(invoice.status, "open", "nothing is charged during a pause");
  const pay = () => api.post(`/api/billing/invoices/${invoice.id}/pay`, undefined, { idempotencyKey: "pay-1" });
  const paid = done(await pay());
  assert.deepEqual([paid.status, paid.amountPaid], ["paid", usd(2_900)]);
  assert.deepEqual(done(await pay()), paid);
  const closed = await caseOf(server, "payer");
  assert.deepEqual([closed.status, outcomes(closed).at(-1)[0]], ["recovered", "customer"]);
  assert.deepEqual(await mailsTo(server, "payer"), ["receipt", "payment_failed", "receipt"], "nothing had to be restored");
  refused(await act(server, closed, "write_off"), 409, "case_move_refused");
  assert.equal((await subscription(api)).access, "full");
});

const MANDATE = { customer_acceptance: { type: "online", online: { ip_address: "127.0.0.1", user_agent: "test" } } };

// A bank account that was verified on the customer's own page, made the method that is charged.
async function useBankAccount(server, api, userId, token) {
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, userId);
  const setup = done(await stripe.post("/v1/setup_intents", {
    customer: customers[0].id, payment_method: token, confirm: "true", mandate_data: MANDATE, return_url: "https://shop.example/done",
  }));
  const verified = done(await stripe.post(`/v1/setup_intents/${setup.id}/verify_microdeposits`, { amounts: [32, 45] }));
  await settle(server);
  const bank = done(await api.get(METHODS)).data.find((method) => method.stripePaymentMethodId === verified.payment_method);
  assert.equal(bank.type, "us_bank_account");
  done(await api.put(`${METHODS}/${bank.id}/default`));
}

test("a bank debit of a renewal that fails days later opens a case; access follows it", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "banker");
  await useBankAccount(server, api, "banker", "pm_usBankAccount_insufficientFunds");
  const { currentPeriodEnd } = await subscription(api);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("P1D");
  assert.deepEqual(await cases(server, { userId: "banker" }), [], "under way is not failed");
  const [invoice] = await invoices(api);
  assert.equal(invoice.status, "open");
  refused(await api.post(`/api/billing/invoices/${invoice.id}/pay`), 409, "payment_in_progress");
  await server.clock.advance("P6D");
  const late = await caseOf(server, "banker");
  assert.deepEqual([late.kind, late.status, outcomes(late)], ["late_failure", "open", [["provider", "failed", "insufficient_funds"]]]);
  assert.equal((await subscription(api)).access, "full");
  await server.clock.advance("P4D"); // the retry of day 3 is a debit again, and takes its days
  assert.deepEqual(outcomes(await caseOf(server, "banker")).at(-1).slice(0, 2), ["retry", "processing"]);
  await server.clock.advance("P5D");
  const failed = await caseOf(server, "banker");
  assert.deepEqual(outcomes(failed)[1], ["retry", "failed", "insufficient_funds"]);
  assert.equal((await subscription(api)).access, "restricted");
  await useCard(api, "pm_card_mastercard");
});

test("a first bank debit that fails days later ends the subscription: its invoice is void", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await customerWithCard(server, "newcomer");
  await useBankAccount(server, api, "newcomer", "pm_usBankAccount_accountClosed");
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  assert.equal((await subscription(api)).status, "active");
  await server.clock.advance("P8D");
  const lost = await caseOf(server, "newcomer");
  assert.deepEqual([lost.kind, lost.status, outcomes(lost)], ["late_failure", "exhausted", [["provider", "failed", "account_closed"]]]);
  assert.equal((await subscription(api)).tier, "free");
  assert.equal((await invoices(api))[0].status, "void");
  assert.equal((await mailsTo(server, "newcomer")).at(-1), "moved_to_free");
});

test("a dispute is a case of its own: won it is closed, lost the subscription ends", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const stripe = await server.stripe();
  for (const [userId, evidence, status, tier] of [
    ["honest", "winning_evidence", "recovered", "starter"],
    ["taker", "losing_evidence", "exhausted", "free"],
  ]) {
    const api = await customerWithCard(server, userId, "pm_card_createDispute");
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    await settle(server);
    const opened = await caseOf(server, userId);
    const [invoice] = await invoices(api);
    assert.deepEqual([opened.kind, opened.status, opened.invoiceId, opened.accessUntil, opened.nextAttemptAt], ["dispute", "open", invoice.id, null, null]);
    for (const name of ["pause", "retry", "write_off"]) refused(await act(server, opened, name), 409, "case_move_refused");
    refused(await act(server, opened, "extend", { until: "2026-09-01T00:00:00Z" }), 409, "case_move_refused");
    assert.equal((await subscription(api)).access, "full");
    done(await stripe.post(`/v1/disputes/${opened.stripeDisputeId}`, { evidence: { uncategorized_text: evidence } }));
    await settle(server);
    assert.equal((await caseOf(server, userId)).status, status);
    assert.equal((await subscription(api)).tier, tier);
    assert.equal((await invoices(api))[0].status, "paid", "in the provider's books it was paid");
    assert.deepEqual(await mailsTo(server, userId), ["receipt", "customer_parked", ...(tier === "free" ? ["subscription_ended"] : [])]);
  }
});

test("a refund is no case", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "refunded");
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "refunded");
  const [charge] = done(await stripe.get("/v1/charges", { customer: customers[0].id })).data;
  done(await stripe.post("/v1/refunds", { charge: charge.id }));
  await settle(server);
  assert.deepEqual(await cases(server, { userId: "refunded" }), []);
  assert.equal((await subscription(api)).access, "full");
});

test("written off: the invoice is uncollectible there, the subscription over, and it may still be paid", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "forgiven");
  const opened = await caseOf(server, "forgiven");
  const asked = done(await act(server, opened, "write_off"), 202); // a second person has to agree
  assert.deepEqual([asked.action, asked.objectId, asked.amount, asked.before.status], ["write_off", opened.id, usd(2_900), "open"]);
  assert.deepEqual(asked.after, { status: "written_off", subscription: "ended" });
  refused(await act(server, opened, "write_off", {}, "once-more"), 409, "approval_waiting");
  assert.equal((await caseOf(server, "forgiven")).status, "open");
  const second = await firstOperator(server);
  assert.equal(done(await second.post(`/api/admin/approvals/${asked.id}/approve`)).status, "executed");
  const written = done(await act(server, opened, "write_off"));
  assert.deepEqual([written.status, written.nextAttemptAt], ["written_off", null]);
  await settle(server);
  const there = await atStripe(await server.stripe(), "forgiven");
  assert.deepEqual([there.invoices[0].status, there.subscriptions[0].status], ["uncollectible", "canceled"]);
  assert.equal((await subscription(api)).tier, "free");
  assert.equal((await invoices(api))[0].status, "uncollectible");
  assert.equal((await caseOf(server, "forgiven")).status, "written_off", "its own news does not move it");
  assert.equal((await mailsTo(server, "forgiven")).at(-1), "subscription_ended");
  const { data } = done(await api.get("/api/billing/events?limit=100"));
  assert.ok(data.some(({ type, description }) => type === "dunning.write_off" && description.includes("said so")));
  refused(await act(server, opened, "pause"), 409, "case_move_refused");
  await server.clock.advance("P20D");
  assert.equal((await caseOf(server, "forgiven")).attempts.length, 1);

  const visa = done(await api.get(METHODS)).data.find(({ isDefault }) => !isDefault);
  const stripe = await server.stripe();
  done(await stripe.post(`/v1/invoices/${there.invoices[0].id}/pay`, { payment_method: visa.stripePaymentMethodId }));
  await settle(server);
  assert.equal((await caseOf(server, "forgiven")).status, "recovered");
  assert.equal((await subscription(api)).tier, "free", "what has ended stays ended");
});

test("who ends the subscription is not charged for it any more; what is owed can still be paid", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await fallBehind(server, "leaver");
  done(await api.post("/api/billing/cancel", { when: "now" }));
  await settle(server);
  const closed = await caseOf(server, "leaver");
  assert.deepEqual([closed.status, closed.nextAttemptAt], ["closed", null]);
  await server.clock.advance("P20D");
  assert.equal((await caseOf(server, "leaver")).attempts.length, 1);
  const [invoice] = await invoices(api);
  assert.equal(invoice.status, "open");
  const visa = done(await api.get(METHODS)).data.find(({ isDefault }) => !isDefault);
  done(await api.put(`${METHODS}/${visa.id}/default`));
  assert.equal(done(await api.post(`/api/billing/invoices/${invoice.id}/pay`)).status, "paid");
  assert.equal((await caseOf(server, "leaver")).status, "recovered");
});

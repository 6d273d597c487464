// Promise: an invoice that was sent and is not paid by its day opens a case: reminders on days 0, 3 and 7, access
// as in every case, an end on day 14; the money closes it at once, operators move it, and nothing is charged.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, refused, subscription } from "./support.mjs";

const CASES = "/api/admin/dunning";
const DAY_MS = 86_400_000;

// A customer who pays on an invoice, on the day on which it should have been paid.
async function overdue(t) {
  const server = await startServer(t, { testClock: "2026-03-02T09:00:00Z" });
  const api = await newCustomer(server, "acme");
  done(await server.api.put("/api/admin/customers/acme/billing-terms", { daysUntilDue: 14 }));
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);
  await server.clock.advance("PT2H"); // a first invoice that is sent is a draft for an hour
  const [{ id, number, dueDate }] = await invoices(api);
  const due = Date.parse(dueDate);
  const day = (days) => server.clock.to(new Date(due + days * DAY_MS).toISOString());
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "acme");
  const wire = async (amount) => {
    const path = `/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`;
    done(await stripe.post(path, { amount, currency: "usd", reference: number }));
    await server.clock.advance("PT1S");
  };
  const cases = async () => done(await server.api.get(`${CASES}?userId=acme`)).data;
  const act = async (move, body, key = move) => {
    const [{ id: caseId }] = await cases();
    return server.api.post(`${CASES}/${caseId}/${move}`, { reason: "said so", ...body }, { idempotencyKey: key });
  };
  const mails = async () => done(await server.api.get("/api/admin/outbox?userId=acme&limit=100")).data.map(({ kind }) => kind).reverse();
  const charges = async () => done(await stripe.get("/v1/charges", { limit: 10 })).data;
  assert.deepEqual(await cases(), [], "not before");
  await day(0);
  return { server, api, stripe, id, day, wire, cases, act, mails, charges };
}

test("unpaid to the end: reminded, warned, restricted, and free after fourteen days", async (t) => {
  const { server, api, id, day, cases, mails, charges } = await overdue(t);
  const [opened, ...others] = await cases();
  assert.deepEqual(others, []);
  assert.deepEqual([opened.kind, opened.status, opened.invoiceId, opened.attempts], ["overdue", "open", id, []]);
  assert.equal(Date.parse(opened.accessUntil) - Date.parse(opened.openedAt), 7 * DAY_MS);
  const first = ["invoice_available", "invoice_overdue"];
  assert.deepEqual(await mails(), first);
  await day(3.1);
  assert.deepEqual(await mails(), [...first, "invoice_overdue"]);
  await day(6.9);
  assert.equal((await subscription(api)).access, "full");
  await day(7.1);
  assert.equal((await subscription(api)).access, "restricted");
  await day(13.9);
  assert.equal((await subscription(api)).tier, "professional");
  await day(14.1);
  assert.equal((await subscription(api)).tier, "free");
  assert.deepEqual(await mails(), [...first, "invoice_overdue", "access_ending", "access_restricted", "subscription_ending", "moved_to_free"]);
  const [ended] = await cases();
  assert.deepEqual([ended.status, ended.attempts.map(({ outcome }) => outcome)], ["exhausted", ["skipped", "skipped", "skipped"]]);
  assert.deepEqual(await charges(), [], "nothing was ever charged");
  const { data } = done(await server.api.get("/api/admin/outbox?userId=acme&limit=100"));
  for (const { id: mail, kind } of data.filter(({ kind }) => kind !== "invoice_available")) {
    const { text } = done(await server.api.get(`/api/admin/outbox/${mail}`));
    assert.doesNotMatch(text, /attempt|charge|payment method/i, kind);
  }
});

test("the money closes it at once, and nobody is reminded any more", async (t) => {
  const { api, day, wire, cases, mails } = await overdue(t);
  await day(8);
  assert.equal((await subscription(api)).access, "restricted");
  await wire(9_900);
  const paid = await subscription(api);
  assert.deepEqual([paid.status, paid.access], ["active", "full"]);
  assert.equal((await cases())[0].status, "recovered");
  assert.deepEqual((await mails()).slice(-2).sort(), ["access_restored", "receipt"]);
  await day(15);
  assert.equal((await mails()).length, 7, "available, two reminders, a warning, restricted, receipt, restored");
  assert.equal((await subscription(api)).tier, "professional");
});

test("all cases of a customer are listed, page by page, beside those of others", async (t) => {
  const { server, day, wire, cases } = await overdue(t);
  const other = await newCustomer(server, "other");
  done(await server.api.put("/api/admin/customers/other/billing-terms", { daysUntilDue: 1 }));
  done(await other.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await day(4);
  await wire(9_900);
  await day(32); // the next invoice is overdue as well
  assert.deepEqual((await cases()).map(({ status, userId }) => [status, userId]), [["open", "acme"], ["recovered", "acme"]]);
  const page = done(await server.api.get(`${CASES}?userId=acme&limit=1`));
  const rest = done(await server.api.get(`${CASES}?userId=acme&limit=1&cursor=${page.nextCursor}`));
  assert.deepEqual([...page.data, ...rest.data].map(({ status }) => status), ["open", "recovered"]);
  assert.equal(rest.nextCursor, null);
  assert.deepEqual(done(await server.api.get(`${CASES}?userId=acme&status=recovered`)).data.length, 1);
  assert.ok(done(await server.api.get(CASES)).data.some(({ userId }) => userId === "other"));
  assert.deepEqual(done(await server.api.get(`${CASES}?userId=nobody`)).data, []);
});

test("operators pause, extend, remind and write off", async (t) => {
  const { server, api, day, cases, act, mails, charges } = await overdue(t);
  done(await act("retry"));
  done(await act("retry", {}, "retry"));
  assert.deepEqual(await mails(), ["invoice_available", "invoice_overdue", "invoice_overdue"], "reminded once more, once a key");
  done(await act("extend", { until: "2026-12-01T00:00:00Z" }));
  done(await act("pause"));
  await day(15);
  assert.deepEqual([(await subscription(api)).access, (await cases())[0].status], ["full", "paused"]);
  assert.equal((await mails()).length, 3, "nobody is reminded in a pause");
  refused(await act("retry", {}, "again"), 409, "case_move_refused");
  done(await act("resume"));
  const { id } = done(await act("write_off"), 202);
  const second = await firstOperator(server);
  done(await second.post(`/api/admin/approvals/${id}/approve`));
  done(await act("write_off"));
  await day(15.1);
  assert.deepEqual([(await cases())[0].status, (await invoices(api))[0].status], ["written_off", "uncollectible"]);
  assert.equal((await subscription(api)).tier, "free");
  assert.deepEqual(await charges(), []);
});

test("a card that is added meanwhile is not charged for it", async (t) => {
  const { api, day, cases, charges } = await overdue(t);
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  await day(4);
  assert.deepEqual(await charges(), []);
  assert.equal((await cases())[0].status, "open");
});

test("void at the provider: closed", async (t) => {
  const { server, api, stripe, cases } = await overdue(t);
  const { invoices: there } = await atStripe(stripe, "acme");
  done(await stripe.post(`/v1/invoices/${there[0].id}/void`));
  await server.clock.advance("PT1S");
  assert.deepEqual([(await cases())[0].status, (await invoices(api))[0].status], ["closed", "void"]);
});

test("paid on its last day: no case", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-02T09:00:00Z" });
  const api = await newCustomer(server, "prompt");
  done(await server.api.put("/api/admin/customers/prompt/billing-terms", { daysUntilDue: 14 }));
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.to("2026-03-16T08:00:00Z");
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "prompt");
  done(await stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount: 2_900, currency: "usd" }));
  await server.clock.to("2026-03-17T00:00:00Z");
  assert.equal((await invoices(api))[0].status, "paid");
  assert.deepEqual(done(await server.api.get(`${CASES}?userId=prompt`)).data, []);
});

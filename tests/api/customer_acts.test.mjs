// Promise: what operators do for a customer at their wish is what the customer would have done: the same quote, charge and
// mail; it is shown before, has a reason in the audit log, and is refused where it would not be what was shown.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, planIn, refused, startSelling, subscriber, subscription, usd } from "./support.mjs";

const NOW = "2026-03-01T12:00:00Z";
const REASON = "They asked for it on the phone";
let keys = 0;
const once = () => ({ idempotencyKey: `act-${++keys}` });
const mails = async (server, userId, kind) => done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data.filter((mail) => mail.kind === kind);
const audited = async (server, userId, action) => done(await server.api.get(`/api/admin/audit?userId=${userId}&action=${action}`)).data;

test("the mail of an invoice, once more", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1S");
  const [invoice] = await invoices(ada);
  const root = await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");
  const support = await operator(server, "sue", "support");
  const path = `/api/admin/customers/ada/invoices/${invoice.id}/mail`;
  const [first] = await mails(server, "ada", "receipt");

  await t.test("is shown before it is sent", async () => {
    const shown = done(await support.post(`${path}?preview=true`, { reason: REASON }));
    assert.deepEqual([shown.kind, shown.to, shown.subject, shown.mailId], ["receipt", first.to, first.subject, null]);
    assert.equal((await mails(server, "ada", "receipt")).length, 1);
  });

  await t.test("goes out as it read, once a key, to the address of now", async () => {
    const key = once();
    const sent = done(await support.post(path, { reason: REASON, kind: "receipt" }, key), 201);
    assert.deepEqual([sent.kind, sent.subject], ["receipt", first.subject]);
    assert.equal(done(await support.post(path, { reason: REASON, kind: "receipt" }, key), 201).mailId, sent.mailId);
    const all = await mails(server, "ada", "receipt");
    assert.deepEqual(all.map(({ id }) => id).sort(), [first.id, sent.mailId].sort());
    const texts = await Promise.all(all.map(async ({ id }) => done(await server.api.get(`/api/admin/outbox/${id}`)).text));
    assert.equal(texts[0], texts[1]);
    const [row] = await audited(server, "ada", "invoice.mail");
    assert.deepEqual([row.reason, row.object], [REASON, invoice.id]);
  });

  await t.test("is refused where it would not be that", async () => {
    refused(await server.api.post(path, { reason: REASON, kind: "invoice_available" }, once()), 409, "invoice_not_told");
    refused(await server.api.post(path, { kind: "receipt" }, once()), 422, "invalid_fields", "reason");
    refused(await server.api.post(path, { reason: REASON }), 400, "idempotency_key_missing");
    refused(await root.post(path.replace("/ada/", "/nobody/"), { reason: REASON }, once()), 404, "customer_not_found");
    refused(await root.post(path.replace(invoice.id, "invo_00000000000000000000000000"), { reason: REASON }, once()), 404, "invoice_not_found");
    refused(await root.post(`${path.replace(invoice.id, "invo_00000000000000000000000000")}?preview=true`, { reason: REASON }), 404, "invoice_not_found");
    refused(await auditor.post(path, { reason: REASON }, once()), 403, "role_forbidden");
    refused(await server.api.withKey(await server.createKey("billing:write")).post(path, { reason: REASON }, once()), 403, "scope_missing");
  });

  await t.test("is written anew once the first one is forgotten", async () => {
    await server.clock.advance("P60D");
    const { mailId } = done(await server.api.post(path, { reason: REASON }, once()), 201);
    const { text } = done(await server.api.get(`/api/admin/outbox/${mailId}`));
    assert.match(text, /29\.00/);
    assert.match(text, /1 March 2026/, "the day on which it was paid");
  });
});

test("a customer's plan, changed at their wish", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  await server.clock.to("2026-03-15T12:00:00Z");
  const root = await firstOperator(server);
  const support = await operator(server, "sue", "support");
  const path = "/api/admin/customers/ada/subscription";
  const wish = { tier: "professional", interval: "month", reason: REASON };

  await t.test("costs what was shown, and the customer has the same mail", async () => {
    const shown = done(await root.put(`${path}?preview=true`, wish));
    const theirs = done(await ada.put("/api/billing/subscription?preview=true", { tier: "professional", interval: "month" }));
    assert.deepEqual([shown.amountDueNow, shown.nextInvoiceAmount], [theirs.amountDueNow, theirs.nextInvoice.amount]);
    const key = once();
    assert.equal(done(await root.put(path, { ...wish, quoteId: shown.quoteId }, key)).tier, "professional");
    assert.equal(done(await root.put(path, { ...wish, quoteId: shown.quoteId }, key)).tier, "professional");
    await server.clock.advance("PT1S");
    assert.deepEqual((await invoices(ada))[0].amountPaid, shown.amountDueNow);
    assert.equal((await mails(server, "ada", "plan_changed")).length, 1);
    const rows = await audited(server, "ada", "subscription.change");
    assert.ok(rows.some(({ reason }) => reason === REASON));
  });

  await t.test("is refused as to the customer, and more", async () => {
    refused(await root.put(path, wish, once()), 409, "no_change");
    refused(await root.put(path, { tier: "starter", reason: REASON, quoteId: "quot_none" }, once()), 409, "quote_expired");
    refused(await root.put(path, { reason: REASON }, once()), 422, "invalid_fields");
    refused(await root.put(path, { tier: "starter" }, once()), 422, "invalid_fields", "reason");
    refused(await root.put(path, { tier: "enterprise", reason: REASON }, once()), 409, "contract_required");
    refused(await root.put(path, { resume: true, reason: REASON }, once()), 409, "nothing_to_resume");
    refused(await server.api.put(path, { tier: "starter", reason: REASON }), 400, "idempotency_key_missing");
    refused(await root.put(path.replace("/ada/", "/nobody/"), wish, once()), 404, "customer_not_found");
    refused(await support.put(path, wish, once()), 403, "role_forbidden");
  });

  await t.test("what is scheduled is taken back", async () => {
    done(await root.put(path, { tier: "starter", when: "period_end", reason: REASON }, once()));
    assert.equal((await subscription(ada)).pendingChange?.tier ?? (await subscription(ada)).pendingTier, "starter");
    done(await root.put(path, { resume: true, reason: REASON }, once()));
    assert.equal((await subscription(ada)).tier, "professional");
  });
});

test("a trial that ends later", async (t) => {
  const server = await startSelling(t, (document) => { planIn(document, "starter").trialDays = 14; }, { testClock: NOW });
  const ada = await subscriber(server, "ada");
  const root = await firstOperator(server);
  const support = await operator(server, "sue", "support");
  const path = "/api/admin/customers/ada/trial";
  const until = "2026-04-01T00:00:00Z";

  await t.test("is shown before", async () => {
    const shown = done(await root.post(`${path}?preview=true`, { until, reason: REASON }));
    assert.deepEqual(shown, { tier: "starter", interval: "month", endsBefore: "2026-03-15T12:00:00Z", endsAt: until, amountThen: usd(2_900) });
  });

  await t.test("is not everybody's to give", async () => {
    refused(await support.post(path, { until, reason: REASON }, once()), 403, "role_forbidden");
  });

  await t.test("nothing is charged before, and the customer is told", async () => {
    const key = once();
    const body = { until, reason: REASON, endsBefore: "2026-03-15T12:00:00Z" };
    done(await root.post(path, body, key));
    done(await root.post(path, body, key));
    const [mail] = await mails(server, "ada", "trial_extended");
    assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /29\.00/);
    assert.equal((await mails(server, "ada", "trial_extended")).length, 1);
    const [row] = await audited(server, "ada", "trial.extend");
    assert.equal(row.reason, REASON);
    await server.clock.to("2026-03-20T00:00:00Z");
    assert.deepEqual((await invoices(ada)).filter(({ amountPaid }) => amountPaid.amount > 0), []);
    await server.clock.to("2026-04-02T00:00:00Z");
    assert.deepEqual((await invoices(ada)).map(({ amountPaid }) => amountPaid.amount).filter((amount) => amount > 0), [2_900]);
  });

  await t.test("is refused where there is none, and beyond its bounds", async () => {
    refused(await server.api.post(path, { until: "2026-05-01T00:00:00Z", reason: REASON }, once()), 409, "trial_not_running");
    await customerWithCard(server, "bob");
    const of = (userId) => `/api/admin/customers/${userId}/trial`;
    refused(await server.api.post(of("bob"), { until: "2026-05-01T00:00:00Z", reason: REASON }, once()), 409, "not_subscribed");
    await subscriber(server, "eve");
    refused(await server.api.post(of("eve"), { until: "2026-04-03T00:00:00Z", reason: REASON }, once()), 422, "trial_out_of_range");
    refused(await server.api.post(of("eve"), { until: "2028-04-03T00:00:00Z", reason: REASON }, once()), 422, "trial_out_of_range");
    refused(await server.api.post(`${of("eve")}?preview=true`, { until: "2028-04-03T00:00:00Z", reason: REASON }), 422, "trial_out_of_range");
    refused(await server.api.post(of("eve"), { until: "2026-05-01T00:00:00Z", reason: REASON, endsBefore: NOW }, once()), 409, "trial_changed");
    refused(await server.api.post(of("eve"), { reason: REASON }, once()), 422, "invalid_fields", "until");
    refused(await server.api.post(of("nobody"), { until: "2026-05-01T00:00:00Z", reason: REASON }, once()), 404, "customer_not_found");
    refused(await server.api.post(of("eve"), { until: "2026-05-01T00:00:00Z", reason: REASON }), 400, "idempotency_key_missing");
  });
});

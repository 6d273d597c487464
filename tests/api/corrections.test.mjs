// Promise: an issued invoice with a wrong buyer on it is taken back by a credit note and billed anew, once, exactly
// as it was shown; nothing else moves than the difference in tax; both papers name each other.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, eventually, invoices, newCustomer, refused, startSelling, subscriber, subscription, usd } from "./support.mjs";

const DETAILS = "/api/billing/details";
const ADMIN = "/api/admin/corrections";
const HERE = { line1: "1 High St", city: "New York", state: "NY", postalCode: "10001", country: "US" };
const details = (userId, name, address = HERE) => ({ email: `${userId}@example.com`, name, address });
const money = (currency) => (amount) => ({ amount, currency });

// A customer with a paid invoice to a wrong name.
async function misnamed(t, { userId = "ada", plan = { tier: "starter" }, server } = {}) {
  server ??= await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const api = await customerWithCard(server, userId);
  done(await api.put(DETAILS, details(userId, "Acme Lmtd")));
  done(await api.post("/api/billing/subscribe", plan), 201);
  await server.clock.advance("PT1S");
  const [invoice] = await invoices(api);
  assert.equal(invoice.status, "paid");
  let keys = 0;
  const show = (id = invoice.id, body = {}) => api.post(`/api/billing/invoices/${id}/correct?preview=true`, body);
  const correct = (correctionId, { id = invoice.id, key = `correct-${++keys}` } = {}) =>
    api.post(`/api/billing/invoices/${id}/correct`, { correctionId }, { idempotencyKey: key });
  return { server, api, invoice, show, correct, stripe: await server.stripe() };
}

const theirs = async (stripe, invoice) => done(await stripe.get(`/v1/invoices/${invoice.stripeInvoiceId}`));

test("a wrong name: shown, done by the customer, linked both ways, to the cent", async (t) => {
  const { server, api, invoice, show, correct, stripe } = await misnamed(t);
  refused(await show(), 409, "correction_not_needed");
  done(await api.put(DETAILS, details("ada", "Acme Ltd")));
  const shown = done(await show(undefined, { purchaseOrder: "PO 4711" }));
  assert.deepEqual(shown.billedBefore, ["Acme Lmtd", "1 High St", "10001 New York", "NY", "US"]);
  assert.deepEqual(shown.billedAfter, ["Acme Ltd", "1 High St", "10001 New York", "NY", "US", "Purchase order: PO 4711"]);
  assert.deepEqual([shown.totalBefore, shown.totalAfter, shown.refunded, shown.credited, shown.due], [usd(2_900), usd(2_900), usd(0), usd(2_900), usd(0)]);
  assert.equal(shown.needsOperator, false);
  assert.equal((await invoices(api)).length, 1, "a preview makes nothing");

  const made = done(await correct(shown.correctionId, { key: "once" }), 201);
  assert.deepEqual([made.status, made.invoiceId, made.totalAfter, made.purchaseOrder], ["done", invoice.id, usd(2_900), "PO 4711"]);
  assert.equal(done(await correct(shown.correctionId, { key: "once" }), 201).newInvoiceId, made.newInvoiceId, "once, however often it is sent");
  await server.clock.advance("PT1S");

  const [fresh, old] = await invoices(api);
  assert.deepEqual([fresh.id, fresh.corrects, fresh.correctedBy], [made.newInvoiceId, { id: old.id, number: old.number }, null]);
  assert.deepEqual([old.id, old.corrects, old.correctedBy], [invoice.id, null, { id: fresh.id, number: fresh.number }]);
  assert.deepEqual([fresh.status, fresh.amount, fresh.amountDue, old.status], ["paid", usd(2_900), usd(0), "paid"]);
  const both = await Promise.all([old, fresh].map(async ({ id }) => done(await api.get(`/api/billing/invoices/${id}`))));
  assert.deepEqual(both[1].lines.map(({ description, amount, period }) => [description, amount, period]), both[0].lines.map(({ description, amount, period }) => [description, amount, period]));
  const { creditNotes, refunds } = done(await api.get(`/api/billing/invoices/${old.id}/given-back`));
  assert.deepEqual([creditNotes.map(({ id, amount, credited, reason }) => [id, amount, credited, reason]), refunds], [[[made.creditNoteId, usd(2_900), usd(2_900), "order_change"]], []]);

  await t.test("on paper, at the provider", async () => {
    const paper = await theirs(stripe, fresh);
    assert.deepEqual([paper.customer_name, paper.footer], ["Acme Ltd", `Corrects invoice ${old.number}`]);
    assert.deepEqual(paper.custom_fields, [{ name: "Purchase order", value: "PO 4711" }]);
    assert.equal((await theirs(stripe, old)).customer_name, "Acme Lmtd", "what was issued stays");
    const note = done(await stripe.get("/v1/credit_notes", { invoice: old.stripeInvoiceId })).data[0];
    assert.equal(note.memo, `Corrected by invoice ${fresh.number}`);
    const { customers } = await atStripe(stripe, "ada");
    assert.equal(customers[0].balance, 0);
    assert.equal(done(await stripe.get("/v1/charges", { limit: 10 })).data.length, 1, "nothing was charged again");
  });

  await t.test("in the history, the log, the list and the mail", async () => {
    const { data } = done(await api.get("/api/billing/events"));
    const [event] = data.filter(({ type }) => type === "invoice.corrected");
    assert.deepEqual(event.metadata, { correctionId: shown.correctionId, creditNoteId: made.creditNoteId, invoiceId: old.id, newInvoiceId: fresh.id });
    const { data: rows } = done(await server.api.get("/api/admin/audit?action=invoice.correct"));
    assert.deepEqual(rows.map(({ row }) => [row.chain, row.outcome])[0], ["ada", "done"]);
    assert.deepEqual(done(await server.api.get(`${ADMIN}?userId=ada`)).data.map(({ id, status }) => [id, status]), [[shown.correctionId, "done"]]);
    assert.deepEqual(done(await server.api.get(`${ADMIN}?userId=bob`)).data, []);
  });

  await t.test("by mail: the note says that a new invoice takes its place", async () => {
    const [mail] = done(await server.api.get("/api/admin/outbox?userId=ada")).data.filter(({ kind }) => kind === "credit_note");
    assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /A new invoice with the details as they are now takes its place/);
  });

  await t.test("explained line by line, and reconciled without a difference", async () => {
    const explained = done(await api.get(`/api/billing/invoices/${fresh.id}/lines/1/explain`));
    assert.equal(explained.corrects, old.id, JSON.stringify(explained));
    assert.deepEqual([explained.recomputed, explained.agrees], [usd(2_900), true]);
    const said = await runTurnpike(["explain", fresh.id, "--data", server.data, "--user", "ada"]);
    assert.match(said.stdout, new RegExp(`corrects ${old.number}\\n[^]*agrees +yes`));
    const run = await runTurnpike(["reconcile", "--data", server.data]);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.deepEqual(done(await server.api.get("/api/admin/differences")).data, []);
  });

  await t.test("not again, but the new one may be", async () => {
    refused(await show(), 409, "invoice_already_corrected");
    refused(await correct(shown.correctionId), 409, "invoice_already_corrected");
    refused(await show(fresh.id), 409, "correction_not_needed");
    done(await api.put(DETAILS, details("ada", "Acme Limited")));
    const next = done(await show(fresh.id));
    assert.deepEqual(next.billedAfter.at(-1), "Purchase order: PO 4711", "kept when not given");
    const second = done(await correct(next.correctionId, { id: fresh.id }), 201);
    assert.equal(second.invoiceId, fresh.id);
    const list = await invoices(api);
    assert.deepEqual(list.map(({ corrects }) => corrects?.id), [fresh.id, old.id, undefined]);
  });
});

test("with a tax id the tax goes: the difference is paid back, by an operator", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  done(await stripe.post("/v1/tax/registrations", { active_from: Date.parse("2026-02-01") / 1000, country: "DE", country_options: { de: { type: "oss_union" } } }));
  const berlin = { line1: "Hauptstr. 1", city: "Berlin", postalCode: "10115", country: "DE" };
  const api = await customerWithCard(server, "ada");
  done(await api.put(DETAILS, details("ada", "Acme GmbH", berlin)));
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1S");
  const [invoice] = await invoices(api);
  assert.deepEqual([invoice.amount, invoice.tax], [usd(3_451), usd(551)]);
  done(await api.post("/api/billing/tax-ids", { type: "eu_vat", value: "DE000000000" }), 201);
  const own = done(await api.post(`/api/billing/invoices/${invoice.id}/correct?preview=true`, {}));
  assert.deepEqual([own.totalAfter, own.taxAfter, own.refunded, own.credited, own.due, own.needsOperator], [usd(2_900), usd(0), usd(551), usd(2_900), usd(0), true]);
  assert.ok(own.billedAfter.includes("eu_vat DE000000000"));
  refused(await api.post(`/api/billing/invoices/${invoice.id}/correct`, { correctionId: own.correctionId }, { idempotencyKey: "own" }), 409, "correction_needs_operator");
  const body = { userId: "ada", invoiceId: invoice.id };
  const shown = done(await server.api.post(`${ADMIN}?preview=true`, body));
  const made = done(await server.api.post(ADMIN, { ...body, correctionId: shown.correctionId }, { idempotencyKey: "do" }), 201);
  assert.deepEqual([made.status, made.refunded, made.credited, made.taxAfter], ["done", usd(551), usd(2_900), usd(0)]);
  await server.clock.advance("PT1S");
  const [fresh, old] = await invoices(api);
  assert.deepEqual([fresh.amount, fresh.tax, fresh.status, old.correctedBy.id], [usd(2_900), usd(0), "paid", fresh.id]);
  const { refunds } = done(await api.get(`/api/billing/invoices/${old.id}/given-back`));
  assert.deepEqual(refunds.map(({ amount }) => amount), [usd(551)]);
  const { customers } = await atStripe(stripe, "ada");
  assert.equal(customers[0].balance, 0);

  await t.test("and back: more tax is charged", async () => {
    const [{ id }] = done(await api.get("/api/billing/tax-ids")).data;
    done(await api.delete(`/api/billing/tax-ids/${id}`));
    refused(await server.api.post(`${ADMIN}?preview=true`, { userId: "ada", invoiceId: fresh.id }), 409, "invoice_withdrawable");
    await server.clock.to("2026-03-20T00:00:00Z"); // a consumer's 14 days are over
    const more = done(await server.api.post(`${ADMIN}?preview=true`, { userId: "ada", invoiceId: fresh.id }));
    assert.deepEqual([more.totalAfter, more.refunded, more.credited, more.due], [usd(3_451), usd(0), usd(2_900), usd(551)]);
    done(await server.api.post(ADMIN, { userId: "ada", invoiceId: fresh.id, correctionId: more.correctionId }, { idempotencyKey: "more" }), 201);
    await server.clock.advance("PT2H");
    const [last] = await invoices(api);
    assert.deepEqual([last.amount, last.status, last.amountPaid], [usd(3_451), "paid", usd(551)]);
  });
});

for (const [currency, amount] of [["jpy", 2_900], ["kwd", 9_000], ["eur", 2_900]]) {
  test(`to the smallest unit in ${currency}, with several lines and a coupon`, async (t) => {
    const of = money(currency);
    const server = await startSelling(t, (catalogue) => {
      catalogue.currency = currency;
      for (const plan of catalogue.plans) plan.version += 1; // the folder has been offered dollars
      for (const coupon of catalogue.coupons ?? []) coupon.currency &&= currency;
    }, { testClock: "2026-03-01T00:00:00Z" });
    const api = await newCustomer(server, "ada");
    done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    await server.clock.to("2026-03-16T12:00:00Z");
    const plan = done(await api.put("/api/billing/subscription?preview=true", { tier: "professional" }));
    done(await api.put("/api/billing/subscription", { tier: "professional", quoteId: plan.quoteId }));
    await server.clock.advance("PT1S");
    done(await api.put(DETAILS, details("ada", "Acme Ltd")));
    const before = await invoices(api);
    assert.ok(amount > 0 && before.length === 2);
    for (const invoice of before) {
      const shown = done(await api.post(`/api/billing/invoices/${invoice.id}/correct?preview=true`, {}));
      assert.deepEqual([shown.totalBefore, shown.totalAfter, shown.due, shown.refunded], [invoice.amount, invoice.amount, of(0), of(0)]);
      const made = done(await api.post(`/api/billing/invoices/${invoice.id}/correct`, { correctionId: shown.correctionId }, { idempotencyKey: invoice.id }), 201);
      const [was, is] = await Promise.all([invoice.id, made.newInvoiceId].map(async (id) => done(await api.get(`/api/billing/invoices/${id}`))));
      assert.deepEqual([is.amount, is.status, is.lines.map(({ amount: of_ }) => of_)], [was.amount, "paid", was.lines.map(({ amount: of_ }) => of_)]);
    }
    const { customers } = await atStripe(await server.stripe(), "ada");
    assert.equal(customers[0].balance, 0);
    assert.equal((await subscription(api)).tier, "professional");
  });
}

test("an open invoice that was sent: less is owed there, and the same here, on the same day", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-02T09:00:00Z" });
  const api = await newCustomer(server, "acme");
  done(await server.api.put("/api/admin/customers/acme/billing-terms", { daysUntilDue: 14 }));
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);
  await server.clock.advance("PT2H");
  const [sent] = await invoices(api);
  assert.equal(sent.status, "open");
  done(await api.put(DETAILS, details("acme", "Acme Ltd")));
  const shown = done(await api.post(`/api/billing/invoices/${sent.id}/correct?preview=true`, {}));
  assert.deepEqual([shown.due, shown.credited, shown.refunded, shown.needsOperator], [usd(9_900), usd(0), usd(0), false]);
  const made = done(await api.post(`/api/billing/invoices/${sent.id}/correct`, { correctionId: shown.correctionId }, { idempotencyKey: "a" }), 201);
  await server.clock.advance("PT1S");
  const [fresh, old] = await invoices(api);
  assert.deepEqual([fresh.id, fresh.status, fresh.amountDue, fresh.dueDate], [made.newInvoiceId, "open", usd(9_900), sent.dueDate]);
  assert.equal(old.status, "paid");
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "acme");
  done(await stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount: 9_900, currency: "usd", reference: fresh.number }));
  await server.clock.advance("PT1S");
  assert.equal((await invoices(api))[0].status, "paid");

  await t.test("one that is overdue is for an operator", async () => {
    await server.clock.to("2026-05-01T09:00:00Z");
    const late = (await invoices(api)).find(({ status }) => status === "open");
    done(await api.put(DETAILS, details("acme", "Acme & Sons Ltd")));
    const said = done(await api.post(`/api/billing/invoices/${late.id}/correct?preview=true`, {}));
    assert.equal(said.needsOperator, true);
    refused(await api.post(`/api/billing/invoices/${late.id}/correct`, { correctionId: said.correctionId }, { idempotencyKey: "late" }), 409, "correction_needs_operator");
    const done_ = done(await server.api.post(ADMIN, { userId: "acme", invoiceId: late.id, correctionId: said.correctionId }, { idempotencyKey: "late-op" }), 201);
    assert.equal(done_.status, "done");
  });
});

test("what goes back above the threshold needs a second person, who does exactly what was shown", async (t) => {
  const server = await startSelling(t, (catalogue) => {
    catalogue.approvals = { creditNote: { when: "above", above: 500 } };
  }, { testClock: "2026-03-01T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  done(await stripe.post("/v1/tax/registrations", { active_from: Date.parse("2026-02-01") / 1000, country: "DE", country_options: { de: { type: "oss_union" } } }));
  const api = await customerWithCard(server, "ada");
  done(await api.put(DETAILS, details("ada", "Acme GmbH", { line1: "Hauptstr. 1", city: "Berlin", postalCode: "10115", country: "DE" })));
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1S");
  const [invoice] = await invoices(api);
  done(await api.post("/api/billing/tax-ids", { type: "eu_vat", value: "DE000000000" }), 201);
  await firstOperator(server);
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  const body = { userId: "ada", invoiceId: invoice.id };
  const shown = done(await kim.post(`${ADMIN}?preview=true`, body));
  const ask = () => kim.post(ADMIN, { ...body, correctionId: shown.correctionId }, { idempotencyKey: "ask" });
  const asked = done(await ask(), 202);
  assert.deepEqual([asked.action, asked.objectId, asked.amount], ["credit_note", invoice.id, usd(551)]);
  assert.deepEqual([asked.before.amount, asked.after], [3_451, { amount: 2_900, due: 0, refunded: 551, tax: 0 }]);
  assert.deepEqual(done(await ask(), 202).id, asked.id);
  refused(await kim.post(`/api/admin/approvals/${asked.id}/approve`, {}), 403, "approval_own");
  await server.clock.advance("PT2H"); // longer than a preview holds for whoever has seen it
  const again = await signedInAgain(server, lee, 6);
  assert.equal(done(await again.post(`/api/admin/approvals/${asked.id}/approve`, {})).status, "executed");
  await server.clock.advance("PT1S");
  const [fresh, old] = await invoices(api);
  assert.deepEqual([fresh.corrects.id, fresh.amount, old.correctedBy.id], [old.id, usd(2_900), fresh.id]);
  const { refunds } = done(await api.get(`/api/billing/invoices/${old.id}/given-back`));
  assert.deepEqual(refunds.map(({ amount }) => amount), [usd(551)]);
});

test("where the provider's sums of the draft are others, nothing is credited and the draft goes", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  const { api, show, correct, invoice } = await misnamed(t, { server });
  done(await api.put(DETAILS, details("ada", "Acme Ltd")));
  const shown = done(await show());
  assert.equal(shown.totalAfter.amount, 2_900, "nobody is registered for taxes yet");
  done(await stripe.post("/v1/tax/registrations", { active_from: Date.parse("2026-02-01") / 1000, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } } }));
  refused(await correct(shown.correctionId), 409, "correction_expired");
  await server.clock.advance("PT1S");
  assert.deepEqual((await invoices(api)).map(({ id, correctedBy }) => [id, correctedBy]), [[invoice.id, null]]);
  assert.equal((await atStripe(stripe, "ada")).invoices.length, 1, "nor is there a draft left at the provider");
  assert.deepEqual(done(await stripe.get("/v1/credit_notes", { limit: 10 })).data, []);
  assert.deepEqual(done(await server.api.get(ADMIN)).data.map(({ status, creditNoteId, newInvoiceId }) => [status, creditNoteId, newInvoiceId]), [["stopped", null, null]]);
  const anew = done(await show());
  assert.ok(anew.taxAfter.amount > 0);
  assert.deepEqual([anew.totalAfter, anew.due, anew.needsOperator], [usd(2_900 + anew.taxAfter.amount), anew.taxAfter, true]);
});

test("what cannot be corrected is refused, each with its reason, and nothing has happened", async (t) => {
  const { server, api, invoice, show, correct, stripe } = await misnamed(t);
  done(await api.put(DETAILS, details("ada", "Acme Ltd")));
  const shown = done(await show());
  const eve = await subscriber(server, "eve");
  refused(await eve.post(`/api/billing/invoices/${invoice.id}/correct?preview=true`, {}), 404, "invoice_not_found");
  refused(await eve.post(`/api/billing/invoices/${(await invoices(eve))[0].id}/correct`, { correctionId: shown.correctionId }, { idempotencyKey: "x" }), 404, "correction_not_found");
  refused(await correct("corr_00000000000000000000000000"), 404, "correction_not_found");
  refused(await correct("x".repeat(200)), 422, "invalid_fields", "correctionId");
  refused(await api.post(`/api/billing/invoices/${invoice.id}/correct`, {}, { idempotencyKey: "y" }), 422, "invalid_fields", "correctionId");
  refused(await api.post(`/api/billing/invoices/${invoice.id}/correct`, { correctionId: shown.correctionId }), 400, "idempotency_key_missing");
  refused(await show(undefined, { purchaseOrder: "x".repeat(141) }), 422, "invalid_fields", "purchaseOrder");
  refused(await show(undefined, { amount: 1 }), 422, "invalid_fields", "amount");
  refused(await server.api.post(`${ADMIN}?preview=true`, { userId: "nobody", invoiceId: invoice.id }), 404, "invoice_not_found");

  await t.test("when the details have changed again, or time has passed", async () => {
    done(await api.put(DETAILS, details("ada", "Acme Unlimited")));
    refused(await correct(shown.correctionId), 409, "correction_expired");
    const other = done(await show());
    await server.clock.advance("PT31M");
    refused(await correct(other.correctionId), 409, "correction_expired");
  });

  await t.test("when the balance is another than was shown: before anything is made", async () => {
    const again = done(await show());
    const { customers } = await atStripe(stripe, "ada");
    done(await stripe.post(`/v1/customers/${customers[0].id}/balance_transactions`, { amount: -100, currency: "usd" }));
    refused(await correct(again.correctionId), 409, "correction_expired");
    assert.equal((await atStripe(stripe, "ada")).invoices.length, 1);
    const now = done(await show());
    assert.deepEqual([now.balance, now.due], [usd(-100), usd(0)]);
  });

  await t.test("when a part was given back, or its bank wants it back", async () => {
    done(await server.api.post("/api/admin/refunds", { userId: "ada", invoiceId: invoice.id, amount: usd(100) }, { idempotencyKey: "part" }), 201);
    await server.clock.advance("PT1S");
    refused(await show(), 409, "invoice_given_back");
    const dana = await customerWithCard(server, "dana", "pm_card_createDispute");
    done(await dana.post("/api/billing/subscribe", { tier: "starter" }), 201);
    await server.clock.advance("PT1H");
    const [disputed] = await invoices(dana);
    done(await dana.put(DETAILS, details("dana", "Dana Ltd")));
    refused(await dana.post(`/api/billing/invoices/${disputed.id}/correct?preview=true`, {}), 409, "invoice_disputed");
  });

  await t.test("a draft, a void one, one that was written off", async () => {
    const paul = await newCustomer(server, "paul");
    done(await server.api.put("/api/admin/customers/paul/billing-terms", { daysUntilDue: 14 }));
    done(await paul.post("/api/billing/subscribe", { tier: "starter" }), 201);
    const [draft] = await invoices(paul);
    assert.equal(draft.status, "draft");
    refused(await paul.post(`/api/billing/invoices/${draft.id}/correct?preview=true`, {}), 409, "invoice_not_correctable");
    await server.clock.advance("PT2H");
    for (const [verb, status] of [["mark_uncollectible", "uncollectible"], ["void", "void"]]) {
      done(await stripe.post(`/v1/invoices/${draft.stripeInvoiceId}/${verb}`));
      await server.clock.advance("PT1S");
      const [seen] = await eventually(() => invoices(paul), ([one]) => one.status === status);
      assert.equal(seen.status, status);
      refused(await paul.post(`/api/billing/invoices/${draft.id}/correct?preview=true`, {}), 409, "invoice_not_correctable");
    }
  });
});

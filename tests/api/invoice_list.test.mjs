// Promise: a customer finds invoices by how they stand and by year, page by page; each stands in one state and that state finds it; what a
// year came to is what its papers say.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, newCustomer, refused, subscriber, usd } from "./support.mjs";

const LIST = "/api/billing/invoices";
const STATES = ["draft", "due", "past_due", "paid", "refunded", "corrected", "void", "written_off"];

const found = async (api, query) => done(await api.get(`${LIST}?limit=100${query}`)).data;

// How many stand where; every state finds exactly those that say so of themselves.
async function counted(api) {
  const all = await found(api, "");
  for (const state of STATES) {
    const ids = all.filter((one) => one.state === state).map(({ id }) => id);
    assert.deepEqual((await found(api, `&state=${state}`)).map(({ id }) => id), ids, state);
  }
  for (const one of all) assert.equal(done(await api.get(`${LIST}/${one.id}`)).state, one.state, "alone as in the list");
  return Object.fromEntries(STATES.map((state) => [state, all.filter((one) => one.state === state).length]).filter(([, count]) => count > 0));
}

test("invoices by how they stand", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const stripe = await server.stripe();

  await t.test("paid; a part given back; all of it", async () => {
    const ada = await subscriber(server, "ada");
    await server.clock.advance("P1M2D");
    assert.deepEqual(await counted(ada), { paid: 2 });
    const [, first] = await invoices(ada);
    const give = (path, amount, more) => server.api.post(path, { userId: "ada", invoiceId: first.id, amount: usd(amount), ...more }, { idempotencyKey: path });
    done(await give("/api/admin/refunds", 1_900), 201);
    await server.clock.advance("PT1S");
    assert.deepEqual([await counted(ada), (await invoices(ada))[1].givenBack], [{ paid: 2 }, usd(1_900)]);
    done(await give("/api/admin/credit-notes", 1_000, { returns: "balance" }), 201);
    await server.clock.advance("PT1S");
    assert.deepEqual([await counted(ada), (await invoices(ada))[1].givenBack], [{ paid: 1, refunded: 1 }, usd(2_900)]);
  });

  await t.test("a draft, due, past due, written off, void", async () => {
    const paul = await newCustomer(server, "paul");
    done(await server.api.put("/api/admin/customers/paul/billing-terms", { daysUntilDue: 14 }));
    done(await paul.post("/api/billing/subscribe", { tier: "starter" }), 201);
    assert.deepEqual(await counted(paul), { draft: 1 });
    await server.clock.advance("PT2H");
    const [{ stripeInvoiceId }] = await invoices(paul);
    assert.deepEqual(await counted(paul), { due: 1 });
    await server.clock.advance("P14D");
    assert.deepEqual(await counted(paul), { past_due: 1 });
    for (const [verb, state] of [["mark_uncollectible", "written_off"], ["void", "void"]]) {
      done(await stripe.post(`/v1/invoices/${stripeInvoiceId}/${verb}`));
      await server.clock.advance("PT1S");
      assert.deepEqual(await counted(paul), { [state]: 1 });
    }
  });

  await t.test("a card that is declined: past due at once", async () => {
    const dora = await subscriber(server, "dora");
    const { id } = done(await dora.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
    done(await dora.put(`/api/billing/payment-methods/${id}/default`));
    await server.clock.advance("P1M1D");
    assert.deepEqual(await counted(dora), { paid: 1, past_due: 1 });
  });

  await t.test("corrected, and the one that takes its place", async () => {
    const cleo = await customerWithCard(server, "cleo");
    const details = (name) => ({ email: "cleo@example.com", name, address: { line1: "1 High St", city: "Dover", state: "DE", postalCode: "19901", country: "US" } });
    done(await cleo.put("/api/billing/details", details("Acme Lmtd")));
    done(await cleo.post("/api/billing/subscribe", { tier: "starter" }), 201);
    await server.clock.advance("PT1S");
    done(await cleo.put("/api/billing/details", details("Acme Ltd")));
    const [wrong] = await invoices(cleo);
    const { correctionId } = done(await cleo.post(`${LIST}/${wrong.id}/correct?preview=true`, {}));
    done(await cleo.post(`${LIST}/${wrong.id}/correct`, { correctionId }, { idempotencyKey: "correct" }), 201);
    await server.clock.advance("PT1S");
    assert.deepEqual(await counted(cleo), { paid: 1, corrected: 1 });
    const [year] = done(await cleo.get(`${LIST}/years`)).data;
    assert.deepEqual([year.invoices, year.billed, year.credited], [2, usd(5_800), usd(2_900)]);
  });

  await t.test("what is no state, no year, no page, is refused by name; another's are not there", async () => {
    const ada = server.api.as("ada");
    const [{ id }] = await invoices(ada);
    refused(await ada.get(`${LIST}?state=lost`), 422, "invalid_query", "state");
    refused(await ada.get(`${LIST}?year=26`), 422, "invalid_query", "year");
    refused(await ada.get(`${LIST}?cursor=inv_nobody`), 422, "invalid_query", "cursor");
    const stranger = await newCustomer(server, "stranger");
    refused(await stranger.get(`${LIST}?cursor=${id}`), 422, "invalid_query", "cursor");
    refused(await stranger.get(`${LIST}/${id}`), 404, "invoice_not_found");
    assert.deepEqual([await found(stranger, ""), done(await stranger.get(`${LIST}/years`)).data], [[], []]);
    refused(await server.api.as("nobody").get(`${LIST}/years`), 404, "customer_not_found");
    refused(await server.api.withKey(undefined).get(`${LIST}/years`), 401, "key_missing");
    refused(await server.api.get(`${LIST}/years`), 400, "customer_required");
  });
});

test("years, page by page, and what each came to", async (t) => {
  const server = await startServer(t, { testClock: "2024-11-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  for (let month = 0; month < 15; month += 1) await server.clock.advance("P1M");
  await server.clock.advance("PT1H");
  const all = await found(ada, "");
  assert.equal(all.length, 16);
  for (const [year, count] of [[2024, 2], [2025, 12], [2026, 2], [2023, 0]]) {
    const part = await found(ada, `&year=${year}`);
    assert.deepEqual(part, all.filter(({ createdAt }) => createdAt.startsWith(String(year))), String(year));
    assert.equal(part.length, count);
  }
  const pages = [];
  for (let cursor = ""; cursor !== null;) {
    const { data, nextCursor } = done(await ada.get(`${LIST}?limit=5&year=2025&state=paid${cursor === "" ? "" : `&cursor=${cursor}`}`));
    pages.push(data.map(({ id }) => id));
    cursor = nextCursor;
  }
  assert.deepEqual(pages.map(({ length }) => length), [5, 5, 2]);
  assert.deepEqual(pages.flat(), (await found(ada, "&year=2025")).map(({ id }) => id));

  const years = done(await ada.get(`${LIST}/years`)).data;
  assert.deepEqual(years.map(({ year, invoices: count, billed, credited, paid, due }) => [year, count, billed, credited, paid, due]),
    [[2026, 2], [2025, 12], [2024, 2]].map(([year, count]) => [year, count, usd(count * 2_900), usd(0), usd(count * 2_900), usd(0)]));
  const { text } = await ada.get(`${LIST}/years`, { headers: { accept: "text/csv" } });
  assert.match(text, /^"year","invoices","billed.minor","billed.amount","billed.currency"/);
  assert.match(text, /\r\n2025,12,34800,348.00,"?usd/);
});

test("what happened to an invoice, down to its entries of the audit log", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  const { id: bad } = done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await ada.put(`/api/billing/payment-methods/${bad}/default`));
  await server.clock.advance("P1M1D");
  const [owed, first] = await invoices(ada);
  const events = async (id) => done(await ada.get(`${LIST}/${id}/events`)).data;
  assert.deepEqual((await events(first.id)).map(({ type, amount }) => [type, amount]), [["invoice.paid", usd(2_900)]]);
  assert.deepEqual((await events(owed.id)).map(({ type }) => type), ["invoice.due", "dunning.opened"]);
  await server.clock.advance("P3D");
  const later = await events(owed.id);
  assert.deepEqual(later.map(({ type }) => type), ["invoice.due", "dunning.opened", "dunning.retry_failed"]);
  const log = done(await ada.get("/api/billing/audit?limit=100")).data;
  for (const event of [...later, ...(await events(first.id))]) {
    const entry = log.find(({ id }) => id === event.auditId);
    assert.deepEqual([entry.action, entry.object, entry.outcome], [event.type, event.id, "done"]);
  }
  const { text } = await ada.get(`${LIST}/${owed.id}/events`, { headers: { accept: "text/csv" } });
  assert.match(text, /^"id","createdAt","type","description","amount.minor"/);

  const stranger = await newCustomer(server, "stranger");
  refused(await stranger.get(`${LIST}/${owed.id}/events`), 404, "invoice_not_found");
  refused(await ada.get(`${LIST}/inv_nobody/events`), 404, "invoice_not_found");
  refused(await server.api.withKey(undefined).get(`${LIST}/${owed.id}/events`), 401, "key_missing");
});

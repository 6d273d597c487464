// Promise: a customer asks about an issued invoice or disputes it, within limits; operators answer once, and settle it once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, invoices, refused, subscriber } from "./support.mjs";

const ALL = "/api/admin/invoice-questions";
const words = (more = {}) => ({ kind: "dispute", line: 1, words: "We had one seat less", ...more });

test("an invoice is asked about, answered and settled", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const ada = await subscriber(server, "ada", { tier: "professional" });
  const [invoice] = await invoices(ada);
  const path = `/api/billing/invoices/${invoice.id}/questions`;
  const viewer = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "vic", email: "vic@members.example", name: "vic" } });
  await firstOperator(server);
  const support = await operator(server, "sue", "support");

  refused(await viewer.post(path, words()), 403, "role_forbidden");
  refused(await ada.post(path, words({ words: " \n" })), 422, "invalid_fields", "words");
  refused(await ada.post(path, words({ words: "a".repeat(2001) })), 422, "invalid_fields", "words");
  refused(await ada.post(path, words({ line: 99 })), 404, "line_not_found");
  refused(await ada.post("/api/billing/invoices/invo_none/questions", words()), 404, "invoice_not_found");
  refused(await ada.get("/api/billing/invoices/invo_none/questions"), 404, "invoice_not_found");
  refused(await ada.get(`${path}?limit=0`), 422, "invalid_query", "limit");
  refused(await ada.put(path, words()), 405, "method_not_allowed");
  refused(await ada.post(path, words({ words: "4242 4242 4242 4242" })), 422, "card_number_refused", "words");
  refused(await support.get(`${ALL}?kind=complaint`), 422, "invalid_query", "kind");
  refused(await support.get(`${ALL}?limit=0`), 422, "invalid_query", "limit");
  refused(await viewer.get(ALL), 403, "role_forbidden");

  const send = (body) => ada.post(path, body, { headers: { "Idempotency-Key": "once" } });
  const first = done(await send(words()), 201);
  assert.deepEqual(done(await send(words()), 201), first);
  refused(await send(words({ kind: "question" })), 422, "idempotency_mismatch");
  assert.deepEqual([first.kind, first.state, first.line, first.answer], ["dispute", "open", 1, null]);
  assert.deepEqual(done(await viewer.get(path)).data, [first]);

  const settle = (id, settlement) => support.post(`${ALL}/${id}/settle`, { settlement });
  const answer = (id, text) => support.post(`${ALL}/${id}/answer`, { text });
  refused(await settle(first.id, "explained"), 409, "question_not_answered");
  refused(await settle(first.id, "corrected"), 409, "question_not_corrected");
  refused(await settle("inqu_none", "withdrawn"), 404, "question_not_found");
  refused(await answer("inqu_none", "Yes"), 404, "question_not_found");
  refused(await answer(first.id, " "), 422, "invalid_fields", "text");
  assert.equal(done(await answer(first.id, "It is the month of March.")).state, "answered");
  refused(await answer(first.id, "Again"), 409, "question_answered");
  assert.equal(done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === "invoice_answer").length, 1);
  assert.equal(done(await settle(first.id, "explained")).settlement, "explained");
  refused(await settle(first.id, "withdrawn"), 409, "question_settled");
  refused(await answer(first.id, "Again"), 409, "question_settled");

  for (const text of ["one", "two", "three"]) {
    done(await ada.post(path, { kind: "question", words: text }), 201);
  }
  refused(await ada.post(path, words()), 409, "question_too_many");
  const open = done(await support.get(`${ALL}?kind=question&state=open`)).data;
  assert.deepEqual(open.map((row) => [row.userId, row.words]), [["ada", "three"], ["ada", "two"], ["ada", "one"]]);
  assert.equal(done(await settle(open[0].id, "withdrawn")).settlement, "withdrawn");
  done(await ada.post(path, { kind: "question", words: "four" }), 201);
  done(await settle(open[1].id, "withdrawn"));
  refused(await ada.post(path, words()), 429, "question_too_often");
});

test("who collects an invoice sees what is asked about it, until it is settled", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  const added = done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await ada.put(`/api/billing/payment-methods/${added.id}/default`));
  await server.clock.to("2026-04-01T14:00:00Z");
  const [{ invoiceId, questions }] = done(await server.api.get("/api/admin/dunning")).data;
  assert.equal(questions, 0);
  const { id } = done(await ada.post(`/api/billing/invoices/${invoiceId}/questions`, words()), 201);
  const seen = async () => done(await server.api.get("/api/admin/dunning?userId=ada")).data.map((one) => one.questions);
  assert.deepEqual(await seen(), [1]);
  done(await server.api.post(`${ALL}/${id}/settle`, { settlement: "withdrawn" }));
  assert.deepEqual(await seen(), [0]);
});

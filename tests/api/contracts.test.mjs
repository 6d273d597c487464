// Promise: a customer who needs terms of their own asks for them, and has an offer only when two operators have
// agreed to exactly these terms; what one person alone wants, nobody is offered.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, refused, subscription, usd } from "./support.mjs";

const REQUESTS = "/api/billing/contract-requests";
const OWN = "/api/billing/contracts";
const ALL = "/api/admin/contracts";
const NOBODY = "cont_00000000000000000000000000";
const TERMS = {
  amount: usd(480_000), interval: "month", termMonths: 24, ramp: [],
  limits: { api_requests: { limit: 2_000_000 }, storage: { limit: "unlimited" } }, renewal: "none", noticeDays: 60,
  upliftBasisPoints: 0, collectionMethod: "send_invoice", daysUntilDue: 30,
};
const RAMP = [{ month: 12, amount: usd(600_000) }];

// A customer without a plan, and two people of finance.
async function house(t) {
  const server = await startServer(t, { testClock: "2026-03-01T00:00:00Z" });
  const api = await newCustomer(server, "ada");
  const admin = await firstOperator(server);
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  const write = (body = { terms: TERMS }) => kim.post(ALL, { userId: "ada", ...body });
  const submitted = async (id) => done(await kim.post(`${ALL}/${id}/submit`, {}), 202).approvalId;
  const approve = (who, approval) => who.post(`/api/admin/approvals/${approval}/approve`, {});
  const offered = async (body) => {
    const { id } = done(await write(body), 201);
    done(await approve(lee, await submitted(id)));
    return done(await api.get(`${OWN}/${id}`));
  };
  const mails = async (kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);
  return { server, api, admin, kim, lee, write, submitted, approve, offered, mails };
}

async function textOf(t, answer) {
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/pdf"]);
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pdf-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "contract.pdf");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  return execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
}

test("from a request to an offer, with two people", async (t) => {
  const { server, api, kim, lee, submitted, approve, mails } = await house(t);
  const asked = done(await api.post(REQUESTS, { message: "2 million requests a month\nfor two years" }), 201);
  assert.deepEqual([asked.status, asked.number, asked.terms, asked.termsHash], ["requested", 1, null, null]);
  assert.equal((await mails("contract_requested")).length, 1);
  assert.equal(done(await api.post(REQUESTS, { message: "2 million requests a month\nfor two years" })).id, asked.id);
  refused(await api.post(REQUESTS, {}), 409, "contract_open");
  assert.equal(asked.writtenBy, undefined, "who works on it is the operators' matter");

  const draft = done(await kim.put(`${ALL}/${asked.id}`, { terms: TERMS, purchaseOrder: "PO-77", note: "As we spoke", offerDays: 14 }));
  assert.deepEqual([draft.status, draft.total, draft.offerDays], ["draft", usd(24 * 480_000), 14]);
  assert.deepEqual(draft.terms, {
    features: [], planVersion: 1, startsAt: null, ...TERMS,
    limits: { api_requests: { limit: 2_000_000, softLimitPercent: 110 }, storage: { limit: "unlimited", softLimitPercent: 110 } },
  });
  assert.match(draft.termsHash, /^[0-9a-f]{64}$/);

  await t.test("the customer sees nothing of it yet", async () => {
    const seen = done(await api.get(`${OWN}/${asked.id}`));
    assert.deepEqual([seen.status, seen.terms, seen.total, seen.note, seen.purchaseOrder], ["requested", null, null, null, null]);
    refused(await api.get(`${OWN}/${asked.id}/pdf`), 409, "contract_wrong_status");
    refused(await api.post(`${OWN}/${asked.id}/decline`, {}), 409, "contract_wrong_status");
  });

  const approval = await submitted(asked.id);
  await t.test("one person alone does not do it", async () => {
    refused(await approve(kim, approval), 403, "approval_own");
    refused(await approve(server.api, approval), 401, "session_missing");
    refused(await kim.put(`${ALL}/${asked.id}`, { terms: TERMS }), 409, "contract_wrong_status");
    refused(await kim.post(`${ALL}/${asked.id}/submit`, {}), 409, "contract_wrong_status");
    assert.equal(done(await api.get(`${OWN}/${asked.id}`)).terms, null);
  });

  await t.test("the second person sees the terms and agrees: it is an offer", async () => {
    const seen = done(await lee.get(`/api/admin/approvals/${approval}`));
    assert.deepEqual([seen.action, seen.objectId, seen.amount], ["contract", asked.id, usd(11_520_000)]);
    assert.deepEqual([seen.after.terms, seen.after.purchaseOrder, seen.request.termsHash], [draft.terms, "PO-77", draft.termsHash]);
    assert.equal(done(await approve(lee, approval)).status, "executed");
    const offer = done(await api.get(`${OWN}/${asked.id}`));
    assert.deepEqual([offer.status, offer.termsHash, offer.note], ["offered", draft.termsHash, "As we spoke"]);
    assert.deepEqual(offer.terms, draft.terms);
    assert.equal(offer.validUntil.slice(0, 10), "2026-03-15");
    assert.equal((await mails("contract_offered")).length, 1);
    assert.deepEqual(done(await api.get(OWN)).data.map(({ id, status }) => [id, status]), [[asked.id, "offered"]]);
  });

  await t.test("as a paper, in two languages", async () => {
    const paper = (language) => fetch(new URL(`${OWN}/${asked.id}/pdf`, server.url), { headers: { Authorization: `Bearer ${server.key}`, "Turnpike-User": "ada", "Accept-Language": language } });
    assert.equal((await api.get(`${OWN}/${asked.id}/pdf`)).status, 200); // as the description says it is
    const words = await textOf(t, await paper("en"));
    for (const part of ["Contract", "$4,800.00", "$115,200.00", "PO-77", "24 months", "As we spoke", draft.termsHash]) assert.ok(words.includes(part), `${part} in ${words}`);
    assert.match(await textOf(t, await paper("de")), /Vertrag[^]*24 Monate/);
  });

  await t.test("the log and the history tell it", async () => {
    const { data } = done(await server.api.get("/api/admin/audit?userId=ada&limit=100"));
    const actions = data.map(({ action, outcome }) => `${action} ${outcome}`);
    for (const row of ["contract.ask created", "contract.write done", "contract.submit approval_required", "contract.offer done"]) assert.ok(actions.includes(row), `${row} in ${actions}`);
    const types = done(await api.get("/api/billing/events")).data.map(({ type }) => type);
    assert.deepEqual(types.filter((type) => type.startsWith("contract.")), ["contract.offered", "contract.requested"]);
  });
});

test("what nobody agreed to may be written anew; what was agreed to may not be changed unseen", async (t) => {
  const { api, kim, lee, write, submitted, approve, offered } = await house(t);
  const { id } = done(await write(), 201);
  refused(await api.get(`${OWN}/${id}`), 404, "contract_not_found");
  const first = await submitted(id);
  done(await lee.post(`/api/admin/approvals/${first}/reject`, { reason: "too cheap" }));
  assert.equal(done(await kim.get(`${ALL}/${id}`)).status, "draft");
  const dearer = done(await kim.put(`${ALL}/${id}`, { terms: { ...TERMS, amount: usd(500_000) } }));
  const second = await submitted(id);
  done(await kim.post(`/api/admin/approvals/${second}/withdraw`));
  assert.equal(done(await kim.get(`${ALL}/${id}`)).status, "draft");
  const third = await submitted(id);
  done(await approve(lee, third));
  const offer = done(await api.get(`${OWN}/${id}`));
  assert.deepEqual([offer.termsHash, offer.terms.amount], [dearer.termsHash, usd(500_000)]);

  const anew = done(await kim.put(`${ALL}/${id}`, { terms: TERMS }));
  assert.notEqual(anew.termsHash, offer.termsHash);
  refused(await api.get(`${OWN}/${id}`), 404, "contract_not_found");
  const fourth = await submitted(id);
  done(await kim.post(`${ALL}/${id}/withdraw`, { reason: "another way" }));
  refused(await approve(lee, fourth), 409, "approval_stale");
  refused(await kim.post(`${ALL}/${id}/withdraw`, {}), 409, "contract_wrong_status");
  assert.equal((await offered()).status, "offered");
});

test("an offer is declined, withdrawn, or expires; each for good", async (t) => {
  const { server, api, kim, lee, write, submitted, approve, offered } = await house(t);
  const first = await offered();
  assert.deepEqual(done(await api.post(`${OWN}/${first.id}/decline`, { reason: "too_expensive" })).status, "declined");
  assert.equal(done(await api.post(`${OWN}/${first.id}/decline`, { reason: "too_expensive" })).status, "declined");
  refused(await api.post(`${OWN}/${first.id}/decline`, {}), 409, "contract_wrong_status");
  refused(await kim.put(`${ALL}/${first.id}`, { terms: TERMS }), 409, "contract_wrong_status");

  const second = await offered();
  done(await kim.post(`${ALL}/${second.id}/withdraw`, { reason: "they left" }));
  assert.deepEqual(done(await api.get(`${OWN}/${second.id}`)).status, "withdrawn");

  const third = await offered({ terms: TERMS, offerDays: 10 });
  await server.clock.advance("P9DT23H59M59S");
  assert.equal(done(await api.get(`${OWN}/${third.id}`)).status, "offered");
  await server.clock.advance("PT1S");
  assert.equal(done(await api.get(`${OWN}/${third.id}`)).status, "expired");
  refused(await api.post(`${OWN}/${third.id}/decline`, {}), 409, "contract_wrong_status");

  const late = await operator(server, "mo", "finance");
  const { id } = done(await late.post(ALL, { userId: "ada", terms: TERMS }), 201);
  const { approvalId } = done(await late.post(`${ALL}/${id}/submit`, {}), 202);
  await server.clock.advance("P3D");
  assert.equal(done(await server.api.get(`/api/admin/approvals/${approvalId}`)).status, "expired");
  assert.equal(done(await server.api.get(`${ALL}/${id}`)).status, "draft", "nobody agreed in time: it may be submitted again");
  const page = done(await server.api.get(`${ALL}?userId=ada&limit=2`));
  const rest = done(await server.api.get(`${ALL}?userId=ada&limit=2&cursor=${page.nextCursor}`));
  assert.deepEqual([...page.data, ...rest.data].map(({ status, number }) => [status, number]), [["draft", 4], ["expired", 3], ["withdrawn", 2], ["declined", 1]]);
  assert.deepEqual(done(await server.api.get(`${ALL}?status=expired`)).data.map(({ number }) => number), [3]);
  refused(await server.api.get(`${ALL}?status=maybe`), 422, "invalid_query", "status");
});

test("terms that contradict themselves or the catalogue are refused, each by its place", async (t) => {
  const { kim, write, server } = await house(t);
  const bad = async (terms, ...fields) => refused(await write({ terms: { ...TERMS, ...terms } }), 422, "contract_terms_invalid", ...fields);
  await bad({ amount: { amount: 1, currency: "eur" } }, "terms.amount");
  await bad({ ramp: [{ month: 24, amount: usd(1) }] }, "terms.ramp.0.month");
  await bad({ interval: "year", termMonths: 18, ramp: [] }, "terms.termMonths");
  await bad({ startsAt: "2026-02-01T00:00:00Z" }, "terms.startsAt");
  await bad({ upliftBasisPoints: 5 }, "terms.upliftBasisPoints");
  await bad({ collectionMethod: "charge_automatically" }, "terms.daysUntilDue");
  await bad({ planVersion: 9 }, "terms.plan");
  await bad({ features: ["flying"] }, "terms.features.0");
  await bad({ limits: { collaborators: { limit: 0 } } }, "terms.limits.collaborators");
  refused(await write({ terms: { ...TERMS, limits: { wishes: { limit: 1 } } } }), 422, "invalid_fields", "terms.limits.wishes");
  refused(await write({ terms: { ...TERMS, ramp: Array(9).fill({ month: 1, amount: usd(1) }) } }), 422, "invalid_fields", "terms.ramp");
  refused(await kim.post(ALL, { userId: "nobody", terms: TERMS }), 404, "customer_not_found");
  const { id } = done(await write(), 201);
  refused(await write(), 409, "contract_open");
  refused(await kim.put(`${ALL}/${id}`, { terms: { ...TERMS, termMonths: 6, ramp: RAMP } }), 422, "contract_terms_invalid", "terms.ramp.0.month");
  const ramped = done(await kim.put(`${ALL}/${id}`, { terms: { ...TERMS, ramp: RAMP } }));
  assert.deepEqual(ramped.total, usd(12 * 480_000 + 12 * 600_000));
  refused(await kim.put(`${ALL}/${id}`, {}), 422, "invalid_fields", "terms");
  refused(await kim.post(`${ALL}/${id}/submit`, { reason: 7 }), 422, "invalid_fields", "reason");
  assert.equal(done(await server.api.get(ALL)).data.length, 1, "what was refused left nothing");
});

test("everybody sees and does what is theirs alone", async (t) => {
  const { server, api, kim, offered } = await house(t);
  const { id } = await offered();
  const eve = await newCustomer(server, "eve");
  for (const path of ["", "/pdf"]) refused(await eve.get(`${OWN}/${id}${path}`), 404, "contract_not_found");
  refused(await eve.post(`${OWN}/${id}/decline`, {}), 404, "contract_not_found");
  assert.deepEqual(done(await eve.get(OWN)).data, []);

  const owner = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  assert.equal(done(await owner.get(`${OWN}/${id}`)).status, "offered");
  refused(await owner.get(`${ALL}/${id}`), 403, "role_forbidden");
  refused(await owner.put(`${ALL}/${id}`, { terms: TERMS }), 403, "role_forbidden");
  const viewer = await Person.ofPortal(server, "ada", { role: "viewer", authentication: await vouched(server) });
  assert.equal(done(await viewer.get(`${OWN}/${id}`)).status, "offered");
  refused(await viewer.post(`${OWN}/${id}/decline`, {}), 403, "role_forbidden");
  refused(await viewer.post(REQUESTS, {}), 403, "role_forbidden");
  const support = await operator(server, "sue", "support");
  assert.equal(done(await support.get(`${ALL}/${id}`)).status, "offered");
  for (const [method, path] of [["post", ALL], ["put", `${ALL}/${id}`], ["post", `${ALL}/${id}/submit`], ["post", `${ALL}/${id}/withdraw`]]) refused(await support[method](path, { userId: "ada", terms: TERMS }), 403, "role_forbidden");
  refused(await kim.post(`${OWN}/${id}/decline`, {}), 403, "role_forbidden");

  for (const what of ["submit", "withdraw"]) refused(await kim.post(`${ALL}/${NOBODY}/${what}`, {}), 404, "contract_not_found");
  refused(await kim.put(`${ALL}/${NOBODY}`, { terms: TERMS }), 404, "contract_not_found");
  refused(await kim.get(`${ALL}/${NOBODY}`), 404, "contract_not_found");
  refused(await api.get(`${OWN}/${NOBODY}`), 404, "contract_not_found");
  refused(await api.post(REQUESTS, { message: 7 }), 422, "invalid_fields", "message");
  refused(await server.api.as("nobody").post(REQUESTS, {}), 404, "customer_not_found");
  refused(await api.get(`${OWN}?limit=0`), 422, "invalid_query", "limit");
});

test("what is accepted is bought at the contract's price, once, and its limits hold", async (t) => {
  const { server, api, offered } = await house(t);
  const owner = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  const card = { ...TERMS, collectionMethod: "charge_automatically", daysUntilDue: 0 };
  const offer = await offered({ terms: card });
  const accept = (who, body = {}, id = offer.id) => who.post(`${OWN}/${id}/accept`, { termsHash: offer.termsHash, name: "Ada Lovelace", ...body });
  refused(await accept(server.api.as("ada")), 403, "role_forbidden");
  const second = await Person.ofPortal(server, "ada", { role: "billing_admin", person: { id: "bo", email: "bo@example.com" }, authentication: await vouched(server) });
  refused(await accept(second), 403, "role_forbidden");
  refused(await accept(owner, { termsHash: "0".repeat(64) }), 409, "contract_changed");
  refused(await accept(owner, { name: "" }), 422, "invalid_fields", "name");
  refused(await accept(owner, {}, NOBODY), 404, "contract_not_found");
  refused(await accept(owner), 409, "payment_method_required");
  assert.equal(done(await api.get(`${OWN}/${offer.id}`)).status, "offered");

  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  const taken = done(await accept(owner));
  assert.ok(["accepted", "active"].includes(taken.status));
  assert.equal(taken.acceptedName, "Ada Lovelace");
  await server.clock.advance("PT1S");
  assert.equal(done(await api.get(`${OWN}/${offer.id}`)).status, "active");
  const { tier, status, price } = await subscription(api);
  assert.deepEqual([tier, status, price], ["enterprise", "active", usd(480_000)]);
  assert.deepEqual((await invoices(api)).map(({ amount, status }) => [amount, status]), [[usd(480_000), "paid"]]);
  const usage = done(await api.get("/api/billing/usage")).metrics.find(({ metric }) => metric === "api_requests");
  assert.equal(usage.limit, 2_000_000);
  assert.equal(done(await accept(owner)).status, "active", "once more is the same");
  refused(await accept(owner, { name: "Somebody Else" }), 409, "contract_wrong_status");
  assert.equal((await invoices(api)).length, 1);
  refused(await api.post("/api/billing/cancel", { when: "period_end" }), 409, "contract_binds");
});

test("what is accepted against an invoice is in force at once, and paid by wire", async (t) => {
  const { server, api, offered } = await house(t);
  const owner = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  const offer = await offered();
  done(await owner.post(`${OWN}/${offer.id}/accept`, { termsHash: offer.termsHash, name: "Ada Lovelace" }));
  await server.clock.advance("PT2H"); // a first invoice that is sent is a draft for an hour
  const contract = done(await api.get(`${OWN}/${offer.id}`));
  assert.deepEqual([contract.status, contract.startsAt.slice(0, 10), contract.endsAt.slice(0, 10)], ["active", "2026-03-01", "2028-03-01"]);
  const [invoice] = await invoices(api);
  assert.deepEqual([invoice.status, invoice.amount, invoice.dueDate.slice(0, 10)], ["open", usd(480_000), "2026-03-31"]);
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "ada");
  done(await stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount: 480_000, currency: "usd", reference: invoice.number }));
  await server.clock.advance("PT1M");
  assert.equal((await invoices(api))[0].status, "paid");
});

test("a card that is declined leaves the offer, and how the customer pays, as they were", async (t) => {
  const { server, api, offered } = await house(t);
  const owner = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  const card = { ...TERMS, collectionMethod: "charge_automatically", daysUntilDue: 0 };
  const offer = await offered({ terms: card });
  const accept = async () => owner.post(`${OWN}/${offer.id}/accept`, { termsHash: offer.termsHash, name: "Ada Lovelace" });
  done(await server.api.put("/api/admin/customers/ada/billing-terms", { daysUntilDue: 14 }));
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  await accept();
  await server.clock.advance("PT1S");
  const again = done(await api.get(`${OWN}/${offer.id}`));
  assert.deepEqual([again.status, again.acceptedAt, again.acceptedName], ["offered", null, null]);
  assert.equal((await subscription(api)).tier, "free");
  const { data: events } = done(await api.get("/api/billing/events"));
  assert.deepEqual(events.filter(({ type }) => type.startsWith("contract.")).map(({ type }) => type).sort(), ["contract.accepted", "contract.failed", "contract.offered"]);
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  const { data: methods } = done(await api.get("/api/billing/payment-methods"));
  done(await api.put(`/api/billing/payment-methods/${methods.find(({ isDefault }) => !isDefault).id}/default`, {}));
  done(await accept());
  await server.clock.advance("PT1S");
  assert.equal(done(await api.get(`${OWN}/${offer.id}`)).status, "active");
});

test("a contract ends with the subscription that it was sold as", async (t) => {
  const { server, api, offered, mails } = await house(t);
  const owner = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  const card = { ...TERMS, collectionMethod: "charge_automatically", daysUntilDue: 0 };
  const offer = await offered({ terms: card });
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await owner.post(`${OWN}/${offer.id}/accept`, { termsHash: offer.termsHash, name: "Ada Lovelace" }));
  await server.clock.advance("P3D");
  const stripe = await server.stripe();
  const { data: [theirs] } = done(await stripe.get("/v1/subscriptions", { limit: 1 }));
  done(await stripe.delete(`/v1/subscriptions/${theirs.id}`));
  await server.clock.advance("PT1M");
  const ended = done(await api.get(`${OWN}/${offer.id}`));
  assert.deepEqual([ended.status, ended.endsAt.slice(0, 10)], ["ended", "2026-03-04"]);
  assert.equal((await subscription(api)).tier, "free");
  assert.equal((await mails("contract_offered")).length, 1);
  done(await api.post(REQUESTS, { message: "once more" }), 201);
});

// Promise: what one person may not do alone is done once, exactly as it was asked for, when another one with the
// right role has agreed in time; by everybody else, and of anything else, it is refused.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { startBehindLine } from "../harness/line.mjs";
import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, invoices, newCustomer, refused, selling, startSelling, subscriber, usd } from "./support.mjs";

const REFUNDS = "/api/admin/refunds";
const NOTES = "/api/admin/credit-notes";
const APPROVALS = "/api/admin/approvals";
const CATALOGUE = resolve(import.meta.dirname, "../../catalog/plans.json");
const NOBODY = "appr_00000000000000000000000000";

// A customer who has paid $29.00, and people of finance; money back above $20.00 needs two of them.
async function house(t, rules = {}) {
  const server = await startSelling(t, (catalogue) => {
    catalogue.approvals = { refund: { when: "above", above: 2_000 }, creditNote: { when: "above", above: 2_000 }, ...rules };
  }, { testClock: "2026-03-01T00:00:00Z" });
  const api = await subscriber(server, "ada");
  await server.clock.advance("PT1S"); // what the provider tells has arrived
  const [invoice] = await invoices(api);
  const admin = await firstOperator(server);
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  let keys = 0;
  const ask = (who, body = {}, { path = REFUNDS, key = `ask-${++keys}` } = {}) =>
    who.post(path, { userId: "ada", invoiceId: invoice.id, ...body }, { idempotencyKey: key });
  const decide = (who, id, what = "approve", body = {}) => who.post(`${APPROVALS}/${id}/${what}`, body);
  const atStripe = async () => done(await (await server.stripe()).get("/v1/refunds", { limit: 10 })).data.map(({ amount }) => amount);
  return { server, api, invoice, admin, kim, lee, ask, decide, atStripe };
}

test("a refund above the threshold is done once, when a second person agrees", async (t) => {
  const { server, api, invoice, kim, lee, ask, decide, atStripe } = await house(t);
  const wanted = { amount: usd(2_500), reason: "requested_by_customer" };
  const asked = done(await ask(kim, wanted, { key: "the-refund" }), 202);
  assert.deepEqual([asked.action, asked.status, asked.userId, asked.objectId, asked.amount], ["refund", "pending", "ada", invoice.id, usd(2_500)]);
  assert.deepEqual(asked.request, { amount: 2_500, currency: "usd", invoiceId: invoice.id, memo: "", reason: "requested_by_customer", returns: "refund" });
  assert.deepEqual([asked.before.refunded, asked.before.paid, asked.after], [0, 2_900, { refunded: 2_500 }]);
  assert.match(asked.quoteHash, /^[0-9a-f]{64}$/);
  assert.deepEqual([asked.requesterKind, asked.expiresAt.slice(0, 19)], ["operator", "2026-03-04T00:00:01"]);

  await t.test("nothing has happened yet, and asking again with the key is the same", async () => {
    assert.equal(done(await ask(kim, wanted, { key: "the-refund" }), 202).id, asked.id);
    refused(await ask(kim, { ...wanted, amount: usd(2_600) }, { key: "the-refund" }), 422, "idempotency_mismatch");
    const other = refused(await ask(lee, { amount: usd(2_700) }), 409, "approval_waiting");
    assert.match(other.detail, new RegExp(asked.id));
    assert.deepEqual(await atStripe(), []);
    assert.deepEqual(done(await server.api.get(`${APPROVALS}?status=pending`)).data.map(({ id }) => id), [asked.id]);
  });

  await t.test("not by whoever asked, not by a machine, not by a role that may not", async () => {
    refused(await decide(kim, asked.id), 403, "approval_own");
    refused(await decide(kim, asked.id, "reject", { reason: "no" }), 403, "approval_own");
    refused(await decide(server.api, asked.id), 401, "session_missing");
    const again = await signedInAgain(server, kim, 5);
    refused(await decide(again, asked.id), 403, "approval_own"); // in whatever session
    const support = await operator(server, "sue", "support");
    refused(await decide(support, asked.id), 403, "role_forbidden");
    refused(await decide(lee, NOBODY), 404, "approval_not_found");
    refused(await decide(lee, asked.id, "reject"), 422, "invalid_fields", "reason");
    assert.deepEqual(await atStripe(), []);
  });

  await t.test("the second person agrees: it is done in the same step", async () => {
    const agreed = done(await decide(lee, asked.id, "approve", { reason: "ticket 118" }));
    assert.deepEqual([agreed.status, agreed.outcome, agreed.decisionReason], ["executed", "done", "ticket 118"]);
    assert.notEqual(agreed.decidedBy, asked.requestedBy);
    assert.match(agreed.operationId, /^oper_/);
    await server.clock.advance("PT1S");
    assert.deepEqual(await atStripe(), [2_500]);
  });

  await t.test("agreeing again answers the same, and the key of the request leads to the refund", async () => {
    assert.equal(done(await decide(lee, asked.id)).status, "executed");
    refused(await decide(lee, asked.id, "reject", { reason: "late" }), 409, "approval_decided");
    refused(await decide(kim, asked.id, "withdraw"), 409, "approval_decided");
    const refund = done(await ask(kim, wanted, { key: "the-refund" }), 201);
    assert.deepEqual([refund.amount, refund.status], [usd(2_500), "succeeded"]);
    await server.clock.advance("PT1S");
    assert.deepEqual(await atStripe(), [2_500]);
  });

  await t.test("those who may decide were asked by mail, and whoever asked was answered", async () => {
    const mails = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind.startsWith("approval_"));
    const of = (kind) => mails.filter((mail) => mail.kind === kind).map(({ to }) => to).sort();
    assert.deepEqual(of("approval_requested"), ["lee@example.com", "root@example.com"]);
    assert.deepEqual(of("approval_decided"), ["kim@example.com"]);
    const text = async (kind) => done(await server.api.get(`/api/admin/outbox/${mails.find((mail) => mail.kind === kind).id}`)).text;
    assert.match(await text("approval_requested"), /kim has asked for it[\s\S]*\$25\.00/);
    assert.match(await text("approval_decided"), /Decided by: lee\nBecause: ticket 118/);
  });

  await t.test("the log has who asked, who agreed, and that the refund was agreed to", async () => {
    const { data } = done(await server.api.get("/api/admin/audit?userId=ada&limit=100"));
    const of = (action) => data.filter((row) => row.action === action).map(({ row, actor, outcome }) => ({ actor, outcome, approval: row.approval }));
    assert.ok(of("refund.create").some(({ actor, outcome }) => actor === asked.requestedBy && outcome === "approval_required"));
    assert.ok(of("refund.create").some(({ actor, outcome, approval }) => actor !== asked.requestedBy && outcome === "done" && approval === asked.id));
    assert.ok(of("approval.approve").some(({ outcome, approval }) => outcome === "done" && approval === asked.id));
    assert.ok(of("approval.approve").some(({ outcome }) => outcome === "approval_own"));
    const theirs = done(await api.get("/api/billing/events")).data.map(({ type }) => type);
    assert.deepEqual(theirs.filter((type) => type.startsWith("approval.")), [], "the customer's history is not the operators' talk");
  });
});

test("the threshold is exact, counts what was given before, and another currency never passes", async (t) => {
  const { server, kim, ask, atStripe, decide, lee } = await house(t);
  const at = done(await ask(server.api, { amount: usd(2_000) }), 201);
  assert.equal(at.status, "succeeded", "at the threshold one person is enough");
  const more = done(await ask(kim, { amount: usd(1) }), 202);
  assert.deepEqual([more.before.refunded, more.after.refunded], [2_000, 2_001], "an amount is not divided to pass below");
  done(await decide(lee, more.id, "reject", { reason: "enough" }));
  const rest = done(await ask(kim), 202);
  assert.deepEqual([rest.amount, rest.request.amount], [usd(900), undefined], "all that is left");
  refused(await ask(kim, { amount: { amount: 1, currency: "eur" } }), 422, "currency_mismatch");
  refused(await ask(kim, { amount: usd(901) }), 409, "refund_too_large");
  await server.clock.advance("PT1S");
  assert.deepEqual(await atStripe(), [2_000]);
});

test("two people who agree at the same moment, and a power cut after it, give money once", async (t) => {
  const { server, admin, kim, lee, ask, decide, atStripe } = await house(t);
  const { id } = done(await ask(kim, { amount: usd(2_900) }, { key: "once" }), 202);
  const answers = await Promise.all([decide(lee, id), decide(admin, id), decide(lee, id), decide(admin, id)]);
  const shown = answers.map((answer) => done(answer));
  assert.deepEqual(new Set(shown.map(({ status }) => status)), new Set(["executed"]));
  assert.equal(new Set(shown.map(({ operationId }) => operationId)).size, 1);
  assert.equal(new Set(shown.map(({ decidedBy }) => decidedBy)).size, 1);
  await server.kill();
  await server.start();
  await server.clock.advance("PT10M");
  assert.deepEqual(await atStripe(), [2_900]);
  assert.equal(done(await ask(server.api, { amount: usd(2_900) }, { key: "once" }), 201).status, "succeeded");
  assert.deepEqual(await atStripe(), [2_900]);
});

test("who decides proves afresh who they are; and what the provider refuses later is seen", async (t) => {
  const { server, kim, lee, ask, decide, atStripe } = await house(t);
  const { id } = done(await ask(kim, { amount: usd(2_500), reason: "whim" }), 202);
  await server.clock.advance("PT5M");
  refused(await decide(lee, id), 401, "step_up_required");
  refused(await decide(lee, id, "reject", { reason: "no" }), 401, "step_up_required");
  refused(await decide(kim, id, "withdraw"), 401, "step_up_required");
  const fresh = await signedInAgain(server, lee, 5);
  const agreed = done(await decide(fresh, id));
  assert.equal(agreed.status, "executed");
  await server.clock.advance("PT1S");
  const { status, operationStatus, operationCode } = done(await server.api.get(`${APPROVALS}/${id}`));
  assert.deepEqual([status, operationStatus, operationCode], ["executed", "failed", "payment_provider_refused"]);
  assert.deepEqual(await atStripe(), []);
});

test("webhooks are told of each step, without a customer of their own", async (t) => {
  const { server, kim, lee, ask, decide } = await house(t);
  const url = "https://hooks.example/approvals";
  done(await server.api.post("/api/webhook-endpoints", { url, eventTypes: ["approval.*"] }), 201);
  const asked = done(await ask(kim, { amount: usd(2_500) }), 202);
  done(await decide(lee, asked.id));
  const deliveries = done(await server.api.get("/api/webhook-deliveries?limit=100")).data;
  assert.deepEqual(deliveries.map(({ type }) => type).sort(), ["approval.approved", "approval.executed", "approval.requested"]);
  const [{ id }] = deliveries;
  const { body, userId } = done(await server.api.get(`/api/webhook-deliveries/${id}`));
  assert.equal(userId, null);
  assert.ok(JSON.stringify(body).includes(asked.id));
});

test("one is handed to somebody who may decide it, who is told; others still may", async (t) => {
  const { server, admin, kim, lee, ask, decide } = await house(t);
  const sue = await operator(server, "sue", "support");
  const asked = done(await ask(kim, { amount: usd(2_500) }), 202);
  assert.deepEqual([asked.delegatedTo, asked.delegatedToName, asked.delegatedAt], [null, null, null]);
  const hand = (who, email, id = asked.id) => who.post(`${APPROVALS}/${id}/delegate`, { email, reason: "I am away" });
  const [leeAt, kimAt, sueAt] = ["lee", "kim", "sue"].map((name) => `${name}@example.com`);
  refused(await hand(admin, "nobody@example.com"), 404, "person_not_found");
  refused(await hand(admin, leeAt, NOBODY), 404, "approval_not_found");
  refused(await hand(admin, kimAt), 409, "approval_delegate"); // has asked for it
  refused(await hand(admin, sueAt), 409, "approval_delegate"); // may not decide it
  refused(await hand(sue, leeAt), 403, "role_forbidden");
  refused(await admin.post(`${APPROVALS}/${asked.id}/delegate`, {}), 422, "invalid_fields", "email");
  const handed = done(await hand(admin, leeAt));
  assert.deepEqual([handed.status, handed.delegatedToName], ["pending", "lee"]);
  assert.deepEqual(done(await hand(admin, leeAt)), handed, "once");
  const { data } = done(await server.api.get("/api/admin/audit?action=approval.delegate"));
  const said = data.filter(({ object, outcome, row }) => object === asked.id && outcome === "done" && JSON.stringify(row).includes(handed.delegatedTo));
  assert.equal(said.length, 1, JSON.stringify(data.map(({ row }) => row)));
  const mails = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "approval_requested");
  assert.equal(mails.filter(({ to }) => to === leeAt).length, 2, "as all who may decide, and as the one who shall");
  assert.equal(done(await decide(admin, asked.id)).status, "executed", "who is not away decides");
  refused(await hand(admin, leeAt), 409, "approval_decided");
  await server.clock.advance("PT1S");
  const late = done(await ask(kim, { amount: usd(300) }, { key: "late" }), 202);
  await server.clock.advance("P4D");
  refused(await hand(await signedInAgain(server, lee, 2), leeAt, late.id), 409, "approval_expired");
});

test("while something else of the customer is under way it waits on, and is done later", async (t) => {
  let heard;
  let answer;
  const isHeard = new Promise((fulfil) => (heard = fulfil));
  const isAnswered = new Promise((fulfil) => (answer = fulfil));
  const hold = async (call, pass) => {
    heard();
    await isAnswered;
    return pass();
  };
  const disturb = (method, path) => (method === "POST" && path === "/v1/refunds" ? hold : "pass");
  const args = await selling(t, (catalogue) => {
    catalogue.approvals = { refund: { when: "always" }, creditNote: { when: "always" } };
  });
  const { server, stripe } = await startBehindLine(t, disturb, { now: "2026-03-01T00:00:00Z", args });
  const [{ id: invoiceId }] = await invoices(await subscriber(server, "ada"));
  const lee = await firstOperator(server);
  const ask = (path, body) => server.api.post(path, { userId: "ada", invoiceId, ...body }, { idempotencyKey: path });
  const decide = ({ id }) => lee.post(`${APPROVALS}/${id}/approve`, {});
  const refund = done(await ask(REFUNDS, { amount: usd(100) }), 202);
  const note = done(await ask(NOTES, { amount: usd(200), returns: "balance" }), 202);

  const first = decide(refund);
  await isHeard;
  refused(await decide(note), 409, "operation_in_progress");
  assert.equal(done(await server.api.get(`${APPROVALS}/${note.id}`)).status, "pending");
  answer();
  assert.equal(done(await first).status, "executed");
  assert.equal(done(await ask(REFUNDS, { amount: usd(100) }), 201).status, "succeeded"); // it has ended
  assert.equal(done(await decide(note)).status, "executed");
  await server.clock.advance("PT1S");
  assert.deepEqual(done(await stripe.get("/v1/refunds", { limit: 10 })).data.map(({ amount }) => amount), [100]);
});

test("what has changed meanwhile is not done", async (t) => {
  const { server, kim, lee, ask, decide, atStripe } = await house(t);
  const { id } = done(await ask(kim, { amount: usd(2_100) }), 202);
  done(await ask(server.api, { amount: usd(100) }), 201); // small enough for one
  await server.clock.advance("PT1S");
  refused(await decide(lee, id), 409, "approval_stale");
  const failed = done(await server.api.get(`${APPROVALS}/${id}`));
  assert.deepEqual([failed.status, failed.outcome, failed.operationId], ["failed", "approval_stale", null]);
  refused(await decide(lee, id), 409, "approval_stale");
  await server.clock.advance("PT1S");
  assert.deepEqual(await atStripe(), [100]);
  const anew = done(await ask(kim, { amount: usd(2_100) }), 202);
  assert.equal(done(await decide(lee, anew.id)).status, "executed");
});

test("an approval expires, is withdrawn by whoever asked, or is rejected; each for good", async (t) => {
  const { server, kim, lee, admin, ask, decide, atStripe } = await house(t, { refund: { when: "always", hours: 24 } });
  const first = done(await ask(kim, { amount: usd(1) }), 202);
  refused(await decide(lee, first.id, "withdraw"), 403, "approval_not_requester");
  refused(await decide(server.api, first.id, "withdraw"), 403, "approval_not_requester");
  refused(await decide(kim, NOBODY, "withdraw"), 404, "approval_not_found");
  assert.equal(done(await decide(kim, first.id, "withdraw")).status, "withdrawn");
  refused(await decide(lee, first.id), 409, "approval_decided");

  const second = done(await ask(kim, { amount: usd(1) }), 202);
  const no = done(await decide(lee, second.id, "reject", { reason: "not theirs" }));
  assert.deepEqual([no.status, no.decisionReason], ["rejected", "not theirs"]);
  assert.equal(done(await decide(lee, second.id, "reject", { reason: "again" })).decisionReason, "not theirs");
  refused(await decide(admin, second.id), 409, "approval_decided");

  const third = done(await ask(server.api, { amount: usd(1) }), 202); // asked for by a key
  assert.deepEqual([third.requesterKind, third.requestedBy.slice(0, 5)], ["key", "apik_"]);
  await server.clock.advance("PT23H59M59S");
  assert.equal(done(await server.api.get(`${APPROVALS}/${third.id}`)).status, "pending");
  await server.clock.advance("PT1S");
  assert.equal(done(await server.api.get(`${APPROVALS}/${third.id}`)).status, "expired");
  const late = await operator(server, "late", "finance");
  refused(await decide(late, third.id), 409, "approval_expired");
  refused(await decide(late, third.id, "reject", { reason: "late" }), 409, "approval_expired");
  assert.deepEqual(await atStripe(), []);

  const shown = done(await server.api.get(`${APPROVALS}?limit=2`));
  assert.equal(shown.data.length, 2);
  const rest = done(await server.api.get(`${APPROVALS}?limit=2&cursor=${shown.nextCursor}`));
  assert.deepEqual([...shown.data, ...rest.data].map(({ status }) => status), ["expired", "rejected", "withdrawn"]);
  refused(await server.api.get(`${APPROVALS}?status=maybe`), 422, "invalid_query", "status");
  refused(await server.api.get(`${APPROVALS}/${NOBODY}`), 404, "approval_not_found");
});

test("a key asks and any person agrees; who has lost the role, or has it in two sessions, does not", async (t) => {
  const { server, admin, kim, lee, ask, decide, atStripe } = await house(t, { creditNote: { when: "always", permission: "operators:write" } });
  const byKey = done(await ask(server.api, { amount: usd(2_500) }), 202);
  assert.equal(done(await decide(kim, byKey.id)).status, "executed");
  await server.clock.advance("PT1S");
  assert.deepEqual(await atStripe(), [2_500]);

  const { key } = done(await admin.post("/api/keys", { name: "the admin's own", scopes: ["admin"] }), 201);
  const headers = { Authorization: `Bearer ${key}` };
  const own = done(await server.api.post(REFUNDS, { userId: "ada", invoiceId: byKey.objectId, amount: usd(1) }, { idempotencyKey: "own", headers }), 202);
  assert.equal(own.requesterKind, "key");
  refused(await decide(admin, own.id), 403, "approval_own"); // who has made the key
  done(await decide(lee, own.id, "reject", { reason: "not that way" }));
  const asAdmin = server.api.withKey(key);
  const second = done(await asAdmin.post("/api/keys", { name: "made by that key", scopes: ["admin"] }), 201);
  const third = done(await asAdmin.post(`/api/keys/${second.id}/rotate`, { overlapHours: 0 }), 201);
  const rows = done(await server.api.get("/api/keys")).data;
  const firstId = rows.find(({ name }) => name === "the admin's own").id;
  const { personId } = await admin.look();
  assert.deepEqual([firstId, second.id, third.id].map((id) => rows.find((row) => row.id === id).createdBy), [personId, firstId, firstId]);
  assert.equal(rows.find(({ last4 }) => last4 === server.key.slice(-4)).createdBy, null, "over the machine's socket");
  const far = done(await server.api.withKey(third.key).post(REFUNDS, { userId: "ada", invoiceId: byKey.objectId, amount: usd(1) }, { idempotencyKey: "far" }), 202);
  refused(await decide(admin, far.id), 403, "approval_own"); // who has made the key that made the key
  done(await decide(lee, far.id, "reject", { reason: "nor that way" }));

  const note = done(await ask(kim, { amount: usd(100), returns: "balance" }, { path: NOTES }), 202);
  assert.deepEqual([note.action, note.after], ["credit_note", { credited: 100 }]);
  refused(await decide(lee, note.id), 403, "approval_not_yours");
  refused(await decide(lee, note.id, "reject", { reason: "no" }), 403, "approval_not_yours");
  assert.equal(done(await decide(admin, note.id)).status, "executed");
  await server.clock.advance("PT1S");

  const last = done(await ask(kim, { amount: usd(400) }), 202);
  const operators = done(await admin.get("/api/admin/operators")).data;
  const { id } = operators.find(({ email }) => email === "lee@example.com");
  done(await admin.put(`/api/admin/operators/${id}`, { role: "support" }), 204);
  refused(await decide(lee, last.id), 401, "session_expired");
  done(await admin.delete(`/api/admin/operators/${id}`), 204);
  const gone = await decide(lee, last.id);
  assert.ok([401, 403].includes(gone.status), gone.text);
  assert.equal(done(await server.api.get(`${APPROVALS}/${last.id}`)).status, "pending");
});

test("of another customer nothing is approved, and wrong customers are refused as ever", async (t) => {
  const { server, invoice, kim, ask } = await house(t);
  await newCustomer(server, "bob");
  refused(await ask(kim, { userId: "bob", amount: usd(2_500) }), 404, "invoice_not_found");
  refused(await ask(kim, { userId: "nobody", amount: usd(2_500) }), 404, "customer_not_found");
  const asked = done(await ask(kim, { amount: usd(2_500) }), 202);
  assert.deepEqual(done(await server.api.get(`${APPROVALS}?userId=bob`)).data, []);
  assert.deepEqual(done(await server.api.get(`${APPROVALS}?userId=ada`)).data.map(({ id, objectId }) => [id, objectId]), [[asked.id, invoice.id]]);
});

// A server whose catalogue is a file that may be written anew between two starts.
async function shop(t) {
  const folder = await mkdtemp(join(tmpdir(), "catalogue-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "plans.json");
  const original = JSON.parse(await readFile(CATALOGUE, "utf8"));
  const write = (change) => {
    const document = structuredClone(original);
    change(document);
    return writeFile(path, JSON.stringify(document));
  };
  await write(() => {});
  const server = await startServer(t, { args: ["--catalog", path] });
  const restart = async (change) => {
    await server.stop();
    await write(change);
    await server.start();
  };
  const starters = async () => done(await server.api.get("/api/billing/plans")).plans.find(({ tier }) => tier === "starter").prices.month;
  const waiting = async () => done(await server.api.get(`${APPROVALS}?status=pending`)).data;
  return { server, restart, starters, waiting };
}

// Starter at other prices, each in a version of its own.
const priced = (...months) => (document) => {
  const before = document.plans.find(({ tier }) => tier === "starter");
  months.forEach((month, i) => document.plans.push({ ...structuredClone(before), version: i + 2, prices: { month, year: month * 10 } }));
};

test("another catalogue is in force when somebody has agreed, and not before", async (t) => {
  const { server, restart, starters, waiting } = await shop(t);
  const first = await starters();
  await restart(priced(3_100)); // nobody operates yet who could agree
  const dearer = await starters();
  assert.notDeepEqual(dearer, first);
  await firstOperator(server);

  await restart(priced(3_100, 3_300));
  assert.deepEqual(await starters(), dearer, "what was in force stays so");
  const [asked] = await waiting();
  assert.deepEqual([asked.action, asked.requesterKind, asked.userId, asked.amount], ["catalogue", "system", null, null]);
  assert.deepEqual([asked.before, Object.keys(asked.after)], [{}, ["starter 3"]], "the difference, and nothing else");
  assert.equal(asked.after["starter 3"].prices.month, 3_300);
  assert.match(server.stderr, new RegExp(`catalogue\\.waits approval=${asked.id}`));
});

test("a catalogue that was agreed to is in force from the next start; one that was replaced meanwhile is not", async (t) => {
  const { server, restart, starters, waiting } = await shop(t);
  await firstOperator(server);
  const first = await starters();
  await restart(priced(3_100));
  const [earlier] = await waiting();
  await restart(priced(3_300));
  const later = (await waiting()).find(({ id }) => id !== earlier.id);
  await restart(priced(3_300));
  assert.equal((await waiting()).length, 2, "the same file asks once");
  assert.deepEqual(await starters(), first);
  const lee = await operator(server, "lee", "finance");
  refused(await lee.post(`${APPROVALS}/${earlier.id}/approve`), 409, "approval_stale");
  refused(await lee.post(`${APPROVALS}/${later.id}/withdraw`), 403, "approval_not_requester");
  assert.equal(done(await lee.post(`${APPROVALS}/${later.id}/approve`)).status, "executed");
  assert.deepEqual(await starters(), first, "nothing of a catalogue changes under a running server");
  await server.stop();
  await server.start();
  assert.notDeepEqual(await starters(), first);
  assert.deepEqual(await waiting(), []);

  await restart((document) => {
    priced(3_300)(document);
    document.approvals = { catalogue: { when: "never" } };
  });
  const [policy] = await waiting();
  assert.deepEqual(Object.keys(policy.after), ["approvals"], "nor is the rule lifted by one person");
  const kim = await operator(server, "kim", "finance");
  done(await kim.post(`${APPROVALS}/${policy.id}/reject`, { reason: "we are two" }));
});

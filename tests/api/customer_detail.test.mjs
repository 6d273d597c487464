// Promise: operators see one customer at a glance and all that happened with them in one stream, page by page, each thing once
// and in order; notes are kept sealed, for operators; and each role sees what it may see elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const of = (userId, what = "") => `/api/admin/customers/${userId}${what}`;
const KINDS = ["billing", "mail", "audit", "payment", "note", "delivery", "webhook"];

async function streamOf(api, userId, query) {
  const rows = [];
  for (let cursor = ""; cursor !== null;) {
    const page = done(await api.get(of(userId, `/timeline?${query}${cursor}`)));
    rows.push(...page.data);
    cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return rows;
}

test("one customer", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { api } = server;
  await newCustomer(server, "other");
  await subscriber(server, "acme");
  const root = await firstOperator(server);
  const support = await operator(server, "sue", "support");
  const auditor = await operator(server, "aud", "auditor");

  await t.test("at a glance: standing, terms, plans", async () => {
    const seen = done(await support.get(of("acme")));
    assert.deepEqual([seen.standing.tier, seen.standing.health, seen.standing.mrr.amount, seen.email, seen.daysUntilDue, seen.parked, seen.contract],
      ["starter", "good", 2900, "acme@example.com", 0, null, null]);
    assert.deepEqual(seen.subscriptions.map(({ tier, interval, endedAt }) => [tier, interval, endedAt === null]), [["starter", "month", true], ["free", null, false]]);
    done(await root.put(of("acme", "/billing-terms"), { daysUntilDue: 14 }));
    assert.equal(done(await support.get(of("acme"))).daysUntilDue, 14);
    refused(await support.get(of("nobody")), 404, "customer_not_found");
    refused(await api.withKey(undefined).get(of("acme")), 401, "key_missing");
    refused(await api.withKey(await server.createKey("billing:write")).get(of("acme")), 403, "scope_missing");
  });

  await t.test("notes are added by those who may, and read by all operators", async () => {
    const note = "Pays after the 5th.\nАда 株式会社 محاسبة";
    const made = done(await support.post(of("acme", "/notes"), { note }), 201);
    assert.equal(made.note, note);
    await server.clock.advance("PT1M");
    done(await root.post(of("acme", "/notes"), { note: "Second" }), 201);
    const { data, nextCursor } = done(await auditor.get(of("acme", "/notes?limit=1")));
    assert.deepEqual(data.map((row) => row.note), ["Second"]);
    assert.deepEqual(done(await auditor.get(of("acme", `/notes?cursor=${nextCursor}`))).data, [made]);
    assert.match(made.author, /^pers_/);
    refused(await auditor.post(of("acme", "/notes"), { note: "x" }), 403, "role_forbidden");
    refused(await support.post(of("nobody", "/notes"), { note: "x" }), 404, "customer_not_found");
    refused(await support.post(of("acme", "/notes"), { note: "" }), 422, "invalid_fields", "note");
    refused(await support.post(of("acme", "/notes"), { note: "a".repeat(2001) }), 422, "invalid_fields", "note");
    refused(await support.get(of("nobody", "/notes")), 404, "customer_not_found");
    refused(await support.get(of("acme", "/notes?limit=0")), 422, "invalid_query");
    refused(await api.withKey(undefined).get(of("acme", "/notes")), 401, "key_missing");
    assert.deepEqual(done(await support.get(of("other", "/notes"))).data, []);
  });

  await t.test("all that happened is one stream, in order, each thing once, however it is cut", async () => {
    const kinds = new Map();
    for (const kind of KINDS.filter((name) => name !== "audit")) kinds.set(kind, await streamOf(api, "acme", `kind=${kind}&limit=100`));
    for (const kind of ["billing", "mail", "note", "webhook"]) assert.ok(kinds.get(kind).length > 0, kind);
    const parts = [];
    for (const size of [1, 3, 100]) {
      const rows = (await streamOf(api, "acme", `limit=${size}`)).filter(({ type }) => type !== "customer.timeline");
      const at = rows.map((row) => Date.parse(row.at));
      assert.deepEqual(at, at.toSorted((a, b) => b - a), "the newest first");
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, "each once");
      parts.push(rows);
    }
    assert.deepEqual(parts[0], parts[2]);
    assert.deepEqual(parts[1], parts[2]);
    for (const [kind, rows] of kinds) assert.deepEqual(parts[2].filter((row) => row.kind === kind), rows, kind);
    const [paid] = parts[2].filter(({ kind, type }) => kind === "billing" && type === "invoice.paid");
    assert.deepEqual(paid.amount, { amount: 2900, currency: "usd" });
    assert.ok(!parts[2].some(({ kind, object }) => kind === "audit" && object?.startsWith("bevt_")));
    const note = parts[2].find(({ kind, text }) => kind === "note" && text === "Second");
    assert.match(note.actor, /^pers_/);
  });

  await t.test("each role sees what it may see elsewhere", async () => {
    const kindsOf = async (who) => new Set((await streamOf(who, "acme", "limit=100")).map(({ kind }) => kind));
    assert.ok((await kindsOf(auditor)).has("audit"));
    const seen = await kindsOf(support);
    assert.ok(seen.has("billing") && seen.has("mail") && seen.has("note") && !seen.has("audit") && !seen.has("webhook"), [...seen].join());
    refused(await support.get(of("acme", "/timeline?kind=audit")), 403, "role_forbidden");
    refused(await support.get(of("acme", "/timeline?kind=gossip")), 422, "invalid_query");
    refused(await support.get(of("acme", "/timeline?cursor=yesterday")), 422, "invalid_query");
    refused(await support.get(of("nobody", "/timeline")), 404, "customer_not_found");
  });

  await t.test("it is written down who looked, and what was noted is not", async () => {
    const { data } = done(await api.get("/api/admin/audit?userId=acme&limit=100"));
    for (const action of ["customer.look", "customer.timeline", "customer_note.list", "customer_note.add"]) assert.ok(data.some((row) => row.action === action), action);
    assert.ok(!JSON.stringify(data).includes("Second"));
  });
});

test("a payment that failed stands in the stream, with its attempts and why", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "late");
  const methods = "/api/billing/payment-methods";
  const { id } = done(await api.post(methods, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`${methods}/${id}/default`));
  const { currentPeriodEnd } = done(await api.get("/api/billing/subscription"));
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("P4D");
  const rows = await streamOf(server.api, "late", "limit=100");
  const attempts = rows.filter(({ kind }) => kind === "payment");
  assert.ok(attempts.length >= 2 && attempts.every(({ status, text, object }) => status === "failed" && text === "generic_decline" && object.startsWith("invo_")), JSON.stringify(attempts));
  assert.ok(rows.some(({ type }) => type === "dunning.opened") && rows.some(({ kind, type }) => kind === "mail" && type === "payment_failed"));
});

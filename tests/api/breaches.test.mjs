// Promise: of a breach it is known by when the authority must know, operators are told in time, whom it affects is found with
// where to write, and who was told is kept.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const BREACHES = "/api/admin/breaches";
const told = { title: "A laptop is gone", description: "With a copy of\nthe database.", categories: "customers: names, addresses", knownAt: "2026-03-01T09:00:00Z" };

test("a breach", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await subscriber(server, "ada");
  await newCustomer(server, "bob", { name: "=cmd|' /C calc'!A0" });
  await firstOperator(server, "kim");
  const fin = await operator(server, "fin", "finance");
  const post = (fields) => server.api.post(BREACHES, { ...told, ...fields });
  let breach;

  await t.test("is written down, and its clock runs", async () => {
    refused(await post({ knownAt: "2026-03-02T09:00:00Z" }), 422, "invalid_breach");
    refused(await post({ title: "x" }), 422, "invalid_fields", "title");
    refused(await post({ knownAt: "lately" }), 422, "invalid_fields", "knownAt");
    refused(await fin.post(BREACHES, told), 403, "role_forbidden");
    breach = done(await post(), 201);
    assert.deepEqual([breach.dueAt, breach.closedAt, breach.isOverdue], ["2026-03-04T09:00:00Z", null, false]);
    assert.deepEqual(done(await server.api.get(`${BREACHES}/${breach.id}`)), breach);
    assert.deepEqual(done(await server.api.get(BREACHES)).data, [breach]);
    refused(await server.api.get(`${BREACHES}/brch_none`), 404, "breach_not_found");
    refused(await server.api.get(`${BREACHES}?limit=0`), 422, "invalid_query", "limit");
    refused(await server.api.get(`${BREACHES}?x=1`), 422, "invalid_query", "x");
    refused(await fin.get(BREACHES), 403, "role_forbidden");
  });

  await t.test("whom it affects, and where to write to them", async () => {
    const affected = async (query) => done(await server.api.get(`${BREACHES}/${breach.id}/affected?${query}`)).data;
    assert.deepEqual((await affected("by=all")).map(({ userId, email }) => [userId, email]), [["ada", "ada@example.com"], ["bob", "bob@example.com"]]);
    assert.deepEqual(await affected("by=all&to=2026-02-01T00:00:00Z"), []);
    const first = done(await server.api.get(`${BREACHES}/${breach.id}/affected?by=all&limit=1`));
    assert.deepEqual([first.data.length, first.nextCursor], [1, "ada"]);
    assert.deepEqual((await affected("by=all&limit=1&cursor=ada")).map(({ userId }) => userId), ["bob"]);
    assert.deepEqual((await affected("by=invoices")).map(({ userId }) => userId), ["ada"]);
    assert.deepEqual((await affected("by=paymentMethods")).map(({ userId }) => userId), ["ada"]);
    const { data } = done(await server.api.get("/api/admin/audit?userId=ada&limit=100"));
    const actor = data.map((row) => row.actor?.id ?? row.actor).find((id) => typeof id === "string" && id.startsWith("apik_"));
    assert.ok((await affected(`by=actor&of=${actor}`)).some(({ userId }) => userId === "ada"));
    assert.deepEqual(await affected("by=actor&of=apik_none"), []);
    const [key] = done(await server.api.get("/api/admin/keyring")).keys;
    assert.equal((await affected(`by=key&of=${key.id ?? key}`)).length, 2);
    const table = await fetch(new URL(`${BREACHES}/${breach.id}/affected?by=all&format=csv`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
    assert.equal(table.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.ok((await table.text()).includes("\"'=cmd|"), "no cell is a formula");
    refused(await server.api.get(`${BREACHES}/${breach.id}/affected?by=actor`), 422, "invalid_query", "of");
    refused(await server.api.get(`${BREACHES}/${breach.id}/affected?by=chance`), 422, "invalid_query", "by");
    refused(await server.api.get(`${BREACHES}/brch_none/affected?by=all`), 404, "breach_not_found");
    refused(await fin.get(`${BREACHES}/${breach.id}/affected?by=all`), 403, "role_forbidden");
    const actions = done(await server.api.get("/api/admin/audit?limit=100")).data.map(({ action }) => action);
    assert.ok(actions.includes("breach.affected") && actions.includes("breach.open"));
  });

  await t.test("operators are told after 24, 48 and 60 hours", async () => {
    const reminded = async () => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "breach_due").length;
    assert.equal(await reminded(), 0);
    for (const [at, count] of [["2026-03-02T09:00:00Z", 1], ["2026-03-03T09:00:00Z", 2], ["2026-03-03T21:00:00Z", 3], ["2026-03-05T00:00:00Z", 3]]) {
      await server.clock.to(at);
      assert.equal(await reminded(), count, at);
    }
    assert.equal(done(await server.api.get(`${BREACHES}/${breach.id}`)).isOverdue, true);
  });

  await t.test("it is closed with who was told", async () => {
    const close = (fields, id = breach.id) => server.api.post(`${BREACHES}/${id}/close`, { authorityToldAt: "2026-03-03T09:00:00Z", authorityReference: "LDA-17", peopleToldAt: null, conclusion: "The copy was sealed.", ...fields });
    refused(await close({ authorityToldAt: "2026-02-03T09:00:00Z" }), 422, "invalid_breach");
    refused(await close({ conclusion: "x" }), 422, "invalid_fields", "conclusion");
    refused(await close({}, "brch_none"), 404, "breach_not_found");
    const closed = done(await close());
    assert.deepEqual([closed.authorityToldAt, closed.authorityReference, closed.peopleToldAt, closed.isOverdue], ["2026-03-03T09:00:00Z", "LDA-17", null, false]);
    refused(await close(), 409, "breach_closed");
  });
});

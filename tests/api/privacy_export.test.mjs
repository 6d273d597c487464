// Promise: everybody gets what is kept of them as one file that describes itself, and nothing of anybody
// else; no cell of it is a formula; only who asked has it, for seven days.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, invoices, newCustomer, refused, subscriber } from "./support.mjs";

// The members of a ZIP, each read by its checksum, by name.
function unzip(bytes) {
  const program = "import base64,io,json,sys,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(json.dumps({n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))";
  const text = execFileSync("python3", ["-c", program], { input: bytes, maxBuffer: 1 << 30 });
  return new Map(Object.entries(JSON.parse(text)).map(([name, content]) => [name, Buffer.from(content, "base64")]));
}

// The file of a request, once it is made.
async function fileOf(server, path, headers) {
  const answer = await fetch(new URL(path, server.url), { headers });
  assert.equal(answer.status, 200, answer.status === 200 ? "" : await answer.text());
  assert.equal(answer.headers.get("content-type"), "application/zip");
  assert.match(answer.headers.get("content-disposition"), /^attachment; filename="turnpike-priv_\w+\.zip"$/);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return Buffer.from(await answer.arrayBuffer());
}

const keyHeaders = (server, userId) => ({ Authorization: `Bearer ${server.key}`, "Turnpike-User": userId });

async function settled(show, id) {
  for (;;) {
    const request = (await show()).requests.find((one) => one.id === id);
    if (request.status !== "running") return request;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

test("an export of a customer", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1S"); // what the provider tells has arrived
  const address = { line1: "=HYPERLINK(\"http://evil\")", line2: "", city: "New York", state: "NY", postalCode: "10001", country: "US" };
  done(await ada.put("/api/billing/details", { email: "ada@example.com", name: "@SUM(A1:A9)", address }));
  await newCustomer(server, "bob", { name: "Bob Who Is Nobody's Business" });
  const someone = async (id, role) => Person.ofPortal(server, "ada", { role, person: { id, email: `${id}@members.example`, name: `Name of ${id}` }, authentication: await vouched(server) });
  const owner = await someone("first", "owner");
  const other = await someone("second", "owner");
  const show = async (person = owner) => done(await person.get("/api/billing/privacy"));
  let request;
  let files;

  await t.test("is asked for, made, and described", async () => {
    request = done(await owner.post("/api/billing/privacy/export"), 202);
    assert.deepEqual([request.kind, request.userId, request.isYours, request.dueAt], ["export", "ada", true, "2026-02-15T12:00:01Z"]);
    const ready = await settled(show, request.id);
    assert.deepEqual([ready.status, ready.expiresAt], ["ready", "2026-01-22T12:00:01Z"]);
    const bytes = await fileOf(server, `/api/billing/privacy/exports/${request.id}`, owner.headers);
    assert.deepEqual([bytes.length, createHash("sha256").update(bytes).digest("hex")], [ready.size, ready.sha256]);
    files = unzip(bytes);
    const manifest = JSON.parse(files.get("manifest.json"));
    assert.deepEqual([manifest.format, manifest.userId, manifest.request], ["turnpike-export/1", "ada", request.id]);
    assert.deepEqual([...files.keys()].sort(), [...manifest.files.map(({ name }) => name), "manifest.json"].sort());
    for (const { name, size, sha256, rows, schema } of manifest.files) {
      const content = files.get(name);
      assert.deepEqual([content.length, createHash("sha256").update(content).digest("hex")], [size, sha256], name);
      if (!name.endsWith(".json")) continue;
      const items = JSON.parse(content);
      assert.equal(items.length, rows, name);
      for (const item of items) assert.deepEqual(Object.keys(item), Object.keys(schema.items.properties), name);
    }
  });

  await t.test("has all of them", async () => {
    const rows = (name) => JSON.parse(files.get(`${name}.json`));
    const [customer] = rows("customer");
    assert.deepEqual([customer.email, customer.name, customer.address.line1], ["ada@example.com", "@SUM(A1:A9)", address.line1]);
    assert.deepEqual(rows("subscriptions").map(({ tier }) => tier).sort(), ["free", "starter"]); // ids have no order of time
    const [invoice] = rows("invoices");
    const [shown] = await invoices(ada);
    assert.deepEqual([invoice.id, invoice.number, invoice.amount, invoice.lines.length], [shown.id, shown.number, 2900, 1]);
    assert.deepEqual(rows("payments").map(({ amount, status }) => [amount, status]), [[2900, "succeeded"]]);
    assert.deepEqual(rows("payment_methods").map(({ brand, last4 }) => [brand, last4]), [["visa", "4242"]]);
    assert.ok(rows("operations").some(({ kind }) => kind === "subscribe"));
    assert.ok(rows("history").some(({ type }) => type === "subscription.started"));
    assert.ok(rows("mails").length >= 1);
    assert.ok(rows("audit").some(({ action, actorKind, actor }) => action === "privacy.export" && actorKind === "portal" && actor.startsWith("pers_")));
    assert.ok(rows("audit").some(({ actorKind, actor }) => actorKind === "key" && actor === null), "of a key only that it was one");
  });

  await t.test("has nothing of anybody else", () => {
    const members = JSON.parse(files.get("members.json"));
    assert.deepEqual(members.map(({ name }) => name).sort(), ["Name of first", null].sort());
    assert.equal(JSON.parse(files.get("sessions.json")).length, 1);
    const all = Buffer.concat([...files.values()]).toString();
    assert.ok(all.includes("first@members.example"));
    for (const secret of ["second@members.example", "Name of second", "Nobody's Business", "bob"]) assert.ok(!all.includes(secret), secret);
  });

  await t.test("has no cell that is a formula", () => {
    for (const [name, content] of files) {
      if (!name.endsWith(".csv")) continue;
      assert.doesNotMatch(content.toString(), /(^|,)"?[=+@\t]/m, name);
      assert.doesNotMatch(content.toString(), /(^|,)"-/m, name);
    }
    assert.match(files.get("customer.csv").toString(), /"'@SUM\(A1:A9\)"/);
  });

  await t.test("is for who asked, and nobody else", async () => {
    const path = `/api/billing/privacy/exports/${request.id}`;
    assert.equal((await owner.get(path)).status, 200);
    refused(await other.get(path), 404, "privacy_request_not_found");
    refused(await server.api.as("ada").get(path), 404, "privacy_request_not_found");
    refused(await server.api.as("bob").get(path), 404, "privacy_request_not_found");
    refused(await owner.get(`/api/me/exports/${request.id}`), 404, "privacy_request_not_found");
    refused(await server.api.get(`/api/admin/privacy-requests/${request.id}/file`), 404, "privacy_request_not_found");
    const third = await someone("third", "viewer");
    refused(await third.get(path), 404, "privacy_request_not_found");
    refused(await third.post("/api/billing/privacy/export"), 403, "role_forbidden");
    refused(await new Person(server).get(path), 401, "key_missing");
    const stale = await Person.ofPortal(server, "ada");
    refused(await stale.post("/api/billing/privacy/export"), 401, "step_up_required");
    assert.equal((await show(other)).requests[0].isYours, false);
  });

  await t.test("by a key, and by an operator's key", async () => {
    const own = done(await server.api.as("ada").post("/api/billing/privacy/export"), 202);
    await settled(async () => done(await server.api.as("ada").get("/api/billing/privacy")), own.id);
    const mine = unzip(await fileOf(server, `/api/billing/privacy/exports/${own.id}`, keyHeaders(server, "ada")));
    assert.equal(JSON.parse(mine.get("sessions.json")).length, 0);
    assert.ok(!Buffer.concat([...mine.values()]).includes("members.example"));
    const theirs = done(await server.api.post("/api/admin/customers/bob/export", {}), 202);
    const get = async () => ({ requests: [done(await server.api.get(`/api/admin/privacy-requests/${theirs.id}`))] });
    assert.equal((await settled(get, theirs.id)).status, "ready");
    const file = await fileOf(server, `/api/admin/privacy-requests/${theirs.id}/file`, { Authorization: `Bearer ${server.key}` });
    assert.equal((await server.api.get(`/api/admin/privacy-requests/${theirs.id}/file`)).status, 200);
    assert.equal(JSON.parse(unzip(file).get("customer.json"))[0].name, "Bob Who Is Nobody's Business");
    const list = done(await server.api.get("/api/admin/privacy-requests?limit=2&status=ready"));
    assert.deepEqual([list.data[0].id, list.data.length, list.nextCursor !== null], [theirs.id, 2, true]);
    refused(await server.api.get("/api/admin/privacy-requests?status=lost"), 422, "invalid_query");
    refused(await server.api.get("/api/admin/privacy-requests/priv_none"), 404, "privacy_request_not_found");
    refused(await server.api.post("/api/admin/customers/nobody/export", {}), 404, "customer_not_found");
  });

  await t.test("goes after seven days, and no more than ten are kept", async () => {
    for (let i = 0; i < 8; i++) {
      const more = done(await owner.post("/api/billing/privacy/export"), 202);
      await settled(show, more.id);
    }
    refused(await owner.post("/api/billing/privacy/export"), 409, "exports_too_many");
    await server.clock.advance("P7D");
    const again = await someone("first", "owner");
    refused(await again.get(`/api/billing/privacy/exports/${request.id}`), 409, "export_not_ready");
    await server.clock.advance("P1D");
    const later = await someone("first", "owner");
    assert.equal((await show(later)).requests.find(({ id }) => id === request.id).status, "expired");
    done(await later.post("/api/billing/privacy/export"), 202);
  });
});

test("an export of a person", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await newCustomer(server, "ada");
  const grace = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "grace", email: "grace@example.com", name: "Grace" }, authentication: await vouched(server) });
  const request = done(await grace.post("/api/me/export"), 202);
  assert.equal(request.userId, null);
  await settled(async () => done(await grace.get("/api/me/privacy")), request.id);
  const files = unzip(await fileOf(server, `/api/me/exports/${request.id}`, grace.headers));
  assert.equal((await grace.get(`/api/me/exports/${request.id}`)).status, 200);
  const rows = (name) => JSON.parse(files.get(`${name}.json`));
  assert.deepEqual(rows("person").map(({ email, name }) => [email, name]), [["grace@example.com", "Grace"]]);
  assert.deepEqual(rows("memberships").map(({ userId, role }) => [userId, role]), [["ada", "viewer"]]);
  assert.equal(rows("sessions").length, 1);
  assert.ok(rows("acts").some(({ action }) => action === "privacy.export"));
  assert.equal(Buffer.concat([...files.values()]).includes("ada@example.com"), false);
  const stale = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "grace" } });
  const own = `/api/me/exports/${request.id}`;
  assert.equal(done(await grace.post(`${own}/cancel`)).status, "ready", "what is made stays");
  refused(await grace.post("/api/me/exports/priv_none/cancel"), 404, "privacy_request_not_found");
  refused(await grace.post(`/api/billing/privacy/exports/${request.id}/cancel`), 403, "role_forbidden");
  refused(await new Person(server).post(`${own}/cancel`), 401, "session_missing");
  refused(await grace.get(`${own}/cancel`), 405, "method_not_allowed");
  refused(await stale.post("/api/me/export"), 401, "step_up_required");
  refused(await stale.get("/api/me/exports/priv_none"), 404, "privacy_request_not_found");
  refused(await new Person(server).get("/api/me/privacy"), 401, "session_missing");
  refused(await grace.post("/api/me/privacy"), 405, "method_not_allowed");
});

test("what is allowed", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await newCustomer(server, "ada");
  const ada = server.api.as("ada");
  assert.deepEqual(done(await ada.get("/api/billing/privacy")), {
    choices: { analytics: false, experiments: false, feedbackMail: false, marketing: false, updatedAt: null, restrictedAt: null }, consents: [], requests: [] });
  const wanted = { analytics: true, experiments: false, feedbackMail: true, marketing: false };
  assert.deepEqual(done(await ada.put("/api/billing/privacy", wanted)).choices, { ...wanted, updatedAt: "2026-01-15T12:00:00Z", restrictedAt: null });
  refused(await ada.put("/api/billing/privacy", { analytics: true }), 422, "invalid_fields", "experiments", "feedbackMail", "marketing");
  refused(await ada.put("/api/billing/privacy", { ...wanted, marketing: "yes" }), 422, "invalid_fields", "marketing");
  refused(await server.api.as("nobody").put("/api/billing/privacy", wanted), 404, "customer_not_found");
  refused(await server.api.as("nobody").get("/api/billing/privacy"), 404, "customer_not_found");
  const grace = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "grace" }, authentication: await vouched(server) });
  refused(await grace.put("/api/billing/privacy", wanted), 403, "role_forbidden");
  assert.equal(done(await grace.put("/api/me/privacy", wanted)).choices.feedbackMail, true);
  refused(await grace.put("/api/me/privacy", {}), 422, "invalid_fields", "analytics", "experiments", "feedbackMail", "marketing");
  const { data } = done(await server.api.get("/api/admin/audit?action=privacy.choose"));
  assert.ok(data.length >= 2);
});

test("each consent is kept: when, of which words, and how; what did not change is not said again", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await newCustomer(server, "ada");
  const grace = await Person.ofPortal(server, "ada", { role: "owner", person: { id: "grace" }, authentication: await vouched(server) });
  const none = { analytics: false, experiments: false, feedbackMail: false, marketing: false };
  const first = done(await grace.put("/api/billing/privacy", { ...none, marketing: true, textVersion: "2026-11" }));
  assert.deepEqual(first.consents.map(({ purpose, isAllowed, textVersion, how, at }) => [purpose, isAllowed, textVersion, how, at]).sort(), [
    ["analytics", false, "2026-11", "page", "2026-01-15T12:00:00Z"], ["experiments", false, "2026-11", "page", "2026-01-15T12:00:00Z"],
    ["feedbackMail", false, "2026-11", "page", "2026-01-15T12:00:00Z"], ["marketing", true, "2026-11", "page", "2026-01-15T12:00:00Z"]]);
  refused(await grace.put("/api/billing/privacy", { ...none, textVersion: "no blanks" }), 422, "invalid_fields", "textVersion");
  const second = done(await server.api.as("ada").put("/api/billing/privacy", none));
  assert.equal(second.consents.length, 5);
  assert.deepEqual([second.consents[0].purpose, second.consents[0].isAllowed, second.consents[0].textVersion, second.consents[0].how], ["marketing", false, null, "platform"]);
});

test("data set aside: by the owner, by a person, by an operator, of which the customer hears", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await server.api.createCustomer("ada", { language: "de" });
  const path = "/api/billing/privacy/restriction";
  const admin = "/api/admin/customers/ada/restriction";
  const mails = async () => done(await server.api.get("/api/admin/outbox")).data.filter(({ kind }) => kind === "privacy_restriction");
  const owner = await Person.ofPortal(server, "ada", { role: "owner", person: { id: "o" }, authentication: await vouched(server) });
  const viewer = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "v" }, authentication: await vouched(server) });
  const since = done(await owner.put(path, { restricted: true })).choices.restrictedAt;
  assert.equal(since, "2026-01-15T12:00:00Z");
  await server.clock.advance("PT1M");
  assert.equal(done(await owner.put(path, { restricted: true })).choices.restrictedAt, since, "it is so already");
  const wanted = { analytics: true, experiments: true, feedbackMail: true, marketing: true };
  assert.deepEqual(done(await owner.put("/api/billing/privacy", wanted)).choices, { ...wanted, updatedAt: "2026-01-15T12:01:00Z", restrictedAt: since }, "choices are kept beside it");
  assert.deepEqual(await mails(), []);
  refused(await viewer.put(path, { restricted: false }), 403, "role_forbidden");
  refused(await owner.put(path, {}), 422, "invalid_fields", "restricted");
  refused(await server.api.as("nobody").put(path, { restricted: true }), 404, "customer_not_found");
  assert.notEqual(done(await viewer.put("/api/me/privacy/restriction", { restricted: true })).choices.restrictedAt, null);
  refused(await viewer.put("/api/me/privacy/restriction", { restricted: "yes" }), 422, "invalid_fields", "restricted");
  const stale = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "v" } });
  refused(await stale.put("/api/me/privacy/restriction", { restricted: false }), 401, "step_up_required");
  refused(await new Person(server).put("/api/me/privacy/restriction", { restricted: false }), 401, "session_missing");
  const lifted = done(await server.api.put(admin, { restricted: false, reason: "The data is right, we have checked." }));
  assert.equal(lifted.choices.restrictedAt, null);
  const [mail] = await mails();
  assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text.replace(/\s+/g, " "), /nicht mehr eingeschränkt.*The data is right, we have checked\./);
  refused(await server.api.put("/api/admin/customers/nobody/restriction", { restricted: true }), 404, "customer_not_found");
  refused(await server.api.put(admin, { restricted: true, reason: "x" }), 422, "invalid_fields", "reason");
  refused(await owner.put(admin, { restricted: true }), 403, "role_forbidden");
  done(await server.api.put(admin, { restricted: true }));
  assert.equal((await mails()).length, 2);
});

// Ten thousand invoices beside the one that there is.
const FILL = `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
names = [row[1] for row in c.execute("pragma table_info(invoices)")]
row = dict(zip(names, c.execute("select * from invoices limit 1").fetchone()))
line = '{"description":"Starter, a month","amount":{"amount":2900,"currency":"usd"},"quantity":1}'
for i in range(10000):
    new = dict(row, id="invo_%026d" % i, stripe_invoice_id="in_%d" % i, number="X-%d" % i, hosted_url="https://x.example/%d" % i, pdf_url="", lines="[" + ",".join([line] * 3) + "]")
    c.execute("insert into invoices (%s) values (%s)" % (",".join(names), ",".join("?" * len(names))), [new[name] for name in names])
c.commit()
`;

test("an export of ten thousand invoices is made while others are served", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await subscriber(server, "ada");
  await server.stop();
  execFileSync("python3", ["-c", FILL, join(server.data, "turnpike.db")]);
  await server.start();
  const asked = performance.now();
  const { id } = done(await server.api.as("ada").post("/api/billing/privacy/export"), 202);
  const waits = [];
  const show = async () => {
    const before = performance.now();
    const answer = done(await server.api.as("ada").get("/api/billing/privacy"));
    waits.push(performance.now() - before);
    return answer;
  };
  const ready = await settled(show, id);
  const took = performance.now() - asked;
  assert.equal(ready.status, "ready");
  const files = unzip(await fileOf(server, `/api/billing/privacy/exports/${id}`, keyHeaders(server, "ada")));
  const rows = JSON.parse(files.get("invoices.json"));
  assert.equal(rows.length, 10_001);
  assert.equal(new Set(rows.map((row) => row.id)).size, 10_001);
  assert.equal(files.get("invoices.csv").toString().trimEnd().split("\r\n").length, 10_002);
  assert.ok(waits.length > 5, "others were answered meanwhile");
  t.diagnostic(`made in ${took.toFixed(0)} ms, ${ready.size} bytes; ${waits.length} requests meanwhile, the slowest ${Math.max(...waits).toFixed(1)} ms`);

  const api = server.api.as("ada");
  // Another one is given up while it is made: nothing of it stays, and the next one is whole.
  const second = done(await api.post("/api/billing/privacy/export"), 202);
  const cancel = `/api/billing/privacy/exports/${second.id}/cancel`;
  const owner = await Person.ofPortal(server, "ada", { role: "owner", person: { id: "first" }, authentication: await vouched(server) });
  refused(await owner.post(cancel), 404, "privacy_request_not_found"); // somebody else asked for it
  refused(await server.api.as("nobody").post(cancel), 404, "privacy_request_not_found");
  refused(await api.post("/api/billing/privacy/exports/priv_none/cancel"), 404, "privacy_request_not_found");
  const gone = done(await api.post(cancel));
  assert.deepEqual([gone.id, gone.status, gone.size, gone.sha256], [second.id, "cancelled", 0, null]);
  assert.equal(done(await api.post(cancel)).status, "cancelled");
  refused(await api.get(`/api/billing/privacy/exports/${second.id}`), 409, "export_not_ready");
  const third = done(await api.post("/api/billing/privacy/export"), 202);
  assert.notEqual(third.id, second.id);
  assert.equal((await settled(show, third.id)).status, "ready");
  assert.equal((await show()).requests.find((one) => one.id === second.id).status, "cancelled", "what was given up stays so");
  const { data } = done(await server.api.get("/api/admin/audit?action=privacy.export_cancel"));
  assert.deepEqual([...new Set(data.filter(({ outcome }) => outcome === "done").map(({ object }) => object))], [second.id]);
});

// Promise: who asks to be forgotten is unreadable in the live database, in last week's backup and in the log, once what
// is open is settled and a second person has agreed; invoices and the audit log still verify; a certificate says what
// went and what stays.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { customerWithCard, done, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ERASURE = "/api/billing/privacy/erasure";
const NAMES = {
  name: "Wilhelmina Plantagenet",
  email: "wilhelmina.plantagenet@example.com",
  line1: "Unmistakable Lane 4711",
  member: "Ethelred Unready-Jones",
  memberEmail: "ethelred@members.example",
  shared: "Both Places-Smith",
};
// Of whom nothing may be left; the one with another place stays.
const gone = [NAMES.name, NAMES.email, NAMES.line1, NAMES.member, NAMES.memberEmail];

async function folder(t) {
  const path = await makeDataFolder();
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function keyFile(t) {
  const path = join(await folder(t), "key");
  await writeFile(path, KEY);
  await chmod(path, 0o400);
  return path;
}

// What lies in a folder, by name; but the sandbox's, which stands for another company's machine.
async function filesIn(path) {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !/^(sandbox\..*|.*\.sock)$/.test(entry.name)).map(({ name }) => name);
  return Promise.all(names.map(async (name) => [name, await readFile(join(path, name))]));
}

// The words of a paper.
async function textOf(t, response) {
  assert.equal(response.status, 200);
  const file = join(await folder(t), "paper.pdf");
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  return execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
}

const asMember = async (server, userId, id, name, email, role = "owner") =>
  Person.ofPortal(server, userId, { role, person: { id, name, email }, authentication: await vouched(server) });

test("a customer is forgotten", async (t) => {
  const key = await keyFile(t);
  const env = { TURNPIKE_KEY_FILE: key };
  const server = await startServer(t, { env, testClock: "2026-03-01T12:00:00Z" });
  const turnpike = (...args) => runTurnpike(args, { env });
  await server.api.createCustomer("ada", { name: NAMES.name, email: NAMES.email });
  await newCustomer(server, "bob");
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  const address = { line1: NAMES.line1, line2: "", city: "London", state: "", postalCode: "N1", country: "GB" };
  done(await ada.put("/api/billing/details", { email: NAMES.email, name: NAMES.name, address }));
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1S");
  const kim = await firstOperator(server, "kim");
  const ethel = await asMember(server, "ada", "ethel", NAMES.member, NAMES.memberEmail);
  done(await ethel.post("/api/billing/members", { email: "late@members.example", role: "viewer" }), 201);
  done(await ethel.post("/api/billing/privacy/export"), 202);
  const shared = await server.api.post("/api/portal-sessions", { userId: "ada", role: "viewer", person: { id: "shared", name: NAMES.shared, email: "shared@members.example" } });
  done(shared, 201);
  const shelf = await folder(t);
  let asked;
  let approval;

  await t.test("not while a plan runs, and not by everybody", async () => {
    refused(await ethel.post(ERASURE), 409, "erasure_subscribed");
    refused(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 409, "erasure_subscribed");
    const viewer = await asMember(server, "ada", "viewer", "V", "v@members.example", "viewer");
    refused(await viewer.post(ERASURE), 403, "role_forbidden");
    refused(await (await Person.ofPortal(server, "ada")).post(ERASURE), 401, "step_up_required");
    refused(await server.api.as("nobody").post(ERASURE), 404, "customer_not_found");
    refused(await server.api.post("/api/admin/customers/nobody/erasure", { reason: "a letter" }), 404, "customer_not_found");
    refused(await server.api.post("/api/admin/customers/ada/erasure", {}), 422, "invalid_fields", "reason");
    refused(await server.api.post("/api/admin/customers/ada/erasure", { reason: "x" }), 422, "invalid_fields", "reason");
    done(await ethel.post("/api/billing/cancel", { when: "now" }));
    await server.clock.advance("PT1S");
  });

  await t.test("asked for, it waits for a second person; asked again it is the same", async () => {
    const who = await asMember(server, "ada", "ethel", NAMES.member, NAMES.memberEmail);
    done(await server.api.put("/api/admin/customers/ada/owner", { email: "kim@example.com" }), 204);
    asked = done(await who.post(ERASURE), 202);
    assert.deepEqual([asked.kind, asked.status, asked.userId, asked.certificate], ["erasure", "waiting", "ada", null]);
    assert.equal(done(await who.post(ERASURE), 202).id, asked.id);
    assert.equal(done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202).id, asked.id);
    const { data } = done(await server.api.get("/api/admin/approvals?status=pending"));
    assert.equal(data.length, 1);
    [approval] = data;
    assert.deepEqual([approval.action, approval.userId, approval.before.members], ["erasure", "ada", 4]);
    assert.equal(done(await ada.get("/api/billing/details")).name, NAMES.name);
    assert.equal((await turnpike("backup", join(shelf, "last-week"), "--data", server.data)).code, 0);
  });

  await t.test("the second person agrees: nothing is left of them", async () => {
    const agreed = done(await kim.post(`/api/admin/approvals/${approval.id}/approve`, { reason: "as asked" }));
    assert.deepEqual([agreed.status, agreed.outcome], ["executed", "done"]);
    const { status, certificate, decidedBy } = done(await server.api.get(`/api/admin/privacy-requests/${asked.id}`));
    assert.deepEqual([status, decidedBy, certificate.userId], ["done", agreed.decidedBy, "ada"]);
    assert.deepEqual([certificate.destroyed.keyOfCustomer, certificate.destroyed.keysOfPeople], [1, 4]);
    assert.ok(certificate.destroyed.invitations >= 1 && certificate.destroyed.paymentMethodDetails >= 1);
    assert.equal(certificate.destroyed.owner, 1);
    refused(await server.api.put("/api/admin/customers/ada/owner", { email: "kim@example.com" }), 410, "customer_erased");
    refused(await server.api.delete("/api/admin/customers/ada/owner"), 410, "customer_erased");
    assert.deepEqual(certificate.kept[0].until, "2036-12-31");
    assert.match(certificate.kept[0].basis, /17\(3\)\(b\)/);
    refused(await kim.post(ERASURE, {}, { headers: { "Turnpike-User": "ada" } }), 403, "role_forbidden");
    refused(await server.api.post("/api/admin/customers/ada/erasure", { reason: "again" }), 410, "customer_erased");
  });

  await t.test("the certificate as a paper, in two languages; the log has its hash", async () => {
    const path = `/api/admin/privacy-requests/${asked.id}/certificate`;
    const { certificate, certificateSha256 } = done(await server.api.get(`/api/admin/privacy-requests/${asked.id}`));
    assert.deepEqual(certificate.kept.map(({ code }) => code), ["invoices", "audit_log", "figures"]);
    const [row] = done(await server.api.get("/api/admin/audit?userId=ada&action=privacy.erased")).data;
    assert.deepEqual([row.row.object, row.row.after], [asked.id, { certificateSha256 }], JSON.stringify(row));
    const paper = (language) => fetch(new URL(path, server.url), { headers: { Authorization: `Bearer ${server.key}`, "Accept-Language": language } });
    assert.equal((await server.api.get(path)).status, 200); // as the description says it is
    const english = await textOf(t, await paper("en"));
    for (const part of ["Certificate of erasure", asked.id, "ada", "31 December 2036", "17(3)(b)", certificateSha256, row.id, String(row.seq)]) assert.ok(english.includes(part), `${part} in ${english}`);
    for (const word of gone) assert.ok(!english.includes(word), `${word} in the paper`);
    assert.match(await textOf(t, await paper("de")), /Löschbescheinigung[^]*31\. Dezember 2036/);
    refused(await server.api.get("/api/admin/privacy-requests/priv_none/certificate"), 404, "privacy_request_not_found");
    const { data } = done(await server.api.get("/api/admin/privacy-requests"));
    refused(await server.api.get(`/api/admin/privacy-requests/${data.find(({ kind }) => kind === "export").id}/certificate`), 404, "privacy_request_not_found");
    refused(await new Person(server).get(path), 401, "key_missing");
  });

  await t.test("their routes say so, and the gate lets nothing through", async () => {
    for (const path of ["/api/billing/details", "/api/billing/privacy", "/api/billing/subscription", "/api/billing/invoices"]) {
      refused(await ada.get(path), 410, "customer_erased");
    }
    refused(await ada.post("/api/billing/privacy/export"), 410, "customer_erased");
    refused(await ada.post(ERASURE), 410, "customer_erased");
    refused(await ethel.get("/api/billing/details"), 401, "session_expired");
    refused(await server.api.post("/api/portal-sessions", { userId: "ada" }), 410, "customer_erased");
    refused(await server.api.post("/api/customers", { userId: "ada", email: NAMES.email, name: NAMES.name }), 410, "customer_erased");
    const take = async () => (await server.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 1 })).body;
    assert.equal((await take()).allowed, false);
    assert.equal(done(await server.api.as("bob").get("/api/billing/details")).email, "bob@example.com");
    await server.stop();
    await server.start();
    assert.equal((await take()).allowed, false, "after a restart, too");
    refused(await server.api.as("ada").get("/api/billing/details"), 410, "customer_erased");
  });

  await t.test("nothing readable in the database, its log, the backup; the audit log verifies", async () => {
    await server.clock.advance("PT1M");
    const mails = JSON.stringify(done(await server.api.get("/api/admin/outbox?limit=100")).data);
    for (const word of gone) assert.ok(!mails.includes(word), `${word} in the outbox`);
    const audit = JSON.stringify(done(await server.api.get("/api/admin/audit?limit=100")).data);
    for (const word of gone) assert.ok(!audit.includes(word), `${word} in the audit log`);
    await server.kill(); // the log of SQLite stays as it is
    for (const path of [server.data, join(shelf, "last-week"), shelf]) {
      for (const [name, content] of await filesIn(path)) {
        for (const word of gone) assert.ok(!content.includes(word), `${word} in ${name}`);
      }
    }
    for (const word of gone) assert.ok(!server.stderr.includes(word), `${word} in the log`);
    const verified = await turnpike("audit", "verify", "--data", server.data, "--json");
    assert.equal(verified.code, 0, verified.stderr);
  });

  await t.test("last week's backup with today's keys does not open what they were; invoices are there", async () => {
    assert.equal((await turnpike("backup", join(shelf, "today"), "--data", server.data)).code, 0);
    const restored = `${server.data}-restored`;
    t.after(() => rm(restored, { recursive: true, force: true }));
    const back = await turnpike("restore", join(shelf, "last-week"), "--data", restored);
    assert.equal(back.code, 0, back.stderr);
    const old = new Server(restored, { env });
    t.after(() => old.dispose());
    await old.start({ key: await old.createKey() });
    for (const path of ["/api/billing/details", "/api/billing/invoices"]) refused(await old.api.as("ada").get(path), 410, "customer_erased");
    assert.equal((await old.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 1 })).body.allowed, false);
    refused(await old.api.post("/api/customers", { userId: "ada", email: NAMES.email, name: NAMES.name }), 410, "customer_erased");
    refused(await old.api.post("/api/portal-sessions", { userId: "ada" }), 410, "customer_erased");
    const request = done(await old.api.get(`/api/admin/privacy-requests/${asked.id}`));
    assert.deepEqual([request.status, request.certificate.userId], ["done", "ada"], "the certificate came along");
    const [pending] = done(await old.api.get("/api/admin/approvals?status=pending")).data;
    const lee = await operator(old, "lee", "finance");
    refused(await lee.post(`/api/admin/approvals/${pending.id}/approve`, { reason: "once more" }), 409, "approval_stale");
    const mails = JSON.stringify(done(await old.api.get("/api/admin/outbox?limit=100")).data);
    for (const word of gone) assert.ok(!mails.includes(word), `${word} in the outbox of the copy`);
    assert.equal(done(await old.api.as("bob").get("/api/billing/details")).email, "bob@example.com");
    await old.stop();
    const count = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("select count(*), sum(amount_due) from invoices where user_id = \'ada\'").fetchone())';
    assert.equal(execFileSync("python3", ["-c", count, join(restored, "turnpike.db")]).toString().trim(), "(1, 2900)");
  });
});

test("what is open must be settled first, and a refusal keeps everything", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const cards = await subscriber(server, "cards");
  const bad = done(await cards.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await cards.put(`/api/billing/payment-methods/${bad.id}/default`));
  await server.clock.advance("P1M1D");
  refused(await cards.post(ERASURE), 409, "erasure_disputed");
  const owing = await newCustomer(server, "owing");
  done(await server.api.put("/api/admin/customers/owing/billing-terms", { daysUntilDue: 30 }));
  done(await owing.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("P1D"); // Stripe sends an invoice an hour after it was made
  refused(await owing.post(ERASURE), 409, "erasure_owes");
  const calm = await customerWithCard(server, "calm");
  const kim = await firstOperator(server, "kim");
  const lee = await operator(server, "lee", "finance");
  const { id } = done(await calm.post(ERASURE), 202);
  const [{ id: approval }] = done(await server.api.get("/api/admin/approvals?status=pending")).data;
  done(await lee.post(`/api/admin/approvals/${approval}/reject`, { reason: "who are you?" }));
  assert.equal(done(await calm.get("/api/billing/details")).email, "calm@example.com");
  assert.equal(done(await calm.get("/api/billing/privacy")).requests[0].status, "waiting", "its month goes on");
  assert.equal(done(await calm.post(ERASURE), 202).id, id);
  const [{ id: second }] = done(await server.api.get("/api/admin/approvals?status=pending")).data;
  await newCustomer(server, "other");
  await asMember(server, "calm", "new", "New", "new@members.example"); // somebody more than was agreed to
  refused(await kim.post(`/api/admin/approvals/${second}/approve`), 409, "approval_stale");
  assert.equal(done(await calm.get("/api/billing/details")).email, "calm@example.com");
});

test("who asked is told once, and then the address is nowhere", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startSelling(t, (catalogue) => { catalogue.approvals = { erasure: { when: "never" } }; }, { args: smtp.args, env: smtp.env });
  await server.api.createCustomer("ada", { language: "de" });
  await server.api.createCustomer("bob");
  const first = await asMember(server, "ada", "first", "First One", "first@members.example");
  smtp.answer("RCPT", "450 4.2.0 Later");
  const { id, certificateSha256 } = done(await first.post(ERASURE), 202);
  await server.clock.advance("PT1S");
  const outbox = async () => done(await server.api.get("/api/admin/outbox?limit=100")).data;
  const [waiting] = await outbox();
  assert.deepEqual([waiting.kind, waiting.to, waiting.status], ["erasure_done", "first@members.example", "queued"]);
  const shelf = await folder(t);
  assert.equal((await runTurnpike(["backup", join(shelf, "between"), "--data", server.data], { env: smtp.env })).code, 0);
  await server.clock.advance("PT2M");
  const [mail] = await smtp.taken(1);
  await server.clock.advance("PT1S");
  assert.equal(mail.to, "first@members.example");
  const text = mail.text.replace(/\s+/g, " ");
  assert.ok(text.includes(id) && text.includes(certificateSha256), text);
  assert.deepEqual(await outbox(), [], "the mail is gone with its key");
  smtp.answer("RCPT", "550 5.1.1 No such user");
  done(await server.api.as("bob").post(ERASURE), 202);
  await server.clock.advance("PT1S");
  assert.deepEqual([await outbox(), done(await server.api.get("/api/admin/suppressions")).data], [[], []], "what bounces is not kept either");
  await server.stop();
  const back = await runTurnpike(["restore", join(shelf, "between"), "--data", server.data, "--replace"], { env: smtp.env });
  assert.equal(back.code, 0, back.stderr);
  await server.start();
  await server.clock.advance("PT10M");
  assert.deepEqual(await outbox(), [], "nor is it sent again from a copy");
  assert.equal(smtp.mails.length, 1);
});

test("a copy of before that replaces today's data erases again what was erased since", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startSelling(t, (catalogue) => { catalogue.approvals = { erasure: { when: "never" } }; }, { args: smtp.args, env: smtp.env });
  const turnpike = (...args) => runTurnpike(args, { env: smtp.env });
  smtp.answer("RCPT", "550 5.1.1 No such user");
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1S");
  done(await ada.post("/api/billing/cancel", { when: "now" }));
  await server.clock.advance("PT1S");
  smtp.answer("RCPT", "550 5.1.1 No such user");
  await subscriber(server, "bob");
  await server.clock.advance("PT1S");
  const addresses = async () => done(await server.api.get("/api/admin/suppressions")).data.map(({ address }) => address);
  assert.deepEqual((await addresses()).sort(), ["ada@example.com", "bob@example.com"]);
  const first = await asMember(server, "ada", "first", "First", "first@members.example");
  const shelf = await folder(t);
  assert.equal((await turnpike("backup", join(shelf, "before"), "--data", server.data)).code, 0);
  done(await first.post(ERASURE), 202);
  await server.stop();
  const back = await turnpike("restore", join(shelf, "before"), "--data", server.data, "--replace");
  assert.equal(back.code, 0, back.stderr);
  await server.start();
  refused(await server.api.as("ada").get("/api/billing/details"), 410, "customer_erased");
  assert.deepEqual(await addresses(), ["bob@example.com"], "theirs is not in the copy any more");
  assert.equal((await server.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 1 })).body.allowed, false);
});

test("where the catalogue wants no second person, it is done at once", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.approvals = { erasure: { when: "never" } }; });
  const ada = await newCustomer(server, "ada");
  const { status, certificate } = done(await ada.post(ERASURE), 202);
  assert.deepEqual([status, certificate.userId], ["done", "ada"]);
  refused(await ada.get("/api/billing/details"), 410, "customer_erased");
});

test("a person leaves for good", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await newCustomer(server, "ada");
  const first = await asMember(server, "ada", "first", "First", "first@members.example");
  const second = await asMember(server, "ada", "second", "Second To Go", "second@members.example", "viewer");
  refused(await first.delete("/api/me"), 409, "last_one");
  refused(await (await Person.ofPortal(server, "ada", { person: { id: "second" }, role: "viewer" })).delete("/api/me"), 401, "step_up_required");
  refused(await new Person(server).delete("/api/me"), 401, "session_missing");
  done(await second.delete("/api/me"), 204);
  refused(await second.get("/api/me"), 401, "session_expired");
  const { data } = done(await first.get("/api/billing/members"));
  assert.deepEqual(data.map(({ name }) => name), ["First"]);
  await asMember(server, "ada", "heir", "Heir", "heir@members.example");
  done(await first.delete("/api/me"), 204);
  const kim = await firstOperator(server, "kim");
  refused(await kim.delete("/api/me"), 409, "last_one");
  await operator(server, "lee", "admin");
  done(await kim.delete("/api/me"), 204);
  const mails = JSON.stringify(done(await server.api.get("/api/admin/outbox?limit=100")).data);
  assert.ok(!mails.includes("kim@example.com"), "nor what was written to them");
});

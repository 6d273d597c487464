// Promise: people change their own address; it holds once the new mailbox has confirmed it, the old one can stop it, and
// nobody learns by it who else has an account.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const PASSWORD = "seventeen purple otters";

const mailsTo = async (server, address) =>
  done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ to }) => to === address);
const kinds = async (server, address) => (await mailsTo(server, address)).map(({ kind }) => kind);
async function newest(server, address, kind) {
  const mail = (await mailsTo(server, address)).find((one) => one.kind === kind);
  return mail && done(await server.api.get(`/api/admin/outbox/${mail.id}`));
}
async function tokenTo(server, address, kind) {
  return /#([0-9a-f]{64})/.exec((await newest(server, address, kind)).text)[1];
}

const ask = (person, email, options) => person.post("/api/me/email", { email }, options);
const confirm = (server, token) => new Person(server).post("/api/email-changes/confirm", { token });
const stop = (server, token) => new Person(server).post("/api/email-changes/stop", { token });
const addressOf = async (person) => done(await person.get("/api/me")).email;

async function begin(t) {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const root = await firstOperator(server);
  done(await root.put("/api/me/password", { password: PASSWORD }), 204);
  return { server, root };
}

const byPassword = (server, email) => new Person(server).post("/api/sign-in/password", { email, password: PASSWORD });

test("an address is changed by the link in the new mailbox", async (t) => {
  const { server, root } = await begin(t);
  const elsewhere = await signedInAgain(server, root, 30);

  await t.test("asked for: both mailboxes are told, and nothing holds yet", async () => {
    const me = done(await ask(root, "Root@new.example"), 202);
    assert.deepEqual([me.email, me.newEmail, me.newEmailUntil], ["root@example.com", "Root@new.example", "2026-03-02T12:00:00Z"]);
    const there = await newest(server, "Root@new.example", "email_confirm");
    assert.match(there.text, /\/email#[0-9a-f]{64}/);
    assert.match(there.subject, /confirm your new address/);
    const here = await newest(server, "root@example.com", "email_changing");
    assert.match(here.text, /\/email\?stop=true#[0-9a-f]{64}/);
    assert.doesNotMatch(here.text, /new\.example/);
    refused(await byPassword(server, "root@new.example"), 401, "password_wrong");
    const other = await operator(server, "nosy", "admin");
    for (const mail of [there, here]) assert.equal(done(await other.get(`/api/admin/outbox/${mail.id}`)).text, null, "no other operator reads the links");
  });

  await t.test("a program that looks through mails opens the link, and changes nothing", async () => {
    const token = await tokenTo(server, "Root@new.example", "email_confirm");
    for (const path of ["/email", `/api/email-changes/confirm?token=${token}`]) await new Person(server).get(path);
    assert.equal(await addressOf(root), "root@example.com");
    refused(await new Person(server).get("/api/email-changes/confirm"), 405, "method_not_allowed");
  });

  await t.test("confirmed: it is theirs, other sessions end, the old mailbox is told", async () => {
    done(await new Person(server).post("/api/sign-in/reset", { email: "root@example.com" }), 202);
    const reset = await tokenTo(server, "root@example.com", "password_reset");
    const token = await tokenTo(server, "Root@new.example", "email_confirm");
    refused(await confirm(server, await tokenTo(server, "root@example.com", "email_changing")), 410, "email_link_invalid");
    done(await confirm(server, token), 204);
    const me = done(await root.get("/api/me"));
    assert.deepEqual([me.email, me.newEmail, me.newEmailUntil], ["Root@new.example", null, null]);
    refused(await elsewhere.get("/api/me"), 401, "session_expired");
    refused(await byPassword(server, "root@example.com"), 401, "password_wrong");
    await server.clock.advance("PT1M");
    done(await byPassword(server, "root@new.example"), 204);
    assert.match((await newest(server, "root@example.com", "security_notice")).subject, /Address changed/);
    refused(await new Person(server).post("/api/sign-in/reset/complete", { token: reset, password: "eleven yellow herons" }), 410, "link_invalid");
    refused(await confirm(server, token), 410, "email_link_invalid");
  });

  await t.test("the audit log has each step, and no address", async () => {
    const rows = done(await server.api.get("/api/admin/audit?limit=100")).data.filter(({ action }) => /email/.test(action));
    assert.deepEqual(rows.map(({ action, outcome }) => `${action} ${outcome}`).reverse(), [
      "person.ask_email done", "person.confirm_email email_link_invalid", "person.confirm_email done", "person.confirm_email email_link_invalid",
    ]);
    const [asked, , confirmed] = rows.reverse();
    assert.equal(asked.object, confirmed.object);
    assert.match(confirmed.row.before.email, /^h:[0-9a-f]{32}$/);
    assert.deepEqual([confirmed.row.before, confirmed.row.after], [asked.row.before, asked.row.after]);
    assert.doesNotMatch(JSON.stringify(rows), /new\.example|root@/);
  });
});

test("the old mailbox stops it", async (t) => {
  const { server, root } = await begin(t);

  await t.test("before it is done: the link in the new one is worth nothing, and everybody is signed out", async () => {
    done(await ask(root, "eve@evil.example"), 202);
    const token = await tokenTo(server, "eve@evil.example", "email_confirm");
    const stopping = await tokenTo(server, "root@example.com", "email_changing");
    refused(await stop(server, token), 410, "email_link_invalid");
    done(await stop(server, stopping), 204);
    refused(await root.get("/api/me"), 401, "session_expired");
    refused(await confirm(server, token), 410, "email_link_invalid");
    refused(await stop(server, stopping), 410, "email_link_invalid");
    assert.match((await newest(server, "root@example.com", "security_notice")).subject, /was stopped/);
  });

  await t.test("within a day after it was done, and through a chain of them: the old address is back", async () => {
    const thief = await signedInAgain(server, root, 40);
    done(await ask(thief, "eve@evil.example"), 202);
    const stopping = await tokenTo(server, "root@example.com", "email_changing");
    await server.clock.advance("PT1M");
    done(await confirm(server, await tokenTo(server, "eve@evil.example", "email_confirm")), 204);
    done(await ask(thief, "eve@worse.example"), 202);
    done(await confirm(server, await tokenTo(server, "eve@worse.example", "email_confirm")), 204);
    const theirs = await tokenTo(server, "eve@evil.example", "email_changing");
    for (let hours = 0; hours < 23; hours++) {
      await server.clock.advance("PT10M");
      done(await thief.get("/api/me"));
      if (hours > 1) break;
    }
    done(await stop(server, stopping), 204);
    refused(await thief.get("/api/me"), 401, "session_expired");
    refused(await stop(server, theirs), 410, "email_link_invalid");
    const back = await signedInAgain(server, root, 50);
    assert.equal(await addressOf(back), "root@example.com");
    assert.match((await newest(server, "root@example.com", "security_notice")).subject, /was stopped/);
  });

  await t.test("and not later", async () => {
    const person = await signedInAgain(server, root, 60);
    done(await ask(person, "root@later.example"), 202);
    const stopping = await tokenTo(server, "root@example.com", "email_changing");
    done(await confirm(server, await tokenTo(server, "root@later.example", "email_confirm")), 204);
    await server.clock.advance("P1D");
    refused(await stop(server, stopping), 410, "email_link_invalid");
  });
});

test("what is not done", async (t) => {
  const { server, root } = await begin(t);
  await operator(server, "fin", "finance");

  await t.test("no address, no proof, no session, nothing that was said", async () => {
    for (const email of ["nowhere", "a@", "a b@example.com", "a@example.com\r\nBcc: b@example.com", "x".repeat(250) + "@example.com"]) refused(await ask(root, email), 422, "invalid_fields", "email");
    refused(await root.post("/api/me/email", {}), 422, "invalid_fields", "email");
    refused(await root.post("/api/me/email", { email: "a@example.com", name: "A" }), 422, "invalid_fields", "name");
    refused(await new Person(server).post("/api/me/email", { email: "a@example.com" }), 401, "session_missing");
    for (const way of [confirm, stop]) {
      refused(await way(server, "0".repeat(64)), 410, "email_link_invalid");
      refused(await way(server, "no token"), 422, "invalid_fields", "token");
    }
    refused(await root.delete("/api/me/email"), 404, "email_change_not_found");
    await server.clock.advance("PT6M");
    refused(await ask(root, "root@new.example"), 401, "step_up_required");
    assert.deepEqual(await kinds(server, "root@new.example"), []);
  });

  await t.test("the same address, in whatever case", async () => {
    const person = await signedInAgain(server, root, 20);
    for (const email of ["root@example.com", "ROOT@Example.com"]) refused(await ask(person, email), 409, "email_same");
  });

  await t.test("somebody else's sounds the same; its owner alone is told, and no link leads to it", async () => {
    const person = await signedInAgain(server, root, 21);
    const taken = done(await ask(person, "FIN@example.com"), 202);
    const free = done(await ask(person, "free@example.com"), 202);
    assert.deepEqual({ ...taken, newEmail: "" }, { ...free, newEmail: "" });
    const mail = await newest(server, "FIN@example.com", "email_confirm");
    assert.match(mail.subject, /in use already/);
    assert.doesNotMatch(mail.text + mail.html, /[0-9a-f]{64}|Root/);
  });

  await t.test("one that somebody else has got meanwhile", async () => {
    const person = await signedInAgain(server, root, 22);
    done(await ask(person, "late@example.com"), 202);
    const token = await tokenTo(server, "late@example.com", "email_confirm");
    await operator(server, "late", "auditor");
    refused(await confirm(server, token), 409, "email_taken");
    assert.equal(await addressOf(person), "root@example.com");
  });

  await t.test("the latest counts; it may be taken back; it expires after a day; five a day", async () => {
    await server.clock.advance("P1D");
    const person = await signedInAgain(server, root, 23);
    done(await ask(person, "one@example.com"), 202);
    const one = await tokenTo(server, "one@example.com", "email_confirm");
    done(await ask(person, "two@example.com"), 202);
    refused(await confirm(server, one), 410, "email_link_invalid");
    done(await person.delete("/api/me/email"), 204);
    assert.equal(done(await person.get("/api/me")).newEmail, null);
    refused(await confirm(server, await tokenTo(server, "two@example.com", "email_confirm")), 410, "email_link_invalid");
    for (const name of ["three", "four", "five"]) done(await ask(person, `${name}@example.com`), 202);
    refused(await ask(person, "six@example.com"), 409, "email_changes_too_many");
    assert.deepEqual(await kinds(server, "six@example.com"), []);
    await server.clock.advance("P1D");
    refused(await confirm(server, await tokenTo(server, "five@example.com", "email_confirm")), 410, "email_link_invalid");
    done(await ask(await signedInAgain(server, root, 24), "six@example.com"), 202);
  });

  await t.test("a new password voids what somebody else may have asked for", async () => {
    const person = await signedInAgain(server, root, 25);
    done(await ask(person, "seven@example.com"), 202);
    done(await person.put("/api/me/password", { password: "eleven yellow herons" }), 204);
    refused(await confirm(server, await tokenTo(server, "seven@example.com", "email_confirm")), 410, "email_link_invalid");
  });
});

test("who looks at a customer's pages asks for nothing; a viewer and the platform's people do", async (t) => {
  const { server, root } = await begin(t);
  await newCustomer(server, "ada");
  const vera = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "vera", name: "Vera", email: "vera@members.example" }, authentication: await vouched(server) });
  done(await ask(vera, "vera@home.example"), 202);
  done(await confirm(server, await tokenTo(server, "vera@home.example", "email_confirm")), 204);
  assert.equal(await addressOf(vera), "vera@home.example");
  // Somebody of whom the platform says no more than that they act for the customer.
  const nobody = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  done(await ask(nobody, "somebody@home.example"), 202);
  done(await confirm(server, await tokenTo(server, "somebody@home.example", "email_confirm")), 204);
  assert.equal(await addressOf(nobody), "somebody@home.example");
  const { url } = done(await root.post("/api/admin/impersonations", { userId: "ada", reason: "ticket 7" }), 201);
  const looking = new Person(server);
  await looking.open(new URL(url).pathname);
  refused(await ask(looking, "root@evil.example"), 403, "reads_only");
  // From the platform again: the person is the same, and the address the one that they chose.
  const again = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "vera", name: "Vera", email: "vera@members.example" }, authentication: await vouched(server) });
  assert.equal(await addressOf(again), "vera@home.example");
});

test("an address that mails come back from is refused until an operator says otherwise, and no mail goes there", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  const root = await firstOperator(server);
  const settle = () => server.clock.advance("PT1S");
  await settle();
  smtp.answer("RCPT", "550 5.1.1 No such user");
  done(await ask(root, "gone@example.com"), 202); // the first of the two mails is to the new address
  await settle();
  const { data } = done(await server.api.get("/api/admin/suppressions"));
  const [{ address }] = data;
  const again = await signedInAgain(server, root, 20);
  refused(await ask(again, address.toUpperCase()), 409, address === "gone@example.com" ? "email_unreachable" : "email_same");
  assert.equal(address, "gone@example.com");
  assert.equal((await kinds(server, "gone@example.com")).length, 1);
  done(await server.api.delete("/api/admin/suppressions/gone@example.com"), 204);
  done(await ask(again, "gone@example.com"), 202);
});

test("who is forgotten leaves none of the addresses", async (t) => {
  const { server } = await begin(t);
  await newCustomer(server, "ada");
  const portal = () => vouched(server).then((authentication) => Person.ofPortal(server, "ada", { role: "viewer", person: { id: "vera", name: "Vera", email: "vera@members.example" }, authentication }));
  const vera = await portal();
  done(await ask(vera, "vera@home.example"), 202);
  done(await confirm(server, await tokenTo(server, "vera@home.example", "email_confirm")), 204);
  done(await ask(vera, "vera@third.example"), 202);
  const waiting = await tokenTo(server, "vera@third.example", "email_confirm");
  done(await vera.delete("/api/me"), 204);
  refused(await confirm(server, waiting), 410, "email_link_invalid");
  const left = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ to, kind }) => /vera@/.test(to) && kind !== "erasure_done");
  assert.deepEqual(left, []);
  const count = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from email_changes').fetchone()[0])";
  assert.equal(execFileSync("python3", ["-c", count, join(server.data, "turnpike.db")], { encoding: "utf8" }).trim(), "0");
});

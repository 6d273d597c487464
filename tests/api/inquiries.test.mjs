// Promise: who is no customer yet asks for a contract and is heard once, whatever they send and however often; what
// they tell is for operators alone, and forgotten in time; nobody is made anybody's owner but by an operator's word.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { HttpClient } from "../harness/http.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const ASK = "/api/contract-requests";
const ALL = "/api/admin/contract-requests";
const NOBODY = "inqu_00000000000000000000000000";
const ADA = {
  company: "Analytical Engines Ltd", name: "Ada Lovelace", email: "ada@engines.example", country: "GB",
  message: "2 million requests a month\nfor two years", usage: { api_requests: 2_000_000, storage: 5e12 },
};

async function house(t) {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const visitor = new Api(server.url, { contract: server.contract });
  const root = await firstOperator(server);
  const mails = async (kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);
  const text = async (mail) => done(await server.api.get(`/api/admin/outbox/${mail.id}`));
  return { server, visitor, root, mails, text };
}

test("a visitor asks, an operator makes them a customer, and they come in", async (t) => {
  const { server, visitor, root, mails, text } = await house(t);
  const asked = done(await visitor.post(ASK, ADA), 201);
  assert.match(asked.id, /^inqu_/);
  assert.deepEqual(Object.keys(asked).sort(), ["createdAt", "id"], "what was sent is not said back");
  await t.test("the same once more is the same, other words are another", async () => {
    assert.equal(done(await visitor.post(ASK, ADA)).id, asked.id);
    assert.notEqual(done(await visitor.post(ASK, { ...ADA, message: "Still waiting" }), 201).id, asked.id);
  });

  await t.test("operators are told of each, who asked of the day's first, in words of ours alone", async () => {
    assert.equal((await mails("inquiry_made")).length, 2);
    const received = await mails("inquiry_received");
    assert.deepEqual(received.map(({ to }) => to), [ADA.email]);
    for (const mail of [...received, ...await mails("inquiry_made")]) {
      const { text: body, subject } = await text(mail);
      for (const said of [ADA.company, ADA.name, "2 million", ...(mail.kind === "inquiry_made" ? [ADA.email] : [])]) {
        assert.ok(!`${subject}${body}`.includes(said), `${said} in ${body}`);
      }
    }
  });

  await t.test("operators read it", async () => {
    const { data } = done(await root.get(`${ALL}?status=open&limit=2`));
    assert.equal(data.length, 2);
    const seen = done(await root.get(`${ALL}/${asked.id}`));
    assert.deepEqual({ ...ADA, ...seen }, seen);
    assert.deepEqual([seen.status, seen.userId, seen.contractId, seen.answeredAt], ["open", null, null, null]);
  });

  await t.test("attached, it is a customer with a contract to be written, and an invitation", async () => {
    const answer = { userId: "engines", isNew: true, inviteAs: "owner" };
    const attached = done(await root.post(`${ALL}/${asked.id}/attach`, answer));
    assert.deepEqual([attached.status, attached.userId], ["attached", "engines"]);
    assert.equal(done(await root.post(`${ALL}/${asked.id}/attach`, answer)).contractId, attached.contractId);
    const contract = done(await server.api.get(`/api/admin/contracts/${attached.contractId}`));
    assert.deepEqual([contract.status, contract.message, contract.requestedBy], ["requested", ADA.message, asked.id]);
    const customer = done(await server.api.get("/api/customers/engines"));
    assert.deepEqual([customer.email, customer.name, customer.country], [ADA.email, ADA.company, "GB"]);
    const [invitation] = await mails("invitation");
    assert.equal(invitation.to, ADA.email);
    const token = /#([0-9a-f]{64})/.exec((await text(invitation)).text)[1];
    const ada = new Person(server);
    done(await ada.post("/api/invitations/accept", { token, name: ADA.name }), 204);
    assert.equal((await ada.look()).userId, "engines");
  });

  await t.test("the log tells it, and names nobody", async () => {
    const rows = done(await server.api.get("/api/admin/audit?limit=100")).data;
    const made = rows.filter(({ action }) => action === "inquiry.make");
    assert.equal(made.length, 3);
    const customers = done(await server.api.get("/api/admin/audit?userId=engines&limit=100")).data;
    assert.ok(customers.some(({ action, object }) => action === "inquiry.attach" && object === asked.id));
    for (const said of [ADA.company, ADA.name, ADA.email, "2 million"]) assert.ok(!JSON.stringify([rows, customers]).includes(said), said);
  });

  await t.test("and of the next day's first, in their language", async () => {
    await server.clock.advance("P1D");
    done(await visitor.post(ASK, { ...ADA, message: "The next day", language: "de" }), 201);
    const [latest, ...before] = await mails("inquiry_received");
    assert.equal(before.length, 1);
    assert.match((await text(latest)).subject, /Ihre Vertragsanfrage ist da/);
  });
});

test("bad input is refused by its place, and leaves nothing", async (t) => {
  const { server, visitor } = await house(t);
  const bad = async (more, ...fields) => refused(await visitor.post(ASK, { ...ADA, ...more }), 422, "invalid_fields", ...fields);
  refused(await visitor.post(ASK, {}), 422, "invalid_fields", "company", "name", "email", "country", "message");
  await bad({ email: "ada" }, "email");
  await bad({ email: "ada@engines.example\r\nBcc: all@example.com" }, "email");
  await bad({ name: "Ada\r\nSubject: cheap" }, "name");
  await bad({ company: "Engines\nLtd" }, "company");
  await bad({ company: "x".repeat(300), message: "x".repeat(2001) }, "company", "message");
  await bad({ message: "" }, "message");
  await bad({ country: "gb" }, "country");
  await bad({ language: "fr" }, "language");
  await bad({ usage: { wishes: 1 } }, "usage.wishes");
  await bad({ usage: { storage: -1 } }, "usage.storage");
  await bad({ admin: true }, "admin");
  const http = new HttpClient(server.url);
  t.after(() => http.close());
  const form = await http.request("POST", ASK, "company=x", { headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  assert.equal(`${form.status} ${form.body.code}`, "415 wrong_content_type", "no other site's form can send it");
  assert.deepEqual(done(await server.api.get(ALL)).data, []);
});

test("one address is heard five times, then once in ten minutes", async (t) => {
  const { server, visitor } = await house(t);
  const ask = (i) => visitor.post(ASK, { ...ADA, email: `ada${i}@engines.example` });
  for (let i = 0; i < 5; i++) done(await ask(i), 201);
  assert.match(refused(await ask(5), 429, "too_many_requests").detail, /taken in 600 seconds/);
  await server.clock.advance("PT9M59S");
  refused(await ask(5), 429, "too_many_requests");
  await server.clock.advance("PT1S");
  done(await ask(5), 201);
  refused(await ask(6), 429, "too_many_requests");
});

test("whoever asks, operators are told of twenty a day", async (t) => {
  const { server, visitor, mails, text } = await house(t);
  for (let i = 0; i < 22; i++) {
    done(await visitor.post(ASK, { ...ADA, email: `ada${i}@engines.example` }), 201);
    await server.clock.advance("PT10M");
  }
  const told = await mails("inquiry_made");
  assert.equal(told.length, 20);
  assert.match((await text(told[0])).text, /twentieth today/);
  await server.clock.advance("P1D");
  done(await visitor.post(ASK, { ...ADA, message: "The next day" }), 201);
  assert.equal((await mails("inquiry_made")).length, 21);
});

test("who may answer, and how", async (t) => {
  const { server, visitor, root } = await house(t);
  await newCustomer(server, "bob");
  const { id } = done(await visitor.post(ASK, ADA), 201);
  const kim = await operator(server, "kim", "finance");
  const sue = await operator(server, "sue", "support");
  const attach = (who, body, of = id) => who.post(`${ALL}/${of}/attach`, body);
  const close = (who, body, of = id) => who.post(`${ALL}/${of}/close`, body);
  refused(await visitor.get(ALL), 401, "key_missing");
  refused(await visitor.get(`${ALL}/${id}`), 401, "key_missing");
  refused(await attach(kim, { userId: "bob" }), 403, "role_forbidden");
  refused(await close(sue, { reason: "no" }), 403, "role_forbidden");
  assert.equal(done(await sue.get(`${ALL}/${id}`)).email, ADA.email);

  refused(await attach(root, {}), 422, "invalid_fields", "userId");
  refused(await attach(root, { userId: "bob", inviteAs: "admin" }), 422, "invalid_fields", "inviteAs");
  refused(await attach(root, { userId: "nobody" }), 404, "customer_not_found");
  refused(await attach(root, { userId: "bob" }, NOBODY), 404, "contract_request_not_found");
  refused(await attach(root, { userId: "bob", isNew: true }), 409, "customer_conflict");
  refused(await close(root, {}), 422, "invalid_fields", "reason");
  refused(await close(root, { reason: "none" }, NOBODY), 404, "contract_request_not_found");
  refused(await root.get(`${ALL}/${NOBODY}`), 404, "contract_request_not_found");
  refused(await root.get(`${ALL}?status=maybe`), 422, "invalid_query", "status");
  refused(await root.get(`${ALL}?limit=0`), 422, "invalid_query", "limit");
  assert.equal(done(await root.get(`${ALL}/${id}`)).status, "open", "what was refused changed nothing");

  await server.clock.advance("PT5M");
  refused(await attach(root, { userId: "bob" }), 401, "step_up_required");
  refused(await close(kim, { reason: "no" }), 401, "step_up_required");

  const lee = await operator(server, "lee", "admin");
  const attached = done(await attach(lee, { userId: "bob" }));
  assert.deepEqual(done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind, to }) => kind === "invitation" && to === ADA.email), [], "nobody is let in unasked");
  refused(await attach(lee, { userId: "ada" }), 409, "contract_request_answered");
  refused(await close(lee, { reason: "no" }), 409, "contract_request_answered");
  assert.equal(done(await server.api.as("bob").get(`/api/billing/contracts/${attached.contractId}`)).status, "requested");

  const second = done(await visitor.post(ASK, { ...ADA, message: "Another" }), 201);
  refused(await attach(lee, { userId: "bob" }, second.id), 409, "contract_open");
  const closed = done(await close(lee, { reason: "They are bob's" }, second.id));
  assert.deepEqual([closed.status, closed.reason], ["closed", "They are bob's"]);
  assert.equal(done(await close(lee, { reason: "They are bob's" }, second.id)).status, "closed");
  refused(await close(lee, { reason: "Otherwise" }, second.id), 409, "contract_request_answered");
});

test("what was asked is forgotten: 30 days after the answer, 180 without one, and with its customer", async (t) => {
  const { server, visitor, root, mails } = await house(t);
  const ask = async (message) => done(await visitor.post(ASK, { ...ADA, message }), 201).id;
  const [closed, waiting, attached] = [await ask("closed"), await ask("waiting"), await ask("attached")];
  done(await root.post(`${ALL}/${closed}/close`, { reason: "no" }));
  done(await root.post(`${ALL}/${attached}/attach`, { userId: "engines", isNew: true }));
  const left = async () => done(await server.api.get(ALL)).data.map(({ id }) => id).sort();
  await server.clock.advance("P30D");
  assert.deepEqual(await left(), [closed, waiting, attached].sort());
  await server.clock.advance("P1D");
  assert.deepEqual(await left(), [waiting]);
  assert.deepEqual(await mails("inquiry_received"), []);
  await server.clock.advance("P148D");
  assert.deepEqual(await left(), [waiting]);
  await server.clock.advance("P2D");
  assert.deepEqual(await left(), []);
});

// Promise: what somebody asked of their data is answered within a month, or the operators have heard of it 14, 7 and 1
// days before and on the day; they may take two months more, once, or refuse, and who asked is told why.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const REQUESTS = "/api/admin/privacy-requests";
const ERASURE = "/api/billing/privacy/erasure";
const WHY = "Two accounts may be meant; we are finding out which.";

const mailsOf = async (server, kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);
const listed = async (server) => done(await server.api.get(REQUESTS)).data.map(({ id }) => id);
const owner = async (server, userId, id) =>
  Person.ofPortal(server, userId, { role: "owner", person: { id, name: `Owner ${id}`, email: `${id}@members.example` }, authentication: await vouched(server) });
const unfolded = async (server, { id }) => {
  const { text, to } = done(await server.api.get(`/api/admin/outbox/${id}`));
  return { text: text.replace(/\s+/g, " "), to };
};
const overdue = async (server) => Number(/^turnpike_privacy_requests_overdue (\d+)$/m.exec((await server.api.get("/metrics")).text)[1]);

test("operators hear of what is due 14, 7 and 1 days before, and on the day; overdue comes first", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  for (const id of ["ada", "bob"]) await newCustomer(server, id);
  const first = done(await server.api.as("ada").post(ERASURE), 202);
  assert.deepEqual([first.dueAt, first.isOverdue, first.extendedAt, first.reason], ["2026-04-01T12:00:00Z", false, null, null]);
  const told = async () => (await mailsOf(server, "privacy_due")).map(({ createdAt }) => createdAt).sort();
  await server.clock.advance("P16DT23H59M");
  assert.deepEqual(await told(), []);
  await server.clock.advance("PT1M");
  assert.deepEqual(await told(), ["2026-03-18T12:00:00Z"]);
  await server.clock.advance("P7D");
  const second = done(await server.api.as("bob").post(ERASURE), 202);
  await server.clock.advance("P6D");
  assert.deepEqual(await told(), ["2026-03-18T12:00:00Z", "2026-03-25T12:00:00Z", "2026-03-31T12:00:00Z"]);
  assert.deepEqual([await overdue(server), done(await server.api.get("/readyz")).warnings], [0, []]);
  await server.clock.advance("P1D");
  assert.deepEqual((await told()).slice(3), ["2026-04-01T12:00:00Z"]);
  assert.deepEqual([await overdue(server), done(await server.api.get("/readyz")).warnings], [1, ["privacy_overdue"]]);
  const [mail] = await mailsOf(server, "privacy_due");
  assert.match(mail.subject, /overdue/);
  assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /Somebody asked to be forgotten[^]*ada/);
  const exported = done(await server.api.as("bob").post("/api/billing/privacy/export"), 202);
  await server.clock.advance("PT1S");
  assert.equal(done(await server.api.get(`${REQUESTS}/${exported.id}`)).status, "ready");
  assert.deepEqual(await listed(server), [first.id, second.id, exported.id], "what is overdue, what waits, what is answered");
  const page = done(await server.api.get(`${REQUESTS}?limit=2`));
  assert.deepEqual(page.data.map(({ id, isOverdue }) => [id, isOverdue]), [[first.id, true], [second.id, false]]);
  assert.deepEqual(done(await server.api.get(`${REQUESTS}?limit=2&cursor=${page.nextCursor}`)).data.map(({ id }) => id), [exported.id]);
  await server.clock.advance("P60D");
  assert.equal((await mailsOf(server, "privacy_due")).length, 8, "four each, and then no more");
});

test("two months more, once and in time, with a reason that who asked is told", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  for (const id of ["ada", "bob"]) await newCustomer(server, id);
  const ada = await owner(server, "ada", "first");
  const { id } = done(await ada.post(ERASURE), 202);
  const extend = (which, body, who = server.api) => who.post(`${REQUESTS}/${which}/extend`, body);
  refused(await extend(id, {}), 422, "invalid_fields", "reason");
  refused(await extend(id, { reason: "no" }), 422, "invalid_fields", "reason");
  refused(await extend("priv_none", { reason: WHY }), 404, "privacy_request_not_found");
  refused(await extend(id, { reason: WHY }, await operator(server, "sue", "support")), 403, "role_forbidden");
  const kim = await firstOperator(server, "kim");
  const extended = done(await extend(id, { reason: WHY }, kim));
  assert.deepEqual([extended.dueAt, extended.reason, extended.status], ["2026-06-01T12:00:00Z", WHY, "waiting"]);
  assert.ok(extended.extendedAt);
  refused(await extend(id, { reason: WHY }), 409, "privacy_extended");
  const [mail] = await mailsOf(server, "privacy_answer");
  const { text, to } = await unfolded(server, mail);
  assert.equal(to, "first@members.example", "to the person who asked");
  assert.ok(text.includes(WHY) && /complain to a data protection authority/.test(text));
  assert.equal(done(await ada.get("/api/billing/privacy")).requests[0].reason, WHY);
  done(await server.api.post("/api/admin/keyring/rotations", { what: "data" }), 201);
  await server.clock.advance("PT1S");
  const { walk } = done(await server.api.get("/api/admin/keyring"));
  assert.equal(walk.status, "done");
  assert.equal(done(await server.api.get(`${REQUESTS}/${id}`)).reason, WHY, "sealed under the newer key");
  await server.clock.advance("P60D");
  assert.deepEqual(await mailsOf(server, "privacy_due"), [], "they hear of it before the new day");
  await server.clock.advance("P18D");
  assert.equal((await mailsOf(server, "privacy_due")).length, 1);
  const late = done(await server.api.as("bob").post(ERASURE), 202);
  await server.clock.advance("P32D");
  refused(await extend(late.id, { reason: WHY }), 409, "privacy_extended_late");
});

test("refused, with a reason, and told; what is answered stays so", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await server.api.createCustomer("ada", { language: "de" });
  const kim = await firstOperator(server, "kim");
  const { id } = done(await kim.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202);
  const refuse = (which, body, who = server.api) => who.post(`${REQUESTS}/${which}/refuse`, body);
  refused(await refuse(id, {}), 422, "invalid_fields", "reason");
  refused(await refuse("priv_none", { reason: WHY }), 404, "privacy_request_not_found");
  refused(await refuse(id, { reason: WHY }, await owner(server, "ada", "first")), 403, "role_forbidden");
  const answered = done(await refuse(id, { reason: WHY }, kim));
  assert.deepEqual([answered.status, answered.reason, answered.isOverdue], ["refused", WHY, false]);
  assert.ok(answered.decidedBy.startsWith("pers_"));
  const [mail] = await mailsOf(server, "privacy_answer");
  const { text, to } = await unfolded(server, mail);
  assert.equal(to, "ada@example.com", "an operator asked for them: the customer is told");
  assert.ok(text.includes(WHY) && /abgelehnt/.test(text) && /Datenschutzbehörde/.test(text));
  refused(await refuse(id, { reason: WHY }), 409, "privacy_request_answered");
  refused(await server.api.post(`${REQUESTS}/${id}/extend`, { reason: WHY }), 409, "privacy_request_answered");
  const [{ id: approval }] = done(await server.api.get("/api/admin/approvals?status=pending")).data;
  const lee = await operator(server, "lee", "finance");
  refused(await lee.post(`/api/admin/approvals/${approval}/approve`, { reason: "yes" }), 409, "approval_stale");
  assert.equal(done(await server.api.as("ada").get("/api/billing/details")).email, "ada@example.com");
  await server.clock.advance("P40D");
  assert.deepEqual(await mailsOf(server, "privacy_due"), []);
});

// Promise: operators try the way of mails and hear what the mail server says; end a walk of reconciliation where it stands; and say to
// what of the roadmap a theme of feedback leads.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { done, refused, subscriber } from "./support.mjs";

const TEST = "/api/admin/outbox/test";
const WALKS = "/api/admin/reconciliations";

test("a test mail says what the mail server answers", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env, testClock: "2026-03-01T12:00:00Z" });
  const taken = done(await server.api.post(TEST, { to: "ops@nova.example", language: "de" }));
  assert.deepEqual([taken.result, taken.to, taken.from], ["taken", "ops@nova.example", '"Nova Cloud" <billing@nova.example>']);
  const [mail] = await smtp.taken(1);
  assert.deepEqual([mail.to, mail.headers["message-id"], mail.headers["content-language"]], ["ops@nova.example", taken.messageId, "de"]);
  assert.match(mail.text, /angekommen/);

  smtp.answer("RCPT", "550 5.1.1 No such user");
  const nobody = done(await server.api.post(TEST, { to: "nobody@nova.example" }));
  assert.equal(nobody.result, "bad_address");
  assert.match(nobody.answer, /550 5\.1\.1 No such user/);
  smtp.answer("RCPT", "450 4.2.0 Later");
  const later = done(await server.api.post(TEST, { to: "ops@nova.example" }));
  assert.deepEqual([later.result, /450 4\.2\.0 Later/.test(later.answer)], ["later", true]);
  assert.deepEqual(done(await server.api.get("/api/admin/outbox")).data.filter(({ kind }) => kind === "mail_test"), [], "it is not kept");
  assert.equal(done(await server.api.get("/api/admin/audit?action=mail.test")).data.length > 0, true);

  refused(await server.api.post(TEST, { to: "nowhere" }), 422, "invalid_fields", "to");
  refused(await server.api.post(TEST, {}), 422, "invalid_fields", "to");
  refused(await server.api.post(TEST, { to: "ops@nova.example", language: "xx" }), 422, "invalid_fields", "language");
  refused(await server.api.withKey(await server.createKey("billing:write")).post(TEST, { to: "ops@nova.example" }), 403, "scope_missing");
});

test("without a mail server there is nothing to try", async (t) => {
  const server = await startServer(t);
  await firstOperator(server);
  const support = await operator(server, "sue", "support");
  refused(await server.api.post(TEST, { to: "ops@nova.example" }), 409, "mail_server_missing");
  refused(await support.post(TEST, { to: "ops@nova.example" }), 403, "role_forbidden");
});

test("a walk of reconciliation ends where it stands", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await subscriber(server, "ada");
  await firstOperator(server);
  const support = await operator(server, "sue", "support");
  const begun = done(await server.api.post(WALKS, {}), 201);
  const cancelled = await server.api.post(`${WALKS}/${begun.id}/cancel`);
  if (cancelled.status === 200) assert.deepEqual([cancelled.body.status, typeof cancelled.body.finishedAt], ["cancelled", "string"]);
  else refused(cancelled, 409, "reconciliation_over");
  await server.clock.advance("PT1S");
  refused(await server.api.post(`${WALKS}/${begun.id}/cancel`), 409, "reconciliation_over");
  refused(await server.api.post(`${WALKS}/reco_00000000000000000000000000/cancel`), 404, "reconciliation_not_found");
  refused(await support.post(`${WALKS}/${begun.id}/cancel`), 403, "role_forbidden");
  const next = done(await server.api.post(WALKS, {}), 201);
  await server.clock.advance("PT1S");
  assert.deepEqual([done(await server.api.get(`${WALKS}/${next.id}`)).status], ["done"], "the next one begins anew, and comes to its end");
});

test("a theme leads to something of the roadmap", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  await firstOperator(server);
  const support = await operator(server, "sue", "support");
  const auditor = await operator(server, "aud", "auditor");
  const said = done(await ada.post("/api/billing/feedback", { comment: "I cannot find the invoice of May", page: "/billing/invoices", consent: true, mayReply: true }), 201);
  done(await support.put(`/api/admin/feedback/${said.id}/themes`, { themes: ["search"] }));
  const path = "/api/admin/feedback/themes/search/roadmap";
  const link = { title: "Search in invoices", url: "https://nova.example/roadmap/12", status: "planned" };
  const theme = async () => done(await auditor.get("/api/admin/feedback/themes")).data[0];

  assert.deepEqual([(await theme()).roadmapTitle, (await theme()).roadmapStatus], [null, null]);
  refused(await support.delete(path), 404, "feedback_not_linked");
  assert.deepEqual(done(await support.put(path, link)), { theme: "search", ...link, linkedAt: "2026-03-01T12:00:00Z" });
  done(await support.put(path, { ...link, status: "shipped" }));
  const { roadmapTitle, roadmapUrl, roadmapStatus } = await theme();
  assert.deepEqual([roadmapTitle, roadmapUrl, roadmapStatus], [link.title, link.url, "shipped"]);
  const [row] = done(await server.api.get("/api/admin/audit?action=feedback.link")).data;
  assert.deepEqual([row.row.before.status, row.row.after.status], ["planned", "shipped"]);

  refused(await support.put(path.replace("search", "unheard"), link), 404, "feedback_not_heard");
  refused(await support.put(path, { ...link, url: "http://nova.example/roadmap" }), 422, "invalid_fields", "url");
  refused(await support.put(path, { ...link, status: "soon" }), 422, "invalid_fields", "status");
  refused(await support.put(path, { ...link, title: "" }), 422, "invalid_fields", "title");
  refused(await auditor.put(path, link), 403, "role_forbidden");
  refused(await auditor.delete(path), 403, "role_forbidden");
  refused(await server.api.withKey(await server.createKey("billing:write")).delete(path), 403, "scope_missing");
  assert.equal((await support.delete(path)).status, 204);
  assert.equal((await theme()).roadmapTitle, null);
});

// Promise: who has access is looked at by somebody else every three months; what is decided is done at once, what
// has changed meanwhile is not, what nobody decides is marked, and what is closed stays.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const REVIEWS = "/api/admin/access-reviews";

async function house(t) {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await firstOperator(server);
  const kim = await operator(server, "kim", "admin");
  const fin = await operator(server, "fin", "finance");
  for (const person of [root, kim, fin]) person.id = (await person.look()).personId;
  return { server, root, kim, fin };
}

const decide = (who, review, item, decision, more = {}) =>
  who.post(`${REVIEWS}/${review.id}/decisions`, { itemId: item.id, decision, reason: "looked at", ...more });
const of = (review, subject) => review.items.find((item) => item.subject === subject);

test("a review that somebody opens", async (t) => {
  const { server, root, kim, fin } = await house(t);
  const made = done(await root.post("/api/keys", { name: "worker", scopes: ["usage:write"] }), 201);
  let review;

  await t.test("has everybody with what they have, once", async () => {
    review = done(await root.post(REVIEWS), 201);
    assert.deepEqual([review.status, review.openedBy, review.dueAt], ["open", root.id, "2026-01-29T12:00:00Z"]);
    assert.deepEqual([root, kim, fin].map(({ id }) => of(review, id).held), ["admin", "admin", "finance"]);
    assert.equal(of(review, made.id).held, "usage:write");
    refused(await root.post(REVIEWS), 409, "access_review_open");
    assert.deepEqual(done(await server.api.get(REVIEWS)).data.map(({ id }) => id), [review.id]);
  });

  await t.test("is decided by somebody else, with a reason, by a person", async () => {
    refused(await decide(root, review, of(review, root.id), "keep"), 403, "access_review_own");
    refused(await decide(root, review, of(review, made.id), "revoke"), 403, "access_review_own");
    refused(await decide(server.api, review, of(review, fin.id), "keep"), 401, "session_missing");
    refused(await decide(fin, review, of(review, kim.id), "keep"), 403, "role_forbidden");
    refused(await decide(root, review, of(review, fin.id), "keep", { reason: "" }), 422, "invalid_fields", "reason");
    refused(await decide(root, review, of(review, fin.id), "change"), 422, "invalid_fields", "role");
    refused(await decide(root, review, of(review, fin.id), "keep", { role: "admin" }), 422, "invalid_fields", "role");
    refused(await decide(kim, review, of(review, made.id), "change", { role: "admin" }), 409, "access_review_no_role");
    refused(await decide(root, review, { id: "acri_none" }, "keep"), 404, "access_review_not_found");
    refused(await decide(root, { id: "acrv_none" }, of(review, fin.id), "keep"), 404, "access_review_not_found");
    refused(await server.api.get(`${REVIEWS}/acrv_none`), 404, "access_review_not_found");
    refused(await server.api.get(`${REVIEWS}?limit=0`), 422, "invalid_query", "limit");
  });

  await t.test("what has changed meanwhile is refused, and looked at once more", async () => {
    done(await root.put(`/api/admin/operators/${fin.id}`, { role: "support" }), 204);
    const refusal = refused(await decide(root, review, of(review, fin.id), "keep"), 409, "access_review_changed");
    assert.match(refusal.detail, /support/);
    const now = done(await server.api.get(`${REVIEWS}/${review.id}`));
    assert.deepEqual([of(now, fin.id).held, of(now, fin.id).decision], ["support", null]);
    const changed = done(await decide(root, review, of(review, fin.id), "change", { role: "auditor" }));
    assert.deepEqual([of(changed, fin.id).decision, of(changed, fin.id).becomes, of(changed, fin.id).decidedBy], ["change", "auditor", root.id]);
    const { data } = done(await server.api.get("/api/admin/operators"));
    assert.equal(data.find(({ id }) => id === fin.id).role, "auditor");
    refused(await decide(kim, review, of(review, fin.id), "revoke"), 409, "access_review_decided");
  });

  await t.test("what is revoked opens nothing any more, at once", async () => {
    const worker = () => fetch(new URL("/api/usage/events", server.url), { method: "POST", headers: { Authorization: `Bearer ${made.key}`, "Content-Type": "application/json" }, body: "[]" });
    assert.notEqual((await worker()).status, 401);
    done(await decide(kim, review, of(review, made.id), "revoke"));
    assert.equal((await worker()).status, 401);
    done(await decide(root, review, of(review, kim.id), "keep"));
    const before = done(await decide(kim, review, of(review, root.id), "keep"));
    const own = before.items.filter(({ decision }) => decision === null);
    assert.equal(before.status, own.length === 0 ? "closed" : "open");
    let last = before;
    for (const item of own) last = done(await decide(kim, review, item, "keep"));
    assert.equal(last.status, "closed");
    refused(await decide(kim, review, of(review, root.id), "revoke"), 409, "access_review_closed");
    const list = await runTurnpike(["access-reviews", "list", "--data", server.data]);
    assert.match(list.stdout, new RegExp(`^${review.id}  closed  2026-01-15T12:00:00Z`));
    const shown = await runTurnpike(["access-reviews", "show", review.id, "--data", server.data]);
    assert.match(shown.stdout, new RegExp(`operator  ${fin.id}  support  change  ${root.id}  looked at`));
    const { data } = done(await server.api.get("/api/admin/audit?action=access_review.decide"));
    assert.ok(data.some(({ row, reason, object }) => object === made.id && row.after.decision === "revoke" && reason === "looked at"));
  });
});

test("a person who is removed by a review has no session any more, and who went by another way is seen to have", async (t) => {
  const { server, root, kim, fin } = await house(t);
  const review = done(await root.post(REVIEWS), 201);
  done(await decide(root, review, of(review, fin.id), "revoke"));
  refused(await fin.get(REVIEWS), 401, "session_expired");
  done(await root.delete(`/api/admin/operators/${kim.id}`), 204);
  const gone = refused(await decide(root, review, of(review, kim.id), "keep"), 409, "access_review_changed");
  assert.match(gone.detail, /nothing/);
  const now = done(await decide(root, review, of(review, kim.id), "revoke"));
  assert.deepEqual([of(now, kim.id).held, of(now, kim.id).decision], ["", "revoke"]);
});

test("time opens a review, reminds of it, and marks what nobody decided", async (t) => {
  const { server, root, fin } = await house(t);
  await server.clock.advance("P3M");
  const { data } = done(await server.api.get(REVIEWS));
  assert.deepEqual(data.map(({ status, openedBy, openedAt }) => [status, openedBy, openedAt.slice(0, 10)]), [["open", null, "2026-04-15"]]);
  const mails = async () => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "access_review_due").length;
  assert.equal(await mails(), 0);
  await server.clock.advance("P7D");
  assert.equal(await mails(), 1);
  await server.clock.advance("P6D");
  assert.equal(await mails(), 2);
  const again = await signedInAgain(server, root, 2);
  const review = done(await again.get(`${REVIEWS}/${data[0].id}`));
  done(await decide(again, review, of(review, fin.id), "keep"));
  await server.clock.advance("P1D");
  assert.equal(await mails(), 3);
  const closed = done(await server.api.get(`${REVIEWS}/${review.id}`));
  assert.equal(closed.status, "closed");
  assert.deepEqual([...new Set(closed.items.map(({ decision }) => decision))].sort(), ["keep", "overdue"]);
  refused(await decide(await signedInAgain(server, root, 3), review, of(review, fin.id), "revoke"), 409, "access_review_closed");
  await server.clock.advance("P3M");
  assert.equal(done(await server.api.get(REVIEWS)).data.length, 2);
});

// Promise: what an auditor samples of a year is what happened in it: people who came and went, what two agreed to,
// money given back, backups and drills, alerts and who looked at them, comparisons with the provider.
import assert from "node:assert/strict";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { packOf } from "../harness/evidence.mjs";
import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { done, invoices, refused, startSelling, subscriber, usd } from "./support.mjs";

test("a year of an installation, as its auditor sees it", async (t) => {
  const server = await startSelling(t, (catalogue) => {
    catalogue.approvals = { refund: { when: "above", above: 1_000 } };
  }, { testClock: "2026-01-01T08:00:00Z" });
  const root = await firstOperator(server);
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1S");
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  const ids = Object.fromEntries(await Promise.all(Object.entries({ root, kim, lee }).map(async ([name, person]) => [name, (await person.look()).personId])));
  const [invoice] = await invoices(ada);

  // January: a refund that two agree to, and one that is more than was paid.
  const wanted = done(await kim.post("/api/admin/refunds", { userId: "ada", invoiceId: invoice.id, amount: usd(2_000) }, { idempotencyKey: "one" }), 202);
  done(await lee.post(`/api/admin/approvals/${wanted.id}/approve`, { reason: "ticket 118" }));
  await server.clock.advance("PT1S");
  refused(await lee.post("/api/admin/refunds", { userId: "ada", invoiceId: invoice.id, amount: usd(9_000) }, { idempotencyKey: "two" }), 409, "refund_too_large");

  // A backup beside the running server, a drill that is good, and one of a backup that is damaged.
  const folder = await mkdtemp(join(tmpdir(), "turnpike-backup-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const backup = join(folder, "backup");
  assert.equal((await runTurnpike(["backup", backup, "--data", server.data])).code, 0);
  const drill = await runTurnpike(["restore", backup, "--drill", "--data", server.data]);
  assert.deepEqual([drill.code, drill.stderr], [0, ""]);
  assert.match(drill.stdout, /can be restored/);
  await truncate(join(backup, "turnpike.db"), 8192);
  const bad = await runTurnpike(["restore", backup, "--drill", "--data", server.data]);
  assert.deepEqual([bad.code, /damaged/.test(bad.stderr)], [1, true]);
  assert.deepEqual(done(await server.api.get("/api/admin/backups")).data.map(({ kind, outcome }) => [kind, outcome === "good"]), [["drill", false], ["drill", true], ["backup", true]]);

  const elsewhere = done(await server.api.post("/api/admin/backups", { kind: "backup", takenAt: "2026-01-01T07:00:00Z", files: 1, bytes: 4096, outcome: "good" }), 201);
  assert.deepEqual([elsewhere.kind, elsewhere.takenAt, elsewhere.bytes], ["backup", "2026-01-01T07:00:00Z", 4096]);

  // Somebody leaves.
  done(await root.delete(`/api/admin/operators/${ids.lee}`), 204);
  refused(await lee.get("/api/admin/approvals"), 401, "session_expired");

  // The year goes by: reviews are opened by themselves, and nobody looks.
  for (let month = 0; month < 12; month += 1) await server.clock.advance("P1M");
  const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
  const alert = data.find(({ kind }) => kind === "access_review_due");
  const again = await signedInAgain(server, root, 2);
  done(await again.post(`/api/admin/alerts/${alert.id}/handle`, { note: "Told everybody" }), 204);
  refused(await again.post(`/api/admin/alerts/${alert.id}/handle`, { note: "Twice" }), 409, "alert_handled");
  refused(await again.post("/api/admin/alerts/mail_none/handle", { note: "None" }), 404, "alert_not_found");
  refused(await again.post(`/api/admin/alerts/${alert.id}/handle`, {}), 422, "invalid_fields", "note");
  refused(await again.post("/api/admin/backups", { kind: "guess" }), 422, "invalid_fields");
  refused(await server.api.get("/api/admin/backups?limit=0"), 422, "invalid_query", "limit");
  await server.clock.advance("PT1S");

  const { rows } = await packOf(server, t, { from: "2026-01-01T00:00:00Z", to: await server.clock.now() });
  const { rows: year } = await packOf(server, t, { from: "2026-06-01T00:00:00Z", to: "2026-07-01T00:00:00Z" });

  await t.test("people who came and went, and when their access ended", () => {
    const invited = rows.people_changes.filter(({ action }) => action === "operator.invite");
    assert.equal(invited.length, 2);
    const came = rows.people_changes.filter(({ action }) => action === "invitation.accept").map(({ object, after }) => [object, after.role]);
    assert.deepEqual(came.sort(), [[ids.kim, "finance"], [ids.lee, "finance"]].sort());
    const [ended] = rows.access_ended.filter(({ action }) => action === "operator.remove");
    assert.deepEqual([ended.object, ended.actor, ended.before.role], [ids.lee, ids.root, "finance"]);
    assert.ok(!rows.people.some(({ id }) => id === ids.lee));
  });

  await t.test("what two agreed to, with what it changed, and the money", () => {
    const first = rows.approvals.find(({ id }) => id === wanted.id);
    assert.deepEqual([first.action, first.status, first.requestedBy, first.decidedBy, first.decisionReason, first.amount], ["refund", "executed", ids.kim, ids.lee, "ticket 118", 2_000]);
    assert.deepEqual(first.after, { refunded: 2_000 });
    const asked = rows.money_given_back.filter(({ action }) => action === "refund.create");
    assert.equal(asked.filter(({ actor }) => actor === ids.kim).length, 1);
    assert.deepEqual(asked.filter(({ actor }) => actor === ids.lee).map(({ outcome }) => outcome).sort(), ["done", "refund_too_large"]); // the one agreed to, and their own
  });

  await t.test("each invoice of the year, computed once more", async () => {
    const all = await invoices(ada);
    assert.equal(rows.invoices.length, all.length);
    assert.ok(all.length >= 12, String(all.length));
    for (const { id, lines, linesComputed, linesAgreeing } of rows.invoices) assert.deepEqual([linesComputed, linesAgreeing], [lines, lines], id);
  });

  await t.test("backups, drills, reviews that nobody did, and the alert that somebody looked at", () => {
    assert.deepEqual(rows.backups.map(({ kind, outcome }) => [kind, outcome === "good"]), [["backup", true], ["drill", true], ["drill", false], ["backup", true]]);
    assert.ok(rows.access_reviews.some(({ decision }) => decision === "overdue"));
    assert.ok(rows.access_reviews.some(({ subject, held }) => subject === ids.kim && held === "finance"));
    const looked = rows.alerts.filter(({ handledBy }) => handledBy !== null);
    assert.deepEqual(looked.map(({ id, handledBy, note }) => [id, handledBy, note]), [[alert.id, ids.root, "Told everybody"]]);
    assert.ok(rows.alerts.length > looked.length);
  });

  await t.test("a month has what is of the month, and nothing else", () => {
    assert.deepEqual([year.backups, year.people_changes, year.money_given_back], [[], [], []]);
    assert.equal(year.invoices.length, rows.invoices.filter(({ createdAt }) => createdAt >= "2026-06" && createdAt < "2026-07").length);
    assert.equal(year.configuration.length, 1, "what was set up at its beginning");
    const inMonth = rows.audit_log.filter(({ at }) => at >= "2026-06-01" && at < "2026-07-01");
    assert.deepEqual(year.audit_log.map(({ id }) => id), inMonth.map(({ id }) => id));
  });
});

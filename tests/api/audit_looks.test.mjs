// Promise: the whole audit log is looked at once more as a job that says how far it is, can be cancelled, outlives a crash, names
// the rows that are not as they were written, and keeps the checkpoint of its moment.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const LOOKS = "/api/admin/audit/looks";
const NOBODY = `${LOOKS}/look_00000000000000000000000000`;

/** What somebody with the database in hand may do to it, triggers first. */
async function tamper(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  const drop = ["stay", "remain"].map((what) => `drop trigger if exists audit_rows_${what};`).join("");
  await server.stop();
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), drop + sql]);
  await server.start();
}

// Done, or ended otherwise: the clock answers when all is quiet.
async function ended(server, id) {
  await server.clock.advance("PT1S");
  return done(await server.api.get(`${LOOKS}/${id}`));
}

test("the whole log is looked at once more", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await subscriber(server, "ada");
  for (let at = 0; at < 120; at++) await newCustomer(server, `user_${at}`);
  await server.clock.advance("PT2H"); // a checkpoint is made within the hour
  const root = await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");
  const support = await operator(server, "sue", "support");

  await t.test("and is sound, with the checkpoint of that moment", async () => {
    for (const send of [() => auditor.post(LOOKS), () => auditor.post(`${NOBODY}/cancel`), () => support.get(LOOKS), () => support.get(NOBODY)]) refused(await send(), 403, "role_forbidden");
    const begun = done(await root.post(LOOKS), 201);
    assert.deepEqual([begun.status, begun.isSound, begun.rows, begun.finishedAt], ["running", null, 0, null]);
    const look = await ended(server, begun.id);
    assert.deepEqual([look.status, look.percent, look.isSound, look.faults, look.findings], ["done", 100, true, 0, []]);
    assert.ok(look.rows > 120 && look.signedRows > 100, `${look.signedRows} of ${look.rows}`);
    const [checkpoint] = done(await root.get("/api/admin/audit/checkpoints?limit=100")).data.filter(({ note }) => note === look.checkpoint);
    assert.ok(checkpoint && look.checkpointSize > 0);
    assert.equal(done(await auditor.get(LOOKS)).data[0].id, look.id);
    const job = done(await root.get("/api/admin/jobs")).data.find(({ id }) => id === look.id);
    assert.deepEqual([job.name, job.status], ["audit", "done"]);
  });

  await t.test("names what was changed, also when it goes on after the end of the program", async () => {
    await tamper(server, `update audit_rows set row = replace(row, '"outcome":"', '"outcome":"x') where user_id = 'user_7' and seq = 1;`);
    const begun = done(await server.api.post(LOOKS), 201);
    await server.kill();
    await server.start();
    const look = await ended(server, begun.id);
    assert.deepEqual([look.status, look.isSound, look.faults], ["done", false, 1]);
    assert.equal(look.findings[0].fault, "changed");
    assert.match(look.findings[0].id, /^audt_/);
  });

  await t.test("is cancelled, and refused where it is not there", async () => {
    // So many rows that it is not over before it is cancelled.
    for (let at = 0; at < 1500; at++) await newCustomer(server, `more_${at}`);
    const begun = done(await server.api.post(LOOKS), 201);
    const cancelled = done(await server.api.post(`${LOOKS}/${begun.id}/cancel`));
    assert.deepEqual([cancelled.status, cancelled.percent < 100], ["cancelled", true]);
    const { id } = done(await server.api.post(LOOKS), 201);
    refused(await server.api.post(LOOKS), 409, "audit_look_busy");
    assert.equal((await ended(server, id)).status, "done");
    await server.clock.advance("PT1S");
    refused(await server.api.post(`${LOOKS}/${begun.id}/cancel`), 409, "audit_look_over");
    refused(await server.api.post(`${NOBODY}/cancel`), 404, "audit_look_not_found");
    refused(await server.api.get(NOBODY), 404, "audit_look_not_found");
    refused(await server.api.get(`${LOOKS}?limit=0`), 422, "invalid_query");
    const stranger = server.api.withKey(await server.createKey("billing:read"));
    for (const send of [() => stranger.post(LOOKS), () => stranger.get(LOOKS), () => stranger.get(NOBODY), () => stranger.post(`${NOBODY}/cancel`)]) refused(await send(), 403, "scope_missing");
    const nobody = server.api.withKey(undefined);
    for (const send of [() => nobody.post(LOOKS), () => nobody.get(NOBODY)]) refused(await send(), 401, "key_missing");
  });
});

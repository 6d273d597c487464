// Promise: operators look at any part of the audit log once more where they read it: what was changed is named, row by row; and a row is
// proved to somebody who has nothing but the public key.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { done, refused, subscriber } from "./support.mjs";

const AUDIT = "/api/admin/audit";
const VERIFY = `${AUDIT}/verification`;

/** What somebody with the database in hand may do to it, triggers first. */
async function tamper(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  const drop = ["stay", "remain"].map((what) => `drop trigger if exists audit_rows_${what};`).join("");
  await server.stop();
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), drop + sql]);
  await server.start();
}

test("rows are looked at once more", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  await server.api.createCustomer("eve");
  const { key } = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201);
  const verify = async (query = "") => done(await server.api.get(`${VERIFY}${query}`));
  const rowsOf = async (query) => done(await server.api.get(`${AUDIT}?limit=100&${query}`)).data;

  await t.test("what is as it was written is sound; a checkpoint covers it within the hour", async () => {
    const ada = await rowsOf("userId=ada");
    const before = await verify("?userId=ada");
    assert.deepEqual(before, { rows: ada.length + 1, signedRows: 0, isSound: true, data: [], nextCursor: null }, "that somebody looked is a row of theirs");
    await server.clock.advance("PT1H");
    const after = await verify("?userId=ada&to=2026-01-15T12:30:00Z");
    assert.deepEqual([after.rows, after.signedRows, after.isSound], [ada.length + 1, ada.length + 1, true]);
    const all = await verify();
    assert.ok(all.rows > ada.length && all.isSound, "all chains, the operators' among them");
  });

  await t.test("it goes by the filters of the list, and from page to page", async () => {
    const { rows } = await verify("?userId=ada&action=subscription.subscribe");
    assert.equal(rows, 1);
    assert.equal((await verify("?from=2030-01-01T00:00:00Z")).rows, 0);
    const list = await rowsOf("userId=ada");
    assert.equal((await verify(`?userId=ada&cursor=${list[1].id}`)).rows, list.length - 2);
  });

  await t.test("a row is proved to whoever has the public key", async () => {
    const [bought] = await rowsOf("userId=ada&action=subscription.subscribe");
    const answer = await server.api.get(`${AUDIT}/${bought.id}/proof`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers["content-disposition"], new RegExp(`proof-${bought.id}\\.json`));
    const folder = await makeDataFolder();
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "proof.json");
    const { publicKeys: [publicKey], data: [newest] } = done(await server.api.get(`${AUDIT}/checkpoints`));
    assert.equal(newest.witness, "none", "it goes nowhere: no sink is set");
    const check = async (text) => {
      await writeFile(file, text);
      return runTurnpike(["audit", "verify", "--proof", file, "--public-key", publicKey]);
    };
    const good = await check(answer.text);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /The row is in what was signed/);
    assert.notEqual((await check(answer.text.replace("starter", "startez"))).code, 0);
  });

  await t.test("refusals", async () => {
    const newest = (await rowsOf("")).filter(({ chain }) => chain === "").sort((a, b) => b.seq - a.seq)[0];
    refused(await server.api.get(`${AUDIT}/${newest.id}/proof`), 409, "audit_row_unsigned");
    refused(await server.api.get(`${AUDIT}/audt_00000000000000000000000000/proof`), 404, "audit_row_not_found");
    refused(await server.api.get(`${AUDIT}/bevt_00000000000000000000000000/proof`), 404, "audit_row_not_found");
    refused(await server.api.withKey(key).get(`${AUDIT}/${newest.id}/proof`), 403, "scope_missing");
    refused(await server.api.get(`${VERIFY}?cursor=nonsense`), 422, "invalid_query", "cursor");
    refused(await server.api.get(`${VERIFY}?from=yesterday`), 422, "invalid_query", "from");
    refused(await server.api.withKey(key).get(VERIFY), 403, "scope_missing");
    refused(await server.api.withKey(undefined).get(VERIFY), 401, "key_missing");
  });

  await t.test("who looked stands in the log itself", async () => {
    for (const action of ["audit.verify", "audit.prove"]) assert.ok((await rowsOf(`action=${action}`)).length > 0, action);
  });

  const cases = {
    "a byte flipped": ["update audit_rows set row = replace(row, 'starter', 'startez') where user_id = 'ada' and action = 'subscription.subscribe'", "changed"],
    "what it is found by changed": ["update audit_rows set actor = 'somebody' where user_id = 'ada' and seq = 2", "indexed"],
    "a row deleted": ["delete from audit_rows where user_id = 'ada' and seq = 4", "missing"],
  };
  const found = [];
  for (const [what, [sql, fault]] of Object.entries(cases)) {
    await t.test(what, async () => {
      await tamper(server, sql);
      found.push(fault);
      const { isSound, data } = await verify("?userId=ada");
      assert.equal(isSound, false);
      assert.deepEqual(data.map((one) => one.fault).filter((one) => one !== "broken").sort(), [...found].sort(), JSON.stringify(data));
      assert.ok(data.every(({ chain, id, what: words }) => chain === "ada" && /^audt_/.test(id) && words.length > 20));
      assert.equal((await verify("?userId=eve")).isSound, true, "the other chains are as they were");
    });
  }
});

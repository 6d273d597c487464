// Promise: why an operator did something can be read in the audit log, and stands nowhere in words: it is sealed
// under the customer's key, survives a new one, and goes with the customer, while every row still verifies.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { packOf } from "../harness/evidence.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer } from "./support.mjs";

const WORDS = "Wilhelmina of Unmistakable Lane rang at noon";
const AGAIN = "Ethelred wrote \"once more\" = café ☕";
const LEAVING = "A letter of Plantagenet's solicitor";

const rowsOf = async (api, query) => done(await api.get(`/api/admin/audit?limit=100${query}`)).data;
const leafOf = (row) => createHash("sha256").update(Buffer.from([0])).update(row).digest("hex");

async function written(server) {
  const names = (await readdir(server.data)).filter((name) => !/\.(sock|key)$|^sandbox\./.test(name));
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(server.data, name))]));
  return [...files, ["the log", Buffer.from(server.stderr)]];
}

// The database as it would be found: words in whatever encoding SQLite keeps text in, which is UTF-8.
async function assertNowhere(server) {
  for (const [name, bytes] of await written(server)) {
    for (const words of [WORDS, AGAIN, LEAVING, AGAIN.slice(0, 14)]) assert.ok(!bytes.includes(words), `${words} in ${name}`);
  }
}

const verified = async (server) => {
  const { code, stdout, stderr } = await runTurnpike(["audit", "verify", "--data", server.data]);
  assert.equal(code, 0, stdout + stderr);
};

test("an operator's reason", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await newCustomer(server, "ada");
  const root = await firstOperator(server);
  done(await root.post("/api/admin/impersonations", { userId: "ada", reason: WORDS }), 201);
  done(await root.post("/api/admin/impersonations", { userId: "ada", reason: AGAIN }), 201);
  const looked = (rows) => rows.filter(({ action }) => action === "impersonation.create");

  await t.test("is read in words, and the row has its keyed hash alone", async () => {
    const rows = looked(await rowsOf(server.api, "&userId=ada"));
    assert.deepEqual(rows.map(({ reason }) => reason), [AGAIN, WORDS]);
    for (const { row } of rows) assert.match(row.reason, /^h:[0-9a-f]{32}$/);
    assert.deepEqual(rows.map(({ row }) => row.v), [2, 2]);
    const own = done(await server.api.as("ada").get("/api/billing/audit")).data;
    assert.deepEqual(looked(own).map(({ reason }) => reason), [AGAIN, WORDS], "they see why they were looked at");
    assert.ok(own.some(({ reason }) => reason === null), "where nobody said why there is none");
    await assertNowhere(server);
    await verified(server);
  });

  await t.test("is in files of the log, whose rows are as they were hashed, byte for byte", async () => {
    const { text } = await server.api.get("/api/admin/audit/export");
    const lines = text.trim().split("\n");
    for (const line of lines) assert.equal(leafOf(line.slice(line.indexOf('"row":') + 6, -1)), JSON.parse(line).leaf);
    assert.deepEqual(lines.map((line) => JSON.parse(line).reason).filter((reason) => reason !== null), [WORDS, AGAIN]);
    const { text: csv } = await server.api.get("/api/admin/audit/export?format=csv");
    assert.match(csv.split("\r\n")[0], /"hash","reason"$/);
    assert.ok(csv.includes(`"${WORDS}"\r\n`));
    const { code, stdout } = await runTurnpike(["audit", "export", "--data", server.data]);
    assert.deepEqual([code, stdout.includes("Wilhelmina")], [0, false], "without the key there are no words");
  });

  await t.test("is in packs of evidence, and in the customer's own file", async () => {
    await server.clock.advance("PT1S");
    const { rows } = await packOf(server, t, { from: "2026-01-01T00:00:00Z", to: await server.clock.now() });
    assert.deepEqual(rows.impersonations.map(({ reason }) => reason).sort(), [AGAIN, WORDS].sort());
    assert.ok(rows.audit_log.every(({ row }) => !JSON.stringify(row).includes("Wilhelmina")));
  });

  await t.test("is read under a new key as well", async () => {
    done(await server.api.post("/api/admin/keyring/rotations", { what: "data" }), 201);
    for (;;) {
      const { walk } = done(await server.api.get("/api/admin/keyring"));
      if (walk?.status !== "running") break;
      await new Promise((fulfil) => setImmediate(fulfil));
    }
    assert.deepEqual(looked(await rowsOf(server.api, "&userId=ada")).map(({ reason }) => reason), [AGAIN, WORDS]);
    await server.clock.advance("P40D"); // the earlier keys have gone
    assert.deepEqual(looked(await rowsOf(server.api, "&userId=ada")).map(({ reason }) => reason), [AGAIN, WORDS]);
    await assertNowhere(server);
  });

  await t.test("goes with the customer: no words are left, and the rows verify", async () => {
    const before = await rowsOf(server.api, "&userId=ada");
    const { id } = done(await server.api.post("/api/admin/customers/ada/erasure", { reason: LEAVING }), 202);
    const { data: [approval] } = done(await server.api.get("/api/admin/approvals?status=pending"));
    const lee = await operator(server, "lee", "admin");
    done(await lee.post(`/api/admin/approvals/${approval.id}/approve`, { reason: "as asked" }));
    const { certificate } = done(await server.api.get(`/api/admin/privacy-requests/${id}`));
    assert.ok(certificate.destroyed.reasons >= 3, JSON.stringify(certificate.destroyed));
    const after = await rowsOf(server.api, "&userId=ada");
    for (const { id: row, leaf, hash } of before) {
      const same = after.find((one) => one.id === row);
      assert.deepEqual([same.leaf, same.hash, same.reason], [leaf, hash, null]);
    }
    await verified(server);
    await assertNowhere(server);
  });
});

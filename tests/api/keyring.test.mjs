// Promise: keys are replaced by newer ones while customers come and are read, without one refusal; what
// was sealed under the old ones is sealed under the new, and the old key from outside is not needed any more.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { firstOperator, operator } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const KEYRING = "/api/admin/keyring";
const ROTATIONS = "/api/admin/keyring/rotations";
const [FIRST, SECOND, THIRD] = ["11", "22", "33"].map((pair) => pair.repeat(32));

async function keyFile(t, ...keys) {
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "key");
  await writeFile(path, keys.join("\n"), { mode: 0o600 });
  return path;
}

// Until the walk that is under way has ended.
async function walked(server) {
  for (;;) {
    const keyring = done(await server.api.get(KEYRING));
    if (keyring.walk?.status !== "running") return keyring;
    await new Promise((fulfil) => setImmediate(fulfil));
  }
}

const personOf = (userId) => ({ name: `Name of ${userId}`, email: `${userId}@example.com` });

async function assertReads(server, userId) {
  const { name, email } = done(await server.api.as(userId).get("/api/billing/details"));
  assert.deepEqual({ name, email }, personOf(userId));
}

// Makes customers and reads them, one after the other, until it is told to stop; all of it must succeed.
function load(server, prefix) {
  let stops = false;
  const made = [];
  const run = (async () => {
    while (!stops) {
      const userId = `${prefix}-${made.length}`;
      done(await server.api.post("/api/customers", { userId, ...personOf(userId) }), 201);
      made.push(userId);
      await assertReads(server, userId);
      await assertReads(server, made[Math.floor(made.length / 2)]);
    }
  })();
  return { made, stop: () => ((stops = true), run) };
}

// One value of the database, as it lies there.
async function sql(data, statement, parameter) {
  const script = "import sqlite3,sys; d = sqlite3.connect(sys.argv[1]); r = d.execute(sys.argv[2], [sys.argv[3]]).fetchone(); d.commit(); print(r[0] if r else '', end='')";
  return (await promisify(execFile)("python3", ["-c", script, join(data, "turnpike.db"), statement, parameter])).stdout;
}

async function rawFiles(data) {
  const names = (await readdir(data)).filter((name) => name.startsWith("turnpike.db"));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(data, name)))));
}

test("both kinds of rotation under load: not one refusal, and all reads as before", async (t) => {
  const server = await startServer(t);
  const before = done(await server.api.get(KEYRING));
  assert.deepEqual([before.source, before.keys.length, before.generation, before.walk], ["data_folder", 1, 1, null]);
  const early = load(server, "early");
  while (early.made.length < 150) await new Promise((fulfil) => setImmediate(fulfil));
  await early.stop();

  const loads = ["a", "b", "c"].map((prefix) => load(server, prefix));
  const kek = done(await server.api.post(ROTATIONS, { what: "key" }), 201);
  assert.equal(kek.walk.kind, "rewrap");
  const wrapped = await walked(server);
  assert.deepEqual([wrapped.walk.status, wrapped.keys.length], ["done", 1]);
  assert.notEqual(wrapped.keys[0], before.keys[0]);
  const data = done(await server.api.post(ROTATIONS, { what: "data" }), 201);
  assert.deepEqual([data.walk.kind, data.generation], ["seal", 2]);
  const sealed = await walked(server);
  assert.ok(sealed.walk.customers >= 150 && sealed.walk.written >= 300, JSON.stringify(sealed.walk));
  await Promise.all(loads.map(({ stop }) => stop()));

  const everybody = [early, ...loads].flatMap(({ made }) => made);
  for (const userId of everybody) await assertReads(server, userId);
  assert.match(await readFile(join(server.data, "turnpike.key"), "utf8"), /^[0-9a-f]{64}\n$/);
  await server.restart();
  for (const userId of everybody) await assertReads(server, userId);
  assert.deepEqual(done(await server.api.get(KEYRING)).keys, sealed.keys);
});

test("what operators have written is sealed anew, and what lay there plain is sealed", async (t) => {
  const server = await startServer(t);
  const root = await firstOperator(server);
  await operator(server, "kim", "finance");
  const review = done(await root.post("/api/admin/access-reviews"), 201);
  const { id: itemId } = review.items.find(({ held }) => held === "finance");
  done(await root.post(`/api/admin/access-reviews/${review.id}/decisions`, { itemId, decision: "keep", reason: "back from leave" }));
  await server.api.createCustomer("ada");
  done(await server.api.as("ada").post("/api/billing/contract-requests", { message: "more of it" }), 201);
  const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
  const { id: mailId } = data.find(({ kind }) => kind === "contract_requested");
  done(await root.post(`/api/admin/alerts/${mailId}/handle`, { note: "called back" }), 204);

  const rows = [["access_review_items", "reason", "id", itemId], ["alert_handlings", "note", "mail_id", mailId]];
  const lies = () => Promise.all(rows.map(([table, column, key, id]) => sql(server.data, `select ${column} from ${table} where ${key} = ?`, id)));
  const begin = (texts) => texts.map((text) => text.slice(0, 5));
  assert.deepEqual(begin(await lies()), ["s1:1:", "s1:1:"]);
  await server.stop(); // as a release wrote it that did not seal it
  await sql(server.data, "update alert_handlings set note = 'called back' where mail_id = ?", mailId);
  await server.start();
  assert.deepEqual(begin(await lies()), ["s1:1:", "calle"]);
  done(await server.api.post(ROTATIONS, { what: "data" }), 201);
  assert.equal((await walked(server)).walk.status, "done");
  assert.deepEqual(begin(await lies()), ["s1:2:", "s1:2:"]);
  const { items } = done(await server.api.get(`/api/admin/access-reviews/${review.id}`));
  assert.equal(items.find(({ id }) => id === itemId).reason, "back from leave");
});

test("a key from a file: the newer one in front, the old one behind it until the walk has ended", async (t) => {
  const file = await keyFile(t, FIRST);
  const server = await startServer(t, { env: { TURNPIKE_KEY_FILE: file } });
  await server.api.createCustomer("ada", personOf("ada"));
  const rotate = () => server.api.post(ROTATIONS, { what: "key" });
  refused(await rotate(), 409, "key_unchanged");
  await writeFile(file, SECOND);
  refused(await rotate(), 409, "earlier_key_missing");
  await writeFile(file, "no key");
  refused(await rotate(), 409, "key_source_failed");
  assert.match(server.stderr, /error keyring\.not_read err=format detail="[^"]*holds a line that is no key/);
  await chmod(file, 0o644);
  refused(await rotate(), 409, "key_source_failed");
  await chmod(file, 0o600);
  refused(await server.api.post(ROTATIONS, {}), 422, "invalid_fields", "what");
  refused(await server.api.post(ROTATIONS, { what: "everything" }), 422, "invalid_fields", "what");
  refused(await server.api.withKey("tp_test_no").post(ROTATIONS, { what: "key" }), 401, "key_invalid");
  refused(await server.api.withKey("tp_test_no").get(KEYRING), 401, "key_invalid");

  await writeFile(file, `${SECOND}\n${FIRST}\n`);
  const begun = done(await rotate(), 201);
  assert.deepEqual([begun.source, begun.keys.length], ["file", 2]);
  await walked(server);
  await server.stop();
  await writeFile(file, FIRST);
  const old = await runTurnpike(["serve", "--data", server.data, "--test-clock", "--listen", "127.0.0.1:0", "--key-file", file]);
  assert.match(old.stderr, /Give the right one/);
  await writeFile(file, SECOND);
  await server.start();
  await assertReads(server, "ada");
});

test("a walk that a crash cuts short goes on, and no other begins meanwhile", async (t) => {
  const file = await keyFile(t, FIRST);
  const server = await startServer(t, { env: { TURNPIKE_KEY_FILE: file } });
  const userIds = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  for (const userId of userIds) await server.api.createCustomer(userId, personOf(userId));
  await writeFile(file, `${THIRD}\n${FIRST}\n`);
  const [one, other] = await Promise.all([server.api.post(ROTATIONS, { what: "data" }), server.api.post(ROTATIONS, { what: "data" })]);
  assert.deepEqual([one.status, other.status].sort(), [201, 409]);
  refused(one.status === 409 ? one : other, 409, "key_walk_running");
  await server.kill();
  await server.start();
  const { walk, generation } = await walked(server);
  assert.deepEqual([walk.kind, walk.status, walk.customers, generation], ["seal", "done", 200, 2]);
  for (const userId of userIds) await assertReads(server, userId);
});

test("the command shows the keys, rotates, and follows the walk to its end", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada", personOf("ada"));
  const run = (...args) => runTurnpike(["keyring", ...args, "--data", server.data]);
  const status = await run("status");
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /^source +data_folder\nkey +[0-9a-f]{16}\ngeneration +1\n$/);
  const rotated = await run("rotate");
  assert.equal(rotated.code, 0, rotated.stderr);
  assert.match(rotated.stdout, /last walk +rewrap done: 0 customers, [1-9]\d* written\n$/);
  const renewed = await run("rotate", "--data-keys", "--json");
  assert.equal(renewed.code, 0, renewed.stderr);
  const { generation, walk } = JSON.parse(renewed.stdout);
  assert.deepEqual([generation, walk.status, walk.customers], [2, "done", 1]);
  assert.equal((await rawFiles(server.data)).includes("Name of ada"), false);
  assert.equal((await run("rotate", "--everything")).code, 2);
  assert.equal((await runTurnpike(["keyring", "status", "--data", `${server.data}-none`])).code, 1);
});

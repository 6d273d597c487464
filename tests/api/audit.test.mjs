// Promise: whatever is changed or refused leaves a row; nobody can change, take out, put in, move or cut
// off rows without that being found, and where; checkpoints leave the machine.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { cp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { customerWithCard, done, refused, subscriber } from "./support.mjs";

const AUDIT = "/api/admin/audit";

async function run(...args) {
  const result = await runTurnpike(args);
  return { ...result, get json() { return JSON.parse(result.stdout); } };
}

test("who did what, and what came of it", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  const { id, key } = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201);

  await t.test("a change has a row in its customer's chain, with who asked for it and for what", async () => {
    const { data } = done(await server.api.get(`${AUDIT}?userId=ada&action=subscription.subscribe`));
    assert.equal(data.length, 1);
    const [row] = data;
    assert.equal(row.chain, "ada");
    assert.equal(row.actorKind, "key");
    assert.match(row.actor, /^apik_/);
    assert.deepEqual(row.row.asked, { interval: "month", tier: "starter" });
    assert.equal(row.origin.address, "127.0.0.1");
    const started = done(await server.api.get(`${AUDIT}?userId=ada&action=subscription.started`)).data[0];
    assert.equal(started.actorKind, "system");
    assert.equal(started.row.before.tier, "free");
    assert.equal(started.row.after.tier, "starter");
    const ended = done(await server.api.get(`${AUDIT}?userId=ada&action=operation.ended`)).data[0];
    assert.equal(ended.object, row.object, "the operation that was begun");
  });

  await t.test("no personal data stands in a row; what is the same is seen to be", async () => {
    await server.api.createCustomer("eve", { email: "ada@example.com", name: "Eve of Example" });
    const { text } = await server.api.get(`${AUDIT}?limit=100`);
    const { data } = JSON.parse(text);
    for (const { row } of data) assert.doesNotMatch(JSON.stringify(row), /example\.com|Eve of|127\.0\.0\.1/);
    const [eve] = data.filter(({ action, chain }) => action === "customer.create" && chain === "eve");
    const [first] = done(await server.api.get(`${AUDIT}?userId=ada&action=customer.create`)).data;
    assert.equal(eve.row.asked.email, first.row.asked.email);
    assert.notEqual(eve.row.asked.name, first.row.asked.name);
  });

  await t.test("what is refused leaves a row, and so does what an operator looks at", async () => {
    refused(await server.api.withKey(key).get("/api/admin/webhooks"), 403, "scope_missing");
    const [denied] = done(await server.api.get(`${AUDIT}?actor=${id}`)).data;
    assert.equal(denied.action, "request.refused");
    assert.equal(denied.object, "GET /api/admin/webhooks");
    assert.equal(denied.outcome, "scope_missing");
    refused(await server.api.as("nobody").post("/api/billing/cancel", {}), 404, "customer_not_found");
    const [unknown] = done(await server.api.get(`${AUDIT}?action=subscription.cancel`)).data;
    assert.equal(unknown.chain, "", "a stranger gets no chain");
    assert.equal(unknown.row.customer, "nobody");
    assert.equal(unknown.outcome, "customer_not_found");
    done(await server.api.get("/api/admin/outbox"));
    assert.equal(done(await server.api.get(`${AUDIT}?action=mail.list`)).data.length, 1);
  });

  await t.test("usage leaves none: the journal is its evidence", async () => {
    // Who looks into a customer's chain is told of there.
    const count = async () => done(await server.api.get(`${AUDIT}?userId=eve&limit=100`)).data.filter(({ action }) => action !== "audit.list").length;
    const before = await count();
    done(await server.api.post("/api/usage/take", { userId: "eve", metric: "api_requests", amount: 1 }));
    done(await server.api.post("/api/usage/check", { userId: "eve", metric: "api_requests", amount: 1 }));
    assert.equal(await count(), before);
  });

  await t.test("pages, filters and bounds", async () => {
    const seen = [];
    let cursor = "";
    do {
      const page = done(await server.api.get(`${AUDIT}?userId=ada&limit=3${cursor && `&cursor=${cursor}`}`));
      seen.push(...page.data.map(({ seq }) => seq));
      cursor = page.nextCursor ?? "";
    } while (cursor);
    assert.deepEqual(seen, seen.map((_, i) => seen.length - i), "every row once, the newest first");
    const now = "2026-01-15T12:00:00Z";
    assert.equal(done(await server.api.get(`${AUDIT}?to=${now}&userId=ada`)).data.length, 0);
    assert.ok(done(await server.api.get(`${AUDIT}?from=${now}&userId=ada`)).data.length > 0);
    refused(await server.api.get(`${AUDIT}?cursor=nonsense`), 422, "invalid_query", "cursor");
    refused(await server.api.get(`${AUDIT}?from=yesterday`), 422, "invalid_query", "from");
    refused(await server.api.withKey(key).get(AUDIT), 403, "scope_missing");
    refused(await server.api.withKey(undefined).get(AUDIT), 401, "key_missing");
  });

  await t.test("a customer reads their own chain, without where requests came from", async () => {
    const { data } = done(await ada.get("/api/billing/audit?limit=100"));
    assert.ok(data.length > 3 && data.every(({ chain, origin }) => chain === "ada" && origin === undefined));
    refused(await server.api.as("nobody").get("/api/billing/audit"), 404, "customer_not_found");
    refused(await ada.get("/api/billing/audit?cursor=nonsense"), 422, "invalid_query", "cursor");
    refused(await ada.withKey(undefined).get("/api/billing/audit"), 401, "key_missing");
  });

  await t.test("each row is hashed as the guide says, into a chain", async () => {
    const { data } = done(await ada.get("/api/billing/audit?limit=100"));
    const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
    let chain = Buffer.alloc(32);
    const { text } = await server.api.get(`${AUDIT}/export`);
    const lines = text.trimEnd().split("\n").filter((line) => JSON.parse(line).row.chain === "ada");
    assert.equal(lines.length, data.length);
    for (const line of lines) {
      const { hash, leaf } = JSON.parse(line);
      const row = Buffer.from(line.slice(line.indexOf('"row":') + 6, -1));
      assert.equal(sha(Buffer.from([0]), row).toString("hex"), leaf);
      chain = sha(Buffer.from([2]), chain, Buffer.from(leaf, "hex"));
      assert.equal(chain.toString("hex"), hash);
    }
  });
});

test("export, in parts, as lines of JSON and as cells that no spreadsheet computes", async (t) => {
  const server = await startServer(t);
  const { key } = done(await server.api.post("/api/keys", { name: "=1+1", scopes: ["billing:read"] }), 201);
  await subscriber(server, "ada");
  const parts = [];
  let cursor;
  do {
    const part = await server.api.get(`${AUDIT}/export?limit=4${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    done(part);
    parts.push(...part.text.trimEnd().split("\n"));
    cursor = part.headers["turnpike-next-cursor"];
  } while (cursor);
  const rows = parts.map((line) => JSON.parse(line).row);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  assert.ok(rows.some(({ chain }) => chain === "ada") && rows.some(({ chain }) => chain === ""));
  const suppression = await server.api.delete(`/api/keys/${encodeURIComponent("=cmd|' /C calc'!A0")}`);
  refused(suppression, 404, "key_not_found");
  const csv = await server.api.get(`${AUDIT}/export?format=csv`);
  assert.match(csv.headers["content-type"], /^text\/csv/);
  assert.match(csv.text, /^"chain","seq","at"/);
  assert.match(csv.text, /,"'=cmd\|' \/C calc'!A0",/, "a formula is text");
  refused(await server.api.get(`${AUDIT}/export?format=xml`), 422, "invalid_query", "format");
  refused(await server.api.get(`${AUDIT}/export?cursor=ada`), 422, "invalid_query", "cursor");
  refused(await server.api.withKey(key).get(`${AUDIT}/export`), 403, "scope_missing");
});

// What somebody with the database in hand may do to it, triggers first.
async function tamper(server, sql) {
  const drop = ["rows", "heads", "checkpoints"].flatMap((name) => ["stay", "remain"].map((what) => `drop trigger if exists audit_${name}_${what};`));
  const script = `
import sqlite3,sys,hashlib
c=sqlite3.connect(sys.argv[1])
c.create_function("sha_leaf",1,lambda t: hashlib.sha256(b"\\0"+t.encode()).hexdigest())
c.create_function("sha_chain",2,lambda a,b: hashlib.sha256(b"\\2"+bytes.fromhex(a)+bytes.fromhex(b)).hexdigest())
c.executescript(sys.argv[2]); c.commit()`;
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), `${drop.join("")}${sql}`]);
}

test("whatever is done to the rows is found, and where", async (t) => {
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const sink = join(folder, "checkpoints");
  const server = await startServer(t, { args: ["--audit-sink", `file:${sink}`] });
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1H");
  done(await ada.post("/api/billing/cancel", {}));
  await server.clock.advance("PT1H");
  done(await ada.put("/api/billing/subscription", { resume: true }));
  const { seq: bought } = done(await server.api.get(`${AUDIT}?userId=ada&action=subscription.subscribe`)).data[0];
  const last = done(await server.api.get(`${AUDIT}?userId=ada&limit=1`)).data[0];
  await server.stop();
  const pristine = `${server.data}-pristine`;
  t.after(() => rm(pristine, { recursive: true, force: true }));
  await cp(server.data, pristine, { recursive: true });
  const notes = (await readFile(sink, "utf8")).match(/^turnpike\/\S+\n\d+\n\S+\n\n— .*\n/gm);

  const verifyIn = (data, ...more) => run("audit", "verify", "--data", data, "--checkpoint", sink, "--json", ...more);
  const sound = await verifyIn(server.data);
  assert.equal(sound.code, 0, sound.stdout + sound.stderr);
  assert.ok(sound.json.sound && sound.json.kept >= 2 && sound.json.unsignedRows > 0);

  // What is found first, after each.
  const cases = {
    "a byte flipped": ["update audit_rows set row = replace(row, 'starter', 'startez') where user_id = 'ada' and action = 'subscription.subscribe'", "row", "ada", bought, "changed"],
    "a byte flipped, and its leaf made to fit": ["update audit_rows set row = replace(row, 'starter', 'startez') where user_id = 'ada' and action = 'subscription.subscribe'; update audit_rows set leaf = sha_leaf(row)", "row", "ada", bought, "broken"],
    "a row deleted": ["delete from audit_rows where user_id = 'ada' and seq = 4", "row", "ada", 4, "missing"],
    "a row deleted, and the others numbered anew": ["delete from audit_rows where user_id = 'ada' and seq = 4; update audit_rows set seq = seq - 1 where user_id = 'ada' and seq > 4", "row", "ada", 4, "moved"],
    "two rows swapped": ["update audit_rows set seq = -1 where user_id = 'ada' and seq = 2; update audit_rows set seq = 2 where user_id = 'ada' and seq = 3; update audit_rows set seq = 3 where user_id = 'ada' and seq = -1", "row", "ada", 2, "moved"],
    "a row put in": ["update audit_rows set seq = -seq where user_id = 'ada' and seq >= 3; update audit_rows set seq = 1 - seq where user_id = 'ada' and seq < 0; insert into audit_rows select user_id, 3, 'audt_forged', at, actor, action, object, row, leaf, chain from audit_rows where user_id = 'ada' and seq = 2", "row", "ada", 3, "moved"],
    "a row moved to another chain": ["update audit_rows set user_id = 'eve' where user_id = 'ada' and seq = 1", "row", "ada", 1, "missing"],
    "what it is found by changed": ["update audit_rows set actor = 'somebody' where user_id = 'ada' and seq = 2", "row", "ada", 2, "indexed"],
    "the operators' first row deleted": ["delete from audit_rows where user_id = '' and seq = 1", "row", "", 1, "missing"],
    "the end of a chain cut off": ["delete from audit_rows where user_id = 'ada' and seq > 3", "row", "ada", 4, "cut"],
    "a whole chain gone": ["delete from audit_rows where user_id = 'ada'", "row", "ada", 1, "cut"],
    "the end cut off, and what the log was told of it": [
      "delete from audit_rows where user_id = 'ada' and seq > 3; delete from audit_heads where position >= 2; delete from audit_checkpoints where size > 2",
      "kept checkpoint", undefined, undefined, "cut"],
    "a checkpoint's note changed": ["update audit_checkpoints set note = replace(note, 'turnpike', 'turnpikf')", "checkpoint", undefined, undefined, "changed"],
    "a head changed": ["update audit_heads set root = replace(root, substr(root, 1, 1), 'x') where position = 0", "row", "", undefined, "forked"],
  };
  for (const [what, [sql, place, chain, number, fault]] of Object.entries(cases)) {
    await t.test(what, async () => {
      await rm(server.data, { recursive: true });
      await cp(pristine, server.data, { recursive: true });
      await tamper(server, sql);
      const found = await verifyIn(server.data);
      assert.equal(found.code, 1, found.stdout + found.stderr);
      const first = found.json.findings.find((one) => one.place === place && one.fault === fault);
      assert.ok(first, found.stdout);
      if (chain !== undefined) assert.equal(first.chain, chain, found.stdout);
      if (number !== undefined) assert.equal(first.number, number, found.stdout);
    });
  }

  await t.test("all written anew, every hash made to fit: only what was kept elsewhere knows better", async () => {
    await rm(server.data, { recursive: true });
    await cp(pristine, server.data, { recursive: true });
    await tamper(server, "update audit_rows set row = replace(row, 'starter', 'startez') where user_id = 'ada'; delete from audit_heads; delete from audit_checkpoints; delete from audit_pending");
    const script = `
import sqlite3,sys,hashlib
c=sqlite3.connect(sys.argv[1]); chain={}
for u,s,r in c.execute("select user_id,seq,row from audit_rows order by user_id,seq").fetchall():
  leaf=hashlib.sha256(b"\\0"+r.encode()).digest(); chain[u]=hashlib.sha256(b"\\2"+chain.get(u,bytes(32))+leaf).digest()
  c.execute("update audit_rows set leaf=?,chain=? where user_id=? and seq=?",(leaf.hex(),chain[u].hex(),u,s))
for u in chain: c.execute("insert into audit_pending values (?,1)",(u,))
c.commit()`;
    await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db")]);
    await server.start();
    await server.clock.advance("PT2H");
    await subscriber(server, "bob");
    await server.clock.advance("PT2H");
    await subscriber(server, "joe");
    await server.clock.advance("PT2H");
    await server.stop();
    const alone = await run("audit", "verify", "--data", server.data, "--json");
    assert.equal(alone.code, 0, `by itself it is a whole history: ${alone.stdout}`);
    const kept = `${sink}-kept`;
    await writeFile(kept, (await readFile(sink, "utf8")).split(/(?<=\n\n— .*\n)/)[0]);
    const found = await verifyIn(server.data);
    assert.equal(found.code, 1);
    assert.ok(found.json.findings.some((one) => one.place === "kept checkpoint" && one.fault === "forked"), found.stdout);
    const proof = await run("audit", "consistency", "--checkpoint", kept, "--data", server.data);
    assert.equal(proof.code, 1, "what was written anew is proved by nobody");
    assert.match(proof.stderr, /Something else was signed than what is there/);
  });

  await t.test("whoever kept a checkpoint is shown that nothing before it was changed since", async () => {
    const [key] = (await run("audit", "keys", "--data", pristine)).stdout.trim().split("\n");
    const file = join(folder, "consistency.json");
    const kept = join(folder, "kept.txt");
    const check = async (text, publicKey = key) => {
      await writeFile(file, text);
      return run("audit", "verify", "--proof", file, "--public-key", publicKey);
    };
    console.log(JSON.stringify(notes)); assert.ok(notes.length > 1);
    for (const note of notes) {
      await writeFile(kept, note);
      const proof = await run("audit", "consistency", "--checkpoint", kept, "--data", pristine);
      assert.equal(proof.code, 0, proof.stderr);
      assert.equal((await check(proof.stdout)).stdout, "What was signed earlier is the beginning of what was signed later.\n");
      if (proof.json.path.length > 0) {
        const path = [proof.json.path[0].replace(/^./, (digit) => (digit === "0" ? "1" : "0")), ...proof.json.path.slice(1)];
        assert.match((await check(JSON.stringify({ ...proof.json, path }))).stderr, /not the beginning of the newer one/);
      }
      assert.match((await check(JSON.stringify({ ...proof.json, newer: proof.json.newer.replace(/^(.*\n)\d+/, "$199") }))).stderr, /signed by no key that counts/);
    }
    await writeFile(kept, "nobody\n1\nAAAA\n");
    assert.match((await run("audit", "consistency", "--checkpoint", kept, "--data", pristine)).stderr, /no checkpoint that a key of this log has signed/);
    assert.equal((await run("audit", "consistency", "--data", pristine)).code, 2);
    assert.equal((await run("audit", "consistency", "--checkpoint", join(folder, "none"), "--data", pristine)).code, 1);
  });

  await t.test("a row is proved to who has the public key alone", async () => {
    const [key] = (await run("audit", "keys", "--data", pristine)).stdout.trim().split("\n");
    const early = await run("audit", "prove", last.id, "--data", pristine);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /No checkpoint covers this row yet/);
    const lines = (await run("audit", "export", "--data", pristine)).stdout.trim().split("\n").map((line) => JSON.parse(line).row);
    const row = lines.find(({ chain, seq }) => chain === "ada" && seq === 3);
    const proof = await run("audit", "prove", row.id, "--data", pristine);
    assert.equal(proof.code, 0, proof.stderr);
    const file = join(folder, "proof.json");
    const check = async (text, publicKey = key) => {
      await writeFile(file, text);
      return run("audit", "verify", "--proof", file, "--public-key", publicKey);
    };
    assert.equal((await check(proof.stdout)).code, 0);
    const forged = { ...proof.json, row: proof.json.row.replace(/"outcome":"\w+"/, '"outcome":"forged"') };
    assert.match((await check(JSON.stringify(forged))).stderr, /not in its chain as it was signed/);
    assert.match((await check(JSON.stringify({ ...proof.json, headSeq: proof.json.headSeq + 1 }))).stderr, /not in/);
    assert.match((await check(JSON.stringify({ ...proof.json, headPosition: proof.json.headPosition + 1 }))).stderr, /not in the log/);
    assert.equal((await check("{}")).code, 1);
    const other = await startServer(t);
    const [otherKey] = done(await other.api.get(`${AUDIT}/checkpoints`)).publicKeys;
    assert.match((await check(proof.stdout, otherKey)).stderr, /signed by no key that counts/);
    assert.equal((await run("audit", "verify", "--proof", file)).code, 2);
    assert.equal((await run("audit", "prove", "audt_none", "--data", pristine)).code, 1);
  });
});

const ED25519_DER = Buffer.from("302a300506032b6570032100", "hex");

test("checkpoints: signed, hourly, sent until they are there", async (t) => {
  const received = [];
  let status = 503;
  const sink = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      if (status === 200) received.push(body);
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  t.after(() => sink.close());
  await once(sink, "listening");
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "notes");
  const url = `http://127.0.0.1:${sink.address().port}/notes`;
  const server = await startServer(t, { args: ["--audit-sink", `file:${file},${url},syslog:`] });
  await customerWithCard(server, "ada");
  await server.clock.advance("PT1M");
  const list = async () => done(await server.api.get(`${AUDIT}/checkpoints`));

  await t.test("the signature is Ed25519, by the key that the server names", async () => {
    const { data, publicKeys } = await list();
    assert.equal(publicKeys.length, 1);
    const [name, , key] = publicKeys[0].split(/\+(.*?)\+(.*)/s);
    const publicKey = createPublicKey({ key: Buffer.concat([ED25519_DER, Buffer.from(key, "base64").subarray(1)]), format: "der", type: "spki" });
    const [, signed, line] = /^([^]*?\n)\n(— .*)\n$/.exec(data[0].note);
    assert.equal(signed.split("\n")[0], name);
    assert.equal(Number(signed.split("\n")[1]), data[0].size);
    const [, signer, signature] = line.split(" ");
    assert.equal(signer, name);
    assert.ok(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, "base64").subarray(4)));
    assert.equal((await stat(join(server.data, "audit.key"))).mode & 0o777, 0o400);
  });

  await t.test("what did not arrive goes again, and the others are not held up", async () => {
    const [{ shipments }] = (await list()).data;
    const of = (sinkName) => shipments.find((one) => one.sink.startsWith(sinkName));
    assert.ok(of("file:").shippedAt && of("syslog:").shippedAt);
    assert.equal(of("http:").shippedAt, null);
    assert.match(of("http:").lastError, /503/);
    status = 200;
    await server.clock.advance("PT1H");
    const { data } = await list();
    for (const one of data) assert.ok(one.shipments.every(({ shippedAt }) => shippedAt), JSON.stringify(one));
    assert.deepEqual(received.sort(), data.map(({ note }) => note).sort());
    const notes = await readFile(file, "utf8");
    for (const { note } of data) assert.ok(notes.includes(note));
  });

  await t.test("one an hour where there is something to sign, and none where there is not", async () => {
    const before = (await list()).data.length;
    await server.clock.advance("PT3H");
    const quiet = (await list()).data.length;
    done(await server.api.post("/api/keys", { name: "x", scopes: ["billing:read"] }), 201);
    await server.clock.advance("PT59M");
    await server.clock.advance("PT2M");
    const after = (await list()).data.length;
    assert.ok(quiet >= before && after > quiet, `${before} ${quiet} ${after}`);
    const sizes = (await list()).data.map(({ size }) => size);
    assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a), "the log only grows");
  });

  await t.test("pages and refusals", async () => {
    const page = done(await server.api.get(`${AUDIT}/checkpoints?limit=1`));
    assert.equal(done(await server.api.get(`${AUDIT}/checkpoints?limit=1&cursor=${page.nextCursor}`)).data.length, 1);
    refused(await server.api.get(`${AUDIT}/checkpoints?cursor=x`), 422, "invalid_query", "cursor");
    refused(await server.api.get(`${AUDIT}/checkpoints?limit=0`), 422, "invalid_query", "limit");
    refused(await server.api.withKey(undefined).get(`${AUDIT}/checkpoints`), 401, "key_missing");
  });
});

test("a sink that is none is refused at the start", async () => {
  for (const sink of ["ftp://a", "file:relative", "https://user:secret@host/", "syslog:local", "file:/a,,"]) {
    const { code, stderr } = await run("serve", "--audit-sink", sink, "--listen", "127.0.0.1:0");
    assert.equal(code, 2, `${sink}: ${stderr}`);
    assert.match(stderr, /--audit-sink/);
  }
});

test("a thousand rows are signed before the hour is over", async (t) => {
  const server = await startServer(t, { testClock: null });
  const waiting = async () => (await run("audit", "verify", "--data", server.data, "--json")).json;
  const first = await waiting();
  const names = Array.from({ length: 500 }, (_, i) => `user_${i}`);
  while (names.length > 0) await Promise.all(names.splice(0, 50).map((name) => server.api.createCustomer(name)));
  let now = await waiting();
  for (let i = 0; i < 100 && now.checkpoints === first.checkpoints; i += 1) now = await waiting();
  assert.ok(now.checkpoints > first.checkpoints && now.sound, JSON.stringify(now));
});

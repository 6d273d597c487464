// Promise: a file of any size is sent from where it is kept as its reader takes it; what was cut off goes on where it
// ended, of the same file; a reader that is slow, or goes away, costs nobody else anything.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { makeCertificate } from "../harness/certificate.mjs";
import { runTurnpike, startTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { done, eventually, isSanitized, refused } from "./support.mjs";

const PACKS = "/api/admin/evidence-packs";
const START = "2026-01-15T12:00:00Z";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function folder(t) {
  const path = await makeDataFolder();
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

// A bill of materials of so many bytes that do not get smaller: it makes a pack as large.
async function largeSbom(t, size) {
  const path = join(await folder(t), "sbom.cdx.json");
  await writeFile(path, JSON.stringify({ bomFormat: "CycloneDX", noise: randomBytes((size * 3) / 4).toString("base64") }));
  return path;
}

async function packOf(server) {
  let pack = done(await server.api.post(PACKS, { from: "2026-01-15T00:00:00Z", to: "2026-01-15T13:00:00Z" }), 202);
  while (pack.status === "running") pack = done(await server.api.get(`${PACKS}/${pack.id}`));
  return pack;
}

async function serverWithPack(t, { size = 3_000_000, args = [] } = {}) {
  const server = await startServer(t, { testClock: START, args: ["--sbom", await largeSbom(t, size), ...args] });
  await server.clock.advance("PT1H");
  const pack = await packOf(server);
  return { server, pack, path: `${PACKS}/${pack.id}/file` };
}

// An answer with its whole body, or as far as it came.
function ask(server, path, { method = "GET", headers = {}, agent, url = server.url, key = server.key, make = request } = {}) {
  return new Promise((resolve, reject) => {
    const asked = make(new URL(path, url), { method, agent, headers: { Authorization: `Bearer ${key}`, ...headers } }, (answer) => {
      const parts = [];
      const { statusCode: status, headers: told, socket } = answer;
      const end = (isWhole) => resolve({ status, headers: told, socket, body: Buffer.concat(parts), isWhole });
      answer.on("data", (bytes) => parts.push(bytes)).on("end", () => end(answer.complete)).on("error", () => end(false));
    });
    asked.on("error", reject).end();
  });
}

async function peakMb(server) {
  return Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;
}

test("a file that was kept", async (t) => {
  const { server, pack, path } = await serverWithPack(t);
  assert.equal(pack.status, "ready", server.stderr);
  assert.ok(pack.size > 2_000_000, `${pack.size}`);
  const etag = `"${pack.sha256}"`;
  const get = (headers, more) => ask(server, path, { headers, ...more });
  let whole;

  await t.test("comes whole, and says how to go on", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const answer = await get({}, { agent });
    whole = answer.body;
    assert.deepEqual([answer.status, answer.isWhole, whole.length, sha256(whole)], [200, true, pack.size, pack.sha256]);
    const { "content-length": length, "accept-ranges": ranges, etag: tag, "content-type": type, "cache-control": cache } = answer.headers;
    assert.deepEqual([length, ranges, tag, type, cache], [String(pack.size), "bytes", etag, "application/zip", "no-store"]);
    const [next, socket] = [await ask(server, "/healthz", { agent }), answer.socket];
    assert.deepEqual([next.status, next.socket === socket], [200, true], "the connection goes on");
  });

  await t.test("of which HEAD tells the same, without it", async () => {
    const answer = await get({ Range: "bytes=0-9" }, { method: "HEAD" });
    assert.deepEqual([answer.status, answer.headers["content-length"], answer.headers.etag, answer.body.length], [200, String(pack.size), etag, 0]);
  });

  await t.test("comes in parts", async () => {
    const size = pack.size;
    for (const [range, first, last] of [["bytes=0-0", 0, 0], ["bytes=98303-98304", 98_303, 98_304], ["bytes=98304-", 98_304, size - 1],
      ["bytes=1000000-1999999", 1_000_000, 1_999_999], ["bytes=-1", size - 1, size - 1], [`bytes=${size - 5}-${size + 5}`, size - 5, size - 1], [`bytes=-${size * 2}`, 0, size - 1]]) {
      const answer = await get({ Range: range });
      assert.deepEqual([answer.status, answer.headers["content-range"], answer.headers["content-length"]], [206, `bytes ${first}-${last}/${size}`, String(last - first + 1)], range);
      assert.ok(answer.body.equals(whole.subarray(first, last + 1)), range);
    }
  });

  await t.test("but not from behind its end, and whole when the part is not understood", async () => {
    const behind = await get({ Range: `bytes=${pack.size}-` });
    assert.deepEqual([behind.status, JSON.parse(behind.body).code, behind.headers["content-range"]], [416, "range_not_satisfiable", `bytes */${pack.size}`]);
    for (const range of ["bytes=0-1,5-6", "bytes=5-1", "lines=1-2", "bytes=x"]) assert.equal((await get({ Range: range })).body.length, pack.size, range);
  });

  await t.test("and goes on only if it is the same", async () => {
    assert.equal((await get({ Range: "bytes=10-", "If-Range": etag })).status, 206);
    for (const other of ['"another"', `W/${etag}`, "Thu, 15 Jan 2026 12:00:00 GMT"]) assert.equal((await get({ Range: "bytes=10-", "If-Range": other })).status, 200, other);
  });

  await t.test("is refused in parts to whom it is refused", async () => {
    const key = done(await server.api.post("/api/keys", { name: "meter", scopes: ["usage:write"] }), 201).key;
    const answer = await get({ Range: "bytes=0-1" }, { key });
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [403, "scope_missing"]);
    refused(await server.api.get(`${PACKS}/evpk_none/file`), 404, "evidence_not_found");
  });

  await t.test("is fetched by the command, in parts", async () => {
    const to = join(await folder(t), "pack.zip");
    const told = await runTurnpike(["evidence", "download", pack.id, "--data", server.data, "--to", to]);
    assert.deepEqual([told.code, told.stderr], [0, ""]);
    assert.ok((await readFile(to)).equals(whole));
    const again = await runTurnpike(["evidence", "download", pack.id, "--data", server.data, "--to", to]);
    assert.equal(again.code, 1, "a file that is there is not written over");
  });

  await t.test("goes to readers who do not read, and to who leaves, without memory or others' time", async () => {
    const before = await peakMb(server);
    const { hostname, port } = new URL(server.url);
    const lazy = Array.from({ length: 20 }, () => connect({ host: hostname, port }, function begin() {
      this.pause();
      this.write(`GET ${path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ${server.key}\r\n\r\n`);
    }));
    for (const socket of lazy) socket.on("error", () => {});
    const hasBegun = async () => done(await server.api.get("/api/admin/audit?action=evidence.download&limit=100")).data.length;
    await eventually(hasBegun, (count) => count >= 20);
    for (let i = 0; i < 50; i++) assert.equal((await ask(server, "/healthz")).status, 200);
    const after = await peakMb(server);
    t.diagnostic(`20 readers who do not read: peak ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after`);
    if (!(await isSanitized(server))) assert.ok(after - before < 20 * 0.5, `${after - before} MB for 20 readers`);
    for (const socket of lazy) socket.destroy();
    assert.equal((await get({ Range: "bytes=-10" })).status, 206);
  });

  await t.test("that a server's end has cut off goes on at the next server", async () => {
    const { hostname, port } = new URL(server.url);
    const parts = [];
    const socket = connect({ host: hostname, port });
    const ended = new Promise((resolve) => { socket.on("close", resolve).on("error", () => {}); });
    const first = new Promise((resolve) => { socket.once("data", resolve); });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ${server.key}\r\n\r\n`);
    parts.push(await first);
    socket.pause();
    await server.kill();
    socket.on("data", (bytes) => parts.push(bytes)).resume();
    await ended;
    const got = Buffer.concat(parts);
    const body = got.subarray(got.indexOf("\r\n\r\n") + 4);
    assert.ok(body.length <= pack.size && body.equals(whole.subarray(0, body.length)));
    await server.start();
    const rest = await get({ Range: `bytes=${Math.min(body.length, pack.size - 1)}-`, "If-Range": etag });
    assert.equal(rest.status, 206);
    assert.equal(sha256(Buffer.concat([whole.subarray(0, Math.min(body.length, pack.size - 1)), rest.body])), pack.sha256);
  });
});

test("a file over TLS, in whole and in parts, with others' requests behind it", async (t) => {
  const { path: cert } = makeCertificate(await folder(t));
  const { server, pack, path } = await serverWithPack(t);
  await server.stop();
  const args = ["serve", "--data", server.data, "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", cert.replace("cert.pem", "key.pem"), "--test-clock"];
  const { match, process: secure } = await startTurnpike(args, /^turnpike: listening on (https:\/\/\S+)$/m);
  t.after(() => secure.end("SIGTERM"));
  const agent = new SecureAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  t.after(() => agent.destroy());
  const from = (range) => ask({ url: match[1], key: server.key }, path, { agent, headers: range === null ? {} : { Range: range }, make: secureRequest });
  const whole = await from(null);
  assert.deepEqual([whole.status, whole.isWhole, sha256(whole.body)], [200, true, pack.sha256]);
  const part = await from("bytes=1000000-");
  assert.equal(part.status, 206);
  assert.ok(part.body.equals(whole.body.subarray(1_000_000)));
});

test("a file that becomes too large fails, and what was kept of it goes", async (t) => {
  const { server, pack } = await serverWithPack(t, { args: ["--file-max-mb", "1"] });
  assert.deepEqual([pack.status, pack.sha256], ["failed", null]);
  await eventually(() => server.stderr, (text) => /parcel\.too_large kind=evidence id=evpk_\w+ max=1000000/.test(text));
  refused(await server.api.get(`${PACKS}/${pack.id}/file`), 409, "evidence_not_ready");
});

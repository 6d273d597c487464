// Promise: a pack of a busy period is made while the server serves: nobody waits for it long, and memory does not
// see the whole of it. TURNPIKE_EVIDENCE_ROWS says of how many rows of the audit log; 5,000 when not given.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, newCustomer } from "./support.mjs";

const ROWS = Number(process.env.TURNPIKE_EVIDENCE_ROWS ?? 5_000);
const LANES = 32;

async function peakMb(server) {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024);
}

// As many readings that are audited, each a row, over connections that stay open.
async function fill(server, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  const one = () => new Promise((fulfil, reject) => {
    request(new URL("/api/admin/approvals?limit=1", server.url), { agent, headers: { Authorization: `Bearer ${server.key}` } }, (answer) => {
      answer.resume().on("end", () => (answer.statusCode === 200 ? fulfil() : reject(new Error(String(answer.statusCode)))));
    }).on("error", reject).end();
  });
  let left = count;
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (left-- > 0) await one();
  }));
  agent.destroy();
}

test("a pack of many rows", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await newCustomer(server, "ada");
  await fill(server, ROWS);
  await server.clock.advance("PT1H");
  const before = await peakMb(server);
  const started = performance.now();
  let pack = done(await server.api.post("/api/admin/evidence-packs", { from: "2026-01-15T00:00:00Z", to: "2026-01-15T13:00:00Z" }), 202);
  let slowest = 0;
  let meanwhile = 0;
  while (pack.status === "running") {
    const at = performance.now();
    done(await ada.get("/api/billing/subscription"));
    slowest = Math.max(slowest, performance.now() - at);
    meanwhile += 1;
    pack = done(await server.api.get(`/api/admin/evidence-packs/${pack.id}`));
  }
  const ms = performance.now() - started;
  const after = await peakMb(server);
  assert.equal(pack.status, "ready", server.stderr);
  const answer = await fetch(new URL(`/api/admin/evidence-packs/${pack.id}/file`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(createHash("sha256").update(bytes).digest("hex"), pack.sha256);
  assert.ok(meanwhile > 2, "others were answered meanwhile");
  t.diagnostic(`${ROWS} rows: ${Math.round(ms)} ms, ${pack.size} bytes; ${meanwhile} requests meanwhile, the slowest ${slowest.toFixed(1)} ms; peak ${before} MB before, ${after} MB after, ${await peakMb(server)} MB after it was fetched`);
});

test("a server that is killed makes the pack anew", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await fill(server, 2_000);
  await server.clock.advance("PT1H");
  let pack = done(await server.api.post("/api/admin/evidence-packs", { from: "2026-01-15T00:00:00Z", to: "2026-01-15T13:00:00Z" }), 202);
  assert.equal(pack.status, "running");
  await server.kill();
  await server.start();
  while (pack.status === "running") pack = done(await server.api.get(`/api/admin/evidence-packs/${pack.id}`));
  assert.equal(pack.status, "ready", server.stderr);
  const answer = await fetch(new URL(`/api/admin/evidence-packs/${pack.id}/file`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.deepEqual([bytes.length, createHash("sha256").update(bytes).digest("hex")], [pack.size, pack.sha256]);
});

// Guards the promise of a stop: what was asked before is answered, nobody new is let in, the exit status
// says that all went well, and the next start finds everything.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";

import { customerWithCard, done, invoices, subscription, usageOf } from "../api/support.mjs";
import { usageEvents } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf } from "./support.mjs";

const BATCH = [
  "POST /api/usage/events HTTP/1.1",
  "Content-Type: application/cloudevents-batch+json",
  "Expect: 100-continue",
];

// A connection of our own, to say a request in two parts.
async function openRequest(server, head, body) {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  let text = "";
  socket.setEncoding("utf8").on("data", (part) => (text += part));
  const closed = once(socket, "close").then(() => text);
  const until = async (pattern) => {
    while (!pattern.test(text)) await once(socket, "data");
    return text;
  };
  const lines = [...head, "Host: turnpike.test", `Authorization: Bearer ${server.key}`, `Content-Length: ${body.length}`];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return { finish: () => socket.write(body), until, closed };
}

test("SIGTERM: a request under way is finished, and the exit status is 0", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada");
  const body = JSON.stringify(usageEvents(50, { userId: "ada" }));
  const request = await openRequest(server, BATCH, body);
  await request.until(/100 Continue/); // the server has it in hand
  process.kill(server.pid, "SIGTERM");
  request.finish();
  assert.match(await request.closed, /HTTP\/1\.1 200 [\s\S]*"accepted":50/);
  const end = await server.ended();
  assert.deepEqual([end.code, end.signal], [0, null], end.stderr);
  await server.start();
  assert.equal((await usageOf(server.api.as("ada"), "api_requests")).used, 50);
});

test("while it stops, who is already there learns that it is not ready, and nobody else is let in", async (t) => {
  const server = await startServer(t);
  const held = await openRequest(server, ["GET /readyz HTTP/1.1", "Content-Type: application/json", "Expect: 100-continue"], "{}");
  await held.until(/100 Continue/);
  process.kill(server.pid, "SIGTERM");
  while (!/serve\.stopping/.test(server.stderr)) await new Promise(setImmediate);
  assert.equal(await answerOf(server.api.get("/healthz")), null);
  held.finish();
  assert.match(await held.closed, /HTTP\/1\.1 503 [\s\S]*stopping/);
  assert.equal((await server.ended()).code, 0);
});

test("a second SIGTERM ends it at once, with nothing lost", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada");
  done(await server.api.sendEvents(usageEvents(20, { userId: "ada" })));
  const held = await openRequest(server, BATCH, "[]");
  await held.until(/100 Continue/); // never finished: alone it would hold the stop for ten seconds
  process.kill(server.pid, "SIGTERM");
  while (!/serve\.stopping/.test(server.stderr)) await new Promise(setImmediate);
  const started = performance.now();
  process.kill(server.pid, "SIGTERM");
  const end = await server.ended();
  assert.deepEqual([end.code, end.signal], [0, null]);
  assert.match(end.stderr, /serve\.exit_at_once/);
  assert.ok(performance.now() - started < 5_000, "it did not wait for the request");
  await server.start();
  assert.equal((await usageOf(server.api.as("ada"), "api_requests")).used, 20);
});

test("a purchase under way when the stop comes is there after the next start, once", async (t) => {
  const server = await startServer(t);
  const api = await customerWithCard(server, "ada");
  const options = { idempotencyKey: "once" };
  const bought = answerOf(api.post("/api/billing/subscribe", { tier: "starter" }, options));
  process.kill(server.pid, "SIGTERM");
  await bought;
  const end = await server.ended();
  assert.deepEqual([end.code, end.signal], [0, null], end.stderr);
  await server.start();
  const again = server.api.as("ada");
  done(await again.post("/api/billing/subscribe", { tier: "starter" }, options), 201);
  assert.equal((await subscription(again)).tier, "starter");
  assert.deepEqual((await invoices(again)).map(({ status, amount }) => [status, amount.amount]), [["paid", 2_900]]);
});

// Guards that the harness tells the truth: what it sends, what it hands on, and when it gives up.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { Api } from "./api.mjs";
import { binaryMode, usageEvent, usageEvents } from "./events.mjs";
import { expectStatus } from "./http.mjs";
import { runTurnpike, startTurnpike } from "./program.mjs";
import { makeDataFolder, Server, startServer, TEST_START } from "./server.mjs";
import { encodeForm, Stripe } from "./stripe.mjs";

// A server that answers with what it was sent.
async function startEcho(t, status = 200) {
  const echo = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    response.writeHead(status, { "Content-Type": "application/problem+json" });
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
  await new Promise((fulfil) => echo.listen(0, "127.0.0.1", fulfil));
  t.after(() => echo.close());
  return `http://127.0.0.1:${echo.address().port}`;
}

test("a call carries key, customer, idempotency key and JSON", async (t) => {
  const api = new Api(await startEcho(t), { key: "tp_test_1", user: "ada" });
  t.after(() => api.close());
  const { body } = await api.post("/api/x?y=1", { a: 1 }, { idempotencyKey: "once" });
  assert.equal(body.method, "POST");
  assert.equal(body.url, "/api/x?y=1");
  assert.equal(body.headers.authorization, "Bearer tp_test_1");
  assert.equal(body.headers["turnpike-user"], "ada");
  assert.equal(body.headers["idempotency-key"], "once");
  assert.equal(body.headers["content-type"], "application/json");
  assert.equal(body.body, '{"a":1}');
});

test("an anonymous GET carries none of them", async (t) => {
  const api = new Api(await startEcho(t));
  t.after(() => api.close());
  const { headers } = (await api.get("/")).body;
  for (const name of ["authorization", "turnpike-user", "idempotency-key", "content-type", "content-length"]) {
    assert.equal(headers[name], undefined, name);
  }
});

test("another customer and another key replace the first", async (t) => {
  const api = new Api(await startEcho(t), { key: "one", user: "ada" });
  t.after(() => api.close());
  const { headers } = (await api.as("bob").withKey("two").delete("/")).body;
  assert.equal(headers.authorization, "Bearer two");
  assert.equal(headers["turnpike-user"], "bob");
});

test("an unexpected status is an error that quotes the answer", async (t) => {
  const api = new Api(await startEcho(t, 409));
  t.after(() => api.close());
  const answer = await api.put("/api/y", {});
  assert.equal(expectStatus(answer, 200, 409), answer);
  assert.throws(() => expectStatus(answer, 200), /status 409, not 200: .*"url":"\/api\/y"/);
});

test("a server that is not there is an error, not a wait", async () => {
  await assert.rejects(new Api("http://127.0.0.1:1").get("/"), /ECONNREFUSED/);
});

test("fields are encoded as Stripe's libraries do", () => {
  const form = encodeForm({ a: "b c&d", e: { f: 1, g: [true, { h: null }] }, i: undefined });
  assert.deepEqual(form.split("&").map(decodeURIComponent), ["a=b c&d", "e[f]=1", "e[g][0]=true", "e[g][1][h]="]);
  assert.equal(encodeForm({ "a&b": "=" }), "a%26b=%3D");
});

test("a Stripe call carries the secret key and a form", async (t) => {
  const stripe = new Stripe(await startEcho(t), "sk_test_1");
  t.after(() => stripe.close());
  const { body } = await stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "once" });
  assert.equal(body.headers.authorization, "Bearer sk_test_1");
  assert.equal(body.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(body.headers["idempotency-key"], "once");
  assert.equal(body.body, "name=Ada");
  assert.equal((await stripe.get("/v1/prices", { lookup_keys: ["a"] })).body.url, "/v1/prices?lookup_keys%5B0%5D=a");
});

test("events are CloudEvents, each with an id of its own", () => {
  const [first, second] = usageEvents(2, { userId: "ada", metric: "bandwidth", value: 7, region: "fra" });
  assert.equal(first.specversion, "1.0");
  assert.equal(first.subject, "ada");
  assert.equal(first.type, "bandwidth");
  assert.deepEqual(first.data, { value: 7, region: "fra" });
  assert.notEqual(first.id, second.id);
  assert.deepEqual(usageEvent({ userId: "ada", metric: "storage", set: 0 }).data, { set: 0 });
});

test("binary mode moves the attributes into headers", () => {
  const { headers, raw } = binaryMode(usageEvent({ userId: "ada", id: "1", value: 2 }));
  assert.equal(headers["ce-id"], "1");
  assert.equal(headers["ce-specversion"], "1.0");
  assert.equal(headers["Content-Type"], "application/json");
  assert.equal(raw, '{"value":2}');
});

test("a command is run to its end and its status handed on", async () => {
  const good = await runTurnpike(["--help"]);
  assert.equal(good.code, 0);
  assert.match(good.stdout, /serve/);
  const bad = await runTurnpike(["no-such-command"]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /no-such-command/);
});

test("a program that ends before it is ready is reported with its own words", async () => {
  const started = startTurnpike(["no-such-command"], /never/);
  await assert.rejects(started, /before it was ready \(status 2\).*no-such-command/s);
});

test("a server starts on an empty folder with its clock standing still, and stops when asked", async (t) => {
  const server = await startServer(t);
  assert.equal(Date.parse(await server.clock.now()), Date.parse(TEST_START));
  assert.equal(Date.parse(await server.clock.advance("P1D")), Date.parse(TEST_START) + 86_400_000);
  assert.equal(Date.parse(await server.clock.to("2026-02-01T00:00:00Z")), Date.parse("2026-02-01T00:00:00Z"));
  await server.stop();
});

test("what was answered outlives kill -9, and the key still opens", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada");
  await server.kill();
  await server.start();
  const ada = { userId: "ada", email: "ada@example.com", name: "Customer ada" };
  const again = await server.api.post("/api/customers", ada);
  assert.equal(again.status, 200, again.text);
});

test("the sandbox is reachable and makes cards", async (t) => {
  const server = await startServer(t);
  const stripe = await server.stripe();
  assert.match(await stripe.createCard(), /^pm_/);
});

test("a server that cannot start says why", async (t) => {
  const folder = await makeDataFolder();
  const file = join(folder, "not-a-folder");
  await writeFile(file, "");
  const server = new Server(file);
  t.after(() => new Server(folder).dispose());
  await assert.rejects(server.start(), /before it was ready \(status [12]\): .*not-a-folder/s);
});

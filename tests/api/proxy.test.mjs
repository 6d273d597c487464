// Promise: a proxy that asks the gate before it passes a request on lets through exactly what the
// customer has left, and nothing that the client sends changes whom it asks about, or how much.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { hasNginx, startNginx } from "../harness/nginx.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

// The blocks of the guide are what is tested: they are read from it, and only their places filled in.
const GUIDE = readFileSync(resolve(import.meta.dirname, "../../docs/guide/proxies.md"), "utf8");
const blockOf = (name) => GUIDE.split(`<!-- ${name} -->`)[1].split("```")[1].replace(/^\w*\n/, "");

function fill(block, server, more = {}) {
  const places = { "127.0.0.1:8080": new URL(server.url).host, "tp_live_…": server.key, ...more };
  return Object.entries(places).reduce((text, [from, to]) => text.replaceAll(from, to), block);
}

const used = async (server, userId) => (await usageOf(server.api.as(userId), "api_requests")).used;
const count = (list) => Object.fromEntries([...new Set(list)].sort().map((one) => [one, list.filter((other) => other === one).length]));

test("nginx with auth_request before a static site", { skip: !hasNginx && "nginx is not installed" }, async (t) => {
  const server = await startServer(t);
  const nginx = await startNginx(t, (port, folder) => {
    mkdirSync(join(folder, "site"));
    writeFileSync(join(folder, "site/index.html"), "the site\n");
    return fill(blockOf("nginx"), server, { "listen 80": `listen 127.0.0.1:${port}`, "/srv/site": join(folder, "site") });
  });
  const ask = (userId, headers = {}) => nginx.get("/index.html", { "X-Customer": userId, ...headers });

  await t.test("1,000 requests of a customer with 100 left: 100 pass, 900 do not", async () => {
    await newCustomer(server, "hundred");
    done(await server.api.post("/api/usage/take", { userId: "hundred", metric: "api_requests", amount: 10_900 }));
    const statuses = [];
    const worker = async (tries) => {
      for (let i = 0; i < tries; i++) statuses.push((await ask("hundred")).status);
    };
    await Promise.all(Array.from({ length: 8 }, () => worker(125)));
    assert.deepEqual(count(statuses), { 200: 100, 403: 900 });
    assert.equal(await used(server, "hundred"), 11_000);
  });

  await t.test("the site is served as it is, with what remains", async () => {
    await newCustomer(server, "visitor");
    const answer = await ask("visitor");
    assert.deepEqual([answer.status, answer.text, answer.headers["turnpike-remaining"]], [200, "the site\n", "9999"]);
  });

  await t.test("what a client adds changes neither whom nor how much", async () => {
    await newCustomer(server, "payer");
    const tricks = [
      { "Turnpike-Amount": "0" },
      { "Turnpike-Count": "false" },
      { "Turnpike-User": "visitor" },
      { "Turnpike-Metric": "modules" },
      { Authorization: "Bearer tp_test_none" },
    ];
    for (const trick of tricks) assert.equal((await ask("payer", trick)).status, 200, JSON.stringify(trick));
    assert.equal(await used(server, "payer"), tricks.length);
    for (const userId of ["visitor&amount=0", "visitor visitor", ""]) assert.equal((await ask(userId)).status, 500, userId);
    assert.equal(await used(server, "visitor"), 1);
  });
});

// Sends a request byte for byte and reads the head of the answer.
function exchange(server, lines, body = "") {
  const { hostname, port } = new URL(server.url);
  return new Promise((fulfil, reject) => {
    let text = "";
    const socket = connect(port, hostname, () => socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`));
    socket.on("error", reject).on("data", (bytes) => (text += bytes)).on("close", () => fulfil(text));
  });
}
const statusOf = (text) => Number(text.split(" ")[1]);

test("requests as other proxies send them", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const replay = async (name, more = {}) => {
    const lines = fill(blockOf(name), server, more).trimEnd().split("\n");
    return exchange(server, lines);
  };

  await t.test("Envoy ext_authz, Traefik forwardAuth, Caddy forward_auth", async () => {
    for (const name of ["envoy request", "traefik request", "caddy request"]) {
      const before = await used(server, "ada");
      const answer = await replay(name);
      assert.equal(statusOf(answer), 204, `${name}: ${answer}`);
      assert.match(answer, /\r\nTurnpike-Allowed: true\r\n/);
      assert.match(answer, /\r\nRateLimit: "api_requests";r=\d+;t=\d+\r\n/);
      assert.equal(await used(server, "ada"), before + 1, name);
    }
  });

  await t.test("Envoy's method and query are those of the client: all methods count, no query is looked at", async () => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const before = await used(server, "ada");
      const answer = await replay("envoy request", { "POST /api/gate/": `${method} /api/gate/` });
      assert.equal(statusOf(answer), 204, method);
      assert.equal(await used(server, "ada"), before + 1, method);
    }
  });

  await t.test("refusals name the header", async () => {
    const headers = { "Turnpike-User": "ada", "Turnpike-Metric": "api_requests" };
    const ask = (more, path = "/api/gate/some/page?userId=x") => server.api.post(path, undefined, { headers: { ...headers, ...more } });
    assert.equal((await ask({ "Turnpike-Count": "false", "Turnpike-Amount": "3" })).status, 204);
    assert.equal((await ask({ "Turnpike-Amount": "11001", "Turnpike-Deny-Status": "429" })).status, 429);
    for (const [name, value] of Object.entries({ Metric: "steps", Amount: "-1", Count: "maybe", "Deny-Status": "200" })) refused(await ask({ [`Turnpike-${name}`]: value }), 422, "invalid_query", `Turnpike-${name}`);
    refused(await ask({ "Turnpike-User": "a b" }), 422, "invalid_query", "userId");
    refused(await ask({ "Turnpike-User": "nobody" }), 404, "customer_not_found");
    refused(await server.api.post("/api/gate/x", undefined), 422, "invalid_query", "userId", "metric");
    const twice = ["GET /api/gate HTTP/1.1", "Host: gate", `Authorization: Bearer ${server.key}`, "Turnpike-User: ada", "Turnpike-User: eve", "Turnpike-Metric: api_requests"];
    assert.match(await exchange(server, twice), /^HTTP\/1.1 422 .*"Turnpike-User"/s);
  });

  await t.test("a plain query, read in place, says what it says when it must be decoded", async () => {
    // One letter of each name and value in its encoded form: no difference to whoever decodes.
    const encoded = (query) => query.replace(/[A-Za-z](?=[^=&]*=)|[A-Za-z0-9](?=[^=&]*(&|$))/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    const queries = [
      ...["", "&amount=0", "&amount=10000", "&amount=11001", "&amount=11001&denyStatus=429", "&amount=900719925474099"].map((more) => `userId=ada&metric=api_requests&count=false${more}`),
      "count=false&metric=storage&userId=ada",
      "&&userId=ada&count=false&&metric=modules&",
      ...["metric=steps", "metric=", "metric", "userId=", `userId=${"a".repeat(65)}`, "count=maybe", "denyStatus=200", "x=1", "=1", "amount=1&amount=1"],
      ...["-1", "", "01", "1.5", "1e3", "x", "9007199254740993", "99999999999999999999"].map((amount) => `userId=ada&metric=modules&amount=${amount}`),
    ];
    const said = async (query) => {
      const { status, headers, text } = await server.api.get(`/api/gate?${query}`);
      const fields = Object.entries(headers).filter(([name]) => name.startsWith("turnpike-") && name !== "turnpike-as-of");
      return [status, fields, text.replace(/"requestId":"\w+"/, "")];
    };
    for (const query of queries) assert.deepEqual(await said(encoded(query)), await said(query), query);
  });

  await t.test("where the query names the metric, a header cannot make it cheaper", async () => {
    const before = await used(server, "ada");
    const options = { headers: { "Turnpike-User": "ada", "Turnpike-Amount": "0", "Turnpike-Count": "false", "Turnpike-Metric": "modules" } };
    assert.equal((await server.api.request("GET", "/api/gate?metric=api_requests", undefined, options)).status, 204);
    assert.equal(await used(server, "ada"), before + 1);
  });
});

// Promise: every answer is what the description says; every refusal is a problem document that names
// what was wrong, all of it at once; nothing that comes in is without bounds.
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { test } from "node:test";

import { makeAjv } from "../harness/contract.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber, usd } from "./support.mjs";

// Of whole catalogues; other bodies are smaller.
const CATALOGUE_MAX = 1_048_576;

// What a server answers to bytes that no HTTP library would send.
function exchange(server, bytes) {
  const { port, hostname } = new URL(server.url);
  return new Promise((fulfil, reject) => {
    const socket = createConnection({ port: Number(port), host: hostname });
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (part) => (text += part));
    socket.on("error", (error) => (text ? fulfil(text) : reject(error)));
    socket.on("close", () => fulfil(text));
    socket.write(bytes);
  });
}

const statusOf = (text) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
const problemOf = (text) => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));

// Every operation that a key, or nobody in particular, may call; ids are filled in.
function* operationsOf(document) {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.security.length > 0 && !operation.security.some(({ key }) => key)) continue;
      const types = Object.keys(operation.requestBody?.content ?? {});
      yield { method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, "nobody"), types, operation };
    }
  }
}

test("http", async (t) => {
  const server = await startServer(t);
  const api = await newCustomer(server, "ada");
  const { description } = server.api;

  await t.test("every operation refuses a parameter and a field that it does not know, by name", async () => {
    for (const { method, path, types, operation } of operationsOf(description)) {
      if (path === "/api/sign-in/oidc/callback") continue; // the provider's: OAuth wants what is not known passed over
      const body = types.includes("application/json") ? {} : undefined;
      const answer = await api.request(method, `${path}?surprise=1&surprise2`, body);
      const { errors } = refused(answer, 422, "invalid_query");
      const names = errors.map(({ field }) => field);
      assert.ok(names.includes("surprise") && names.includes("surprise2"), `${method} ${path}: ${names}`);
      const isShape = types.length === 1 && types[0] === "application/json" && operation.tags[0] !== "Webhooks" && !path.endsWith("/batch");
      if (isShape) {
        const second = await api.request(method, path, { surprise: 1 });
        const found = refused(second, 422, "invalid_fields").errors.find(({ field }) => field === "surprise");
        assert.ok(found?.expected, `${method} ${path}`);
      }
    }
  });

  await t.test("bodies that are not JSON, or not in UTF-8, or too large", async () => {
    for (const { method, path, types, operation } of operationsOf(description)) {
      if (types.length !== 1 || types[0] !== "application/json" || operation.tags[0] === "Webhooks" || path.endsWith("/batch")) continue;
      refused(await api.request(method, path, {}, { type: "text/plain" }), 415, "wrong_content_type");
      refused(await api.request(method, path, {}, { type: "application/json; charset=latin1" }), 415, "wrong_content_type");
      const { detail } = refused(await api.request(method, path, undefined, { raw: '{\n  "a": }' }), 400, "malformed_json");
      assert.match(detail, /line 2, column \d+/);
      refused(await api.request(method, path, undefined, { raw: Buffer.from('{"a":"\xff"}', "latin1") }), 400, "malformed_json");
      const tooMuch = path === "/api/admin/what-if" ? CATALOGUE_MAX : 600_000;
      refused(await api.request(method, path, undefined, { raw: `{"a":"${"x".repeat(tooMuch)}"}` }), 413, "body_too_large");
      refused(await api.request(method, path, undefined, { raw: "" }), 400, "malformed_json");
    }
  });

  await t.test("an operation without a body takes none but {}", async () => {
    refused(await api.post("/api/billing/invoices/nobody/pay", {}), 404, "invoice_not_found");
    refused(await api.post("/api/billing/invoices/nobody/pay", { amount: 1 }), 422, "invalid_fields", "amount");
    refused(await api.put("/api/billing/payment-methods/nobody/default", { x: 1 }), 422, "invalid_fields", "x");
  });

  await t.test("what is not there, and what is there with another method", async () => {
    for (const path of ["/nothing", "/api", "/api/", "/api/billing", "/api/customers/", "/api/billing/plans/", "/assets/", "/../etc/passwd"]) {
      refused(await api.get(path), 404, "not_found");
    }
    const plans = await api.delete("/api/billing/plans");
    refused(plans, 405, "method_not_allowed");
    assert.equal(plans.headers.allow, "GET, HEAD, OPTIONS");
    const subscription = await api.post("/api/billing/subscription", {});
    refused(subscription, 405, "method_not_allowed");
    assert.equal(subscription.headers.allow, "GET, HEAD, PUT, OPTIONS");
    for (const { method, path } of operationsOf(description)) {
      if (method === "POST" || description.paths[path]?.post) continue;
      if (["/api/gate"].includes(path)) continue;
      const answer = await api.request("PATCH", path, {});
      refused(answer, 405, "method_not_allowed");
    }
    refused(await api.get("/api/customers/%zz"), 400, "malformed_url");
    refused(await api.get("/api/customers/%ff"), 400, "malformed_url");
    for (const { method, path } of operationsOf(description)) {
      refused(await api.request(method, `${path}?x=%zz`), 400, "malformed_url");
    }
  });

  await t.test("HEAD is GET without the body", async () => {
    for (const path of ["/healthz", "/api/billing/plans", "/api/billing/subscription"]) {
      const [head, get] = [await api.request("HEAD", path), await api.get(path)];
      assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", get.headers["content-length"]]);
    }
  });

  await t.test("the plans: the whole catalogue, without a key, and not twice", async () => {
    const guest = server.api.withKey(undefined);
    const answer = await guest.get("/api/billing/plans");
    const { currency, plans } = done(answer);
    assert.equal(currency, "usd");
    assert.deepEqual(plans.map(({ tier }) => tier), ["free", "starter", "professional", "enterprise"]);
    assert.deepEqual(plans.map(({ prices }) => [prices.month, prices.year]), [
      [usd(0), usd(0)],
      [usd(2_900), usd(31_320)],
      [usd(9_900), usd(106_920)],
      [null, null],
    ]);
    assert.deepEqual(plans.map(({ limits }) => limits.modules.limit), [3, 25, 100, "unlimited"]);
    assert.deepEqual(plans.map(({ limits }) => limits.api_requests.limit), [10_000, 100_000, 1_000_000, "contract"]);
    const { etag } = answer.headers;
    assert.match(etag, /^"[^"]+"$/);
    for (const tag of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
      const again = await guest.get("/api/billing/plans", { headers: { "If-None-Match": tag } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", etag]);
    }
    done(await guest.get("/api/billing/plans", { headers: { "If-None-Match": '"other"' } }));
  });

  await t.test("customers: made known once, found, listed by page", async () => {
    const grace = { userId: "grace", email: "grace@example.com", name: "Grace", country: "US", currency: "usd" };
    const made = done(await server.api.post("/api/customers", grace), 201);
    assert.deepEqual(done(await server.api.post("/api/customers", grace), 200), made);
    assert.deepEqual(done(await server.api.get("/api/customers/grace")), made);
    refused(await server.api.post("/api/customers", { ...grace, name: "Hopper" }), 409, "customer_conflict");
    refused(await server.api.post("/api/customers", { ...grace, userId: "x", currency: "eur" }), 422, "currency_not_sold");
    refused(await server.api.post("/api/customers", { ...grace, userId: "x", email: "nobody" }), 422, "invalid_fields", "email");
    const bad = { userId: "a b", email: "", name: "", country: "usa", currency: "USD", plan: "free" };
    refused(await server.api.post("/api/customers", bad), 422, "invalid_fields", ...Object.keys(bad));
    refused(await server.api.get("/api/customers/nobody"), 404, "customer_not_found");
    const odd = done(await server.api.post("/api/customers", { ...grace, userId: "org/7:a%b@c" }), 201);
    assert.deepEqual(done(await server.api.get(`/api/customers/${encodeURIComponent("org/7:a%b@c")}`)), odd);
    const first = done(await server.api.get("/api/customers?limit=2"));
    const second = done(await server.api.get(`/api/customers?limit=2&cursor=${encodeURIComponent(first.nextCursor)}`));
    assert.deepEqual([...first.data, ...second.data].map(({ userId }) => userId), ["ada", "grace", "org/7:a%b@c"]);
    assert.equal(second.nextCursor, null);
    refused(await server.api.get("/api/customers?limit=101&cursor="), 422, "invalid_query", "limit", "cursor");
  });

  await t.test("the history of a customer's billing, by page", async () => {
    const buyer = await subscriber(server, "buyer");
    const whole = done(await buyer.get("/api/billing/events?limit=100")).data;
    assert.ok(whole.length >= 2);
    const paged = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = done(await buyer.get(`/api/billing/events?limit=1${cursor && `&cursor=${cursor}`}`));
      paged.push(...page.data);
      cursor = page.nextCursor;
    }
    assert.deepEqual(paged, whole);
    refused(await buyer.get("/api/billing/events?limit=1000"), 422, "invalid_query", "limit");
    done(await buyer.get("/api/billing/invoices/upcoming"));
    done(await server.api.get("/api/entitlements?userId=buyer"));
    refused(await server.api.get("/api/entitlements"), 422, "invalid_query", "userId");
    refused(await server.api.get("/api/entitlements?userId=nobody"), 404, "customer_not_found");
  });

  await t.test("the test clock moves forward only, to an instant or by a duration", async () => {
    const move = (body) => server.api.post("/api/test/clock", body);
    const now = await server.clock.now();
    refused(await move({ to: "2020-01-01T00:00:00Z" }), 409, "clock_backward");
    refused(await move({}), 422, "invalid_fields");
    refused(await move({ advance: "P1D", to: now }), 422, "invalid_fields");
    refused(await move({ advance: "tomorrow" }), 422, "invalid_fields", "advance");
    refused(await move({ advance: "P" }), 422, "invalid_fields", "advance");
    refused(await move({ to: "2026-13-01T00:00:00Z" }), 422, "invalid_fields", "to");
    assert.equal(done(await move({ to: now })).now, now);
    // The second may come when the first is over: then once more.
    for (let isOver = true; isOver; ) {
      const answers = await Promise.all([move({ advance: "P1D" }), move({ advance: "P1D" })]);
      const late = answers.find(({ status }) => status !== 200);
      assert.ok(answers.some(({ status }) => status === 200));
      if (late) refused(late, 409, "clock_busy");
      isOver = !late;
    }
  });

  await t.test("reports of browsers are counted; what is none is told so", async () => {
    const body = { documentURL: "https://shop.example/billing", effectiveDirective: "script-src", blockedURL: "https://evil.example/x.js?secret=1", disposition: "enforce" };
    const report = { type: "csp-violation", age: 1, url: body.documentURL, user_agent: "a browser", body };
    const send = (raw, type) => server.api.withKey(undefined).post("/api/reports/csp", undefined, { raw, type });
    done(await send(JSON.stringify([report, report]), "application/reports+json"), 204);
    refused(await send(JSON.stringify({ "csp-report": {} }), "application/csp-report"), 422, "invalid_fields");
    refused(await send("hello", "application/csp-report"), 400, "malformed_json");
    refused(await send("x".repeat(70_000), "application/csp-report"), 413, "body_too_large");
    assert.match((await server.api.get("/metrics")).text, /^turnpike_csp_reports_total 2$/m);
    assert.ok(!server.stderr.includes("secret=1"));
  });

  await t.test("alive, ready, and figures in OpenMetrics", async () => {
    const guest = server.api.withKey(undefined);
    assert.deepEqual(done(await guest.get("/healthz")), { status: "ok" });
    assert.deepEqual(done(await guest.get("/readyz")), { status: "ok", warnings: [] });
    const { headers, text } = await guest.get("/metrics");
    assert.match(headers["content-type"], /^application\/openmetrics-text; version=1\.0\.0/);
    assert.ok(text.endsWith("# EOF\n"));
    const families = new Map();
    for (const line of text.trimEnd().split("\n").slice(0, -1)) {
      const [, name, type] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? [];
      if (name) {
        assert.ok(!families.has(name), `${name} twice`);
        families.set(name, type);
      } else if (!line.startsWith("# HELP ")) {
        const [, sample] = /^(\w+)(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? -?[\d.e+]+$/.exec(line) ?? assert.fail(line);
        const family = [...families.keys()].at(-1);
        const suffixes = { counter: ["_total"], gauge: [""], histogram: ["_bucket", "_sum", "_count"] }[families.get(family)];
        assert.ok(suffixes.some((suffix) => sample === family + suffix), line);
      }
    }
    assert.ok(families.size > 5);
  });

  await t.test("bytes that are no request are refused within bounds", async () => {
    const get = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
    assert.equal(statusOf(await exchange(server, `${get}X: ${"a".repeat(20_000)}\r\n\r\n`)), 431);
    assert.equal(statusOf(await exchange(server, "hello\r\n\r\n")), 400);
    assert.equal(statusOf(await exchange(server, "GET /healthz HTTP/1.1\r\n\r\n")), 400, "no Host");
    assert.equal(statusOf(await exchange(server, `${get}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`)), 400);
    const long = await exchange(server, `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert.ok([414, 431].includes(statusOf(long)), long.slice(0, 200));
    const { code, requestId } = problemOf(await exchange(server, "hello\r\n\r\n"));
    assert.equal(code, "malformed_request");
    assert.ok(requestId);
    done(await server.api.get("/healthz"));
  });

  await t.test("no answer is stored by caches or sniffed, and none tells what is inside", async () => {
    for (const path of ["/api/billing/subscription", "/nothing", "/healthz"]) {
      const { headers, text } = await api.get(path);
      assert.equal(headers["cache-control"], "no-store");
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.doesNotMatch(text, /\.c:\d+|sqlite|\/tmp\//i);
    }
  });

  await t.test("the description is OpenAPI 3.1, whole, and every example in it is good", async () => {
    assert.match(description.openapi, /^3\.1\./);
    const ajv = makeAjv();
    ajv.addSchema(description, "openapi");
    const known = new Set(Object.keys(description.components.schemas));
    for (const [, name] of JSON.stringify(description).matchAll(/"#\/components\/schemas\/(\w+)/g)) assert.ok(known.has(name), name);
    for (const name of known) ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
    const ids = new Set();
    for (const { operation, path, method } of operationsOf(description)) {
      assert.ok(operation.summary && operation.operationId && !ids.has(operation.operationId), `${method} ${path}`);
      ids.add(operation.operationId);
      assert.ok(Object.keys(operation.responses).some((status) => status < "400"));
      for (const { schema, example } of Object.values(operation.requestBody?.content ?? {})) {
        const inRoot = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
        const validate = ajv.compile(inRoot);
        if (example !== undefined) assert.ok(validate(example), `${method} ${path}: ${JSON.stringify(validate.errors)}`);
      }
    }
    const { etag } = (await server.api.get("/api/openapi.json")).headers;
    assert.equal((await server.api.get("/api/openapi.json", { headers: { "If-None-Match": etag } })).status, 304);
  });
});

test("a server with the real clock has no test clock", async (t) => {
  const server = await startServer(t, { testClock: null });
  refused(await server.api.get("/api/test/clock"), 404, "not_in_test_mode");
  refused(await server.api.post("/api/test/clock", { advance: "P1D" }), 404, "not_in_test_mode");
});

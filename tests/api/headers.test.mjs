// Promise: every answer of every route carries exactly the header fields that were agreed for its kind, written down
// here once more by hand; and no answer of the API is shown by a browser as if it were a page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { test } from "node:test";

import { makeCertificate } from "../harness/certificate.mjs";
import { Person } from "../harness/person.mjs";
import { runTurnpike, startTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { done, newCustomer, subscriber } from "./support.mjs";

const SNIFF = { "x-content-type-options": "nosniff" };
const DEVICES = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
const DOCUMENT = {
  ...SNIFF,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": DEVICES,
  "referrer-policy": "no-referrer",
  "reporting-endpoints": 'csp="/api/reports/csp"',
};
const { "cross-origin-opener-policy": _, ...IN_FRAME } = DOCUMENT;
// <provider> is where its pages are; the policy of pages may lead a form there.
const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self' <provider>; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-to csp";
const AGREED = {
  api: { ...SNIFF, "cache-control": "no-store" },
  tagged: { ...SNIFF, "cache-control": "no-cache" },
  stream: { ...SNIFF, "cache-control": "no-store" },
  redirect: { ...SNIFF, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  download: { ...SNIFF, "cache-control": "no-store", "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "cross-origin-resource-policy": "same-origin" },
  page: { ...DOCUMENT, "cache-control": "no-cache", "content-security-policy": PAGE_POLICY },
  embed: { ...IN_FRAME, "cache-control": "no-cache", "content-security-policy": PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors <embedders>") },
  formPage: { ...DOCUMENT, "cache-control": "no-store", "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; report-to csp" },
  fixed: { ...SNIFF, "cache-control": "public, max-age=31536000, immutable", "cross-origin-resource-policy": "same-origin" },
};
const payPage = (hash) => ({ ...DOCUMENT, "cache-control": "no-store", "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; report-to csp` });

// What an answer may have beside the fields of its kind: what HTTP needs, and what the answer is about.
const OTHERS = new Set(["connection", "content-disposition", "content-encoding", "content-length", "content-type", "date", "etag", "keep-alive", "location", "ratelimit", "ratelimit-policy", "retry-after", "set-cookie", "transfer-encoding", "allow", "vary", "www-authenticate", "x-accel-buffering", "x-request-id"]);
const isOther = (name) => OTHERS.has(name) || name.startsWith("turnpike-");
const fieldsOf = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !isOther(name)));

// A request as a browser sends one that goes somewhere; of a stream only how the answer begins.
function go(url, { method = "GET", headers = {}, send = httpRequest, ...options } = {}) {
  return new Promise((answered, failed) => {
    const request = send(url, { method, headers, ...options }, (response) => {
      const { statusCode: status, headers: got } = response;
      if (got["content-type"] === "text/event-stream") {
        answered({ status, headers: got, text: "" });
        request.destroy();
        return;
      }
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => answered({ status, headers: got, text }));
    });
    request.on("error", failed);
    request.end();
  });
}

// The fields as they were agreed, for a server that charges through `provider`.
function agreed(kind, provider = "", embedders = "'none'") {
  const policy = AGREED[kind]["content-security-policy"]?.replace("<provider>", provider).replace("<embedders>", embedders);
  return { ...AGREED[kind], ...(policy && { "content-security-policy": policy }) };
}

function assertKind(kind, answer, what, ...origins) {
  assert.deepEqual(fieldsOf(answer.headers), agreed(kind, ...origins), what);
  assert.ok(answer.headers["x-request-id"], what);
}

const NAVIGABLE = new Set(["GET /healthz", "GET /readyz", "GET /metrics", "GET /sign-in/{token}", "GET /api/sign-in/oidc", "GET /api/sign-in/oidc/callback", "GET /api/openapi.json", "GET /api/gate", "POST /api/gate",
  "GET /api/admin/audit/export", "GET /api/admin/audit/{id}/proof", "GET /api/admin/evidence-packs/{id}/file", "GET /api/admin/privacy-requests/{id}/certificate", "GET /api/admin/privacy-requests/{id}/file", "GET /api/billing/privacy/exports/{id}", "GET /api/me/exports/{id}", "GET /api/billing/contracts/{id}/pdf", "GET /api/billing/invoice-archives/{id}/file", "GET /api/billing/invoices/{id}/pdf", "GET /api/billing/invoices/upcoming/pdf"]);
const isMisplaced = ({ status, text }) => status === 403 && JSON.parse(text).code === "not_a_page";
const PAGES = JSON.parse(await readFile(new URL("../../ui/pages.json", import.meta.url))).flatMap(({ paths }) => Object.keys(paths)).map((path) => path.replace(/:\w+/, "nobody"));

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, "nobody") })));
}

test("header fields", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const machine = { Authorization: `Bearer ${server.key}`, "Turnpike-User": "ada" };
  const operations = operationsOf(server.api.description);
  const ask = (method, path, headers = {}) => go(server.url + path, { method, headers });

  // What an answer of the API says that it is.
  const kindOf = ({ status, headers }) => {
    if (status === 303) return "redirect";
    if (headers["content-type"] === "text/event-stream") return "stream";
    if (headers["content-disposition"]) return "download";
    return headers.etag ? "tagged" : "api";
  };

  await t.test("every operation, with a key, without one, and with a method that it has not", async () => {
    const seen = new Set();
    for (const { name, method, path } of operations) {
      for (const headers of [machine, {}]) {
        const answer = await ask(method, path, headers);
        seen.add(kindOf(answer));
        assertKind(kindOf(answer), answer, `${name} ${answer.status}`);
      }
      assertKind("api", await ask("PATCH", path), `PATCH of ${name}`);
      assertKind("api", await ask("OPTIONS", path), `OPTIONS of ${name}`);
    }
    assert.deepEqual([...seen].sort(), ["api", "download", "stream", "tagged"]);
    assert.ok(operations.length > 100, `${operations.length}`);
  });

  await t.test("no answer of the API is shown as a page, a frame, a picture or a script", async () => {
    for (const { name, method, path } of operations) {
      for (const use of ["document", "iframe", "embed", "image", "script"]) {
        const answer = await ask(method, path, { ...machine, "Sec-Fetch-Dest": use });
        assert.equal(isMisplaced(answer), !NAVIGABLE.has(name), `${name} as ${use}: ${answer.status}`);
      }
      for (const use of ["empty", "report"]) {
        const answer = await ask(method, path, { ...machine, "Sec-Fetch-Dest": use });
        assert.ok(!isMisplaced(answer), `${name} as ${use}`);
      }
    }
  });

  await t.test("pages, and the parts of pages", async () => {
    const parts = new Set();
    const { url: provider } = done(await server.api.get("/api/test/sandbox"));
    for (const path of PAGES) {
      const page = await ask("GET", path, { "Sec-Fetch-Dest": "document" });
      assertKind("page", page, path, provider);
      assert.equal(page.status, 200, path);
      for (const [, part] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) parts.add(part);
    }
    assert.ok(parts.size > 0);
    for (const part of parts) assertKind("fixed", await ask("GET", part, { "Sec-Fetch-Dest": "script" }), part);
    assertKind("api", await ask("GET", "/nowhere"), "what is not there");
    assertKind("redirect", await ask("GET", "/"), "/");
    assertKind("api", await ask("GET", "/embed/pricing", { "Sec-Fetch-Dest": "iframe" }), "a frame that nobody was named for");
  });

  await t.test("who is named may show the prices in a frame; a form may lead to the provider's page", async (t) => {
    const sites = ["https://www.nova.example", "http://localhost:3000"];
    const env = { TURNPIKE_STRIPE_KEY: "sk_test_x", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_x", TURNPIKE_STRIPE_URL: "http://127.0.0.1:9" };
    const other = await startServer(t, { args: ["--embed-origins", sites.join(",")], env });
    const page = await go(`${other.url}/embed/pricing`, { headers: { "Sec-Fetch-Dest": "iframe" } });
    assert.equal(page.status, 200);
    assertKind("embed", page, "/embed/pricing", "https://checkout.stripe.com", sites.join(" "));
    assertKind("page", await go(`${other.url}/pricing`), "/pricing", "https://checkout.stripe.com");
    for (const wrong of ["https://*.nova.example", "https://nova.example/path", "http://nova.example", "https://a.example; script-src *", "nova.example", "https://", Array(9).fill("https://a.example").join()]) {
      const { code, stderr } = await runTurnpike(["serve", "--data", join(other.data, "x"), "--embed-origins", wrong]);
      assert.equal(code, 2, wrong);
      assert.match(stderr, /--embed-origins is a list of at most 8/);
    }
  });

  await t.test("what only a link leads to", async () => {
    const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada" }), 201);
    const entered = await ask("GET", new URL(url).pathname, { "Sec-Fetch-Dest": "document" });
    assert.equal(entered.status, 303);
    assertKind("redirect", entered, "sign-in");
    assertKind("api", await ask("GET", new URL(url).pathname), "a link that was used");
    assertKind("formPage", await ask("GET", "/unsubscribe/nothing"), "unsubscribe");
    const page = await ask("GET", "/pay/nothing");
    const [, style] = /<style>(.*?)<\/style>/s.exec(page.text);
    assert.deepEqual(fieldsOf(page.headers), payPage(createHash("sha256").update(style).digest("base64")), "the policy knows the page's style");
  });

  await t.test("files are saved, not shown", async () => {
    await subscriber(server, "buyer");
    const headers = { ...machine, "Turnpike-User": "buyer", "Sec-Fetch-Dest": "document" };
    for (const path of ["/api/billing/invoices/upcoming/pdf", "/api/admin/audit/export", "/api/admin/audit/export?format=csv"]) {
      const answer = await ask("GET", path, headers);
      assert.equal(answer.status, 200, path);
      assert.match(answer.headers["content-disposition"], /^attachment; filename="\w+\.\w+"$/, path);
      assertKind("download", answer, path);
    }
  });

  await t.test("cookies are bound to this host, to TLS, and out of scripts' reach", async () => {
    const person = await Person.ofPortal(server, "ada");
    const link = new URL(done(await server.api.post("/api/portal-sessions", { userId: "ada" }), 201).url);
    const answers = [await person.open(link.pathname), await person.post("/api/session/sign-out")];
    for (const { headers } of answers) {
      assert.equal(headers["set-cookie"].length, 1);
      assert.match(headers["set-cookie"][0], /^__Host-sid=[\w-]*; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    }
  });

  await t.test("what breaks HTTP is answered with the same, and nobody learns which version this is", async () => {
    const answers = [await ask("GET", "/x".repeat(9000)), await ask("GET", "/healthz"), await ask("GET", "/pricing")];
    assert.ok([414, 431].includes(answers[0].status));
    for (const answer of answers) {
      assert.equal(answer.headers.server, undefined);
      assert.equal(answer.headers["x-powered-by"], undefined);
      assert.doesNotMatch(`${JSON.stringify(answer.headers)}${answer.text.slice(0, 500)}`, /turnpike\/\d|libuv|OpenSSL|sqlite/i);
    }
    assertKind("api", answers[0], "too long");
  });

  await t.test("no other host's page may read anything", async () => {
    for (const path of ["/api/billing/plans", "/api/session", "/api/billing/subscription", "/pricing"]) {
      for (const method of ["GET", "OPTIONS"]) {
        const { headers } = await ask(method, path, { ...machine, Origin: "https://evil.example", "Access-Control-Request-Method": "GET" });
        assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith("access-control-")), [], `${method} ${path}`);
      }
    }
  });
});

const HSTS = "max-age=31536000";

test("behind a proxy whose address is https, every answer asks for TLS from then on", async (t) => {
  const data = await makeDataFolder();
  t.after(() => rm(data, { recursive: true, force: true }));
  const args = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--base-url", "https://billing.example.com"];
  const { process } = await startTurnpike(args, /^turnpike: listening on (\S+)$/m);
  t.after(async () => assert.equal((await process.end("SIGTERM")).code, 0, "also while it looks at its own pages from outside"));
  const socketPath = join(data, "turnpike.sock"); // its port is not told: the proxy's is
  for (const path of ["/healthz", "/pricing", "/", "/nowhere", "/pay/x", "/unsubscribe/x", "/api/billing/plans"]) {
    assert.equal((await go(`http://localhost${path}`, { socketPath })).headers["strict-transport-security"], HSTS, path);
  }
});

test("over TLS of its own as well; a proxy that only says so is not believed", async (t) => {
  const data = await makeDataFolder();
  t.after(() => rm(data, { recursive: true, force: true }));
  assert.equal((await runTurnpike(["keys", "create", "--scopes", "all", "--data", data])).code, 0);
  const { cert, path } = makeCertificate(data);
  const args = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--tls-cert", path, "--tls-key", path.replace("cert.pem", "key.pem")];
  const { match, process } = await startTurnpike(args, /^turnpike: listening on (https:\/\/\S+)$/m);
  t.after(() => process.end("SIGTERM"));
  for (const at of ["/healthz", "/pricing", "/", "/nowhere"]) {
    const answer = await go(match[1] + at, { send: httpsRequest, ca: cert });
    assert.equal(answer.headers["strict-transport-security"], HSTS, at);
  }
  const plain = await startServer(t);
  const answer = await go(`${plain.url}/healthz`, { headers: { "X-Forwarded-Proto": "https", Forwarded: "proto=https" } });
  assert.equal(answer.headers["strict-transport-security"], undefined);
});

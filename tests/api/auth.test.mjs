// Promise: nobody does anything without a key or a session that allows it; a key does what its scopes
// say, a session acts for its own customer from this server's own pages, and other people's things
// are not there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { HttpClient } from "../harness/http.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, newCustomer, refused, subscriber } from "./support.mjs";

const WRONG_KEY = `tp_test_${"a".repeat(36)}`;

// Every operation of the description: { method, path, keyed, personal, scopes }, ids filled in.
function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [], "x-scopes": scopes = [] }]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, "somebody"),
      keyed: security.some(({ key }) => key),
      personal: security.some(({ session }) => session),
      scopes,
    })));
}

function call(api, { method, path }, options = {}) {
  const body = ["POST", "PUT"].includes(method) ? {} : undefined;
  return api.request(method, path, body, options);
}

async function makeKey(server, scopes) {
  return done(await server.api.post("/api/keys", { name: "story", scopes }), 201).key;
}

test("keys", async (t) => {
  const server = await startServer(t);
  const operations = operationsOf(server.api.description);
  const keyed = operations.filter(({ keyed }) => keyed);
  assert.ok(keyed.length > 25);

  await t.test("every operation that wants a key refuses to go without, and with a wrong one", async () => {
    for (const operation of keyed) {
      const none = await call(server.api.withKey(undefined), operation);
      refused(none, 401, "key_missing");
      assert.match(none.headers["www-authenticate"], /^Bearer/);
      refused(await call(server.api.withKey(WRONG_KEY), operation), 401, "key_invalid");
      refused(await call(server.api.withKey("hello"), operation), 401, "key_invalid");
      const basic = await call(server.api.withKey(undefined), operation, { headers: { Authorization: "Basic YTpi" } });
      refused(basic, 401, "key_invalid");
    }
  });

  await t.test("a key without the scope is refused by every operation, which names it", async () => {
    const known = ["usage:write", "billing:write", "billing:read", "customers:write", "admin", "test"];
    const keys = Object.fromEntries(await Promise.all(known.map(async (scope) => [scope, await makeKey(server, [scope])])));
    for (const operation of keyed) {
      assert.ok(operation.scopes.length > 0, operation.path);
      for (const scope of known) {
        const api = server.api.withKey(keys[scope]).as("nobody");
        if (operation.path === "/api/test/clock" || operation.path === "/api/keys") continue; // tried by name below
        const answer = await call(api, operation);
        if (operation.scopes.includes(scope)) {
          assert.notEqual(answer.body?.code, "scope_missing", `${operation.path} ${scope}`);
        } else {
          const { detail } = refused(answer, 403, "scope_missing");
          assert.ok(operation.scopes.some((name) => detail.includes(name)), detail);
        }
      }
    }
    refused(await server.api.withKey(keys["usage:write"]).get("/api/test/clock"), 403, "scope_missing");
    refused(await server.api.withKey(keys["billing:write"]).post("/api/test/clock", { advance: "PT1S" }), 403, "scope_missing");
    refused(await server.api.withKey(keys["customers:write"]).post("/api/keys", { name: "x", scopes: ["all"] }), 403, "scope_missing");
    assert.equal((await server.api.withKey(keys.test).get("/api/test/clock")).status, 200);
  });

  await t.test("a key is shown once, well-formed, and made of known scopes", async () => {
    const made = done(await server.api.post("/api/keys", { name: "edge", scopes: ["usage:write", "billing:read"] }), 201);
    assert.match(made.key, /^tp_test_[0-9A-Za-z]{36}$/);
    assert.deepEqual(made.scopes, ["usage:write", "billing:read"]);
    refused(await server.api.post("/api/keys", { name: "x", scopes: ["usage:write", "root"] }), 422, "invalid_fields", "scopes.1");
    refused(await server.api.post("/api/keys", { name: 5, scopes: [] }), 422, "invalid_fields", "name", "scopes");
    const flipped = made.key.slice(0, -1) + (made.key.endsWith("0") ? "1" : "0");
    refused(await server.api.withKey(flipped).get("/api/customers"), 401, "key_invalid");
    await server.kill();
    await server.start();
    assert.equal((await server.api.withKey(made.key).as("nobody").get("/api/billing/subscription")).status, 404);
    assert.ok(!server.stderr.includes(made.key));
  });

  await t.test("a revoked key opens nothing from then on, though it was used a moment ago", async () => {
    const { id, key } = done(await server.api.post("/api/keys", { name: "gone", scopes: ["usage:write"] }), 201);
    const api = new Api(server.url, { key });
    const check = () => api.post("/api/usage/check", { userId: "nobody", metric: "modules", amount: 1 });
    refused(await api.delete(`/api/keys/${id}`), 403, "scope_missing");
    for (let i = 0; i < 3; i++) refused(await check(), 404, "customer_not_found");
    for (let i = 0; i < 2; i++) {
      assert.equal((await server.api.delete(`/api/keys/${id}`)).status, 204);
      refused(await check(), 401, "key_invalid");
    }
    api.close();
    await server.restart();
    const late = new Api(server.url, { key });
    refused(await late.post("/api/usage/check", {}), 401, "key_invalid");
    late.close();
    refused(await server.api.delete("/api/keys/apik_none"), 404, "key_not_found");
    refused(await server.api.get(`/api/keys/${id}`), 405, "method_not_allowed");
  });

  await t.test("a key ends when it was to end, and says until when", async () => {
    const { api } = server;
    const now = Date.parse((await api.get("/api/test/clock")).body.now);
    const at = (ms) => new Date(now + ms).toISOString().replace(".000", "");
    refused(await api.post("/api/keys", { scopes: ["test"], expiresAt: at(0) }), 422, "invalid_fields", "expiresAt");
    refused(await api.post("/api/keys", { scopes: ["test"], expiresAt: "tomorrow" }), 422, "invalid_fields", "expiresAt");
    const made = done(await api.post("/api/keys", { name: "short", scopes: ["billing:read"], expiresAt: at(3_600_000) }), 201);
    assert.equal(made.expiresAt, at(3_600_000));
    const short = api.withKey(made.key).as("nobody");
    assert.equal((await short.get("/api/billing/subscription")).status, 404);
    await api.post("/api/test/clock", { advance: "PT59M59S" });
    assert.equal((await short.get("/api/billing/subscription")).status, 404);
    await api.post("/api/test/clock", { advance: "PT1S" });
    refused(await short.get("/api/billing/subscription"), 401, "key_invalid");
    const row = (await api.get("/api/keys")).body.data.find(({ id }) => id === made.id);
    assert.equal(row.status, "expired");
    refused(await api.post(`/api/keys/${made.id}/rotate`, {}), 409, "key_not_active");
  });

  await t.test("a key bound to networks opens nothing from elsewhere, however often it is tried", async () => {
    const { api } = server;
    for (const ipAllowlist of [["10.0.0.1/8"], ["localhost"], ["192.0.2.0/33"], ["::1", "1.2.3"]])
      refused(await api.post("/api/keys", { scopes: ["test"], ipAllowlist }), 422, "invalid_fields", `ipAllowlist.${ipAllowlist.length - 1}`);
    refused(await api.post("/api/keys", { scopes: ["test"], ipAllowlist: Array(17).fill("::1") }), 422, "invalid_fields", "ipAllowlist");
    const far = done(await api.post("/api/keys", { name: "far", scopes: ["usage:write"], ipAllowlist: ["192.0.2.0/24"] }), 201);
    const near = done(await api.post("/api/keys", { name: "near", scopes: ["usage:write"], ipAllowlist: ["192.0.2.0/24", "127.0.0.0/8"] }), 201);
    assert.deepEqual(far.ipAllowlist, ["192.0.2.0/24"]);
    const check = (connection) => connection.post("/api/usage/check", { userId: "nobody", metric: "modules", amount: 1 });
    const [farApi, nearApi] = [new Api(server.url, { key: far.key }), new Api(server.url, { key: near.key })];
    for (let i = 0; i < 4; i++) {
      refused(await check(farApi), 403, "key_address_refused");
      refused(await check(nearApi), 404, "customer_not_found");
    }
    farApi.close();
    nearApi.close();
    const rows = (await api.get("/api/keys")).body.data;
    assert.deepEqual(rows.find(({ id }) => id === near.id).ipAllowlist, ["192.0.2.0/24", "127.0.0.0/8"]);
  });

  await t.test("keys are listed with when they were used, and never with what opens anything", async () => {
    const { api } = server;
    const made = done(await api.post("/api/keys", { name: "watched", scopes: ["billing:read"] }), 201);
    const row = async () => (await api.get("/api/keys")).body.data.find(({ id }) => id === made.id);
    const fresh = await row();
    assert.deepEqual([fresh.lastUsedAt, fresh.status, fresh.prefix, fresh.last4], [null, "active", "tp_test_", made.key.slice(-4)]);
    const used = Date.parse((await api.get("/api/test/clock")).body.now);
    await api.withKey(made.key).as("nobody").get("/api/billing/subscription");
    await api.post("/api/test/clock", { advance: "PT1S" }); // ends when everything that waits is stored
    const seen = Date.parse((await row()).lastUsedAt);
    assert.ok(seen >= used && seen <= used + 1_000, `used at ${used}, seen at ${seen}`);
    const text = JSON.stringify((await api.get("/api/keys")).body);
    assert.ok(!text.includes(made.key));
    refused(await api.withKey(await makeKey(server, ["customers:write"])).get("/api/keys"), 403, "scope_missing");
    refused(await api.withKey(undefined).get("/api/keys"), 401, "key_missing");
    refused(await api.withKey(WRONG_KEY).get("/api/keys"), 401, "key_invalid");
  });

  await t.test("a key is replaced without a gap: both work until the overlap is over", async () => {
    const { api } = server;
    const old = done(await api.post("/api/keys", { name: "edge", scopes: ["billing:read"] }), 201);
    refused(await api.post("/api/keys/apik_none/rotate", {}), 404, "key_not_found");
    refused(await api.post(`/api/keys/${old.id}/rotate`, { overlapHours: 721 }), 422, "invalid_fields", "overlapHours");
    refused(await api.post(`/api/keys/${old.id}/rotate`, { overlapHours: -1 }), 422, "invalid_fields", "overlapHours");
    const made = done(await api.post(`/api/keys/${old.id}/rotate`, { overlapHours: 1 }), 201);
    assert.notEqual(made.id, old.id);
    assert.deepEqual([made.name, made.scopes, made.expiresAt], ["edge", ["billing:read"], null]);
    const opens = async ({ key }) => (await api.withKey(key).as("nobody").get("/api/billing/subscription")).status === 404;
    assert.deepEqual([await opens(old), await opens(made)], [true, true]);
    await api.post("/api/test/clock", { advance: "PT1H" });
    assert.deepEqual([await opens(old), await opens(made)], [false, true]);
    done(await api.post(`/api/keys/${made.id}/rotate`, { overlapHours: 0 }), 201);
    assert.equal(await opens(made), false);
  });

  await t.test("what one request of a connection was allowed says nothing of the others", async () => {
    const keys = { usage: await makeKey(server, ["usage:write"]), read: await makeKey(server, ["billing:read"]), admin: await makeKey(server, ["admin"]), wrong: WRONG_KEY };
    const http = new HttpClient(server.url); // one connection, since its requests follow one another
    const ask = async (key) => {
      const { status } = await new Api(server.url, { key: keys[key], http }).post("/api/usage/check", { userId: "nobody", metric: "modules", amount: 1 });
      return status;
    };
    const expected = { usage: 404, read: 403, admin: 404, wrong: 401, none: 401 };
    const order = ["usage", "usage", "read", "usage", "none", "none", "wrong", "admin", "admin", "wrong", "read", "read", "usage", "none"];
    for (const key of order) assert.equal(await ask(key), expected[key], key);
    http.close();
  });

  await t.test("with a key, the header names the customer", async () => {
    refused(await server.api.get("/api/billing/subscription"), 400, "customer_required");
    for (const operation of keyed.filter(({ personal }) => personal)) {
      refused(await call(server.api, operation), 400, "customer_required");
    }
  });

  await t.test("another customer's invoices, methods and takes are not there", async () => {
    const owner = await subscriber(server, "owner");
    const stranger = await customerWithCard(server, "stranger");
    const [invoice] = await invoices(owner);
    for (const more of ["", "/pdf"]) refused(await stranger.get(`/api/billing/invoices/${invoice.id}${more}`), 404, "invoice_not_found");
    refused(await stranger.post(`/api/billing/invoices/${invoice.id}/pay`), 404, "invoice_not_found");
    assert.deepEqual(await invoices(stranger), []);
    done(await server.api.post("/api/usage/take", { userId: "owner", metric: "modules", amount: 1, id: "t-1" }));
    const release = { userId: "stranger", metric: "modules", amount: 1, id: "t-1" };
    refused(await server.api.post("/api/usage/release", release), 404, "take_not_found");
  });
});

test("sessions", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const guest = server.api.withKey(undefined);
  await newCustomer(server, "ada", { name: "Ada" });
  await newCustomer(server, "bob");

  const openLink = async (userId, more = {}) => new URL(done(await server.api.post("/api/portal-sessions", { userId, ...more }), 201).url).pathname;
  const cookieOf = (answer) => answer.headers["set-cookie"]?.[0].split(";")[0];
  const signIn = async (userId) => {
    const answer = await guest.get(await openLink(userId));
    assert.equal(answer.status, 303);
    return cookieOf(answer);
  };
  // What a browser sends from a page of this server.
  const own = (cookie, more = {}) => ({ headers: { Cookie: cookie, Origin: server.url, "Sec-Fetch-Site": "same-origin", ...more } });

  await t.test("a link signs its bearer in, once, and leads where it was meant to", async () => {
    const path = await openLink("ada", { returnPath: "/billing?tab=invoices" });
    assert.equal((await guest.request("HEAD", path)).status, 204, "a preview of the link does not use it");
    const answer = await guest.get(path);
    assert.deepEqual([answer.status, answer.headers.location, answer.headers["referrer-policy"]], [303, "/billing?tab=invoices", "no-referrer"]);
    assert.match(answer.headers["set-cookie"][0], /^__Host-sid=[^;]{32,}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    const session = done(await guest.get("/api/session", own(cookieOf(answer))));
    assert.deepEqual([session.userId, session.name, session.email], ["ada", "Ada", "ada@example.com"]);
    refused(await guest.get("/api/session?x=%zz"), 400, "malformed_url");
    refused(await guest.get("/api/session?x=1"), 422, "invalid_query", "x");
    for (const used of [path, "/sign-in/nobody", `/sign-in/${"a".repeat(64)}`]) {
      const again = await guest.get(used);
      assert.ok([303, 410].includes(again.status), again.text);
      assert.equal(again.headers["set-cookie"], undefined, "no second session");
    }
  });

  await t.test("a link is good for 15 minutes, a session while it is used, for a week at most", async () => {
    const path = await openLink("ada");
    const [used, resting] = [await signIn("ada"), await signIn("ada")];
    await server.clock.advance("PT15M1S");
    assert.equal((await guest.get(path)).headers["set-cookie"], undefined);
    await server.clock.advance("PT44M");
    done(await guest.get("/api/billing/subscription", own(used)));
    await server.clock.advance("PT1M");
    done(await guest.get("/api/billing/subscription", own(used)));
    refused(await guest.get("/api/billing/subscription", own(resting)), 401, "session_expired");
    await server.clock.advance("PT1H1M");
    refused(await guest.get("/api/billing/subscription", own(used)), 401, "session_expired");
  });

  await t.test("a session acts for its own customer only, with no key's powers", async () => {
    const cookie = await signIn("ada");
    assert.equal(done(await guest.get("/api/billing/subscription", own(cookie))).userId, "ada");
    refused(await guest.get("/api/billing/subscription", own(cookie, { "Turnpike-User": "bob" })), 404, "customer_not_found");
    refused(await guest.get("/api/customers", own(cookie)), 403, "role_forbidden");
    refused(await guest.get("/api/test/clock", own(cookie)), 401, "key_missing");
    refused(await guest.get("/api/billing/subscription", own("__Host-sid=forged")), 401, "session_expired");
    refused(await guest.get("/api/billing/subscription", own("sid=forged")), 401, "key_missing");
  });

  await t.test("changes are made from this server's own pages only, with the session's token", async () => {
    const ada = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
    const other = await Person.ofPortal(server, "ada");
    const cancel = (headers, more = {}) =>
      guest.post("/api/billing/cancel", {}, { headers: { Cookie: ada.cookie, "X-CSRF-Token": ada.csrfToken, ...headers }, ...more });
    const allowed = [
      { Origin: server.url, "Sec-Fetch-Site": "same-origin" },
      { Origin: server.url },
    ];
    for (const headers of allowed) refused(await cancel(headers), 409, "not_subscribed");
    const stopped = [
      {},
      { Origin: "null" },
      { Origin: "https://evil.example" },
      { Origin: `${server.url}.evil.example` },
      { Origin: server.url.replace("127.0.0.1", "localhost") },
      { Origin: server.url, "Sec-Fetch-Site": "cross-site" },
      { Origin: server.url, "Sec-Fetch-Site": "same-site" },
      { Origin: server.url, "Sec-Fetch-Site": "none" },
      { "Sec-Fetch-Site": "same-origin" },
    ];
    for (const headers of stopped) refused(await cancel(headers), 403, "cross_site");
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      refused(await cancel({ Origin: server.url }, { type }), 403, "cross_site");
    }
    for (const token of ["", "0".repeat(32), ada.csrfToken.toUpperCase().replace(/^[0-9]*/, "x"), other.csrfToken]) {
      refused(await cancel({ Origin: server.url, "X-CSRF-Token": token }), 403, "csrf_token_invalid");
    }
    const personal = operationsOf(server.api.description).filter(({ method, personal }) => personal && method !== "GET");
    for (const operation of personal) {
      refused(await call(guest, operation, { headers: { Cookie: ada.cookie, Origin: "https://evil.example" } }), 403, "cross_site");
      refused(await call(guest, operation, own(ada.cookie)), 403, "csrf_token_invalid");
    }
    assert.equal((await guest.get("/api/billing/subscription", { headers: { Cookie: ada.cookie } })).status, 200, "reading needs no origin");
  });

  await t.test("signing out ends the session", async () => {
    const ada = await Person.ofPortal(server, "ada");
    refused(await guest.post("/api/session/sign-out", {}), 401, "session_missing");
    refused(await ada.post("/api/session/sign-out", { all: true }), 422, "invalid_fields", "all");
    const { cookie } = ada;
    const out = await ada.post("/api/session/sign-out");
    assert.equal(out.status, 204);
    assert.match(out.headers["set-cookie"][0], /^__Host-sid=;.*Max-Age=0$/);
    refused(await guest.get("/api/billing/subscription", own(cookie)), 401, "session_expired");
    refused(await guest.post("/api/session/sign-out", {}, own(cookie)), 401, "session_expired");
  });

  await t.test("a session outlives a restart of the server", async () => {
    const cookie = await signIn("bob");
    await server.kill();
    await server.start();
    const answer = await server.api.withKey(undefined).get("/api/session", own(cookie));
    assert.equal(done(answer).userId, "bob");
  });

  await t.test("links that would lead elsewhere, or for nobody", async () => {
    const open = (body) => server.api.post("/api/portal-sessions", body);
    for (const returnPath of ["//evil.example", "/\\evil.example", "https://evil.example", "billing", ""]) {
      refused(await open({ userId: "ada", returnPath }), 422, "invalid_fields", "returnPath");
    }
    refused(await open({ userId: "nobody" }), 404, "customer_not_found");
    refused(await open({ user: "ada" }), 422, "invalid_fields", "userId", "user");
    refused(await open({ userId: "ada", role: "admin" }), 422, "invalid_fields", "role");
    const tomorrow = new Date(Date.parse(await server.clock.now()) + 86_400_000).toISOString();
    refused(await open({ userId: "ada", authentication: { at: tomorrow, methods: ["mfa"] } }), 422, "invalid_fields", "authentication.at");
    refused(await open({ userId: "ada", authentication: { at: await server.clock.now(), methods: ["face"] } }), 422, "invalid_fields", "authentication.methods.0");
    refused(await open({ userId: "ada", authentication: {} }), 422, "invalid_fields", "authentication.at", "authentication.methods");
  });
});

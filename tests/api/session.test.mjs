// Promise: a sign-in link opens the pages once, for its own customer; whoever is not signed in is
// told so without it being an error.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const NOBODY = {
  userId: null, email: null, name: null, mode: "test",
  personId: null, personName: null, personEmail: null, role: null, kind: null, csrfToken: null, reason: null, expiresAt: null, needsSecondFactor: false, signInProvider: null,
  locale: null, timeZone: null, firstWeekday: null,
};

// A link for `userId`, and the cookie that it gives to the first who opens it.
async function signIn(server, userId) {
  const { url } = done(await server.api.post("/api/portal-sessions", { userId, returnPath: "/billing?x=1" }), 201);
  const path = new URL(url).pathname;
  const answer = await server.api.get(path);
  assert.deepEqual([answer.status, answer.headers.location], [303, "/billing?x=1"]);
  const [cookie] = answer.headers["set-cookie"];
  for (const part of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) assert.ok(cookie.includes(part), part);
  return { path, headers: { Cookie: cookie.split(";")[0] } };
}

test("sessions", async (t) => {
  const server = await startServer(t);
  const visitor = new Api(server.url, { contract: server.contract });
  t.after(() => visitor.close());
  await newCustomer(server, "ada", { name: "Ada Fern" });

  await t.test("a stranger is nobody, with no cookie or a wrong one", async () => {
    assert.deepEqual(done(await visitor.get("/api/session")), NOBODY);
    for (const cookie of ["__Host-sid=", "__Host-sid=nonsense", "other=1"]) {
      assert.deepEqual(done(await visitor.get("/api/session", { headers: { Cookie: cookie } })), NOBODY, cookie);
    }
    refused(await visitor.get("/api/billing/subscription"), 401, "key_missing");
    refused(await visitor.post("/api/session/sign-out", {}), 401, "session_missing");
  });

  await t.test("a link signs in once", async () => {
    const { path, headers } = await signIn(server, "ada");
    const { personId, csrfToken, ...shown } = done(await visitor.get("/api/session", { headers }));
    assert.match(personId, /^pers_/);
    assert.match(csrfToken, /^[0-9a-f]{32}$/);
    assert.deepEqual(shown, {
      userId: "ada", email: "ada@example.com", name: "Ada Fern", mode: "test",
      personName: null, personEmail: null, role: "owner", kind: "portal", reason: null, expiresAt: "2026-01-22T12:00:00Z", needsSecondFactor: false, signInProvider: null,
      locale: null, timeZone: null, firstWeekday: 1,
    });
    assert.equal(done(await visitor.get("/api/billing/subscription", { headers })).userId, "ada");
    refused(await visitor.get(path), 410, "link_invalid");
    const shownToPerson = await visitor.get(path, { headers: { Accept: "text/html,*/*;q=0.8" } });
    assert.deepEqual([shownToPerson.status, shownToPerson.headers.location], [303, "/sign-in?error=link_invalid"]);
  });

  await t.test("signed out, the cookie is worth nothing", async () => {
    const { headers } = await signIn(server, "ada");
    const { csrfToken } = done(await visitor.get("/api/session", { headers }));
    const own = { ...headers, Origin: server.url, "X-CSRF-Token": csrfToken };
    done(await visitor.post("/api/session/sign-out", {}, { headers: own }), 204);
    assert.deepEqual(done(await visitor.get("/api/session", { headers })), NOBODY);
    refused(await visitor.get("/api/billing/subscription", { headers }), 401, "session_expired");
  });

  await t.test("a session ends by itself", async () => {
    const { headers } = await signIn(server, "ada");
    await server.clock.advance("P1D");
    assert.deepEqual(done(await visitor.get("/api/session", { headers })), NOBODY);
  });

  await t.test("a page takes whatever its address says", async () => {
    for (const path of ["/pricing?interval=year", "/billing?to=starter&interval=year&utm_source=mail", "/sign-in?next=%2Fbilling"]) {
      const answer = await visitor.get(path, { headers: { Accept: "text/html" } });
      assert.equal(answer.status, 200, path);
      assert.match(answer.headers["content-type"], /^text\/html/);
    }
  });
});

// Promise: each person has pages light, dark, or as their system says, wherever they sign in, and from the first drawing on; nobody else is
// drawn otherwise for it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const APPEARANCE = "/api/me/appearance";

async function styleOf(server, headers = {}) {
  const answer = await fetch(`${server.url}/appearance.css`, { headers });
  assert.deepEqual([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")], [200, "text/css; charset=utf-8", "no-store"]);
  return /color-scheme:([a-z ]+)[;}]/.exec(await answer.text())[1];
}

test("somebody chooses dark, wherever they sign in", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const come = (id) => Person.ofPortal(server, "ada", { role: "viewer", person: { id, email: `${id}@members.example`, name: id } });
  const vera = await come("vera");
  const theo = await come("theo");
  assert.deepEqual(done(await vera.get(APPEARANCE)), { scheme: "system" });
  assert.equal(await styleOf(server, vera.headers), "light dark");
  assert.deepEqual(done(await vera.put(APPEARANCE, { scheme: "dark" })), { scheme: "dark" });
  const elsewhere = await come("vera");
  assert.equal(await styleOf(server, elsewhere.headers), "dark");
  assert.equal(await styleOf(server, theo.headers), "light dark");
  assert.equal(await styleOf(server), "light dark");
  assert.equal(await styleOf(server, { Cookie: `__Host-sid=${"0".repeat(64)}` }), "light dark");
  done(await vera.put(APPEARANCE, { scheme: "light" }));
  assert.equal(await styleOf(server, elsewhere.headers), "light");
  for (const scheme of ["blue", "", null]) refused(await vera.put(APPEARANCE, { scheme }), 422, "invalid_fields", "scheme");
  refused(await vera.put(APPEARANCE, {}), 422, "invalid_fields", "scheme");
  refused(await vera.put(APPEARANCE, { scheme: "dark" }, { headers: { "X-CSRF-Token": "of another page" } }), 403, "csrf_token_invalid");
  const stranger = new Person(server);
  refused(await stranger.get(APPEARANCE), 401, "session_missing");
  refused(await stranger.put(APPEARANCE, { scheme: "dark" }), 401, "session_missing");
  refused(await vera.get(APPEARANCE, { headers: { Cookie: `__Host-sid=${"0".repeat(64)}` } }), 401, "session_expired");
  refused(await vera.get(`${APPEARANCE}?scheme=dark`), 422, "invalid_query", "scheme");
});

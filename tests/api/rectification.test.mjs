// Promise: people correct their own name; the log keeps that it was done, and neither name.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const asMember = async (server, id, name, more = {}) =>
  Person.ofPortal(server, "ada", { role: "viewer", person: { id, name, email: `${id}@members.example` }, authentication: await vouched(server), ...more });

test("a name is corrected by its bearer", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await newCustomer(server, "ada");
  const vera = await asMember(server, "vera", "Vera Misspelt");
  for (const body of [{}, { name: "" }, { name: "x".repeat(300) }, { name: 7 }]) refused(await vera.put("/api/me", body), 422, "invalid_fields", "name");
  refused(await (await asMember(server, "vera", "Vera Misspelt", { authentication: undefined })).put("/api/me", { name: "Vera" }), 401, "step_up_required");
  refused(await new Person(server).put("/api/me", { name: "Vera" }), 401, "session_missing");
  const me = done(await vera.put("/api/me", { name: "Vera Rightly" }));
  assert.deepEqual([me.name, me.email], ["Vera Rightly", "vera@members.example"]);
  const { data } = done(await server.api.as("ada").get("/api/billing/members"));
  assert.deepEqual(data.map(({ name }) => name), ["Vera Rightly"]);
  const { data: rows } = done(await server.api.get("/api/admin/audit?action=person.rename"));
  const [{ row }] = rows.filter(({ outcome }) => outcome === "done");
  assert.match(row.before.name, /^h:[0-9a-f]{32}$/);
  assert.match(row.after.name, /^h:[0-9a-f]{32}$/);
  assert.notEqual(row.before.name, row.after.name);
  assert.ok(!JSON.stringify(rows).includes("Vera"), "veiled");
});

// Promise: operators say who of them looks after a customer, and find all of one operator's by an index; each change is written down,
// it gives no right, and goes with whoever it names.
import assert from "node:assert/strict";
import { test } from "node:test";

import { operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const of = (userId) => `/api/admin/customers/${userId}/owner`;

test("who looks after a customer", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { api } = server;
  const sue = await operator(server, "sue", "support");
  const fay = await operator(server, "fay", "finance");
  const auditor = await operator(server, "aud", "auditor");
  for (const userId of ["acme", "bolt", "cord"]) await newCustomer(server, userId, { country: userId === "cord" ? "JP" : "DE" });
  const listed = async (query) => done(await api.get(`/api/admin/customers?${query}`)).data;
  const idsOf = async (query) => (await listed(query)).map(({ userId }) => userId);
  const ownerOf = async (userId) => done(await api.get(`/api/admin/customers/${userId}`)).standing;
  const { data: operators } = done(await api.get("/api/admin/operators"));
  const personOf = (name) => operators.find(({ email }) => email.startsWith(`${name}@`));

  await t.test("nobody at first; then who is named, and nobody beside them", async () => {
    assert.deepEqual(await listed("q=acme").then(([{ ownerId, ownerName }]) => [ownerId, ownerName]), [null, null]);
    for (const userId of ["acme", "cord"]) done(await sue.put(of(userId), { email: personOf("sue").email }), 204);
    done(await fay.put(of("bolt"), { email: personOf("sue").email.toUpperCase() }), 204);
    done(await fay.put(of("bolt"), { email: personOf("fay").email }), 204);
    assert.deepEqual((await listed("limit=10")).map(({ userId, ownerId }) => [userId, ownerId]).toSorted(),
      [["acme", personOf("sue").id], ["bolt", personOf("fay").id], ["cord", personOf("sue").id]]);
    const { ownerId, ownerName } = await ownerOf("bolt");
    assert.deepEqual([ownerId, ownerName], [personOf("fay").id, personOf("fay").name]);
  });

  await t.test("lists are chosen by it, page by page, with a search and other filters and without", async () => {
    const owner = `owner=${personOf("sue").id}`;
    assert.deepEqual(await idsOf(owner), ["acme", "cord"]);
    const first = done(await api.get(`/api/admin/customers?${owner}&limit=1`));
    assert.deepEqual([first.data.map(({ userId }) => userId), await idsOf(`${owner}&limit=1&cursor=${first.nextCursor}`)], [["acme"], ["cord"]]);
    assert.deepEqual(await idsOf(`${owner}&country=JP`), ["cord"]);
    assert.deepEqual(await idsOf(`${owner}&q=ac`), ["acme"]);
    assert.deepEqual(await idsOf(`${owner}&q=bo`), []);
    assert.deepEqual(await idsOf("owner=pers_nobody"), []);
    for (const query of ["owner=", `owner=${"a".repeat(65)}`, "owner=a%20b"]) refused(await api.get(`/api/admin/customers?${query}`), 422, "invalid_query");
  });

  await t.test("what cannot be meant is refused, and changes nothing", async () => {
    refused(await sue.put(of("acme"), { email: "nobody@example.com" }), 404, "person_not_found");
    refused(await sue.put(of("nobody"), { email: personOf("sue").email }), 404, "customer_not_found");
    refused(await sue.delete(of("nobody")), 404, "customer_not_found");
    for (const body of [{}, { email: "a" }, { email: `${"a".repeat(320)}@example.com` }]) refused(await sue.put(of("acme"), body), 422, "invalid_fields", "email");
    refused(await auditor.put(of("acme"), { email: personOf("aud").email }), 403, "role_forbidden");
    refused(await auditor.delete(of("acme")), 403, "role_forbidden");
    refused(await api.withKey(undefined).put(of("acme"), { email: "a@b.c" }), 401, "key_missing");
    refused(await api.withKey(undefined).delete(of("acme")), 401, "key_missing");
    assert.equal((await ownerOf("acme")).ownerId, personOf("sue").id);
  });

  await t.test("it is taken back, also where there was none", async () => {
    for (let n = 0; n < 2; n++) done(await fay.delete(of("acme")), 204);
    assert.equal((await ownerOf("acme")).ownerId, null);
    assert.deepEqual(await idsOf(`owner=${personOf("sue").id}`), ["cord"]);
  });

  await t.test("each change is written down, with who it was before, and no address", async () => {
    const { data } = done(await api.get("/api/admin/audit?userId=bolt&action=customer_owner.set"));
    assert.deepEqual(data.map(({ row }) => [row.before, row.after]), [[{ owner: personOf("sue").id }, { owner: personOf("fay").id }], [{ owner: "" }, { owner: personOf("sue").id }]]);
    assert.ok(!JSON.stringify(data).includes("@"));
    const dropped = done(await api.get("/api/admin/audit?userId=acme&action=customer_owner.drop")).data;
    assert.deepEqual(dropped.at(-1).row.before, { owner: personOf("sue").id });
  });
});

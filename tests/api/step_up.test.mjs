// Promise: who is signed in may do what their role says, no more; and what changes anything asks for a
// fresh second factor, before anything has begun.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, refused, subscription } from "./support.mjs";

const MUTATIONS = ["post", "put", "delete"];

// Every operation of the description that a person of a customer may be allowed, ids filled in.
function personal(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.security?.some(({ session }) => session) && operation["x-permission"])
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, "somebody"),
        changes: MUTATIONS.includes(method),
        permission: operation["x-permission"],
        stepUp: operation["x-step-up"],
        isStream: JSON.stringify(operation.responses["200"] ?? {}).includes("text/event-stream"), // has no end
      })));
}

function call(person, { method, path, changes }) {
  return person.request(method, path, changes && method !== "DELETE" ? {} : undefined);
}

test("step-up", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const operations = personal(server.api.description);
  // Saying what one thinks, and having papers gathered that one may read, changes nothing.
  const changes = operations.filter(({ changes, path }) => changes && !/^\/api\/billing\/(feedback|invoice-archives|privacy\/exports|invoices\/somebody\/questions)/.test(path));
  await customerWithCard(server, "ada");

  await t.test("every change names what it asks for, and asks for it", async () => {
    const ada = await Person.ofPortal(server, "ada");
    assert.ok(changes.length >= 11, `${changes.length}`);
    for (const operation of changes) {
      assert.ok(operation.stepUp && operation.stepUp !== "none", `${operation.method} ${operation.path}`);
      const { methods, maxAgeSeconds } = refused(await call(ada, operation), 401, "step_up_required");
      assert.deepEqual([methods, maxAgeSeconds], [["platform"], 300], operation.path);
    }
    for (const operation of operations.filter(({ changes }) => !changes)) {
      assert.equal(operation.stepUp, undefined, operation.path);
    }
  });

  await t.test("reading, previews and signing out ask for nothing", async () => {
    const ada = await Person.ofPortal(server, "ada");
    done(await ada.get("/api/billing/subscription"));
    done(await ada.put("/api/billing/subscription?preview=true", { tier: "starter" }));
    done(await ada.post("/api/session/sign-out"), 204);
  });

  await t.test("a refused change has not begun: the same request, with its key, goes through afterwards", async () => {
    const options = { idempotencyKey: randomUUID() };
    const stale = await Person.ofPortal(server, "ada");
    refused(await stale.post("/api/billing/subscribe", { tier: "starter" }, options), 401, "step_up_required");
    assert.equal((await subscription(server.api.as("ada"))).tier, "free");
    const fresh = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
    done(await fresh.post("/api/billing/subscribe", { tier: "starter" }, options), 201);
    done(await fresh.post("/api/billing/subscribe", { tier: "starter" }, options), 201);
    assert.equal((await subscription(server.api.as("ada"))).tier, "starter");
  });

  await t.test("a proof is good for five minutes, and a password is none", async () => {
    const cancel = (person) => person.post("/api/billing/cancel", { when: "soon" }); // refused once it is let in
    const at = await server.clock.now();
    const ada = await Person.ofPortal(server, "ada", { authentication: { at, methods: ["pwd", "otp"] } });
    const only = await Person.ofPortal(server, "ada", { authentication: { at, methods: ["pwd"] } });
    refused(await cancel(only), 401, "step_up_required");
    await server.clock.advance("PT4M59S");
    refused(await cancel(ada), 422, "invalid_fields");
    await server.clock.advance("PT1S");
    refused(await cancel(ada), 401, "step_up_required");
  });
});

test("how old a proof may be is said at the start", async (t) => {
  const server = await startServer(t, { args: ["--step-up-seconds", "60"] });
  await newCustomer(server, "ada");
  const ada = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  await server.clock.advance("PT1M");
  assert.equal(refused(await ada.post("/api/billing/cancel"), 401, "step_up_required").maxAgeSeconds, 60);
});

test("roles of a customer's people", async (t) => {
  const server = await startServer(t);
  const operations = personal(server.api.description);
  await newCustomer(server, "ada");
  await newCustomer(server, "bob");
  const may = {
    owner: ["billing:read", "billing:write", "members:read", "members:write", "feedback", "privacy"],
    billing_admin: ["billing:read", "billing:write", "members:read", "feedback"],
    viewer: ["billing:read", "members:read"],
  };
  const as = async (role, id) =>
    Person.ofPortal(server, "ada", { role, person: { id, email: `${id}@example.com`, name: id }, authentication: await vouched(server) });

  for (const role of Object.keys(may)) {
    await t.test(`${role}: exactly what was agreed`, async () => {
      const person = await as(role, `p-${role}`);
      assert.equal((await person.look()).role, role);
      for (const operation of operations.filter(({ isStream }) => !isStream)) {
        const answer = await call(person, operation);
        const isAllowed = may[role].includes(operation.permission);
        assert.equal(answer.body?.code === "role_forbidden", !isAllowed, `${operation.method} ${operation.path} ${answer.text}`);
        refused(await person.request(operation.method, operation.path, operation.changes && operation.method !== "DELETE" ? {} : undefined,
          { headers: { "Turnpike-User": "bob" } }), 404, "customer_not_found");
      }
    });
  }

  await t.test("a role that the platform changes holds from the next request on", async () => {
    const person = await as("owner", "changing");
    refused(await person.post("/api/billing/cancel"), 409, "not_subscribed");
    await as("viewer", "changing");
    refused(await person.post("/api/billing/cancel"), 403, "role_forbidden");
    assert.equal((await person.look()).role, "viewer");
  });

  await t.test("operators' routes are not theirs, whatever their role", async () => {
    const person = await as("owner", "curious");
    for (const path of ["/api/admin/dunning", "/api/admin/outbox", "/api/customers", "/api/customers/bob"]) {
      refused(await person.get(path), 403, "role_forbidden");
    }
    refused(await person.post("/api/keys", { name: "x", scopes: ["all"] }), 403, "role_forbidden");
    refused(await person.post("/api/portal-sessions", { userId: "bob" }), 401, "key_missing");
  });
});

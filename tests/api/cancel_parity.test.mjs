// Promise: leaving is as easy as coming in (Directive 2019/2161 and the renewal laws of US states call it cancel parity): one
// request of the same kind, with no more fields, for the same people and under the same proof, and it takes effect.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, subscription } from "./support.mjs";

const SUBSCRIBE = "/api/billing/subscribe";
const CANCEL = "/api/billing/cancel";

// The fields that a body must have, with references followed.
function requiredOf(description, operation) {
  let schema = operation.requestBody.content["application/json"].schema;
  while (schema.$ref) schema = description.components.schemas[schema.$ref.split("/").at(-1)];
  return schema.required ?? [];
}

test("cancelling asks for no more than subscribing", async (t) => {
  const server = await startServer(t);
  const description = done(await server.api.get("/api/openapi.json"));
  const [subscribe, cancel] = [SUBSCRIBE, CANCEL].map((path) => description.paths[path].post);

  await t.test("in fields, permission, proof and keys", () => {
    assert.deepEqual(requiredOf(description, subscribe), ["tier"]);
    assert.deepEqual(requiredOf(description, cancel), []);
    for (const member of ["x-permission", "x-step-up", "x-scopes", "security"]) {
      assert.ok(subscribe[member] !== undefined, member);
      assert.deepEqual(cancel[member], subscribe[member], member);
    }
    const needed = ({ parameters = [] }) => parameters.filter(({ required }) => required).map(({ name }) => name).sort();
    assert.deepEqual(needed(cancel), needed(subscribe));
  });

  await t.test("in requests: one each, and it is done", async () => {
    const api = await customerWithCard(server, "ada");
    assert.equal(done(await api.post(SUBSCRIBE, { tier: "starter" }), 201).status, "active");
    assert.equal(done(await api.post(CANCEL, {})).cancelAtPeriodEnd, true);
    await server.clock.advance("P2M");
    assert.equal((await subscription(api)).tier, "free");
    assert.equal((await invoices(api)).length, 1, "nothing is charged after it");
  });

  await t.test("in time: also at once, and while a change waits", async () => {
    const bob = await customerWithCard(server, "bob");
    done(await bob.post(SUBSCRIBE, { tier: "professional" }), 201);
    done(await bob.put("/api/billing/subscription", { tier: "starter" }));
    assert.equal(done(await bob.post(CANCEL, {})).cancelAtPeriodEnd, true);
    const cleo = await customerWithCard(server, "cleo");
    done(await cleo.post(SUBSCRIBE, { tier: "starter" }), 201);
    assert.equal(done(await cleo.post(CANCEL, { when: "now" })).tier, "free");
  });
});

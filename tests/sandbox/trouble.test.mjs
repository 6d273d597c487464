// Promise: what may go wrong between a client and Stripe can be planned, and then happens so that a
// client sees exactly what Stripe's would show it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const FAULTS = "/v1/test_helpers/sandbox/faults";
const customers = async (sandbox) => (await sandbox.get("/v1/customers")).data.length;

test("a request that was not executed", async (t) => {
  const sandbox = await Sandbox.start(t);
  const cases = [
    ["error", 500, "api_error", undefined, undefined],
    ["rate_limit", 429, "invalid_request_error", "rate_limit", undefined],
    ["lock_timeout", 429, "invalid_request_error", "lock_timeout", "true"],
    ["key_in_use", 409, "idempotency_error", "idempotency_key_in_use", "true"],
  ];
  for (const [kind, status, type, code, retry] of cases) {
    await sandbox.post(FAULTS, { kind });
    const answer = await sandbox.stripe.post("/v1/customers", {}, { idempotencyKey: kind });
    const { error } = answer.body;
    assert.deepEqual([answer.status, error.type, error.code, answer.headers["stripe-should-retry"]], [status, type, code, retry]);
  }
  await sandbox.post(FAULTS, { kind: "lost_request" });
  await assert.rejects(sandbox.stripe.post("/v1/customers", {}, { idempotencyKey: "lost" }));
  assert.equal(await customers(sandbox), 0);
  for (const key of [...cases.map(([kind]) => kind), "lost"]) {
    const answer = await sandbox.stripe.post("/v1/customers", {}, { idempotencyKey: key });
    assert.deepEqual([answer.status, answer.headers["idempotent-replayed"]], [200, undefined], key);
  }
});

test("executed, and the answer got lost: the same key tells it", async (t) => {
  const sandbox = await Sandbox.start(t);
  await sandbox.post(FAULTS, { kind: "lost_answer", method: "POST", path: "/v1/customers" });
  await assert.rejects(sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k" }));
  assert.equal(await customers(sandbox), 1);
  const again = await sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k" });
  assert.deepEqual([again.status, again.body.name, again.headers["idempotent-replayed"]], [200, "Ada", "true"]);
  assert.equal(await customers(sandbox), 1);
});

test("executed, and answered with 500: the key keeps saying so, and reading tells the truth", async (t) => {
  const sandbox = await Sandbox.start(t);
  await sandbox.post(FAULTS, { kind: "error_after" });
  for (const replayed of [undefined, "true"]) {
    const answer = await sandbox.stripe.post("/v1/customers", {}, { idempotencyKey: "k" });
    assert.deepEqual([answer.status, answer.body.error.type, answer.headers["idempotent-replayed"]], [500, "api_error", replayed]);
  }
  assert.equal(await customers(sandbox), 1);
});

test("a plan meets what it names, after what it lets pass, as often as it says, across a restart", async (t) => {
  const sandbox = await Sandbox.start(t);
  await sandbox.post(FAULTS, { kind: "error", method: "POST", path: "/v1/prod*", after: 1, times: 2 });
  const make = async () => (await sandbox.stripe.post("/v1/products", { name: "Tea" })).status;
  assert.equal((await sandbox.stripe.post("/v1/customers")).status, 200);
  assert.equal(await make(), 200);
  assert.equal(await make(), 500);
  await sandbox.crash();
  assert.deepEqual([(await sandbox.stripe.get("/v1/products")).status, await make(), await make()], [200, 500, 200]);
});

test("a key whose request is still under way is in use", async (t) => {
  const sandbox = await Sandbox.start(t);
  const plan = await sandbox.post(FAULTS, { kind: "wait", path: "/v1/customers" });
  const slow = sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k" });
  const waits = async () => (await sandbox.get(`${FAULTS}/${plan.id}`)).times === 0;
  while (!(await waits()));
  const other = await sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k" });
  assert.deepEqual([other.status, other.body.error.code, other.headers["stripe-should-retry"]], [409, "idempotency_key_in_use", "true"]);
  assert.equal(await customers(sandbox), 0);
  await sandbox.delete(`${FAULTS}/${plan.id}`);
  assert.equal((await slow).status, 200);
  const again = await sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k" });
  assert.equal(again.headers["idempotent-replayed"], "true");
});

test("a slow answer comes, and a sandbox that stops finishes what waits", async (t) => {
  const sandbox = await Sandbox.start(t);
  await sandbox.post(FAULTS, { kind: "wait", delay_ms: 5, path: "/v1/customers" });
  assert.equal((await sandbox.stripe.post("/v1/customers")).status, 200);
  const plan = await sandbox.post(FAULTS, { kind: "wait", path: "/v1/customers" });
  const slow = sandbox.stripe.post("/v1/customers");
  while ((await sandbox.get(`${FAULTS}/${plan.id}`)).times > 0);
  const [answer, end] = await Promise.all([slow, sandbox.process.end("SIGTERM")]);
  assert.deepEqual([answer.status, end.code], [200, 0]);
});

test("a header plans for its own request", async (t) => {
  const sandbox = await Sandbox.start(t);
  const send = (kind) => sandbox.stripe.post("/v1/customers", {}, { headers: { "Sandbox-Fault": kind } });
  assert.equal((await send("lock_timeout")).status, 429);
  assert.equal((await send("wait")).status, 200);
  await assert.rejects(send("lost_answer"));
  assert.equal(await customers(sandbox), 2);
  assert.equal((await send("earthquake")).status, 400);
});

test("plans are refused by name", async (t) => {
  const { stripe } = await Sandbox.start(t);
  for (const [fields, param] of [[{}, "kind"], [{ kind: "flood" }, "kind"], [{ kind: "error", times: 0 }, "times"],
    [{ kind: "error", path: "v1" }, "path"], [{ kind: "error", method: "PUT" }, "method"], [{ kind: "wait", delay_ms: 60001 }, "delay_ms"]]) {
    const answer = await stripe.post(FAULTS, fields);
    assert.deepEqual([answer.status, answer.body.error.param], [400, param]);
  }
  assert.equal((await stripe.delete(`${FAULTS}/fault_none`)).status, 404);
});

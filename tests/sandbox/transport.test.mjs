// Promise: the sandbox's transport is Stripe's: keys, forms, errors, lists, idempotency.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { KEY, Sandbox } from "./support.mjs";

test("keys", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const status = async (Authorization) =>
    (await http.request("GET", "/v1/customers", { headers: Authorization ? { Authorization } : {} })).status;
  const basic = (text) => `Basic ${Buffer.from(text).toString("base64")}`;
  assert.equal(await status(undefined), 401);
  assert.equal(await status("Bearer sk_live_real"), 401);
  assert.equal(await status("Bearer pk_test_x"), 401);
  assert.equal(await status("Bearer sk_test_"), 401);
  assert.equal(await status("Basic ???"), 401);
  assert.equal(await status(basic(`${KEY}:`)), 200);
  assert.equal(await status(`Bearer ${KEY}`), 200);
});

test("refusals name type, code and parameter", async (t) => {
  const { stripe } = await Sandbox.start(t);
  const cases = [
    ["/v1/customers", { colour: "red" }, 400, "parameter_unknown", "colour"],
    ["/v1/customers", { invoice_settings: { colour: "red" } }, 400, "parameter_unknown", "invoice_settings[colour]"],
    ["/v1/customers", { balance: "1.5" }, 400, "parameter_invalid_integer", "balance"],
    ["/v1/customers", { test_clock: "" }, 400, "parameter_invalid_empty", "test_clock"],
    ["/v1/customers", { test_clock: "clock_none" }, 400, "resource_missing", "test_clock"],
    ["/v1/products", {}, 400, "parameter_missing", "name"],
    ["/v1/prices", { currency: "eur", unit_amount: 1 }, 400, undefined, "currency"],
    ["/v1/prices", { currency: "usd", unit_amount: 1 }, 400, "parameter_missing", "product"],
    ["/v1/prices", { currency: "usd", unit_amount: -1 }, 400, "parameter_invalid_integer", "unit_amount"],
    ["/v1/subscriptions", { customer: "cus_none", items: [{ price: "p" }] }, 400, "resource_missing", "customer"],
    ["/v1/subscriptions", { customer: "cus_none", items: [{}] }, 400, "parameter_missing", "items"],
    ["/v1/payment_methods/pm_none/attach", { customer: "cus_none" }, 404, "resource_missing", "payment_method"],
    ["/v1/webhook_endpoints", { url: "ftp://x", enabled_events: ["*"] }, 400, "url_invalid", "url"],
    ["/v1/checkout/sessions", { mode: "setup", success_url: "javascript:1" }, 400, "url_invalid", "success_url"],
    ["/v1/nothing", {}, 404, undefined, undefined],
  ];
  for (const [path, fields, status, code, param] of cases) {
    const answer = await stripe.post(path, fields);
    const { error } = answer.body;
    assert.deepEqual([answer.status, error.type, error.code, error.param], [status, "invalid_request_error", code, param], path);
    assert.ok(error.message.length > 0);
  }
});

test("every answer has a request id and the version", async (t) => {
  const { stripe } = await Sandbox.start(t);
  for (const answer of [await stripe.get("/v1/customers"), await stripe.get("/v1/customers/cus_none")]) {
    assert.match(answer.headers["request-id"], /^req_\w{14}$/);
    assert.equal(answer.headers["stripe-version"], "2026-10-28.endive");
  }
});

test("a key is answered once, again the same, and never for something else", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { stripe } = sandbox;
  const first = await stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k1" });
  const again = await stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k1" });
  assert.equal(again.text, first.text);
  assert.equal(again.headers["idempotent-replayed"], "true");
  assert.equal(again.headers["request-id"], first.headers["request-id"]);
  const other = await stripe.post("/v1/customers", { name: "Bob" }, { idempotencyKey: "k1" });
  assert.deepEqual([other.status, other.body.error.type], [400, "idempotency_error"]);
  await sandbox.crash();
  const late = await sandbox.stripe.post("/v1/customers", { name: "Ada" }, { idempotencyKey: "k1" });
  assert.equal(late.text, first.text);
  assert.equal((await sandbox.get("/v1/customers")).data.length, 1);
});

test("what failed validation is not kept, what was declined is", async (t) => {
  const { stripe } = await Sandbox.start(t);
  const wrong = await stripe.post("/v1/products", { colour: "red" }, { idempotencyKey: "k2" });
  assert.equal(wrong.status, 400);
  const right = await stripe.post("/v1/products", { name: "Tea" }, { idempotencyKey: "k2" });
  assert.equal(right.status, 200);
  const customer = (await stripe.post("/v1/customers")).body.id;
  const attach = () =>
    stripe.post("/v1/payment_methods/pm_card_visa_chargeDeclinedLostCard/attach", { customer }, { idempotencyKey: "k3" });
  const declined = await attach();
  assert.deepEqual([declined.status, declined.body.error.decline_code], [402, "lost_card"]);
  const replay = await attach();
  assert.equal(replay.text, declined.text);
  assert.equal(replay.headers["idempotent-replayed"], "true");
});

test("lists page in both directions without gap or overlap", async (t) => {
  const sandbox = await Sandbox.start(t);
  const made = [];
  for (let i = 0; i < 7; i++) made.unshift((await sandbox.post("/v1/customers", { name: `c${i}` })).id);
  const seen = [];
  let page = await sandbox.get("/v1/customers", { limit: 3 });
  for (;;) {
    seen.push(...page.data.map(({ id }) => id));
    if (!page.has_more) break;
    page = await sandbox.get("/v1/customers", { limit: 3, starting_after: seen.at(-1) });
  }
  assert.deepEqual(seen, made);
  const back = await sandbox.get("/v1/customers", { limit: 2, ending_before: made[5] });
  assert.deepEqual(back.data.map(({ id }) => id), made.slice(3, 5));
  assert.equal(back.has_more, true);
  assert.equal((await sandbox.stripe.get("/v1/customers", { limit: 101 })).status, 400);
  assert.equal((await sandbox.stripe.get("/v1/customers", { starting_after: "cus_none" })).status, 400);
});

test("metadata merges, and an empty value removes", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { id } = await sandbox.post("/v1/customers", { metadata: { a: "1", b: "2" } });
  const path = `/v1/customers/${id}`;
  assert.deepEqual((await sandbox.post(path, { metadata: { a: "", c: "3" } })).metadata, { b: "2", c: "3" });
  assert.deepEqual((await sandbox.post(path, { metadata: "" })).metadata, {});
});

test("expand goes along paths, and says which cannot be", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, card } = await sandbox.customer();
  const path = `/v1/customers/${customer}`;
  const shown = await sandbox.get(path, { expand: ["invoice_settings.default_payment_method", "test_clock"] });
  assert.equal(shown.invoice_settings.default_payment_method.id, card);
  assert.equal(shown.test_clock.object, "test_helpers.test_clock");
  const list = await sandbox.get("/v1/payment_methods", { customer, expand: ["data.customer"] });
  assert.equal(list.data[0].customer.id, customer);
  const wrong = await sandbox.stripe.get(path, { expand: ["email.x"] });
  assert.deepEqual([wrong.status, wrong.body.error.param], [400, "expand"]);
  const deep = await sandbox.stripe.get(path, { expand: ["test_clock.a.b.c.d"] });
  assert.match(deep.body.error.message, /more than 4 levels/);
});

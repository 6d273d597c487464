// Promise: the sandbox's transport is Stripe's: keys, forms, errors, lists, idempotency.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { Stripe } from "../harness/stripe.mjs";
import { judge } from "../harness/stripe_description.mjs";
import { KEY, Sandbox } from "./support.mjs";

const basic = (text) => `Basic ${Buffer.from(text).toString("base64")}`;

test("keys", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const cases = [
    [undefined, "GET", "/v1/customers", 401, undefined],
    ["Bearer sk_live_real", "GET", "/v1/customers", 401, "livemode_mismatch"],
    ["Bearer rk_live_real", "POST", "/v1/customers", 401, "livemode_mismatch"],
    ["Bearer sk_test_", "GET", "/v1/customers", 401, undefined],
    ["Bearer whsec_x", "GET", "/v1/customers", 401, undefined],
    ["Basic ???", "GET", "/v1/customers", 401, undefined],
    [basic(`${KEY}:`), "GET", "/v1/customers", 200, undefined],
    [`Bearer ${KEY}`, "GET", "/v1/customers", 200, undefined],
    ["Bearer rk_test_x", "POST", "/v1/customers", 200, undefined],
    ["Bearer rk_test_read", "GET", "/v1/customers", 200, undefined],
    ["Bearer rk_test_read", "POST", "/v1/customers", 403, undefined],
    ["Bearer pk_test_x", "GET", "/v1/customers", 401, "secret_key_required"],
    ["Bearer pk_test_x", "POST", "/v1/customers", 401, "secret_key_required"],
  ];
  for (const [Authorization, method, path, status, code] of cases) {
    const answer = await http.request(method, path, { headers: Authorization ? { Authorization } : {} });
    const error = answer.body.error ?? {};
    assert.deepEqual([answer.status, error.code], [status, code], `${Authorization} ${method}`);
    assert.ok(!answer.text.includes("_live_real"), "a live key is shown to nobody");
  }
});

test("a browser's key needs the secret of the intent that it works on", async (t) => {
  const sandbox = await Sandbox.start(t);
  const intent = await sandbox.post("/v1/setup_intents", {});
  const browser = new Stripe(sandbox.origin, "pk_test_page", { judge });
  t.after(() => browser.close());
  const path = `/v1/setup_intents/${intent.id}`;
  assert.equal((await browser.get(path, { client_secret: intent.client_secret })).status, 200);
  const none = await browser.get(path);
  assert.deepEqual([none.status, none.body.error.code], [400, "parameter_missing"]);
  const wrong = await browser.get(path, { client_secret: "seti_1_secret_2" });
  assert.deepEqual([wrong.status, wrong.body.error.param], [400, "client_secret"]);
});

test("another account is refused: there is no Connect here", async (t) => {
  const { stripe } = await Sandbox.start(t);
  const answer = await stripe.get("/v1/customers", undefined, { headers: { "Stripe-Account": "acct_other" } });
  assert.deepEqual([answer.status, answer.body.error.code], [403, "account_invalid"]);
});

test("versions: today's is exact, older ones may use their words, unknown ones are refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const fields = { mode: "setup", customer, success_url: "http://shop.example/", payment_method_types: ["card"] };
  const ask = (version) => sandbox.stripe.post("/v1/checkout/sessions", fields, { headers: { "Stripe-Version": version } });
  for (const version of ["2026-10-28.endive", "2030-01-01.zenith", "2026-09-30.basil", "2024-06-20.acacia", "endive", "2026-1-1"]) {
    const answer = await ask(version);
    const what = version === "2026-10-28.endive" ? /payment_method_types/ : /Invalid Stripe API version/;
    assert.deepEqual([answer.status, what.test(answer.body.error.message)], [400, true], version);
  }
  for (const version of ["2026-08-26.dahlia", "2025-03-31.basil", "2024-06-20", "2020-08-27"]) {
    const answer = await ask(version);
    assert.deepEqual([answer.status, answer.headers["stripe-version"]], [200, "2026-10-28.endive"], version);
  }
});

test("what is not a form is refused by name", async (t) => {
  const { stripe } = await Sandbox.start(t);
  const json = await stripe.post("/v1/customers", { name: "x" }, { headers: { "Content-Type": "application/json" } });
  assert.match(json.body.error.message, /application\/x-www-form-urlencoded/);
  const mixed = await stripe.post("/v1/customers?metadata=a", { metadata: { b: "c" } });
  assert.deepEqual([mixed.status, mixed.body.error.type], [400, "invalid_request_error"]);
  const words = await stripe.get("/v1/events", { types: { a: "b" } });
  assert.deepEqual([words.status, words.body.error.param], [400, "types"]);
});

test("lists take their items in any notation, and DELETE its parameters in query or body", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const send = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await http.request(method, path, { headers, body });
    judge(method, path, answer);
    return answer;
  };
  const url = "url=http%3A%2F%2F127.0.0.1%3A9%2F";
  for (const types of ["enabled_events[]=a.b&enabled_events[]=c.d", "enabled_events[0]=a.b&enabled_events[1]=c.d",
    "enabled_events%5B7%5D=c.d&enabled_events%5B2%5D=a.b"]) {
    const made = await send("POST", "/v1/webhook_endpoints", `${url}&${types}`);
    assert.deepEqual(made.body.enabled_events, ["a.b", "c.d"]);
  }
  const [first, second] = (await sandbox.get("/v1/webhook_endpoints")).data;
  assert.equal((await send("DELETE", `/v1/webhook_endpoints/${first.id}?expand[]=nothing`)).status, 400);
  assert.equal((await send("DELETE", `/v1/webhook_endpoints/${first.id}`, "colour=red")).body.error.code, "parameter_unknown");
  assert.equal((await send("DELETE", `/v1/webhook_endpoints/${second.id}`)).body.deleted, true);
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
    ["/v1/prices", { currency: "xyz", unit_amount: 1 }, 400, undefined, "currency"],
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
    assert.equal(error.doc_url, code && `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`);
    assert.ok(error.request_log_url.endsWith(`/requests/${answer.headers["request-id"]}`));
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
  assert.equal(again.headers["original-request"], first.headers["request-id"]);
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
  for (const limit of [0, 101, "x"]) assert.equal((await sandbox.stripe.get("/v1/customers", { limit })).body.error.param, "limit");
  const both = await sandbox.stripe.get("/v1/customers", { starting_after: made[1], ending_before: made[4] });
  assert.deepEqual([both.status, both.body.error.code], [400, "parameters_exclusive"]);
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
  for (const wrong of ["email.x", "email", "id", "name", "nothing", "invoice_settings", "phone", "data.customer"]) {
    const answer = await sandbox.stripe.get(path, { expand: [wrong] });
    assert.deepEqual([answer.status, answer.body.error.param], [400, "expand"], wrong);
  }
  const deep = await sandbox.stripe.get(path, { expand: ["test_clock.a.b.c.d"] });
  assert.match(deep.body.error.message, /more than 4 levels/);
  await sandbox.delete(path);
  const gone = await sandbox.get(path, { expand: ["invoice_settings.default_payment_method"] });
  assert.deepEqual(gone, { id: customer, object: "customer", deleted: true });
});

// Promise: every object the sandbox shows has the members that Stripe's description requires, of the
// types it gives. The description is data outside the product; without it the test is skipped.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import { Sandbox } from "./support.mjs";

const FILE = resolve(import.meta.dirname, "../../../shared/stripe/openapi.json");

// OpenAPI 3.0 says `nullable`, JSON Schema lists null among the types.
function toJsonSchema(node) {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (node === null || typeof node !== "object") return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "$ref") out.$ref = value.replace("#/components/schemas/", "#/$defs/");
    else if (["type", "format", "enum", "required", "additionalProperties"].includes(key)) out[key] = value;
    else if (key === "properties") {
      out.properties = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJsonSchema(inner)]));
    } else if (["items", "anyOf", "allOf", "oneOf"].includes(key)) out[key] = toJsonSchema(value);
  }
  delete out.format;
  if (out.additionalProperties !== undefined) delete out.additionalProperties;
  if (node["x-open-enum"]) delete out.enum;
  return node.nullable ? { anyOf: [out, { type: "null" }] } : out;
}

function validator() {
  const { schemas } = JSON.parse(readFileSync(FILE, "utf8")).components;
  const $defs = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema)]));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: "stripe", $defs });
  return (object) => {
    const validate = ajv.getSchema(`stripe#/$defs/${object.object}`);
    assert.ok(validate, `no schema for ${object.object}`);
    const problems = validate(object) ? [] : validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
    assert.deepEqual(problems, [], `${object.object} ${object.id}`);
  };
}

test("answers have Stripe's shapes", { skip: !existsSync(FILE) && "no description here" }, async (t) => {
  const check = validator();
  const sandbox = await Sandbox.start(t);
  const { customer, clock, card } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], expand: ["latest_invoice.payments"] });
  const invoice = bought.latest_invoice.id;
  const large = await sandbox.price(9900);
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { items: [{ id: bought.items.data[0].id, price: large.id }], proration_behavior: "always_invoice" });
  const bad = await sandbox.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", { customer });
  await sandbox.stripe.post("/v1/subscriptions", { customer, items: [{ price: large.id }], default_payment_method: bad.id });
  const session = await sandbox.post("/v1/checkout/sessions", { mode: "setup", customer, success_url: "http://shop.example/" });
  const endpoint = await sandbox.post("/v1/webhook_endpoints", { url: "http://127.0.0.1:9/", enabled_events: ["none"] });
  const bank = await sandbox.post("/v1/payment_methods/pm_usBankAccount_success/attach", { customer });
  for (const object of [bought, session, endpoint, bank]) check(object);
  for (const path of [`customers/${customer}`, `payment_methods/${card}`, `prices/${price.id}`, `products/${price.product}`,
    `subscriptions/${bought.id}`, `invoices/${invoice}`, `setup_intents/${session.setup_intent}`,
    `test_helpers/test_clocks/${clock}`]) {
    check(await sandbox.get(`/v1/${path}`));
  }
  for (const list of ["customers", "invoices", "subscriptions", "payment_intents", "charges", "invoice_payments", "events", "products", "prices",
    "setup_intents", "payment_methods", "checkout/sessions", "webhook_endpoints", "test_helpers/test_clocks"]) {
    const { data } = await sandbox.get(`/v1/${list}`, { limit: 100 });
    assert.ok(data.length > 0, list);
    for (const object of data) {
      check(object);
      if (object.object === "event") check(object.data.object);
    }
  }
});

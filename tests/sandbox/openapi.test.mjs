// Promise: every object the sandbox shows has the members that Stripe's description requires, of the
// types it gives, and no others. The harness judges each answer of every story here; this one asks for
// what a story may not, and proves that the judge can say no.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HAS_DESCRIPTION, stripeDescription } from "../harness/stripe_description.mjs";
import { Sandbox } from "./support.mjs";

const skip = !HAS_DESCRIPTION && "no description here";

test("answers have Stripe's shapes", { skip }, async (t) => {
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
  await sandbox.post("/v1/webhook_endpoints", { url: "http://127.0.0.1:9/", enabled_events: ["none"] });
  await sandbox.post("/v1/payment_methods/pm_usBankAccount_success/attach", { customer });
  for (const path of [`customers/${customer}`, `payment_methods/${card}`, `prices/${price.id}`, `products/${price.product}`,
    `subscriptions/${bought.id}`, `invoices/${invoice}`, `setup_intents/${session.setup_intent}`,
    `test_helpers/test_clocks/${clock}`]) {
    await sandbox.get(`/v1/${path}`);
  }
  for (const list of ["customers", "invoices", "subscriptions", "payment_intents", "charges", "invoice_payments", "events", "products", "prices",
    "setup_intents", "payment_methods", "checkout/sessions", "webhook_endpoints", "test_helpers/test_clocks"]) {
    const { data } = await sandbox.get(`/v1/${list}`, { limit: 100 });
    assert.ok(data.length > 0, list);
  }
});

test("the judge names what is missing, wrong and too much", { skip }, async (t) => {
  const sandbox = await Sandbox.start(t);
  const good = await sandbox.post("/v1/customers", { email: "ada@example.com" });
  const problems = (body, status = 200) => stripeDescription().problemsOf("POST", "/v1/customers", { status, body });
  const { balance, ...without } = good;
  const event = (await sandbox.get("/v1/events")).data[0];
  assert.deepEqual(problems(good), []);
  assert.deepEqual(problems(without), [".balance: is missing"]);
  assert.deepEqual(problems({ ...good, balance: "0" }), [".balance: is string, not integer"]);
  assert.deepEqual(problems({ ...good, balance: null }), [".balance: is null"]);
  assert.deepEqual(problems({ ...good, plan: null }), [".plan: is unknown"]);
  assert.deepEqual(problems({ ...good, test_clock: { object: "customer" } }).length, 1);
  assert.deepEqual(problems({ error: { type: "card_error", message: "x", code: "no_such" } }, 402), ["error.code: Stripe has no code no_such"]);
  assert.deepEqual(problems({ error: { type: "card_error", message: "x" } }, 400), ["error.type: card_error with status 400"]);
  assert.deepEqual(stripeDescription().problemsOfEvent({ ...event, data: { object: without } }), ["customer.created: data.object.balance: is missing"]);
});

// Promise: a price with currency_options is paid in the currency that is asked for, else in the
// customer's, by everything that bills; what it has no amount for is refused, and never converted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const URL = "http://shop.example/";

// 29.00 USD is 27.00 EUR or 4400 JPY; an option is a price of its own and no conversion.
async function sale(t) {
  const sandbox = await Sandbox.start(t);
  const buyer = await sandbox.customer();
  const product = await sandbox.post("/v1/products", { name: "Tea" });
  const make = (unit_amount, options, fields = {}) => {
    const currency_options = Object.fromEntries(Object.entries(options).map(([code, amount]) => [code, { unit_amount: amount }]));
    return sandbox.post("/v1/prices", { product: product.id, currency: "usd", unit_amount, currency_options, ...fields });
  };
  const recurring = { interval: "month" };
  const plan = await make(2900, { eur: 2700, JPY: 4400 }, { recurring });
  const large = await make(9900, { eur: 9000 }, { recurring });
  const dollar = await make(500, {}, { recurring });
  const once = await make(10000, { eur: 9500 });
  return { sandbox, ...buyer, plan, large, dollar, once };
}

const param = ({ status, body }) => [status, body.error?.param];

test("a subscription in another currency is billed and prorated in it, and its price is still the same", async (t) => {
  const { sandbox, customer, clock, plan, large } = await sale(t);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: plan.id, quantity: 2 }], currency: "EUR", expand: ["latest_invoice"] });
  assert.equal(bought.currency, "eur");
  const { currency, amount_paid, lines } = bought.latest_invoice;
  assert.deepEqual([currency, amount_paid, lines.data[0].pricing.unit_amount_decimal], ["eur", 5400, "2700"]);
  assert.match(lines.data[0].description, /2 × Tea \(at €27\.00 \/ month\)/);
  const [item] = bought.items.data;
  assert.deepEqual([item.price.id, item.price.currency, item.price.unit_amount], [plan.id, "usd", 2900]);
  assert.equal((await sandbox.get(`/v1/customers/${customer}`)).currency, "eur");
  await sandbox.advance(clock, NOON + 14 * 86400);
  const changed = await sandbox.post(`/v1/subscriptions/${bought.id}`, {
    items: [{ id: item.id, price: large.id }], proration_behavior: "always_invoice", expand: ["latest_invoice"],
  });
  // Half of 28 days: 2 × 27.00 back, 2 × 90.00 instead.
  assert.deepEqual(changed.latest_invoice.lines.data.map(({ amount }) => amount).sort((a, b) => a - b), [-2700, 9000]);
  await sandbox.advance(clock, item.current_period_end + 7200);
  const renewed = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.deepEqual([renewed.latest_invoice.currency, renewed.latest_invoice.amount_paid], ["eur", 18000]);
});

test("the customer's own currency is taken where nobody asks for one", async (t) => {
  const { sandbox, customer, plan, dollar, once } = await sale(t);
  await sandbox.post("/v1/invoiceitems", { customer, amount: 100, currency: "eur" });
  const item = await sandbox.post("/v1/invoiceitems", { customer, pricing: { price: once.id } });
  assert.deepEqual([item.currency, item.amount, item.pricing.unit_amount_decimal], ["eur", 9500, "9500"]);
  const session = await sandbox.post("/v1/checkout/sessions", { mode: "payment", customer, success_url: URL, line_items: [{ price: once.id }] });
  assert.deepEqual([session.currency, session.amount_total], ["eur", 9500]);
  const quote = await sandbox.post("/v1/quotes", { customer, line_items: [{ price: plan.id }, { price: once.id }] });
  assert.deepEqual([quote.currency, quote.amount_total], ["eur", 12200]);
  await sandbox.post(`/v1/quotes/${quote.id}/finalize`);
  const accepted = await sandbox.post(`/v1/quotes/${quote.id}/accept`, { expand: ["subscription.latest_invoice"] });
  assert.deepEqual([accepted.subscription.currency, accepted.subscription.latest_invoice.amount_paid], ["eur", 12200 + 9600]); // what waited came along
  const other = await sandbox.customer();
  await sandbox.post("/v1/invoiceitems", { customer: other.customer, amount: 100, currency: "gbp" });
  const bought = await sandbox.post("/v1/subscriptions", { customer: other.customer, items: [{ price: dollar.id }] });
  assert.equal(bought.currency, "usd", "a price that has not the customer's is paid in its own");
});

test("checkout sells in the currency of the session, by page and API alike", async (t) => {
  const { sandbox, customer, plan } = await sale(t);
  const session = await sandbox.post("/v1/checkout/sessions", {
    mode: "subscription", customer, success_url: URL, currency: "jpy", line_items: [{ price: plan.id, quantity: 2 }], expand: ["line_items"],
  });
  assert.deepEqual([session.currency, session.amount_total, session.line_items.data[0].currency], ["jpy", 8800, "jpy"]);
  assert.match(await (await fetch(session.url)).text(), /¥8,?800/);
  const card = await sandbox.post("/v1/payment_methods", { type: "card", card: { token: "tok_visa" } });
  const done = await sandbox.post(`/v1/payment_pages/${session.id}/confirm`, { payment_method: card.id });
  const made = await sandbox.get(`/v1/subscriptions/${done.subscription}`, { expand: ["latest_invoice"] });
  assert.deepEqual([made.currency, made.latest_invoice.currency, made.latest_invoice.amount_paid], ["jpy", "jpy", 8800]);
});

test("a preview and a schedule are in the currency that they name", async (t) => {
  const { sandbox, customer, plan } = await sale(t);
  const preview = await sandbox.post("/v1/invoices/create_preview", { customer, currency: "eur", subscription_details: { items: [{ price: plan.id }] } });
  assert.deepEqual([preview.currency, preview.total], ["eur", 2700]);
  const schedule = await sandbox.post("/v1/subscription_schedules", {
    customer, start_date: "now", phases: [{ currency: "eur", items: [{ price: plan.id }] }], expand: ["subscription.latest_invoice"],
  });
  assert.deepEqual([schedule.phases[0].currency, schedule.subscription.latest_invoice.amount_paid], ["eur", 2700]);
});

test("options are changed and added; what is agreed stays", async (t) => {
  const { sandbox, customer, plan } = await sale(t);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: plan.id }], currency: "eur" });
  const path = `/v1/prices/${plan.id}`;
  const changed = await sandbox.post(path, { currency_options: { eur: { unit_amount: 3000 }, gbp: { unit_amount: 2500 } }, expand: ["currency_options"] });
  const amounts = Object.fromEntries(Object.entries(changed.currency_options).map(([code, { unit_amount }]) => [code, unit_amount]));
  assert.deepEqual(amounts, { usd: 2900, eur: 3000, jpy: 4400, gbp: 2500 });
  await sandbox.advance((await sandbox.get(`/v1/customers/${customer}`)).test_clock, bought.items.data[0].current_period_end + 7200);
  const renewed = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.equal(renewed.latest_invoice.amount_paid, 2700);
});

test("a currency that the price has not is refused, wherever it is asked for", async (t) => {
  const { sandbox, customer, plan, large, dollar, once } = await sale(t);
  const items = [{ price: plan.id }];
  const sub = await sandbox.post("/v1/subscriptions", { customer, items, currency: "eur" });
  const item = sub.items.data[0].id;
  const other = (await sandbox.customer()).customer;
  for (const [path, fields, expected] of [
    ["/v1/subscriptions", { customer: other, items, currency: "gbp" }, "items[0][price]"],
    ["/v1/subscriptions", { customer: other, items, currency: "xyz" }, "currency"],
    ["/v1/subscriptions", { customer: other, items: [{ price: dollar.id }, ...items], currency: "eur" }, "items[0][price]"],
    ["/v1/subscriptions", { customer, items: [{ price: dollar.id }] }, "currency"],
    ["/v1/subscriptions", { customer, items, currency: "usd" }, "currency"],
    [`/v1/subscriptions/${sub.id}`, { items: [{ id: item, price: dollar.id }] }, "items[price]"],
    ["/v1/invoiceitems", { customer, currency: "jpy", pricing: { price: once.id } }, "currency"],
    ["/v1/checkout/sessions", { mode: "payment", customer, success_url: URL, currency: "jpy", line_items: [{ price: once.id }] }, "line_items"],
    ["/v1/checkout/sessions", { mode: "payment", customer, success_url: URL, currency: "xyz", line_items: [{ price: once.id }] }, "currency"],
    ["/v1/invoices/create_preview", { customer: other, currency: "jpy", subscription_details: { items: [{ price: large.id }] } }, "items[0][price]"],
    ["/v1/subscription_schedules", { customer: other, start_date: "now", phases: [{ currency: "jpy", items: [{ price: large.id }] }] }, "phases[0][items][0][price]"],
    ["/v1/subscription_schedules", { customer: other, start_date: "now", phases: [{ currency: "xyz", items }] }, "phases[currency]"],
    [`/v1/prices/${plan.id}`, { currency_options: { xyz: { unit_amount: 1 } } }, "currency_options"],
  ]) {
    assert.deepEqual(param(await sandbox.stripe.post(path, fields)), [400, expected], `${path} ${JSON.stringify(fields)}`);
  }
  await sandbox.delete(`/v1/subscriptions/${sub.id}`);
  const again = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: dollar.id }] });
  assert.equal(again.currency, "usd", "once nothing runs any more another currency may begin");
});

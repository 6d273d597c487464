// Promise: billing credits are money that metered lines use up once, in the order that Stripe gives,
// after discounts and before taxes; what is left is always the sum of what moved it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const END = Date.UTC(2015, 1, 28, 12) / 1000;
const METERED = { scope: { price_type: "metered" } };

// A subscription to a metered price and a fixed one, with `used` units used at a dollar.
async function seller(t, { used = 0, subscription = {} } = {}) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const meter = await sandbox.post("/v1/billing/meters", { display_name: "Units", event_name: "units", default_aggregation: { formula: "sum" } });
  const price = await sandbox.post("/v1/prices", {
    currency: "usd", unit_amount: 100, recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Units" },
  });
  const fixed = await sandbox.price(1000);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }, { price: fixed.id }], ...subscription });
  if (used) await sandbox.post("/v1/billing/meter_events", { event_name: "units", payload: { stripe_customer_id: customer, value: used } });
  return { sandbox, customer, clock, price, fixed, bought };
}

function grant(sandbox, customer, value, fields = {}) {
  return sandbox.post("/v1/billing/credit_grants", { customer, amount: { type: "monetary", monetary: { currency: "usd", value } }, applicability_config: METERED, ...fields });
}

async function balance(sandbox, customer, filter = { type: "applicability_scope", applicability_scope: { price_type: "metered" } }) {
  const { balances } = await sandbox.get("/v1/billing/credit_balance_summary", { customer, filter });
  return balances.map(({ available_balance, ledger_balance }) => [available_balance.monetary.value, ledger_balance.monetary.value]);
}

async function moves(sandbox, filter) {
  const { data } = await sandbox.get("/v1/billing/credit_balance_transactions", filter);
  return data.map(({ type, credit, debit }) => [type, (credit ?? debit).type, (credit ?? debit).amount.monetary.value]);
}

const renewalOf = async (sandbox, bought) =>
  (await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] })).latest_invoice;

test("a renewal uses credits for its metered line only, and the rest stays", async (t) => {
  const { sandbox, customer, clock, bought } = await seller(t, { used: 30 });
  const made = await grant(sandbox, customer, 5000, { name: "Prepaid", metadata: { deal: "7" } });
  assert.deepEqual([made.category, made.priority, made.effective_at, made.test_clock, made.metadata], ["paid", 50, NOON, clock, { deal: "7" }]);
  const foretold = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.deepEqual([foretold.total, foretold.total_pretax_credit_amounts], [1000, [{ amount: 3000, credit_balance_transaction: null, type: "credit_balance_transaction" }]]);
  assert.deepEqual(await balance(sandbox, customer), [[5000, 5000]]);
  await sandbox.advance(clock, END + 2 * HOUR);
  const invoice = await renewalOf(sandbox, bought);
  const line = invoice.lines.data.find(({ amount }) => amount === 3000);
  const [taken] = line.pretax_credit_amounts;
  assert.deepEqual([invoice.subtotal, invoice.total, invoice.amount_paid], [4000, 1000, 1000]);
  assert.deepEqual([taken.amount, taken.type], [3000, "credit_balance_transaction"]);
  assert.deepEqual(invoice.total_pretax_credit_amounts, line.pretax_credit_amounts);
  const transaction = await sandbox.get(`/v1/billing/credit_balance_transactions/${taken.credit_balance_transaction}`);
  assert.deepEqual(transaction.debit.credits_applied, { invoice: invoice.id, invoice_line_item: line.id });
  assert.equal(transaction.credit_grant, made.id);
  assert.deepEqual(await balance(sandbox, customer, { type: "credit_grant", credit_grant: made.id }), [[2000, 2000]]);
  assert.deepEqual(await moves(sandbox, { credit_grant: made.id }), [["debit", "credits_applied", 3000], ["credit", "credits_granted", 5000]]);
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.equal(types.filter((type) => type === "billing.credit_balance_transaction.created").length, 2);
  assert.ok(types.includes("billing.credit_grant.created"));
});

test("grants go by priority, then the sooner end, then promotional before paid, then age", async (t) => {
  const { sandbox, customer, clock, bought } = await seller(t, { used: 60 });
  const named = {};
  const add = async (name, value, fields) => (named[(await grant(sandbox, customer, value, { name, ...fields })).id] = name);
  await add("old", 1000);
  await add("young", 10000);
  await add("promotional", 1000, { category: "promotional" });
  await add("sooner", 1000, { expires_at: END + 40 * DAY });
  await add("later", 1000, { expires_at: END + 50 * DAY });
  await add("first", 1000, { priority: 0 });
  await add("not yet", 1000, { priority: 0, effective_at: END + 3 * DAY });
  assert.deepEqual(await balance(sandbox, customer), [[15000, 16000]]);
  await sandbox.advance(clock, END + 2 * HOUR);
  const invoice = await renewalOf(sandbox, bought);
  const order = [];
  for (const { credit_balance_transaction, amount } of invoice.total_pretax_credit_amounts) {
    const { credit_grant } = await sandbox.get(`/v1/billing/credit_balance_transactions/${credit_balance_transaction}`);
    order.push([named[credit_grant], amount]);
  }
  assert.deepEqual(order, [["first", 1000], ["sooner", 1000], ["later", 1000], ["promotional", 1000], ["old", 1000], ["young", 1000]]);
  assert.equal(invoice.total, 1000);
});

test("after discounts, before taxes", async (t) => {
  const { sandbox, customer, clock, bought } = await seller(t, { used: 30 });
  const coupon = await sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const rate = await sandbox.post("/v1/tax_rates", { display_name: "Tax", percentage: 10, inclusive: false });
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { discounts: [{ coupon: coupon.id }], default_tax_rates: [rate.id] });
  await grant(sandbox, customer, 700);
  await sandbox.advance(clock, END + 2 * HOUR);
  const invoice = await renewalOf(sandbox, bought);
  const line = invoice.lines.data.find(({ amount }) => amount === 3000);
  assert.deepEqual(line.pretax_credit_amounts.map(({ type, amount }) => [type, amount]), [["discount", 1500], ["credit_balance_transaction", 700]]);
  assert.equal(line.taxes[0].taxable_amount, 800);
  assert.equal(invoice.total, 800 + 500 + 80 + 50);
});

test("a voided invoice gives back what it used, a credit note does not turn it into money", async (t) => {
  const { sandbox, customer, clock, bought } = await seller(t, { used: 30, subscription: { collection_method: "send_invoice", days_until_due: 5 } });
  const { id } = await grant(sandbox, customer, 2000);
  await sandbox.advance(clock, END + 2 * HOUR);
  const invoice = await renewalOf(sandbox, bought);
  assert.equal(invoice.total, 2000);
  const line = invoice.lines.data.find(({ amount }) => amount === 3000);
  const lines = [{ type: "invoice_line_item", invoice_line_item: line.id, amount: 1500 }];
  const note = await sandbox.get("/v1/credit_notes/preview", { invoice: invoice.id, lines });
  assert.deepEqual([note.subtotal, note.total], [1500, 500]);
  await sandbox.post(`/v1/invoices/${invoice.id}/void`);
  assert.deepEqual(await balance(sandbox, customer), [[2000, 2000]]);
  assert.deepEqual(await moves(sandbox, { customer }), [["credit", "credits_application_invoice_voided", 2000], ["debit", "credits_applied", 2000], ["credit", "credits_granted", 2000]]);
  assert.equal((await sandbox.get(`/v1/billing/credit_grants/${id}`)).voided_at, null);
});

test("for prices by name; in its own currency; for its own customer", async (t) => {
  const { sandbox, customer, clock, price, bought } = await seller(t, { used: 5 });
  const meter = price.recurring.meter;
  const other = await sandbox.post("/v1/prices", {
    currency: "usd", unit_amount: 1, recurring: { interval: "month", usage_type: "metered", meter }, product_data: { name: "Others" },
  });
  await grant(sandbox, customer, 100, { applicability_config: { scope: { prices: [{ id: other.id }] } } });
  await grant(sandbox, customer, 100, { amount: { type: "monetary", monetary: { currency: "eur", value: 300 } } });
  await grant(sandbox, (await sandbox.customer()).customer, 100);
  const own = await grant(sandbox, customer, 200, { applicability_config: { scope: { prices: [{ id: price.id }] } } });
  const scope = (prices) => balance(sandbox, customer, { type: "applicability_scope", applicability_scope: { prices: prices.map(({ id }) => ({ id })) } });
  assert.deepEqual(await scope([price]), [[300, 300], [200, 200]]);
  assert.deepEqual(await scope([price, other]), [[300, 300]]);
  await sandbox.advance(clock, END + 2 * HOUR);
  const invoice = await renewalOf(sandbox, bought);
  assert.equal(invoice.total, 1300);
  assert.deepEqual(await moves(sandbox, { credit_grant: own.id }), [["debit", "credits_applied", 200], ["credit", "credits_granted", 200]]);
  assert.equal((await sandbox.get("/v1/billing/credit_grants", { customer })).data.length, 3);
});

test("ends: by itself, by hand, by voiding; then nothing is left", async (t) => {
  const { sandbox, customer, clock, bought } = await seller(t, { used: 9 });
  const dated = await grant(sandbox, customer, 100, { expires_at: NOON + DAY });
  const moved = await grant(sandbox, customer, 200, { expires_at: NOON + DAY });
  const closed = await grant(sandbox, customer, 300);
  const wrong = await grant(sandbox, customer, 400);
  const open = await sandbox.post(`/v1/billing/credit_grants/${moved.id}`, { expires_at: "", metadata: { kept: "yes" } });
  assert.deepEqual([open.expires_at, open.metadata], [null, { kept: "yes" }]);
  assert.equal((await sandbox.post(`/v1/billing/credit_grants/${closed.id}/expire`)).expires_at, NOON);
  assert.equal((await sandbox.post(`/v1/billing/credit_grants/${wrong.id}/void`)).voided_at, NOON);
  await sandbox.advance(clock, NOON + 2 * DAY);
  assert.deepEqual(await moves(sandbox, { credit_grant: dated.id }), [["debit", "credits_expired", 100], ["credit", "credits_granted", 100]]);
  assert.deepEqual(await moves(sandbox, { credit_grant: wrong.id }), [["debit", "credits_voided", 400], ["credit", "credits_granted", 400]]);
  assert.deepEqual(await balance(sandbox, customer), [[200, 200]]);
  await sandbox.advance(clock, END + 2 * HOUR);
  assert.equal((await renewalOf(sandbox, bought)).total, 1700);
  const refusals = [
    [`${dated.id}`, { metadata: { a: "b" } }],
    [`${closed.id}/expire`, {}],
    [`${wrong.id}/void`, {}],
    [`${moved.id}/void`, {}], // used
  ];
  for (const [path, fields] of refusals) {
    const { status, body } = await sandbox.stripe.post(`/v1/billing/credit_grants/${path}`, fields);
    assert.deepEqual([status, body.error.type, body.error.param], [400, "invalid_request_error", "id"], path);
  }
});

test("what is refused", async (t) => {
  const { sandbox, customer, price, fixed } = await seller(t);
  const well = { customer, amount: { type: "monetary", monetary: { currency: "usd", value: 100 } }, applicability_config: METERED };
  const scoped = (scope) => ({ applicability_config: { scope } });
  const cases = [
    [{ customer: undefined }, "parameter_missing", "customer"],
    [{ customer: "cus_none" }, "resource_missing", "customer"],
    [{ amount: undefined }, "parameter_missing", "amount"],
    [{ amount: { type: "monetary" } }, "parameter_missing", "amount[monetary]"],
    [{ amount: { type: "units" } }, undefined, "amount[type]"],
    [{ amount: { type: "monetary", monetary: { currency: "usd", value: 0 } } }, "parameter_invalid_integer", "amount[monetary][value]"],
    [{ amount: { type: "monetary", monetary: { currency: "xyz", value: 1 } } }, undefined, "amount[monetary][currency]"],
    [{ applicability_config: undefined }, "parameter_missing", "applicability_config"],
    [scoped({ price_type: "metered", prices: [{ id: price.id }] }), "parameters_exclusive", "applicability_config[scope]"],
    [scoped({ price_type: "licensed" }), undefined, "applicability_config[scope][price_type]"],
    [scoped({ prices: [{ id: "price_none" }] }), "resource_missing", "applicability_config[scope]"],
    [scoped({ prices: [{ id: fixed.id }] }), undefined, "applicability_config[scope]"],
    [scoped({ prices: Array.from({ length: 21 }, () => ({ id: price.id })) }), undefined, "applicability_config[scope]"],
    [{ expires_at: NOON }, undefined, "expires_at"],
    [{ effective_at: NOON + 9, expires_at: NOON + 8 }, undefined, "expires_at"],
    [{ priority: 101 }, "parameter_invalid_integer", "priority"],
    [{ category: "gift" }, undefined, "category"],
    [{ colour: "red" }, "parameter_unknown", "colour"],
  ];
  for (const [fields, code, param] of cases) {
    const { status, body } = await sandbox.stripe.post("/v1/billing/credit_grants", { ...well, ...fields });
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], JSON.stringify(fields));
  }
  const other = await grant(sandbox, (await sandbox.customer()).customer, 100);
  const asked = [
    ["/v1/billing/credit_balance_summary", { customer }, 400, "parameter_missing", "filter"],
    ["/v1/billing/credit_balance_summary", { filter: { type: "credit_grant", credit_grant: other.id } }, 400, "parameter_missing", "customer"],
    ["/v1/billing/credit_balance_summary", { customer, filter: { type: "credit_grant" } }, 400, "parameter_missing", "filter[credit_grant]"],
    ["/v1/billing/credit_balance_summary", { customer, filter: { type: "applicability_scope" } }, 400, "parameter_missing", "filter[applicability_scope]"],
    ["/v1/billing/credit_balance_summary", { customer, filter: { type: "credit_grant", credit_grant: other.id } }, 400, undefined, "filter[credit_grant]"],
    ["/v1/billing/credit_balance_transactions", { credit_grant: "credgr_none" }, 400, "resource_missing", "credit_grant"],
    ["/v1/billing/credit_balance_transactions/cbtxn_none", {}, 404, "resource_missing", "id"],
    ["/v1/billing/credit_grants/credgr_none", {}, 404, "resource_missing", "id"],
    ["/v1/billing/credit_grants", { customer: "cus_none" }, 400, "resource_missing", "customer"],
  ];
  for (const [path, fields, wanted, code, param] of asked) {
    const { status, body } = await sandbox.stripe.get(path, fields);
    assert.deepEqual([status, body.error?.code, body.error?.param], [wanted, code, param], path);
  }
});

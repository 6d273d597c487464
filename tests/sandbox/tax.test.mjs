// Promise: tax by hand or from the sandbox's own table follows Stripe's procedure: where the customer
// is, whether the account is registered there, who is exempt, and the rate of the finalization.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const US = (state, postal_code) => ({ country: "US", state, postal_code });
const NY = US("NY", "10001");

async function register(sandbox, country, state) {
  const code = country.toLowerCase();
  const option = country === "US" ? { state, type: "state_sales_tax" } : { type: "standard" };
  return sandbox.post("/v1/tax/registrations", { active_from: NOON, country, country_options: { [code]: option } });
}

function taxedPrice(sandbox, unit_amount, tax_behavior = "exclusive") {
  return sandbox.post("/v1/prices", {
    currency: "usd", unit_amount, tax_behavior, recurring: { interval: "month" }, product_data: { name: "Plan" },
  });
}

// Sells to a customer with these fields; the first invoice.
async function sell(sandbox, fields, { amount = 1000, tax_behavior, sale = {} } = {}) {
  const { customer, clock } = await sandbox.customer();
  await sandbox.post(`/v1/customers/${customer}`, fields);
  const price = await taxedPrice(sandbox, amount, tax_behavior);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer, items: [{ price: price.id }], automatic_tax: { enabled: "true" }, ...sale, expand: ["latest_invoice"],
  });
  return { invoice: bought.latest_invoice, bought, customer, clock };
}

const taxOf = ({ total_taxes }) => total_taxes.map(({ amount, taxability_reason }) => [amount, taxability_reason]);

test("rates by hand: half a cent goes up, inside or on top, line or invoice", async (t) => {
  const sandbox = await Sandbox.start(t);
  const rate = (percentage, inclusive) => sandbox.post("/v1/tax_rates", { display_name: "Tax", percentage, inclusive });
  const cases = [
    // rate, inclusive, price, tax, total, total without tax
    ["8.25", false, 1000, 83, 1083, 1000],
    ["8.25", true, 1000, 76, 1000, 924],
    ["19", false, 2900, 551, 3451, 2900],
    ["19", true, 2900, 463, 2900, 2437],
    ["0", false, 2900, 0, 2900, 2900],
    ["8.875", false, 4, 0, 4, 4],
  ];
  for (const [percentage, inclusive, amount, tax, total, net] of cases) {
    const { id } = await rate(percentage, inclusive);
    const sale = { automatic_tax: undefined, default_tax_rates: [id] };
    const { invoice } = await sell(sandbox, {}, { amount, sale });
    const name = `${percentage} ${inclusive} ${amount}`;
    assert.equal(invoice.total_taxes[0].amount, tax, name);
    assert.equal(invoice.total_taxes[0].tax_rate_details.tax_rate, id, name);
    assert.deepEqual([invoice.total, invoice.total_excluding_tax], [total, net], name);
  }
  const shown = await rate("8.875", false);
  assert.equal(shown.percentage, 8.875);
});

test("nothing is collected where the account is not registered", async (t) => {
  const sandbox = await Sandbox.start(t);
  const before = await sell(sandbox, { address: NY });
  assert.deepEqual(taxOf(before.invoice), [[0, "not_collecting"]]);
  assert.equal(before.invoice.automatic_tax.status, "complete");
  await register(sandbox, "US", "NY");
  const after = await sell(sandbox, { address: NY });
  assert.deepEqual(taxOf(after.invoice), [[89, "standard_rated"]]); // 8.875 % of 10.00
  assert.equal(after.invoice.total, 1089);
  const elsewhere = await sell(sandbox, { address: US("CA", "94103") });
  assert.deepEqual(taxOf(elsewhere.invoice), [[0, "not_collecting"]]);
});

test("who is exempt, who pays the tax oneself, and where the goods go", async (t) => {
  const sandbox = await Sandbox.start(t);
  await register(sandbox, "US", "NY");
  await register(sandbox, "DE");
  const de = { country: "DE" };
  const vat = (customer, value) => sandbox.post(`/v1/customers/${customer}/tax_ids`, { type: "eu_vat", value });
  const cases = [
    [{ address: NY, tax_exempt: "exempt" }, [0, "customer_exempt"]],
    [{ address: NY, tax_exempt: "reverse" }, [0, "reverse_charge"]],
    [{ address: de }, [190, "standard_rated"]],
    [{ address: de, shipping: { name: "Ada", address: NY } }, [89, "standard_rated"]],
  ];
  for (const [fields, wanted] of cases) {
    assert.deepEqual(taxOf((await sell(sandbox, fields)).invoice), [wanted], JSON.stringify(fields));
  }
  const inside = await sell(sandbox, { address: de }, { tax_behavior: "inclusive", amount: 1190 });
  assert.deepEqual([inside.invoice.total, inside.invoice.total_excluding_tax], [1190, 1000]);
  const ids = [["DE000000000", "verified", 0], ["DE111111111", "unverified", 190], ["DE222222222", "pending", 0]];
  for (const [value, status, tax] of ids) {
    const { customer } = await sandbox.customer();
    await sandbox.post(`/v1/customers/${customer}`, { address: de });
    const id = await vat(customer, value);
    assert.deepEqual([id.verification.status, id.country], [status, "DE"]);
    const price = await taxedPrice(sandbox, 1000);
    const bought = await sandbox.post("/v1/subscriptions", {
      customer, items: [{ price: price.id }], automatic_tax: { enabled: "true" }, expand: ["latest_invoice"],
    });
    assert.equal(bought.latest_invoice.total_taxes[0].amount, tax, value);
    assert.deepEqual(bought.latest_invoice.customer_tax_ids, [{ type: "eu_vat", value }]);
    assert.equal((await sandbox.delete(`/v1/customers/${customer}/tax_ids/${id.id}`)).deleted, true);
  }
});

test("the discount comes before the tax", async (t) => {
  const sandbox = await Sandbox.start(t);
  await register(sandbox, "US", "NY");
  const coupon = await sandbox.post("/v1/coupons", { percent_off: "50", duration: "forever" });
  const { invoice } = await sell(sandbox, { address: NY }, { sale: { discounts: [{ coupon: coupon.id }] } });
  assert.deepEqual([invoice.subtotal, invoice.total, invoice.total_taxes[0].taxable_amount], [1000, 544, 500]);
});

test("the rate is that of the finalization, and a place that is gone stops it", async (t) => {
  const sandbox = await Sandbox.start(t);
  await register(sandbox, "US", "NY");
  await register(sandbox, "US", "TX");
  const { bought, customer, clock } = await sell(sandbox, { address: NY });
  await sandbox.advance(clock, Date.UTC(2015, 1, 28, 12, 30) / 1000);
  const path = `/v1/subscriptions/${bought.id}`;
  const draft = (await sandbox.get(path, { expand: ["latest_invoice"] })).latest_invoice;
  assert.deepEqual([draft.status, draft.total], ["draft", 1089]);
  await sandbox.post(`/v1/customers/${customer}`, { address: US("TX", "75001") });
  await sandbox.advance(clock, Date.UTC(2015, 1, 28, 14) / 1000);
  assert.equal((await sandbox.get(`/v1/invoices/${draft.id}`)).total, 1083);

  await sandbox.post(`/v1/customers/${customer}`, { address: "" });
  await sandbox.advance(clock, Date.UTC(2015, 2, 31, 14) / 1000);
  const stuck = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.equal(stuck.latest_invoice.status, "draft");
  assert.equal(stuck.latest_invoice.automatic_tax.status, "requires_location_inputs");
  assert.equal(stuck.latest_invoice.last_finalization_error.code, "customer_tax_location_invalid");
  assert.equal(stuck.automatic_tax.disabled_reason, "requires_location_inputs");
  assert.equal((await sandbox.events({ type: "invoice.finalization_failed" })).length, 1);
  const refused = await sandbox.stripe.post(`/v1/invoices/${stuck.latest_invoice.id}/finalize`);
  assert.deepEqual([refused.status, refused.body.error.code], [400, "customer_tax_location_invalid"]);
  await sandbox.post(`/v1/customers/${customer}`, { address: NY });
  assert.equal((await sandbox.post(`/v1/invoices/${stuck.latest_invoice.id}/finalize`)).status, "open");
});

test("settings and registrations", async (t) => {
  const sandbox = await Sandbox.start(t);
  const settings = await sandbox.get("/v1/tax/settings");
  assert.deepEqual([settings.status, settings.head_office.address.country], ["active", "US"]);
  const moved = await sandbox.post("/v1/tax/settings", { head_office: { address: { country: "DE" } } });
  assert.equal(moved.head_office.address.country, "DE");
  const registration = await register(sandbox, "US", "NY");
  assert.equal(registration.status, "active");
  const ended = await sandbox.post(`/v1/tax/registrations/${registration.id}`, { expires_at: "now" });
  assert.equal(ended.status, "expired");
  assert.equal((await sandbox.get("/v1/tax/registrations", { status: "active" })).data.length, 0);
  assert.equal((await sandbox.get("/v1/tax/registrations", { status: "all" })).data.length, 1);
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const price = await taxedPrice(sandbox, 1000);
  const sale = { customer, items: [{ price: price.id }] };
  const rate = await sandbox.post("/v1/tax_rates", { display_name: "Old", percentage: "5", inclusive: false, active: false });
  const cases = [
    ["/v1/subscriptions", { ...sale, automatic_tax: { enabled: "true" } }, "customer_tax_location_invalid", undefined],
    ["/v1/subscriptions", { ...sale, automatic_tax: { liability: "self" } }, "parameter_unknown", "automatic_tax[liability]"],
    ["/v1/subscriptions", { ...sale, default_tax_rates: ["txr_none"] }, "resource_missing", "default_tax_rates[0]"],
    ["/v1/subscriptions", { ...sale, default_tax_rates: [rate.id] }, undefined, "default_tax_rates[0]"],
    ["/v1/customers", { address: { country: "US", postal_code: "1000" }, tax: { validate_location: "immediately" } }, "customer_tax_location_invalid", undefined],
    ["/v1/customers", { address: { country: "CA" }, tax: { validate_location: "immediately" } }, "customer_tax_location_invalid", undefined],
    ["/v1/tax_rates", { display_name: "T", percentage: "101", inclusive: false }, undefined, "percentage"],
    ["/v1/tax_rates", { display_name: "T", inclusive: false }, "parameter_missing", "percentage"],
    [`/v1/customers/${customer}/tax_ids`, { type: "eu_vat", value: "123456789" }, "tax_id_invalid", "value"],
    [`/v1/customers/${customer}/tax_ids`, { type: "moon_vat", value: "1234" }, undefined, "type"],
    ["/v1/tax/registrations", { active_from: "now", country: "US", country_options: { de: { type: "standard" } } }, undefined, "country_options"],
    ["/v1/tax/settings", { head_office: { address: { city: "Berlin" } } }, "parameter_missing", "head_office[address][country]"],
  ];
  for (const [path, fields, code, param] of cases) {
    const { status, body } = await sandbox.stripe.post(path, fields);
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], JSON.stringify(fields));
  }
});

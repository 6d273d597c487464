// Promise: usage is counted once, by the meter's formula, and billed behind its period.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const END = Date.UTC(2015, 1, 28, 12) / 1000;

function meterOf(sandbox, event_name, formula = "sum") {
  return sandbox.post("/v1/billing/meters", { display_name: event_name, event_name, default_aggregation: { formula } });
}

function use(sandbox, event_name, customer, value, fields = {}) {
  return sandbox.post("/v1/billing/meter_events", { event_name, payload: { stripe_customer_id: customer, value }, ...fields });
}

test("usage is billed on the renewal behind it, in tiers, and starts again at nothing", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const meter = await meterOf(sandbox, "requests");
  const price = await sandbox.post("/v1/prices", {
    currency: "usd",
    recurring: { interval: "month", usage_type: "metered", meter: meter.id },
    billing_scheme: "tiered", tiers_mode: "graduated",
    tiers: [{ up_to: 100, unit_amount: 0 }, { up_to: "inf", unit_amount_decimal: "0.5" }],
    product_data: { name: "Requests" },
  });
  const fixed = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", {
    customer, items: [{ price: fixed.id }, { price: price.id }], expand: ["latest_invoice"],
  });
  assert.equal(bought.latest_invoice.total, 2900);
  await use(sandbox, "requests", customer, 90);
  await use(sandbox, "requests", customer, 415);
  await sandbox.advance(clock, END + 2 * HOUR);
  const path = `/v1/subscriptions/${bought.id}`;
  const { latest_invoice } = await sandbox.get(path, { expand: ["latest_invoice"] });
  const metered = latest_invoice.lines.data.find(({ pricing }) => pricing.price_details.price === price.id);
  assert.deepEqual([metered.quantity, metered.amount], [505, 203]); // 405 × 0.005 = 2.025
  assert.deepEqual([metered.period.start, metered.period.end], [NOON, END]);
  assert.equal(latest_invoice.amount_paid, 3103);
  const shown = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.equal(shown.total, 2900);
});

test("an end at once with invoice_now bills what was used until then", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const meter = await meterOf(sandbox, "minutes");
  const price = await sandbox.post("/v1/prices", {
    currency: "usd", unit_amount: 100, recurring: { interval: "month", usage_type: "metered", meter: meter.id },
    product_data: { name: "Minutes" },
  });
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  await use(sandbox, "minutes", customer, 7);
  await sandbox.advance(clock, NOON + DAY);
  await sandbox.delete(`/v1/subscriptions/${bought.id}?invoice_now=true`);
  const { data } = await sandbox.get("/v1/invoices", { customer });
  assert.deepEqual(data.map(({ status, total }) => [status, total]), [["paid", 700]]);
});

test("sum, count and last", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  for (const [formula, wanted] of [["sum", 8], ["count", 3], ["last", 1]]) {
    const meter = await meterOf(sandbox, `of_${formula}`, formula);
    await use(sandbox, `of_${formula}`, customer, 5, { timestamp: NOON - HOUR });
    await use(sandbox, `of_${formula}`, customer, 1, { timestamp: NOON - 60 });
    await use(sandbox, `of_${formula}`, customer, 2, { timestamp: NOON - 2 * HOUR });
    const { data } = await sandbox.get(`/v1/billing/meters/${meter.id}/event_summaries`, {
      customer, start_time: NOON - DAY, end_time: NOON,
    });
    assert.deepEqual(data.map(({ aggregated_value }) => aggregated_value), [wanted], formula);
    const hours = await sandbox.get(`/v1/billing/meters/${meter.id}/event_summaries`, {
      customer, start_time: NOON - 2 * HOUR, end_time: NOON, value_grouping_window: "hour",
    });
    assert.equal(hours.data.length, 2);
  }
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const meter = await meterOf(sandbox, "requests");
  const event = (fields, payload = {}) => ["/v1/billing/meter_events", {
    event_name: "requests", payload: { stripe_customer_id: customer, value: 1, ...payload }, ...fields,
  }];
  await use(sandbox, "requests", customer, 1, { identifier: "once" });
  const cases = [
    [...event({ identifier: "once" }), "resource_already_exists", "identifier"],
    [...event({ timestamp: NOON - 36 * DAY }), undefined, "timestamp"],
    [...event({ timestamp: NOON + 301 }), undefined, "timestamp"],
    [...event({ event_name: "nothing" }), "resource_missing", "event_name"],
    [...event({}, { value: "many" }), undefined, "payload[value]"],
    [...event({}, { stripe_customer_id: "cus_none" }), "resource_missing", "payload[stripe_customer_id]"],
    ["/v1/billing/meters", { display_name: "x", event_name: "requests", default_aggregation: { formula: "sum" } }, "resource_already_exists", "event_name"],
    [`/v1/billing/meters/${meter.id}/reactivate`, {}, undefined, "id"],
  ];
  for (const [path, fields, code, param] of cases) {
    const { status, body } = await sandbox.stripe.post(path, fields);
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], `${path} ${JSON.stringify(fields)}`);
  }
  assert.equal((await sandbox.post(`/v1/billing/meters/${meter.id}/deactivate`)).status, "inactive");
  assert.equal((await sandbox.stripe.post(...event({}))).status, 400);
  assert.equal((await sandbox.post(`/v1/billing/meters/${meter.id}/reactivate`)).status, "active");
});

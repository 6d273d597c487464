// Promise: usage is counted once, by the meter's formula, and billed behind its period.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Receiver, Sandbox } from "./support.mjs";

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

// A subscription to one metered price per unit; { customer, clock, bought, price }.
async function metered(sandbox, { price: terms = { unit_amount: 100 }, subscription = {} } = {}) {
  const { customer, clock } = await sandbox.customer();
  const meter = await meterOf(sandbox, "units");
  const price = await sandbox.post("/v1/prices", {
    currency: "usd", recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Units" }, ...terms,
  });
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], ...subscription });
  return { customer, clock, meter, price, bought };
}

const linesOf = ({ lines }) => lines.data.map(({ quantity, quantity_decimal, amount }) => [quantity, quantity_decimal, amount]);

test("prices of every kind: decimals, volume, packages, flat amounts; rounded once, at the end", async (t) => {
  const sandbox = await Sandbox.start(t);
  const volume = [{ up_to: 10, unit_amount: 100 }, { up_to: "inf", unit_amount: 50, flat_amount: 500 }];
  const packages = (round) => ({ unit_amount: 700, transform_quantity: { divide_by: 100, round } });
  const cases = [
    ["a decimal of usage", { unit_amount: 100 }, ["2.5", "0.333333333333"], [2, "2.833333333333", 283]],
    ["a part of a cent", { unit_amount_decimal: "0.1" }, ["5"], [5, "5", 1]], // half a cent, away from nothing
    ["just below a half", { unit_amount_decimal: "0.1" }, ["4.999999999999"], [4, "4.999999999999", 0]],
    ["volume below the edge", { billing_scheme: "tiered", tiers_mode: "volume", tiers: volume }, ["10"], [10, "10", 1000]],
    ["volume above it", { billing_scheme: "tiered", tiers_mode: "volume", tiers: volume }, ["10.5"], [10, "10.5", 1025]],
    ["graduated", { billing_scheme: "tiered", tiers_mode: "graduated", tiers: volume }, ["12"], [12, "12", 1600]],
    ["packages begun", packages("up"), ["100.5"], [100, "100.5", 1400]],
    ["packages full", packages("down"), ["199.9"], [199, "199.9", 700]],
    ["less than nothing", { unit_amount: 100 }, ["3", "-5"], [0, "0", 0]],
    ["more than a meter can say", { unit_amount_decimal: "0.00001" }, ["999999999999999", "999999999999999"], [1000000000000000, "1000000000000000", 10000000000]],
    ["more than a line can say", { unit_amount: 99999999 }, ["999999999999999"], [999999999999999, "999999999999999", 1000000000000]],
  ];
  for (const [name, terms, uses, wanted] of cases) {
    const { customer, price, meter, bought } = await metered(sandbox, { price: terms });
    for (const value of uses) await use(sandbox, "units", customer, value);
    const shown = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
    const line = shown.lines.data.find(({ pricing }) => pricing.price_details.price === price.id);
    assert.deepEqual([line.quantity, line.quantity_decimal, line.amount], wanted, name);
    const { data: [summary] } = await sandbox.get(`/v1/billing/meters/${meter.id}/event_summaries`, { customer, start_time: NOON - 60, end_time: NOON + 60 });
    if (wanted[0] > 0) assert.equal(summary.aggregated_value.toPrecision(12), Number(wanted[1]).toPrecision(12), name); // a number of JSON
    await sandbox.post(`/v1/billing/meters/${meter.id}/deactivate`);
  }
});

test("what was used until an agreed end is billed with it, and what is used in a trial is free", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock, bought } = await metered(sandbox);
  await use(sandbox, "units", customer, 3);
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { cancel_at_period_end: true });
  await sandbox.advance(clock, END + 2 * HOUR);
  const { data } = await sandbox.get("/v1/invoices", { customer });
  assert.deepEqual(data.map(({ status, total, billing_reason }) => [status, total, billing_reason]), [["paid", 300, "subscription_cycle"]]);
  assert.equal((await sandbox.get(`/v1/subscriptions/${bought.id}`)).status, "canceled");

  const other = await Sandbox.start(t);
  const trial = await metered(other, { subscription: { trial_end: NOON + 5 * DAY } });
  await use(other, "units", trial.customer, 40);
  await other.advance(trial.clock, NOON + 5 * DAY + 2 * HOUR);
  await use(other, "units", trial.customer, 2);
  await other.advance(trial.clock, NOON + 5 * DAY + 31 * DAY);
  const invoices = await other.get("/v1/invoices", { customer: trial.customer });
  assert.deepEqual(invoices.data.map(({ total }) => total), [200, 0]);
});

test("an event that comes while the draft waits still counts, one behind it never does", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock, bought } = await metered(sandbox);
  await use(sandbox, "units", customer, 1);
  await sandbox.advance(clock, END + HOUR / 2);
  const late = await use(sandbox, "units", customer, 4, { timestamp: END - 60 });
  await use(sandbox, "units", customer, 8, { timestamp: END });
  await sandbox.advance(clock, END + 2 * HOUR);
  const { latest_invoice } = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.deepEqual([linesOf(latest_invoice), latest_invoice.amount_paid, late.timestamp], [[[5, "5", 500]], 500, END - 60]);
  await use(sandbox, "units", customer, 16, { timestamp: END - 60 });
  const next = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.deepEqual(linesOf(next), [[8, "8", 800]]);
});

test("flexible: each use costs what was in force when it was reported; classic: what is in force at the end", async (t) => {
  for (const [type, wanted] of [["flexible", [500, 1400]], ["classic", [2400]]]) {
    const sandbox = await Sandbox.start(t);
    const { customer, clock, meter, bought } = await metered(sandbox, { subscription: { billing_mode: { type } } });
    const dear = await sandbox.post("/v1/prices", {
      currency: "usd", unit_amount: 200, recurring: { interval: "month", usage_type: "metered", meter: meter.id }, product_data: { name: "Dear units" },
    });
    await use(sandbox, "units", customer, 5);
    await sandbox.advance(clock, NOON + 10 * DAY);
    await sandbox.post(`/v1/subscriptions/${bought.id}`, { items: [{ id: bought.items.data[0].id, price: dear.id }] });
    await use(sandbox, "units", customer, 7);
    await sandbox.advance(clock, END + 2 * HOUR);
    const { latest_invoice } = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
    assert.deepEqual(latest_invoice.lines.data.map(({ amount }) => amount).sort((a, b) => a - b), wanted, type);
    assert.equal(latest_invoice.amount_paid, wanted.reduce((a, b) => a + b));
  }
});

test("an item that is taken away, or a period that is cut short, leaves what was used to be billed", async (t) => {
  const own = await Sandbox.start(t);
  const flat = await own.price(1000);
  const it = await metered(own);
  await own.post("/v1/subscription_items", { subscription: it.bought.id, price: flat.id, proration_behavior: "none" });
  await use(own, "units", it.customer, 6);
  await own.advance(it.clock, NOON + DAY);
  await own.post(`/v1/subscriptions/${it.bought.id}`, { items: [{ id: it.bought.items.data[0].id, deleted: true }], proration_behavior: "none" });
  await use(own, "units", it.customer, 50); // of nothing that is bought
  await own.advance(it.clock, END + 2 * HOUR);
  const { latest_invoice } = await own.get(`/v1/subscriptions/${it.bought.id}`, { expand: ["latest_invoice"] });
  assert.equal(latest_invoice.total, 1600);

  const reset = await Sandbox.start(t);
  const anchor = await metered(reset);
  await use(reset, "units", anchor.customer, 9);
  await reset.advance(anchor.clock, NOON + DAY);
  await reset.post(`/v1/subscriptions/${anchor.bought.id}`, { billing_cycle_anchor: { type: "now" } });
  const { data } = await reset.get("/v1/invoices", { customer: anchor.customer });
  assert.deepEqual(data.map(({ total }) => total), [900]);
  await use(reset, "units", anchor.customer, 1);
  const shown = await reset.post("/v1/invoices/create_preview", { subscription: anchor.bought.id });
  assert.equal(shown.total, 100);
});

test("an event is taken back within a day, once", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock, bought } = await metered(sandbox);
  await use(sandbox, "units", customer, 5, { identifier: "a" });
  await use(sandbox, "units", customer, 2, { identifier: "b" });
  const adjust = (identifier, more = {}) => sandbox.stripe.post("/v1/billing/meter_event_adjustments", { event_name: "units", type: "cancel", cancel: { identifier }, ...more });
  const { status, body } = await adjust("a");
  assert.deepEqual([status, body.object, body.status, body.cancel], [200, "billing.meter_event_adjustment", "complete", { identifier: "a" }]);
  const shown = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.equal(shown.total, 200);
  await sandbox.advance(clock, NOON + DAY + 1);
  const cases = [
    [adjust("a"), undefined, "cancel[identifier]"],
    [adjust("b"), undefined, "cancel[identifier]"], // a day has passed
    [adjust("c"), "resource_missing", "cancel[identifier]"],
    [adjust("b", { event_name: "others" }), "resource_missing", "cancel[identifier]"],
    [adjust("b", { type: "range" }), undefined, "type"],
    [adjust("b", { cancel: undefined }), "parameter_missing", "cancel"],
    [adjust("b", { cancel: { identifier: undefined, x: 1 } }), "parameter_unknown", "cancel[x]"],
  ];
  for (const [answer, code, param] of cases) {
    const refused = await answer;
    assert.deepEqual([refused.status, refused.body.error.code, refused.body.error.param], [400, code, param]);
  }
});

test("version 2: JSON in and out, times as text, judged at once", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, bought } = await metered(sandbox);
  const at = new Date((NOON - 60) * 1000).toISOString().replace(".000", "");
  const event = { event_name: "units", payload: { stripe_customer_id: customer, value: "3" }, identifier: "one", timestamp: at };
  const kept = await sandbox.postJson("/v2/billing/meter_events", event);
  assert.deepEqual(kept, { object: "v2.billing.meter_event", created: kept.created, event_name: "units", identifier: "one", livemode: false, payload: event.payload, timestamp: at });
  const other = await sandbox.postJson("/v2/billing/meter_events", { ...event, identifier: "two", timestamp: new Date(NOON * 1000).toISOString() });
  assert.equal(other.identifier, "two");
  const { total } = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.equal(total, 300); // the first was before the subscription
  const back = await sandbox.postJson("/v2/billing/meter_event_adjustments", { event_name: "units", type: "cancel", cancel: { identifier: "two" } });
  assert.deepEqual([back.object, back.status, back.cancel], ["v2.billing.meter_event_adjustment", "complete", { identifier: "two" }]);
  const cases = [
    [{}, "resource_already_exists", "identifier"],
    [{ identifier: "x", timestamp: "yesterday" }, undefined, "timestamp"],
    [{ identifier: "x", timestamp: "2014-01-01T00:00:00Z" }, undefined, "timestamp"],
    [{ identifier: "x", event_name: "nothing" }, "resource_missing", "event_name"],
    [{ identifier: "x", payload: { stripe_customer_id: customer } }, "parameter_missing", "payload[value]"],
    [{ identifier: "x", payload: { value: "1" } }, "parameter_missing", "payload[stripe_customer_id]"],
    [{ identifier: "x", payload: { stripe_customer_id: customer, value: "1.0000000000001" } }, undefined, "payload[value]"],
    [{ identifier: "x", payload: { stripe_customer_id: customer, value: "1." } }, undefined, "payload[value]"],
    [{ identifier: "x", colour: "red" }, "parameter_unknown", "colour"],
  ];
  for (const [fields, code, param] of cases) {
    const { status, body } = await sandbox.stripe.postJson("/v2/billing/meter_events", { ...event, ...fields });
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], JSON.stringify(fields));
  }
});

test("a stream takes a hundred events under a session's token, and tells of the bad ones afterwards", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, bought, meter } = await metered(sandbox);
  const receiver = await Receiver.start(t);
  await sandbox.postJson("/v2/core/event_destinations", { name: "errors", type: "webhook_endpoint", event_payload: "thin",
    enabled_events: ["v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found"], webhook_endpoint: { url: receiver.url } });
  const session = await sandbox.postJson("/v2/billing/meter_event_session");
  assert.equal(Date.parse(session.expires_at) - Date.parse(session.created), 15 * 60 * 1000);
  const stream = (events, token = session.authentication_token) =>
    sandbox.stripe.postJson("/v2/billing/meter_event_stream", { events }, { headers: { Authorization: `Bearer ${token}` } });
  const event = (fields = {}, payload = {}) => ({ event_name: "units", payload: { stripe_customer_id: customer, value: "1", ...payload }, timestamp: new Date(NOON * 1000).toISOString(), ...fields });
  const many = Array.from({ length: 94 }, (_, i) => event({ identifier: `n${i}` }));
  const { status, body } = await stream([...many, event({ identifier: "n0" }), event({ identifier: "far" }, { value: "much" }),
    event({}, { value: "x" }), event({}, { stripe_customer_id: "cus_none" }), event({ timestamp: "2014-01-01T00:00:00Z" }), event({ event_name: "nothing" })]);
  assert.deepEqual([status, body], [200, {}]);
  const told = [JSON.parse((await receiver.next()).text), JSON.parse((await receiver.next()).text)];
  const report = told.find(({ type }) => type === "v1.billing.meter.error_report_triggered");
  assert.deepEqual([report.related_object.id, report.data, "snapshot_event" in report], [meter.id, undefined, false]);
  const whole = await sandbox.get(`/v2/core/events/${report.id}`);
  const { reason, developer_message_summary } = whole.data;
  assert.equal(developer_message_summary, "There are 4 invalid events");
  assert.deepEqual(reason.error_types.map(({ code, error_count }) => [code, error_count]),
    [["meter_event_invalid_value", 2], ["meter_event_customer_not_found", 1], ["timestamp_too_far_in_past", 1]]);
  assert.deepEqual(reason.error_types[0].sample_errors[0].request, { identifier: "far" });
  const none = await sandbox.get(`/v2/core/events/${told.find(({ type }) => type.endsWith("no_meter_found")).id}`);
  assert.deepEqual([none.related_object, none.data.reason.error_types[0].code], [undefined, "no_meter"]);
  const { total } = await sandbox.post("/v1/invoices/create_preview", { subscription: bought.id });
  assert.equal(total, 9400);
  const { data } = await sandbox.get("/v1/events", { type: "v1.billing.meter.error_report_triggered" });
  assert.deepEqual(data, []); // there is no snapshot of it
  const snapshot = await sandbox.stripe.get(`/v1/events/${report.id.replace("evt_test_", "evt_")}`);
  assert.deepEqual([snapshot.status, snapshot.body.error.code], [404, "resource_missing"]);

  const refusals = [
    [stream(Array.from({ length: 101 }, () => event())), 400, undefined, "events"],
    [stream([event({ timestamp: "soon" })]), 400, undefined, "timestamp"],
    [stream([{ event_name: "units" }]), 400, "parameter_missing", "events[0][payload]"],
    [stream([], "sk_test_stories"), 401, undefined, undefined],
    [stream([], `${session.authentication_token}x`), 401, "billing_meter_event_session_expired", undefined],
    [stream([], "mtrtok_test_none"), 401, "billing_meter_event_session_expired", undefined],
    [sandbox.stripe.get("/v1/customers", undefined, { headers: { Authorization: `Bearer ${session.authentication_token}` } }), 401, undefined, undefined],
  ];
  for (const [answer, wanted, code, param] of refusals) {
    const refused = await answer;
    assert.deepEqual([refused.status, refused.body.error?.code, refused.body.error?.param], [wanted, code, param]);
  }
});

// Promise: periods follow their anchor to the second: month ends, leap days, part periods, both billing modes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const utc = (text) => Date.parse(text) / 1000;
const text = (at) => new Date(at * 1000).toISOString().slice(0, 19) + "Z";
const classic = { billing_mode: { type: "classic" } };
const period = ({ items }) => [items.data[0].current_period_start, items.data[0].current_period_end].map(text);

async function begun(t, at, fields = {}, interval = "month", unit_amount = 3000) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer({ at: utc(at) });
  const price = await sandbox.price(unit_amount, interval);
  const answer = await sandbox.stripe.post("/v1/subscriptions", { customer, items: [{ price: price.id }], expand: ["latest_invoice"], ...fields });
  const bought = answer.body;
  return { sandbox, customer, clock, price, answer, bought, path: `/v1/subscriptions/${bought.id}` };
}

// Walks from period to period on the clock; the ends met, and that each begins where the last ended.
async function ends({ sandbox, clock, bought, path }, count) {
  const met = [];
  let subscription = bought;
  for (let i = 0; i < count; i++) {
    const end = subscription.items.data[0].current_period_end;
    met.push(text(end));
    await sandbox.advance(clock, end + 2 * HOUR);
    subscription = await sandbox.get(path, { expand: ["latest_invoice"] });
    assert.equal(subscription.items.data[0].current_period_start, end);
    const [line] = subscription.latest_invoice.lines.data;
    assert.deepEqual([line.period.start, line.period.end], [end, subscription.items.data[0].current_period_end]);
    assert.equal(subscription.latest_invoice.total, line.amount);
  }
  return met;
}

test("31 January: 28 February, 31 March, 30 April, never drifting", async (t) => {
  const story = await begun(t, "2015-01-31T10:20:30Z");
  assert.deepEqual(await ends(story, 5), [
    "2015-02-28T10:20:30Z",
    "2015-03-31T10:20:30Z",
    "2015-04-30T10:20:30Z",
    "2015-05-31T10:20:30Z",
    "2015-06-30T10:20:30Z",
  ]);
});

test("30 January of a leap year: the bill of 29 February covers up to 30 March", async (t) => {
  const story = await begun(t, "2024-01-30T00:00:00Z");
  assert.deepEqual(await ends(story, 3), ["2024-02-29T00:00:00Z", "2024-03-30T00:00:00Z", "2024-04-30T00:00:00Z"]);
});

test("31 March: nothing on 30 May, the bill falls on 31 May", async (t) => {
  const story = await begun(t, "2015-03-31T12:00:00Z");
  await ends(story, 1);
  await story.sandbox.advance(story.clock, utc("2015-05-31T11:59:59Z"));
  const before = (await story.sandbox.get("/v1/invoices", { customer: story.customer })).data.length;
  await story.sandbox.advance(story.clock, utc("2015-05-31T12:00:00Z"));
  assert.equal((await story.sandbox.get("/v1/invoices", { customer: story.customer })).data.length, before + 1);
});

test("yearly from 29 February: every year has its period, the leap day comes back", async (t) => {
  const story = await begun(t, "2016-02-29T08:00:00Z", {}, "year");
  assert.deepEqual(await ends(story, 5), [
    "2017-02-28T08:00:00Z",
    "2018-02-28T08:00:00Z",
    "2019-02-28T08:00:00Z",
    "2020-02-29T08:00:00Z",
    "2021-02-28T08:00:00Z",
  ]);
  const invoices = await story.sandbox.get("/v1/invoices", { customer: story.customer, limit: 100 });
  assert.equal(new Set(invoices.data.map(({ lines }) => lines.data[0].period.start)).size, 6);
});

test("of three prices set within one period the newest is billed at its end", async (t) => {
  const story = await begun(t, "2015-04-01T00:00:00Z");
  const items = [{ id: story.bought.items.data[0].id }];
  for (const [day, amount] of [[5, 4000], [10, 5000], [20, 6000]]) {
    await story.sandbox.advance(story.clock, utc("2015-04-01T00:00:00Z") + day * DAY);
    items[0].price = (await story.sandbox.price(amount)).id;
    await story.sandbox.post(story.path, { items, proration_behavior: "none" });
  }
  await story.sandbox.advance(story.clock, utc("2015-05-01T00:00:00Z"));
  const { latest_invoice } = await story.sandbox.get(story.path, { expand: ["latest_invoice"] });
  assert.deepEqual(latest_invoice.lines.data.map(({ amount }) => amount), [6000]);
});

// An anchor ahead: fields, the first period's end, the first invoice (null: none).
const ANCHORS = [
  ["half a period ahead", { billing_cycle_anchor: utc("2015-04-16T00:00:00Z") }, "2015-04-16T00:00:00Z", 1452],
  ["given away", { billing_cycle_anchor: utc("2015-04-16T00:00:00Z"), proration_behavior: "none" }, "2015-04-16T00:00:00Z", null],
  ["the 10th", { billing_cycle_anchor_config: { day_of_month: 10 } }, "2015-04-10T00:00:00Z", 871],
  ["the 31st is the last day", { billing_cycle_anchor_config: { day_of_month: 31 } }, "2015-04-30T00:00:00Z", 2900],
  ["the 10th at six", { billing_cycle_anchor_config: { day_of_month: 10, hour: 6, minute: 30 } }, "2015-04-10T06:30:00Z", 897],
  ["a month ahead: full periods come first", { billing_cycle_anchor_config: { day_of_month: 10, month: 7 } }, "2015-04-10T00:00:00Z", 871],
];
for (const [name, fields, end, amount] of ANCHORS) {
  test(`an anchor ahead: ${name}`, async (t) => {
    const { bought } = await begun(t, "2015-04-01T00:00:00Z", fields);
    assert.equal(bought.status, "active");
    assert.deepEqual(period(bought), ["2015-04-01T00:00:00Z", end]);
    assert.equal(bought.latest_invoice?.total ?? null, amount);
  });
}

test("the last day of each month, from the configured day and not from the first month's end", async (t) => {
  const story = await begun(t, "2015-02-10T00:00:00Z", { billing_cycle_anchor_config: { day_of_month: 31 } });
  assert.deepEqual(await ends(story, 3), ["2015-02-28T00:00:00Z", "2015-03-31T00:00:00Z", "2015-04-30T00:00:00Z"]);
});

test("a change within a part period is a fraction of the whole period, not of the part", async (t) => {
  const story = await begun(t, "2015-04-21T00:00:00Z", { billing_cycle_anchor: utc("2015-05-01T00:00:00Z") });
  assert.equal(story.bought.latest_invoice.total, 1000); // 10 of the 30 days before 1 May
  await story.sandbox.advance(story.clock, utc("2015-04-26T00:00:00Z"));
  const price = await story.sandbox.price(6000);
  const { latest_invoice } = await story.sandbox.post(story.path, {
    items: [{ id: story.bought.items.data[0].id, price: price.id }],
    proration_behavior: "always_invoice",
    expand: ["latest_invoice"],
  });
  assert.deepEqual(latest_invoice.lines.data.map(({ amount }) => amount), [-500, 1000]);
});

test("flexible billing keeps its anchor when the interval changes, classic moves it", async (t) => {
  for (const [fields, anchor, amounts] of [
    [{}, "2015-04-01T00:00:00Z", [-1500, Math.round((36500 * 351) / 366)]],
    [classic, "2015-04-16T00:00:00Z", [-1500, 36500]],
  ]) {
    const story = await begun(t, "2015-04-01T00:00:00Z", fields);
    await story.sandbox.advance(story.clock, utc("2015-04-16T00:00:00Z"));
    const yearly = await story.sandbox.price(36500, "year");
    const changed = await story.sandbox.post(story.path, {
      items: [{ id: story.bought.items.data[0].id, price: yearly.id }],
      proration_behavior: "always_invoice",
      expand: ["latest_invoice"],
    });
    assert.equal(text(changed.billing_cycle_anchor), anchor);
    assert.deepEqual(changed.latest_invoice.lines.data.map(({ amount }) => amount), amounts);
  }
});

test("classic billing begins anew when what was free is paid for, flexible does not", async (t) => {
  for (const [fields, anchor] of [[{}, "2015-04-01T00:00:00Z"], [classic, "2015-04-16T00:00:00Z"]]) {
    const story = await begun(t, "2015-04-01T00:00:00Z", fields, "month", 0);
    await story.sandbox.advance(story.clock, utc("2015-04-16T00:00:00Z"));
    const price = await story.sandbox.price(3000);
    const changed = await story.sandbox.post(story.path, { items: [{ id: story.bought.items.data[0].id, price: price.id }] });
    assert.equal(text(changed.billing_cycle_anchor), anchor);
  }
});

test("now begins a period and an invoice at once, whatever is said of prorations", async (t) => {
  for (const [proration_behavior, amounts] of [["none", [3000]], ["create_prorations", [-1500, 3000]], ["always_invoice", [-1500, 3000]]]) {
    const story = await begun(t, "2015-04-01T00:00:00Z");
    await story.sandbox.advance(story.clock, utc("2015-04-16T00:00:00Z"));
    const reset = await story.sandbox.post(story.path, { billing_cycle_anchor: { type: "now" }, proration_behavior, expand: ["latest_invoice"] });
    assert.deepEqual(period(reset), ["2015-04-16T00:00:00Z", "2015-05-16T00:00:00Z"]);
    assert.deepEqual(reset.latest_invoice.lines.data.map(({ amount }) => amount), amounts);
    const kept = await story.sandbox.post(story.path, { billing_cycle_anchor: { type: "unchanged" } });
    assert.deepEqual(period(kept), period(reset));
  }
});

test("weeks and days", async (t) => {
  for (const [interval, step] of [["day", DAY], ["week", 7 * DAY]]) {
    const story = await begun(t, "2015-12-30T23:59:59Z", {}, interval);
    const start = utc("2015-12-30T23:59:59Z");
    assert.deepEqual(await ends(story, 3), [1, 2, 3].map((n) => text(start + n * step)));
  }
});

test("impossible anchors are refused", async (t) => {
  const story = await begun(t, "2015-04-01T00:00:00Z");
  const fields = { customer: story.customer, items: [{ price: story.price.id }] };
  const cases = [
    ["/v1/subscriptions", { ...fields, billing_cycle_anchor: utc("2015-03-31T00:00:00Z") }, "billing_cycle_anchor"],
    ["/v1/subscriptions", { ...fields, billing_cycle_anchor: utc("2015-06-01T00:00:00Z") }, "billing_cycle_anchor"],
    ["/v1/subscriptions", { ...fields, billing_cycle_anchor_config: { day_of_month: 32 } }, "billing_cycle_anchor_config[day_of_month]"],
    ["/v1/subscriptions", { ...fields, billing_cycle_anchor_config: { hour: 3 } }, "billing_cycle_anchor_config[day_of_month]"],
    ["/v1/subscriptions", { ...fields, billing_cycle_anchor: NOON, billing_cycle_anchor_config: { day_of_month: 3 } }, "billing_cycle_anchor_config"],
    [story.path, { billing_cycle_anchor: "now" }, "billing_cycle_anchor"],
    [story.path, { billing_cycle_anchor: { type: "later" } }, "billing_cycle_anchor[type]"],
  ];
  for (const [url, given, param] of cases) {
    const { status, body } = await story.sandbox.stripe.post(url, given);
    assert.deepEqual([status, body.error?.type, body.error?.param], [400, "invalid_request_error", param], JSON.stringify(given));
  }
});

// Promise: a test clock moves its own customers only, forward, step by step in the order of time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;
const clocks = "/v1/test_helpers/test_clocks";
const months = (n) => Date.UTC(2015, n, [31, 28, 31, 30, 31][n], 12) / 1000;

test("advancing is told at once, ready is told when it is over", async (t) => {
  const sandbox = await Sandbox.start(t);
  const clock = await sandbox.post(clocks, { frozen_time: NOON, name: "spring" });
  assert.deepEqual([clock.status, clock.name, clock.frozen_time], ["ready", "spring", NOON]);
  const moving = await sandbox.post(`${clocks}/${clock.id}/advance`, { frozen_time: NOON + DAY });
  assert.deepEqual([moving.status, moving.frozen_time], ["advancing", NOON]);
  assert.equal(moving.status_details.advancing.target_frozen_time, NOON + DAY);
  await sandbox.advance(clock.id, NOON + DAY + 1);
  const told = (await sandbox.events()).map(({ type }) => type).filter((type) => type.startsWith("test_helpers"));
  assert.deepEqual(told.slice(0, 3), ["test_helpers.test_clock.created", "test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"]);
});

test("forward only; two intervals of the shortest subscription, two years without one", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const refuse = async (frozen_time) => {
    const { status, body } = await sandbox.stripe.post(`${clocks}/${clock}/advance`, { frozen_time });
    assert.deepEqual([status, body.error.type, body.error.param], [400, "invalid_request_error", "frozen_time"], String(frozen_time));
  };
  const twoYears = Date.UTC(2017, 0, 31, 12) / 1000;
  for (const wrong of [NOON, NOON - 1, twoYears + 1, "soon", ""]) await refuse(wrong);
  const [year, month, week] = [await sandbox.price(900, "year"), await sandbox.price(90), await sandbox.price(9, "week")];
  const buy = (price) => sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  await buy(year);
  await refuse(twoYears + 1);
  await buy(month);
  await refuse(months(2) + 1);
  const short = await buy(week);
  await refuse(NOON + 14 * DAY + 1);
  await sandbox.delete(`/v1/subscriptions/${short.id}`);
  const moving = await sandbox.post(`${clocks}/${clock}/advance`, { frozen_time: months(2) });
  assert.equal(moving.status, "advancing");
});

test("renewals, the draft hour, retries of time: what was due earlier happens earlier, and says when", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(2900);
  await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], trial_period_days: 7 });
  const before = (await sandbox.events()).length;
  await sandbox.post(`${clocks}/${clock}/advance`, { frozen_time: months(2) });
  await sandbox.advance(clock, months(2) + 1);
  const events = (await sandbox.events()).slice(before).filter(({ type }) => !type.startsWith("test_helpers"));
  const times = events.map(({ created }) => created);
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  const first = (type) => events.find((event) => event.type === type)?.created;
  assert.equal(first("customer.subscription.trial_will_end"), NOON + 4 * DAY);
  assert.equal(first("invoice.created"), NOON + 7 * DAY);
  assert.equal(first("invoice.finalized"), NOON + 7 * DAY + HOUR);
  assert.equal(first("invoice.paid"), NOON + 7 * DAY + HOUR);
  const invoices = await sandbox.get("/v1/invoices", { customer, limit: 100 });
  assert.deepEqual(invoices.data.map(({ created }) => created).sort(), [NOON, NOON, NOON + 7 * DAY, months(1), Date.UTC(2015, 2, 7, 12) / 1000, months(2)].sort());
});

test("other clocks, and customers without one, stand still", async (t) => {
  const sandbox = await Sandbox.start(t);
  const [one, other] = [await sandbox.customer(), await sandbox.customer()];
  const price = await sandbox.price(2900);
  const buy = ({ customer }) => sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const [moved, still] = [await buy(one), await buy(other)];
  await sandbox.advance(one.clock, months(1));
  const start = async ({ id }) => (await sandbox.get(`/v1/subscriptions/${id}`)).items.data[0].current_period_start;
  assert.deepEqual([await start(moved), await start(still)], [months(1), NOON]);
  const late = await sandbox.stripe.post(`/v1/customers/${one.customer}`, { test_clock: other.clock });
  assert.deepEqual([late.status, late.body.error.param], [400, "test_clock"]);
  const unknown = await sandbox.stripe.post("/v1/customers", { test_clock: "clock_none" });
  assert.deepEqual([unknown.status, unknown.body.error.param], [400, "test_clock"]);
});

test("deleted, it takes its customers with it and ends their subscriptions", async (t) => {
  const sandbox = await Sandbox.start(t);
  const [one, other] = [await sandbox.customer(), await sandbox.customer()];
  const price = await sandbox.price(2900);
  const buy = ({ customer }) => sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const [gone, kept] = [await buy(one), await buy(other)];
  const answer = await sandbox.delete(`${clocks}/${one.clock}`);
  assert.deepEqual([answer.id, answer.deleted], [one.clock, true]);
  assert.equal((await sandbox.get(`/v1/customers/${one.customer}`)).deleted, true);
  assert.equal((await sandbox.get(`/v1/subscriptions/${gone.id}`)).status, "canceled");
  assert.equal((await sandbox.get(`/v1/subscriptions/${kept.id}`)).status, "active");
  assert.equal((await sandbox.stripe.get(`${clocks}/${one.clock}`)).status, 404);
  assert.equal((await sandbox.stripe.post(`${clocks}/${one.clock}/advance`, { frozen_time: NOON + 9 })).status, 404);
});

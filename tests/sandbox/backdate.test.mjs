// Promise: time that passed before a subscription was made is billed once, to the second and in
// periods of its own, unless it is to be free; the cycle begins when the subscription does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const at = (month, day) => Date.UTC(2015, month - 1, day, 12) / 1000;
const NOW = at(6, 15);

async function shop(t) {
  const sandbox = await Sandbox.start(t);
  const buyer = await sandbox.customer({ at: NOW });
  const price = await sandbox.price(3_100);
  const buy = async (fields) => {
    const made = await sandbox.post("/v1/subscriptions", { customer: buyer.customer, items: [{ price: price.id }], expand: ["latest_invoice"], ...fields });
    return { made, lines: made.latest_invoice?.lines.data.map(({ amount, period }) => [amount, period.start, period.end]) };
  };
  return { sandbox, ...buyer, price, buy };
}

test("flexible: lines for what passed, the last in part, and for the period that begins", async (t) => {
  const { sandbox, clock, buy } = await shop(t);
  const { made, lines } = await buy({ backdate_start_date: at(4, 1) });
  assert.deepEqual(lines, [
    [3_100, at(4, 1), at(5, 1)],
    [3_100, at(5, 1), at(6, 1)],
    [1_447, at(6, 1), NOW], // 14 of 30 days
    [3_100, NOW, at(7, 15)],
  ]);
  assert.deepEqual([made.start_date, made.created, made.billing_cycle_anchor, made.status], [at(4, 1), NOW, NOW, "active"]);
  assert.equal(made.latest_invoice.amount_paid, 3 * 3_100 + 1_447);
  await sandbox.advance(clock, at(7, 15) + 7_200);
  const renewed = await sandbox.get(`/v1/subscriptions/${made.id}`, { expand: ["latest_invoice"] });
  assert.equal(renewed.latest_invoice.amount_paid, 3_100);
});

test("classic: one line for all of it", async (t) => {
  const { buy } = await shop(t);
  const { lines } = await buy({ backdate_start_date: at(4, 1), billing_mode: { type: "classic" } });
  assert.deepEqual(lines, [[7_647, at(4, 1), NOW], [3_100, NOW, at(7, 15)]]);
});

test("with an anchor to come, up to it; with prorations of none what passed is free", async (t) => {
  const { buy } = await shop(t);
  const anchored = await buy({ backdate_start_date: at(6, 1), billing_cycle_anchor: at(7, 1) });
  assert.deepEqual(anchored.lines, [[1_447, at(6, 1), NOW], [1_653, NOW, at(7, 1)]]);
  const free = await buy({ backdate_start_date: at(4, 1), proration_behavior: "none" });
  assert.deepEqual([free.made.start_date, free.lines], [at(4, 1), [[3_100, NOW, at(7, 15)]]]);
  const carried = await buy({ backdate_start_date: at(4, 1), billing_cycle_anchor: at(7, 1), proration_behavior: "none" });
  assert.deepEqual([carried.made.start_date, carried.made.status, carried.made.latest_invoice], [at(4, 1), "active", null]);
});

test("discounts of the item and of the subscription count for what passed, too", async (t) => {
  const { sandbox, price, buy } = await shop(t);
  const half = await sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const { made } = await buy({ items: [{ price: price.id, discounts: [{ coupon: half.id }] }], backdate_start_date: at(5, 15) });
  assert.equal(made.latest_invoice.amount_paid, 3_100);
});

test("a start that has not been, or too long ago, is refused", async (t) => {
  const { sandbox, customer, price } = await shop(t);
  const daily = await sandbox.price(100, "day");
  for (const [fields, param] of [
    [{ backdate_start_date: NOW }, "backdate_start_date"],
    [{ backdate_start_date: NOW + 1 }, "backdate_start_date"],
    [{ backdate_start_date: -5 }, "backdate_start_date"],
    [{ backdate_start_date: at(4, 1), billing_cycle_anchor_config: { day_of_month: 1 } }, "billing_cycle_anchor_config"],
    [{ backdate_start_date: NOW - 251 * 86_400, items: [{ price: daily.id }] }, "backdate_start_date"],
  ]) {
    const { status, body } = await sandbox.stripe.post("/v1/subscriptions", { customer, items: [{ price: price.id }], ...fields });
    assert.deepEqual([status, body.error?.param], [400, param], JSON.stringify(fields));
  }
});

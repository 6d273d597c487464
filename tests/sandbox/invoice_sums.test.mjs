// Promise: whatever is on an invoice, total = lines - discounts + tax on top, and what is due is what
// the balance leaves of it. Random invoices from a seed that is printed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const ROUNDS = 40;
const LEAST_CHARGE = 50;

// A small generator, the same sequence for the same seed (mulberry32).
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
const onTop = (taxes) => sum(taxes.filter(({ tax_behavior }) => tax_behavior === "exclusive"), ({ amount }) => amount);

async function randomInvoice(sandbox, customer, roll) {
  const coupon = async () => (await sandbox.post("/v1/coupons", roll(2)
    ? { percent_off: `${1 + roll(100)}` }
    : { amount_off: 1 + roll(5000), currency: "usd" })).id;
  const rate = async () => (await sandbox.post("/v1/tax_rates", { display_name: "Tax", percentage: `${roll(30)}.${roll(1000)}`, inclusive: roll(2) === 1 })).id;
  const { id } = await sandbox.post("/v1/invoices", {
    customer,
    ...(roll(2) && { discounts: [{ coupon: await coupon() }, { coupon: await coupon() }] }),
    ...(roll(2) && { default_tax_rates: [await rate()] }),
  });
  for (let left = 1 + roll(4); left > 0; left--) {
    await sandbox.post("/v1/invoiceitems", {
      customer, invoice: id, currency: "usd",
      amount: roll(5) === 0 ? -roll(2000) : roll(9000),
      ...(roll(3) === 0 && { discounts: [{ coupon: await coupon() }] }),
      ...(roll(3) === 0 && { tax_rates: [await rate(), await rate()] }),
      ...(roll(4) === 0 && { discountable: "false" }),
    });
  }
  return id;
}

function checkLines({ lines, total_discount_amounts, total_taxes }) {
  for (const { amount, discount_amounts, discountable } of lines.data) {
    const taken = sum(discount_amounts, (one) => one.amount);
    assert.ok(taken >= 0 && taken <= Math.max(amount, 0), "a line is never less than nothing by discounts");
    if (!discountable) assert.equal(taken, 0);
  }
  const perLine = sum(lines.data, ({ discount_amounts }) => sum(discount_amounts, ({ amount }) => amount));
  assert.equal(sum(total_discount_amounts, ({ amount }) => amount), perLine);
  assert.equal(sum(total_taxes, ({ amount }) => amount), sum(lines.data, ({ taxes }) => sum(taxes, ({ amount }) => amount)));
}

test("random invoices add up", async (t) => {
  const seed = 20261127;
  t.diagnostic(`seed ${seed}`);
  const roll = dice(seed);
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  let balance = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const id = await randomInvoice(sandbox, customer, roll);
    const invoice = await sandbox.post(`/v1/invoices/${id}/finalize`);
    checkLines(invoice);
    const amounts = sum(invoice.lines.data, ({ amount }) => amount);
    const discounts = sum(invoice.total_discount_amounts, ({ amount }) => amount);
    assert.equal(invoice.total, amounts - discounts + onTop(invoice.total_taxes), `round ${round}`);
    assert.equal(invoice.total_excluding_tax, invoice.total - sum(invoice.total_taxes, ({ amount }) => amount), `round ${round}`);
    assert.equal(invoice.starting_balance, balance, `round ${round}`);
    assert.equal(invoice.amount_due + invoice.ending_balance, invoice.total + balance, `round ${round}`);
    assert.ok(invoice.amount_due === 0 || invoice.amount_due >= LEAST_CHARGE, `round ${round}`);
    balance = invoice.ending_balance;
    assert.equal((await sandbox.get(`/v1/customers/${customer}`)).balance, balance, `round ${round}`);
  }
});

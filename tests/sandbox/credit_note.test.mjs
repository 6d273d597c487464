// Promise: a credit note lowers what is owed, or gives back what was paid, never more than that, with
// the discount and the tax that belong to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

// An open invoice over these amounts, paid when asked.
async function invoiceOf(sandbox, customer, amounts, { pays = false, ...fields } = {}) {
  const { id } = await sandbox.post("/v1/invoices", { customer, ...fields });
  for (const amount of amounts) await sandbox.post("/v1/invoiceitems", { customer, invoice: id, amount, currency: "usd" });
  const open = await sandbox.post(`/v1/invoices/${id}/finalize`);
  return pays ? sandbox.post(`/v1/invoices/${id}/pay`, { expand: ["payments"] }) : open;
}

async function refusal(sandbox, fields) {
  const { status, body } = await sandbox.stripe.post("/v1/credit_notes", fields);
  return [status, body.error?.code, body.error?.param];
}

test("an open invoice is lowered, what is left is charged, and a void gives it back", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const invoice = await invoiceOf(sandbox, customer, [1000]);
  const path = `/v1/invoices/${invoice.id}`;
  const note = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 300, reason: "order_change", memo: "Sorry" });
  assert.deepEqual([note.type, note.pre_payment_amount, note.number], ["pre_payment", 300, `${invoice.number}-CN-01`]);
  const lowered = await sandbox.get(path);
  assert.deepEqual([lowered.amount_remaining, lowered.pre_payment_credit_notes_amount], [700, 300]);
  assert.equal((await sandbox.post(`/v1/credit_notes/${note.id}/void`)).status, "void");
  assert.equal((await sandbox.get(path)).amount_remaining, 1000);
  const again = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 400 });
  assert.match(again.number, /-CN-02$/);
  const paid = await sandbox.post(`${path}/pay`, { expand: ["payments.data.payment.payment_intent"] });
  assert.deepEqual([paid.status, paid.amount_paid, paid.amount_overpaid], ["paid", 600, 0]);
  assert.equal(paid.payments.data[0].payment.payment_intent.amount_received, 600);
  assert.equal((await sandbox.stripe.post(`/v1/credit_notes/${again.id}/void`)).status, 400);
});

test("an invoice that is credited whole is paid, without a charge", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const invoice = await invoiceOf(sandbox, customer, [1000]);
  await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 1000 });
  const settled = await sandbox.get(`/v1/invoices/${invoice.id}`);
  assert.deepEqual([settled.status, settled.amount_paid, settled.amount_remaining], ["paid", 0, 0]);
  assert.equal((await sandbox.get("/v1/charges", { customer })).data.length, 0);
});

test("a paid invoice is given back by refund, credit, and out of band, which must add up", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const invoice = await invoiceOf(sandbox, customer, [1000], { pays: true });
  const of = (fields) => ({ invoice: invoice.id, ...fields });
  assert.deepEqual(await refusal(sandbox, of({ amount: 600 })), [400, undefined, "refund_amount"]);
  assert.deepEqual(await refusal(sandbox, of({ amount: 600, refund_amount: 500 })), [400, undefined, "refund_amount"]);
  const note = await sandbox.post("/v1/credit_notes", of({ amount: 600, refund_amount: 300, credit_amount: 200, out_of_band_amount: 100 }));
  assert.deepEqual([note.type, note.post_payment_amount, note.refunds[0].amount_refunded], ["post_payment", 600, 300]);
  assert.equal((await sandbox.get(`/v1/customers/${customer}`)).balance, -200);
  const moved = await sandbox.get(`/v1/customers/${customer}/balance_transactions/${note.customer_balance_transaction}`);
  assert.deepEqual([moved.type, moved.amount, moved.credit_note], ["credit_note", -200, note.id]);
  const after = await sandbox.get(`/v1/invoices/${invoice.id}`);
  assert.deepEqual([after.status, after.post_payment_credit_notes_amount, after.amount_paid], ["paid", 600, 1000]);
  assert.deepEqual(await refusal(sandbox, of({ amount: 401, refund_amount: 401 })), [400, undefined, "amount"]);
  await sandbox.post("/v1/refunds", { payment_intent: invoice.payments.data[0].payment.payment_intent, amount: 150 });
  assert.deepEqual(await refusal(sandbox, of({ amount: 400, refund_amount: 400 })), [400, undefined, "amount"]); // refunds count
  await sandbox.post("/v1/credit_notes", of({ amount: 250, refund_amount: 250 }));
});

test("lines take their discount and their tax with them", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const rate = await sandbox.post("/v1/tax_rates", { display_name: "Tax", percentage: "10", inclusive: false });
  const coupon = await sandbox.post("/v1/coupons", { percent_off: "50" });
  const invoice = await invoiceOf(sandbox, customer, [1000, 3000], {
    pays: true, default_tax_rates: [rate.id], discounts: [{ coupon: coupon.id }],
  });
  assert.equal(invoice.total, 2200);
  const [first, second] = invoice.lines.data;
  const shown = await sandbox.get("/v1/credit_notes/preview", {
    invoice: invoice.id,
    lines: [{ type: "invoice_line_item", invoice_line_item: first.id, amount: 500 }],
    credit_amount: 275,
  });
  assert.deepEqual([shown.subtotal, shown.discount_amount, shown.total_taxes[0].amount, shown.total], [500, 250, 25, 275]);
  assert.equal((await sandbox.get("/v1/credit_notes", { invoice: invoice.id })).data.length, 0);
  const note = await sandbox.post("/v1/credit_notes", {
    invoice: invoice.id,
    lines: [
      { type: "invoice_line_item", invoice_line_item: second.id, quantity: 1 },
      { type: "custom_line_item", description: "Trouble", unit_amount: 100, quantity: 2, tax_rates: [rate.id] },
    ],
    credit_amount: 1650 + 220,
  });
  assert.deepEqual(note.lines.data.map(({ amount }) => amount), [3000, 200]);
  assert.equal(note.total, 1870);
  const share = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 220, credit_amount: 220 });
  assert.deepEqual([share.total_taxes[0].amount, share.total_excluding_tax], [20, 200]); // by share of the whole
  const { data } = await sandbox.get(`/v1/credit_notes/${note.id}/lines`);
  assert.equal(data.length, 2);
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const open = await invoiceOf(sandbox, customer, [1000]);
  const draft = await sandbox.post("/v1/invoices", { customer });
  const line = (fields) => ({ invoice: open.id, lines: [fields] });
  const cases = [
    [{ amount: 5 }, "parameter_missing", "invoice"],
    [{ invoice: open.id }, "parameter_missing", "amount"],
    [{ invoice: "in_none", amount: 5 }, "resource_missing", "invoice"],
    [{ invoice: draft.id, amount: 5 }, undefined, "invoice"],
    [{ invoice: open.id, amount: 1001 }, undefined, "amount"],
    [{ invoice: open.id, amount: 0 }, "parameter_invalid_integer", "amount"],
    [{ invoice: open.id, amount: 100, credit_amount: 100 }, undefined, "credit_amount"],
    [{ ...line({ type: "custom_line_item", unit_amount: 5 }), amount: 5 }, "parameters_exclusive", "amount"],
    [line({ type: "custom_line_item", unit_amount: 5 }), "parameter_missing", "lines[description]"],
    [line({ type: "custom_line_item", description: "x" }), "parameter_missing", "lines[unit_amount]"],
    [line({ type: "invoice_line_item", invoice_line_item: "il_none", amount: 5 }), "resource_missing", "lines[invoice_line_item]"],
    [line({ type: "invoice_line_item", invoice_line_item: open.lines.data[0].id, amount: 1001 }), undefined, "lines[amount]"],
    [line({ type: "invoice_line_item", invoice_line_item: open.lines.data[0].id }), "parameter_missing", "lines[quantity]"],
  ];
  for (const [fields, code, param] of cases) {
    assert.deepEqual(await refusal(sandbox, fields), [400, code, param], JSON.stringify(fields));
  }
  const notes = (await sandbox.get("/v1/credit_notes")).data;
  assert.deepEqual([notes.length, (await sandbox.get(`/v1/invoices/${open.id}`)).amount_remaining], [0, 1000]);
});

// Promise: an invoice goes from draft to its end as Stripe's does, its sums always follow from its
// lines, and every move that Stripe forbids is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, Sandbox } from "./support.mjs";

const DAY = 86400;
const HOUR = 3600;

// A draft with these amounts on it.
async function draft(sandbox, customer, amounts, fields = {}) {
  const invoice = await sandbox.post("/v1/invoices", { customer, ...fields });
  for (const amount of amounts) {
    await sandbox.post("/v1/invoiceitems", { customer, invoice: invoice.id, amount, currency: "usd", description: `Item ${amount}` });
  }
  return sandbox.get(`/v1/invoices/${invoice.id}`);
}

async function refusal(sandbox, path, fields) {
  const { status, body } = await sandbox.stripe.post(path, fields);
  return [status, body.error?.code, body.error?.param];
}

test("by hand: drafted, filled, finalized, paid", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  await sandbox.post("/v1/invoiceitems", { customer, amount: 700, currency: "usd" });
  const empty = await sandbox.post("/v1/invoices", { customer });
  assert.deepEqual([empty.status, empty.auto_advance, empty.billing_reason, empty.lines.data.length], ["draft", false, "manual", 0]);
  const full = await sandbox.post("/v1/invoices", { customer, pending_invoice_items_behavior: "include" });
  assert.deepEqual([full.total, full.lines.data[0].parent.type], [700, "invoice_item_details"]);
  const open = await sandbox.post(`/v1/invoices/${full.id}/finalize`);
  assert.deepEqual([open.status, open.amount_remaining], ["open", 700]);
  assert.match(open.number, /^[0-9A-Za-z]{8}-0001$/);
  const paid = await sandbox.post(`/v1/invoices/${full.id}/pay`, { expand: ["payments"] });
  assert.deepEqual([paid.status, paid.amount_paid, paid.payments.data[0].status], ["paid", 700, "paid"]);
  const second = await draft(sandbox, customer, [100]);
  const voided = await sandbox.post(`/v1/invoices/${(await sandbox.post(`/v1/invoices/${second.id}/finalize`)).id}/void`);
  assert.match(voided.number, /-0002$/);
  const third = await sandbox.post(`/v1/invoices/${(await draft(sandbox, customer, [100])).id}/finalize`);
  assert.match(third.number, /-0003$/); // a voided one keeps its number
});

test("which move is allowed from which state", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const moves = ["finalize", "pay", "void", "mark_uncollectible", "delete"];
  const reach = { draft: [], open: ["finalize"], paid: ["finalize", "pay"], void: ["finalize", "void"], uncollectible: ["finalize", "mark_uncollectible"] };
  const allowed = {
    draft: ["finalize", "pay", "delete"],
    open: ["pay", "void", "mark_uncollectible"],
    uncollectible: ["pay", "void"],
    paid: [],
    void: [],
  };
  for (const [state, steps] of Object.entries(reach)) {
    for (const move of moves) {
      const { id } = await draft(sandbox, customer, [1000]);
      for (const step of steps) await sandbox.post(`/v1/invoices/${id}/${step}`);
      const path = `/v1/invoices/${id}`;
      const answer = move === "delete" ? await sandbox.stripe.delete(path) : await sandbox.stripe.post(`${path}/${move}`);
      const wanted = allowed[state].includes(move) ? 200 : 400;
      assert.equal(answer.status, wanted, `${move} from ${state}`);
      if (wanted === 400) {
        assert.equal(answer.body.error.type, "invalid_request_error");
        assert.equal((await sandbox.get(path)).status, state);
      }
    }
  }
});

test("lines are added, changed and taken off a draft, and never off a finalized invoice", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const invoice = await draft(sandbox, customer, [1000]);
  const path = `/v1/invoices/${invoice.id}`;
  const price = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 250, product_data: { name: "Seat" } });
  const added = await sandbox.post(`${path}/add_lines`, {
    lines: [{ pricing: { price: price.id }, quantity: 3 }, { amount: -200, description: "Thanks" }],
  });
  assert.deepEqual(added.lines.data.map(({ amount }) => amount), [1000, 750, -200]);
  assert.deepEqual([added.total, added.lines.data[1].description], [1550, "Seat"]);
  const [first, second, third] = added.lines.data;
  const changed = await sandbox.post(`${path}/update_lines`, { lines: [{ id: first.id, amount: 1500 }, { id: second.id, quantity: 4 }] });
  assert.deepEqual(changed.lines.data.map(({ amount }) => amount), [1500, 1000, -200]);
  const one = await sandbox.post(`${path}/lines/${third.id}`, { amount: -100 });
  assert.equal(one.amount, -100);
  const left = await sandbox.post(`${path}/remove_lines`, {
    lines: [{ id: first.id, behavior: "unassign" }, { id: third.id, behavior: "delete" }],
  });
  assert.deepEqual([left.total, left.lines.data.length], [1000, 1]);
  const { data } = await sandbox.get("/v1/invoiceitems", { customer, pending: "true" });
  assert.equal(data.length, 1); // what was unassigned waits again
  const { data: page } = await sandbox.get(`${path}/lines`, { limit: 5 });
  assert.deepEqual(page.map(({ id }) => id), [second.id]);
  await sandbox.post(`${path}/finalize`);
  for (const [verb, lines] of [["add_lines", [{ amount: 1 }]], ["update_lines", [{ id: second.id, amount: 1 }]],
    ["remove_lines", [{ id: second.id, behavior: "delete" }]]]) {
    assert.deepEqual(await refusal(sandbox, `${path}/${verb}`, { lines }), [400, "invoice_not_editable", undefined], verb);
  }
});

test("sent invoices have a due date, and are overdue behind it", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const invoice = await draft(sandbox, customer, [1000], { collection_method: "send_invoice", days_until_due: 30 });
  const sent = await sandbox.post(`/v1/invoices/${invoice.id}/send`);
  assert.deepEqual([sent.status, sent.due_date], ["open", NOON + 30 * DAY]);
  assert.equal((await sandbox.events({ type: "invoice.sent" })).length, 1);
  await sandbox.advance(clock, NOON + 31 * DAY);
  assert.equal((await sandbox.events({ type: "invoice.overdue" })).length, 1);
  assert.equal((await sandbox.get(`/v1/customers/${customer}`)).delinquent, true);
  await sandbox.post(`/v1/invoices/${invoice.id}/pay`, { paid_out_of_band: "true" });
  assert.equal((await sandbox.get(`/v1/customers/${customer}`)).delinquent, false);
});

test("a draft that advances is finalized after its hour and charged", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const invoice = await draft(sandbox, customer, [1000], { auto_advance: "true" });
  assert.equal(invoice.automatically_finalizes_at, NOON + HOUR);
  await sandbox.advance(clock, NOON + 2 * HOUR);
  assert.equal((await sandbox.get(`/v1/invoices/${invoice.id}`)).status, "paid");
  const later = await draft(sandbox, customer, [1000], { auto_advance: "true" });
  await sandbox.post(`/v1/invoices/${later.id}`, { auto_advance: "false" });
  const told = await draft(sandbox, customer, [1000]);
  await sandbox.post(`/v1/invoices/${told.id}/finalize`, { auto_advance: "true" });
  await sandbox.advance(clock, NOON + 6 * HOUR);
  assert.equal((await sandbox.get(`/v1/invoices/${later.id}`)).status, "draft");
  assert.equal((await sandbox.get(`/v1/invoices/${told.id}`)).status, "paid");
});

test("the balance pays, takes what is too little or negative, and gets back what was voided", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const balance = async () => (await sandbox.get(`/v1/customers/${customer}`)).balance;
  const moves = `/v1/customers/${customer}/balance_transactions`;
  const sell = async (amount) => sandbox.post(`/v1/invoices/${(await draft(sandbox, customer, [amount])).id}/finalize`);
  const credit = await sandbox.post(moves, { amount: -700, currency: "usd", description: "Goodwill" });
  assert.deepEqual([credit.type, credit.ending_balance], ["adjustment", -700]);
  const part = await sell(1000);
  assert.deepEqual([part.starting_balance, part.ending_balance, part.amount_due], [-700, 0, 300]);
  await sandbox.post(`/v1/invoices/${part.id}/void`);
  assert.equal(await balance(), -700);
  const whole = await sell(500);
  assert.deepEqual([whole.status, whole.amount_due, await balance()], ["paid", 0, -200]);
  const negative = await sell(-300);
  assert.deepEqual([negative.status, negative.amount_due, await balance()], ["paid", 0, -500]);
  const little = await sell(530); // 0.30 is left: under the least that is charged
  assert.deepEqual([little.status, little.amount_due, await balance()], ["paid", 0, 30]);
  const more = await sell(100);
  assert.deepEqual([more.status, more.amount_due, await balance()], ["open", 130, 0]);
  const { data } = await sandbox.get(moves, { limit: 100 });
  assert.deepEqual(data.reverse().map(({ type, amount }) => [type, amount]), [
    ["adjustment", -700], ["applied_to_invoice", 700], ["unapplied_from_invoice", -700], ["applied_to_invoice", 500],
    ["applied_to_invoice", -300], ["invoice_too_small", 530], ["applied_to_invoice", -30],
  ]);
});

test("currencies without cents, and with three decimals", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const { body: yen } = await sandbox.stripe.post("/v1/invoices", { customer, currency: "jpy" });
  await sandbox.post("/v1/invoiceitems", { customer, invoice: yen.id, amount: 49 });
  const small = await sandbox.post(`/v1/invoices/${yen.id}/finalize`);
  assert.deepEqual([small.currency, small.status, small.amount_due], ["jpy", "paid", 0]); // under ¥50
  const dinars = await sandbox.post("/v1/invoices", { customer, currency: "kwd" });
  const odd = await refusal(sandbox, "/v1/invoiceitems", { customer, invoice: dinars.id, amount: 1005 });
  assert.deepEqual(odd, [400, undefined, "amount"]);
  await sandbox.post("/v1/invoiceitems", { customer, invoice: dinars.id, amount: 1000 });
  assert.equal((await sandbox.get(`/v1/invoices/${dinars.id}`)).total, 1000);
});

test("pending items go onto the subscription's next invoice", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  await sandbox.post("/v1/invoiceitems", { customer, amount: 500, currency: "usd", description: "Set-up" });
  await sandbox.post("/v1/invoiceitems", { customer, amount: 100, currency: "usd", subscription: bought.id });
  await sandbox.advance(clock, Date.UTC(2015, 1, 28, 14) / 1000);
  const { latest_invoice } = await sandbox.get(`/v1/subscriptions/${bought.id}`, { expand: ["latest_invoice"] });
  assert.deepEqual(latest_invoice.lines.data.map(({ amount }) => amount).sort(), [100, 2900, 500].sort());
  assert.equal(latest_invoice.amount_paid, 3500);
});

test("what is refused", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { customer } = await sandbox.customer();
  const other = await sandbox.customer();
  const invoice = await draft(sandbox, customer, [1000]);
  const open = await sandbox.post(`/v1/invoices/${(await draft(sandbox, customer, [1000])).id}/finalize`);
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const item = (fields) => ["/v1/invoiceitems", { customer, ...fields }];
  const cases = [
    ["/v1/invoices", {}, "parameter_missing", "customer"],
    ["/v1/invoices", { customer: "cus_none" }, "resource_missing", "customer"],
    ["/v1/invoices", { customer, days_until_due: 3 }, undefined, "days_until_due"],
    ["/v1/invoices", { customer, collection_method: "send_invoice" }, "parameter_missing", "days_until_due"],
    ["/v1/invoices", { customer, collection_method: "send_invoice", due_date: 1 }, undefined, "due_date"],
    ["/v1/invoices", { customer, automatically_finalizes_at: NOON + 1 }, undefined, "automatically_finalizes_at"],
    ["/v1/invoices", { customer, number: open.number }, undefined, "number"],
    ["/v1/invoices", { customer, currency: "zzz" }, undefined, "currency"],
    ["/v1/invoices", { customer: other.customer, subscription: bought.id }, undefined, "subscription"],
    [`/v1/invoices/${open.id}`, { collection_method: "send_invoice" }, "invoice_not_editable", "collection_method"],
    [`/v1/invoices/${open.id}`, { discounts: [{ coupon: "x" }] }, "invoice_not_editable", "discounts"],
    [`/v1/invoices/${open.id}/send`, {}, undefined, undefined],
    item({ amount: 5 }).concat("parameter_missing", "currency"),
    item({ amount: 5, currency: "usd", quantity: 2 }).concat("parameters_exclusive", "quantity"),
    item({ amount: 5, currency: "usd", unit_amount_decimal: "5" }).concat("parameters_exclusive", "unit_amount_decimal"),
    item({ quantity: 1000000, currency: "usd", unit_amount_decimal: "999999999999999999" }).concat("parameter_invalid_integer", "unit_amount_decimal"),
    item({ currency: "usd", unit_amount_decimal: "-99999999.5" }).concat("parameter_invalid_integer", "unit_amount_decimal"),
    ["/v1/prices", { currency: "usd", unit_amount_decimal: "999999999999999999", product_data: { name: "Gold" } }, "parameter_invalid_integer", "unit_amount_decimal"],
    ["/v1/prices", { currency: "usd", unit_amount_decimal: "-0.5", product_data: { name: "Gold" } }, "parameter_invalid_integer", "unit_amount_decimal"],
    item({ pricing: { price: price.id } }).concat(undefined, "pricing[price]"),
    item({ amount: 5, currency: "usd", invoice: open.id }).concat("invoice_not_editable", "invoice"),
    item({ amount: 5, currency: "eur", invoice: invoice.id }).concat(undefined, "currency"),
    item({ amount: 5, currency: "usd", customer: other.customer, invoice: invoice.id }).concat(undefined, "invoice"),
    item({ amount: 5, currency: "usd", period: { start: 2, end: 1 } }).concat(undefined, "period[end]"),
    ["/v1/invoiceitems", { amount: 5, currency: "usd" }, "parameter_missing", "customer"],
    [`/v1/invoices/${invoice.id}/update_lines`, { lines: [{ id: "il_none", amount: 1 }] }, "resource_missing", "lines[id]"],
    [`/v1/customers/${customer}/balance_transactions`, { amount: 0, currency: "usd" }, "parameter_invalid_integer", "amount"],
    [`/v1/customers/${customer}/balance_transactions`, { amount: 5, currency: "eur" }, undefined, "currency"],
  ];
  for (const [path, fields, code, param] of cases) {
    assert.deepEqual(await refusal(sandbox, path, fields), [400, code, param], `${path} ${JSON.stringify(fields)}`);
  }
  assert.equal((await sandbox.stripe.delete(`/v1/invoices/${open.id}`)).status, 400);
});

test("numbers run for each customer, or in one row for the account that wants it", async (t) => {
  for (const [options, runs] of [[[], ["A-0001", "A-0002", "B-0001"]], [["--invoice-numbers", "account"], ["A-0001", "A-0002", "A-0003"]]]) {
    const sandbox = await Sandbox.start(t, undefined, options);
    const price = await sandbox.price(2900);
    const buyers = [await sandbox.customer(), await sandbox.customer()];
    const numbers = [];
    for (const buyer of [0, 0, 1]) {
      const bought = await sandbox.post("/v1/subscriptions", { customer: buyers[buyer].customer, items: [{ price: price.id }], expand: ["latest_invoice"] });
      numbers.push(bought.latest_invoice.number);
    }
    const prefixes = [...new Set(numbers.map((number) => number.split("-")[0]))];
    assert.deepEqual(numbers.map((number) => number.replace(/^[^-]+/, (prefix) => "AB"[prefixes.indexOf(prefix)])), runs);
  }
  await assert.rejects(Sandbox.start(t, undefined, ["--invoice-numbers", "x"]), /--invoice-numbers is one of customer and account/);
});

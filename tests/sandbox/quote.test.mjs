// Promise: a quote is an offer that can be edited, made to stand, accepted once, canceled or left to
// expire; what it says it costs is what its subscription, schedule or invoice then costs.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { KEY, NOON, Sandbox } from "./support.mjs";

const DAY = 86400;

class Offer {
  static async start(t) {
    const offer = new Offer();
    offer.sandbox = await Sandbox.start(t);
    Object.assign(offer, await offer.sandbox.customer());
    offer.plan = await offer.sandbox.price(2900);
    offer.setup = await offer.sandbox.post("/v1/prices", { currency: "usd", unit_amount: 10000, product_data: { name: "Setup" } });
    return offer;
  }

  draft(fields = {}) {
    const line_items = [{ price: this.plan.id, quantity: 3 }];
    return this.sandbox.post("/v1/quotes", { customer: this.customer, line_items, ...fields });
  }

  do(quote, verb, fields = {}) {
    return this.sandbox.post(`/v1/quotes/${quote.id}/${verb}`, fields);
  }

  async open(fields) {
    return this.do(await this.draft(fields), "finalize");
  }

  async accepted(fields) {
    return this.do(await this.open(fields), "accept");
  }

  async refused(path, fields) {
    const answer = await this.sandbox.stripe.post(path, fields);
    assert.ok(answer.status >= 400, `${path} was taken`);
    const { type, code, param } = answer.body.error;
    return { status: answer.status, type, code, param };
  }
}

const invalid = (param, code) => ({ status: 400, type: "invalid_request_error", code, param });

test("a draft says what it would cost, now and every period", async (t) => {
  const offer = await Offer.start(t);
  const coupon = await offer.sandbox.post("/v1/coupons", { percent_off: 10, duration: "once" });
  const lasting = await offer.sandbox.post("/v1/coupons", { percent_off: 50, duration: "forever" });
  const rate = await offer.sandbox.post("/v1/tax_rates", { display_name: "VAT", percentage: 20, inclusive: false });
  const quote = await offer.draft({
    line_items: [{ price: offer.plan.id, quantity: 3, discounts: [{ coupon: lasting.id }] }, { price: offer.setup.id, tax_rates: [rate.id] }],
    discounts: [{ coupon: coupon.id }],
  });
  assert.equal(quote.status, "draft");
  assert.equal(quote.number, null);
  assert.equal(quote.expires_at, quote.created + 30 * DAY);
  // 8700 halved is 4350, less a tenth 3915; 10000 less a tenth 9000, and a fifth on top 10800.
  assert.deepEqual([quote.amount_subtotal, quote.amount_total], [18700, 14715]);
  assert.deepEqual(quote.total_details, { amount_discount: 4350 + 435 + 1000, amount_shipping: 0, amount_tax: 1800 });
  assert.equal(quote.computed.upfront.amount_total, 14715);
  const { interval, interval_count, amount_subtotal, amount_total } = quote.computed.recurring;
  assert.deepEqual([interval, interval_count, amount_subtotal, amount_total], ["month", 1, 8700, 4350]);
  const { data } = await offer.sandbox.get(`/v1/quotes/${quote.id}/line_items`);
  assert.deepEqual(data.map((item) => [item.description, item.quantity, item.amount_subtotal, item.amount_discount, item.amount_tax, item.amount_total]),
    [["Plan 2900", 3, 8700, 4785, 0, 3915], ["Setup", 1, 10000, 1000, 1800, 10800]]);
  assert.equal((await offer.sandbox.get(`/v1/coupons/${coupon.id}`)).times_redeemed, 0, "an offer redeems nothing");
  const shown = await offer.sandbox.get(`/v1/quotes/${quote.id}`, { expand: ["line_items"] });
  assert.deepEqual(shown.line_items.data, data);
  const page = await offer.sandbox.get(`/v1/quotes/${quote.id}/line_items`, { limit: 1, starting_after: data[0].id });
  assert.deepEqual([page.data, page.has_more], [[data[1]], false]);
});

test("a trial gives the first period away; what is sold once is due at once", async (t) => {
  const offer = await Offer.start(t);
  const quote = await offer.draft({
    line_items: [{ price: offer.plan.id }, { price: offer.setup.id }],
    subscription_data: { trial_period_days: 14, metadata: { deal: "7" } },
  });
  assert.deepEqual([quote.amount_total, quote.computed.upfront.amount_total, quote.computed.recurring.amount_total], [12900, 10000, 2900]);
  const { data } = await offer.sandbox.get(`/v1/quotes/${quote.id}/computed_upfront_line_items`);
  assert.deepEqual(data.map(({ description }) => description), ["Setup"]);
  await offer.do(quote, "finalize");
  const accepted = await offer.do(quote, "accept", { expand: ["subscription.latest_invoice"] });
  assert.equal(accepted.subscription.status, "trialing");
  assert.equal(accepted.subscription.trial_end, NOON + 14 * DAY);
  assert.deepEqual(accepted.subscription.metadata, { deal: "7" });
  assert.equal(accepted.subscription.latest_invoice.amount_paid, 10000);
});

test("accepted, it is a subscription that costs what was quoted", async (t) => {
  const offer = await Offer.start(t);
  const coupon = await offer.sandbox.post("/v1/coupons", { percent_off: 25, duration: "forever" });
  const quote = await offer.open({ line_items: [{ price: offer.plan.id, quantity: 2 }, { price: offer.setup.id }], discounts: [{ coupon: coupon.id }] });
  assert.equal(quote.status, "open");
  assert.match(quote.number, /^QT-[0-9A-Za-z]{8}-0001-1$/);
  assert.equal(quote.status_transitions.finalized_at, NOON);
  const accepted = await offer.do(quote, "accept", { expand: ["subscription.latest_invoice"] });
  assert.equal(accepted.status, "accepted");
  assert.equal(accepted.status_transitions.accepted_at, NOON);
  const { status, latest_invoice } = accepted.subscription;
  assert.deepEqual([status, latest_invoice.status, latest_invoice.amount_paid], ["active", "paid", quote.computed.upfront.amount_total]);
  assert.equal((await offer.sandbox.get(`/v1/coupons/${coupon.id}`)).times_redeemed, 1);
  const types = (await offer.sandbox.events()).map(({ type }) => type).filter((type) => /^quote|subscription.created/.test(type));
  assert.deepEqual(types, ["quote.created", "quote.finalized", "customer.subscription.created", "quote.accepted"]);
});

test("with nothing that returns it is an invoice, which advances by itself", async (t) => {
  const offer = await Offer.start(t);
  const accepted = await offer.accepted({
    line_items: [{ price_data: { currency: "usd", product: offer.setup.product, unit_amount: 700 }, quantity: 2 }],
    collection_method: "send_invoice", invoice_settings: { days_until_due: 14, footer: "Thank you." }, metadata: { deal: "8" },
  });
  const invoice = await offer.sandbox.get(`/v1/invoices/${accepted.invoice}`);
  assert.deepEqual([invoice.status, invoice.billing_reason, invoice.collection_method, invoice.total, invoice.footer, invoice.auto_advance],
    ["draft", "quote_accept", "send_invoice", 1400, "Thank you.", true]);
  assert.deepEqual(invoice.parent, { type: "quote_details", quote_details: { quote: accepted.id }, subscription_details: null });
  assert.equal(accepted.subscription, null);
  await offer.sandbox.advance(offer.clock, NOON + 2 * 3600);
  const open = await offer.sandbox.get(`/v1/invoices/${accepted.invoice}`);
  assert.deepEqual([open.status, open.due_date], ["open", NOON + 3600 + 14 * DAY]);
});

test("with a date to come it is a schedule, whose subscription begins then and goes on", async (t) => {
  const offer = await Offer.start(t);
  const rate = await offer.sandbox.post("/v1/tax_rates", { display_name: "VAT", percentage: 10, inclusive: false });
  const start = NOON + 5 * DAY;
  const accepted = await offer.accepted({
    line_items: [{ price: offer.plan.id }], subscription_data: { effective_date: start, description: "Later" }, default_tax_rates: [rate.id],
  });
  assert.equal(accepted.subscription, null);
  const path = `/v1/subscription_schedules/${accepted.subscription_schedule}`;
  const waiting = await offer.sandbox.get(path);
  assert.deepEqual([waiting.status, waiting.end_behavior, waiting.phases.length, waiting.phases[0].start_date], ["not_started", "release", 1, start]);
  await offer.sandbox.advance(offer.clock, start + 2 * 3600); // the first invoice has its hour
  const begun = await offer.sandbox.get(path, { expand: ["subscription.latest_invoice"] });
  assert.deepEqual([begun.subscription.status, begun.subscription.description, begun.subscription.latest_invoice.total], ["active", "Later", 3190]);
  await offer.sandbox.advance(offer.clock, start + 40 * DAY);
  const gone = await offer.sandbox.get(path);
  assert.equal(gone.status, "released");
  assert.equal((await offer.sandbox.get(`/v1/subscriptions/${gone.released_subscription}`)).status, "active");
});

test("drafts and open offers expire by themselves, accepted ones stay", async (t) => {
  const offer = await Offer.start(t);
  const draft = await offer.draft({ expires_at: NOON + DAY });
  const open = await offer.open();
  const longer = await offer.sandbox.post(`/v1/quotes/${open.id}`, { expires_at: NOON + 2 * DAY });
  assert.equal(longer.expires_at, NOON + 2 * DAY);
  const accepted = await offer.accepted({ expires_at: NOON + DAY });
  await offer.sandbox.advance(offer.clock, NOON + 3 * DAY);
  const states = await Promise.all([draft, open, accepted].map(({ id }) => offer.sandbox.get(`/v1/quotes/${id}`)));
  assert.deepEqual(states.map(({ status, status_transitions }) => [status, status_transitions.canceled_at]),
    [["canceled", NOON + DAY], ["canceled", NOON + 2 * DAY], ["accepted", null]]);
  assert.equal((await offer.sandbox.events({ type: "quote.canceled" })).length, 2);
});

test("drafts are edited line by line; a customer may come later", async (t) => {
  const offer = await Offer.start(t);
  const quote = await offer.sandbox.post("/v1/quotes", { line_items: [{ price: offer.plan.id, quantity: 3 }], description: "Tea" });
  assert.deepEqual([quote.customer, quote.amount_total], [null, 8700]);
  const [item] = (await offer.sandbox.get(`/v1/quotes/${quote.id}/line_items`)).data;
  const edited = await offer.sandbox.post(`/v1/quotes/${quote.id}`, {
    customer: offer.customer, line_items: [{ id: item.id, quantity: 5 }, { price: offer.setup.id }], description: "", metadata: { a: "1" },
  });
  assert.deepEqual([edited.customer, edited.amount_total, edited.description, edited.test_clock], [offer.customer, 24500, null, offer.clock]);
  assert.equal((await offer.sandbox.get(`/v1/quotes/${quote.id}/line_items`)).data[0].id, item.id);
  const done = await offer.do(edited, "finalize");
  const { data } = await offer.sandbox.get("/v1/quotes", { customer: offer.customer, status: "open" });
  assert.deepEqual(data, [done]);
  assert.deepEqual((await offer.sandbox.get("/v1/quotes", { status: "draft" })).data, []);
});

test("a revision has the number of what it replaces, and replaces it", async (t) => {
  const offer = await Offer.start(t);
  const first = await offer.open();
  const draft = await offer.sandbox.post("/v1/quotes", { from_quote: { quote: first.id, is_revision: true } });
  assert.deepEqual([draft.from_quote, draft.amount_total], [{ is_revision: true, quote: first.id }, 8700]);
  await offer.sandbox.post(`/v1/quotes/${draft.id}`, { line_items: [{ price: offer.plan.id, quantity: 1 }] });
  const second = await offer.do(draft, "finalize");
  assert.equal(second.number, first.number.replace(/-1$/, "-2"));
  assert.equal((await offer.sandbox.get(`/v1/quotes/${first.id}`)).status, "canceled");
  const copy = await offer.do(await offer.sandbox.post("/v1/quotes", { from_quote: { quote: second.id } }), "finalize");
  assert.equal(copy.number, first.number.replace(/0001-1$/, "0002-1"));
  assert.equal((await offer.sandbox.get(`/v1/quotes/${second.id}`)).status, "open");
});

test("quotes can be read on paper once they stand", async (t) => {
  const offer = await Offer.start(t);
  const draft = await offer.draft();
  const paper = (key) => fetch(`${offer.sandbox.origin}/v1/quotes/${draft.id}/pdf`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await paper(KEY)).status, 400);
  await offer.do(draft, "finalize");
  const answer = await paper(KEY);
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/pdf"]);
  assert.match(Buffer.from(await answer.arrayBuffer()).subarray(0, 8).toString("latin1"), /^%PDF-1\.\d/);
  assert.equal((await paper("sk_live_x")).status, 401);
});

test("what an offer cannot be is refused, by name", async (t) => {
  const offer = await Offer.start(t);
  const yearly = await offer.sandbox.price(9900, "year");
  const euro = await offer.sandbox.post("/v1/prices", { currency: "eur", unit_amount: 100, product_data: { name: "Euro" } });
  const old = await offer.sandbox.price(100);
  await offer.sandbox.post(`/v1/prices/${old.id}`, { active: false });
  const line_items = [{ price: offer.plan.id }];
  const draft = await offer.draft();
  const open = await offer.open();
  const accepted = await offer.accepted();
  const empty = await offer.sandbox.post("/v1/quotes", { customer: offer.customer });
  const nobodys = await offer.sandbox.post("/v1/quotes", { line_items });
  const sent = await offer.draft({ collection_method: "send_invoice" });
  const other = await offer.sandbox.post("/v1/customers", { email: "bob@example.com" });
  for (const [path, fields, expected] of [
    ["/v1/quotes", { customer: "cus_none" }, invalid("customer", "resource_missing")],
    ["/v1/quotes", { line_items: [{ quantity: 1 }] }, invalid("line_items[0][price]", "parameter_missing")],
    ["/v1/quotes", { line_items: [...line_items, { price: "price_none" }] }, invalid("line_items[1][price]", "resource_missing")],
    ["/v1/quotes", { line_items: [{ price: old.id }] }, invalid("line_items[0][price]")],
    ["/v1/quotes", { line_items: [...line_items, { price: yearly.id }] }, invalid("line_items[1][price]")],
    ["/v1/quotes", { line_items: [...line_items, { price: euro.id }] }, invalid("line_items[1][price]")],
    ["/v1/quotes", { line_items: Array(21).fill(line_items[0]) }, invalid("line_items")],
    ["/v1/quotes", { line_items, discounts: [{ coupon: "none" }] }, invalid("discounts[0][coupon]", "resource_missing")],
    ["/v1/quotes", { line_items, expires_at: 1 }, invalid("expires_at")],
    ["/v1/quotes", { line_items, subscription_data: { effective_date: "current_period_end" } }, invalid("subscription_data[effective_date]")],
    ["/v1/quotes", { line_items, application_fee_amount: 1 }, invalid("application_fee_amount", "parameter_unknown")],
    ["/v1/quotes", { customer: other.id, test_clock: offer.clock }, invalid("test_clock")],
    ["/v1/quotes", { from_quote: { quote: "qt_none" } }, invalid("from_quote[quote]", "resource_missing")],
    ["/v1/quotes", { from_quote: { quote: open.id }, description: "x" }, invalid("description", "parameters_exclusive")],
    ["/v1/quotes", { from_quote: { quote: draft.id, is_revision: true } }, invalid("from_quote[is_revision]")],
    ["/v1/quotes/qt_none", {}, { ...invalid("quote", "resource_missing"), status: 404 }],
    [`/v1/quotes/${draft.id}`, { customer: other.id }, invalid("customer")],
    [`/v1/quotes/${draft.id}`, { line_items: [{ id: "li_none" }] }, invalid("line_items[0][id]", "resource_missing")],
    [`/v1/quotes/${draft.id}/accept`, {}, invalid()],
    [`/v1/quotes/${open.id}`, { description: "x" }, invalid("description")],
    [`/v1/quotes/${open.id}/finalize`, {}, invalid()],
    [`/v1/quotes/${accepted.id}`, { expires_at: NOON + DAY }, invalid("expires_at")],
    [`/v1/quotes/${accepted.id}/accept`, {}, invalid()],
    [`/v1/quotes/${accepted.id}/cancel`, {}, invalid()],
    [`/v1/quotes/${empty.id}/finalize`, {}, invalid("line_items", "parameter_missing")],
    [`/v1/quotes/${nobodys.id}/finalize`, {}, invalid("customer", "parameter_missing")],
    [`/v1/quotes/${sent.id}/finalize`, {}, invalid("invoice_settings[days_until_due]", "parameter_missing")],
  ]) {
    assert.deepEqual(await offer.refused(path, fields), expected, `${path} ${JSON.stringify(fields)}`);
  }
  assert.equal((await offer.do(open, "cancel")).status, "canceled");
});

test("an offer that cannot be paid for stays open", async (t) => {
  const offer = await Offer.start(t);
  const poor = await offer.sandbox.post("/v1/customers", { email: "eve@example.com" });
  const open = await offer.open({ customer: poor.id });
  assert.deepEqual(await offer.refused(`/v1/quotes/${open.id}/accept`, {}), invalid(undefined, "resource_missing"));
  const after = await offer.sandbox.get(`/v1/quotes/${open.id}`);
  assert.deepEqual([after.status, after.subscription], ["open", null]);
  assert.deepEqual((await offer.sandbox.get("/v1/subscriptions", { customer: poor.id })).data, []);
});

const Stripe = (() => {
  try {
    return createRequire(import.meta.url)("stripe");
  } catch {
    return undefined;
  }
})();

test("Stripe's own client quotes, finalizes and accepts", { skip: !Stripe && "no client here" }, async (t) => {
  const offer = await Offer.start(t);
  const { hostname, port } = new URL(offer.sandbox.origin);
  const stripe = new Stripe(KEY, { host: hostname, port, protocol: "http", telemetry: false });
  const quote = await stripe.quotes.create({ customer: offer.customer, line_items: [{ price: offer.plan.id }] });
  await stripe.quotes.finalizeQuote(quote.id);
  const accepted = await stripe.quotes.accept(quote.id);
  assert.equal((await stripe.subscriptions.retrieve(accepted.subscription)).status, "active");
  const items = await stripe.quotes.listLineItems(quote.id);
  assert.equal(items.data[0].amount_total, 2900);
  const paper = await stripe.quotes.pdf(quote.id);
  const chunks = [];
  for await (const chunk of paper) chunks.push(chunk);
  assert.match(Buffer.concat(chunks).subarray(0, 5).toString("latin1"), /^%PDF-/);
});

// Promise: a SEPA account is debited in euro under a mandate as Stripe's test IBANs are: at once or
// three minutes later, with success, failure or a dispute; checkout, invoices and subscriptions take it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, ON_PAGE, Sandbox } from "./support.mjs";

const mandate_data = { customer_acceptance: { type: "online", online: { ip_address: "127.0.0.1", user_agent: "test" } } };
const billing_details = { name: "Ada", email: "ada@example.com" };
const GOOD = "AT611904300234573201";

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  return { sandbox, clock, customer };
}

const method = (sandbox, iban, fields = {}) => sandbox.post("/v1/payment_methods", { type: "sepa_debit", sepa_debit: { iban }, billing_details, ...fields });
const pay = (sandbox, fields) => sandbox.stripe.post("/v1/payment_intents", { amount: 5000, currency: "eur", confirm: "true", mandate_data, ...ON_PAGE, ...fields });

// What a debit of each test account comes to, and how many seconds later.
const ACCOUNTS = [
  ["success", 0, "succeeded", undefined],
  ["successDelayed", 180, "succeeded", undefined],
  ["failed", 0, "requires_payment_method", "payment_intent_payment_attempt_failed"],
  ["failedDelayed", 180, "requires_payment_method", "payment_intent_payment_attempt_failed"],
  ["disputed", 0, "succeeded", undefined],
  ["insufficientFunds", 0, "requires_payment_method", "insufficient_funds"],
];

for (const [name, seconds, last, code] of ACCOUNTS) {
  test(`a debit of the account ${name}, in six countries`, async (t) => {
    const { sandbox, clock, customer } = await opened(t);
    const debits = [];
    for (const country of ["at", "be", "de", "fi", "fr", "ie"]) {
      const { status, body } = await pay(sandbox, { customer, payment_method: `pm_sepaDebit_${name}_${country}` });
      assert.deepEqual([status, body.status, body.payment_method_types], [200, "processing", ["card", "sepa_debit"]]);
      const charge = await sandbox.get(`/v1/charges/${body.latest_charge}`);
      const { sepa_debit } = charge.payment_method_details;
      assert.deepEqual([charge.status, sepa_debit.country, sepa_debit.mandate.slice(0, 8)], ["pending", country.toUpperCase(), "mandate_"]);
      debits.push(body);
    }
    if (seconds > 0) {
      await sandbox.advance(clock, NOON + seconds - 1);
      assert.equal((await sandbox.get(`/v1/payment_intents/${debits[0].id}`)).status, "processing");
    }
    await sandbox.advance(clock, NOON + seconds + 1);
    for (const { id, latest_charge } of debits) {
      const after = await sandbox.get(`/v1/payment_intents/${id}`);
      assert.deepEqual([after.status, after.last_payment_error?.code], [last, code]);
      const disputes = (await sandbox.get("/v1/disputes", { charge: latest_charge })).data;
      assert.deepEqual(disputes.map((one) => one.status), name === "disputed" ? ["lost"] : []);
    }
  });
}

test("limits are refused at once", async (t) => {
  const { sandbox, customer } = await opened(t);
  for (const [name, code] of [["exceedsWeeklyVolumeLimit", "charge_exceeds_source_limit"], ["exceedsWeeklyTransactionLimit", "charge_exceeds_transaction_limit"]]) {
    const { status, body } = await pay(sandbox, { customer, payment_method: `pm_sepaDebit_${name}_de` });
    assert.deepEqual([status, body.error.code, body.error.payment_intent.status], [402, code, "requires_payment_method"]);
  }
});

test("without a clock a debit settles by itself, and a refund of it is pending", async (t) => {
  const sandbox = await Sandbox.start(t);
  const { body } = await pay(sandbox, { payment_method: "pm_sepaDebit_success_fr" });
  assert.equal(body.status, "processing");
  let now = body;
  while (now.status === "processing") now = await sandbox.get(`/v1/payment_intents/${body.id}`);
  assert.deepEqual([now.status, now.amount_received], ["succeeded", 5000]);
  const types = (await sandbox.events()).map(({ type }) => type).filter((type) => type.startsWith("payment_intent."));
  assert.deepEqual(types, ["payment_intent.created", "payment_intent.processing", "payment_intent.succeeded"]);
  assert.equal((await sandbox.post("/v1/refunds", { payment_intent: body.id })).status, "pending");
});

test("an account is set up under a mandate for many uses, and pays what follows", async (t) => {
  const { sandbox, clock, customer } = await opened(t);
  const { id, sepa_debit } = await method(sandbox, "fr14 2004 1010 0505 0001 3M02 606");
  assert.deepEqual([sepa_debit.bank_code, sepa_debit.branch_code, sepa_debit.country, sepa_debit.last4], ["20041", "01005", "FR", "2606"]);
  const setup = await sandbox.post("/v1/setup_intents", { customer, payment_method: id, confirm: "true", mandate_data, ...ON_PAGE });
  assert.deepEqual([setup.status, setup.payment_method], ["succeeded", id]);
  const mandate = await sandbox.get(`/v1/mandates/${setup.mandate}`);
  assert.deepEqual([mandate.type, mandate.status, mandate.payment_method_details.type], ["multi_use", "active", "sepa_debit"]);
  assert.match(mandate.payment_method_details.sepa_debit.reference, /^[0-9A-Z]{16}$/);
  const price = await sandbox.post("/v1/prices", { currency: "eur", unit_amount: 1900, recurring: { interval: "month" }, product_data: { name: "Plan" } });
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], default_payment_method: id });
  assert.equal(bought.status, "active");
  await sandbox.advance(clock, NOON + 1);
  assert.equal((await sandbox.get(`/v1/invoices/${bought.latest_invoice}`)).status, "paid");
  assert.equal((await sandbox.get("/v1/payment_methods", { customer, type: "sepa_debit" })).data.length, 1);
  const waiting = await sandbox.stripe.post(`/v1/subscriptions/${bought.id}`, { items: [{ id: bought.items.data[0].id, quantity: 2 }], payment_behavior: "pending_if_incomplete", proration_behavior: "always_invoice" });
  assert.deepEqual([waiting.status, waiting.body.error.param], [400, "payment_behavior"]);
});

test("checkout sells by SEPA debit: complete at once, paid when the debit has arrived", async (t) => {
  const sandbox = await Sandbox.start(t);
  for (const [iban, happened, payment_status] of [[GOOD, "succeeded", "paid"], ["AT861904300235473202", "failed", "unpaid"]]) {
    const session = await sandbox.post("/v1/checkout/sessions", {
      mode: "payment", success_url: "https://example.com/done", allowed_payment_method_types: ["sepa_debit"],
      line_items: [{ price_data: { currency: "eur", unit_amount: 2000, product_data: { name: "Tea" } }, quantity: 1 }],
    });
    const page = await (await fetch(session.url)).text();
    assert.ok(page.includes("IBAN") && !page.includes("Card number"));
    const wrong = await fetch(session.url, { method: "POST", body: new URLSearchParams({ account: "000123456789" }), redirect: "manual" });
    assert.equal(wrong.status, 402);
    const sold = await fetch(session.url, { method: "POST", body: new URLSearchParams({ account: iban }), redirect: "manual" });
    assert.equal(sold.status, 303);
    for (;;) {
      const types = (await sandbox.events()).filter(({ data }) => data.object.id === session.id).map(({ type }) => type);
      if (types.includes(`checkout.session.async_payment_${happened}`)) break;
    }
    const done = await sandbox.get(`/v1/checkout/sessions/${session.id}`);
    assert.deepEqual([done.status, done.payment_status], ["complete", payment_status]);
  }
});

test("an invoice in euro is paid by an IBAN on its page", async (t) => {
  const sandbox = await Sandbox.start(t);
  const customer = (await sandbox.post("/v1/customers", { email: "ada@example.com" })).id;
  const invoice = await sandbox.post("/v1/invoices", { customer, currency: "eur", collection_method: "send_invoice", days_until_due: 5 });
  await sandbox.post("/v1/invoiceitems", { customer, invoice: invoice.id, amount: 3000, currency: "eur" });
  const { hosted_invoice_url } = await sandbox.post(`/v1/invoices/${invoice.id}/finalize`);
  assert.ok((await (await fetch(hosted_invoice_url)).text()).includes("Pay by SEPA debit"));
  const send = (account) => fetch(hosted_invoice_url, { method: "POST", body: new URLSearchParams({ pay: "account", account }), redirect: "manual" });
  assert.ok((await (await send("000123456789")).text()).includes("test accounts only"));
  await send("DE89370400440532013000");
  let now = await sandbox.get(`/v1/invoices/${invoice.id}`);
  while (now.status === "open") now = await sandbox.get(`/v1/invoices/${invoice.id}`);
  assert.deepEqual([now.status, now.amount_paid], ["paid", 3000]);
});

test("what is refused", async (t) => {
  const { sandbox, customer } = await opened(t);
  const made = (sepa_debit) => sandbox.stripe.post("/v1/payment_methods", { type: "sepa_debit", sepa_debit, billing_details });
  const anonymous = (await method(sandbox, GOOD, { billing_details: undefined })).id;
  const silent = (await method(sandbox, GOOD, { billing_details: { name: "Ada" } })).id;
  const { id } = await method(sandbox, GOOD);
  const cases = [
    [made(undefined), "parameter_missing", "sepa_debit"],
    [made({}), "parameter_missing", "sepa_debit"],
    [made({ iban: "DE00370400440532013000" }), "invalid_bank_account_iban", "sepa_debit[iban]"],
    [made({ iban: "000123456789" }), "invalid_bank_account_iban", "sepa_debit[iban]"],
    [made({ iban: "AT271904300000055555" }), "sepa_debit_bank_not_supported", "sepa_debit[iban]"],
    [made({ iban: "AT511904300000066666" }), "sepa_debit_debits_not_supported", "sepa_debit[iban]"],
    [pay(sandbox, { customer, payment_method: anonymous }), "parameter_missing", "billing_details[name]"],
    [pay(sandbox, { customer, payment_method: silent }), "parameter_missing", "billing_details[email]"],
    [pay(sandbox, { customer, payment_method: id, mandate_data: undefined }), "payment_intent_mandate_invalid", "mandate_data"],
    [pay(sandbox, { customer, payment_method: id, currency: "usd", allowed_payment_method_types: ["sepa_debit"], automatic_payment_methods: undefined }), "payment_method_currency_mismatch", "currency"],
    [sandbox.stripe.post("/v1/setup_intents", { customer, payment_method: anonymous, confirm: "true", mandate_data, ...ON_PAGE }), "parameter_missing", "billing_details[name]"],
    [sandbox.stripe.post("/v1/setup_intents", { customer, payment_method: id, confirm: "true", ...ON_PAGE }), "setup_intent_mandate_invalid", "mandate_data"],
    [sandbox.stripe.post("/v1/payment_methods", { type: "card", card: { number: GOOD, exp_month: 12, exp_year: 2034 } }), "incorrect_number", undefined, 402],
  ];
  for (const [answer, code, param, wanted = 400] of cases) {
    const { status, body } = await answer;
    assert.deepEqual([status, body.error?.code, body.error?.param], [wanted, code, param]);
  }
});

// Promise: a US bank account is verified, debited and fails as Stripe's test accounts do, days later on
// the customer's clock; what an invoice and a subscription make of it is Stripe's too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOON, ON_PAGE, Sandbox } from "./support.mjs";

const DAY = 86400;
const mandate_data = { customer_acceptance: { type: "online", online: { ip_address: "127.0.0.1", user_agent: "test" } } };

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const clock = (await sandbox.post("/v1/test_helpers/test_clocks", { frozen_time: NOON })).id;
  const customer = (await sandbox.post("/v1/customers", { test_clock: clock })).id;
  return { sandbox, clock, customer };
}

const pay = (sandbox, fields) => sandbox.stripe.post("/v1/payment_intents", { amount: 5000, currency: "usd", confirm: "true", mandate_data, ...ON_PAGE, ...fields });

// Sets an account up for later through microdeposits; gives the method's id.
async function verified(sandbox, customer, token) {
  const setup = await sandbox.post("/v1/setup_intents", { customer, payment_method: token, confirm: "true", ...ON_PAGE, mandate_data });
  assert.deepEqual([setup.status, setup.next_action.type], ["requires_action", "verify_with_microdeposits"]);
  const done = await sandbox.post(`/v1/setup_intents/${setup.id}/verify_microdeposits`, { amounts: [32, 45] });
  assert.equal(done.status, "succeeded");
  assert.match(done.mandate, /^mandate_/);
  return done.payment_method;
}

// What a debit of each test account comes to: at once, and four business days later.
const ACCOUNTS = [
  ["success", "processing", "succeeded", undefined],
  ["accountClosed", "processing", "requires_payment_method", "account_closed"],
  ["noAccount", "processing", "requires_payment_method", "no_account"],
  ["insufficientFunds", "processing", "requires_payment_method", "insufficient_funds"],
  ["debitNotAuthorized", "processing", "requires_payment_method", "debit_not_authorized"],
  ["invalidCurrency", "processing", "requires_payment_method", "payment_method_currency_mismatch"],
  ["dispute", "processing", "succeeded", undefined],
  ["processing", "processing", "processing", undefined],
  ["weeklyLimitExceeded", "charge_exceeds_source_limit", undefined, undefined],
  ["riskLevelHighest", "payment_method_provider_decline", undefined, undefined],
];

for (const [name, first, last, code] of ACCOUNTS) {
  test(`a debit of the account ${name}`, async (t) => {
    const { sandbox, clock, customer } = await opened(t);
    const token = `pm_usBankAccount_${name}`;
    const payment_method = name === "success" ? token : await verified(sandbox, customer, token);
    const { status, body } = await pay(sandbox, { customer, payment_method });
    if (last === undefined) {
      assert.deepEqual([status, body.error.code, body.error.payment_intent.status], [402, first, "requires_payment_method"]);
      return;
    }
    assert.deepEqual([status, body.status], [200, first]);
    assert.equal((await sandbox.get(`/v1/charges/${body.latest_charge}`)).status, "pending");
    // Saturday noon; four business days on is Thursday noon.
    await sandbox.advance(clock, NOON + 5 * DAY - 1);
    assert.equal((await sandbox.get(`/v1/payment_intents/${body.id}`)).status, "processing");
    await sandbox.advance(clock, NOON + 5 * DAY);
    const after = await sandbox.get(`/v1/payment_intents/${body.id}`);
    assert.deepEqual([after.status, after.last_payment_error?.code], [last, code]);
    const charge = await sandbox.get(`/v1/charges/${body.latest_charge}`);
    assert.deepEqual([charge.status, charge.failure_code], [{ succeeded: "succeeded", processing: "pending" }[last] ?? "failed", code ?? null]);
    const disputes = (await sandbox.get("/v1/disputes", { charge: charge.id })).data;
    assert.deepEqual(disputes.map((one) => one.status), name === "dispute" ? ["lost"] : []);
    if (name === "dispute") {
      const refund = await sandbox.stripe.post("/v1/refunds", { charge: charge.id });
      assert.equal(refund.body.error.code, "charge_disputed");
    }
  });
}

test("microdeposits: the amounts and codes that Stripe publishes", async (t) => {
  const { sandbox, customer } = await opened(t);
  for (const [fields, status, code] of [
    [{ amounts: [45, 32] }, "succeeded", undefined],
    [{ descriptor_code: "SM11AA" }, "succeeded", undefined],
    [{ amounts: [10, 11] }, "requires_payment_method", "payment_method_microdeposit_verification_attempts_exceeded"],
    [{ descriptor_code: "SM33CC" }, "requires_payment_method", "payment_method_microdeposit_verification_attempts_exceeded"],
    [{ amounts: [40, 41] }, "requires_payment_method", "payment_method_microdeposit_verification_timeout"],
    [{ descriptor_code: "SM44DD" }, "requires_payment_method", "payment_method_microdeposit_verification_timeout"],
    [{ amounts: [1, 2] }, "requires_action", "payment_method_microdeposit_verification_amounts_mismatch"],
    [{ descriptor_code: "SM99ZZ" }, "requires_action", "payment_method_microdeposit_verification_descriptor_code_mismatch"],
    [{ amounts: [1] }, "requires_action", "payment_method_microdeposit_verification_amounts_invalid"],
    [{ amounts: [1, 200] }, "requires_action", "payment_method_microdeposit_verification_amounts_invalid"],
    [{}, "requires_action", "parameter_missing"],
  ]) {
    const setup = await sandbox.post("/v1/setup_intents", { customer, payment_method: "pm_usBankAccount_noAccount", confirm: "true", mandate_data, ...ON_PAGE });
    const answer = await sandbox.stripe.post(`/v1/setup_intents/${setup.id}/verify_microdeposits`, fields);
    assert.deepEqual([answer.status, answer.body.error?.code], [code ? 400 : 200, code], JSON.stringify(fields));
    assert.equal((await sandbox.get(`/v1/setup_intents/${setup.id}`)).status, status, JSON.stringify(fields));
  }
  const setup = await sandbox.post("/v1/setup_intents", { customer, payment_method: "pm_usBankAccount_failMicrodeposits", confirm: "true", mandate_data, ...ON_PAGE });
  const failed = await sandbox.stripe.post(`/v1/setup_intents/${setup.id}/verify_microdeposits`, { amounts: [32, 45] });
  assert.equal(failed.body.error.code, "payment_method_microdeposit_failed");
});

test("after ten wrong amounts the account is out", async (t) => {
  const { sandbox, customer } = await opened(t);
  const setup = await sandbox.post("/v1/setup_intents", { customer, payment_method: "pm_usBankAccount_noAccount", confirm: "true", mandate_data, ...ON_PAGE });
  const codes = [];
  for (let i = 0; i < 10; i++) {
    const { body } = await sandbox.stripe.post(`/v1/setup_intents/${setup.id}/verify_microdeposits`, { amounts: [1, 2] });
    codes.push(body.error.code);
  }
  assert.deepEqual([codes[8], codes[9]], ["payment_method_microdeposit_verification_amounts_mismatch", "payment_method_microdeposit_verification_attempts_exceeded"]);
  assert.equal((await sandbox.get(`/v1/setup_intents/${setup.id}`)).last_setup_error.code, codes[9]);
});

test("a payment waits for its account to be verified", async (t) => {
  const { sandbox, clock, customer } = await opened(t);
  const bank = { type: "us_bank_account", us_bank_account: { account_number: "000123456789", routing_number: "110000000", account_holder_type: "company" } };
  const waiting = (await pay(sandbox, { customer, payment_method_data: bank })).body;
  assert.deepEqual([waiting.status, waiting.next_action.type], ["requires_action", "verify_with_microdeposits"]);
  const going = await sandbox.post(`/v1/payment_intents/${waiting.id}/verify_microdeposits`, { descriptor_code: "SM11AA" });
  assert.equal(going.status, "processing");
  await sandbox.advance(clock, NOON + 6 * DAY);
  assert.equal((await sandbox.get(`/v1/payment_intents/${waiting.id}`)).status, "succeeded");
  const again = await sandbox.stripe.post(`/v1/payment_intents/${waiting.id}/verify_microdeposits`, { descriptor_code: "SM11AA" });
  assert.equal(again.body.error.code, "payment_intent_unexpected_state");
});

test("a first invoice whose debit fails late is voided, and the subscription stays active", async (t) => {
  const { sandbox, clock, customer } = await opened(t);
  const default_payment_method = await verified(sandbox, customer, "pm_usBankAccount_insufficientFunds");
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], default_payment_method });
  assert.equal(bought.status, "active");
  await sandbox.advance(clock, NOON + 6 * DAY);
  assert.equal((await sandbox.get(`/v1/invoices/${bought.latest_invoice}`)).status, "void");
  assert.equal((await sandbox.get(`/v1/subscriptions/${bought.id}`)).status, "active");
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.ok(types.includes("invoice.payment_failed") && types.includes("charge.failed"));
});

test("a renewal whose debit fails late is owed again", async (t) => {
  const { sandbox, clock, customer } = await opened(t);
  const bad = await verified(sandbox, customer, "pm_usBankAccount_insufficientFunds");
  const good = await sandbox.post("/v1/payment_methods/pm_card_visa/attach", { customer });
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], default_payment_method: good.id });
  await sandbox.post(`/v1/subscriptions/${bought.id}`, { default_payment_method: bad });
  await sandbox.advance(clock, NOON + 30 * DAY);
  const path = `/v1/subscriptions/${bought.id}`;
  const renewed = await sandbox.get(path);
  assert.equal(renewed.status, "active");
  await sandbox.advance(clock, NOON + 36 * DAY);
  const owing = await sandbox.get(path, { expand: ["latest_invoice"] });
  assert.deepEqual([owing.status, owing.latest_invoice.status], ["past_due", "open"]);
  await sandbox.post(`/v1/invoices/${owing.latest_invoice.id}/pay`, { payment_method: good.id });
  assert.equal((await sandbox.get(path)).status, "active");
});

test("what is refused", async (t) => {
  const { sandbox, customer } = await opened(t);
  const bank = (account) => ({ type: "us_bank_account", us_bank_account: { account_number: "000123456789", routing_number: "110000000", ...account } });
  const make = (fields) => sandbox.stripe.post("/v1/payment_methods", fields);
  for (const [answer, status, code] of [
    [make(bank({ account_number: "123456789012" })), 400, "account_number_invalid"],
    [make(bank({ routing_number: "021000021" })), 400, "routing_number_invalid"],
    [make({ type: "us_bank_account" }), 400, "parameter_missing"],
    [pay(sandbox, { customer, payment_method: "pm_usBankAccount_success", mandate_data: undefined }), 400, "payment_intent_mandate_invalid"],
    [pay(sandbox, { customer, payment_method: "pm_usBankAccount_success", currency: "eur", allowed_payment_method_types: ["us_bank_account"] }), 400, "payment_method_currency_mismatch"],
    [pay(sandbox, { customer, payment_method: "pm_usBankAccount_noAccount", off_session: "true" }), 402, "bank_account_unverified"],
    [sandbox.stripe.post("/v1/setup_intents", { customer, payment_method: "pm_usBankAccount_success", confirm: "true", ...ON_PAGE }), 400, "setup_intent_mandate_invalid"],
    [sandbox.stripe.get("/v1/mandates/mandate_none"), 404, "resource_missing"],
  ]) {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.error.code], [status, code]);
  }
});

// Promise: each of Stripe's test cards does, when it is attached, paid with on the page, charged later and
// set up, what Stripe's list says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { ON_PAGE, Sandbox } from "./support.mjs";

const PAYS = ["ok", "succeeded", "succeeded", "succeeded"];
const asks = (off) => ["ok", "requires_action", off, "requires_action"];
const refused = (code) => [code, code, undefined, code];
const AUTHENTICATE = "authentication_required/authentication_required";

// token, number → attach; pay while the customer is there; charge the attached method off session; set up.
// A state, or code/decline_code of the refusal.
const CARDS = [
  ["pm_card_visa", "4242424242424242", PAYS],
  ["pm_card_mastercard", "5555555555554444", PAYS],
  ["pm_card_amex", "378282246310005", PAYS],
  ["pm_card_discover", "6011111111111117", PAYS],
  ["pm_card_diners", "3056930009020004", PAYS],
  ["pm_card_jcb", "3566002020360505", PAYS],
  ["pm_card_unionpay", "6200000000000005", PAYS],
  ["pm_card_chargeCustomerFail", "4000000000000341", ["ok", "card_declined/generic_decline", "card_declined/generic_decline", "succeeded"]],
  ["pm_card_visa_chargeDeclined", "4000000000000002", refused("card_declined/generic_decline")],
  ["pm_card_chargeDeclined", "4000000000000002", refused("card_declined/generic_decline")],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", refused("card_declined/insufficient_funds")],
  ["pm_card_visa_chargeDeclinedLostCard", "4000000000009987", refused("card_declined/lost_card")],
  ["pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", refused("card_declined/stolen_card")],
  ["pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", refused("card_declined/card_velocity_exceeded")],
  ["pm_card_chargeDeclinedExpiredCard", "4000000000000069", refused("expired_card")],
  ["pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", refused("incorrect_cvc")],
  ["pm_card_chargeDeclinedProcessingError", "4000000000000119", refused("processing_error")],
  ["pm_card_radarBlock", "4100000000000019", refused("card_declined/fraudulent")],
  ["pm_card_authenticationRequired", "4000002760003184", asks(AUTHENTICATE)],
  ["pm_card_authenticationRequiredOnSetup", "4000002500003155", asks(AUTHENTICATE)],
  ["pm_card_authenticationRequiredSetupForOffSession", "4000003800000446", ["ok", "requires_action", "succeeded", "succeeded"]],
  ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "4000008260003178", asks(AUTHENTICATE)],
  ["pm_card_threeDSecure2Required", "4000000000003220", asks(AUTHENTICATE)],
  ["pm_card_threeDSecureRequiredChargeDeclined", "4000008400001629", asks(AUTHENTICATE)],
  ["pm_card_createDispute", "4000000000000259", PAYS],
  ["pm_card_pendingRefund", "4000000000007726", PAYS],
  ["pm_card_refundFail", "4000000000005126", PAYS],
];

const wordOf = ({ status, body }) => (status === 200 ? body.status ?? "ok" : [body.error.code, body.error.decline_code].filter(Boolean).join("/"));
const payment = (fields) => ({ amount: 2000, currency: "usd", confirm: "true", ...ON_PAGE, ...fields });

test("every card by its token and by its number", async (t) => {
  const sandbox = await Sandbox.start(t);
  const post = (path, fields) => sandbox.stripe.post(path, fields);
  for (const [token, number, [attach, on, off, setup]] of CARDS) {
    const customer = (await sandbox.post("/v1/customers")).id;
    const attached = await post(`/v1/payment_methods/${token}/attach`, { customer });
    assert.equal(wordOf(attached), attach, `${token} attached`);
    const paid = await post("/v1/payment_intents", payment({ payment_method: token }));
    assert.equal(wordOf(paid), on, `${token} on session`);
    if (paid.status === 402) {
      const { payment_intent } = paid.body.error;
      assert.deepEqual([payment_intent.status, payment_intent.last_payment_error.code], ["requires_payment_method", paid.body.error.code]);
    }
    if (off) {
      const later = await post("/v1/payment_intents", payment({ customer, payment_method: attached.body.id, off_session: "true" }));
      assert.equal(wordOf(later), off, `${token} off session`);
    }
    const made = await sandbox.post("/v1/payment_methods", { type: "card", card: { number, exp_month: 12, exp_year: 2034, cvc: "123" } });
    const set = await post("/v1/setup_intents", { customer, payment_method: made.id, confirm: "true", ...ON_PAGE });
    assert.equal(wordOf(set), setup, `${token} set up`);
    const { data } = await sandbox.get("/v1/setup_attempts", { setup_intent: set.body.id ?? set.body.error.setup_intent.id });
    assert.equal(data[0].status, setup.includes("/") || !["succeeded", "requires_action"].includes(setup) ? "failed" : setup, token);
  }
});

// What the bank asks is answered on its page.
const authenticate = (http, url, answer) =>
  http.request("POST", new URL(url).pathname, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: encodeForm({ answer }) });

test("asked, the customer approves or not; the card then pays or not", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const return_url = "https://shop.example/back?a=1";
  for (const [token, answer, status, code] of [
    ["pm_card_authenticationRequired", "approve", "succeeded", undefined],
    ["pm_card_authenticationRequired", "refuse", "requires_payment_method", "payment_intent_authentication_failure"],
    ["pm_card_threeDSecure2Required", "approve", "succeeded", undefined],
    ["pm_card_threeDSecureRequiredChargeDeclined", "approve", "requires_payment_method", "card_declined"],
    ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "approve", "requires_payment_method", "card_declined"],
  ]) {
    const intent = await sandbox.post("/v1/payment_intents", payment({ payment_method: token, return_url }));
    assert.deepEqual([intent.next_action.type, intent.next_action.redirect_to_url.return_url], ["redirect_to_url", return_url]);
    const { url } = intent.next_action.redirect_to_url;
    const page = await http.request("GET", new URL(url).pathname);
    assert.ok(page.text.includes("$20.00") && page.status === 200);
    const sent = await authenticate(http, url, answer);
    assert.equal(sent.status, 303);
    const back = new URL(sent.headers.location);
    assert.deepEqual([back.searchParams.get("a"), back.searchParams.get("payment_intent")], ["1", intent.id]);
    const after = await sandbox.get(`/v1/payment_intents/${intent.id}`);
    assert.deepEqual([after.status, after.last_payment_error?.code, after.next_action], [status, code, null], `${token} ${answer}`);
    assert.equal((await http.request("GET", new URL(url).pathname)).status, 200);
  }
});

test("set up once with approval, then charged without it", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const customer = (await sandbox.post("/v1/customers")).id;
  const setup = async (answer) => {
    const intent = await sandbox.post("/v1/setup_intents", { customer, payment_method: "pm_card_authenticationRequiredOnSetup", confirm: "true", ...ON_PAGE });
    await authenticate(http, intent.next_action.use_stripe_sdk.stripe_js, answer);
    return sandbox.get(`/v1/setup_intents/${intent.id}`);
  };
  const refused = await setup("refuse");
  assert.deepEqual([refused.status, refused.last_setup_error.code], ["requires_payment_method", "setup_intent_authentication_failure"]);
  const { payment_method, status } = await setup("approve");
  assert.equal(status, "succeeded");
  const charge = (fields) => sandbox.stripe.post("/v1/payment_intents", payment({ customer, payment_method, ...fields }));
  assert.equal(wordOf(await charge({ off_session: "true" })), "succeeded");
  assert.equal(wordOf(await charge()), "requires_action");
});

test("typed wrong, or real", async (t) => {
  const sandbox = await Sandbox.start(t);
  const make = (card) => sandbox.stripe.post("/v1/payment_methods", { type: "card", card: { number: "4242424242424242", exp_month: 12, exp_year: 2034, ...card } });
  for (const [card, word] of [
    [{ number: "4242424242424241" }, "incorrect_number"],
    [{ number: "1234" }, "incorrect_number"],
    [{ number: "4111111111111111" }, "card_declined/test_mode_live_card"],
    [{ number: "4539578763621486" }, "card_declined/test_mode_live_card"],
    [{ exp_month: 13 }, "invalid_expiry_month"],
    [{ exp_year: 1970 }, "invalid_expiry_year"],
    [{ cvc: "12" }, "invalid_cvc"],
    [{ exp_month: "may" }, "parameter_invalid_integer"],
    [{ colour: "red" }, "parameter_unknown"],
  ]) {
    assert.equal(wordOf(await make(card)), word, JSON.stringify(card));
  }
  assert.equal(wordOf(await make({ number: "4242-4242 4242 4242", cvc: "" })), "parameter_invalid_empty");
  assert.equal((await make({ number: "4242-4242 4242 4242" })).status, 200);
});

test("whose a method is, and when it is used up", async (t) => {
  const sandbox = await Sandbox.start(t);
  const [ada, bob] = [(await sandbox.post("/v1/customers")).id, (await sandbox.post("/v1/customers")).id];
  const card = (await sandbox.post("/v1/payment_methods/pm_card_visa/attach", { customer: ada })).id;
  const pay = async (fields) => wordOf(await sandbox.stripe.post("/v1/payment_intents", payment({ payment_method: card, ...fields })));
  assert.equal(await pay({ customer: bob }), "resource_missing");
  assert.equal(await pay({}), "");
  assert.equal(await pay({ customer: ada }), "succeeded");
  assert.deepEqual((await sandbox.get(`/v1/customers/${ada}/payment_methods`)).data.map(({ id }) => id), [card]);
  assert.equal((await sandbox.get(`/v1/customers/${ada}/payment_methods/${card}`)).id, card);
  const foreign = (await sandbox.post("/v1/customers", { email: "eve@example.com" })).id;
  for (const path of [`${foreign}/payment_methods/${card}`, `${ada}/payment_methods/pm_none`, `cus_none/payment_methods/${card}`]) {
    const { status, body } = await sandbox.stripe.get(`/v1/customers/${path}`);
    assert.deepEqual([status, body.error.code], [404, "resource_missing"], path);
  }
  const steal = await sandbox.stripe.post(`/v1/payment_methods/${card}/attach`, { customer: bob });
  assert.equal(steal.status, 400);
  await sandbox.post(`/v1/payment_methods/${card}/detach`);
  assert.equal(await pay({ customer: ada }), "payment_method_unexpected_state");
  assert.equal((await sandbox.stripe.post(`/v1/payment_methods/${card}/attach`, { customer: ada })).status, 400);
  assert.equal((await sandbox.stripe.post(`/v1/payment_methods/${card}/detach`)).status, 400);
  const once = (await sandbox.post("/v1/payment_methods", { type: "card", card: { token: "tok_visa" } })).id;
  assert.equal(await pay({ payment_method: once }), "succeeded");
  assert.equal(await pay({ payment_method: once }), "payment_method_unexpected_state");
  const kept = (await sandbox.post("/v1/payment_methods", { type: "card", card: { token: "tok_visa" } })).id;
  assert.equal(await pay({ customer: ada, payment_method: kept, setup_future_usage: "off_session" }), "succeeded");
  assert.equal((await sandbox.get(`/v1/payment_methods/${kept}`)).customer, ada);
});

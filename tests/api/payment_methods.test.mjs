// Promise: a payment method is attached, chosen and removed without its number ever reaching the
// server; what is owed keeps its last method.
import assert from "node:assert/strict";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { customerWithCard, done, newCustomer, refused, subscriber } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";
const RETURN_URL = "https://platform.example/done";

async function list(api) {
  return done(await api.get(METHODS)).data;
}

function add(api, paymentMethodId, options) {
  return api.post(METHODS, { paymentMethodId }, options);
}

// A customer's browser on the hosted page of the sandbox.
function openPage(t, setupUrl) {
  const http = new HttpClient(new URL(setupUrl).origin);
  t.after(() => http.close());
  const path = new URL(setupUrl).pathname;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return {
    show: () => http.request("GET", path),
    submit: (fields) => http.request("POST", path, { headers, body: encodeForm(fields) }),
  };
}

// The sandbox sends its webhooks when the clock moves, at the latest; then they have been applied.
const settle = (server) => server.clock.advance("PT1S");

test("payment methods", async (t) => {
  const server = await startServer(t);

  await t.test("the first one is the default, the second is not until it is chosen", async () => {
    const api = await newCustomer(server, "first");
    assert.deepEqual(await list(api), []);
    const visa = done(await add(api, "pm_card_visa"), 201);
    assert.match(visa.stripePaymentMethodId, /^pm_/);
    assert.deepEqual([visa.type, visa.brand, visa.last4, visa.isDefault], ["card", "visa", "4242", true]);
    assert.ok(visa.expiry.month >= 1 && visa.expiry.year > 2026);
    const other = done(await add(api, "pm_card_mastercard"), 201);
    assert.equal(other.isDefault, false);
    assert.deepEqual((await list(api)).map(({ brand }) => brand).sort(), ["mastercard", "visa"]);
    const chosen = done(await api.put(`${METHODS}/${other.id}/default`));
    assert.equal(chosen.isDefault, true);
    const defaults = (await list(api)).filter(({ isDefault }) => isDefault);
    assert.deepEqual(defaults.map(({ brand }) => brand), ["mastercard"]);
    const stripe = await server.stripe();
    const [customer] = done(await stripe.get("/v1/customers", { email: "first@example.com" })).data;
    assert.equal(customer.invoice_settings.default_payment_method, other.stripePaymentMethodId);
  });

  await t.test("one is removed here and at the provider", async () => {
    const api = await customerWithCard(server, "leaver");
    const [visa] = await list(api);
    assert.equal((await api.delete(`${METHODS}/${visa.id}`)).status, 204);
    assert.deepEqual(await list(api), []);
    refused(await api.delete(`${METHODS}/${visa.id}`), 404, "payment_method_not_found");
    refused(await api.put(`${METHODS}/${visa.id}/default`), 404, "payment_method_not_found");
    const stripe = await server.stripe();
    const [customer] = done(await stripe.get("/v1/customers", { email: "leaver@example.com" })).data;
    assert.deepEqual(done(await stripe.get("/v1/payment_methods", { customer: customer.id })).data, []);
  });

  await t.test("the last one stays while money is or will be due", async () => {
    const api = await subscriber(server, "payer");
    const [visa] = await list(api);
    refused(await api.delete(`${METHODS}/${visa.id}`), 409, "payment_method_in_use");
    assert.equal((await list(api)).length, 1);
    done(await add(api, "pm_card_mastercard"), 201);
    assert.equal((await api.delete(`${METHODS}/${visa.id}`)).status, 204);
    const [last] = await list(api);
    assert.equal(last.brand, "mastercard");
    assert.equal(last.isDefault, true, "somebody must be charged");
    done(await api.post("/api/billing/cancel", {}));
    assert.equal((await api.delete(`${METHODS}/${last.id}`)).status, 204);
  });

  await t.test("a key that is repeated adds one method, with another body it is refused", async () => {
    const api = await newCustomer(server, "twice");
    const once = { idempotencyKey: "add-1" };
    const first = done(await add(api, "pm_card_visa", once), 201);
    assert.deepEqual(done(await add(api, "pm_card_visa", once), 201), first);
    assert.equal((await list(api)).length, 1);
    refused(await add(api, "pm_card_mastercard", once), 422, "idempotency_mismatch");
  });

  await t.test("refused numbers are refused with the bank's word, and not kept", async () => {
    const api = await newCustomer(server, "unlucky");
    const answer = refused(await add(api, "pm_card_chargeDeclined"), 402, "payment_method_refused");
    assert.equal(answer.declineCode, "generic_decline");
    const poor = refused(await add(api, "pm_card_visa_chargeDeclinedInsufficientFunds"), 402, "payment_method_refused");
    assert.equal(poor.declineCode, "insufficient_funds");
    refused(await add(api, "pm_nobody"), 404, "payment_method_not_found");
    assert.deepEqual(await list(api), []);
  });

  await t.test("what is asked must make sense", async () => {
    const api = await newCustomer(server, "confused");
    for (const body of [{}, { type: "card" }, { returnUrl: RETURN_URL }, { paymentMethodId: "pm_card_visa", type: "card", returnUrl: RETURN_URL }]) {
      refused(await api.post(METHODS, body), 422, "invalid_fields");
    }
    refused(await api.post(METHODS, { type: "cash", returnUrl: RETURN_URL, number: "4" }), 422, "invalid_fields", "type", "number");
    refused(await api.post(METHODS, { type: "card", returnUrl: RETURN_URL, number: "4242424242424242" }), 422, "card_number_refused", "(body)");
    for (const returnUrl of ["javascript:alert(1)", "//evil.example", "ftp://a.example/", "https://"]) {
      refused(await api.post(METHODS, { type: "card", returnUrl }), 422, "invalid_fields", "returnUrl");
    }
    refused(await api.post(METHODS, { paymentMethodId: "" }), 422, "invalid_fields", "paymentMethodId");
    refused(await add(server.api.as("nobody"), "pm_card_visa"), 404, "customer_not_found");
  });

  await t.test("another customer's method is not there", async () => {
    const owner = await customerWithCard(server, "owner");
    const thief = await customerWithCard(server, "thief");
    const [card] = await list(owner);
    refused(await thief.delete(`${METHODS}/${card.id}`), 404, "payment_method_not_found");
    refused(await thief.put(`${METHODS}/${card.id}/default`), 404, "payment_method_not_found");
    refused(await thief.post("/api/billing/subscribe", { tier: "starter", paymentMethodId: card.id }), 404, "payment_method_not_found");
    refused(await thief.post("/api/billing/subscribe", { tier: "starter", paymentMethodId: card.stripePaymentMethodId }), 402, "payment_method_refused");
    assert.equal((await list(owner)).length, 1);
  });

  await t.test("a card entered on the hosted page appears by webhook", async (st) => {
    const api = await newCustomer(server, "visitor");
    const setup = done(await api.post(METHODS, { type: "card", returnUrl: RETURN_URL }), 201);
    assert.ok(Date.parse(setup.expiresAt) > Date.parse(await server.clock.now()));
    const page = openPage(st, setup.setupUrl);
    assert.equal((await page.show()).status, 200);
    assert.equal((await page.submit({ number: "4111 1111 1111 1111", expiry: "12 / 34", cvc: "123" })).status, 402);
    assert.equal((await page.submit({ number: "4000 0000 0000 0002", expiry: "12 / 34", cvc: "123" })).status, 402);
    await settle(server);
    assert.deepEqual(await list(api), []);
    const sent = await page.submit({ number: "4242 4242 4242 4242", expiry: "12 / 34", cvc: "123" });
    assert.equal(sent.status, 303);
    assert.equal(new URL(sent.headers.location).origin, "https://platform.example");
    await settle(server);
    const [card] = await list(api);
    assert.deepEqual([card.brand, card.last4, card.expiry], ["visa", "4242", { month: 12, year: 2034 }]);
    assert.equal(done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201).status, "active");
  });

  await t.test("a bank account, too", async (st) => {
    const api = await newCustomer(server, "company");
    const setup = done(await api.post(METHODS, { type: "us_bank_account", returnUrl: RETURN_URL }), 201);
    const sent = await openPage(st, setup.setupUrl).submit({ number: "000123456789", routing: "110000000" });
    assert.equal(sent.status, 303, sent.text);
    await settle(server);
    const [account] = await list(api);
    assert.deepEqual([account.type, account.last4, account.expiry], ["us_bank_account", "6789", null]);
  });
});

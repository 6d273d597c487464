// Promise: a card that a browser makes ready is kept once its bank has confirmed it, for the customer whose it is, once, and
// whoever dies in between; what is not confirmed leaves nothing behind; and the secret that confirms it is in the answer alone.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { done, eventually, newCustomer, planIn, refused, startSelling, subscription } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";
const SETUPS = `${METHODS}/setup-intents`;

const list = async (api) => done(await api.get(METHODS)).data;
const keep = (api, setupIntentId, options) => api.post(METHODS, { setupIntentId }, options);
const settle = (server) => server.clock.advance("PT1S"); // the webhooks have been applied

// The secret and the id in it, as Stripe.js takes them apart.
async function open(api, options) {
  const { clientSecret, ...rest } = done(await api.post(SETUPS, {}, options), 201);
  assert.deepEqual(rest, {});
  const id = /^(seti_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(clientSecret)[1];
  return { id, clientSecret };
}

// What Stripe.js does in the browser: the card, and then the bank's answer.
class Browser {
  #stripe;
  #pages;

  static async at(server, t) {
    const browser = new Browser();
    const { url } = done(await server.api.get("/api/test/sandbox"));
    browser.#stripe = await server.stripe();
    browser.#pages = new HttpClient(url);
    t.after(() => browser.#pages.close());
    return browser;
  }

  confirm(id, card) {
    return this.#stripe.post(`/v1/setup_intents/${id}/confirm`, { payment_method: card });
  }

  async answer(id, answer) {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const shown = await this.#pages.request("POST", `/3ds/${id}`, { headers, body: encodeForm({ answer }) });
    assert.equal(shown.status, 200, shown.text);
  }
}

async function atStripe(server, userId) {
  const stripe = await server.stripe();
  const { data: [customer] } = done(await stripe.get("/v1/customers", { email: `${userId}@example.com` }));
  const cards = done(await stripe.get("/v1/payment_methods", { customer: customer.id })).data;
  const intents = done(await stripe.get("/v1/setup_intents", { customer: customer.id })).data;
  return { customer, cards: cards.map(({ id }) => id), intents };
}

test("cards that a browser makes ready", async (t) => {
  const server = await startServer(t);
  const browser = await Browser.at(server, t);

  await t.test("one of which the bank asks nothing is kept, is charged, and is the default", async () => {
    const api = await newCustomer(server, "plain");
    const { id } = await open(api);
    const [intent] = (await atStripe(server, "plain")).intents;
    assert.deepEqual([intent.id, intent.usage, intent.payment_method_types], [id, "off_session", ["card"]]);
    done(await browser.confirm(id, "pm_card_visa"));
    const card = done(await keep(api, id), 201);
    assert.deepEqual([card.brand, card.last4, card.isDefault], ["visa", "4242", true]);
    // The provider's message that the card is there may be applied first: then it is made the default a moment later.
    const there = await eventually(() => atStripe(server, "plain"), ({ customer }) => customer.invoice_settings.default_payment_method !== null);
    assert.deepEqual(there.cards, [card.stripePaymentMethodId]);
    assert.equal(there.customer.invoice_settings.default_payment_method, card.stripePaymentMethodId);
    assert.equal(done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201).status, "active");
  });

  await t.test("one of which the bank asks is kept when it has been answered, not before", async () => {
    const api = await newCustomer(server, "asked");
    const { id } = await open(api);
    assert.equal(done(await browser.confirm(id, "pm_card_authenticationRequired")).status, "requires_action");
    refused(await keep(api, id), 409, "card_not_confirmed");
    assert.deepEqual(await list(api), []);
    await browser.answer(id, "approve");
    const kept = done(await keep(api, id), 201);
    assert.deepEqual((await list(api)).map((one) => one.id), [kept.id]);
  });

  await t.test("refused, declined, abandoned, given up: nothing is kept, why is said, and another try is let in", async () => {
    const api = await newCustomer(server, "refuser");
    const { id } = await open(api);
    const abandoned = refused(await keep(api, id), 409, "card_not_confirmed");
    assert.match(abandoned.detail, /not kept.*bank/);
    done(await browser.confirm(id, "pm_card_authenticationRequired"));
    await browser.answer(id, "refuse");
    const no = refused(await keep(api, id), 402, "payment_method_refused");
    assert.equal(no.declineCode, "setup_intent_authentication_failure");
    assert.match(no.detail, /unable to authenticate/);
    assert.equal((await browser.confirm(id, "pm_card_chargeDeclinedInsufficientFunds")).status, 402);
    assert.equal(refused(await keep(api, id), 402, "payment_method_refused").declineCode, "insufficient_funds");
    await settle(server);
    assert.deepEqual(await list(api), []);
    done(await browser.confirm(id, "pm_card_mastercard"));
    assert.equal(done(await keep(api, id), 201).brand, "mastercard");

    const { id: gone } = await open(api);
    done(await (await server.stripe()).post(`/v1/setup_intents/${gone}/cancel`));
    refused(await keep(api, gone), 409, "card_not_confirmed");
    assert.equal((await list(api)).length, 1);
    const history = done(await api.get("/api/billing/events?limit=100")).data.filter(({ type }) => type === "operation.failed");
    assert.ok(history.some(({ description }) => /card_keep.*not confirmed/.test(description)), JSON.stringify(history));
  });

  await t.test("another customer's is as if it were not there", async () => {
    const owner = await newCustomer(server, "owner");
    const thief = await newCustomer(server, "thief");
    const { id } = await open(owner);
    const unknown = refused(await keep(thief, id), 404, "payment_method_not_found"); // whom the provider does not know
    await open(thief);
    done(await browser.confirm(id, "pm_card_visa"));
    const foreign = refused(await keep(thief, id), 404, "payment_method_not_found");
    const absent = refused(await keep(thief, "seti_nobody"), 404, "payment_method_not_found");
    assert.deepEqual([unknown.detail, absent.detail], [foreign.detail, foreign.detail], "nothing tells them apart");
    assert.deepEqual(await list(thief), []);
    assert.deepEqual((await atStripe(server, "thief")).cards, []);
    done(await keep(owner, id), 201);
    refused(await keep(server.api.as("nobody"), id), 404, "customer_not_found");
    refused(await server.api.as("nobody").post(SETUPS, {}), 404, "customer_not_found");
  });

  await t.test("the same one twice, and at once, is one card", async () => {
    const api = await newCustomer(server, "doubler");
    const { id } = await open(api);
    done(await browser.confirm(id, "pm_card_visa"));
    const answers = await Promise.all([keep(api, id), keep(api, id)]);
    const [first] = answers.filter(({ status }) => status === 201);
    for (const answer of answers) if (answer.status !== 201) refused(answer, 409, "operation_in_progress");
    assert.deepEqual(done(await keep(api, id), 201), first.body);
    assert.equal((await list(api)).length, 1);
    const events = done(await api.get("/api/billing/events?limit=100")).data;
    assert.equal(events.filter(({ type }) => type === "payment_method.attached").length, 1);
    assert.equal((await api.delete(`${METHODS}/${first.body.id}`)).status, 204);
    refused(await keep(api, id), 404, "payment_method_not_found"); // what was removed does not come back
    assert.deepEqual(await list(api), []);
  });

  await t.test("a key that is repeated makes one, and gives the same secret", async () => {
    const api = await newCustomer(server, "repeater");
    const once = { idempotencyKey: "setup-1" };
    const first = await open(api, once);
    assert.deepEqual(await open(api, once), first);
    assert.equal((await atStripe(server, "repeater")).intents.length, 1);
    done(await browser.confirm(first.id, "pm_card_visa"));
    const kept = { idempotencyKey: "keep-1" };
    const card = done(await keep(api, first.id, kept), 201);
    assert.deepEqual(done(await keep(api, first.id, kept), 201), card);
    refused(await keep(api, "seti_other", kept), 422, "idempotency_mismatch");
    refused(await keep(api, first.id, once), 422, "idempotency_mismatch");
  });

  await t.test("the visitor closes the page too early: the provider's word brings it", async () => {
    const api = await newCustomer(server, "hasty");
    const { id } = await open(api);
    done(await browser.confirm(id, "pm_card_visa"));
    await settle(server);
    const [card] = await list(api);
    assert.deepEqual([card.last4, card.isDefault], ["4242", true]);
    assert.equal(done(await keep(api, id), 201).id, card.id);
    assert.equal((await list(api)).length, 1);
  });

  await t.test("what is asked must make sense", async () => {
    const api = await newCustomer(server, "muddled");
    const url = "https://platform.example/done";
    for (const body of [{ setupIntentId: "seti_1", paymentMethodId: "pm_1" }, { setupIntentId: "seti_1", type: "card", returnUrl: url },
      { setupIntentId: "seti_1", paymentMethodId: "pm_1", type: "card", returnUrl: url }]) {
      refused(await api.post(METHODS, body), 422, "invalid_fields");
    }
    refused(await api.post(METHODS, { setupIntentId: "seti_1", returnUrl: url }), 422, "invalid_fields", "returnUrl");
    for (const id of ["", `seti_${"s".repeat(251)}`, "seti 1", 7, "seti_", "pm_1", "seti_1/../../customers", "seti_1?expand[]=customer"]) {
      refused(await keep(api, id), 422, "invalid_fields", "setupIntentId");
    }
    refused(await api.post(SETUPS, { customer: "cus_1" }), 422, "invalid_fields", "customer");
  });
});

test("a card whose bank was asked while it was added is charged when nobody is there", async (t) => {
  const server = await startSelling(t, (document) => (planIn(document, "starter").trialDays = 14));
  const browser = await Browser.at(server, t);
  const card = "pm_card_authenticationRequiredOnSetup";
  const asked = await newCustomer(server, "asked");
  const { id } = await open(asked);
  done(await browser.confirm(id, card));
  await browser.answer(id, "approve");
  done(await keep(asked, id), 201);
  const unasked = await newCustomer(server, "unasked"); // attached, without a word of the bank
  done(await unasked.post(METHODS, { paymentMethodId: card }), 201);
  for (const api of [asked, unasked]) assert.equal(done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201).status, "trialing");
  await server.clock.advance("P15D");
  assert.equal((await subscription(asked)).status, "active");
  assert.notEqual((await subscription(unasked)).status, "active");
});

test("the server dies between the bank and the card: it is kept once, and its secret lies nowhere", async (t) => {
  const server = await startServer(t);
  const api = await newCustomer(server, "survivor");
  const once = { idempotencyKey: "setup-1" };
  const { id, clientSecret } = await open(api, once);
  await server.kill();
  await server.start();
  assert.deepEqual(await open(server.api.as("survivor"), once), { id, clientSecret });
  const browser = await Browser.at(server, t);
  done(await browser.confirm(id, "pm_card_authenticationRequired"));
  await browser.answer(id, "approve");
  const log = server.stderr;
  await server.kill();
  await server.start();
  const card = done(await keep(server.api.as("survivor"), id), 201);
  await settle(server);
  assert.deepEqual((await list(server.api.as("survivor"))).map((one) => one.id), [card.id]);
  const there = await atStripe(server, "survivor");
  assert.deepEqual([there.cards, there.intents.map((one) => one.id)], [[card.stripePaymentMethodId], [id]]);

  const words = done(await server.api.get("/api/admin/audit?limit=100"));
  assert.ok(JSON.stringify(words).includes("payment_method.set_up"));
  for (const text of [log, server.stderr, JSON.stringify(words)]) assert.ok(!text.includes(clientSecret));
  await server.stop();
  for (const name of await readdir(server.data)) {
    if (/^sandbox\.|\.sock$/.test(name)) continue; // the provider's own
    assert.ok(!(await readFile(join(server.data, name))).includes(clientSecret), name);
  }
});

// Promise: a person can save a test card on the sandbox's page, and no other card.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { Sandbox } from "./support.mjs";

async function opened(t, fields = {}) {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const customer = (await sandbox.post("/v1/customers")).id;
  const session = await sandbox.post("/v1/checkout/sessions", {
    mode: "setup",
    customer,
    ...fields,
    currency: "usd",
    success_url: "http://shop.example/done?session={CHECKOUT_SESSION_ID}&x=1",
    cancel_url: "http://shop.example/back?a=1&b=\"2\"",
  });
  const path = new URL(session.url).pathname;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const submit = (fields) => http.request("POST", path, { headers, body: encodeForm(fields) });
  return { sandbox, http, customer, session, path, submit };
}

test("a test card is saved and the person sent back", async (t) => {
  const { sandbox, http, customer, session, path, submit } = await opened(t);
  const page = await http.request("GET", path);
  assert.equal(page.status, 200);
  assert.match(page.headers["content-security-policy"], /default-src 'none'/);
  assert.ok(page.text.includes("a=1&amp;b=&quot;2&quot;"));
  const sent = await submit({ number: "4242 4242 4242 4242", expiry: "12 / 34", cvc: "123" });
  assert.equal(sent.status, 303);
  assert.equal(sent.headers.location, `http://shop.example/done?session=${session.id}&x=1`);
  const done = await sandbox.get(`/v1/checkout/sessions/${session.id}`, { expand: ["setup_intent.payment_method"] });
  assert.deepEqual([done.status, done.url, done.setup_intent.status], ["complete", null, "succeeded"]);
  assert.equal(done.setup_intent.payment_method.customer, customer);
  const types = (await sandbox.events()).map(({ type }) => type);
  assert.deepEqual(types.slice(-3), ["payment_method.attached", "setup_intent.succeeded", "checkout.session.completed"]);
  assert.ok((await submit({ number: "4242424242424242" })).text.includes("This is done"));
});

test("numbers that are no test numbers are refused and not kept", async (t) => {
  const { sandbox, submit } = await opened(t);
  for (const number of ["4111111111111111", "4242424242424241", "", "<script>", "000123456789"]) {
    const answer = await submit({ number });
    assert.equal(answer.status, 402, number);
    assert.ok(!answer.text.includes("<script>"));
  }
  assert.equal((await submit({ number: "4000000000000002" })).status, 402);
  assert.equal((await sandbox.get("/v1/payment_methods")).data.filter(({ customer }) => customer).length, 0);
});

test("every card that the page lists does what it says", async (t) => {
  const { http, sandbox, customer, path, submit } = await opened(t);
  const listed = [...(await http.request("GET", path)).text.matchAll(/<th scope="row">([\d ]+)<\/th><td>([^<]+)/g)];
  assert.ok(listed.length > 5);
  for (const [, number, says] of listed) {
    const session = await sandbox.post("/v1/checkout/sessions", { mode: "setup", customer, currency: "usd", success_url: "http://shop.example/" });
    const sent = await http.request("POST", new URL(session.url).pathname, {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: encodeForm({ number }),
    });
    const expected = says.startsWith("asks") ? 200 : says.startsWith("is refused") ? 402 : 303;
    assert.equal(sent.status, expected, `${number} ${says}`);
  }
  assert.equal((await submit({ number: "4242424242424242" })).status, 303);
});

test("a card that asks is saved once the person approves", async (t) => {
  const { sandbox, session, submit } = await opened(t);
  const number = "4000002500003155";
  assert.ok((await submit({ number })).text.includes("Your bank asks"));
  assert.equal((await submit({ number, answer: "refuse" })).status, 402);
  assert.equal((await submit({ number, answer: "approve" })).status, 303);
  assert.equal((await sandbox.get(`/v1/checkout/sessions/${session.id}`)).status, "complete");
});

test("pages that are not there, and the list of what is", async (t) => {
  const { http, customer } = await opened(t);
  for (const path of ["/pay/cs_test_none", "/invoice/in_none", "/other", `/pay/${customer}`]) {
    assert.equal((await http.request("GET", path)).status, 404, path);
  }
  const home = await http.request("GET", "/");
  assert.ok(home.text.includes(customer));
});

test("a test bank account where one is allowed", async (t) => {
  const { sandbox, customer, submit, session } = await opened(t, { allowed_payment_method_types: ["us_bank_account"] });
  assert.deepEqual(session.payment_method_types, ["us_bank_account"]);
  assert.equal((await submit({ number: "4242424242424242" })).status, 402);
  assert.equal((await submit({ number: "000123456789", routing: "110000000" })).status, 303);
  const { data } = await sandbox.get("/v1/payment_methods", { customer, type: "us_bank_account" });
  assert.equal(data[0].us_bank_account.last4, "6789");
  const url = { mode: "setup", success_url: "http://shop.example/" };
  const old = await sandbox.stripe.post("/v1/checkout/sessions", { ...url, payment_method_types: ["card"] });
  assert.equal(old.body.error.code, "payment_method_types_no_longer_supported");
  const other = await sandbox.stripe.post("/v1/checkout/sessions", { ...url, allowed_payment_method_types: ["alipay"] });
  assert.equal(other.body.error.param, "allowed_payment_method_types");
});

// A customer with an open invoice that nothing saved can pay; { sandbox, invoice, see, pay }.
async function owing(t, fields) {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const customer = (await sandbox.post("/v1/customers")).id;
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], expand: ["latest_invoice"], ...fields });
  const { id, status } = bought.latest_invoice;
  if (status === "draft") await sandbox.post(`/v1/invoices/${id}/finalize`);
  const path = `/invoice/${id}`;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return {
    sandbox,
    customer,
    invoice: () => sandbox.get(`/v1/invoices/${id}`),
    see: async () => (await http.request("GET", path)).text,
    pay: (form) => http.request("POST", path, { headers, body: encodeForm(form) }),
  };
}

test("an invoice is paid on its page with a card that was not saved before", async (t) => {
  const { invoice, see, pay } = await owing(t, { payment_behavior: "default_incomplete" });
  assert.ok((await see()).includes("Use another card"));
  const real = await pay({ pay: "card", card: "4111111111111111" });
  assert.deepEqual([real.status, real.text.includes("test numbers only"), real.text.includes("4111")], [402, true, false]);
  assert.equal((await pay({ pay: "card", card: "4000000000000341" })).status, 402);
  assert.equal((await invoice()).status, "open");
  assert.equal((await pay({ pay: "card", card: "4242 4242 4242 4242" })).status, 200);
  assert.equal((await invoice()).status, "paid");
  assert.equal((await pay({ pay: "now" })).status, 400);
});

test("a bank debit on the invoice's page is begun once", async (t) => {
  const { invoice, see, pay } = await owing(t, { payment_behavior: "default_incomplete" });
  assert.equal((await pay({ pay: "account", account: "12345" })).status, 402);
  assert.equal((await pay({ pay: "account", account: "000123456789" })).status, 200);
  assert.ok((await see()).includes("on its way"));
  assert.equal((await pay({ pay: "account", account: "000123456789" })).status, 402);
  assert.equal((await invoice()).status, "open");
});

test("an invoice that is sent shows where to transfer its amount", async (t) => {
  const { sandbox, customer, invoice, see } = await owing(t, { collection_method: "send_invoice", days_until_due: 30 });
  const { number } = await invoice();
  const page = await see();
  assert.ok(page.includes("Pay by bank transfer") && page.includes(number));
  const asked = { currency: "usd", funding_type: "bank_transfer", bank_transfer: { type: "us_bank_transfer" } };
  const { bank_transfer } = await sandbox.post(`/v1/customers/${customer}/funding_instructions`, asked);
  assert.ok(page.includes(bank_transfer.financial_addresses[0].aba.account_number));
  await sandbox.post(`/v1/test_helpers/customers/${customer}/fund_cash_balance`, { amount: 2900, currency: "usd", reference: number });
  assert.equal((await invoice()).status, "paid");
});

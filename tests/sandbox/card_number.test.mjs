// Promise: a number that could be somebody's card or account is refused at every door, and stands nowhere
// afterwards: not in the data, its journal, the log, an answer or a page.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { ON_PAGE, Sandbox } from "./support.mjs";

const CARD = "4539578763621486"; // passes the check digit, is on no list
const SPACED = "4539 5787 6362 1486";
const DASHED = "4539-5787-6362-1486";
const ACCOUNT = "987654321098";

const card = (number) => ({ type: "card", card: { number, exp_month: 12, exp_year: 2034, cvc: "123" } });
const bank = { type: "us_bank_account", us_bank_account: { account_number: ACCOUNT, routing_number: "110000000" } };

test("at every door, and nowhere behind it", async (t) => {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const invoice = (await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }], payment_behavior: "default_incomplete" })).latest_invoice;
  const session = await sandbox.post("/v1/checkout/sessions", { mode: "setup", customer, success_url: "http://shop.example/", allowed_payment_method_types: ["card", "us_bank_account"] });
  const portal = await sandbox.post("/v1/billing_portal/sessions", { customer });
  const answers = [];
  for (const number of [CARD, SPACED, DASHED]) {
    const money = { amount: 2000, currency: "usd" };
    for (const [path, fields] of [
      ["/v1/payment_methods", card(number)],
      ["/v1/payment_intents", { ...money, ...ON_PAGE, confirm: "true", payment_method_data: card(number) }],
      ["/v1/setup_intents", { customer, ...ON_PAGE, confirm: "true", payment_method_data: card(number) }],
      ["/v1/tokens", { card: card(number).card }],
      ["/v1/charges", { ...money, source: { object: "card", ...card(number).card } }],
      [`/v1/customers/${customer}/sources`, { source: { object: "card", ...card(number).card } }],
    ]) answers.push(await sandbox.stripe.post(path, fields, { idempotencyKey: `${path} ${number.length}` }));
    for (const [path, fields] of [
      [new URL(session.url).pathname, { number, expiry: "12 / 34", cvc: "123" }],
      [`/invoice/${invoice}`, { pay: "card", card: number }],
      [new URL(portal.url).pathname, { do: "card", number }],
    ]) {
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      answers.push(await http.request("POST", path, { headers, body: encodeForm(fields) }));
    }
  }
  answers.push(await sandbox.stripe.post("/v1/payment_methods", bank));
  answers.push(await http.request("POST", new URL(session.url).pathname, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: encodeForm({ account: ACCOUNT }) }));
  const traces = [CARD, SPACED, DASHED, ACCOUNT];
  for (const { status, text } of answers) {
    assert.ok(status >= 400 && status < 500, `${status} ${text}`);
    for (const trace of traces) assert.ok(!text.includes(trace), text);
  }
  const files = (await readdir(sandbox.dir)).filter((name) => name.includes("db"));
  assert.ok(files.some((name) => name.endsWith("-wal")), files.join());
  for (const name of files) {
    const bytes = await readFile(join(sandbox.dir, name), "latin1");
    for (const trace of traces) assert.ok(!bytes.includes(trace), `${trace} is in ${name}`);
  }
  const log = sandbox.process.stdout + sandbox.process.stderr;
  for (const trace of traces) assert.ok(!log.includes(trace), `${trace} is in the log`);
});

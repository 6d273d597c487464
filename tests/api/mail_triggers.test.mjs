// Promise: each thing that a customer must know is written to them once, whatever is replayed,
// restarted or repeated ten thousand times; and what they may do without they can stop.
import assert from "node:assert/strict";
import { test } from "node:test";

import { usageEvent, usageEvents } from "../harness/events.mjs";
import { HttpClient } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { atStripe, done, invoices, newCustomer, planIn, startSelling, subscriber, subscription, usd } from "./support.mjs";

const OUTBOX = "/api/admin/outbox";

async function mailsOf(server, userId) {
  return done(await server.api.get(`${OUTBOX}?userId=${userId}&limit=100`)).data;
}

// How many of each kind; receipts are another story's.
async function countsOf(server, userId) {
  const counts = {};
  for (const { kind } of await mailsOf(server, userId)) if (kind !== "receipt") counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

async function textOf(server, userId, kind) {
  const { id } = (await mailsOf(server, userId)).find((mail) => mail.kind === kind);
  return done(await server.api.get(`${OUTBOX}/${id}`));
}

const take = (server, userId, amount, metric = "api_requests") => server.api.post("/api/usage/take", { userId, metric, amount });

test("80 %, 100 %, twelve hours before the grace ends, and its end: each once, the last two by the clock alone", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  await take(server, "ada", 7_999);
  assert.deepEqual(await countsOf(server, "ada"), {});
  await take(server, "ada", 1);
  await take(server, "ada", 1_000);
  assert.deepEqual(await countsOf(server, "ada"), { usage_80: 1 });
  await take(server, "ada", 1_000);
  assert.deepEqual(await countsOf(server, "ada"), { usage_80: 1, usage_100: 1 });
  await take(server, "ada", 500); // the grace begins
  await server.kill();
  await server.start();
  await server.clock.advance("PT35H");
  assert.deepEqual(await countsOf(server, "ada"), { usage_80: 1, usage_100: 1 });
  await server.clock.advance("PT2H");
  assert.deepEqual(await countsOf(server, "ada"), { usage_80: 1, usage_100: 1, usage_grace_ending: 1 });
  await server.clock.advance("PT12H");
  const all = { usage_80: 1, usage_100: 1, usage_grace_ending: 1, usage_blocked: 1 };
  assert.deepEqual(await countsOf(server, "ada"), all);
  await take(server, "ada", 1);
  await server.restart();
  await take(server, "ada", 1);
  await server.clock.advance("P1D");
  assert.deepEqual(await countsOf(server, "ada"), all);
  const ending = await textOf(server, "ada", "usage_grace_ending");
  assert.match(ending.text, /From 17 January 2026, 12:00 UTC on, further\s+use is refused/);
  assert.match(ending.text, /API requests used: 10,500\nLimit of your plan: 10,000\n/);
  assert.match(ending.text, /Move to Starter:/);
  await server.clock.advance("P1M"); // a new period begins anew
  await take(server, "ada", 8_000);
  assert.deepEqual(await countsOf(server, "ada"), { ...all, usage_80: 2 });
});

test("a storm of ten thousand crossings gives one mail for each meter", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const requests = usageEvents(10_000, { userId: "ada", metric: "api_requests", value: 2 });
  for (let round = 0; round < 3; round++) done(await server.api.sendEvents(requests)); // replayed, too
  // A gauge that goes from nothing to its limit and back, five thousand times.
  const modules = Array.from({ length: 10_000 }, (_, i) => usageEvent({ userId: "ada", metric: "modules", set: i % 2 ? 0 : 3 }));
  for (let at = 0; at < modules.length; at += 1_000) done(await server.api.sendEvents(modules.slice(at, at + 1_000)));
  const mails = await mailsOf(server, "ada");
  const byMeter = {};
  for (const { kind, subject } of mails) byMeter[`${kind} ${/API requests|Modules/.exec(subject)[0]}`] = (byMeter[`${kind} ${/API requests|Modules/.exec(subject)[0]}`] ?? 0) + 1;
  for (const [name, count] of Object.entries(byMeter)) assert.equal(count, 1, name);
  assert.ok(byMeter["usage_100 API requests"] && byMeter["usage_80 API requests"], JSON.stringify(byMeter));
});

test("a warning that is outrun within a quarter of an hour is not sent", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  for (const userId of ["ada", "bob"]) {
    await newCustomer(server, userId);
    await take(server, userId, 8_000);
  }
  await server.clock.advance("PT10M");
  assert.equal(smtp.mails.length, 0);
  await take(server, "ada", 2_000);
  await server.clock.advance("PT10M");
  assert.deepEqual(smtp.mails.map(({ to, subject }) => [to, subject]).sort(), [
    ["ada@example.com", "Nova Cloud: API requests, limit of 10,000 reached"],
    ["bob@example.com", "Nova Cloud: API requests, 80 % of the limit used"],
  ]);
  const warning = (await mailsOf(server, "ada")).find(({ kind }) => kind === "usage_80");
  assert.equal(warning.status, "suppressed");
});

test("what may be done without is stopped by its link, and by one click in the mail program", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  await newCustomer(server, "ada");
  await take(server, "ada", 8_000);
  await server.clock.advance("PT16M");
  const [mail] = await smtp.taken(1);
  assert.equal(mail.headers["list-unsubscribe-post"], undefined, "one click is for https alone");
  const url = mail.headers["list-unsubscribe"].slice(1, -1);
  assert.ok(mail.text.includes(url) && url.startsWith(`${server.url}/unsubscribe/`), url);
  const path = new URL(url).pathname;
  const browser = new HttpClient(server.url);
  t.after(() => browser.close());
  const page = await browser.request("GET", path);
  assert.equal(page.status, 200);
  assert.match(page.text, /<form method="post">/);
  const forged = await browser.request("POST", `${path.slice(0, -1)}${path.endsWith("0") ? "1" : "0"}`, { body: "" });
  assert.equal(forged.status, 410);
  assert.equal((await browser.request("GET", "/unsubscribe/6164.receipt.00")).status, 410);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  for (let i = 0; i < 2; i++) assert.equal((await browser.request("POST", path, { body: "List-Unsubscribe=One-Click", headers })).status, 200);
  await server.clock.advance("P1M");
  await take(server, "ada", 10_000);
  await server.clock.advance("PT16M");
  const [reached, warned] = await mailsOf(server, "ada");
  assert.deepEqual([reached.kind, reached.status], ["usage_100", "sent"], "what is due comes all the same");
  assert.deepEqual([warned.kind, warned.status], ["usage_80", "suppressed"]);
});

test("a change of plan now, one for later, an end, and what was taken back", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  done(await ada.put("/api/billing/subscription", { tier: "professional" }));
  assert.deepEqual(await countsOf(server, "ada"), { plan_changed: 1 });
  const changed = await textOf(server, "ada", "plan_changed");
  assert.match(changed.text, /Before: Starter, monthly\nNow: Professional, monthly\n/);
  done(await ada.put("/api/billing/subscription", { tier: "starter" }));
  assert.deepEqual(await countsOf(server, "ada"), { plan_changed: 1, change_scheduled: 1 });
  done(await ada.put("/api/billing/subscription", { resume: true }));
  assert.deepEqual(await countsOf(server, "ada"), { plan_changed: 1, change_scheduled: 1, cancel_undone: 1 });
  await server.clock.advance("PT1H");
  done(await ada.post("/api/billing/cancel", {}));
  assert.deepEqual(await countsOf(server, "ada"), { plan_changed: 1, change_scheduled: 1, cancel_undone: 1, cancel_scheduled: 1 });
  done(await ada.put("/api/billing/subscription", { resume: true }));
  await server.clock.advance("PT1H");
  done(await ada.post("/api/billing/cancel", {}));
  await server.clock.advance("P1M1D");
  assert.equal((await subscription(ada)).tier, "free");
  const all = { plan_changed: 1, change_scheduled: 1, cancel_undone: 2, cancel_scheduled: 2, subscription_ended: 1 };
  assert.deepEqual(await countsOf(server, "ada"), all);
  await server.restart();
  await server.clock.advance("P1M");
  assert.deepEqual(await countsOf(server, "ada"), all);
});

test("a change for the period's end is told when it is planned and when it is there", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada", { tier: "professional" });
  done(await ada.put("/api/billing/subscription", { tier: "starter" }));
  await server.clock.advance("P1M1D");
  assert.equal((await subscription(ada)).tier, "starter");
  assert.deepEqual(await countsOf(server, "ada"), { change_scheduled: 1, plan_changed: 1 });
});

test("from year to month is no end: one mail when it is asked for", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada", { tier: "starter", interval: "year" });
  done(await ada.put("/api/billing/subscription", { interval: "month" }));
  assert.deepEqual(await countsOf(server, "ada"), { change_scheduled: 1 });
  const planned = await textOf(server, "ada", "change_scheduled");
  assert.match(planned.text, /Before: Starter, annual\nThen: Starter, monthly\n/);
});

test("a year's renewal is announced thirty days before, once, unless it will not come", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada", { tier: "starter", interval: "year" });
  const bob = await subscriber(server, "bob", { tier: "starter", interval: "year" });
  done(await bob.post("/api/billing/cancel", {}));
  await server.clock.to("2026-12-16T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), {});
  await server.clock.to("2026-12-18T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { renewal_reminder: 1 });
  await server.restart();
  await server.clock.to("2027-01-14T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { renewal_reminder: 1 });
  assert.deepEqual(await countsOf(server, "bob"), { cancel_scheduled: 1 });
  const { text } = await textOf(server, "ada", "renewal_reminder");
  assert.match(text, /On 15 January 2027, 12:00 UTC \$313\.20 is charged for the next year/);
});

test("a trial's end is announced three days before, once: with the sum, or with what is missing", async (t) => {
  const server = await startSelling(t, (catalogue) => {
    planIn(catalogue, "starter").trialDays = 14;
    Object.assign(planIn(catalogue, "professional"), { trialDays: 14, trialWithoutPaymentMethod: true });
  });
  const bob = await newCustomer(server, "bob"); // has no card
  done(await bob.post("/api/billing/subscribe", { tier: "professional" }), 201);
  for (const userId of ["ada", "cyd"]) await subscriber(server, userId);
  done(await server.api.as("cyd").post("/api/billing/cancel", {}));
  await server.clock.to("2026-01-26T00:00:00Z");
  for (const userId of ["ada", "bob"]) assert.deepEqual(await countsOf(server, userId), {}, userId);
  await server.clock.to("2026-01-27T13:00:00Z");
  for (const userId of ["ada", "bob"]) assert.deepEqual(await countsOf(server, userId), { trial_ending: 1 }, userId);
  const charged = await textOf(server, "ada", "trial_ending");
  assert.equal(charged.subject, "Turnpike: the trial of Starter ends on 29 January 2026, 12:00 UTC");
  assert.match(charged.text, /On 29 January 2026, 12:00 UTC the\s+subscription\s+begins\s+and\s+Visa •••• 4242\s+is\s+charged\s+\$29\.00\./);
  const missing = await textOf(server, "bob", "trial_ending");
  assert.match(missing.text, /To\s+go\s+on\s+after\s+29 January 2026, 12:00 UTC\s+for\s+\$99\.00,\s+add\s+a\s+payment\s+method\./);
  await server.restart();
  await server.clock.to("2026-01-28T13:00:00Z");
  for (const userId of ["ada", "bob"]) assert.deepEqual(await countsOf(server, userId), { trial_ending: 1 }, userId);
  await server.clock.to("2026-02-10T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { trial_ending: 1 });
  assert.deepEqual(await countsOf(server, "bob"), { trial_ending: 1, subscription_ended: 1 });
  assert.deepEqual(await countsOf(server, "cyd"), { cancel_scheduled: 1, subscription_ended: 1 }, "it ends as they said");
});

test("a card that expires is spoken of 30 and 7 days before the month's end, to who is charged by it", async (t) => {
  const server = await startServer(t);
  const stripe = await server.stripe();
  const card = { type: "card", card: { number: "4242424242424242", exp_month: 2, exp_year: 2026, cvc: "123" } };
  for (const userId of ["ada", "bob"]) {
    const api = await newCustomer(server, userId);
    const { id } = done(await stripe.post("/v1/payment_methods", card));
    done(await api.post("/api/billing/payment-methods", { paymentMethodId: id }), 201);
  }
  done(await server.api.as("ada").post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.to("2026-01-30T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), {});
  await server.clock.to("2026-01-31T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { card_expiring: 1 });
  await server.clock.to("2026-02-22T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { card_expiring: 1 });
  await server.clock.to("2026-02-23T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { card_expiring: 1, card_expiring_soon: 1 });
  await server.clock.to("2026-03-10T00:00:00Z");
  assert.deepEqual(await countsOf(server, "ada"), { card_expiring: 1, card_expiring_soon: 1 });
  assert.deepEqual(await countsOf(server, "bob"), {}, "nothing is charged to it");
  const { subject } = await textOf(server, "ada", "card_expiring");
  assert.match(subject, /Visa •••• 4242 is valid until 02\/2026/);
});

test("what goes back is told once an amount", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  const stripe = await server.stripe();
  const [customer] = (await atStripe(stripe, "ada")).customers;
  const [charge] = done(await stripe.get("/v1/charges", { customer: customer.id })).data;
  done(await stripe.post("/v1/refunds", { charge: charge.id, amount: 900 }));
  await server.clock.advance("PT1M");
  assert.deepEqual(await countsOf(server, "ada"), { refund: 1 });
  done(await stripe.post("/v1/refunds", { charge: charge.id }));
  await server.clock.advance("P1D");
  assert.deepEqual(await countsOf(server, "ada"), { refund: 2 });
  const subjects = (await mailsOf(server, "ada")).filter(({ kind }) => kind === "refund").map(({ subject }) => subject);
  assert.deepEqual(subjects.sort(), ["Turnpike: refund of $20.00", "Turnpike: refund of $9.00"]);
});

// A customer who pays by bank transfer, with a plan bought and its invoice sent.
async function onInvoice(server, userId) {
  const api = await newCustomer(server, userId);
  done(await server.api.put(`/api/admin/customers/${userId}/billing-terms`, { daysUntilDue: 14 }));
  done(await api.post("/api/billing/subscribe", { tier: "professional" }), 201);
  assert.deepEqual(await countsOf(server, userId), {}, "a draft is nothing to pay yet");
  await server.clock.advance("PT2H");
  return api;
}

test("a credit note is told once, whoever issued it", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  const [invoice] = await invoices(ada);
  const issue = (key) =>
    server.api.post("/api/admin/credit-notes", { userId: "ada", invoiceId: invoice.id, amount: usd(500), returns: "balance" }, { idempotencyKey: key });
  const ours = done(await issue("once"), 201);
  done(await issue("once"), 201);
  await server.clock.advance("PT1M");
  assert.deepEqual(await countsOf(server, "ada"), { credit_note: 1 });
  const { subject, text } = await textOf(server, "ada", "credit_note");
  assert.equal(subject, `Turnpike: credit note ${ours.number} over $5.00`);
  assert.ok(text.includes(`It corrects invoice ${invoice.number}.`), text);

  const stripe = await server.stripe();
  const [theirInvoice] = (await atStripe(stripe, "ada")).invoices;
  const theirs = done(await stripe.post("/v1/credit_notes", { invoice: theirInvoice.id, amount: 700, credit_amount: 700, reason: "order_change" }));
  await server.clock.advance("PT1M");
  assert.deepEqual(await countsOf(server, "ada"), { credit_note: 2 });
  assert.equal((await textOf(server, "ada", "credit_note")).subject, `Turnpike: credit note ${theirs.number} over $7.00`);
  assert.match((await textOf(server, "ada", "credit_note")).text, /^Reason: The order was changed$/m);
  assert.doesNotMatch(text, /Reason/, "no reason was given");
  await server.restart();
  await server.clock.advance("P1D");
  assert.deepEqual(await countsOf(server, "ada"), { credit_note: 2 });
});

test("a credit note that is made void is not told again", async (t) => {
  const server = await startServer(t);
  const acme = await onInvoice(server, "acme"); // only of an invoice that is open can it be void
  const stripe = await server.stripe();
  const [invoice] = (await atStripe(stripe, "acme")).invoices;
  const { id } = done(await stripe.post("/v1/credit_notes", { invoice: invoice.id, amount: 700 }));
  await server.clock.advance("PT1M");
  assert.deepEqual(await countsOf(server, "acme"), { invoice_available: 1, credit_note: 1 });
  done(await stripe.post(`/v1/credit_notes/${id}/void`));
  await server.clock.advance("P1D");
  const types = done(await acme.get("/api/billing/events")).data.map(({ type }) => type);
  assert.ok(types.includes("credit_note.voided"), types.join());
  assert.deepEqual(await countsOf(server, "acme"), { invoice_available: 1, credit_note: 1 });
});

test("an invoice that waits for a transfer is told of when it is there, once, with its number and its day", async (t) => {
  const server = await startServer(t);
  const acme = await onInvoice(server, "acme");
  assert.deepEqual(await countsOf(server, "acme"), { invoice_available: 1 });
  const [invoice] = await invoices(acme);
  const mail = await textOf(server, "acme", "invoice_available");
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(invoice.dueDate));
  assert.equal(mail.subject, `Turnpike: invoice ${invoice.number} over $99.00, due on ${day}`);
  assert.match(mail.text, new RegExp(`^ *Due on: +${day}$`, "m"));

  await server.restart();
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "acme");
  done(await stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount: 9_900, currency: "usd", reference: invoice.number }));
  await server.clock.advance("P1D");
  assert.deepEqual((await mailsOf(server, "acme")).map(({ kind }) => kind), ["receipt", "invoice_available"]);
  await server.clock.to((await subscription(server.api.as("acme"))).currentPeriodEnd);
  await server.clock.advance("PT2H");
  assert.deepEqual(await countsOf(server, "acme"), { invoice_available: 2 }, "the renewal has its own");
});

test("after thirty days what was written is forgotten; that it was written is not", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  const [{ id, subject }] = await mailsOf(server, "ada");
  await server.clock.advance("P29D");
  assert.match(done(await server.api.get(`${OUTBOX}/${id}`)).text, /We have received/);
  await server.clock.advance("P3D");
  const mail = done(await server.api.get(`${OUTBOX}/${id}`));
  assert.deepEqual([mail.subject, mail.text, mail.html], [subject, null, null]);
});

// Promise: a mail reaches the mail server once, over TLS, however often the server says "later", hangs
// up or the program dies; what it refuses for good is not tried again, and an operator sees why.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Server, startServer } from "../harness/server.mjs";
import { decodeWords, startSmtp } from "../harness/smtp.mjs";
import { atStripe, customerWithCard, done, invoices, newCustomer, refused, subscriber, subscription } from "./support.mjs";

const OUTBOX = "/api/admin/outbox";
const METHODS = "/api/billing/payment-methods";
const SUPPRESSIONS = "/api/admin/suppressions";

// The newest that was written to a customer; what operators are told about the customer is not.
async function mailOf(server, userId) {
  const { data } = done(await server.api.get(`${OUTBOX}?userId=${userId}`));
  return done(await server.api.get(`${OUTBOX}/${data.find(({ kind }) => kind !== "mail_undelivered").id}`));
}

async function startBoth(t, options) {
  const smtp = await startSmtp(t, options);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  return { smtp, server };
}

// Lets everything that is due by now end: the clock answers when all is quiet.
const settle = (server) => server.clock.advance("PT1S");

test("a receipt goes out over STARTTLS, signed in, well-formed to the last header", async (t) => {
  const { smtp, server } = await startBoth(t);
  await server.api.createCustomer("ada", { name: 'Ada "Ace" Jürgens', email: "ada@example.com" });
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const [mail] = await smtp.taken(1);
  await settle(server);
  const kept = await mailOf(server, "ada");
  assert.deepEqual([kept.status, kept.attempts, kept.lastError, kept.nextAttemptAt], ["sent", 1, null, null]);
  assert.ok(kept.sentAt);
  assert.deepEqual([mail.isSecure, mail.from, mail.to], [true, "billing@nova.example", "ada@example.com"]);
  assert.equal(mail.subject, kept.subject);
  assert.equal(mail.text.trimEnd(), kept.text.trimEnd());
  assert.equal(mail.html.trimEnd(), kept.html.trimEnd());
  assert.equal(mail.headers.from, '"Nova Cloud" <billing@nova.example>');
  assert.equal(decodeWords(mail.headers.to), 'Ada "Ace" Jürgens <ada@example.com>');
  assert.equal(mail.headers["message-id"], `<${kept.id}@nova.example>`);
  assert.equal(mail.headers["auto-submitted"], "auto-generated");
  assert.equal(mail.headers["content-language"], "en");
  assert.equal(mail.headers.date, "Thu, 15 Jan 2026 12:00:00 +0000");
  assert.match(mail.headers.references, /^<[0-9a-f]{32}@nova.example>$/);
  assert.equal(mail.headers["in-reply-to"], mail.headers.references);
  assert.equal(mail.headers["list-unsubscribe"], undefined, "a receipt is due to everybody");
  assert.deepEqual(kept.headers.map(({ name }) => name), mail.names);
  assert.match(mail.parts[0].head, /text\/plain; charset=utf-8/);
  assert.match(mail.parts[1].head, /text\/html; charset=utf-8/);
  for (const line of mail.raw.split("\r\n")) assert.ok(line.length <= 78 && /^[\x20-\x7e]*$/.test(line), line);
  assert.equal(smtp.mails.length, 1);
});

test("a relay on the same machine needs neither TLS nor a password", async (t) => {
  const { smtp, server } = await startBoth(t, { offersTls: false, wantsAuth: false });
  await subscriber(server, "ada");
  const [mail] = await smtp.taken(1);
  assert.equal(mail.isSecure, false);
  assert.ok(!smtp.commands.includes("AUTH"));
});

test("a password is never sent to a server without TLS", async (t) => {
  const { smtp, server } = await startBoth(t, { offersTls: false, wantsAuth: true });
  await subscriber(server, "ada");
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.deepEqual([mail.status, mail.attempts], ["queued", 1]);
  assert.ok(!smtp.commands.includes("AUTH"), smtp.commands.join());
  assert.equal(smtp.mails.length, 0);
});

test("a server that nobody vouches for is given nothing", async (t) => {
  const smtp = await startSmtp(t);
  const args = smtp.args.filter((arg, i, all) => arg !== "--smtp-ca" && all[i - 1] !== "--smtp-ca");
  const server = await startServer(t, { args, env: smtp.env });
  await subscriber(server, "ada");
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.equal(mail.status, "queued");
  assert.match(mail.lastError, /SSL|certificate/i);
  assert.ok(!smtp.commands.includes("AUTH"));
});

test("who says later is asked again after 1 and 5 minutes, half an hour, 2, 6 and 24 hours, then no more", async (t) => {
  const { smtp, server } = await startBoth(t);
  smtp.answer("RCPT", "450 4.2.0 Later", 7);
  await subscriber(server, "ada");
  await settle(server);
  const waits = [60, 300, 1_800, 7_200, 21_600, 86_400];
  for (const [at, seconds] of waits.entries()) {
    const mail = await mailOf(server, "ada");
    assert.deepEqual([mail.status, mail.attempts, mail.lastError], ["queued", at + 1, "RCPT: 450 4.2.0 Later"]);
    await server.clock.to(new Date(Date.parse(mail.nextAttemptAt) - 1_000).toISOString());
    assert.equal((await mailOf(server, "ada")).attempts, at + 1, `not before ${seconds} s`);
    await server.clock.advance("PT2S");
  }
  assert.deepEqual([(await mailOf(server, "ada")).status, (await mailOf(server, "ada")).attempts], ["failed", 7]);
  await server.clock.advance("P7D");
  assert.equal(smtp.mails.length, 0);
  const { id } = await mailOf(server, "ada");
  done(await server.api.post(`${OUTBOX}/${id}/retry`));
  await smtp.taken(1);
  await settle(server);
  assert.equal((await mailOf(server, "ada")).status, "sent");
  refused(await server.api.post(`${OUTBOX}/${id}/retry`), 409, "mail_not_retryable");
  refused(await server.api.post(`${OUTBOX}/mail_nobody/retry`), 404, "mail_not_found");
  refused(await server.api.post(`${OUTBOX}/${id}/retry`, { now: true }), 422, "invalid_fields", "now");
});

const alertsOf = (smtp) => smtp.mails.filter(({ to }) => to === "ops@nova.example");

async function startWithAlerts(t) {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: [...smtp.args, "--alerts-to", "ops@nova.example"], env: smtp.env });
  return { smtp, server };
}

test("operators are told of an address that is refused for good, once a day and with the way to mend it", async (t) => {
  const { smtp, server } = await startWithAlerts(t);
  smtp.answer("RCPT", "550 5.1.1 No such user");
  await subscriber(server, "ada");
  await settle(server);
  await settle(server);
  const [alert, ...others] = alertsOf(smtp);
  assert.deepEqual(others, []);
  assert.equal(alert.subject, "Nova Cloud: mail to customer ada bounces");
  assert.match(alert.text, /RCPT: 550 5\.1\.1 No such user/);
  const { data } = done(await server.api.get(`${OUTBOX}?userId=ada&status=suppressed`));
  assert.ok(alert.text.replace(/\s+/g, " ").includes(`POST /api/admin/outbox/${data.at(-1).id}/retry`), alert.text);
});

test("a mail to a person that is refused for good does not end the server, and operators are told of it too", async (t) => {
  const { smtp, server } = await startWithAlerts(t);
  smtp.answer("RCPT", "550 5.1.1 No such user");
  done(await server.api.post("/api/admin/operators", { email: "gone@example.com", role: "auditor" }), 201);
  await settle(server);
  await settle(server);
  const [alert, ...others] = alertsOf(smtp);
  assert.deepEqual(others, []);
  assert.equal(alert.subject, "Nova Cloud: mail to a person bounces");
  assert.match(alert.text, /No link and no warning reaches them/);
  assert.deepEqual(done(await server.api.get(SUPPRESSIONS)).data.map(({ address }) => address), ["gone@example.com"]);
});

test("operators are told of mail that was given up, once a day however much it was; and not of alerts", async (t) => {
  const { smtp, server } = await startWithAlerts(t);
  smtp.answer("message", "554 5.6.0 We do not like this", 3); // two receipts, and the alert itself
  await subscriber(server, "ada");
  await subscriber(server, "bob");
  await settle(server);
  await settle(server);
  assert.deepEqual(alertsOf(smtp), [], "the server refused the alert too");
  const { data } = done(await server.api.get(`${OUTBOX}?limit=100`));
  assert.deepEqual(data.map(({ kind, status }) => [kind, status]).sort(),
    [["mail_undelivered", "failed"], ["receipt", "failed"], ["receipt", "failed"]]);
  await server.clock.advance("P1D");
  smtp.answer("message", "554 5.6.0 We do not like this");
  await subscriber(server, "cyd");
  await settle(server);
  await settle(server);
  assert.deepEqual(alertsOf(smtp).map(({ subject }) => subject), ["Nova Cloud: mail is not delivered"], "another day");
});

test("a refused message is given up at once, and its address stays good", async (t) => {
  const { smtp, server } = await startBoth(t);
  smtp.answer("message", "554 5.6.0 We do not like this");
  await subscriber(server, "ada");
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.deepEqual([mail.status, mail.lastError], ["failed", "DATA: 554 5.6.0 We do not like this"]);
  assert.deepEqual(done(await server.api.get(SUPPRESSIONS)).data, []);
});

test("an address that is not there is written to no more, until an operator says otherwise", async (t) => {
  const { smtp, server } = await startBoth(t);
  smtp.answer("RCPT", "550 5.1.1 No such user");
  await subscriber(server, "ada");
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.deepEqual([mail.status, mail.lastError], ["suppressed", "RCPT: 550 5.1.1 No such user"]);
  await server.clock.advance("P1M1D");
  assert.equal((await mailOf(server, "ada")).status, "suppressed", "the second receipt too");
  assert.equal(smtp.mails.length, 0);
  const { data } = done(await server.api.get(SUPPRESSIONS));
  assert.deepEqual(data.map(({ address, reason }) => [address, reason]), [["ada@example.com", "RCPT: 550 5.1.1 No such user"]]);
  refused(await server.api.get(`${SUPPRESSIONS}?limit=0`), 422, "invalid_query", "limit");
  refused(await server.api.get(`${SUPPRESSIONS}?user=ada`), 422, "invalid_query", "user");
  refused(await server.api.withKey("tp_test_no").get(SUPPRESSIONS), 401, "key_invalid");
  refused(await server.api.withKey("tp_test_no").delete(`${SUPPRESSIONS}/ada@example.com`), 401, "key_invalid");
  refused(await server.api.delete(`${SUPPRESSIONS}/bob@example.com`), 404, "mail_not_suppressed");
  refused(await server.api.put(`${SUPPRESSIONS}/ada@example.com`), 405, "method_not_allowed");
  done(await server.api.delete(`${SUPPRESSIONS}/ADA@example.com`), 204);
  refused(await server.api.post(`${OUTBOX}/${mail.id}/retry`), 409, "mail_not_retryable"); // its text is forgotten
  const { id } = await mailOf(server, "ada");
  done(await server.api.post(`${OUTBOX}/${id}/retry`));
  await smtp.taken(1);
});

test("a mail that asks for money is not sent once there is nothing to pay", async (t) => {
  const { smtp, server } = await startBoth(t);
  const users = ["ada", "bob", "cyd"];
  for (const userId of users) {
    const api = await subscriber(server, userId);
    const { id } = done(await api.post(METHODS, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
    done(await api.put(`${METHODS}/${id}/default`));
  }
  await smtp.taken(3); // the receipts
  smtp.answer("RCPT", "450 4.2.0 Later", 3);
  const { currentPeriodEnd } = await subscription(server.api.as("ada"));
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H"); // a renewal is charged an hour after it has begun
  const asking = {};
  for (const userId of users) {
    const { id, kind, status, attempts, nextAttemptAt } = await mailOf(server, userId);
    asking[userId] = id;
    assert.deepEqual([kind, status, attempts], ["payment_failed", "queued", 1], userId);
    assert.ok(Date.parse(nextAttemptAt) > Date.parse(await server.clock.now()), userId);
  }

  done(await server.api.as("ada").post(METHODS, { paymentMethodId: "pm_card_mastercard" }), 201); // is charged at once
  const stripe = await server.stripe();
  const owed = (await atStripe(stripe, "cyd")).invoices.find(({ status }) => status === "open");
  done(await stripe.post(`/v1/invoices/${owed.id}/void`));
  await settle(server);
  await server.clock.advance("PT2M");
  const kept = async (userId) => done(await server.api.get(`${OUTBOX}/${asking[userId]}`));
  for (const userId of ["ada", "cyd"]) {
    const { status, attempts, lastError, sentAt, nextAttemptAt } = await kept(userId);
    assert.deepEqual([status, attempts, sentAt, nextAttemptAt], ["suppressed", 1, null, null], userId);
    assert.equal(lastError, "Nothing is to be paid on the invoice any more.");
  }
  assert.equal((await kept("bob")).status, "sent", "who still owes is asked");
  done(await server.api.post(`${OUTBOX}/${asking.ada}/retry`));
  await settle(server);
  assert.equal((await kept("ada")).status, "suppressed", "whoever asks for it");
  const asked = smtp.mails.filter(({ subject }) => /did not go through/.test(subject));
  assert.deepEqual(asked.map(({ to }) => to), ["bob@example.com"]);
});

test("an invoice to be transferred, paid before the mail about it could go out, is not asked for", async (t) => {
  const { smtp, server } = await startBoth(t);
  const api = await newCustomer(server, "acme");
  done(await server.api.put("/api/admin/customers/acme/billing-terms", { daysUntilDue: 14 }));
  smtp.answer("RCPT", "450 4.2.0 Later");
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1H"); // so long the invoice is a draft
  const { id, kind, status } = await mailOf(server, "acme");
  assert.deepEqual([kind, status], ["invoice_available", "queued"]);
  const stripe = await server.stripe();
  const { customers } = await atStripe(stripe, "acme");
  const [{ number }] = await invoices(api);
  done(await stripe.post(`/v1/test_helpers/customers/${customers[0].id}/fund_cash_balance`, { amount: 2_900, currency: "usd", reference: number }));
  await settle(server);
  await server.clock.advance("PT2M");
  assert.equal(done(await server.api.get(`${OUTBOX}/${id}`)).status, "suppressed");
  assert.deepEqual(smtp.mails.map(({ subject }) => /receipt|received/i.test(subject)), [true]);
});

test("relaying denied is no fault of the address", async (t) => {
  const { smtp, server } = await startBoth(t);
  smtp.answer("RCPT", "550 5.7.1 Relaying denied");
  await subscriber(server, "ada");
  await settle(server);
  assert.equal((await mailOf(server, "ada")).status, "failed");
  assert.deepEqual(done(await server.api.get(SUPPRESSIONS)).data, []);
});

for (const verb of ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]) {
  test(`a connection lost at ${verb} is made again a minute later`, async (t) => {
    const { smtp, server } = await startBoth(t);
    smtp.answer(verb, "hang up");
    await subscriber(server, "ada");
    await settle(server);
    assert.equal((await mailOf(server, "ada")).status, "queued");
    await server.clock.advance("PT2M");
    assert.equal(smtp.mails.length, 1);
    assert.equal((await mailOf(server, "ada")).status, "sent");
  });
}

test("a wrong password is no fault of the mail", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: { TURNPIKE_SMTP_PASSWORD: "wrong" } });
  await subscriber(server, "ada");
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.equal(mail.status, "queued");
  assert.match(mail.lastError, /535/);
});

test("taken, and the answer lost: it comes once more, under the same Message-ID", async (t) => {
  const { smtp, server } = await startBoth(t);
  smtp.answer("message", "take and hang up");
  await subscriber(server, "ada");
  await settle(server);
  assert.equal((await mailOf(server, "ada")).status, "queued");
  await server.clock.advance("PT2M");
  assert.equal((await mailOf(server, "ada")).status, "sent");
  const [first, second] = smtp.mails;
  assert.equal(smtp.mails.length, 2);
  assert.equal(second.headers["message-id"], first.headers["message-id"]);
  assert.equal(second.raw, first.raw);
});

test("the program dies while the server has the mail: one duplicate at most, and it is known", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  await customerWithCard(server, "ada");
  smtp.answer("message", "take and hang up");
  const killed = smtp.taken(1).then(() => server.kill());
  await server.api.as("ada").post("/api/billing/subscribe", { tier: "starter" }).catch(() => {});
  await killed;
  await server.start();
  await server.clock.advance("PT2M");
  await server.clock.advance("P1D");
  assert.ok(smtp.mails.length <= 2, `${smtp.mails.length} mails`);
  assert.equal(new Set(smtp.mails.map(({ headers }) => headers["message-id"])).size, 1);
  assert.equal((await mailOf(server, "ada")).status, "sent");
});

test("an address that cannot be one is not given to the server at all", async (t) => {
  const { smtp, server } = await startBoth(t);
  await server.api.createCustomer("ada", { email: "ada,all@example.com" });
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await settle(server);
  const mail = await mailOf(server, "ada");
  assert.deepEqual([mail.status, mail.attempts], ["suppressed", 0]);
  assert.match(mail.lastError, /not one that mail can go to/);
  assert.deepEqual(smtp.commands, []);
});

test("without a server mails stay here, and are not sent once there is one, unless asked for", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t);
  await subscriber(server, "ada");
  const { id, status } = await mailOf(server, "ada");
  assert.equal(status, "local");
  refused(await server.api.post(`${OUTBOX}/${id}/retry`), 409, "mail_server_missing");
  await server.stop();
  const again = new Server(server.data, { args: smtp.args, env: smtp.env });
  t.after(() => again.dispose());
  await again.start({ key: server.key });
  assert.equal((await mailOf(again, "ada")).status, "local");
  done(await again.api.post(`${OUTBOX}/${id}/retry`));
  await smtp.taken(1);
});

// Promise: who pays by the year is reminded 30 days before it renews, in their language, with the day, the sum and what it is
// charged to, once; who has cancelled, pays by the month or changes plan is not.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, subscriber } from "./support.mjs";

const START = "2026-01-15T12:00:00Z";
const YEARLY = { tier: "starter", interval: "year" };

const EN = `Starter renews for another year

On 15 January 2027, 12:00 UTC $313.20 is charged for the next year. You
can change or cancel until then.

Plan: Starter
Renews: 15 January 2027, 12:00 UTC
Amount: $313.20
Payment method: Visa •••• 4242

Manage the subscription:
`;
const DE = `Starter verlängert sich um ein Jahr

Am 15. Januar 2027, 12:00 Uhr UTC werden 313,20 $ für das nächste Jahr
berechnet. Bis dahin können Sie wechseln oder kündigen.

Tarif: Starter
Verlängert sich: 15. Januar 2027, 12:00 Uhr UTC
Betrag: 313,20 $
Zahlungsmittel: Visa •••• 4242

Abonnement verwalten:
`;

const remindersOf = async (server, userId) =>
  done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data.filter(({ kind }) => kind === "renewal_reminder");

test("30 days before, once, word for word, to those who renew", async (t) => {
  const server = await startServer(t, { testClock: START });
  await subscriber(server, "ada", YEARLY);
  await newCustomer(server, "dieter", { language: "de" });
  done(await server.api.as("dieter").post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await server.api.as("dieter").post("/api/billing/subscribe", YEARLY), 201);
  await subscriber(server, "monthly");
  for (const userId of ["leaver", "regrets"]) done(await (await subscriber(server, userId, YEARLY)).post("/api/billing/cancel", {}));
  done(await (await subscriber(server, "smaller", { tier: "professional", interval: "year" })).put("/api/billing/subscription", { tier: "starter" }));
  done(await server.api.as("regrets").put("/api/billing/subscription", { resume: true }));

  await t.test("not on the 31st day before", async () => {
    await server.clock.to("2026-12-16T08:59:59Z"); // notices are written at nine
    for (const userId of ["ada", "dieter", "regrets"]) assert.deepEqual(await remindersOf(server, userId), [], userId);
  });

  await t.test("on the 30th, in the language of the customer", async () => {
    await server.clock.to("2026-12-17T09:00:00Z");
    for (const [userId, subject, text] of [
      ["ada", "Turnpike: Starter renews for a year on 15 January 2027, 12:00 UTC, $313.20", EN],
      ["dieter", "Turnpike: Starter verlängert sich am 15. Januar 2027, 12:00 Uhr UTC um ein Jahr, 313,20 $", DE],
    ]) {
      const [mail, ...more] = await remindersOf(server, userId);
      assert.equal(more.length, 0);
      assert.equal(mail.subject.replaceAll("\u00a0", " "), subject);
      const whole = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
      const said = whole.text.replaceAll("\u00a0", " ");
      assert.equal(said.slice(0, text.length), text);
      assert.match(said.slice(text.length), /^http\S+\/billing\/plan\n/);
      assert.ok(whole.html.includes("/billing"), "the page where one changes or cancels");
    }
  });

  await t.test("once, whatever happens until then; not to those who do not renew", async () => {
    await server.restart();
    await server.clock.to("2027-01-15T11:00:00Z");
    for (const [userId, count] of [["ada", 1], ["dieter", 1], ["regrets", 1], ["monthly", 0], ["leaver", 0], ["smaller", 0]]) {
      assert.equal((await remindersOf(server, userId)).length, count, userId);
    }
  });

  await t.test("and again before the year after", async () => {
    await server.clock.to("2027-12-17T09:00:00Z");
    for (const [userId, count] of [["ada", 2], ["leaver", 0]]) assert.equal((await remindersOf(server, userId)).length, count, userId);
  });
});

test("a card that is no longer there is not named", async (t) => {
  const server = await startServer(t, { testClock: START });
  const ada = await customerWithCard(server, "ada");
  done(await ada.post("/api/billing/subscribe", YEARLY), 201);
  done(await ada.post("/api/billing/cancel", {}));
  const [{ id }] = done(await ada.get("/api/billing/payment-methods")).data;
  done(await ada.delete(`/api/billing/payment-methods/${id}`), 204);
  done(await ada.put("/api/billing/subscription", { resume: true }));
  await server.clock.to("2026-12-17T09:00:00Z");
  const [mail] = await remindersOf(server, "ada");
  const { text } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
  assert.doesNotMatch(text, /Payment method/);
});

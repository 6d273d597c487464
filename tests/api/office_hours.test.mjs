// Promise: what reminds a customer waits for nine o'clock of a working day where they are, and no longer than it
// is true; what happens now is told now; and a customer who has paid meanwhile is not reminded.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { done, invoices, newCustomer, refused } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";

// A customer whose renewal of that day of April 2026, at 01:00 UTC, is declined.
async function debtor(t, day, timeZone) {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { testClock: `2026-03-${day}T00:00:00Z`, args: smtp.args, env: smtp.env });
  const api = await newCustomer(server, "early", timeZone && { timeZone });
  for (const paymentMethodId of ["pm_card_visa", "pm_card_chargeCustomerFail"]) {
    const { id } = done(await api.post(METHODS, { paymentMethodId }), 201);
    done(await api.put(`${METHODS}/${id}/default`));
    if (paymentMethodId === "pm_card_visa") done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  }
  // The mails so far, each with the minute in which it went out, hour by hour.
  let now = Date.parse(`2026-04-${day}T00:00:00Z`);
  const until = async (instant) => {
    for (; now <= Date.parse(instant); now += 3_600_000) await server.clock.to(new Date(now).toISOString());
    const { data } = done(await server.api.get("/api/admin/outbox?userId=early&limit=100"));
    return data.reverse().filter(({ kind }) => kind !== "receipt").map(({ kind, status, sentAt }) => [kind, sentAt?.slice(5, 16) ?? status]);
  };
  return { server, api, until };
}

test("in Berlin: in the morning, on Monday rather than on Saturday; and at once what happens now", async (t) => {
  const { until } = await debtor(t, "08", "Europe/Berlin"); // a Wednesday
  assert.deepEqual(await until("2026-04-24T00:00:00Z"), [
    ["payment_failed", "04-08T01:00"],
    ["retry_failed", "04-13T07:00"], // of Saturday
    ["access_ending", "04-13T07:00"],
    ["access_restricted", "04-15T01:00"],
    ["subscription_ending", "04-20T07:00"],
    ["moved_to_free", "04-22T01:00"],
  ]);
});

test("on Saturday after all, when Monday would be too late", async (t) => {
  const { until } = await debtor(t, "06", "Europe/Berlin"); // a Monday
  assert.deepEqual((await until("2026-04-21T00:00:00Z")).slice(1), [
    ["retry_failed", "04-09T07:00"],
    ["access_ending", "04-11T07:00"], // access ends on Monday at 03:00 there
    ["access_restricted", "04-13T01:00"],
    ["subscription_ending", "04-18T07:00"],
    ["moved_to_free", "04-20T01:00"],
  ]);
});

test("in New York, where it is still the day before", async (t) => {
  const { until } = await debtor(t, "10", "America/New_York");
  assert.deepEqual((await until("2026-04-16T00:00:00Z")).slice(1), [
    ["retry_failed", "04-13T13:00"],
    ["access_ending", "04-15T13:00"],
  ]);
});

test("without a time zone it is UTC; and paid before the morning nothing is sent", async (t) => {
  const { api, until } = await debtor(t, "10");
  assert.deepEqual((await until("2026-04-13T07:00:00Z")).at(-1), ["retry_failed", "queued"]);
  const good = done(await api.post(METHODS, { paymentMethodId: "pm_card_mastercard" }), 201);
  assert.ok(good.id);
  const mails = await until("2026-04-13T10:00:00Z");
  assert.equal((await invoices(api))[0].status, "paid");
  assert.deepEqual(mails.find(([kind]) => kind === "retry_failed"), ["retry_failed", "suppressed"]);
});

test("a time zone is one of the tz database, and stays", async (t) => {
  const server = await startServer(t);
  const create = (userId, timeZone) => server.api.post("/api/customers", { userId, name: "Ada", email: "ada@example.com", timeZone });
  for (const timeZone of ["Europe/Atlantis", "../../../etc/passwd", "/etc/passwd", "Europe", "Zürich", " UTC", "", 7]) {
    refused(await create("ada", timeZone), 422, "invalid_fields", "timeZone");
  }
  assert.equal(done(await create("ada", "Asia/Kolkata"), 201).timeZone, "Asia/Kolkata");
  assert.equal(done(await create("ada", "Asia/Kolkata")).timeZone, "Asia/Kolkata");
  refused(await create("ada", "Europe/Berlin"), 409, "customer_conflict");
  assert.equal(done(await server.api.get("/api/customers/ada")).timeZone, "Asia/Kolkata");
  await server.api.createCustomer("bob");
  assert.equal(done(await server.api.get("/api/customers/bob")).timeZone, null);
});

test("a customer who moves, or speaks another language, is written to accordingly from then on", async (t) => {
  const { server, until } = await debtor(t, "08");
  const preferences = "/api/customers/early/preferences";
  const moved = done(await server.api.put(preferences, { language: "de", timeZone: "America/New_York" }));
  assert.deepEqual([moved.userId, moved.language, moved.timeZone], ["early", "de", "America/New_York"]);
  assert.deepEqual(done(await server.api.get("/api/customers/early")), moved);
  assert.deepEqual((await until("2026-04-14T00:00:00Z"))[1], ["retry_failed", "04-13T13:00"], "nine o'clock in New York");
  const { data } = done(await server.api.get("/api/admin/outbox?userId=early&limit=100"));
  assert.match(data.find(({ kind }) => kind === "retry_failed").subject, /noch offen/);
  const back = done(await server.api.put(preferences, { language: null, timeZone: null }));
  assert.deepEqual([back.language, back.timeZone], [null, null]);
  refused(await server.api.put(preferences, { language: "fr", timeZone: null }), 422, "invalid_fields", "language");
  refused(await server.api.put(preferences, { language: "de" }), 422, "invalid_fields", "timeZone");
  refused(await server.api.put(preferences, { language: "de", timeZone: "Mars/Olympus" }), 422, "invalid_fields", "timeZone");
  refused(await server.api.put(preferences, { language: "de", timeZone: null, mood: "good" }), 422, "invalid_fields", "mood");
  refused(await server.api.put("/api/customers/nobody/preferences", { language: "de", timeZone: null }), 404, "customer_not_found");
  refused(await server.api.withKey("tp_test_no").put(preferences, { language: "de", timeZone: null }), 401, "key_invalid");
});

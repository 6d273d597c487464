// Promise: every period is billed once, periods tile without gap or overlap, and who does not pay
// keeps full access for seven days, then that of free, until it is paid.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, invoices, refused, sameInstant, subscriber, subscription, usd } from "./support.mjs";

const METHODS = "/api/billing/payment-methods";

// The 31st of the months that follow 31 January 2027, clamped to their last day, over a leap February.
const MONTH_ENDS = [
  "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
  "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31",
];

test("thirteen months and a leap February from the 31st: one invoice a period, no gap, no overlap", async (t) => {
  const server = await startServer(t, { testClock: "2027-01-31T10:00:00Z" });
  const monthly = await subscriber(server, "monthly");
  const annual = await subscriber(server, "annual", { tier: "starter", interval: "year" });
  await server.clock.to("2028-03-30T00:00:00Z");

  const billed = (await invoices(monthly)).reverse();
  assert.equal(billed.length, MONTH_ENDS.length - 1);
  const periods = [];
  for (const { id, status, amountPaid } of billed) {
    assert.deepEqual([status, amountPaid], ["paid", usd(2_900)]);
    const { lines } = done(await monthly.get(`/api/billing/invoices/${id}`));
    assert.equal(lines.length, 1);
    periods.push(lines[0].period);
  }
  periods.forEach(({ start, end }, index) => {
    sameInstant(start, `${MONTH_ENDS[index]}T10:00:00Z`);
    sameInstant(end, `${MONTH_ENDS[index + 1]}T10:00:00Z`);
  });
  const now = await subscription(monthly);
  sameInstant(now.usagePeriodStart, "2028-02-29T10:00:00Z");
  sameInstant(now.usagePeriodEnd, "2028-03-31T10:00:00Z");
  assert.deepEqual([now.status, now.currentPeriodEnd], ["active", now.usagePeriodEnd]);

  const yearly = (await invoices(annual)).map(({ amountPaid }) => amountPaid);
  assert.deepEqual(yearly, [usd(31_320), usd(31_320)]);
  const later = await subscription(annual);
  sameInstant(later.currentPeriodStart, "2028-01-31T10:00:00Z");
  sameInstant(later.usagePeriodStart, "2028-02-29T10:00:00Z");

  const first = done(await monthly.get("/api/billing/invoices?limit=5"));
  const second = done(await monthly.get(`/api/billing/invoices?limit=100&cursor=${first.nextCursor}`));
  assert.deepEqual([first.data.length, second.data.length, second.nextCursor], [5, 9, null]);
  assert.equal(new Set([...first.data, ...second.data].map(({ id }) => id)).size, 14);
  refused(await monthly.get("/api/billing/invoices?cursor=invo_nobody"), 422, "invalid_query", "cursor");
  refused(await monthly.get("/api/billing/invoices?limit=0"), 422, "invalid_query", "limit");
  refused(await monthly.get("/api/billing/invoices/invo_nobody"), 404, "invoice_not_found");
  refused(await annual.get(`/api/billing/invoices/${billed[0].id}`), 404, "invoice_not_found");
  refused(await annual.get(`/api/billing/invoices/${billed[0].id}/pdf`), 404, "invoice_not_found");
  refused(await annual.post(`/api/billing/invoices/${billed[0].id}/pay`), 404, "invoice_not_found");
  refused(await monthly.post(`/api/billing/invoices/${billed[0].id}/pay`), 409, "invoice_not_payable");
});

// A subscriber whose card fails from now on, one renewal later; the open invoice.
async function fallBehind(server, userId) {
  const api = await subscriber(server, userId);
  const { currentPeriodEnd } = await subscription(api);
  const bad = done(await api.post(METHODS, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`${METHODS}/${bad.id}/default`));
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H"); // Stripe charges a renewal an hour after it has begun
  const [open] = (await invoices(api)).filter(({ status }) => status === "open");
  assert.ok(open, "the renewal's invoice is open");
  return { api, open };
}

test("who does not pay: full for 7 days, then as free, until it is paid", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const { api, open } = await fallBehind(server, "debtor");
  const take = async (amount) =>
    done(await server.api.post("/api/usage/take", { userId: "debtor", metric: "modules", amount })).allowed;

  const owing = await subscription(api);
  assert.deepEqual([owing.tier, owing.status, owing.access, owing.limits.modules.limit], ["starter", "past_due", "full", 25]);
  assert.deepEqual([open.amount, open.amountDue, open.amountPaid], [usd(2_900), usd(2_900), usd(0)]);
  assert.equal(await take(10), true);
  refused(await api.put("/api/billing/subscription", { tier: "professional" }), 409, "subscription_not_active");
  const methods = done(await api.get(METHODS)).data;
  const visa = methods.find(({ isDefault }) => !isDefault);

  await server.clock.advance("P6DT23H");
  assert.equal((await subscription(api)).access, "full");
  await server.clock.advance("PT1H1S");
  const restricted = await subscription(api);
  assert.deepEqual([restricted.tier, restricted.status, restricted.access], ["starter", "past_due", "restricted"]);
  assert.deepEqual([restricted.limits.modules.limit, restricted.features.private_modules], [3, false]);
  const entitled = done(await server.api.get("/api/entitlements?userId=debtor"));
  assert.deepEqual([entitled.tier, entitled.entitledTier, entitled.access], ["starter", "free", "restricted"]);
  assert.equal(await take(1), false, "the gate follows");

  const declined = refused(await api.post(`/api/billing/invoices/${open.id}/pay`), 402, "payment_failed");
  assert.equal(declined.declineCode, "generic_decline");
  await server.kill();
  await server.start();
  const again = server.api.as("debtor");
  done(await again.put(`${METHODS}/${visa.id}/default`)); // what is owed is tried with it at once
  await server.clock.advance("PT1S");
  const paid = done(await again.get(`/api/billing/invoices/${open.id}`));
  assert.deepEqual([paid.status, paid.amountPaid], ["paid", usd(2_900)]);
  refused(await again.post(`/api/billing/invoices/${open.id}/pay`), 409, "invoice_not_payable");
  const restored = await subscription(again);
  assert.deepEqual([restored.status, restored.access, restored.limits.modules.limit], ["active", "full", 25]);
  assert.equal(done(await server.api.post("/api/usage/take", { userId: "debtor", metric: "modules", amount: 1 })).allowed, true);
});

test("when the default card is removed, the one that is left is charged", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "switcher");
  const [visa] = done(await api.get(METHODS)).data;
  done(await api.post(METHODS, { paymentMethodId: "pm_card_mastercard" }), 201);
  assert.equal((await api.delete(`${METHODS}/${visa.id}`)).status, 204);
  await server.clock.advance("P1M");
  await server.clock.advance("PT1H");
  assert.deepEqual((await invoices(api)).map(({ status }) => status), ["paid", "paid"]);
  assert.equal((await subscription(api)).status, "active");
});

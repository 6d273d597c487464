// Promise: whoever holds an older version of a plan is told its price, by every mail and page, and not what is sold to others; and
// a downgrade that waits says, and bills, the price of the day it was made, whatever is published in between.
import assert from "node:assert/strict";
import { test } from "node:test";

import { NEW, shop } from "../harness/prices.mjs";
import { done, invoices, subscriber, subscription, usd } from "./support.mjs";

const mailsOf = async (server, userId, kind) => {
  const { data } = done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`));
  const ids = data.filter((mail) => mail.kind === kind).map(({ id }) => id);
  return Promise.all(ids.map(async (id) => done(await server.api.get(`/api/admin/outbox/${id}`))));
};

function says(mail, price, not) {
  for (const body of [mail.text, mail.html]) {
    assert.ok(body.includes(price), `${price} in: ${mail.text}`);
    assert.ok(!body.includes(not), `${not} in: ${mail.text}`);
  }
}

test("who takes a cancellation back is told the price they have, not the one that is sold by then", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada");
  await sell("starter", NEW);
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/cancel", {}));
  done(await ada.put("/api/billing/subscription", { resume: true }));
  const [mail] = await mailsOf(server, "ada", "cancel_undone");
  says(mail, "$29.00", "$35.00");
  await server.clock.to("2026-02-28T13:00:00Z");
  assert.deepEqual((await invoices(ada))[0].amount, usd(2_900), "and that is what is billed");
});

test("a waiting downgrade is estimated and billed at the price of the day it was made", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada", { tier: "professional" });
  let ada = server.api.as("ada");
  done(await ada.put("/api/billing/subscription", { tier: "starter" }));
  const [before] = await mailsOf(server, "ada", "change_scheduled");
  says(before, "$29.00", "$35.00");
  await sell("starter", NEW);
  ada = server.api.as("ada");
  const upcoming = done(await ada.get("/api/billing/invoices/upcoming"));
  assert.deepEqual([upcoming.amount, upcoming.amountDue], [usd(2_900), usd(2_900)]);
  await server.clock.to("2026-02-28T13:00:00Z");
  const [renewal] = await invoices(ada);
  assert.deepEqual(renewal.amount, upcoming.amount, "what was said is what is billed");
  const now = await subscription(ada);
  assert.deepEqual([now.tier, now.planVersion, now.price, now.pendingChange], ["starter", 1, usd(2_900), null]);
  const [changed] = await mailsOf(server, "ada", "plan_changed");
  says(changed, "$29.00", "$35.00");
});

test("the same of another interval, where no provider says it ahead", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada", { tier: "starter", interval: "year" });
  done(await server.api.as("ada").put("/api/billing/subscription", { interval: "month" }));
  await sell("starter", NEW);
  const ada = server.api.as("ada");
  const upcoming = done(await ada.get("/api/billing/invoices/upcoming"));
  assert.deepEqual(upcoming.amount, usd(2_900));
  await server.clock.to("2027-01-31T13:00:00Z");
  assert.deepEqual((await invoices(ada))[0].amount, upcoming.amount);
});

test("a downgrade made after the new version was published costs what the new one does", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada", { tier: "professional" });
  await sell("starter", NEW);
  const ada = server.api.as("ada");
  done(await ada.put("/api/billing/subscription", { tier: "starter" }));
  assert.deepEqual(done(await ada.get("/api/billing/invoices/upcoming")).amount, usd(3_500));
  await server.clock.to("2026-02-28T13:00:00Z");
  assert.deepEqual((await invoices(ada))[0].amount, usd(3_500));
});

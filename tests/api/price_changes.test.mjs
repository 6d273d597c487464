// Promise: holders of an older version pay another price only once two people have agreed, they have been told, their
// notice is over and a renewal has come; to the cent, once, with its limits; and who leaves in between never pays it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { operator } from "../harness/operators.mjs";
import { agreed, CHANGES, FROM, NEW, people, planned, shop } from "../harness/prices.mjs";
import { atStripe, customerWithCard, done, invoices, refused, sameInstant, subscriber, subscription, usageOf, usd } from "./support.mjs";

const SOON = "PT2H"; // a renewal is finalized and charged an hour after it has begun
const NOBODY = "pric_00000000000000000000000000";

const movesOf = async (server, id, query = "") => done(await server.api.get(`${CHANGES}/${id}/subscriptions?limit=100${query}`)).data;
const moveOf = async (server, id, userId) => (await movesOf(server, id)).find((move) => move.userId === userId);
const mailsOf = async (server, userId, kind) => done(await server.api.get(`/api/admin/outbox?userId=${userId}&limit=100`)).data.filter((mail) => mail.kind === kind);
const eventsOf = async (api, type) => done(await api.get("/api/billing/events?limit=100")).data.filter((event) => event.type === type);
const amounts = async (api) => (await invoices(api)).map(({ amount }) => amount.amount).reverse();

test("the whole life of a price change, to the cent", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada");
  await subscriber(server, "bob", { tier: "starter", interval: "year" });
  done(await (await subscriber(server, "cleo")).post("/api/billing/cancel", {}));
  done(await (await subscriber(server, "dora", { tier: "professional" })).put("/api/billing/subscription", { tier: "starter" }));
  await subscriber(server, "eve");
  await server.clock.advance("PT2H");
  await sell("starter", NEW);
  const [ada, cleo, eve] = ["ada", "cleo", "eve"].map((userId) => server.api.as(userId));
  await subscriber(server, "fay");
  const { kim, lee } = await people(server);
  let change;

  await t.test("the preview: who moves, who does not and why, what it comes to", async () => {
    change = await planned(server, kim);
    assert.deepEqual([change.tier, change.fromVersions, change.toVersion, change.moves, change.leftOut, change.lookedAt], ["starter", [1], 2, 3, 2, 5]);
    assert.deepEqual([change.noticeDaysMonthly, change.noticeDaysYearly], [30, 30]);
    // 2 x 29.00 and 313.20 / 12 = 26.10; 2 x 35.00 and 378.00 / 12 = 31.50
    assert.deepEqual(change.sums, [{ currency: "usd", moves: 3, perMonthBefore: 8_410, perMonthAfter: 10_150, perMonthChange: 1_740 }]);
    const moves = await movesOf(server, change.id);
    assert.deepEqual(moves.map(({ userId, status, reason }) => [userId, status, reason]),
      [["ada", "planned", null], ["bob", "planned", null], ["cleo", "left", "ending"], ["eve", "planned", null], ["fay", "left", "already"]]);
    assert.deepEqual([moves[0].priceBefore, moves[0].priceAfter], [usd(2_900), usd(3_500)]);
    sameInstant(moves[0].effectiveAt, "2026-04-30T10:00:00Z");
    sameInstant(moves[1].effectiveAt, "2027-01-31T10:00:00Z");
    assert.equal((await mailsOf(server, "ada", "price_change")).length, 0, "nobody is told of a preview");
    const page = done(await server.api.get(`${CHANGES}/${change.id}/subscriptions?limit=2&status=planned`));
    assert.deepEqual(page.data.map(({ userId }) => userId), ["ada", "bob"]);
    assert.deepEqual(done(await server.api.get(`${CHANGES}/${change.id}/subscriptions?limit=2&status=planned&cursor=${page.nextCursor}`)).data.map(({ userId }) => userId), ["eve"]);
  });

  await t.test("one person alone changes nothing; the other one sees what it is", async () => {
    refused(await kim.post(`${CHANGES}/${change.id}/publish`, { hash: "0".repeat(64), reason: "as announced" }), 409, "price_change_stale");
    const asked = done(await kim.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 202);
    assert.deepEqual([asked.action, asked.objectId], ["price_change", change.id]);
    assert.deepEqual(asked.before, { planVersions: "1", perMonth: 8_410 });
    assert.deepEqual(asked.after, { effectiveFrom: FROM, hash: change.hash, leftOut: 2, moves: 3, noticeDaysMonthly: 30, noticeDaysYearly: 30,
      perMonth: 10_150, plan: "starter", planVersion: 2 });
    refused(await kim.post(`/api/admin/approvals/${asked.id}/approve`, {}), 403, "approval_own");
    refused(await lee.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 409, "approval_waiting");
    assert.equal((await moveOf(server, change.id, "ada")).status, "planned");
    done(await lee.post(`/api/admin/approvals/${asked.id}/approve`, {}));
    await server.clock.advance("PT1S");
  });

  await t.test("holders are told: by mail, in their history, in what they read of their subscription", async () => {
    assert.deepEqual(done(await server.api.get(`${CHANGES}/${change.id}`)).status, "done");
    const [mail] = await mailsOf(server, "ada", "price_change");
    const { text, subject, status, html } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
    assert.equal(status, "sent");
    assert.equal(subject, "Nova Cloud: Starter costs $35.00 from April 30, 2026".replace("April 30, 2026", /from (.*)$/.exec(subject)[1]));
    for (const part of ["$29.00", "$35.00", "you need not do anything", "cancel before", "/billing"]) assert.ok(text.includes(part) && html.includes(part), part);
    const [told] = await eventsOf(ada, "price_change.notified");
    assert.deepEqual([told.amount, told.metadata.changeId, told.metadata.amountBefore, told.metadata.planVersion], [usd(3_500), change.id, 2_900, 2]);
    const { priceChange, price, planVersion } = await subscription(ada);
    assert.deepEqual([price, planVersion], [usd(2_900), 1]);
    assert.deepEqual([priceChange.id, priceChange.planVersion, priceChange.price], [change.id, 2, usd(3_500)]);
    sameInstant(priceChange.at, "2026-04-30T10:00:00Z");
    assert.equal((await mailsOf(server, "cleo", "price_change")).length, 0);
    assert.equal((await subscription(cleo)).priceChange, null);
    refused(await kim.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 409, "price_change_not_ready");
  });

  await t.test("before its renewal the old price is billed, and it is said what the next one will be", async () => {
    await server.clock.to("2026-03-31T13:00:00Z");
    assert.deepEqual(await amounts(ada), [2_900, 2_900, 2_900]);
    assert.equal((await subscription(ada)).planVersion, 1);
    assert.deepEqual(done(await ada.get("/api/billing/invoices/upcoming")).amount, usd(3_500));
    assert.equal((await usageOf(ada, "modules")).limit, 25);
  });

  await t.test("who cancels in between is not moved", async () => {
    done(await eve.post("/api/billing/cancel", {}));
    assert.equal((await subscription(eve)).priceChange, null);
  });

  await t.test("the provider knows three days before, and the customer's own change goes first", async () => {
    await server.clock.to("2026-04-27T10:00:01Z");
    await server.clock.advance("PT1S");
    assert.equal((await moveOf(server, change.id, "ada")).status, "scheduled");
    assert.equal((await subscription(ada)).pendingChange, null, "it is no change that somebody could take back");
    assert.deepEqual(done(await ada.get("/api/billing/invoices/upcoming")).amount, usd(3_500));
  });

  await t.test("the renewal bills the new price exactly, once; the limits begin with it", async () => {
    await server.clock.to("2026-04-30T09:59:59Z");
    assert.deepEqual([(await subscription(ada)).planVersion, (await usageOf(ada, "modules")).limit], [1, 25]);
    await server.clock.to("2026-04-30T10:00:00Z");
    await server.clock.advance(SOON);
    assert.deepEqual(await amounts(ada), [2_900, 2_900, 2_900, 3_500]);
    const now = await subscription(ada);
    assert.deepEqual([now.planVersion, now.price, now.priceChange, now.limits.modules.limit], [2, usd(3_500), null, 77]);
    assert.equal((await usageOf(ada, "modules")).limit, 77);
    const [renewal] = await invoices(ada);
    assert.equal(renewal.status, "paid");
    const { lines } = done(await ada.get(`/api/billing/invoices/${renewal.id}`));
    assert.deepEqual(lines.map(({ amount }) => amount), [usd(3_500)]);
    const explained = done(await ada.get(`/api/billing/invoices/${renewal.id}/lines/1/explain`));
    assert.deepEqual([explained.agrees, explained.recomputed.amount], [true, 3_500]);
    assert.equal((await moveOf(server, change.id, "ada")).status, "moved");
    assert.equal((await eventsOf(ada, "price_change.applied")).length, 1);
    const stripe = await atStripe(await server.stripe(), "ada");
    assert.deepEqual([stripe.subscriptions.length, stripe.invoices.length], [1, 4]);
    const eves = await moveOf(server, change.id, "eve");
    assert.deepEqual([eves.status, eves.reason, await amounts(eve)], ["dropped", "ended", [2_900, 2_900, 2_900]]);
  });

  await t.test("and the renewal after it, too; who pays by the year is reminded of the new price, and moved in January", async () => {
    await server.clock.to("2026-05-31T13:00:00Z");
    assert.deepEqual((await amounts(ada)).slice(3), [3_500, 3_500]);
    assert.deepEqual(done(await server.api.as("bob").get("/api/billing/invoices/upcoming")).amount, usd(37_800));
    await server.clock.to("2027-01-02T09:00:01Z");
    const reminders = await mailsOf(server, "bob", "renewal_reminder");
    assert.equal(reminders.length, 1);
    assert.match(reminders[0].subject, /\$378\.00/);
    await server.clock.to("2027-01-31T10:00:00Z");
    await server.clock.advance(SOON);
    assert.deepEqual(await amounts(server.api.as("bob")), [31_320, 37_800]);
    assert.equal((await moveOf(server, change.id, "bob")).status, "moved");
    assert.equal((await mailsOf(server, "ada", "price_change")).length, 1);
  });
});

test("a price change that is taken back: nobody pays it, and who was told is told so", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada");
  await subscriber(server, "bob");
  await server.clock.advance("P10D");
  await subscriber(server, "cleo");
  await sell("starter", NEW);
  const [ada, bob, cleo] = ["ada", "bob", "cleo"].map((userId) => server.api.as(userId));
  const { kim, lee } = await people(server);
  const change = await agreed(server, await planned(server, kim, { effectiveFrom: "2026-04-15T00:00:00Z" }), kim, lee);
  await server.clock.to("2026-04-28T12:00:00Z");
  assert.deepEqual((await movesOf(server, change.id)).map(({ userId, status }) => [userId, status]), [["ada", "scheduled"], ["bob", "scheduled"], ["cleo", "notified"]]);
  done(await bob.put("/api/billing/subscription", { tier: "professional" }));
  await server.clock.advance("PT1S");
  refused(await server.api.post(`${CHANGES}/${change.id}/withdraw`, {}), 422, "invalid_fields", "reason");
  refused(await server.api.post(`${CHANGES}/${NOBODY}/withdraw`, { reason: "costs fell" }), 404, "price_change_not_found");
  done(await server.api.post(`${CHANGES}/${change.id}/withdraw`, { reason: "costs fell" }));
  await server.clock.advance("PT10M");
  refused(await server.api.post(`${CHANGES}/${change.id}/withdraw`, { reason: "costs fell" }), 409, "price_change_not_ready");
  assert.deepEqual((await movesOf(server, change.id)).map(({ userId, status }) => [userId, status]), [["ada", "withdrawn"], ["bob", "dropped"], ["cleo", "withdrawn"]]);
  assert.deepEqual([(await subscription(ada)).priceChange, (await subscription(cleo)).priceChange], [null, null]);
  for (const [userId, count] of [["ada", 1], ["bob", 0], ["cleo", 1]]) assert.equal((await mailsOf(server, userId, "price_change_withdrawn")).length, count, userId);
  assert.equal((await eventsOf(ada, "price_change.withdrawn")).length, 1);
  await server.clock.to("2026-05-11T13:00:00Z");
  assert.deepEqual(await amounts(ada), [2_900, 2_900, 2_900, 2_900]);
  assert.deepEqual(await amounts(cleo), [2_900, 2_900, 2_900, 2_900]);
  assert.equal((await subscription(ada)).planVersion, 1);
});

test("who could not be told is not moved, until somebody says that they were", async (t) => {
  const { server, smtp, sell } = await shop(t);
  await subscriber(server, "ada");
  await subscriber(server, "bob");
  await server.clock.advance("PT2H");
  await sell("starter", NEW);
  const [ada, bob] = ["ada", "bob"].map((userId) => server.api.as(userId));
  const { kim, lee } = await people(server);
  const change = await planned(server, kim);
  const asked = done(await kim.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 202);
  await server.clock.advance("PT1S");
  smtp.answer("RCPT", "550 5.1.1 Nobody is here", 100);
  done(await lee.post(`/api/admin/approvals/${asked.id}/approve`, {}));
  await server.clock.advance("P1DT1H");
  assert.deepEqual((await movesOf(server, change.id, "&status=undelivered")).map(({ userId }) => userId), ["ada", "bob"]);
  assert.equal((await subscription(ada)).priceChange, null);
  assert.equal((await eventsOf(ada, "price_change.undelivered")).length, 1);
  const path = `${CHANGES}/${change.id}/subscriptions`;
  const now = done(await server.api.get(`${CHANGES}/${change.id}`)).startedAt;
  refused(await server.api.post(`${path}/ada`, { decision: "move" }), 422, "invalid_fields", "toldAt");
  refused(await server.api.post(`${path}/ada`, { decision: "leave", toldAt: now }), 422, "invalid_fields", "toldAt");
  refused(await server.api.post(`${path}/ada`, { decision: "move", toldAt: "2030-01-01T00:00:00Z" }), 422, "invalid_told_at");
  refused(await server.api.post(`${path}/ada`, { decision: "move", toldAt: "2026-01-01T00:00:00Z" }), 422, "invalid_told_at");
  refused(await server.api.post(`${path}/nobody`, { decision: "leave" }), 404, "price_move_not_found");
  refused(await server.api.post(`${CHANGES}/${NOBODY}/subscriptions/ada`, { decision: "leave" }), 404, "price_change_not_found");
  done(await server.api.post(`${path}/bob`, { decision: "leave" }));
  await server.clock.to("2026-04-30T13:00:00Z");
  assert.deepEqual(await amounts(ada), [2_900, 2_900, 2_900, 2_900]);
  const told = done(await server.api.post(`${path}/ada`, { decision: "move", toldAt: "2026-04-30T12:00:00Z" }));
  assert.equal(told.status, "notified");
  sameInstant(told.effectiveAt, "2026-05-31T10:00:00Z");
  refused(await server.api.post(`${path}/ada`, { decision: "leave" }), 409, "price_move_delivered");
  await server.clock.to("2026-05-31T13:00:00Z");
  assert.deepEqual([(await amounts(ada)).at(-1), (await amounts(bob)).at(-1)], [3_500, 2_900]);
});

test("two changes in one cycle: at the renewal the newest applies, and neither is lost in silence", async (t) => {
  // What is sold changes without a second person here, as the story is not about that.
  const { server, sell } = await shop(t, (document) => { document.approvals = { catalogue: { when: "never" } }; });
  await subscriber(server, "ada");
  await server.clock.advance("PT2H");
  await sell("starter", NEW);
  let { kim, lee } = await people(server);
  const first = await agreed(server, await planned(server, kim), kim, lee);
  await sell("starter", { prices: { month: 3_300, year: 36_000 } }, 3);
  kim = await operator(server, "kit", "finance");
  lee = await operator(server, "liz", "finance");
  const ada = server.api.as("ada");
  const second = await agreed(server, await planned(server, kim, { fromVersions: [1, 2], toVersion: 3 }), kim, lee);
  assert.deepEqual([(await moveOf(server, first.id, "ada")).status, (await moveOf(server, first.id, "ada")).reason], ["superseded", second.id]);
  assert.equal((await moveOf(server, second.id, "ada")).status, "notified");
  assert.deepEqual((await subscription(ada)).priceChange.price, usd(3_300));
  const again = await planned(server, kim, { fromVersions: [1], toVersion: 3 });
  assert.deepEqual([again.moves, (await moveOf(server, again.id, "ada")).reason], [0, "already"]);
  await server.clock.to("2026-05-31T13:00:00Z");
  assert.deepEqual(await amounts(ada), [2_900, 2_900, 2_900, 3_300, 3_300]);
});

test("what cannot be planned is refused, each for its reason", async (t) => {
  const { server, sell } = await shop(t, (document) => { document.priceNotice = { monthlyDays: 20, yearlyDays: 60 }; });
  await customerWithCard(server, "ada");
  await sell("starter", NEW);
  const good = { tier: "starter", fromVersions: [1], toVersion: 2, effectiveFrom: FROM };
  const plan = (fields) => server.api.post(CHANGES, { ...good, ...fields });
  refused(await plan({ fromVersions: [9] }), 422, "plan_version_unknown");
  refused(await plan({ fromVersions: [1, 1_000_000] }), 422, "plan_version_unknown");
  refused(await plan({ toVersion: 3 }), 422, "plan_version_unknown");
  refused(await plan({ fromVersions: [2] }), 422, "price_change_same");
  refused(await plan({ fromVersions: [1], toVersion: 1 }), 422, "price_change_same");
  refused(await plan({ tier: "free", toVersion: 1 }), 422, "price_change_no_price");
  refused(await plan({ tier: "enterprise", toVersion: 1 }), 422, "price_change_no_price");
  refused(await plan({ effectiveFrom: "2026-02-20T09:00:00Z" }), 422, "price_change_too_soon");
  refused(await plan({ noticeDaysMonthly: 19 }), 422, "price_change_notice");
  refused(await plan({ noticeDaysYearly: 59 }), 422, "price_change_notice");
  refused(await plan({ noticeDaysYearly: 366 }), 422, "invalid_fields", "noticeDaysYearly");
  refused(await plan({ fromVersions: [] }), 422, "invalid_fields", "fromVersions");
  refused(await plan({ effectiveFrom: "soon" }), 422, "invalid_fields", "effectiveFrom");
  refused(await plan({ tier: "gold" }), 422, "invalid_fields", "tier");
  refused(await server.api.get(`${CHANGES}/${NOBODY}`), 404, "price_change_not_found");
  refused(await server.api.get(`${CHANGES}/${NOBODY}/subscriptions`), 404, "price_change_not_found");
  refused(await server.api.post(`${CHANGES}/${NOBODY}/publish`, { hash: "0".repeat(64), reason: "as announced" }), 404, "price_change_not_found");
  refused(await server.api.get(`${CHANGES}?limit=0`), 422, "invalid_query", "limit");
  const change = await planned(server, server.api);
  assert.deepEqual([change.noticeDaysMonthly, change.noticeDaysYearly, change.moves, change.sums], [20, 60, 0, []]);
  assert.deepEqual(done(await server.api.get(CHANGES)).data.map(({ id, status }) => [id, status]), [[change.id, "ready"]]);
  refused(await server.api.get(`${CHANGES}/${change.id}/subscriptions?status=gone`), 422, "invalid_query", "status");
  await server.clock.to("2026-03-13T00:00:00Z");
  refused(await server.api.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 409, "price_change_old");
});

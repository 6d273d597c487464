// Promise: operators find any customer by what they have in hand, page by page, and read beside each what they bring in and how
// they stand; whoever may not read customers finds nobody.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber, subscription } from "./support.mjs";

const ALL = "/api/admin/customers";
const NAME = "Ада Лавлейс 株式会社 محاسبة แคชเชียร์ ".repeat(2).trim();

const idsOf = ({ data }) => data.map(({ userId }) => userId);

async function pagesOf(api, query) {
  const ids = [];
  let pages = 0;
  for (let cursor = ""; cursor !== null; pages++) {
    const page = done(await api.get(`${ALL}?${query}${cursor}`));
    ids.push(...idsOf(page));
    cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return { ids, pages };
}

test("customers are found", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  const { api } = server;
  const find = async (query) => done(await api.get(`${ALL}?${query}`));
  await newCustomer(server, "acme_1", { name: NAME, country: "DE" });
  await subscriber(server, "acme_2", { tier: "starter" });
  await subscriber(server, "acme_3", { tier: "professional", interval: "year" });
  for (let n = 0; n < 5; n++) await newCustomer(server, `bolt_${n}`, { country: n < 2 ? "JP" : "US" });

  await t.test("all of them, the newest first, each once", async () => {
    const { ids, pages } = await pagesOf(api, "limit=3");
    assert.deepEqual(ids.toSorted(), ["acme_1", "acme_2", "acme_3", ..."01234"].map((id) => (id.length === 1 ? `bolt_${id}` : id)).toSorted());
    assert.equal(pages, 3);
    const made = done(await api.get(`${ALL}?limit=100`)).data.map(({ createdAt }) => createdAt);
    assert.deepEqual(made, made.toSorted().toReversed());
  });

  await t.test("with what they bring in a month, and how they stand", async () => {
    const [free] = (await find("q=acme_1")).data;
    assert.deepEqual([free.name, free.country, free.tier, free.interval, free.status, free.access, free.mrr.amount, free.health, free.parked],
      [NAME, "DE", "free", null, "active", "full", 0, "good", false]);
    const { plans } = done(await api.as("acme_2").get("/api/billing/plans"));
    const priceOf = (tier, interval) => plans.find((plan) => plan.tier === tier).prices[interval];
    const [monthly] = (await find("q=acme_2")).data;
    assert.deepEqual([monthly.tier, monthly.interval, monthly.mrr], ["starter", "month", priceOf("starter", "month")]);
    const [yearly] = (await find("q=acme_3")).data;
    const year = priceOf("professional", "year");
    assert.deepEqual([yearly.interval, yearly.mrr], ["year", { ...year, amount: Math.floor((year.amount * 2 + 12) / 24) }]);
    done(await api.as("acme_3").post("/api/billing/cancel", {}));
    assert.deepEqual((await find("q=acme_3")).data.map(({ cancelAtPeriodEnd, health }) => [cancelAtPeriodEnd, health]), [[true, "watch"]]);
  });

  await t.test("with the limit of which the most is used", async () => {
    const usage = async () => (await find("q=bolt_4")).data.map(({ usagePercent, usageMetric }) => [usagePercent, usageMetric])[0];
    assert.equal((await usage())[0], 0);
    done(await api.sendEvents([usageEvent({ userId: "bolt_4", value: 5_599 }), usageEvent({ userId: "bolt_4", value: 1, metric: "deployments" })]));
    assert.deepEqual(await usage(), [55, "api_requests"]);
    done(await api.sendEvents(usageEvent({ userId: "bolt_4", value: 5_401 })));
    assert.deepEqual(await usage(), [110, "api_requests"], "beyond the limit it goes on");
  });

  await t.test("by the begin of an id, the number of an invoice, a member's address", async () => {
    assert.deepEqual(idsOf(await find("q=acme_")), ["acme_1", "acme_2", "acme_3"]);
    assert.deepEqual((await pagesOf(api, "q=bolt&limit=2")).ids, ["bolt_0", "bolt_1", "bolt_2", "bolt_3", "bolt_4"]);
    const [invoice] = done(await api.as("acme_2").get("/api/billing/invoices")).data;
    assert.deepEqual(idsOf(await find(`q=${encodeURIComponent(invoice.number)}`)), ["acme_2"]);
    assert.deepEqual(idsOf(await find(`q=${encodeURIComponent(invoice.number.slice(0, -1))}`)), [], "all of a number, not a part");
    await Person.ofPortal(server, "bolt_1", { role: "owner", person: { id: "mia", name: "Mia", email: "Mia@Example.com" } });
    assert.deepEqual(idsOf(await find("q=mia%40example.com")), ["bolt_1"]);
    for (const nothing of ["nobody", "%25", "_", "a%20b", "%C3%BC", "nobody@example.com", "'--"]) assert.deepEqual(await find(`q=${nothing}`), { data: [], nextCursor: null });
  });

  await t.test("by the domain of a member's address, and by the last digits of a card, though both are sealed", async () => {
    for (const domain of ["%40example.com", "example.com", "%40EXAMPLE.com"]) assert.deepEqual(idsOf(await find(`q=${domain}`)), ["bolt_1"], domain);
    for (const nothing of ["%40example.co", "example", "sub.example.com", "%40"]) assert.deepEqual(idsOf(await find(`q=${nothing}`)), [], nothing);
    for (const digits of ["4242", "%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%204242", "****4242", "..4242"]) {
      assert.deepEqual(idsOf(await find(`q=${digits}`)), ["acme_2", "acme_3"], digits);
    }
    assert.deepEqual((await pagesOf(api, "q=4242&limit=1")).ids, ["acme_2", "acme_3"]);
    assert.deepEqual(idsOf(await find("q=4242&tier=starter")), ["acme_2"]);
    for (const nothing of ["424", "42424", "0000", "card4242"]) assert.deepEqual(idsOf(await find(`q=${nothing}`)), [], nothing);
    const [method] = done(await api.as("acme_3").get("/api/billing/payment-methods")).data;
    const more = done(await api.as("acme_3").post("/api/billing/payment-methods", { paymentMethodId: "pm_card_mastercard" }), 201);
    assert.deepEqual(idsOf(await find(`q=${more.last4}`)), ["acme_3"]);
    done(await api.as("acme_3").put(`/api/billing/payment-methods/${more.id}/default`));
    done(await api.as("acme_3").delete(`/api/billing/payment-methods/${method.id}`), 204);
    assert.deepEqual(idsOf(await find("q=4242")), ["acme_2"], "a card that is gone finds nobody");
  });

  await t.test("filters hold together, with a search and without", async () => {
    assert.deepEqual(idsOf(await find("country=JP")).toSorted(), ["bolt_0", "bolt_1"]);
    assert.deepEqual(idsOf(await find("tier=starter&status=active")), ["acme_2"]);
    assert.deepEqual(idsOf(await find("status=past_due")), []);
    assert.deepEqual(idsOf(await find("q=bolt&country=US&tier=free")), ["bolt_2", "bolt_3", "bolt_4"]);
    assert.deepEqual((await pagesOf(api, "country=US&limit=1")).ids.toSorted(), ["bolt_2", "bolt_3", "bolt_4"]);
  });

  await t.test("what cannot be meant is refused by its place", async () => {
    for (const [query, field] of [["limit=0", "limit"], ["limit=101", "limit"], ["q=", "q"], [`q=${"a".repeat(321)}`, "q"], ["tier=gold", "tier"],
      ["status=dead", "status"], ["country=de", "country"], ["country=DEU", "country"], ["cursor=nobody", "cursor"], [`cursor=${"a".repeat(65)}`, "cursor"]]) {
      const body = refused(await api.get(`${ALL}?${query}`), 422, "invalid_query");
      assert.ok(body.errors.every((error) => error.field.endsWith(field)), `${query}: ${JSON.stringify(body.errors)}`);
    }
  });

  await t.test("as a table", async () => {
    const { text } = await api.get(`${ALL}?q=acme_2`, { headers: { Accept: "text/csv" } });
    const [head, row, end] = text.split("\r\n");
    assert.match(head, /^"userId","name",.*"mrr\.minor","mrr\.amount","mrr\.currency"/);
    assert.match(row, /^"acme_2",/);
    assert.equal(end, "");
  });

  await t.test("for those who may read customers, and nobody else; it is written down who looked, not for whom", async () => {
    const root = await firstOperator(server);
    done(await root.get(ALL));
    for (const role of ["support", "finance", "auditor"]) done(await (await operator(server, `${role}-o`, role)).get(ALL));
    done(await root.get(`${ALL}?q=mia%40example.com`));
    const { data } = done(await api.get("/api/admin/audit?action=customer.find&limit=100"));
    assert.ok(data.length > 5);
    assert.ok(!JSON.stringify(data).includes("mia@example.com"));
    refused(await api.withKey(undefined).get(ALL), 401, "key_missing");
  });
});

test("who owes is told apart, while access is full and after", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-10T00:00:00Z" });
  const api = await subscriber(server, "late");
  const methods = "/api/billing/payment-methods";
  const { id } = done(await api.post(methods, { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`${methods}/${id}/default`));
  const { currentPeriodEnd } = await subscription(api);
  const line = async () => done(await server.api.get(`${ALL}?q=late`)).data[0];
  const before = await line();
  assert.deepEqual([before.status, before.health, before.pastDueSince], ["active", "good", null]);
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance("PT1H");
  const owing = await line();
  assert.deepEqual([owing.status, owing.access, owing.health, owing.mrr], ["past_due", "full", "watch", before.mrr]);
  assert.ok(owing.pastDueSince >= currentPeriodEnd);
  assert.deepEqual(done(await server.api.get(`${ALL}?status=past_due`)).data.map(({ userId }) => userId), ["late"]);
  await server.clock.advance("P7DT3H");
  const restricted = await line();
  assert.deepEqual([restricted.access, restricted.health], ["restricted", "at_risk"]);
});

const UNMARK = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('update people set domain_mark=null'); c.execute('update payment_methods set last4_mark=null'); c.commit()";

test("who was there before such a search is found by it after an update, and who was forgotten is not", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await subscriber(server, "ada", { tier: "starter" });
  await Person.ofPortal(server, "ada", { role: "owner", person: { id: "ada", name: "Ada", email: "ada@loves.example" } });
  await server.stop();
  execFileSync("python3", ["-c", UNMARK, join(server.data, "turnpike.db")]);
  await server.restart();
  await server.clock.advance("PT1S");
  const find = async (query) => idsOf(done(await server.api.get(`${ALL}?q=${query}`)));
  assert.deepEqual([await find("4242"), await find("%40loves.example")], [["ada"], ["ada"]]);
  done(await server.api.as("ada").post("/api/billing/cancel", { when: "now" }));
  done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202);
  const [{ id }] = done(await server.api.get("/api/admin/approvals?status=pending")).data;
  const kim = await firstOperator(server, "kim");
  done(await kim.post(`/api/admin/approvals/${id}/approve`, { reason: "as asked" }));
  assert.deepEqual([await find("4242"), await find("%40loves.example")], [[], []]);
});

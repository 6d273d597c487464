// Promise: the prices are on /pricing before any script runs, in the reader's language and the catalogue's currency, with the
// price and the button of whoever looks; what they are charged is what they saw (B9); and nothing in an address breaks it.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { Person } from "../harness/person.mjs";
import { shop, NEW } from "../harness/prices.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, planIn, startSelling, subscriber } from "./support.mjs";

const TIERS = ["free", "starter", "professional", "enterprise"];
const GOLDEN = (language) => new URL(`../vectors/pricing.${language}.txt`, import.meta.url);

const openAs = async (server, { path = "/pricing", language = "en", cookie, etag } = {}) => {
  const headers = { "accept-language": language, ...(cookie && { cookie }), ...(etag && { "if-none-match": etag }) };
  const answer = await fetch(server.url + path, { headers });
  return { status: answer.status, etag: answer.headers.get("etag"), html: await answer.text() };
};

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** What is read, line by line, without what is drawn. */
const textOf = (html) => html.replace(/<svg.*?<\/svg>/gs, "").replace(/<\/?(span|strong|sup|a|b)\b[^>]*>/g, "").replace(/<[^>]+>/g, "\n")
  .replace(/&(\w+);/g, (_all, name) => ENTITIES[name]).split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");

const between = (html, from, to) => html.slice(html.indexOf(from), html.indexOf(to, html.indexOf(from)));
const cardOf = (html, tier) => between(html, `<article aria-labelledby="plan-${tier}">`, "</article>");
const partOf = (html, name) => between(html, `<section class="${name}"`, "</section>");

/** The button of each plan as monthly and as yearly prices are shown: words, and where it leads. */
const buttonsOf = (html, by = "by-month") => TIERS.map((tier) => {
  const all = [...cardOf(html, tier).matchAll(/<(a|p) class="button ([^"]*)"(?: href="([^"]*)")?[^>]*>(.*?)<\/\1>/gs)];
  const [, , , href, words] = all.find(([, , look]) => look.includes(by)) ?? all[0] ?? [];
  return words === undefined ? "" : [textOf(words), href].filter(Boolean).join(" -> ").replaceAll("&amp;", "&");
});

const seatOf = async (server, userId, more) => (await Person.ofPortal(server, userId, more)).cookie;

for (const language of ["en", "de"]) {
  test(`all that is said, plan by plan, is as it was read and found good (${language})`, async (t) => {
    const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
    const { html } = await openAs(server, { language });
    // A version is offered since the server first saw it, by the clock of the machine that ran the command before.
    const said = textOf(html.slice(html.indexOf("<main"), html.indexOf("</main>"))).replace(/(last changed on|zuletzt geändert am) .*?\d{4}/, "$1 …");
    if (process.env.TURNPIKE_GOLDEN === "write") await writeFile(GOLDEN(language), `${said}\n`);
    assert.equal(`${said}\n`, await readFile(GOLDEN(language), "utf8"));
  });
}

test("names in German are those of the other pages", async (t) => {
  const words = JSON.parse(await readFile(new URL("../../ui/src/i18n/de.json", import.meta.url), "utf8"));
  const server = await startServer(t);
  const { html } = await openAs(server, { language: "de" });
  const said = textOf(html);
  const names = Object.entries(words).filter(([key]) => /^(metric|feature|support)\./.test(key));
  assert.ok(names.length > 15);
  for (const [key, name] of names) assert.ok(said.includes(name), `${key}: ${name}`);
  for (const key of ["app.skip", "app.pricing", "app.billing", "app.signIn", "app.footer", "app.apiLink", "app.accessibility"]) assert.ok(said.includes(words[key].replace("{zone}", "UTC")), key);
});

/** What the page says of a price, as people write it: the estimate's amount with the currency's digits. */
const written = ({ amount, currency }) => new Intl.NumberFormat("en-US", { style: "currency", currency }).format(amount / 10 ** { usd: 2, jpy: 0, kwd: 3 }[currency]);
const plainSpaces = (text) => text.replaceAll("\u00a0", " ");

const SHOPS = {
  usd: {},
  jpy: { starter: { month: 4_350, year: 46_980 }, professional: { month: 14_850, year: 160_000 } },
  kwd: { starter: { month: 8_990, year: 97_000 }, professional: { month: 30_500, year: 366_000 } },
};
for (const [code, prices] of Object.entries(SHOPS)) {
  test(`what is seen is what is estimated, previewed, and charged, in ${code}`, async (t) => {
    const server = await startSelling(t, (document) => {
      if (code === "usd") return;
      document.currency = code;
      for (const plan of document.plans) plan.version = 2; // the first were offered when the key was made
      for (const [tier, price] of Object.entries(prices)) planIn(document, tier).prices = price;
    });
    const { html } = await openAs(server);
    const { data } = done(await server.api.get("/api/billing/plans/estimate"));
    for (const tier of ["starter", "professional"]) {
      for (const interval of ["month", "year"]) {
        const api = await customerWithCard(server, `${tier}_${interval}`);
        const said = data.find((plan) => plan.tier === tier)[interval];
        const card = plainSpaces(textOf(cardOf(html, tier)));
        const price = plainSpaces(written(said));
        assert.ok(card.includes(interval === "year" ? `${price} billed yearly` : `${price.replace(/\.0+$/, "")} per month`), `${price}: ${card}`);
        assert.ok(plainSpaces(textOf(partOf(html, "compare"))).includes(price));
        const preview = done(await api.put("/api/billing/subscription?preview=true", { tier, interval }));
        assert.deepEqual(preview.amountDueNow, said);
        done(await api.post("/api/billing/subscribe", { tier, interval }), 201);
        const [invoice] = done(await api.get("/api/billing/invoices")).data;
        assert.deepEqual([invoice.amountPaid, invoice.status], [said, "paid"], `${tier} ${interval}`);
      }
    }
  });
}

test("the button knows who is looking", async (t) => {
  const server = await startServer(t);
  const look = async (userId, query = "", more) => buttonsOf((await openAs(server, { path: `/pricing${query}`, cookie: await seatOf(server, userId, more) })).html, query === "" ? "by-month" : "by-year");
  const CONTACT = "Ask for a contract -> /contract";
  assert.deepEqual(buttonsOf((await openAs(server)).html), [
    "Start with Free -> /sign-in?next=%2Fbilling%3Fto%3Dfree", "Start with Starter -> /sign-in?next=%2Fbilling%3Fto%3Dstarter%26interval%3Dmonth",
    "Start with Professional -> /sign-in?next=%2Fbilling%3Fto%3Dprofessional%26interval%3Dmonth", CONTACT]);
  await newCustomer(server, "free");
  assert.deepEqual(await look("free"), ["Your current plan", "Upgrade to Starter -> /billing?to=starter&interval=month", "Upgrade to Professional -> /billing?to=professional&interval=month", CONTACT]);
  await subscriber(server, "starter");
  const FREE = "Downgrade to Free -> /billing?to=free";
  assert.deepEqual(await look("starter"), [FREE, "Your current plan", "Upgrade to Professional -> /billing?to=professional&interval=month", CONTACT]);
  assert.deepEqual(await look("starter", "?interval=year"), [FREE, "Switch to yearly -> /billing?to=starter&interval=year", "Upgrade to Professional -> /billing?to=professional&interval=year", CONTACT]);
  await subscriber(server, "leaving");
  done(await server.api.as("leaving").post("/api/billing/cancel", {}));
  assert.deepEqual((await look("leaving")).slice(0, 2), ["Already scheduled", "Your current plan"]);
  const down = await subscriber(server, "down", { tier: "professional" });
  done(await down.put("/api/billing/subscription", { tier: "starter" }));
  assert.deepEqual((await look("down")).slice(0, 3), [FREE, "Already scheduled", "Your current plan"]);

  await t.test("who only looks has no buttons, and reads why", async () => {
    const cookie = await seatOf(server, "starter", { role: "viewer", person: { id: "vera", email: "vera@example.com", name: "Vera" } });
    const { html } = await openAs(server, { cookie });
    assert.deepEqual(buttonsOf(html), ["", "Your current plan", "", ""]);
    assert.match(textOf(html), /Your role looks on/);
    assert.match(html, /title="Signed in as vera@example.com"/);
  });

  await t.test("what one sees is not taken for what another does", async () => {
    const cookie = await seatOf(server, "starter");
    const mine = await openAs(server, { cookie });
    assert.equal((await openAs(server, { cookie, etag: mine.etag })).status, 304);
    const stranger = await openAs(server, { etag: mine.etag });
    assert.equal(stranger.status, 200);
    assert.ok(!stranger.html.includes("Your current plan"));
    assert.ok(!(await openAs(server, { cookie: "__Host-sid=nothing" })).html.includes("Your current plan"));
  });
});

test("who holds an earlier version sees their price, and others the new one alone", async (t) => {
  const { server, sell } = await shop(t);
  await subscriber(server, "ada");
  await sell("starter", NEW);
  const { html } = await openAs(server, { cookie: await seatOf(server, "ada") });
  const card = textOf(cardOf(html, "starter"));
  for (const words of ["$29 per month", "Your price. New customers pay $35.00.", "Legacy", "Current plan"]) assert.ok(card.includes(words), `${words}: ${card}`);
  const others = await openAs(server);
  const theirs = textOf(cardOf(others.html, "starter"));
  assert.ok(theirs.includes("$35 per month") && !theirs.includes("29"), theirs);
  assert.ok(!textOf(others.html).includes("$29"), "nobody else is told of it");
});

test("without a script the calculator is a form, and what it cannot read it says", async (t) => {
  const server = await startServer(t);
  const calculator = async (query) => textOf(partOf((await openAs(server, { path: `/pricing?${query}` })).html, "calc"));
  assert.match(await calculator("api_requests=100001"), /Professional is the cheapest plan that is enough: \$99\.00 per month, or \$1,069\.20 per year/);
  assert.match(await calculator("api_requests=92000"), /First to bind: API requests, at 92% of the limit\. Above 100,000 you need Professional/);
  assert.match(await calculator("bandwidth_gb=1.5"), /1\.5\sGB: above the limit of 1\sGB/);
  assert.match(await calculator("api_requests=9007199254740992"), /Enterprise is enough, at a price that is agreed/);
  for (const bad of ["modules=x", "modules=-1", "modules=1.5", "modules=99999999999999999", "modules=%zz", "modules=1e9", "modules=9007199254740993"]) {
    assert.match(await calculator(bad), /Modules: a number from 0 to 9,007,199,254,740,992, please\. Nothing was calculated/, bad);
  }
  assert.match(await calculator("bandwidth_gb=1.2345"), /Bandwidth: a number from 0 to 9,007,199, please/);
  for (const odd of ["&&=&interval=decade&first=x&second=&differences=no", "a=%00&<script>alert(1)</script>", "modules&use=mine", `first=${"x".repeat(2000)}`]) {
    const { status, html } = await openAs(server, { path: `/pricing?${odd}` });
    assert.equal(status, 200, odd);
    assert.ok(!html.includes("alert(1)"), odd);
  }
  const { html } = await openAs(server, { path: "/pricing?interval=year&first=free&second=enterprise&differences=on" });
  for (const choice of ['id="by-year" autocomplete="off" checked', 'value="free" selected', 'value="enterprise" selected', 'id="differences" autocomplete="off" checked']) assert.ok(html.includes(choice), choice);
});

test("their own last 30 days are a beginning for who is signed in", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-01T12:00:00Z" });
  await newCustomer(server, "ada");
  const { rejected } = done(await server.api.sendEvents([
    usageEvent({ userId: "ada", value: 4_000, time: "2026-03-01T10:00:00Z" }),
    usageEvent({ userId: "ada", metric: "modules", set: 7, time: "2026-03-01T11:00:00Z" }),
  ]));
  assert.equal(rejected, 0);
  done(await server.api.as("ada").get("/api/billing/usage/points")); // what is counted is written by then
  const { html } = await openAs(server, { path: "/pricing?use=mine", cookie: await seatOf(server, "ada") });
  const valueOf = (name) => html.match(new RegExp(`name="${name}"[^>]* value="([^"]*)"`))?.[1];
  assert.deepEqual([valueOf("api_requests"), valueOf("modules"), valueOf("bandwidth_gb")], ["4000", "7", "0"]);
  assert.match(textOf(html), /These are your last 30 days/);
  assert.ok(!(await openAs(server, { path: "/pricing?use=mine" })).html.includes("last 30 days"), "a stranger has none");
});

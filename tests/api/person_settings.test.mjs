// Promise: each person has pages in their language, with the numbers and dates of their locale, in their time zone and with their first weekday,
// wherever they sign in; what the server does not know it refuses and says what it expects; nobody else reads otherwise for it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const SETTINGS = "/api/me/settings";
const NONE = { language: null, locale: null, timeZone: null, firstWeekday: null };
const VIENNA = { language: "de", locale: "de-AT", timeZone: "Europe/Vienna", firstWeekday: 7 };
const inForce = ({ locale, timeZone, firstWeekday }) => [locale, timeZone, firstWeekday];

async function pageOf(server, path, headers = {}) {
  const answer = await fetch(`${server.url}${path}`, { headers: { "Accept-Language": "en", ...headers } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("vary"), /Cookie/);
  const text = await answer.text();
  return { lang: /<html lang="(\w+)"/.exec(text)[1], text };
}

test("somebody chooses, and reads so wherever they sign in", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada", { timeZone: "America/New_York" });
  const come = (id) => Person.ofPortal(server, "ada", { role: "viewer", person: { id, email: `${id}@members.example`, name: id } });
  const vera = await come("vera");
  const theo = await come("theo");
  const { locales, ...before } = done(await vera.get(SETTINGS));
  assert.deepEqual(before, { ...NONE, accountTimeZone: "America/New_York" });
  assert.ok(locales.includes("de-AT") && locales.includes("en-IN"));
  assert.deepEqual(inForce(await vera.look()), [null, "America/New_York", 1], "the account's zone");
  const { locales: _, ...after } = done(await vera.put(SETTINGS, VIENNA));
  assert.deepEqual(after, { ...VIENNA, accountTimeZone: "America/New_York" });

  await t.test("on every machine, and for nobody else", async () => {
    const elsewhere = await come("vera");
    assert.deepEqual(inForce(await elsewhere.look()), ["de-AT", "Europe/Vienna", 7]);
    assert.deepEqual(inForce(await theo.look()), [null, "America/New_York", 1]);
    assert.deepEqual(inForce(await new Person(server).look()), [null, null, null], "a stranger");
    assert.equal((await pageOf(server, "/billing", elsewhere.headers)).lang, "de");
    assert.equal((await pageOf(server, "/billing", theo.headers)).lang, "en");
    assert.equal((await pageOf(server, "/billing")).lang, "en");
    assert.equal((await pageOf(server, "/billing", { Cookie: `__Host-sid=${"0".repeat(64)}` })).lang, "en");
    const prices = await pageOf(server, "/pricing", elsewhere.headers);
    assert.equal(prices.lang, "de");
    assert.match(prices.text, /Zeiten sind in Europe\/Vienna\./);
    assert.match((await pageOf(server, "/pricing")).text, /Times are in UTC\./);
  });

  await t.test("the look of pages is another choice, and stays", async () => {
    done(await vera.put("/api/me/appearance", { scheme: "dark" }));
    done(await vera.put(SETTINGS, { ...VIENNA, language: null }));
    assert.deepEqual(done(await vera.get("/api/me/appearance")), { scheme: "dark" });
    assert.equal((await pageOf(server, "/billing", vera.headers)).lang, "de", "the language of the locale");
  });

  await t.test("a locale brings its first weekday; null takes a choice back", async () => {
    done(await vera.put(SETTINGS, { ...NONE, locale: "en-US" }));
    assert.deepEqual(inForce(await vera.look()), ["en-US", "America/New_York", 7]);
    done(await vera.put(SETTINGS, NONE));
    assert.deepEqual(inForce(await vera.look()), [null, "America/New_York", 1]);
  });

  await t.test("the audit log has what was before and after", async () => {
    const rows = done(await server.api.get("/api/admin/audit?action=person.settings")).data;
    assert.equal(rows.length, 4);
    const { before: was, after: is } = rows.at(-1).row;
    assert.deepEqual([was.timeZone, is.timeZone, is.firstWeekday], ["", "Europe/Vienna", "7"]);
  });
});

test("what is not known is refused, and nothing changes", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const ada = await Person.ofPortal(server, "ada");
  for (const timeZone of ["Mars/Olympus", "right/Europe/Berlin", "localtime", "../../etc/passwd", "", 7]) {
    refused(await ada.put(SETTINGS, { ...NONE, timeZone }), 422, "invalid_fields", "timeZone");
  }
  const zone = refused(await ada.put(SETTINGS, { ...NONE, timeZone: "Mars/Olympus" }), 422, "invalid_fields");
  assert.match(JSON.stringify(zone.errors), /a name of the tz database, such as Europe\/Berlin/);
  for (const locale of ["fr-FR", "de", "xx", ""]) refused(await ada.put(SETTINGS, { ...NONE, locale }), 422, "invalid_fields", "locale");
  const locale = refused(await ada.put(SETTINGS, { ...NONE, locale: "fr-FR" }), 422, "invalid_fields");
  assert.match(JSON.stringify(locale.errors), /de-AT/);
  refused(await ada.put(SETTINGS, { ...NONE, language: "de", locale: "en-GB" }), 422, "invalid_fields", "locale");
  for (const firstWeekday of [0, 8, 1.5, "monday"]) refused(await ada.put(SETTINGS, { ...NONE, firstWeekday }), 422, "invalid_fields", "firstWeekday");
  refused(await ada.put(SETTINGS, { ...NONE, language: "fr" }), 422, "invalid_fields", "language");
  refused(await ada.put(SETTINGS, {}), 422, "invalid_fields", "language", "locale", "timeZone", "firstWeekday");
  refused(await ada.put(SETTINGS, { ...NONE, numbers: "1" }), 422, "invalid_fields", "numbers");
  refused(await ada.put(SETTINGS, NONE, { headers: { "X-CSRF-Token": "of another page" } }), 403, "csrf_token_invalid");
  refused(await ada.get(`${SETTINGS}?of=ada`), 422, "invalid_query", "of");
  const stranger = new Person(server);
  refused(await stranger.get(SETTINGS), 401, "session_missing");
  refused(await stranger.put(SETTINGS, NONE), 401, "session_missing");
  const { locales, ...after } = done(await ada.get(SETTINGS));
  assert.deepEqual(after, { ...NONE, accountTimeZone: null });
});

test("who looks at a customer's pages is named on the prices too, and looks in the account's zone", async (t) => {
  const server = await startServer(t);
  const root = await firstOperator(server);
  await newCustomer(server, "ada", { name: "Ada & Sons", timeZone: "Europe/Berlin" });
  const { url } = done(await root.post("/api/admin/impersonations", { userId: "ada", reason: "ticket <7>" }), 201);
  const looking = new Person(server);
  await looking.open(new URL(url).pathname);
  const { text } = await pageOf(server, "/pricing", looking.headers);
  assert.match(text, /class="banner looking" role="status"><strong>[^<]+ is looking at the pages of Ada &amp; Sons\.<\/strong> Reason: ticket &lt;7&gt;\. Until /);
  assert.match(text, /Times are in Europe\/Berlin\./);
  assert.doesNotMatch((await pageOf(server, "/pricing", root.headers)).text, /banner looking/);
  refused(await looking.put(SETTINGS, NONE), 403, "reads_only");
});

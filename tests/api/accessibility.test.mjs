// Promise: the statement on accessibility is there without a script, in the reader's language, and linked from every page;
// it says what the catalogue says of who answers for it, and claims nothing that nobody has said.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { refused, startSelling } from "./support.mjs";

const SAID = {
  operator: "Nova <Clouds> & Söhne", email: "access@nova.example", phone: "+49 30 1234567", address: "Unter den Linden 1, 10117 Berlin",
  country: "DE", reviewed: "2026-01-10", limits: ["The \"status\" page is a picture."],
};
const open = async (server, language) => server.api.withKey(undefined).get("/accessibility", { headers: { "Accept-Language": language } });

test("the statement on accessibility", async (t) => {
  await t.test("names who answers for it, where to tell of barriers, the authority, the day and the limits", async (t) => {
    const server = await startSelling(t, (catalogue) => { catalogue.accessibility = SAID; });
    const { text, headers, status } = await open(server, "en");
    assert.equal(status, 200);
    assert.equal(headers["content-language"], "en");
    assert.match(headers.vary, /Accept-Language/);
    assert.match(headers["content-security-policy"], /script-src 'self'/);
    assert.match(text, /^<!doctype html><html lang="en">/);
    assert.match(text, /Nova &lt;Clouds&gt; &amp; Söhne wants everybody/);
    assert.match(text, /<a href="mailto:access@nova\.example">access@nova\.example<\/a>/);
    for (const part of ["+49 30 1234567", "Unter den Linden 1, 10117 Berlin", "Marktüberwachungsstelle", '<time datetime="2026-01-10">2026-01-10</time>', "The &quot;status&quot; page is a picture."]) {
      assert.ok(text.includes(part), part);
    }
    for (const part of ["WCAG 2.2 at level AA", "EN 301 549", "in part", "not by an independent body", "PDF are not tagged"]) assert.ok(text.includes(part), part);
    assert.ok(!/<script/i.test(text), "no script is needed");
    const [, style] = /<link rel="stylesheet" href="(\/assets\/style-[^"]+\.css)">/.exec(text);
    assert.equal((await server.api.get(style)).status, 200);
    assert.deepEqual([...text.matchAll(/<h(\d)>/g)].map(([, level]) => level).join(""), "122222");

    const german = (await open(server, "de-AT, en;q=0.5")).text;
    assert.match(german, /<html lang="de">.*<h1>Barrierefreiheit<\/h1>.*Eine Barriere melden/);
    assert.ok(german.includes("zuletzt geprüft am"));
  });

  await t.test("claims nothing that nobody has said", async (t) => {
    const server = await startServer(t);
    const { text } = await open(server, "en");
    assert.match(text, /has not put their name to it yet/);
    assert.match(text, /No address to write to has been given/);
    assert.match(text, /Nobody has reviewed this statement/);
    assert.match(text, /the authority of your country/);
    assert.ok(!text.includes("mailto:") && !text.includes("<time"));
    refused(await server.api.post("/accessibility", {}), 405, "method_not_allowed");
  });

  await t.test("an authority that the catalogue names wins; a country that is in no table is told of in general", async (t) => {
    const own = await startSelling(t, (catalogue) => { catalogue.accessibility = { ...SAID, authority: "The Office <of> Access" }; });
    const { text } = await open(own, "en");
    assert.ok(text.includes("The Office &lt;of&gt; Access") && !text.includes("Marktüberwachung"));
    const elsewhere = await startSelling(t, (catalogue) => { catalogue.accessibility = { ...SAID, country: "NZ" }; });
    assert.match((await open(elsewhere, "en")).text, /the authority of your country/);
  });

  await t.test("a section that does not fit is named at the start", async (t) => {
    const server = await startServer(t);
    const catalogue = JSON.parse(await readFile(new URL("../../catalog/plans.json", import.meta.url)));
    const file = join(server.data, "plans.json");
    for (const [change, place] of [
      [{ email: "nobody" }, "/accessibility/email"], [{ reviewed: "2026-02-30" }, "/accessibility/reviewed"], [{ country: "de" }, "/accessibility/country"],
      [{ operator: "" }, "/accessibility/operator"], [{ limits: [""] }, "/accessibility/limits/0"], [{ limits: Array(9).fill("x") }, "/accessibility/limits"],
      [{ email: undefined }, "/accessibility/email"], [{ audited: true }, "/accessibility/audited"],
    ]) {
      await writeFile(file, JSON.stringify({ ...catalogue, accessibility: { ...SAID, ...change } }));
      const { code, stderr } = await runTurnpike(["serve", "--catalog", file, "--data", join(server.data, "other")]);
      assert.notEqual(code, 0);
      assert.ok(stderr.includes(place), `${place}: ${stderr}`);
    }
  });

  await t.test("pages that the server makes lead to it", async (t) => {
    const server = await startServer(t);
    for (const path of ["/unsubscribe/none", "/pay/none"]) {
      const text = await (await fetch(server.url + path)).text();
      assert.match(text, /<footer>.*href="\/accessibility"/, path);
    }
  });
});

// Promise: each page of the table (ui/pages.json) is served under its address, in the reader's language, before any script
// runs; and the server knows no other.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";

const PAGES = JSON.parse(await readFile(new URL("../../ui/pages.json", import.meta.url)));

// What it says is made for whoever looks (pricing.test.mjs); its head is the document's.
const MADE = "/pricing";

const open = async (server, path, language) => {
  const answer = await fetch(server.url + path, { headers: language === undefined ? {} : { "accept-language": language } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const titleOf = ({ text }) => text.match(/<title>(.*) · Turnpike<\/title>/)?.[1];
const langOf = ({ text }) => text.match(/<html lang="(\w+)">/)?.[1];

test("the pages", async (t) => {
  const server = await startServer(t);

  await t.test("each of the table is there in each language, with what it will fetch named ahead", async () => {
    for (const { paths, ...page } of PAGES) {
      for (const language of ["en", "de"]) {
        for (const path of Object.keys(paths)) {
          const document = await open(server, path.replace(/:\w+/g, "some-1"), language);
          assert.deepEqual([path, document.status, langOf(document), titleOf(document)], [path, 200, language, page[language].title]);
          assert.ok(document.text.includes(`content="${page[language].description}"`), path);
          assert.equal(document.headers.get("vary"), path === MADE ? "Accept-Language, Cookie" : "Accept-Encoding, Accept-Language, Cookie");
          const ahead = [...document.text.matchAll(/rel="(?:modulepreload|preload" as="fetch)" crossorigin href="([^"]+)"/g)];
          assert.ok(ahead.length >= 3, `${path}: its chunk, what that imports, and words`);
          assert.equal(new Set(ahead.map(([, address]) => address)).size, ahead.length, path);
          for (const [, address] of ahead) assert.equal((await open(server, address)).status, 200, address);
        }
      }
    }
  });

  await t.test("the server has a row for each, and for no other", async () => {
    const folder = new URL("../../src/api/", import.meta.url);
    const files = (await readdir(folder)).filter((name) => /^routes.*\.(c|inc)$/.test(name));
    const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
    const rows = [...sources.join("").matchAll(/^ {4}PAGE\("([^"]+)"/gm)].map(([, path]) => path);
    assert.ok(sources.join("").includes(`.path = "${MADE}"`));
    assert.deepEqual([...rows, MADE].sort(), PAGES.flatMap(({ paths }) => Object.keys(paths)).sort());
  });

  await t.test("the first of the reader's languages that there is", async () => {
    const chosen = async (language) => langOf(await open(server, "/pricing", language));
    for (const [wanted, language] of [
      ["de", "de"], ["de-AT,en;q=0.5", "de"], ["fr-FR, de;q=0.8, en;q=0.5", "de"], ["fr, en;q=0.9, de;q=0.1", "en"],
      ["en-GB", "en"], ["fr", "en"], ["*", "en"], ["", "en"], [",,;q=", "en"], ["d", "en"],
    ]) assert.equal(await chosen(wanted), language, wanted);
  });

  await t.test("what a browser has of one language is not taken for another", async () => {
    const english = await open(server, "/pricing", "en");
    const again = (language) => fetch(`${server.url}/pricing`, { headers: { "accept-language": language, "if-none-match": english.headers.get("etag") } });
    assert.deepEqual([(await again("en")).status, (await again("de")).status], [304, 200]);
  });
});

// Promise: operators see how every mail reads, in each language and in their installation's name, before anybody gets one; and nothing is
// sent by it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const LIST = "/api/admin/mail-templates";

test("mails are looked at before they are written", async (t) => {
  const server = await startServer(t, { args: ["--mail-from", "Nova Cloud <billing@nova.example>"] });
  const { api } = server;

  await t.test("every kind in every language, what is owed first", async () => {
    const { data } = done(await api.get(LIST));
    const ids = data.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(data.slice(0, 2).map(({ id, class: of }) => [id, of]), [["payment_failed.en", "owed"], ["payment_failed.de", "owed"]]);
    const last = data.findLastIndex(({ class: of }) => of === "owed");
    assert.ok(data.slice(0, last).every(({ class: of }) => of === "owed"));
    for (const { id, kind, language, subject } of data) {
      assert.equal(id, `${kind}.${language}`);
      assert.ok(subject.length > 5, id);
      assert.ok(ids.includes(`${kind}.${language === "en" ? "de" : "en"}`), id);
    }
    const german = done(await api.get(`${LIST}?language=de&class=owed`)).data;
    assert.deepEqual(german.map(({ id }) => id), ids.filter((id, at) => id.endsWith(".de") && data[at].class === "owed"));
  });

  await t.test("one reads as the mail that is sent would", async () => {
    const english = done(await api.get(`${LIST}/payment_failed.en`));
    assert.match(english.text, /Nova Cloud/);
    assert.match(english.text, /\$99\.00/);
    assert.match(english.text, /NOVA-0042/);
    assert.match(english.html, /^<!doctype html>/i);
    const german = done(await api.get(`${LIST}/payment_failed.de`));
    assert.match(german.text, /99,00/);
    assert.notEqual(german.subject, english.subject);
    assert.match(done(await api.get(`${LIST}/usage_80.en`)).text, /unsubscribe/i);
    assert.deepEqual(done(await api.get("/api/admin/outbox")).data, []);
  });

  await t.test("is refused", async () => {
    for (const id of ["payment_failed", "payment_failed.fr", "payment_lost.en", ".en", "payment_failed.en.de"]) {
      refused(await api.get(`${LIST}/${id}`), 404, "mail_not_found");
    }
    refused(await api.get(`${LIST}?class=urgent`), 422, "invalid_query", "class");
    refused(await api.get(`${LIST}?language=fr`), 422, "invalid_query", "language");
    const key = await server.createKey("billing:read");
    for (const path of [LIST, `${LIST}/receipt.en`]) {
      refused(await api.withKey(undefined).get(path), 401, "key_missing");
      refused(await api.withKey(key).get(path), 403, "scope_missing");
    }
  });
});

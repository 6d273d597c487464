// Promise: what happens to a customer's money is written to them, each fact once, in words that an
// operator can read in the outbox.
import assert from "node:assert/strict";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, subscriber } from "./support.mjs";

const OUTBOX = "/api/admin/outbox";

async function mailsOf(server, userId) {
  return done(await server.api.get(`${OUTBOX}?userId=${userId}&limit=100`)).data;
}

const kindsOf = (mails) => mails.map(({ kind }) => kind).sort();

test("a payment is followed by one receipt, also after a restart", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  await newCustomer(server, "bob");
  const [receipt] = await mailsOf(server, "ada");
  assert.equal(receipt.kind, "receipt");
  assert.deepEqual([receipt.to, receipt.status, receipt.sentAt], ["ada@example.com", "local", null]);
  await server.kill();
  await server.start();
  await server.clock.advance("P1D");
  assert.deepEqual(kindsOf(await mailsOf(server, "ada")), ["receipt"]);
  assert.deepEqual(await mailsOf(server, "bob"), []);
  await server.clock.advance("P1M");
  assert.deepEqual(kindsOf(await mailsOf(server, "ada")), ["receipt", "receipt"]);
});

test("the outbox is paged, filtered, and for operators alone", async (t) => {
  const server = await startServer(t);
  const ada = await subscriber(server, "ada");
  await subscriber(server, "bob");
  const first = done(await server.api.get(`${OUTBOX}?limit=1`));
  const second = done(await server.api.get(`${OUTBOX}?limit=1&cursor=${first.nextCursor}`));
  assert.deepEqual([first.data[0].userId, second.data[0].userId, second.nextCursor], ["bob", "ada", null]);
  assert.deepEqual(done(await server.api.get(`${OUTBOX}?status=failed`)).data, []);
  assert.equal(done(await server.api.get(`${OUTBOX}?status=local`)).data.length, 2);
  refused(await server.api.get(`${OUTBOX}?status=lost`), 422, "invalid_query", "status");
  refused(await server.api.get(`${OUTBOX}?limit=101`), 422, "invalid_query", "limit");
  refused(await server.api.get(`${OUTBOX}?user=ada`), 422, "invalid_query", "user");
  const { key } = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201);
  const [{ id }] = first.data;
  for (const path of [OUTBOX, `${OUTBOX}/${id}`]) {
    refused(await ada.withKey(key).get(path), 403, "scope_missing");
    refused(await ada.withKey("tp_test_no").get(path), 401, "key_invalid");
  }
  refused(await server.api.get(`${OUTBOX}/mail_nobody`), 404, "mail_not_found");
  assert.equal(done(await server.api.get(`${OUTBOX}/${id}`)).userId, "bob");
});

test("the outbox from the command line, as the API has it", async (t) => {
  const server = await startServer(t);
  await subscriber(server, "ada");
  await subscriber(server, "bob");
  const outbox = (...args) => runTurnpike(["outbox", ...args, "--data", server.data]);
  const [mail] = await mailsOf(server, "ada");

  const list = await outbox("list", "--user", "ada", "--status", "local");
  assert.deepEqual([list.code, list.stderr], [0, ""]);
  assert.equal(list.stdout, `${mail.id}  ${mail.createdAt}  local  receipt  ada  ada@example.com  ${mail.subject}\n`);
  const newest = await outbox("list", "--limit", "1");
  assert.match(newest.stdout, /^mail_\S+ {2}.* {2}bob {2}[^\n]*\n$/);
  assert.match(newest.stderr, /there are more/);
  assert.deepEqual(JSON.parse((await outbox("list", "--json")).stdout), done(await server.api.get(OUTBOX)));
  assert.equal((await outbox("list", "--status", "sent")).stdout, "");

  const kept = done(await server.api.get(`${OUTBOX}/${mail.id}`));
  const shown = await outbox("show", mail.id);
  assert.deepEqual([shown.code, shown.stderr], [0, ""]);
  for (const { name, value } of kept.headers) assert.ok(shown.stdout.includes(`\n${name}: ${value}\n`), name);
  assert.ok(shown.stdout.endsWith(`\n\n${kept.text.trimEnd()}\n`), shown.stdout);
  assert.deepEqual(JSON.parse((await outbox("show", mail.id, "--json")).stdout), kept);
  const { key } = done(await server.api.post("/api/keys", { name: "operator", scopes: ["admin"] }), 201);
  const afar = await runTurnpike(["outbox", "show", mail.id, "--url", server.url], { env: { TURNPIKE_KEY: key } });
  assert.equal(afar.stdout, shown.stdout);

  for (const [args, sentence] of [
    [["list", "--status", "lost"], /status: expected .*suppressed.*invalid_query/],
    [["list", "--user", ""], /userId: expected .*invalid_query/],
    [["show", "mail_nobody"], /mail_not_found/],
    [["show", ".."], /turnpike: ./],
  ]) {
    const answer = await outbox(...args);
    assert.deepEqual([answer.code, answer.stdout], [1, ""], args.join(" "));
    assert.match(answer.stderr, sentence);
  }
});

test("who is spoken to in German is written to in German", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada", { language: "de" });
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const [receipt] = await mailsOf(server, "ada");
  assert.match(receipt.subject, /^Turnpike: Beleg über 29,00\u00a0\$, Rechnung /);
  const { language, html } = done(await server.api.get(`${OUTBOX}/${receipt.id}`));
  assert.equal(language, "de");
  assert.match(html, /<html lang="de">/);
  const again = { userId: "ada", email: "ada@example.com", name: "Customer ada", language: "en" };
  refused(await server.api.post("/api/customers", again), 409, "customer_conflict");
  refused(await server.api.post("/api/customers", { ...again, language: "fr" }), 422, "invalid_fields", "language");
});

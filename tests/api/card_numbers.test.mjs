// Promise: the number of a payment card is taken nowhere. Wherever people write freely it is refused, with the
// field and without the digits, and it is in no file, no audit row and no log. Identifiers and figures are left alone.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { operator, firstOperator } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, refused } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const SECRET = "whsec_test_of_card_numbers";
const CARD = "4242424242424242";
const WRITTEN = [CARD, "4242 4242 4242 4242", "4242-4242-4242-4242", "Visa 4242 4242 4242 4242, 03/28", "４２４２４２４２４２４２４２４２"];
// No network's, but it passes the check: of a shop's card, say. Fields for somebody else's number take it.
const NOBODYS = ["7777424242424248", "7777 4242 4242 4248 03 28", "no7777424242424"];
const REFERENCES = new Set(["purchaseOrder", "authorityReference"]);

// What another machine, or an authority, gives out: by hand, as it was agreed.
const IDENTIFIERS = new Set([
  ...["region", "resource", "reverses"].map((name) => `POST /api/admin/usage/backfill: ${name}`),
  "POST /api/admin/refunds: userId", "POST /api/admin/refunds: invoiceId",
  "POST /api/admin/credit-notes: userId", "POST /api/admin/credit-notes: invoiceId",
  ...["userId", "invoiceId", "correctionId"].map((name) => `POST /api/admin/corrections: ${name}`), "POST /api/billing/invoices/{id}/correct: correctionId",
  "POST /api/billing/tax-ids: value",
  "POST /api/usage/check: id", "POST /api/usage/take: id", "POST /api/usage/release: id", "POST /api/usage/release: releaseId",
  "GET /api/billing/usage/test-event: event", "GET /api/leases: cursor", "GET /api/admin/breaches/{id}/affected: cursor", "GET /api/admin/experiments/{id}/units: cursor",
]);

// Usage: identifiers and figures alone, and the names of a region and a resource, which a machine gives too. What a
// provider of identities or payments says is not ours to refuse.
const MACHINES = new Set(["GET /api/sign-in/oidc/callback", "POST /api/usage/events", "POST /api/webhooks/stripe", "POST /api/usage/take/batch", "POST /api/usage/check/batch", "POST /api/usage/release/batch"]);

const isFree = (schema) => schema.type === undefined || [schema.type].flat().includes("string");
const isBounded = (schema) => schema.enum || schema.const || schema.format || (schema.pattern && !schema.pattern.startsWith("^[^\\u0000"));

const resolved = (description, { $ref, ...schema }) => ($ref ? $ref.split("/").slice(1).reduce((part, step) => part[step], description) : schema);

// Every place of free text below a schema: its name as problems say it, and a document with `text` there alone.
function* places(description, schema, name = "", wrap = (value) => value) {
  if (schema.$ref) {
    yield* places(description, resolved(description, schema), name, wrap);
  } else if (schema.anyOf) {
    for (const one of schema.anyOf) yield* places(description, one, name, wrap);
  } else if (schema.properties) {
    for (const [key, member] of Object.entries(schema.properties)) {
      yield* places(description, member, name ? `${name}.${key}` : key, (value) => wrap({ [key]: value }));
    }
  } else if (schema.items) {
    yield* places(description, schema.items, `${name}.0`, (value) => wrap([value]));
  } else if (isFree(schema) && !isBounded(schema)) {
    yield { name, body: (text) => wrap(schema.type === undefined ? { [`of ${text}`]: [text] } : text) };
  }
}

function* placesOf(description) {
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      if (MACHINES.has(name)) continue;
      const call = { method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, "somebody"), operation: name };
      const schema = operation.requestBody?.content["application/json"]?.schema;
      for (const place of schema ? places(description, schema) : []) yield { ...call, ...place };
      for (const parameter of operation.parameters ?? []) {
        const bounds = resolved(description, parameter.schema);
        if (parameter.in !== "query" || !isFree(bounds) || isBounded(bounds)) continue;
        yield { ...call, name: parameter.name, query: (text) => `?${parameter.name}=${encodeURIComponent(text)}` };
      }
    }
  }
}

// Whatever a server has written by now.
async function written(server) {
  const names = (await readdir(server.data)).filter((name) => !/\.(sock|key)$/.test(name));
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(server.data, name))]));
  return [...files, ["the log", Buffer.from(server.stderr)]];
}

function signed(body) {
  const t = Date.parse(NOW) / 1000;
  return { "Content-Type": "application/json", "Stripe-Signature": `t=${t},v1=${createHmac("sha256", SECRET).update(`${t}.${body}`).digest("hex")}` };
}

test("card numbers", async (t) => {
  const server = await startServer(t);
  await customerWithCard(server, "ada");
  const admin = await firstOperator(server);
  const finance = await operator(server, "fin", "finance");
  const owner = await Person.ofPortal(server, "ada", { role: "owner", person: { id: "o" }, authentication: await vouched(server) });
  const nobody = new Person(server);

  await t.test("each field of free text, of each operation, refuses one and names itself", async (t) => {
    const taken = [];
    let count = 0;
    for (const { operation, method, path, name, body, query } of placesOf(server.api.description)) {
      if (IDENTIFIERS.has(`${operation}: ${name}`)) continue;
      const texts = REFERENCES.has(name) ? WRITTEN : [...WRITTEN, ...NOBODYS];
      const text = texts[count++ % texts.length];
      const answers = [];
      for (const who of [server.api.as("ada"), server.api, owner, admin, finance, nobody]) {
        const answer = await who.request(method, path + (query?.(text) ?? ""), body?.(text));
        assert.ok(!answer.text.includes("4242"), `${operation}: ${answer.text}`);
        answers.push(answer.body?.code);
        if (answer.body?.code !== "card_number_refused") continue;
        refused(answer, 422, "card_number_refused", name);
        break;
      }
      if (answers.at(-1) !== "card_number_refused") taken.push(`${operation}: ${name} (${answers})`);
    }
    assert.deepEqual(taken, []);
    assert.ok(count > 50, `${count}`);
    t.diagnostic(`${count} fields of free text`);
  });

  await t.test("nor is one repeated that stands elsewhere in a body", async () => {
    const create = (body) => server.api.post("/api/customers", body);
    const good = { userId: "bob", name: "Bob", email: "bob@example.com" };
    refused(await create({ ...good, [CARD]: 1 }), 422, "card_number_refused", "(body)");
    refused(await create({ ...good, other: { deep: [WRITTEN[1]] } }), 422, "card_number_refused", "(body)");
    refused(await create([WRITTEN[2]]), 422, "card_number_refused", "(body)");
    refused(await create({ ...good, name: WRITTEN[1], email: `${CARD}@example.com` }), 422, "card_number_refused", "name", "email");
    const raw = (body) => server.api.request("POST", "/api/customers", undefined, { raw: body, headers: { "Content-Type": "application/json" } });
    for (const body of [`{"${CARD}":1,"${CARD}":2}`, `{"name": ${CARD}${CARD} x`, `{"name":"${CARD}`]) {
      const answer = await raw(body);
      refused(answer, 400, "malformed_json");
      assert.ok(!answer.text.includes("4242"), answer.text);
    }
  });

  await t.test("identifiers, figures, times and telephones are none", async () => {
    await newCustomer(server, CARD, { name: "Cy", email: "cy@example.com" });
    const name = "Ada, +49 1512 3456 7897, DE89 3704 0044 0532 0130 00, 1764417600004, 2026-11-22 2026-11-26, SIRET 552 100 554 00013";
    done(await server.api.post("/api/customers", { userId: "eve", name, email: "eve@example.com" }), 201);
    refused(await server.api.put("/api/admin/contracts/somebody", { purchaseOrder: NOBODYS[0] }), 422, "invalid_fields", "terms");
    const take = { userId: CARD, metric: "api_requests", amount: 1, id: CARD };
    assert.equal(done(await server.api.post("/api/usage/take", take)).allowed, true);
    const event = { specversion: "1.0", id: CARD, source: CARD, type: "api_requests", subject: CARD, data: { value: 4_242_424_242, resource: "vm-1" } };
    const answer = await server.api.request("POST", "/api/usage/events", undefined, { raw: JSON.stringify(event), headers: { "Content-Type": "application/cloudevents+json" } });
    assert.equal(done(answer).accepted, 1);
  });
});

test("nothing of a card number is kept: not of what was refused, of a header, of a webhook, of a browser's report", async (t) => {
  const provider = await startServer(t, { testClock: NOW });
  const { url: stripe } = done(await provider.api.get("/api/test/sandbox"));
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: SECRET };
  const server = await startServer(t, { testClock: NOW, args: ["--stripe-url", stripe], env });
  const [, spaced, dashed] = WRITTEN;
  const agent = { headers: { "User-Agent": `Shop/1.0 (${spaced})` } };
  for (const text of [...WRITTEN, ...NOBODYS]) {
    const answer = await server.api.post("/api/customers", { userId: "ada", name: text, email: "ada@example.com" }, agent);
    refused(answer, 422, "card_number_refused", "name");
    assert.match(answer.body.detail, /taken nowhere here.*Nothing of the request was kept/);
    assert.match(answer.body.errors[0].expected, /without 13 to 19 digits/);
  }
  done(await server.api.post("/api/customers", { userId: "ada", name: "Ada", email: "ada@example.com" }, agent), 201);
  const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada" }), 201);
  assert.equal((await server.api.get(new URL(url).pathname, agent)).status, 303);
  const comment = { when: "now", reason: "other", comment: `my card is ${dashed}` };
  refused(await server.api.as("ada").post("/api/billing/cancel", comment), 422, "card_number_refused", "comment");

  const event = { id: "evt_1", type: "customer.updated", data: { object: { id: "cus_1", customer: "cus_1", description: `card ${spaced}`, list: [CARD] } } };
  const body = JSON.stringify(event);
  done(await server.api.request("POST", "/api/webhooks/stripe", undefined, { raw: body, headers: signed(body) }));
  const { body: kept } = done(await server.api.get("/api/admin/webhooks/evt_1"));
  assert.deepEqual(kept.data.object, { id: "cus_1", customer: "cus_1", description: "(the number of a payment card)", list: ["(the number of a payment card)"] });
  const report = [{ type: "csp-violation", body: { documentURL: `https://shop.example/billing?card=${CARD}`, effectiveDirective: "img-src", blockedURL: `https://${CARD}.example/${CARD}` } }];
  done(await server.api.request("POST", "/api/reports/csp", undefined, { raw: JSON.stringify(report), headers: { "Content-Type": "application/reports+json" } }), 204);

  await server.kill();
  const made = await runTurnpike(["keys", "create", "--scopes", "all", "--name", `key of ${spaced}`, "--data", server.data]);
  assert.notEqual(made.code, 0);
  assert.ok(!(made.stdout + made.stderr).includes("4242"), made.stderr);
  let bytes = 0;
  for (const [name, content] of await written(server)) {
    bytes += content.length;
    for (const text of [...WRITTEN, ...NOBODYS]) assert.ok(!content.includes(text), `${text} is in ${name}`);
  }
  assert.ok(bytes > 100_000, "there is something to look at");
});

// Promise: what happens to a customer's billing is told to whom an operator has named: signed as the
// standard says, at least once, under an id that stays, again after the promised waits, and not where
// nobody wants to hear it.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { makeAjv } from "../harness/contract.mjs";
import { startReceiver, verify } from "../harness/receiver.mjs";
import { startServer, TEST_START } from "../harness/server.mjs";
import { done, refused, subscriber } from "./support.mjs";

const ENDPOINTS = "/api/webhook-endpoints";
const DELIVERIES = "/api/webhook-deliveries";
const args = ["--webhook-allow-private"];

async function startBoth(t, eventTypes = ["*"]) {
  const receiver = await startReceiver(t);
  const server = await startServer(t, { args });
  const endpoint = await addEndpoint(server, receiver, eventTypes);
  return { receiver, server, endpoint };
}

async function addEndpoint(server, receiver, eventTypes = ["*"]) {
  return done(await server.api.post(ENDPOINTS, { url: receiver.url, eventTypes }), 201);
}

// Lets everything that is due by now end: the clock answers when all is quiet.
const settle = (server) => server.clock.advance("PT1S");
const deliveries = async (server, query = "") => done(await server.api.get(`${DELIVERIES}?limit=100${query}`)).data;
const shown = async (server, id) => done(await server.api.get(`${DELIVERIES}/${id}`));
const newest = async (server) => shown(server, (await deliveries(server))[0].id);
const endpointNow = async (server, { id }) => done(await server.api.get(`${ENDPOINTS}/${id}`));

test("an event is told once, signed, with what the history says of it", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t);
  await server.api.createCustomer("ada");
  const [sent] = await receiver.taken(1);
  await settle(server);
  const event = verify(endpoint.secret, sent);
  const [line] = done(await server.api.as("ada").get("/api/billing/events")).data;
  assert.deepEqual(event, {
    type: "customer.created",
    timestamp: TEST_START,
    data: { id: line.id, userId: "ada", description: line.description, amount: null, metadata: {} },
  });
  assert.equal(sent.method, "POST");
  assert.equal(sent.headers["content-type"], "application/json");
  assert.equal(sent.headers["webhook-id"], line.id);
  assert.equal(sent.headers["webhook-timestamp"], String(Date.parse(TEST_START) / 1000));
  assert.match(endpoint.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.throws(() => verify(endpoint.secret, { ...sent, raw: sent.raw.replace("ada", "bob") }));
  assert.throws(() => verify(endpoint.secret, sent, Date.parse(TEST_START) + 6 * 60_000), /too old/);
  const kept = await newest(server);
  assert.deepEqual(
    [kept.status, kept.attemptCount, kept.messageId, kept.userId, kept.nextAttemptAt, kept.lastError],
    ["delivered", 1, line.id, "ada", null, null],
  );
  assert.deepEqual(kept.body, event);
  assert.deepEqual(kept.attempts.map(({ number, responseStatus, error }) => [number, responseStatus, error]), [[1, 200, null]]);
  assert.equal(receiver.requests.length, 1);
});

test("whatever is in the history is told, and nothing else", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t);
  const ada = await subscriber(server, "ada");
  done(await ada.post("/api/billing/cancel", { when: "period_end", reason: "too_expensive" }));
  await server.clock.advance("P2M");
  const lines = done(await ada.get("/api/billing/events?limit=100")).data;
  assert.ok(lines.length > 6, String(lines.length));
  assert.deepEqual(receiver.ids.toSorted(), lines.map(({ id }) => id).toSorted());
  for (const { id, type, description, amount, metadata, createdAt } of lines) {
    const sent = receiver.requests.find((request) => request.id === id);
    const event = verify(endpoint.secret, sent);
    assert.deepEqual([event.type, Date.parse(event.timestamp)], [type, Date.parse(createdAt)]);
    assert.deepEqual(event.data, { id, userId: "ada", description, amount, metadata });
  }
  const ajv = makeAjv().addSchema(server.api.description, "openapi");
  for (const { event } of receiver.requests) {
    const described = `openapi#/webhooks/${event.type}/post/requestBody/content/application~1json/schema`;
    assert.ok(ajv.validate({ $ref: described }, event), `${event.type}: ${JSON.stringify(ajv.errors)}`);
  }
});

test("an endpoint hears of the types that it wants", async (t) => {
  const { receiver, server } = await startBoth(t, ["invoice.paid", "subscription.*", "invoice.paid"]);
  const other = await startReceiver(t);
  await addEndpoint(server, other, ["customer.created"]);
  await subscriber(server, "ada");
  await receiver.taken(2);
  await other.taken(1);
  await settle(server);
  assert.deepEqual(receiver.types.toSorted(), ["invoice.paid", "subscription.started"]);
  assert.deepEqual(other.types, ["customer.created"]);
  const of = (query) => deliveries(server, query).then((list) => list.map(({ type }) => type).toSorted());
  assert.deepEqual(await of("&type=invoice.paid"), ["invoice.paid"]);
  assert.deepEqual(await of("&status=delivered&userId=ada"), ["customer.created", "invoice.paid", "subscription.started"]);
  assert.deepEqual(await of("&status=failed"), []);
  assert.deepEqual(await of("&userId=bob"), []);
  const page = done(await server.api.get(`${DELIVERIES}?limit=2`));
  const rest = done(await server.api.get(`${DELIVERIES}?limit=2&cursor=${page.nextCursor}`));
  assert.deepEqual([page.data.length, rest.data.length, rest.nextCursor], [2, 1, null]);
  assert.deepEqual(await of(`&endpointId=${page.data[0].endpointId}`), page.data[0].type === "customer.created" ? ["customer.created"] : ["invoice.paid", "subscription.started"]);
});

test("what fails is sent again after 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h, under the same id, then no more", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t, ["customer.created"]);
  receiver.answer({ status: 500, body: "not today" }, 10);
  await server.api.createCustomer("ada");
  await receiver.taken(1);
  await server.clock.advance("PT0S");
  const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
  for (const [at, seconds] of waits.entries()) {
    const { status, attemptCount, nextAttemptAt, lastError } = await newest(server);
    assert.deepEqual([status, attemptCount, lastError], ["waiting", at + 1, "The endpoint answered 500."]);
    const wait = (Date.parse(nextAttemptAt) - Date.parse(await server.clock.now())) / 1000;
    assert.ok(wait >= seconds && wait <= seconds * 1.1, `${wait} s, not ${seconds} and up to a tenth more`);
    await server.clock.to(new Date(Date.parse(nextAttemptAt) - 1).toISOString());
    assert.equal(receiver.requests.length, at + 1, `not before ${seconds} s`);
    await server.clock.to(nextAttemptAt);
    assert.equal(receiver.requests.length, at + 2);
  }
  const failed = await newest(server);
  assert.deepEqual([failed.status, failed.attemptCount, failed.nextAttemptAt], ["failed", 10, null]);
  assert.deepEqual(failed.attempts.map(({ number }) => number), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual([failed.attempts[0].response, failed.attempts[0].responseStatus], ["not today", 500]);
  await server.clock.advance("P2D");
  assert.equal(receiver.requests.length, 10);
  assert.equal(new Set(receiver.ids).size, 1, "the message's id stays");
  assert.equal(new Set(receiver.requests.map(({ raw }) => raw)).size, 1, "and what it says");
  assert.equal(new Set(receiver.requests.map(({ headers }) => headers["webhook-timestamp"])).size, 10);
  for (const request of receiver.requests) verify(endpoint.secret, request);

  await t.test("until an operator replays it", async () => {
    const replay = (since) => server.api.post(`${ENDPOINTS}/${endpoint.id}/replay`, { since });
    assert.deepEqual(done(await replay("2026-01-15T12:00:00.001Z")), { count: 0 });
    assert.deepEqual(done(await replay(TEST_START)), { count: 1 });
    await receiver.taken(11);
    await settle(server);
    assert.deepEqual([(await newest(server)).status, receiver.ids[10]], ["delivered", receiver.ids[0]]);
    const again = done(await server.api.post(`${DELIVERIES}/${failed.id}/replay`));
    assert.deepEqual([again.status, again.finishedAt], ["waiting", null]);
    await receiver.taken(12);
    await settle(server);
    assert.deepEqual([(await newest(server)).attemptCount, receiver.ids[11]], [12, receiver.ids[0]]);
  });

  await t.test("and for 30 days it is known", async () => {
    await server.clock.advance("P29D");
    assert.equal((await deliveries(server)).length, 1);
    await server.clock.advance("P2D");
    assert.equal((await deliveries(server)).length, 0);
    refused(await server.api.get(`${DELIVERIES}/${failed.id}`), 404, "webhook_delivery_not_found");
  });
});

test("an endpoint that asks for time gets it", async (t) => {
  const { receiver, server } = await startBoth(t, ["customer.created"]);
  const at = new Date(Date.parse(TEST_START) + 7_200_000).toUTCString();
  for (const [status, after, seconds] of [[503, "120", 120], [429, at, 7_200], [500, "9999", 5]]) {
    const before = receiver.requests.length;
    receiver.answer({ status, headers: { "Retry-After": after } });
    await server.api.createCustomer(`customer-${status}`);
    await receiver.taken(before + 1);
    await server.clock.advance("PT0S");
    const wait = (Date.parse((await newest(server)).nextAttemptAt) - Date.parse(TEST_START)) / 1000;
    assert.ok(wait >= seconds && wait <= seconds * 1.1, `${status}: ${wait} s`);
  }
});

test("410 means that nobody wants to hear: the endpoint is disabled, operators are told, what it missed can be replayed", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t);
  receiver.answer({ status: 410 });
  await server.api.createCustomer("ada");
  await receiver.taken(1);
  await settle(server);
  const gone = await endpointNow(server, endpoint);
  assert.deepEqual([gone.status, gone.disabledReason], ["disabled", "gone"]);
  assert.ok(gone.disabledAt && gone.failingSince);
  await server.api.createCustomer("bob");
  await server.clock.advance("P1D");
  assert.equal(receiver.requests.length, 1);
  assert.deepEqual((await deliveries(server)).map(({ status, attemptCount }) => [status, attemptCount]), [["failed", 0], ["failed", 1]]);
  refused(await server.api.post(`${ENDPOINTS}/${endpoint.id}/test`), 409, "webhook_endpoint_disabled");
  refused(await server.api.post(`${ENDPOINTS}/${endpoint.id}/replay`, { since: TEST_START }), 409, "webhook_endpoint_disabled");
  refused(await server.api.post(`${DELIVERIES}/${(await deliveries(server))[0].id}/replay`), 409, "webhook_endpoint_disabled");
  const [alert] = done(await server.api.get("/api/admin/outbox")).data.filter(({ kind }) => kind === "webhook_endpoint_disabled");
  const { text } = done(await server.api.get(`/api/admin/outbox/${alert.id}`));
  assert.match(text.replace(/\s+/g, " "), /answered 410.*hooks.*whep_/);
  const enabled = { url: receiver.url, eventTypes: ["*"], status: "enabled" };
  const now = done(await server.api.put(`${ENDPOINTS}/${endpoint.id}`, enabled));
  assert.deepEqual([now.status, now.disabledReason, now.disabledAt, now.failingSince], ["enabled", null, null, null]);
  assert.deepEqual(done(await server.api.post(`${ENDPOINTS}/${endpoint.id}/replay`, { since: TEST_START })), { count: 2 });
  await receiver.taken(3);
  await settle(server);
  assert.deepEqual(receiver.requests.slice(1).map(({ event }) => event.data.userId).toSorted(), ["ada", "bob"]);
});

test("an endpoint at which nothing arrives for five days is disabled, and operators are told", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t, ["customer.created"]);
  receiver.answer({ status: 500 }, 100);
  await server.api.createCustomer("ada");
  await receiver.taken(1);
  await server.clock.advance("P4D");
  assert.deepEqual([(await newest(server)).status, (await endpointNow(server, endpoint)).status], ["failed", "enabled"]);
  await server.api.createCustomer("bob");
  await server.clock.advance("P2D");
  const failing = await endpointNow(server, endpoint);
  assert.deepEqual([failing.status, failing.disabledReason], ["disabled", "failing"]);
  assert.equal(Date.parse(failing.failingSince), Date.parse(TEST_START));
  const { status, nextAttemptAt, attemptCount } = await newest(server);
  assert.deepEqual([status, nextAttemptAt], ["failed", null]);
  assert.ok(attemptCount > 1 && attemptCount < 10);
  const sent = receiver.requests.length;
  await server.clock.advance("P3D");
  assert.equal(receiver.requests.length, sent);
  const alerts = done(await server.api.get("/api/admin/outbox")).data.filter(({ kind }) => kind === "webhook_endpoint_disabled");
  assert.equal(alerts.length, 1);
});

test("while a secret is rolled both sign, and then the new one alone", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t, ["customer.created"]);
  const rotate = async (body) => done(await server.api.post(`${ENDPOINTS}/${endpoint.id}/rotate-secret`, body));
  const told = async (userId) => {
    const before = receiver.requests.length;
    await server.api.createCustomer(userId);
    return (await receiver.taken(before + 1)).at(-1);
  };
  const second = await rotate({});
  assert.notEqual(second.secret, endpoint.secret);
  assert.equal(Date.parse(second.previousSecretExpiresAt), Date.parse(TEST_START) + 24 * 3_600_000);
  const both = await told("ada");
  assert.match(both.headers["webhook-signature"], /^v1,\S{44} v1,\S{44}$/);
  verify(endpoint.secret, both);
  verify(second.secret, both);
  await server.clock.advance("PT24H");
  const one = await told("bob");
  assert.match(one.headers["webhook-signature"], /^v1,\S{44}$/);
  verify(second.secret, one);
  assert.throws(() => verify(endpoint.secret, one), /No matching signature/);
  assert.equal((await endpointNow(server, endpoint)).previousSecretExpiresAt, null);
  const third = await rotate({ overlapHours: 0 });
  const last = await told("carol");
  verify(third.secret, last);
  assert.throws(() => verify(second.secret, last), /No matching signature/);
  assert.equal((await endpointNow(server, endpoint)).secret, undefined, "it is shown once");
});

test("redirects are not followed, and of an answer its beginning is kept", async (t) => {
  const { receiver, server } = await startBoth(t, ["customer.created"]);
  const other = await startReceiver(t);
  receiver.answer({ status: 302, headers: { Location: other.url } });
  receiver.answer({ status: 500, body: "é".repeat(100_000) });
  await server.api.createCustomer("ada");
  await receiver.taken(1);
  await server.clock.advance("PT6S");
  const { attempts } = await newest(server);
  assert.deepEqual(attempts.map(({ error }) => error), ["The endpoint answered 500.", "The endpoint answered 302."]);
  assert.equal(attempts[0].response, "é".repeat(512));
  assert.equal(other.requests.length, 0);
});

test("an endpoint that is slow keeps no other waiting", async (t) => {
  const { receiver: slow, server } = await startBoth(t, ["customer.created"]);
  const fast = await startReceiver(t);
  await addEndpoint(server, fast);
  slow.isHolding = true;
  const names = Array.from({ length: 8 }, (_, i) => `customer-${i}`);
  for (const name of names) await server.api.createCustomer(name);
  const told = await fast.taken(names.length);
  assert.deepEqual(told.map(({ event }) => event.data.userId).toSorted(), names);
  await slow.taken(2);
  assert.equal(slow.held.length, 2, "at most two at once");
  slow.letGo();
  await slow.taken(names.length);
  await settle(server);
  assert.deepEqual(slow.ids.toSorted(), fast.ids.toSorted());
});

test("kill -9 before a message went out, or before its answer was heard, leaves it to go again under the same id", async (t) => {
  const { receiver, server } = await startBoth(t, ["customer.created"]);
  receiver.isHolding = true;
  for (const name of ["ada", "bob", "carol"]) await server.api.createCustomer(name);
  const before = await receiver.taken(2); // the third is a row and nothing more
  await server.kill();
  receiver.letGo();
  await server.start();
  const all = await receiver.taken(5);
  await settle(server);
  assert.deepEqual(all.slice(2).map(({ event }) => event.data.userId).toSorted(), ["ada", "bob", "carol"]);
  for (const { id } of before) assert.equal(receiver.ids.filter((one) => one === id).length, 2);
  assert.deepEqual((await deliveries(server)).map(({ status }) => status), ["delivered", "delivered", "delivered"]);
  assert.equal(receiver.requests.length, 5);
});

test("operators try an endpoint, change it, and end it", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t, ["invoice.paid"]);
  const tried = done(await server.api.post(`${ENDPOINTS}/${endpoint.id}/test`), 201);
  assert.deepEqual([tried.type, tried.status, tried.userId], ["webhook.test", "waiting", null]);
  const [sent] = await receiver.taken(1);
  assert.deepEqual(verify(endpoint.secret, sent).data.metadata, { endpointId: endpoint.id });
  await settle(server);
  assert.equal((await shown(server, tried.id)).status, "delivered");
  const other = await startReceiver(t);
  const facts = { url: other.url, description: "Ledger", eventTypes: ["customer.*"], metadata: { team: "money" }, status: "enabled" };
  const { secret, ...changed } = done(await server.api.put(`${ENDPOINTS}/${endpoint.id}`, facts));
  assert.equal(secret, undefined);
  assert.deepEqual(done(await server.api.get(ENDPOINTS)).data, [changed]);
  for (const [name, value] of Object.entries(facts)) assert.deepEqual(changed[name], value);
  await server.api.createCustomer("ada");
  await other.taken(1);
  done(await server.api.put(`${ENDPOINTS}/${endpoint.id}`, { ...facts, status: "disabled" }));
  assert.equal((await endpointNow(server, endpoint)).disabledReason, "operator");
  await server.api.createCustomer("bob");
  await settle(server);
  assert.equal(other.requests.length, 1);
  done(await server.api.delete(`${ENDPOINTS}/${endpoint.id}`), 204);
  refused(await server.api.delete(`${ENDPOINTS}/${endpoint.id}`), 404, "webhook_endpoint_not_found");
  refused(await server.api.get(`${DELIVERIES}/${tried.id}`), 404, "webhook_delivery_not_found");
  assert.deepEqual([await deliveries(server), done(await server.api.get(ENDPOINTS)).data], [[], []]);
});

test("neither secrets nor URLs, nor what is sent, lie readable in a file", async (t) => {
  const { receiver, server, endpoint } = await startBoth(t, ["subscription.*"]);
  const second = done(await server.api.post(`${ENDPOINTS}/${endpoint.id}/rotate-secret`, {}));
  receiver.answer({ status: 500, body: "an-answer-that-tells" });
  const ada = await subscriber(server, "ada");
  done(await ada.post("/api/billing/cancel", { when: "now", reason: "other", comment: "words-of-her-own" }));
  await server.clock.advance("PT1S");
  assert.ok(receiver.requests.some(({ raw }) => raw.includes("words-of-her-own")));
  const waiting = Number(/^turnpike_webhook_deliveries_waiting (\d+)$/m.exec((await server.api.get("/metrics")).text)[1]);
  assert.equal(waiting, (await deliveries(server, "&status=waiting")).length);
  assert.equal(waiting, 1);
  await server.stop();
  const names = (await readdir(server.data)).filter((name) => name.startsWith("turnpike.db"));
  const content = Buffer.concat(await Promise.all(names.map((name) => readFile(join(server.data, name)))));
  const told = [endpoint.secret, second.secret, receiver.url, "words-of-her-own", "an-answer-that-tells"];
  for (const text of told) assert.ok(!content.includes(text), text);
});

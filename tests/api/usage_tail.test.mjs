// Promise: events are seen as they come in, by whoever may see them and as long as they may, with what became of each;
// a storm is counted and not shown; an event may be tried by the very same rules, and a trial counts nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../harness/event_stream.mjs";
import { usageEvent, usageEvents } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

const TAIL = "/api/billing/usage/events";
const TRY = "/api/billing/usage/test-event";
const STREAMS_OF_ONE = 5;
const A_TURN = 50;

test("the newest events", async (t) => {
  const server = await startServer(t);
  const open = async (headers) => {
    const stream = await openStream(new URL(TAIL, server.url), headers);
    if (stream.status === 200) server.contract.check("GET", TAIL, { status: 200, headers: stream.headers, text: "" });
    return stream;
  };
  const watch = (userId, headers = {}) => open({ Authorization: `Bearer ${server.key}`, "Turnpike-User": userId, ...headers });
  const send = async (events) => done(await server.api.sendEvents(events));
  const next = async (stream) => (await stream.next()).data;
  const tryIt = (userId, event, api = server.api) => api.as(userId).get(`${TRY}?event=${encodeURIComponent(typeof event === "string" ? event : JSON.stringify(event))}`);

  await t.test("each with its meter, quantity, group, and what became of it; none of before, none of others", async () => {
    await newCustomer(server, "ada");
    await newCustomer(server, "bob");
    await send(usageEvent({ userId: "ada", value: 1 }));
    const stream = await watch("ada");
    assert.equal(stream.status, 200);
    assert.equal(stream.headers["content-type"], "text/event-stream");
    const first = usageEvent({ userId: "ada", value: 12, region: "fra", resource: "shop" });
    const ahead = usageEvent({ userId: "ada", value: 2, time: "2099-01-01T00:00:00Z" });
    const unknown = { ...usageEvent({ userId: "ada" }), type: "mood" };
    await send([first, usageEvent({ userId: "bob", value: 9 }), first, ahead, unknown, usageEvent({ userId: "ada", metric: "modules", set: 3 }), usageEvent({ userId: "nobody" })]);
    const { events, dropped } = await next(stream);
    assert.equal(dropped, 0);
    assert.deepEqual(events.map(({ metric, value, status, code, isLevel, isTest }) => [metric, value, status, code, isLevel, isTest]), [
      ["api_requests", 12, "accepted", null, false, false],
      ["api_requests", 12, "duplicate", null, false, false],
      ["api_requests", 2, "rejected", "event_in_future", false, false],
      [null, 0, "rejected", "unknown_metric", false, false],
      ["modules", 3, "accepted", null, true, false],
    ]);
    assert.deepEqual([events[0].id, events[0].source, events[0].region, events[0].resource, events[0].isLate], [first.id, first.source, "fra", "shop", false]);
    assert.match(events[2].detail, /5 minutes ahead/);
    stream.close();
  });

  await t.test("of a storm the first fifty of a turn are shown, all others counted, and none is lost to the figures", async () => {
    const api = await newCustomer(server, "storm");
    const stream = await watch("storm");
    const sent = 2_000;
    await Promise.all(Array.from({ length: 4 }, (_, i) => send(usageEvents(sent / 4, { userId: "storm", value: 1, source: `s${i}` }))));
    let seen = 0;
    let left = 0;
    while (seen + left < sent) {
      const { events, dropped } = await next(stream);
      assert.ok(events.length <= A_TURN, `${events.length} in one message`);
      seen += events.length;
      left += dropped;
    }
    assert.equal(seen + left, sent);
    assert.ok(left > 0);
    assert.equal((await usageOf(api, "api_requests")).used, sent);
    stream.close();
  });

  await t.test("one that was tried is judged like any other, shown as a test, and counts nothing; sent afterwards it does", async () => {
    const api = await newCustomer(server, "eve");
    const stream = await watch("eve");
    const event = usageEvent({ userId: "eve", value: 7, region: "fra" });
    const answer = done(await tryIt("eve", event));
    assert.deepEqual([answer.status, answer.metric, answer.value, answer.region, answer.isTest, answer.code], ["accepted", "api_requests", 7, "fra", true, null]);
    assert.deepEqual((await next(stream)).events, [answer]);
    const row = await usageOf(api, "api_requests");
    assert.deepEqual([row.used, row.lastHeardAt], [0, null], "nothing was heard");
    assert.deepEqual(done(await api.get("/api/billing/usage/sources")).data, []);
    assert.equal(done(await tryIt("eve", event)).status, "accepted", "it was not remembered");
    assert.equal((await send(event)).accepted, 1);
    assert.equal(done(await tryIt("eve", event)).status, "duplicate");
    assert.equal((await usageOf(api, "api_requests")).used, 7);
    await server.restart();
    assert.equal(done(await tryIt("eve", event)).status, "duplicate", "also when the journal has to be asked");
    assert.equal((await usageOf(server.api.as("eve"), "api_requests")).used, 7);
  });

  await t.test("what is wrong with it is said in the words of the intake", async () => {
    const rejected = async (event) => { const { status, code } = done(await tryIt("eve", event)); assert.equal(status, "rejected"); return code; };
    assert.equal(await rejected(usageEvent({ userId: "eve", value: -1 })), "negative_amount");
    assert.equal(await rejected(usageEvent({ userId: "eve", time: "2099-01-01T00:00:00Z" })), "event_in_future");
    assert.equal(await rejected(usageEvent({ userId: "eve", time: "2001-01-01T00:00:00Z" })), "period_closed");
    assert.equal(await rejected({ ...usageEvent({ userId: "eve" }), type: "mood" }), "unknown_metric");
    assert.equal(await rejected({ ...usageEvent({ userId: "eve" }), id: undefined }), "missing_field");
  });

  await t.test("who may not try, and what is none", async () => {
    const event = usageEvent({ userId: "eve" });
    refused(await tryIt("eve", "[1"), 422, "invalid_query", "event");
    refused(await server.api.as("eve").get(TRY), 422, "invalid_query", "event");
    refused(await tryIt("eve", `{"x":"${"x".repeat(4_000)}"}`), 422, "invalid_query", "event");
    refused(await tryIt("eve", [event]), 422, "invalid_query", "event");
    refused(await tryIt("eve", usageEvent({ userId: "ada" })), 422, "invalid_query", "event");
    refused(await tryIt("nobody", usageEvent({ userId: "nobody" })), 404, "customer_not_found");
    refused(await tryIt("eve", event, server.api.withKey(undefined)), 401, "key_missing");
    const { key } = done(await server.api.post("/api/keys", { name: "gate", scopes: ["customers:write"] }), 201);
    refused(await tryIt("eve", event, server.api.withKey(key)), 403, "scope_missing");
  });

  await t.test("while the intake is paused a trial says so, as the intake does", async () => {
    done(await server.api.post("/api/admin/ingestion/pause", { reason: "The disk is being moved" }));
    refused(await tryIt("eve", usageEvent({ userId: "eve" })), 503, "ingestion_paused");
    done(await server.api.post("/api/admin/ingestion/resume", { reason: "It is in its place" }));
    done(await tryIt("eve", usageEvent({ userId: "eve" })));
  });

  await t.test("five may watch one customer; whoever leaves makes room", async () => {
    await newCustomer(server, "famous");
    const streams = await Promise.all(Array.from({ length: STREAMS_OF_ONE }, () => watch("famous")));
    refused(await server.api.as("famous").get(TAIL), 429, "too_many_streams");
    streams.pop().close();
    let last = await watch("famous");
    while (last.status === 429) last = await watch("famous");
    assert.equal(last.status, 200);
    await send(usageEvent({ userId: "famous", value: 4 }));
    for (const stream of [...streams, last]) assert.equal((await next(stream)).events[0].value, 4);
    for (const stream of [...streams, last]) stream.close();
  });

  await t.test("it ends with the session", async () => {
    await newCustomer(server, "leaver");
    const visitor = server.api.withKey(undefined).as(undefined);
    const { url } = done(await server.api.post("/api/portal-sessions", { userId: "leaver", returnPath: "/billing" }), 201);
    const answer = await visitor.get(new URL(url).pathname);
    const headers = { Cookie: answer.headers["set-cookie"][0].split(";")[0] };
    const stream = await open(headers);
    const { csrfToken } = done(await visitor.get("/api/session", { headers }));
    const own = { ...headers, Origin: server.url, "X-CSRF-Token": csrfToken };
    const tried = await visitor.get(`${TRY}?event=${encodeURIComponent(JSON.stringify(usageEvent({ userId: "leaver", value: 2 })))}`, { headers });
    assert.equal(done(tried).value, 2);
    assert.equal((await next(stream)).events[0].isTest, true);
    done(await visitor.post("/api/session/sign-out", {}, { headers: own }), 204);
    assert.equal(await stream.next(), null);
  });

  await t.test("who may not watch, and a server that stops does not wait for those who do", async () => {
    refused(await server.api.as("nobody").get(TAIL), 404, "customer_not_found");
    refused(await server.api.as(undefined).get(TAIL), 400, "customer_required");
    refused(await server.api.withKey(undefined).get(TAIL), 401, "key_missing");
    refused(await server.api.as("famous").get(`${TAIL}?metric=x`), 422, "invalid_query", "metric");
    assert.equal((await server.api.as("famous").request("HEAD", TAIL)).status, 200, "HEAD ends at once");
    const stream = await watch("famous");
    await server.stop();
    assert.equal(await stream.next(), null);
  });
});

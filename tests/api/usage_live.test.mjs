// Promise: usage is seen as it happens: what changed, at most four times a second, to whoever may see it and for as
// long as they may; whoever comes back has missed nothing; no watcher can hold the server up.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../harness/event_stream.mjs";
import { usageEvent, usageEvents } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

const LIVE = "/api/billing/usage/live";
const METRICS = 7;
const STREAMS_OF_ONE = 20;

test("live usage", async (t) => {
  const server = await startServer(t);
  const open = async (headers) => {
    const stream = await openStream(new URL(LIVE, server.url), headers);
    const { status, headers: own } = stream;
    if (status === 200) server.contract.check("GET", LIVE, { status, headers: own, text: "" }); // its head alone
    return stream;
  };
  const watch = (userId, headers = {}) =>
    open({ Authorization: `Bearer ${server.key}`, "Turnpike-User": userId, ...headers });
  const send = async (events) => done(await server.api.sendEvents(events));
  const used = (message, metric) => message.data.metrics.find((row) => row.metric === metric)?.used;

  await t.test("all metrics first, then those that changed", async () => {
    const api = await newCustomer(server, "watched");
    const stream = await watch("watched");
    assert.equal(stream.status, 200);
    assert.equal(stream.headers["content-type"], "text/event-stream");
    assert.equal(stream.headers["cache-control"], "no-store");
    const first = await stream.next();
    assert.equal(first.event, "usage");
    assert.equal(stream.retry, 2000);
    assert.deepEqual(first.data.metrics, done(await api.get("/api/billing/usage")).metrics, "as the page shows them");
    await send(usageEvent({ userId: "watched", value: 8_500 }));
    const second = await stream.next();
    assert.deepEqual(second.data.metrics, [await usageOf(api, "api_requests")]);
    assert.equal(second.data.metrics[0].state, "warning");
    done(await server.api.post("/api/usage/take", { userId: "watched", metric: "modules", amount: 1 }));
    assert.equal(used(await stream.next(), "modules"), 1);
    stream.close();
  });

  await t.test("others' usage is not theirs to see", async () => {
    await newCustomer(server, "mine");
    await newCustomer(server, "theirs");
    const stream = await watch("mine");
    await stream.next();
    await send(usageEvent({ userId: "theirs", value: 5 }));
    await send(usageEvent({ userId: "mine", value: 3 }));
    const { message, before } = await stream.until(() => true);
    assert.deepEqual([before, used(message, "api_requests"), message.data.metrics.length], [0, 3, 1]);
    stream.close();
  });

  await t.test("a burst becomes at most four messages a second", async () => {
    await newCustomer(server, "burst");
    const stream = await watch("burst");
    await stream.next();
    const started = performance.now();
    await Promise.all(usageEvents(200, { userId: "burst" }).map((event) => send(event)));
    const { before } = await stream.until((message) => used(message, "api_requests") === 200);
    const ticks = (performance.now() - started) / 250;
    assert.ok(before + 1 <= ticks + 2, `${before + 1} messages in ${ticks} turns`);
    stream.close();
  });

  await t.test("with the last id nothing is repeated; with an old one everything is", async () => {
    await newCustomer(server, "again");
    const first = await watch("again");
    const { id } = await first.next();
    first.close();
    const back = await watch("again", { "Last-Event-ID": id });
    await send(usageEvent({ userId: "again", metric: "bandwidth", value: 7 }));
    const missed = await back.next();
    assert.deepEqual(missed.data.metrics.map(({ metric }) => metric), ["bandwidth"], "only what happened since");
    back.close();
    const late = await watch("again", { "Last-Event-ID": id });
    const all = await late.next();
    assert.equal(all.data.metrics.length, METRICS);
    assert.equal(all.id, missed.id, "the same figures have the same id");
    late.close();
  });

  await t.test("a new period arrives by the clock alone", async () => {
    await newCustomer(server, "rolling");
    await send(usageEvent({ userId: "rolling", value: 4 }));
    const stream = await watch("rolling");
    const before = await stream.next();
    assert.equal(used(before, "api_requests"), 4);
    await server.clock.advance("P1M");
    const { message } = await stream.until((it) => used(it, "api_requests") === 0);
    assert.equal(message.data.periodStart, before.data.periodEnd);
    stream.close();
  });

  await t.test("it ends with the session: signed out, or in its own time", async () => {
    await newCustomer(server, "leaver");
    const visitor = server.api.withKey(undefined).as(undefined);
    const signIn = async () => {
      const { url } = done(await server.api.post("/api/portal-sessions", { userId: "leaver", returnPath: "/billing" }), 201);
      const answer = await visitor.get(new URL(url).pathname);
      return { Cookie: answer.headers["set-cookie"][0].split(";")[0] };
    };
    const headers = await signIn();
    const first = await open(headers);
    assert.equal(first.status, 200);
    assert.equal((await first.next()).data.metrics.length, METRICS);
    const { csrfToken } = done(await visitor.get("/api/session", { headers }));
    const own = { ...headers, Origin: server.url, "X-CSRF-Token": csrfToken };
    done(await visitor.post("/api/session/sign-out", {}, { headers: own }), 204);
    assert.equal(await first.next(), null);
    refused(await visitor.get(LIVE, { headers }), 401, "session_expired");
    const stream = await open(await signIn());
    assert.equal((await stream.next()).data.metrics.length, METRICS);
    await server.clock.advance("P30D");
    while (await stream.next()); // the new period's figures may come first
  });

  await t.test("twenty may watch one customer; whoever leaves makes room", async () => {
    await newCustomer(server, "famous");
    const streams = await Promise.all(Array.from({ length: STREAMS_OF_ONE }, () => watch("famous")));
    const answer = await server.api.as("famous").get(LIVE);
    refused(answer, 429, "too_many_streams");
    assert.equal(answer.headers["retry-after"], "1");
    streams.pop().close();
    let next = await watch("famous");
    while (next.status === 429) next = await watch("famous");
    assert.equal(next.status, 200);
    for (const stream of [...streams, next]) stream.close();
  });

  await t.test("who may not, and what is not there", async () => {
    refused(await server.api.as("nobody").get(LIVE), 404, "customer_not_found");
    refused(await server.api.as(undefined).get(LIVE), 400, "customer_required");
    refused(await server.api.withKey(undefined).get(LIVE), 401, "key_missing");
    const { key } = done(await server.api.post("/api/keys", { name: "gate", scopes: ["customers:write"] }), 201);
    refused(await server.api.as("famous").withKey(key).get(LIVE), 403, "scope_missing");
    refused(await server.api.as("famous").get(`${LIVE}?metric=x`), 422, "invalid_query", "metric");
    const head = await server.api.as("famous").request("HEAD", LIVE);
    assert.deepEqual([head.status, head.text], [200, ""], "HEAD ends at once");
  });

  await t.test("a server that stops does not wait for those who watch", async () => {
    await newCustomer(server, "last");
    const stream = await watch("last");
    await stream.next();
    await server.stop();
    assert.equal(await stream.next(), null);
  });
});

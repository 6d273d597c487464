// Promise: usage of a closed period is counted when an operator says why, once, and the history keeps it;
// a batch of bad events takes no good one with it, and everything received is on an account.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SOURCE, usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

const NOW = "2026-01-31T12:00:00Z";
const BATCH = "application/cloudevents-batch+json";
const BACKFILL = "/api/admin/usage/backfill";
const EVENTS = "/api/usage/events";

const tally = ({ accepted, duplicate, rejected }) => [accepted, duplicate, rejected];
const post = (server, path, events) => server.api.post(path, undefined, { raw: JSON.stringify(events), type: BATCH });

test("backfill", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "late");
  const event = usageEvent({ userId: "late", value: 5, time: NOW });
  await server.clock.to("2026-04-15T12:00:00Z");

  await t.test("what is closed is refused, and counted with a reason, once", async () => {
    assert.equal(done(await post(server, EVENTS, [event])).results[0].code, "period_closed");
    const path = `${BACKFILL}?reason=${encodeURIComponent("the log of January was found")}`;
    assert.deepEqual(tally(done(await post(server, path, [event]))), [1, 0, 0]);
    assert.deepEqual(tally(done(await post(server, path, [event]))), [0, 1, 0]);
    assert.equal((await usageOf(api, "api_requests")).used, 0, "the present period is another");
    const { series } = done(await api.get("/api/billing/usage?granularity=period&from=2026-01-01T00:00:00Z"));
    const requests = series.find(({ metric }) => metric === "api_requests");
    assert.deepEqual(requests.points.map(({ value, events }) => [value, events]), [[5, 1]]);
    const { data } = done(await api.get("/api/billing/events"));
    const lines = data.filter(({ type }) => type === "usage.backfilled");
    assert.equal(lines.length, 1, "a duplicate is nothing that was counted");
    assert.match(lines[0].description, /5 of api_requests in the usage period from 2026-01-31T12:00:00Z: the log of January was found/);
  });

  await t.test("the level of a gauge is of now, and what is before all periods of none", async () => {
    const path = `${BACKFILL}?reason=too%20late`;
    const level = usageEvent({ userId: "late", metric: "modules", set: 3, time: NOW });
    const ancient = usageEvent({ userId: "late", time: "2024-01-01T00:00:00Z" });
    const answer = done(await post(server, path, [level, ancient]));
    assert.deepEqual(answer.results.map(({ code }) => code), ["period_closed", "period_closed"]);
  });

  await t.test("who may not, and what is no backfill", async () => {
    refused(await post(server, BACKFILL, [event]), 422, "invalid_query", "reason");
    refused(await post(server, `${BACKFILL}?reason=x`, [event]), 422, "invalid_query", "reason");
    refused(await server.api.post(`${BACKFILL}?reason=because`, undefined, { raw: "{}", type: "text/plain" }), 415, "wrong_content_type");
    refused(await server.api.post(`${BACKFILL}?reason=because`, undefined, { raw: "[", type: BATCH }), 400, "malformed_json");
  });
});

test("a bad event between any two good ones", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const api = await newCustomer(server, "mixed");
  await newCustomer(server, "other");
  const good = (fields = {}) => usageEvent({ userId: "mixed", ...fields });
  const bad = [
    { ...good(), id: "" },
    { ...good(), id: "x".repeat(1024) },
    { ...good(), id: "a\u0007b" },
    { ...good(), subject: "x".repeat(1024) },
    { ...good(), subject: "nobody" },
    { ...good(), source: { url: "s" } },
    { ...good(), type: "seconds" },
    { ...good(), time: "2026-01-31T12:05:00.001Z" },
    { ...good(), time: "2020-01-31T12:00:00Z" },
    { ...good(), data: null },
    { ...good(), data: { value: -1 } },
    { ...good(), data: { value: 2 ** 53 + 2 } },
    { ...good(), data: { value: 0.5 } },
    { ...good(), data: { set: 1 } },
    { ...good(), data: { value: 1, unit: "kB" } },
  ];

  await t.test("no good one is lost, and each bad one says why", async () => {
    const answer = done(await post(server, EVENTS, [good({ id: "x" }), ...bad.flatMap((event) => [event, good()])]));
    assert.deepEqual(tally(answer), [bad.length + 1, 0, bad.length]);
    for (const { status, code, detail } of answer.results) assert.ok(status === "rejected" && code && detail);
    assert.equal((await usageOf(api, "api_requests")).used, bad.length + 1);
  });

  await t.test("all that came of a known customer, metric and source is on its account", async () => {
    const { data } = done(await api.get("/api/billing/usage/sources"));
    const { received, counted, duplicate, rejected } = data.find(({ source }) => source === SOURCE);
    const ofNobody = 4; // no subject, none of ours, no source, no metric
    assert.deepEqual([received, counted, duplicate, rejected], [2 * bad.length + 1 - ofNobody, bad.length + 1, 0, bad.length - ofNobody]);
  });

  await t.test("what is on nobody's account is counted too", async () => {
    const { text } = await server.api.get("/metrics");
    const found = Object.fromEntries([...text.matchAll(/usage_events_total\{result="(\w+)"\} (\d+)/g)].map(([, result, count]) => [result, Number(count)]));
    assert.deepEqual(found, { accepted: bad.length + 1, duplicate: 0, rejected: bad.length - 4, unattributed: 4 });
  });

  await t.test("one id from two sources and of two customers is four events", async () => {
    const four = ["mixed", "other"].flatMap((userId) => ["a", "b"].map((source) => usageEvent({ userId, source, id: "same" })));
    assert.deepEqual(tally(done(await post(server, EVENTS, [...four, ...four]))), [4, 4, 0]);
  });

  await t.test("amounts at the edges", async () => {
    const edge = (value, metric = "bandwidth") => usageEvent({ userId: "other", metric, value });
    const events = [edge(0), edge(2 ** 53), edge(-(2 ** 53), "storage"), edge(2 ** 53, "storage"), usageEvent({ userId: "other", metric: "modules", set: 0 })];
    assert.deepEqual(tally(done(await post(server, EVENTS, events))), [events.length, 0, 0]);
    assert.equal((await usageOf(server.api.as("other"), "storage")).used, 0);
  });

  await t.test("bytes that are not UTF-8 are no JSON, and count nothing", async () => {
    const raw = Buffer.concat([Buffer.from('[{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}]')]);
    refused(await server.api.post(EVENTS, undefined, { raw, type: BATCH }), 400, "malformed_json");
  });
});

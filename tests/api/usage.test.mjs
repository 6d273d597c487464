// Promise: an event is counted exactly once, in the period in which it happened, and nothing that was
// received vanishes; one bad event does not sink the rest.
import assert from "node:assert/strict";
import { test } from "node:test";

import { binaryMode, SOURCE, usageEvent, usageEvents } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, sameInstant, subscriber, usageOf } from "./support.mjs";

const NOW = "2026-01-31T12:00:00Z";
const EVENTS = "/api/usage/events";

const tally = ({ accepted, duplicate, rejected }) => [accepted, duplicate, rejected];
const before = (instant, hours) => new Date(Date.parse(instant) - hours * 3_600_000).toISOString();

test("events", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const send = async (events) => done(await server.api.sendEvents(events));

  await t.test("one, several, and in binary mode", async () => {
    const api = await newCustomer(server, "modes");
    assert.deepEqual(tally(await send(usageEvent({ userId: "modes", value: 3 }))), [1, 0, 0]);
    assert.deepEqual(tally(await send(usageEvents(4, { userId: "modes", value: 5 }))), [4, 0, 0]);
    const event = usageEvent({ userId: "modes", value: 7, source: "https://platform.example/ü%", region: "fra" });
    const { headers, raw } = binaryMode(event);
    assert.deepEqual(tally(done(await server.api.post(EVENTS, undefined, { headers, raw }))), [1, 0, 0]);
    assert.deepEqual(tally(await send(event)), [0, 1, 0], "the same event in another mode is the same event");
    assert.deepEqual(tally(await send([])), [0, 0, 0]);
    assert.equal((await usageOf(api, "api_requests")).used, 30);
  });

  await t.test("a batch of 10,000 counts once, also after a power cut", async () => {
    await newCustomer(server, "once");
    const batch = usageEvents(10_000, { userId: "once" });
    assert.deepEqual(tally(await send(batch)), [10_000, 0, 0]);
    await server.kill();
    await server.start();
    const again = await send([...batch.slice(1), usageEvent({ userId: "once" })]);
    assert.deepEqual(tally(again), [1, 9_999, 0]);
    assert.equal(again.results.length, 9_999);
    assert.deepEqual(again.results[0], { id: batch[1].id, status: "duplicate" });
    assert.equal((await usageOf(server.api.as("once"), "api_requests")).used, 10_001);
  });

  await t.test("twice in one batch is once; another source or customer is another event", async () => {
    const api = await newCustomer(server, "twins");
    await newCustomer(server, "sibling");
    const event = usageEvent({ userId: "twins" });
    assert.deepEqual(tally(await send([event, event, { ...event, source: "other" }, { ...event, subject: "sibling" }])), [3, 1, 0]);
    assert.equal((await usageOf(api, "api_requests")).used, 2);
  });

  await t.test("every reason to reject, none of which sinks the rest", async () => {
    const api = await newCustomer(server, "picky");
    const good = usageEvent({ userId: "picky" });
    const without = (name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    const data = (fields, type = "api_requests") => ({ ...good, type, data: fields });
    const table = [
      [7, "not_an_event"],
      [without("specversion"), "missing_field"],
      [{ ...good, specversion: "0.3" }, "invalid_specversion"],
      [without("id"), "missing_field"],
      [{ ...good, id: "" }, "invalid_id"],
      [{ ...good, id: "x".repeat(129) }, "invalid_id"],
      [{ ...good, source: 5 }, "invalid_source"],
      [{ ...good, subject: "a\u0007b" }, "invalid_subject"],
      [{ ...good, subject: "nobody" }, "customer_not_found"],
      [{ ...good, BadName: 1 }, "invalid_attribute"],
      [{ ...good, datacontenttype: "text/plain" }, "invalid_data"],
      [{ ...good, time: "yesterday" }, "invalid_time"],
      [{ ...good, time: "2026-02-30T00:00:00Z" }, "invalid_time"],
      [{ ...good, time: "2026-01-31T12:05:01Z" }, "event_in_future"],
      [{ ...good, time: "2025-01-01T00:00:00Z" }, "period_closed"],
      [{ ...good, type: "kittens" }, "unknown_metric"],
      [without("data"), "missing_field"],
      [{ ...without("data"), data_base64: "MQ==" }, "invalid_data"],
      [{ ...good, data: [1] }, "invalid_data"],
      [data({}), "missing_field"],
      [data({ value: 1, extra: 1 }), "unknown_field"],
      [data({ value: "1" }), "invalid_value"],
      [data({ value: 1.5 }), "invalid_value"],
      [data({ value: 1, set: 1 }, "modules"), "invalid_value"],
      [data({ set: 1 }), "invalid_value"],
      [data({ value: -1 }), "negative_amount"],
      [data({ set: -1 }, "modules"), "negative_amount"],
      [data({ value: 2 ** 53 + 2 }), "amount_too_large"],
      [data({ value: 1, region: "" }), "invalid_region"],
      [data({ value: 1, resource: "x".repeat(65) }), "invalid_resource"],
      [data({ value: -1, reverses: "" }), "invalid_reverses"],
    ];
    const answer = await send([...table.map(([event]) => event), good]);
    assert.deepEqual(tally(answer), [1, 0, table.length]);
    assert.deepEqual(answer.results.map(({ code }) => code), table.map(([, code]) => code));
    for (const { status, detail } of answer.results) assert.ok(status === "rejected" && detail.length > 10);
    assert.deepEqual([answer.results[0].id, answer.results[2].id], [null, good.id]);
    assert.equal((await usageOf(api, "api_requests")).used, 1, "a rejected id is not used up");
  });

  await t.test("a number too large for any machine refuses its event only", async () => {
    await newCustomer(server, "astronomer");
    const good = JSON.stringify(usageEvent({ userId: "astronomer" }));
    const raw = `[${good.replace('"value":1', '"value":123456789012345678901234567890')},${good}]`;
    const answer = done(await server.api.post(EVENTS, undefined, { raw, type: "application/cloudevents-batch+json" }));
    assert.deepEqual(tally(answer), [1, 0, 1]);
    assert.equal(answer.results[0].code, "amount_too_large");
  });

  await t.test("what is no request at all", async () => {
    const post = (raw, type) => server.api.post(EVENTS, undefined, { raw, type });
    const batch = "application/cloudevents-batch+json";
    const malformed = refused(await post('[{"id": "1"},\n {"id" "2"}]', batch), 400, "malformed_json");
    assert.match(malformed.detail, /line 2, column \d+/);
    const long = JSON.stringify(usageEvents(2_000, { userId: "modes" }));
    assert.match(refused(await post(` \n${long.slice(0, -1)},\n7 8]`, batch), 400, "malformed_json").detail, /line 3, column 3: '\]' expected near '8'/);
    refused(await post("", batch), 400, "malformed_json");
    refused(await post('[{"a":1,"a":2}]', batch), 400, "malformed_json");
    refused(await post("[".repeat(10_000), batch), 400, "malformed_json");
    refused(await post("{}", batch), 422, "invalid_fields");
    refused(await post("[]", "application/cloudevents+json"), 422, "invalid_fields");
    refused(await post("{}", "application/json"), 415, "wrong_content_type");
    refused(await post("{}", "text/plain"), 415, "wrong_content_type");
    refused(await server.api.sendEvents(usageEvents(10_001, { userId: "modes" })), 413, "batch_too_large");
    refused(await post(`[${" ".repeat(8 * 1024 * 1024)}]`, batch), 413, "body_too_large");
    const bad = await server.api.post(EVENTS, undefined, { raw: "{}", headers: { "ce-specversion": "1.0", "ce-id": "%zz" } });
    refused(bad, 400, "malformed_request");
  });

  await t.test("gauges: set, up, down, never below nothing", async () => {
    const api = await newCustomer(server, "levels");
    const level = async () => (await usageOf(api, "modules")).used;
    const gauge = (fields) => usageEvent({ userId: "levels", metric: "modules", ...fields });
    await send(gauge({ set: 2 }));
    assert.equal(await level(), 2);
    await send([gauge({ value: 1 }), gauge({ value: 1 }), gauge({ value: -1 })]);
    assert.equal(await level(), 3);
    await send(gauge({ set: 0 }));
    assert.equal(await level(), 0);
    await send([gauge({ value: 2 }), gauge({ set: 5 }), gauge({ value: 1 })]);
    const { used, state, resetsAt, kind } = await usageOf(api, "modules");
    assert.deepEqual([used, state, resetsAt, kind], [6, "blocked", null, "gauge"]);
  });

  await t.test("received = counted + duplicate + rejected, per source and metric", async () => {
    const api = await newCustomer(server, "books");
    const [one, two] = usageEvents(2, { userId: "books" });
    await send([one, two, one, { ...usageEvent({ userId: "books", value: -1 }) }]);
    await send([two, usageEvent({ userId: "books", metric: "bandwidth", value: 9 }), { ...one, source: "b" }]);
    const { data } = done(await api.get("/api/billing/usage/sources"));
    const rows = Object.fromEntries(data.map((row) => [`${row.source} ${row.metric}`, row]));
    const counts = ({ received, counted, duplicate, rejected }) => [received, counted, duplicate, rejected];
    assert.deepEqual(counts(rows[`${SOURCE} api_requests`]), [5, 2, 2, 1]);
    assert.deepEqual(counts(rows[`${SOURCE} bandwidth`]), [1, 1, 0, 0]);
    assert.deepEqual(counts(rows["b api_requests"]), [1, 1, 0, 0]);
    for (const row of data) assert.equal(row.received, row.counted + row.duplicate + row.rejected);
    sameInstant(rows[`${SOURCE} bandwidth`].lastEventAt, await server.clock.now());
  });

  await t.test("history by hour, day and period, by region and resource", async () => {
    const api = await newCustomer(server, "historian");
    await send([
      usageEvent({ userId: "historian", value: 1, time: "2026-01-30T09:10:00Z", region: "fra", resource: "m1" }),
      usageEvent({ userId: "historian", value: 2, time: "2026-01-30T09:50:00Z", region: "iad", resource: "m1" }),
      usageEvent({ userId: "historian", value: 4, time: "2026-01-30T23:59:59Z", region: "fra", resource: "m2" }),
      usageEvent({ userId: "historian", value: 8, time: "2026-01-31T00:00:00Z", region: "fra" }),
      usageEvent({ userId: "historian", metric: "bandwidth", value: 16, time: "2026-01-31T11:00:00Z" }),
    ]);
    const span = "from=2026-01-30T00:00:00Z&to=2026-02-01T00:00:00Z";
    const series = async (more) => done(await api.get(`/api/billing/usage?${span}&${more}`)).series;
    const shown = ({ metric, region, resource, points }) => [metric, region ?? resource, points.map(({ value }) => value)];
    const hours = (await series("granularity=hour")).map(shown);
    assert.deepEqual(hours, [["api_requests", null, [3, 4, 8]], ["bandwidth", null, [16]]]);
    assert.deepEqual((await series("granularity=day")).map(shown)[0], ["api_requests", null, [7, 8]]);
    const noon = done(await api.get("/api/billing/usage?from=2026-01-30T00:00:00Z&to=2026-01-30T12:00:00Z&granularity=day")).series;
    assert.deepEqual(noon.map(shown), [["api_requests", null, [3]]], "a day that the span does not hold wholly");
    const regions = (await series("granularity=day&groupBy=region")).map(shown).slice(0, 2);
    assert.deepEqual(regions, [["api_requests", "fra", [5, 8]], ["api_requests", "iad", [2]]]);
    const resources = (await series("granularity=day&groupBy=resource")).map(shown).slice(0, 3);
    assert.deepEqual(resources, [["api_requests", "", [8]], ["api_requests", "m1", [3]], ["api_requests", "m2", [4]]]);
    assert.deepEqual((await series("granularity=hour&metric=bandwidth")).map(shown), [["bandwidth", null, [16]]], "one metric alone");
    assert.deepEqual((await series("metric=api_requests")).map(shown), [["api_requests", null, [7, 8]]], "a metric asks for history");
    const there = async (zone) => (await series(`granularity=day&metric=api_requests&timeZone=${zone}`))[0].points.map(({ at, value }) => [at, value]);
    assert.deepEqual(await there("Europe/Berlin"), [["2026-01-29T23:00:00Z", 3], ["2026-01-30T23:00:00Z", 12]], "days of Berlin");
    assert.deepEqual(await there("America/New_York"), [["2026-01-30T05:00:00Z", 15]]);
    assert.deepEqual(await there("UTC"), [["2026-01-30T00:00:00Z", 7], ["2026-01-31T00:00:00Z", 8]]);
    for (const zone of ["Mars/Olympus", "../UTC", "x".repeat(200)]) {
      refused(await api.get(`/api/billing/usage?${span}&granularity=day&timeZone=${zone}`), 422, "invalid_query", "timeZone");
    }
    const points = async (more) => done(await api.get(`/api/billing/usage/points?${span}&${more}`)).data;
    for (const more of ["granularity=hour", "granularity=day&groupBy=region", "metric=bandwidth", "granularity=period"]) {
      const flat = (await series(more)).flatMap(({ points: of, ...rest }) => of.map((point) => ({ ...rest, ...point })));
      assert.deepEqual(await points(more), flat, more);
    }
    const { text } = await api.get(`/api/billing/usage/points?${span}&metric=bandwidth`, { headers: { Accept: "text/csv" } });
    assert.equal(text, '"metric","unit","region","resource","at","value","events","adjusted","adjustedEvents"\r\n"bandwidth","bytes",,,"2026-01-31T00:00:00Z",16,1,0,0\r\n');
    refused(await api.get("/api/billing/usage/points?metric=mood&granularity=minute"), 422, "invalid_query", "metric", "granularity");
    refused(await server.api.as("nobody").get("/api/billing/usage/points"), 404, "customer_not_found");
    const [period] = done(await api.get("/api/billing/usage?granularity=period")).series;
    assert.deepEqual(period.points.map(({ value, events }) => [value, events]), [[15, 4]]);
    refused(await api.get("/api/billing/usage?granularity=minute&groupBy=mood&from=now&x=1"), 422, "invalid_query", "granularity", "groupBy", "from", "x");
    refused(await api.get("/api/billing/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"), 422, "invalid_query", "from");
    refused(await server.api.as("nobody").get("/api/billing/usage"), 404, "customer_not_found");
    refused(await server.api.as("nobody").get("/api/billing/usage?granularity=hour"), 404, "customer_not_found");
    refused(await server.api.as("nobody").get("/api/billing/usage/sources"), 404, "customer_not_found");
  });
});

test("periods", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const send = async (events) => done(await server.api.sendEvents(events));

  await t.test("they begin on the 31st, clamped; what is late counts where it happened, for 72 hours", async () => {
    const api = await newCustomer(server, "monthly");
    await send([usageEvent({ userId: "monthly", value: 10 }), usageEvent({ userId: "monthly", metric: "modules", set: 2 })]);
    sameInstant((await usageOf(api, "api_requests")).resetsAt, "2026-02-28T12:00:00Z");
    await server.clock.to("2026-02-28T12:00:00Z");
    const now = done(await api.get("/api/billing/usage"));
    sameInstant(now.periodStart, "2026-02-28T12:00:00Z");
    sameInstant(now.periodEnd, "2026-03-31T12:00:00Z");
    assert.equal((await usageOf(api, "api_requests")).used, 0);
    assert.equal((await usageOf(api, "modules")).used, 2, "a gauge carries on");

    const late = (value) => usageEvent({ userId: "monthly", value, time: "2026-02-28T11:59:59Z" });
    await server.clock.to("2026-03-03T11:59:59Z");
    assert.deepEqual(tally(await send(late(5))), [1, 0, 0]);
    assert.equal((await usageOf(api, "api_requests")).used, 0);
    const { series } = done(await api.get("/api/billing/usage?granularity=period&from=2026-01-01T00:00:00Z"));
    const requests = series.find(({ metric }) => metric === "api_requests");
    assert.deepEqual(requests.points.map(({ value }) => value), [15]);
    await server.clock.to("2026-03-03T12:00:00Z");
    const closed = await send(late(5));
    assert.equal(closed.results[0].code, "period_closed");
    await server.clock.to("2026-03-31T12:00:00Z");
    sameInstant((await usageOf(api, "api_requests")).resetsAt, "2026-04-30T12:00:00Z");
  });

  await t.test("five minutes ahead is accepted, a second more is not", async () => {
    await newCustomer(server, "fast");
    const now = Date.parse(await server.clock.now());
    const at = (seconds) => usageEvent({ userId: "fast", time: new Date(now + seconds * 1000).toISOString() });
    const answer = await send([at(300), at(301)]);
    assert.deepEqual([...tally(answer), answer.results[0].code], [1, 0, 1, "event_in_future"]);
  });

  await t.test("a late event falls into the plan that was in force then", async () => {
    const api = await newCustomer(server, "switcher");
    await send(usageEvent({ userId: "switcher", value: 7 }));
    await server.clock.advance("P1D");
    done(await api.post("/api/billing/subscribe", { tier: "starter", paymentMethodId: "pm_card_visa" }), 201);
    const bought = await server.clock.now();
    await server.clock.advance("P1D");
    await send([usageEvent({ userId: "switcher", value: 1 }), usageEvent({ userId: "switcher", value: 2, time: before(bought, 1) })]);
    assert.equal((await usageOf(api, "api_requests")).used, 1);
    const { series } = done(await api.get("/api/billing/usage?granularity=period"));
    const requests = series.find(({ metric }) => metric === "api_requests");
    assert.deepEqual(requests.points.map(({ value }) => value), [9, 1]);
  });

  await t.test("an upgrade begins no period", async () => {
    const api = await subscriber(server, "climber");
    await send(usageEvent({ userId: "climber", value: 42 }));
    const { resetsAt } = await usageOf(api, "api_requests");
    done(await api.put("/api/billing/subscription", { tier: "professional" }));
    const requests = await usageOf(api, "api_requests");
    assert.deepEqual([requests.used, requests.resetsAt, requests.limit], [42, resetsAt, 1_000_000]);
  });
});

// Promise: the gate lets exactly the hard limit through, under any concurrency and across restarts,
// says why it denies and what would lift it, and gives back what was reserved.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, sameInstant, subscriber, usageOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

function gateOf(server, userId, metric = "api_requests") {
  const call = (verb) => (amount, more = {}) => server.api.post(`/api/usage/${verb}`, { userId, metric, amount, ...more });
  const [take, check, release] = ["take", "check", "release"].map(call);
  return { take, check, release, set: (value) => server.api.sendEvents({ specversion: "1.0", id: `s-${value}`, source: "story", type: metric, subject: userId, data: { set: value } }) };
}

const stateOf = ({ allowed, reason, state, used, remaining }) => [allowed, reason, state, used, remaining];

test("eight connections at once: exactly the hard limit, and stored", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "storm");
  const AMOUNT = 25; // 11,000 / 25 = 440 takes fit
  const TRIES = 80;
  const body = { userId: "storm", metric: "api_requests", amount: AMOUNT };
  const worker = async () => {
    const api = new Api(server.url, { key: server.key });
    let allowed = 0;
    for (let i = 0; i < TRIES; i++) allowed += done(await api.post("/api/usage/take", body)).allowed ? AMOUNT : 0;
    api.close();
    return allowed;
  };
  const sums = await Promise.all(Array.from({ length: 8 }, worker));
  assert.equal(sums.reduce((a, b) => a + b), 11_000);
  await server.kill();
  await server.start();
  const requests = await usageOf(server.api.as("storm"), "api_requests");
  assert.deepEqual([requests.used, requests.hardLimit, requests.remaining], [11_000, 11_000, 0]);
  assert.equal(done(await server.api.post("/api/usage/take", { ...body, amount: 1 })).allowed, false);
});

test("the gate", async (t) => {
  const server = await startServer(t, { testClock: NOW });

  await t.test("ok, warning, over, blocked", async () => {
    await newCustomer(server, "states");
    const { take, check } = gateOf(server, "states");
    assert.deepEqual(stateOf(done(await check(0))), [true, "within_limit", "ok", 0, 10_000]);
    assert.deepEqual(stateOf(done(await take(7_999))), [true, "within_limit", "ok", 7_999, 2_001]);
    assert.deepEqual(stateOf(done(await take(1))), [true, "within_limit", "warning", 8_000, 2_000]);
    assert.deepEqual(stateOf(done(await take(2_000))), [true, "within_limit", "warning", 10_000, 0]);
    const over = done(await take(1));
    assert.deepEqual(stateOf(over), [true, "within_grace", "over", 10_001, 0]);
    assert.deepEqual([over.limit, over.hardLimit, over.upgradeTo], [10_000, 11_000, "starter"]);
    sameInstant(over.graceEndsAt, "2026-01-17T12:00:00Z");
    sameInstant(over.resetsAt, "2026-02-15T12:00:00Z");
    const denied = done(await take(1_000));
    assert.deepEqual(stateOf(denied), [false, "hard_limit", "blocked", 10_001, 0]);
    assert.match(denied.detail, /hard limit of 11000.*upgrade to starter/s);
    assert.equal(done(await check(999)).allowed, true);
    assert.deepEqual(stateOf(done(await take(999))).slice(0, 4), [true, "within_grace", "over", 11_000]);
    assert.equal(done(await take(0)).used, 11_000, "taking nothing is always possible");
  });

  await t.test("a check counts nothing", async () => {
    const api = await newCustomer(server, "checker");
    const { check } = gateOf(server, "checker");
    for (let i = 0; i < 3; i++) assert.equal(done(await check(11_000)).used, 0);
    assert.equal(done(await check(11_001)).allowed, false);
    assert.equal((await usageOf(api, "api_requests")).used, 0);
  });

  await t.test("a repeated id answers as the first time and counts once", async () => {
    await newCustomer(server, "replay");
    const { take, check } = gateOf(server, "replay");
    const first = done(await take(6_000, { id: "job-1" }));
    assert.equal(first.used, 6_000);
    assert.deepEqual(done(await take(6_000, { id: "job-1" })), first);
    const denied = done(await take(6_000, { id: "job-2" }));
    assert.equal(denied.allowed, false);
    assert.deepEqual(done(await take(6_000, { id: "job-2" })), denied);
    refused(await take(5_999, { id: "job-1" }), 409, "take_conflict");
    await server.kill();
    await server.start();
    const again = gateOf(server, "replay");
    assert.deepEqual(done(await again.take(6_000, { id: "job-1" })), first);
    assert.equal(done(await again.check(0)).used, 6_000);
    refused(await server.api.post("/api/usage/take", { userId: "replay", metric: "bandwidth", amount: 6_000, id: "job-1" }), 409, "take_conflict");
    assert.equal(done(await check(0).catch(() => again.check(0))).used, 6_000);
  });

  await t.test("what was reserved is given back, once, and never more than was taken", async () => {
    await newCustomer(server, "giver");
    const { take, check, release } = gateOf(server, "giver", "build_minutes");
    done(await take(600, { id: "build-7" }));
    done(await take(60));
    assert.equal(done(await release(200, { id: "build-7" })).used, 460);
    refused(await release(401, { id: "build-7" }), 409, "release_too_large");
    assert.equal(done(await release(400, { id: "build-7" })).used, 60);
    refused(await release(1, { id: "build-7" }), 409, "release_too_large");
    refused(await release(1, { id: "build-8" }), 404, "take_not_found");
    refused(await release(61), 409, "release_too_large");
    assert.equal(done(await release(60)).used, 0);
    assert.equal(done(await check(0)).used, 0);
  });

  await t.test("a release with a name gives back once, however often it is sent", async () => {
    await newCustomer(server, "namer");
    const { take, check, release } = gateOf(server, "namer");
    done(await take(100, { id: "job" }));
    const named = { id: "job", releaseId: "back-1" };
    refused(await release(101, named), 409, "release_too_large");
    for (let i = 0; i < 3; i++) assert.equal(done(await release(40, named)).used, 60);
    refused(await release(39, named), 409, "release_conflict");
    refused(await release(40, { releaseId: "back-1" }), 409, "release_conflict");
    refused(await release(1, { releaseId: "" }), 422, "invalid_fields", "releaseId");
    refused(await release(1, { releaseId: "x".repeat(129) }), 422, "invalid_fields", "releaseId");
    refused(await take(1, { releaseId: "back-1" }), 422, "invalid_fields", "releaseId");
    await server.kill();
    await server.start();
    const again = gateOf(server, "namer");
    assert.equal(done(await again.release(40, named)).used, 60);
    assert.equal(done(await again.release(60, { releaseId: "back-2" })).used, 0);
    assert.equal(done(await again.release(60, { releaseId: "back-2" })).used, 0);
    assert.equal(done(await again.check(0)).used, 0);
  });

  await t.test("after 48 hours the grace has ended; a new period begins anew", async () => {
    await newCustomer(server, "grace");
    const { take, check } = gateOf(server, "grace");
    done(await take(10_500));
    const { graceEndsAt, resetsAt } = done(await check(0));
    await server.clock.advance("PT47H59M59S");
    assert.deepEqual(stateOf(done(await check(1))).slice(0, 3), [true, "within_grace", "over"]);
    await server.clock.to(graceEndsAt);
    const denied = done(await take(1));
    assert.deepEqual(stateOf(denied).slice(0, 4), [false, "grace_ended", "blocked", 10_500]);
    assert.match(denied.detail, /48 hours of grace have ended/);
    await server.kill();
    await server.start();
    assert.equal(done(await gateOf(server, "grace").take(1)).reason, "grace_ended");
    await server.clock.to(resetsAt);
    const fresh = done(await gateOf(server, "grace").take(1));
    assert.deepEqual([fresh.allowed, fresh.state, fresh.used, fresh.graceEndsAt], [true, "ok", 1, null]);
  });

  await t.test("an upgrade opens the gate and forgets the grace", async () => {
    const api = await subscriber(server, "upgrader");
    const { take } = gateOf(server, "upgrader", "modules");
    assert.equal(done(await take(26)).state, "over");
    await server.clock.advance("PT49H");
    assert.equal(done(await take(1)).reason, "grace_ended");
    done(await api.put("/api/billing/subscription", { tier: "professional" }));
    assert.deepEqual(stateOf(done(await take(1))), [true, "within_limit", "ok", 27, 73]);
  });

  await t.test("a limit of three has no tolerance, and storage has none at all", async () => {
    await newCustomer(server, "small");
    const modules = gateOf(server, "small", "modules");
    assert.equal(done(await modules.take(3)).allowed, true);
    const denied = done(await modules.take(1));
    assert.deepEqual([denied.allowed, denied.hardLimit, denied.resetsAt], [false, 3, null]);
    const storage = done(await gateOf(server, "small", "storage").take(2 ** 50));
    assert.deepEqual([storage.allowed, storage.reason, storage.limit, storage.hardLimit], [true, "unlimited", null, null]);
  });

  await t.test("what is asked must make sense", async () => {
    await newCustomer(server, "odd");
    const ask = { userId: "odd", metric: "api_requests", amount: 1 };
    for (const verb of ["take", "check", "release"]) {
      const post = (body) => server.api.post(`/api/usage/${verb}`, body);
      refused(await post({ ...ask, userId: "nobody" }), 404, "customer_not_found");
      refused(await post({ ...ask, metric: "kittens", amount: -1, userId: "" }), 422, "invalid_fields", "userId", "metric", "amount");
      refused(await post({ ...ask, amount: 2 ** 53 + 2 }), 422, "invalid_fields", "amount");
      refused(await post({ ...ask, amount: 1.5 }), 422, "invalid_fields", "amount");
      refused(await post({ ...ask, amount: "1", force: true }), 422, "invalid_fields", "amount", "force");
      refused(await post({}), 422, "invalid_fields", "userId", "metric", "amount");
      refused(await post([]), 422, "invalid_fields", "(body)");
    }
  });

  await t.test("RateLimit fields for those who ask", async () => {
    await newCustomer(server, "limited");
    const ask = { userId: "limited", metric: "api_requests", amount: 1 };
    const plain = await server.api.post("/api/usage/take", ask);
    assert.equal(plain.headers.ratelimit, undefined);
    const { headers } = await server.api.post("/api/usage/take", ask, { headers: { "Turnpike-RateLimit": "1" } });
    assert.equal(headers["ratelimit-policy"], '"api_requests";q=10000');
    assert.match(headers.ratelimit, /^"api_requests";r=9998;t=\d+$/);
  });

  await t.test("the front end for proxies: the status is the verdict", async () => {
    const api = await newCustomer(server, "proxied");
    const ask = (query, method = "GET") => server.api.request(method, `/api/gate?userId=proxied&metric=modules${query}`);
    const allowed = await ask("");
    assert.deepEqual([allowed.status, allowed.text], [204, ""]);
    assert.equal(allowed.headers["turnpike-allowed"], "true");
    assert.equal(allowed.headers["turnpike-used"], "1");
    assert.equal(allowed.headers["turnpike-limit"], "3");
    assert.equal(allowed.headers["turnpike-remaining"], "2");
    sameInstant(allowed.headers["turnpike-as-of"], await server.clock.now());
    assert.equal((await ask("&amount=2", "POST")).status, 204);
    assert.equal((await ask("&count=false")).status, 403);
    const denied = await ask("");
    assert.deepEqual([denied.status, denied.headers["turnpike-reason"], denied.headers["turnpike-state"]], [403, "hard_limit", "blocked"]);
    assert.equal((await ask("&denyStatus=429")).status, 429);
    const counter = await server.api.get("/api/gate?userId=proxied&metric=api_requests&amount=11001&denyStatus=429");
    assert.equal(counter.status, 429);
    assert.match(counter.headers["retry-after"], /^\d+$/);
    assert.match(counter.headers.ratelimit, /^"api_requests";r=\d+;t=\d+$/);
    const looks = [await ask("&amount=0&count=false"), await ask("&amount=0", "HEAD")];
    assert.deepEqual(looks.map(({ status }) => status), [204, 204]);
    assert.equal((await usageOf(api, "modules")).used, 3);
    refused(await server.api.get("/api/gate?userId=nobody&metric=modules"), 404, "customer_not_found");
    for (const method of ["GET", "POST"]) {
      refused(await server.api.request(method, "/api/gate"), 422, "invalid_query", "userId", "metric");
      refused(await ask("&amount=-1&count=maybe&denyStatus=200&x=1", method), 422, "invalid_query", "amount", "count", "denyStatus", "x");
      refused(await ask("&amount=1&amount=2", method), 422, "invalid_query", "amount");
    }
  });
});

// Promise: "no usage" and "nothing heard" are different answers, and every figure says up to when it is
// complete (a meter that is broken must not look like a quiet customer).
import assert from "node:assert/strict";
import { test } from "node:test";

import { SOURCE, usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, sameInstant, usageOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";

test("what was heard, and when", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const heard = async (api, metric) => (await usageOf(api, metric)).lastHeardAt;
  const sources = async (api) => done(await api.get("/api/billing/usage/sources"));

  await t.test("never heard is null; heard, and nothing used, is an instant", async () => {
    const api = await newCustomer(server, "quiet");
    assert.equal(await heard(api, "api_requests"), null);
    done(await server.api.sendEvents(usageEvent({ userId: "quiet", value: 0 })));
    assert.equal((await usageOf(api, "api_requests")).used, 0);
    sameInstant(await heard(api, "api_requests"), NOW);
    assert.equal(await heard(api, "bandwidth"), null, "the other metrics are as silent as before");
  });

  await t.test("a late event is heard when it comes, not when it happened", async () => {
    const api = await newCustomer(server, "late");
    done(await server.api.sendEvents(usageEvent({ userId: "late", time: "2026-01-14T08:00:00Z" })));
    const [row] = (await sources(api)).data;
    assert.equal(row.source, SOURCE);
    sameInstant(row.lastEventAt, "2026-01-14T08:00:00Z");
    sameInstant(row.lastHeardAt, NOW);
  });

  await t.test("a source that fell silent keeps its instant while the figures move on; what is refused or sent again is heard", async () => {
    const api = await newCustomer(server, "silent");
    const event = usageEvent({ userId: "silent" });
    done(await server.api.sendEvents(event));
    const later = await server.clock.advance("PT3H");
    const view = await sources(api);
    sameInstant(view.asOf, later);
    sameInstant(view.data[0].lastHeardAt, NOW);
    done(await server.api.sendEvents(event));
    sameInstant((await sources(api)).data[0].lastHeardAt, later);
    done(await server.api.sendEvents(usageEvent({ userId: "silent", metric: "modules", time: "2020-01-01T00:00:00Z" })));
    const [, modules] = (await sources(api)).data;
    assert.deepEqual([modules.received, modules.rejected], [1, 1]);
    sameInstant(await heard(api, "modules"), later);
  });

  await t.test("takes and releases are heard, and on accounts of their own", async () => {
    const api = await newCustomer(server, "taker");
    done(await server.api.post("/api/usage/take", { userId: "taker", metric: "build_minutes", amount: 60 }));
    sameInstant(await heard(api, "build_minutes"), await server.clock.now());
    done(await server.api.post("/api/usage/release", { userId: "taker", metric: "build_minutes", amount: 20 }));
    const accounts = (await sources(api)).data.map(({ source, received, counted }) => [source, received, counted]);
    assert.deepEqual(accounts, [["turnpike:release", 1, 1], ["turnpike:take", 1, 1]]);
  });

  await t.test("answers say up to when they are complete", async () => {
    const api = await newCustomer(server, "watermark");
    const now = await server.clock.now();
    sameInstant(done(await server.api.sendEvents(usageEvent({ userId: "watermark" }))).asOf, now);
    sameInstant(done(await api.get("/api/billing/usage")).asOf, now);
    sameInstant(done(await api.get("/api/billing/usage?granularity=hour")).asOf, now);
  });

  await t.test("decisions say so too, one by one and in batches; a repeated take says what it said", async () => {
    await newCustomer(server, "decided");
    const now = await server.clock.now();
    const post = async (verb, body) => done(await server.api.post(`/api/usage/${verb}`, body));
    const named = { userId: "decided", metric: "api_requests", amount: 2, id: "first" };
    const { id, ...plain } = named;
    for (const [verb, body] of [["take", named], ["check", plain], ["release", { ...named, amount: 1 }]]) {
      sameInstant((await post(verb, body)).asOf, now);
      for (const { asOf } of (await post(`${verb}/batch`, [plain, plain])).results) sameInstant(asOf, now);
    }
    await server.clock.advance("PT1M");
    const later = await server.clock.now();
    assert.notEqual(later, now);
    sameInstant((await post("take", named)).asOf, now);
    const [repeated, fresh] = (await post("take/batch", [named, plain])).results;
    sameInstant(repeated.asOf, now);
    sameInstant(fresh.asOf, later);
    await server.kill();
    await server.start();
    sameInstant((await post("take", named)).asOf, now);
  });
});

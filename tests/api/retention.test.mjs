// Promise: what is kept for a time is forgotten after it, and forgetting leaves nothing half there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, usageOf } from "./support.mjs";

test("an id is remembered for 90 days and new after that, also when nothing else was sent since", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const api = await newCustomer(server, "ada");
  const event = usageEvent({ userId: "ada", id: "seasonal", value: 5 });
  assert.equal(done(await server.api.sendEvents(event)).accepted, 1);
  await server.clock.to("2026-04-10T12:00:00Z");
  assert.equal(done(await server.api.sendEvents(event)).duplicate, 1);
  await server.clock.to("2026-04-20T12:00:00Z");
  assert.equal(done(await server.api.sendEvents(event)).accepted, 1);
  assert.equal((await usageOf(api, "api_requests")).used, 5);
  await server.kill();
  await server.start();
  assert.equal(done(await server.api.sendEvents(event)).duplicate, 1);
});

// Promise: operators pause the intake of usage events, and nothing is lost: who sends them is told to keep them, decisions go on, figures say
// up to when they are complete, and once it goes on what was kept counts once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { usageEvent } from "../harness/events.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

const INGESTION = "/api/admin/ingestion";
const NOW = "2026-01-15T12:00:00Z";
const pause = (api, reason = "The disk is being moved") => api.post(`${INGESTION}/pause`, { reason });
const resume = (api, reason = "It is in its place") => api.post(`${INGESTION}/resume`, { reason });

test("the intake of events is paused, and goes on", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const { api } = server;
  const ada = await newCustomer(server, "ada");
  const asOf = async () => done(await ada.get("/api/billing/usage")).asOf;
  done(await api.sendEvents(usageEvent({ id: "before", userId: "ada", value: 5 })));
  assert.deepEqual(done(await api.get(INGESTION)), { paused: false, reason: null, since: null });
  const paused = done(await pause(api));
  assert.deepEqual([paused.paused, paused.reason, Date.parse(paused.since)], [true, "The disk is being moved", Date.parse(NOW)]);

  const event = usageEvent({ id: "meanwhile", userId: "ada", value: 7 });
  const turned = await api.sendEvents(event);
  refused(turned, 503, "ingestion_paused");
  assert.equal(turned.headers["retry-after"], "30");
  done(await api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 1 }));
  await server.clock.advance("PT6M");
  assert.equal(Date.parse(await asOf()), Date.parse(NOW), "complete up to the pause");
  const points = done(await ada.get("/api/billing/usage/points?metric=api_requests"));
  assert.equal(Date.parse(points.asOf), Date.parse(NOW));

  await server.restart();
  const again = server.api;
  refused(await again.sendEvents(event), 503, "ingestion_paused");
  done(await again.post(`/api/admin/usage/backfill?reason=${encodeURIComponent("By hand")}`, usageEvent({ id: "late", userId: "ada", value: 100 }), { headers: { "Content-Type": "application/cloudevents+json" } }));

  assert.equal(done(await resume(again)).paused, false);
  for (let n = 0; n < 2; n += 1) done(await again.sendEvents(event));
  const bob = again.as("ada");
  assert.equal((await usageOf(bob, "api_requests")).used, 5 + 1 + 100 + 7, "what was kept counts, and once");
  const { asOf: now } = done(await bob.get("/api/billing/usage"));
  assert.equal(Date.parse(now), Date.parse(NOW) + 6 * 60_000);
  const rows = done(await again.get("/api/admin/audit?limit=100")).data.filter(({ action }) => action.startsWith("ingestion."));
  assert.deepEqual(rows.map(({ action, object, reason }) => [action, object, reason]),
    [["ingestion.resume", "ingestion", "It is in its place"], ["ingestion.pause", "ingestion", "The disk is being moved"]]);
});

test("who may not, and what is so already", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const { api } = server;
  refused(await resume(api), 409, "ingestion_runs");
  done(await pause(api));
  refused(await pause(api), 409, "ingestion_paused_already");
  refused(await pause(api, "no"), 422, "invalid_fields", "reason");
  refused(await resume(api, ""), 422, "invalid_fields", "reason");
  await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");
  for (const path of ["pause", "resume"]) refused(await auditor.post(`${INGESTION}/${path}`, { reason: "I want to" }), 403, "role_forbidden");
  refused(await server.api.as("ada").get(`${INGESTION}`, { headers: { Authorization: "Bearer nobody" } }), 401, "key_invalid");
  for (const [method, path] of [["GET", ""], ["POST", "/pause"], ["POST", "/resume"]]) {
    assert.equal((await fetch(`${server.url}${INGESTION}${path}`, { method })).status, 401);
  }
});
